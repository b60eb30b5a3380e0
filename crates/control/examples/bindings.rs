//! Writes the TypeScript bindings into the window's page: `cargo run -p control --example bindings`.

fn main() -> std::io::Result<()> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/bindings.ts");
    std::fs::write(file, control::bindings::typescript())
}
