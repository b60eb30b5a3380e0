//! The rooms of the companion that touch files or the workspace's strings, from outside.

#[cfg(test)]
mod complaints;
#[cfg(test)]
mod documented;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod strings;
