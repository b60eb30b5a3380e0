//! What the files say, and what of it holds.

mod changes;

use std::fs;
use std::path::PathBuf;

use super::*;

struct Files {
    store: Store,
    person: PathBuf,
    company: PathBuf,
    _folder: tempfile::TempDir,
}

fn files() -> Files {
    let folder = tempfile::tempdir().unwrap();
    let person = folder.path().join("deep").join("settings.toml");
    let company = folder.path().join("company.toml");
    fs::create_dir(folder.path().join("deep")).unwrap();
    Files {
        store: Store::new(person.clone(), Some(company.clone())),
        person,
        company,
        _folder: folder,
    }
}

#[test]
fn without_files_defaults_are_in_force() {
    let files = files();
    assert_eq!(files.store.load(), Loaded::default());
    assert!(!files.person.exists(), "reading writes nothing");
}

#[test]
fn every_key_is_read_from_its_path() {
    let files = files();
    fs::write(
        &files.person,
        r#"
mode = "direct"
language = "en"
theme = "dark"
default_account = "1002"
autostart = true
relay.url = "https://relay.example/base"
direct = { account_id = "1001", authentication = "account_password", platform_url = "http://127.0.0.1:8480/api" }
[notify]
incoming = false
missed = false
sound = true
[window]
linger_s = 5
"#,
    )
    .unwrap();
    let loaded = files.store.load();
    assert_eq!(loaded.files.problem, None);
    assert_eq!(
        loaded.settings,
        Settings {
            mode: Mode::Direct,
            language: LanguageChoice::Always(Language::En),
            theme: Theme::Dark,
            relay_url: Some("https://relay.example/base".parse().unwrap()),
            account_id: Some(AccountId("1001".into())),
            authentication: Authentication::AccountPassword,
            platform_url: Some("http://127.0.0.1:8480/api".parse().unwrap()),
            default_account: Some(AccountId("1002".into())),
            notify_incoming: false,
            notify_missed: false,
            sound: true,
            autostart: true,
            window_linger_s: 5,
            ..Settings::default()
        }
    );
}

#[test]
fn a_broken_file_names_its_line_and_is_never_overwritten() {
    let files = files();
    let broken = "mode = \"relay\"\nsound =\n";
    fs::write(&files.person, broken).unwrap();
    let loaded = files.store.load();
    assert_eq!(loaded.settings, Settings::default());
    let problem = loaded.files.problem.unwrap().message();
    assert_eq!(
        (problem.id.as_str(), problem.args["line"].as_str()),
        ("settings-broken", "2")
    );
    assert_eq!(problem.args["file"], files.person.display().to_string());

    let ChangeError(message) = files.store.change(&[Change::new(Key::Sound, true)]).unwrap_err();
    assert_eq!(
        (message.id.as_str(), message.args["line"].as_str()),
        ("settings-change-broken", "2")
    );
    assert_eq!(fs::read_to_string(&files.person).unwrap(), broken);
}

#[test]
fn bytes_that_are_no_text_name_their_line() {
    let files = files();
    fs::write(&files.person, b"mode = \"relay\"\n# caf\xe9\n").unwrap();
    let problem = files.store.load().files.problem.unwrap().message();
    assert_eq!(
        (problem.id.as_str(), problem.args["line"].as_str()),
        ("settings-broken", "2")
    );
    assert!(files.store.change(&[Change::new(Key::Sound, true)]).is_err());
}

#[test]
fn a_wrong_value_costs_only_itself() {
    let files = files();
    fs::write(
        &files.person,
        "theme = \"dark\"\n\nmode = \"rely\"\n[window]\nlinger_s = -1\n",
    )
    .unwrap();
    let loaded = files.store.load();
    assert_eq!(
        (loaded.settings.theme, loaded.settings.mode),
        (Theme::Dark, Mode::Unset)
    );
    let problem = loaded.files.problem.unwrap().message();
    assert_eq!(
        (problem.id.as_str(), problem.args["line"].as_str()),
        ("settings-value", "3")
    );
    assert_eq!(problem.args["key"], "mode");
    // The window can mend it.
    let loaded = files
        .store
        .change(&[Change::new(Key::Mode, Mode::Direct)])
        .unwrap();
    assert_eq!(loaded.settings.mode, Mode::Direct);
    assert_eq!(
        loaded.files.problem.unwrap().message().args["key"],
        "window.linger_s"
    );
}

#[test]
fn something_else_in_place_of_a_table_is_said() {
    let files = files();
    fs::write(&files.person, "theme = \"dark\"\nnotify = true\n").unwrap();
    let problem = files.store.load().files.problem.unwrap().message();
    assert_eq!(
        (problem.id.as_str(), problem.args["line"].as_str()),
        ("settings-value", "2")
    );
    let ChangeError(message) = files.store.change(&[Change::new(Key::Sound, true)]).unwrap_err();
    assert_eq!(
        (message.id.as_str(), message.args["line"].as_str()),
        ("settings-change-broken", "2")
    );
}

