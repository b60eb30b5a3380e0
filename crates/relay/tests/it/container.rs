//! The Dockerfile, which no test here can run: that what it names is there.

use std::path::PathBuf;

use centrex_relay::settings::{KEYS, variable};

const DOCKERFILE: &str = include_str!("../../packaging/Dockerfile");

/// Its instructions, continued lines put together.
fn instructions() -> Vec<(String, String)> {
    let text = DOCKERFILE.replace("\\\n", " ");
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(' ').unwrap())
        .map(|(word, rest)| (word.to_owned(), rest.trim().to_owned()))
        .collect()
}

fn of(word: &str) -> Vec<String> {
    let all = instructions().into_iter();
    all.filter(|(one, _)| one == word).map(|(_, rest)| rest).collect()
}

#[test]
fn it_builds_this_program_with_a_compiler_that_is_new_enough() {
    let build = of("RUN").join(" ");
    assert!(build.contains(&format!(
        "cargo build --release --locked -p {} ",
        env!("CARGO_PKG_NAME")
    )));
    let program = PathBuf::from(env!("CARGO_BIN_EXE_centrex-relay"));
    let name = program.file_stem().unwrap().to_str().unwrap();
    assert!(build.contains(&format!("target/release/{name} /image/{name}")));
    assert_eq!(of("ENTRYPOINT"), [format!("[\"/{name}\"]")]);
    let check = of("HEALTHCHECK").join(" ");
    assert!(
        check.ends_with(&format!(" CMD [\"/{name}\", \"health\"]")),
        "{check}"
    );
    let images = of("FROM");
    let compiler = format!("rust:{}-alpine AS build", env!("CARGO_PKG_RUST_VERSION"));
    assert_eq!(images, [compiler, "scratch".to_owned()]);
}

#[test]
fn its_settings_are_settings_and_its_ports_are_theirs() {
    let environment = of("ENV").join(" ");
    let mut ports = Vec::new();
    for pair in environment.split_whitespace() {
        let (name, value) = pair.split_once('=').unwrap();
        assert!(KEYS.iter().any(|key| variable(key) == name), "{name}");
        if let Some(port) = value.strip_prefix("0.0.0.0:") {
            ports.push(port);
        }
        if name == variable("data_dir") {
            assert_eq!(of("VOLUME"), [value], "the database outlives the container");
            // It is the user's from the beginning: a volume begins as what the image has there.
            let (parent, name) = value.rsplit_once('/').unwrap();
            let made = of("RUN").join(" ");
            assert!(
                made.ends_with(&format!("install -d -m 0700 /state/{name}")),
                "{made}"
            );
            let copied = format!("--from=build --chown=65532:65532 /state/ {parent}/");
            assert!(of("COPY").contains(&copied), "{copied}");
        }
    }
    assert_eq!(of("EXPOSE"), [ports.join(" ")]);
    // Ports that any user may listen on.
    assert!(ports.iter().all(|port| port.parse::<u16>().unwrap() >= 1024));
    assert_eq!(of("USER"), ["65532:65532"]);
}

#[test]
fn what_it_leaves_out_is_no_part_of_the_relay() {
    let ignored = include_str!("../../packaging/Dockerfile.dockerignore");
    let ignored: Vec<&str> = ignored.lines().filter(|line| !line.starts_with('#')).collect();
    // The workspace's manifest names all its members, so they must be there.
    for needed in ["crates", "src-tauri", "strings", "ui", "xtask", "Cargo.lock"] {
        assert!(!ignored.contains(&needed), "{needed}");
    }
    let example = include_str!("../../relay.example.toml");
    assert!(
        example.contains("data_dir = \"/var/lib/centrex-relay\""),
        "as in the image"
    );
}
