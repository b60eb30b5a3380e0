//! What relay and desktop say to each other: the wire types of the relay's HTTP surface, and the subscribing client.

pub mod wire;