#[test]
fn the_company_has_the_last_word() {
    let files = files();
    fs::write(&files.person, "mode = \"direct\"\ntheme = \"dark\"\n").unwrap();
    fs::write(
        &files.company,
        "mode = \"relay\"\n[relay]\nurl = \"https://relay.example\"\n",
    )
    .unwrap();
    let loaded = files.store.load();
    assert_eq!(
        (loaded.settings.mode, loaded.settings.theme),
        (Mode::Relay, Theme::Dark)
    );
    assert_eq!(loaded.files.locked, BTreeSet::from([Key::Mode, Key::RelayUrl]));

    let before = fs::read_to_string(&files.person).unwrap();
    let changes = [
        Change::new(Key::Sound, true),
        Change::new(Key::RelayUrl, "https://other.example"),
    ];
    let ChangeError(message) = files.store.change(&changes).unwrap_err();
    assert_eq!(
        (message.id.as_str(), message.args["key"].as_str()),
        ("settings-change-locked", "relay.url")
    );
    assert_eq!(fs::read_to_string(&files.person).unwrap(), before, "all or none");
}

#[test]
fn a_wrong_value_keeps_what_was_in_force() {
    let files = files();
    let good = "mode = \"relay\"\ntheme = \"dark\"\nnotify = { incoming = false, missed = false }\n";
    fs::write(&files.person, good).unwrap();
    let before = files.store.load();
    fs::write(&files.person, "theme = \"light\"\nmode = \"rely\"\nnotify = 1\n").unwrap();
    let after = files.store.load().after(&before.settings, &before.files);
    let expected = Settings {
        theme: Theme::Light,
        ..before.settings
    };
    assert_eq!(after.settings, expected);
    let problem = after.files.problem.clone().unwrap().message();
    assert_eq!(
        (
            problem.id.as_str(),
            problem.args["line"].as_str(),
            problem.args["key"].as_str()
        ),
        ("settings-value-kept", "2", "mode")
    );
    // Read again, or after another change: the same.
    assert_eq!(files.store.load().after(&after.settings, &after.files), after);
    fs::write(
        &files.person,
        "theme = \"light\"\nmode = \"rely\"\n[notify]\nincoming = 0\n",
    )
    .unwrap();
    let changed = files
        .store
        .change(&[Change::new(Key::Theme, "dark")])
        .unwrap()
        .after(&after.settings, &after.files);
    assert_eq!(
        (changed.settings.mode, changed.settings.theme),
        (Mode::Relay, Theme::Dark)
    );
    assert!(!changed.settings.notify_incoming && changed.settings.notify_missed);
}

#[test]
fn every_setting_can_be_kept() {
    let files = files();
    let other = Settings {
        mode: Mode::Direct,
        language: LanguageChoice::Always(Language::En),
        theme: Theme::Dark,
        relay_url: Some("https://relay.example".parse().unwrap()),
        account_id: Some(AccountId("1001".into())),
        authentication: Authentication::AccountPassword,
        platform_url: Some("https://platform.example".parse().unwrap()),
        platform_method: super::PlatformMethod::Post,
        platform_plus: true,
        default_account: Some(AccountId("1002".into())),
        notify_incoming: false,
        notify_missed: false,
        sound: true,
        notify_outgoing: true,
        click_to_call_only: true,
        quiet: "20:00-08:00 mon".parse().ok(),
        respect_dnd: false,
        discreet_when_locked: true,
        silenced: BTreeSet::from([telephony::E164::parse("+33199000001").unwrap()]),
        pop_when: crate::pop::When::Answered,
        pop_directions: crate::pop::Directions {
            incoming: false,
            outgoing: true,
        },
        pop_schemes: BTreeSet::from(["crm".to_owned()]),
        pop_url: crate::pop::Template::parse("crm:{e164}").ok(),
        pop_program: Some("/usr/bin/true".into()),
        keep_days: 90,
        keep_private: false,
        contacts_folder: Some(std::env::temp_dir()),
        carddav: super::CardDav {
            url: "https://cloud.example".parse().ok(),
            user: "lise".into(),
            books: vec!["Contacts".into()],
            every_minutes: 5,
        },
        ldap: super::Ldap {
            url: "ldaps://ad.example".parse().ok(),
            base: "dc=example".into(),
            user: "cn=reader".into(),
            filter: "({number})".into(),
            numbers: vec!["mobile".into()],
            names: vec!["cn".into()],
            companies: vec!["o".into()],
        },
        extension_prefix: "+3314268".into(),
        extension_length: 4,
        outside_prefix: "9".into(),
        dial_hotkey: "Ctrl+Alt+D".parse().ok(),
        autostart: true,
        window_linger_s: 5,
    };
    let lines: Vec<String> = Key::ALL
        .iter()
        .map(|key| format!("{} = -1\n", key.path()))
        .collect();
    fs::write(&files.person, lines.concat()).unwrap();
    let loaded = files.store.load();
    assert_eq!(loaded.settings, Settings::default());
    assert_eq!(loaded.after(&other, &FileState::default()).settings, other);
}

