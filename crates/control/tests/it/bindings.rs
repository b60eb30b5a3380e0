#[test]
fn the_committed_bindings_are_those_of_the_protocol() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/bindings.ts");
    let committed = std::fs::read_to_string(file).unwrap().replace("\r\n", "\n");
    assert!(
        committed == control::bindings::typescript(),
        "ui/src/bindings.ts is out of date: run `cargo run -p control --example bindings` and commit the file"
    );
}
