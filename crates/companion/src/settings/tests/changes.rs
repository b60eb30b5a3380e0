//! What is written into the person's file.

use super::*;

#[test]
fn what_the_person_wrote_stays_when_a_setting_changes() {
    let files = files();
    let before = "# mine\nmode = \"relay\" # chosen in spring\nfuture = [1,\n 2]\n\n[relay]\n# the old one\nurl = \"https://old.example\" # moves soon\nlater = 1\n";
    fs::write(&files.person, before).unwrap();
    let loaded = files
        .store
        .change(&[
            Change::new(Key::RelayUrl, " https://new.example "),
            Change::new(Key::Sound, true),
            Change::new(Key::Theme, "dark"),
        ])
        .unwrap();
    assert_eq!(
        loaded.settings.relay_url.unwrap().as_str(),
        "https://new.example/"
    );
    let after = fs::read_to_string(&files.person).unwrap();
    let expected = before
        .replace("old.example\"", "new.example\"")
        .replace("\n 2]\n", "\n 2]\ntheme = \"dark\"\n")
        + "\n[notify]\nsound = true\n";
    assert_eq!(after, expected);
}

#[test]
fn clearing_keeps_the_line_and_its_comment() {
    let files = files();
    fs::write(&files.person, "[direct]\naccount_id = \"1001\" # mine\n").unwrap();
    let loaded = files.store.change(&[Change::new(Key::AccountId, "")]).unwrap();
    assert_eq!(loaded.settings.account_id, None);
    assert_eq!(
        fs::read_to_string(&files.person).unwrap(),
        "[direct]\naccount_id = \"\" # mine\n"
    );
}

#[test]
fn a_check_judges_as_a_change_does_and_leaves_nothing() {
    let files = files();
    let folder = files.person.parent().unwrap();
    let wish = [Change::new(Key::Mode, Mode::Relay)];
    assert_eq!(files.store.check(&wish), Ok(()));
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
    for (person, company) in [
        ("mode =\n", ""),
        ("", "mode = \"direct\"\n"),
        ("direct = true\n", "mode = \"direct\"\n"),
    ] {
        fs::write(&files.person, person).unwrap();
        fs::write(&files.company, company).unwrap();
        let refused = files.store.check(&wish).unwrap_err();
        assert_eq!(files.store.change(&wish).unwrap_err(), refused);
        assert_eq!(files.store.check(&[]), Ok(()), "nothing is to be written");
        assert_eq!(fs::read_to_string(&files.person).unwrap(), person);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_found_by_a_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let store = Store::new(file.join("settings.toml"), None);
    let refused = store.check(&[Change::new(Key::Sound, true)]).unwrap_err();
    assert!(refused.0.id.starts_with("settings-change-un"), "{refused}");
}

#[test]
fn while_the_companys_file_cannot_be_read_nothing_is_changed() {
    let files = files();
    fs::write(
        &files.company,
        "mode = \"relay\"\nrelay.url = \"https://relay.example\"\n",
    )
    .unwrap();
    let before = files.store.load();
    fs::write(&files.company, "mode = relay\n").unwrap();
    let after = files.store.load().after(&before.settings, &before.files);
    assert_eq!(
        (&after.settings, &after.files.locked),
        (&before.settings, &before.files.locked)
    );
    let problem = after.files.problem.unwrap().message();
    assert_eq!(problem.args["file"], files.company.display().to_string());
    let refused = files.store.change(&[Change::new(Key::Sound, true)]).unwrap_err();
    assert_eq!(refused.0.id, "settings-change-company");
    assert_eq!(refused.0.args["file"], files.company.display().to_string());
    assert_eq!(files.store.check(&[Change::new(Key::Sound, true)]), Err(refused));
    assert!(!files.person.exists());

    fs::remove_file(&files.company).unwrap();
    fs::create_dir(&files.company).unwrap();
    assert!(
        files.store.change(&[Change::new(Key::Sound, true)]).is_err(),
        "it can't be opened"
    );
    fs::remove_dir(&files.company).unwrap();
    assert!(
        files
            .store
            .change(&[Change::new(Key::Sound, true)])
            .unwrap()
            .settings
            .sound
    );
}

#[test]
fn this_computer_needs_no_encryption() {
    let files = files();
    for address in [
        "http://localhost:8080",
        "http://127.0.0.1:1",
        "http://[::1]:1/base",
    ] {
        files
            .store
            .change(&[Change::new(Key::RelayUrl, address)])
            .unwrap();
    }
}

#[test]
fn values_outside_the_choice_are_refused() {
    let files = files();
    for change in [
        Change::new(Key::Language, "de"),
        Change::new(Key::Theme, "pink"),
        Change::new(Key::Authentication, "none"),
        Change::new(Key::AccountId, "10 01"),
    ] {
        let ChangeError(message) = files.store.change(&[change]).unwrap_err();
        assert_eq!(message.id, "settings-change-value");
    }
}

#[test]
fn a_folder_that_is_missing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a").join("b").join("settings.toml");
    let store = Store::new(file.clone(), None);
    store.change(&[Change::new(Key::Mode, Mode::Relay)]).unwrap();
    assert_eq!(fs::read_to_string(file).unwrap(), "mode = \"relay\"\n");
}

