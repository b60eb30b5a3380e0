//! The strings are read at compile time; a file added there must bring a new build.

fn main() {
    println!("cargo::rerun-if-changed=../../strings");
}
