//! Good and bad configurations.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::ExposeSecret as _;

use super::*;

struct Case {
    folder: tempfile::TempDir,
    sources: Sources,
}

fn case(text: &str) -> Case {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay.toml");
    std::fs::write(&file, text).unwrap();
    Case {
        folder,
        sources: Sources {
            file: Some(file),
            ..Sources::default()
        },
    }
}

/// The complaints about a file.
fn complaint(text: &str) -> String {
    load(&case(text).sources).unwrap_err().to_string()
}

#[test]
fn the_example_is_valid_and_says_the_defaults() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("relay.example.toml");
    let example = load(&Sources {
        file: Some(path.clone()),
        ..Sources::default()
    })
    .unwrap();
    let default = load(&Sources::default()).unwrap();
    // Whoever copies it and changes nothing must not give out the example's address.
    assert_eq!(example.public_url, None);
    let values = |settings: Settings| {
        format!(
            "{:?}",
            Settings {
                file: None,
                ..settings
            }
        )
    };
    assert_eq!(
        values(example),
        values(default).replace(r#"C:\ProgramData\centrex-relay"#, "/var/lib/centrex-relay")
    );
    let text = std::fs::read_to_string(path).unwrap();
    for key in KEYS {
        let name = key.rsplit('.').next().unwrap();
        assert!(
            text.contains(&format!("{name} = ")),
            "the example doesn't show {key}"
        );
    }
}

#[test]
fn flags_win_over_the_environment_over_the_file() {
    let mut case = case("listen = \"127.0.0.1:1\"\nadmin_listen = \"127.0.0.1:2\"\nlog = \"warn\"\n");
    case.sources.environment = BTreeMap::from([
        ("CENTREX_RELAY_LISTEN".to_owned(), "127.0.0.1:3".to_owned()),
        ("CENTREX_RELAY_ADMIN_LISTEN".to_owned(), "127.0.0.1:4".to_owned()),
        (
            "CENTREX_RELAY_PLATFORM_URL".to_owned(),
            "http://127.0.0.1:8480/api".to_owned(),
        ),
    ]);
    case.sources.flags = vec![("listen", "127.0.0.1:5".to_owned())];
    let settings = load(&case.sources).unwrap();
    assert_eq!(settings.listen.port(), 5);
    assert_eq!(settings.admin_listen.port(), 4);
    assert_eq!(settings.log, "warn");
    assert_eq!(settings.platform.url.as_str(), "http://127.0.0.1:8480/api");
}

#[test]
fn unknown_keys_are_refused_with_the_nearest_one() {
    assert!(complaint("listne = \"127.0.0.1:1\"").contains("listne"));
    assert!(complaint("listne = \"127.0.0.1:1\"").contains("did you mean listen?"));
    assert!(complaint("[platform]\napikey_file = \"x\"").contains("did you mean platform.api_key_file?"));
    assert!(complaint("[platfrom]\nurl = \"x\"").contains("platfrom"));
}

#[test]
fn every_problem_names_its_key_and_the_fix() {
    let told = complaint(
        "listen = \"8420\"\n[events]\nheartbeat = \"soon\"\nbuffer = 0\n[platform]\nmethod = \"put\"",
    );
    for part in [
        "listen",
        "127.0.0.1:8420",
        "events.heartbeat",
        "15s",
        "events.buffer",
        "at least 1",
        "platform.method",
        "get or post",
    ] {
        assert!(told.contains(part), "{part} is missing in: {told}");
    }
}