#[test]
fn what_the_company_wrote_wrongly_is_not_the_persons_to_change() {
    let files = files();
    fs::write(&files.person, "mode = \"direct\"\n").unwrap();
    fs::write(&files.company, "mode = \"rely\"\n").unwrap();
    let loaded = files.store.load();
    assert_eq!(loaded.files.locked, BTreeSet::from([Key::Mode]));
    assert_eq!(
        loaded.files.problem.unwrap().message().args["file"],
        files.company.display().to_string()
    );
    let refused = files
        .store
        .change(&[Change::new(Key::Mode, Mode::Relay)])
        .unwrap_err();
    assert_eq!(refused.0.id, "settings-change-locked");
}

#[test]
fn a_line_without_effect_is_said_and_kept() {
    let files = files();
    fs::write(&files.person, "theme = \"dark\"\n[notify]\nincomming = false\n").unwrap();
    let loaded = files.store.load();
    assert!(loaded.settings.notify_incoming && loaded.settings.theme == Theme::Dark);
    let problem = loaded.files.problem.unwrap().message();
    assert_eq!(
        (problem.id.as_str(), problem.args["line"].as_str()),
        ("settings-unknown-meant", "3")
    );
    assert_eq!(
        (problem.args["key"].as_str(), problem.args["meant"].as_str()),
        ("notify.incomming", "notify.incoming")
    );
    let loaded = files.store.change(&[Change::new(Key::Sound, true)]).unwrap();
    assert_eq!(
        loaded.files.problem.unwrap().message().id,
        "settings-unknown-meant"
    );
    assert!(
        fs::read_to_string(&files.person)
            .unwrap()
            .contains("incomming = false")
    );
    // What is wrong comes first, wherever it stands.
    fs::write(&files.person, "zebra = 1\nmode = 1\n").unwrap();
    assert_eq!(
        files.store.load().files.problem.unwrap().message().id,
        "settings-value"
    );
    fs::write(&files.person, "zebra = 1\n").unwrap();
    assert_eq!(
        files.store.load().files.problem.unwrap().message().id,
        "settings-unknown"
    );
}

#[rstest::rstest]
#[case("relay.example", "settings-change-url")]
#[case("ftp://relay.example", "settings-change-url")]
#[case("https://user:pass@relay.example", "settings-change-url")]
#[case("https://relay.example/?key=1", "settings-change-url")]
#[case("javascript:alert(1)", "settings-change-url")]
#[case("http://relay.example", "settings-change-url-insecure")]
#[case("http://192.0.2.1:8080", "settings-change-url-insecure")]
fn an_address_that_secrets_must_not_go_to_is_refused(#[case] address: &str, #[case] id: &str) {
    let files = files();
    let ChangeError(message) = files
        .store
        .change(&[Change::new(Key::RelayUrl, address)])
        .unwrap_err();
    assert_eq!(message.id, id);
    assert!(!files.person.exists());
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    let files = files();
    fs::write(&files.person, "\u{feff}mode = \"relay\"\r\n").unwrap();
    assert_eq!(files.store.load().settings.mode, Mode::Relay);
}

#[test]
fn a_place_that_cannot_be_read_is_said() {
    let files = files();
    fs::create_dir(&files.person).unwrap();
    assert_eq!(
        files.store.load().files.problem.unwrap().message().id,
        "settings-unfit"
    );
    assert_eq!(
        files
            .store
            .change(&[Change::new(Key::Sound, true)])
            .unwrap_err()
            .0
            .id,
        "settings-change-unfit"
    );
}

#[test]
fn a_file_of_a_size_that_nobody_writes_is_not_read() {
    const MIB: usize = 1 << 20;
    let files = files();
    let file = |size: usize| {
        let mut text = "mode = \"relay\"\n#".to_owned();
        text.extend(std::iter::repeat_n('x', size - text.len()));
        fs::write(&files.person, text).unwrap();
    };
    file(MIB);
    let good = files.store.load();
    assert_eq!((good.settings.mode, &good.files.problem), (Mode::Relay, &None));
    file(MIB + 1);
    let loaded = files.store.load();
    assert_eq!(loaded.settings.mode, Mode::Unset);
    assert_eq!(
        loaded.files.problem.as_ref().unwrap().message().id,
        "settings-unfit"
    );
    let kept = loaded.after(&good.settings, &good.files);
    assert_eq!(
        (
            kept.settings.mode,
            kept.files.problem.unwrap().message().id.as_str()
        ),
        (Mode::Relay, "settings-unfit-kept")
    );
    fs::rename(&files.person, &files.company).unwrap();
    assert_eq!(
        files
            .store
            .change(&[Change::new(Key::Sound, true)])
            .unwrap_err()
            .0
            .id,
        "settings-change-company"
    );
}