#[cfg(unix)]
#[test]
fn a_link_is_followed() {
    let files = files();
    let real = files.company.with_file_name("real.toml");
    fs::write(&real, "# kept elsewhere\n").unwrap();
    std::os::unix::fs::symlink(&real, &files.person).unwrap();
    files.store.change(&[Change::new(Key::Sound, true)]).unwrap();
    assert!(fs::symlink_metadata(&files.person).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("sound = true"));
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_yet_is_written_through_too() {
    let files = files();
    let real = files.company.with_file_name("real.toml");
    // Over another link, and relative, as programs that keep such collections make them.
    let link = files.company.with_file_name("link.toml");
    std::os::unix::fs::symlink("real.toml", &link).unwrap();
    std::os::unix::fs::symlink(&link, &files.person).unwrap();
    files.store.change(&[Change::new(Key::Sound, true)]).unwrap();
    assert!(fs::symlink_metadata(&files.person).unwrap().is_symlink());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("sound = true"));
    // A folder that isn't there (a drive that isn't mounted) is nobody's to make.
    fs::remove_file(&files.person).unwrap();
    let away = files.company.with_file_name("away");
    std::os::unix::fs::symlink(away.join("settings.toml"), &files.person).unwrap();
    let refused = files.store.change(&[Change::new(Key::Sound, true)]).unwrap_err();
    assert_eq!(refused.0.id, "settings-change-unwritable");
    assert!(fs::symlink_metadata(&files.person).unwrap().is_symlink() && !away.exists());
}

#[test]
fn no_more_numbers_are_silenced_than_are_read_back() {
    let files = files();
    let numbers = |count: u32| {
        let numbers = (0..count).map(|n| telephony::E164::parse(&format!("+3319900{n:04}")).unwrap());
        Change::new(Key::Silenced, &numbers.collect::<BTreeSet<_>>())
    };
    let loaded = files.store.change(&[numbers(1_000)]).unwrap();
    assert_eq!(
        (loaded.settings.silenced.len(), loaded.files.problem),
        (1_000, None)
    );
    let refused = files.store.change(&[numbers(1_001)]).unwrap_err();
    assert_eq!(refused.0.id, "settings-silenced-full");
    assert_eq!(files.store.load().settings.silenced.len(), 1_000, "those stay");
}

#[test]
fn the_ways_of_the_platform_and_the_lists_of_servers_are_written_and_may_be_locked() {
    let changes = [
        Change::new(Key::PlatformMethod, "post"),
        Change::new(Key::PlatformPlus, true),
        Change::new(Key::OutsidePrefix, " 0 "),
        Change::new(Key::CardDavBooks, &["Équipe"][..]),
        Change::new(Key::LdapNumbers, &["mobile", " ipPhone"][..]),
        Change::new(Key::LdapNames, &["cn"][..]),
        Change::new(Key::LdapCompanies, &["o"][..]),
    ];
    let files = files();
    let settings = files.store.change(&changes).unwrap().settings;
    assert_eq!(settings.platform_method, super::super::PlatformMethod::Post);
    assert!(settings.platform_plus);
    assert_eq!(settings.rules().outside_prefix.as_deref(), Some("0"));
    assert_eq!(settings.carddav.books, ["Équipe"]);
    let ldap = &settings.ldap;
    assert_eq!(ldap.numbers, ["mobile", "ipPhone"]);
    assert_eq!(
        (&ldap.names[..], &ldap.companies[..]),
        (&["cn".to_owned()][..], &["o".to_owned()][..])
    );
    // None in a list of attributes: the usual ones.
    let usual = files
        .store
        .change(&[Change::new(Key::LdapNames, Given::List(Vec::new()))])
        .unwrap();
    assert_eq!(
        (usual.settings.ldap.names, usual.files.problem),
        (Settings::default().ldap.names, None)
    );
    for (change, id) in [
        (Change::new(Key::PlatformMethod, "put"), "settings-change-value"),
        (Change::new(Key::OutsidePrefix, "*9"), "settings-outside-prefix"),
        (
            Change::new(Key::CardDavBooks, &["a\nb"][..]),
            "settings-carddav-books",
        ),
        (
            Change::new(Key::LdapNumbers, &["(x="][..]),
            "settings-ldap-attributes",
        ),
    ] {
        assert_eq!(files.store.change(&[change]).unwrap_err().0.id, id);
    }
    for change in changes {
        let line = match change.key {
            Key::PlatformMethod => "direct.method = \"get\"",
            Key::PlatformPlus => "direct.plus = false",
            Key::OutsidePrefix => "dial.outside_prefix = \"9\"",
            Key::CardDavBooks => "carddav.books = []",
            Key::LdapNumbers => "ldap.numbers = [\"x\"]",
            Key::LdapNames => "ldap.names = [\"x\"]",
            _ => "ldap.companies = [\"x\"]",
        };
        fs::write(&files.company, line).unwrap();
        let refused = files.store.change(&[change]).unwrap_err();
        assert_eq!(refused.0.id, "settings-change-locked", "{line}");
    }
}

#[test]
fn a_form_that_writes_what_the_company_fixed_as_it_is_asks_for_nothing_new() {
    let files = files();
    fs::write(&files.company, "direct.account_id = \"1001\"\n").unwrap();
    let form = |account: &str| {
        let changes = [
            Change::new(Key::AccountId, account),
            Change::new(Key::Mode, Mode::Direct),
        ];
        files.store.change(&changes).map(|loaded| loaded.settings.mode)
    };
    assert_eq!(form("1001"), Ok(Mode::Direct));
    assert_eq!(fs::read_to_string(&files.person).unwrap(), "mode = \"direct\"\n");
    assert_eq!(form("1002").unwrap_err().0.id, "settings-change-locked");
}