#[test]
fn broken_toml_is_told_with_its_place_and_never_quoted() {
    let told = complaint("listen = \"127.0.0.1:1\"\nadmin_listen = \n");
    assert!(told.contains("line 2"), "{told}");
    for secret in ["canary-4f7a9c", "\"canary-4f7a9c", "canary-4f7a9c\""] {
        let told = complaint(&format!("log = \"info\"\n[platform]\napi_key = {secret}\n"));
        assert!(told.contains("line 3 column "), "{told}");
        assert!(!told.contains("canary"), "{told}");
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let told = complaint("listen = \nlog = info\nconnections = 5\n[tls\n");
    for part in ["line 1 ", "line 2 ", "line 4 "] {
        assert!(told.contains(part), "{part} is missing in: {told}");
    }
    let told =
        complaint("[[forward]]\nname = 5\nurl = \"gopher://x\"\nkeep = \"soon\"\nqueue = 0\nqueu = 1\n");
    for part in [
        "name",
        "url ",
        "keep",
        "15s",
        "queue",
        "at least 1",
        "queu ",
        "url_file",
    ] {
        assert!(told.contains(part), "{part} is missing in: {told}");
    }
    assert_eq!(told.lines().count(), 6, "{told}");
}

#[test]
fn a_forward_that_leads_back_to_this_relay_is_refused() {
    let with = |listen: &str, url: &str| {
        let text = format!(
            "listen = \"{listen}\"\npublic_url = \"https://relay.example.org\"\n[[forward]]\nurl = \"{url}\"\n"
        );
        load(&case(&text).sources)
    };
    for (listen, url) in [
        ("127.0.0.1:8420", "https://relay.example.org/callback/canary"),
        ("127.0.0.1:8420", "http://127.0.0.1:8420/callback/canary?a=1"),
        ("127.0.0.1:8420", "http://localhost:8420/callback/canary"),
        ("0.0.0.0:80", "http://127.0.0.1/callback/canary"),
        ("[::]:8420", "http://[::1]:8420/callback/canary"),
        ("192.0.2.7:8420", "http://192.0.2.7:8420/callback/canary"),
    ] {
        let told = with(listen, url).unwrap_err().to_string();
        assert!(
            told.contains("go round for ever") && !told.contains("canary"),
            "{told}"
        );
    }
    for (listen, url) in [
        ("127.0.0.1:8420", "http://127.0.0.1:8420/in"),
        ("127.0.0.1:8420", "http://127.0.0.1:8421/callback/x"),
        ("192.0.2.7:8420", "http://127.0.0.1:8420/callback/x"),
    ] {
        with(listen, url).unwrap();
    }
}

#[test]
fn a_missing_file_is_told() {
    let sources = Sources {
        file: Some(PathBuf::from("/nowhere/relay.toml")),
        ..Sources::default()
    };
    assert!(
        load(&sources)
            .unwrap_err()
            .to_string()
            .contains("/nowhere/relay.toml")
    );
}

#[test]
fn secrets_come_from_a_file_or_the_environment_and_never_show() {
    const CANARY: &str = "canary-4f7a9c-key";
    let refused = complaint(&format!("[platform]\napi_key = \"{CANARY}\""));
    assert!(refused.contains("platform.api_key_file") && refused.contains("CENTREX_RELAY_PLATFORM_API_KEY"));
    assert!(!refused.contains(CANARY));

    let mut case = case("[platform]\napi_key_file = \"key\"");
    std::fs::write(case.folder.path().join("key"), format!("{CANARY}\n")).unwrap();
    let settings = load(&case.sources).unwrap();
    assert_eq!(
        settings.platform.api_key.as_ref().unwrap().expose_secret(),
        CANARY
    );
    assert!(!format!("{settings:?}").contains(CANARY));

    case.sources.environment.insert(
        "CENTREX_RELAY_PLATFORM_API_KEY".to_owned(),
        "from-environment".to_owned(),
    );
    assert!(!format!("{:?}", case.sources).contains("from-environment"));
    let settings = load(&case.sources).unwrap();
    assert_eq!(
        settings.platform.api_key.unwrap().expose_secret(),
        "from-environment"
    );
}

#[test]
fn a_secret_file_that_is_missing_or_empty_is_told() {
    assert!(complaint("[platform]\napi_key_file = \"absent\"").contains("platform.api_key_file"));
    let case = case("[callback]\nsecret_file = \"empty\"");
    std::fs::write(case.folder.path().join("empty"), "\n").unwrap();
    assert!(load(&case.sources).unwrap_err().to_string().contains("empty"));
}

#[test]
fn the_usual_file_is_read_when_it_is_there_and_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let usual = folder.path().join("relay.toml");
    assert_eq!(file_in_use(None, usual.clone()), None);
    std::fs::write(&usual, "log = \"warn\"\n").unwrap();
    assert_eq!(file_in_use(None, usual.clone()), Some(usual.clone()));
    let named = PathBuf::from("named.toml");
    assert_eq!(file_in_use(Some(named.clone()), usual.clone()), Some(named));
    // What can't be looked at isn't passed over: it stands under a file here, not in a folder.
    #[cfg(unix)]
    {
        let hidden = usual.join("relay.toml");
        assert_eq!(file_in_use(None, hidden.clone()), Some(hidden));
    }

    let settings = load(&Sources {
        file: file_in_use(None, usual.clone()),
        ..Sources::default()
    })
    .unwrap();
    assert_eq!((settings.file, settings.log.as_str()), (Some(usual), "warn"));
}

#[test]
fn a_secret_file_that_is_too_long_is_told_and_never_quoted() {
    let case = case("[platform]\napi_key_file = \"key\"");
    std::fs::write(case.folder.path().join("key"), "canary-".repeat(2000)).unwrap();
    let told = load(&case.sources).unwrap_err().to_string();
    assert!(
        told.contains("platform.api_key_file") && told.contains("longer than 8192 bytes"),
        "{told}"
    );
    assert!(!told.contains("canary"), "{told}");
}
