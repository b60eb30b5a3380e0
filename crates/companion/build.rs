//! The strings are read at compile time; a file added there must bring a new build.

#[expect(clippy::print_stdout, reason = "this is how a build script talks to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=../../strings");
}