#[test]
fn of_very_many_lines_without_effect_the_first_are_named() {
    let files = files();
    let lines: String = (0..90_000).map(|n| format!("k{n} = 1\n")).collect();
    fs::write(&files.person, lines).unwrap();
    let problem = files.store.load().files.problem.unwrap().message();
    assert_eq!(
        (problem.args["key"].as_str(), problem.args["line"].as_str()),
        ("k0", "1")
    );
    assert_eq!(
        problem.args["others"],
        "k1 (2), k2 (3), k3 (4), k4 (5), k5 (6), k6 (7), k7 (8), k8 (9), …"
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_holds_nobody_up() {
    let files = files();
    let made = std::process::Command::new("mkfifo")
        .arg(&files.person)
        .status()
        .unwrap();
    assert!(made.success());
    let (tell, told) = std::sync::mpsc::channel();
    let store = files.store.clone();
    std::thread::spawn(move || tell.send(store.load()).unwrap());
    let loaded = told.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    assert_eq!(loaded.files.problem.unwrap().message().id, "settings-unfit");
}

#[cfg(unix)]
#[test]
fn what_is_written_is_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/deep/settings.toml");
    let store = Store::new(file.clone(), None);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    store.change(&[Change::new(Key::Sound, true)]).unwrap();
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    assert_eq!(mode(&folder.path().join("new")), 0o700);
    // As earlier versions left it.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    store.change(&[Change::new(Key::Sound, false)]).unwrap();
    assert_eq!(mode(&file), 0o600);
}

#[cfg(unix)]
#[test]
fn names_and_paths_are_all_different() {
    let names: BTreeSet<_> = Key::ALL.iter().map(|key| key.name()).collect();
    let paths: BTreeSet<_> = Key::ALL.iter().map(|key| key.path()).collect();
    assert_eq!((names.len(), paths.len()), (Key::ALL.len(), Key::ALL.len()));
}

#[test]
fn everything_that_is_wrong_is_named_and_what_is_expected_too() {
    let files = files();
    let text = "theme = \"pink\"\n[notify]\nsound = \"yes\"\nsoud = true\n[journal]\nkeep_days = -1\n";
    fs::write(&files.person, text).unwrap();
    let problem = files.store.load().files.problem.unwrap().message();
    let arg = |name: &str| problem.args[name].as_str();
    assert_eq!((arg("key"), arg("line")), ("theme", "1"));
    assert_eq!(arg("form"), r#""system", "light", "dark""#);
    assert_eq!(
        arg("others"),
        "notify.sound (3), journal.keep_days (6), notify.soud (4)"
    );
    for (lang, also) in [
        (Language::Fr, "À corriger aussi"),
        (Language::En, "Also to be corrected"),
    ] {
        let said = crate::words::say(lang, &problem);
        assert!(said.contains(also) && said.contains("\"dark\""), "{said}");
    }
    fs::write(&files.person, "theme = \"pink\"\n").unwrap();
    let problem = files.store.load().files.problem.unwrap().message();
    let said = crate::words::say(Language::En, &problem);
    assert!(said.ends_with("correct that line."), "{said}");

    let many: String = (0..100).map(|n| format!("nothing_{n} = 1\n")).collect();
    fs::write(&files.person, many).unwrap();
    let problem = files.store.load().files.problem.unwrap().message();
    assert!(
        problem.args["others"].ends_with("nothing_8 (9), …"),
        "{problem:?}"
    );
}

#[test]
fn extensions_that_make_no_number_are_said() {
    let files = files();
    let problem = |text: &str| {
        fs::write(&files.person, text).unwrap();
        files
            .store
            .load()
            .files
            .problem
            .map(|problem| problem.message().id)
    };
    let said = Some("settings-extensions".to_owned());
    assert_eq!(
        problem("extensions = { prefix = \"+3314268\", length = 2 }\n"),
        said
    );
    assert_eq!(
        problem("extensions = { prefix = \"+3314268530012\", length = 8 }\n"),
        said
    );
    assert_eq!(
        problem("extensions = { prefix = \"+3314268\", length = 4 }\n"),
        None
    );
    assert_eq!(
        problem("extensions = { prefix = \"+3314268\" }\n"),
        None,
        "not filled in yet"
    );
}
