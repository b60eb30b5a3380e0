//! Screen pop: once a call, at the right moment, and never anywhere else than the template says.

use std::path::PathBuf;

use proptest::prelude::*;
use telephony::Direction;
use url::Url;

use super::*;
use crate::event::{DeskState, RecordProblem, RecordWay};
use crate::known::Known;
use crate::pop::{Directions, Subject, Template, TemplateError, When};
use crate::testing::{on_account, started};

fn popping(when: When, url: &str) -> Companion {
    let settings = Settings {
        pop_when: when,
        pop_url: Template::parse(url).ok(),
        ..relay_settings()
    };
    let mut companion = Companion::new(settings, Language::Fr, at(0));
    companion.on(live(), at(0));
    companion
}

fn opened(effects: &[Effect]) -> Vec<String> {
    let url = |effect: &Effect| match effect {
        Effect::OpenUrl(url) => Some(url.to_string()),
        _ => None,
    };
    effects.iter().filter_map(url).collect()
}

fn known(name: &str) -> Option<Known> {
    Some(Known {
        name: name.into(),
        company: Some("Société".into()),
        label: None,
        source: "carnet".into(),
        since: at(0),
        contact: "1".into(),
        ambiguous: false,
        shared: false,
        several: false,
    })
}

#[test]
fn a_record_opens_once_a_call_and_when_it_is_wanted() {
    let url = "https://crm.example/search?tel={e164}&state={state}";
    let twin = on_account(incoming("a"), "1002");
    let rings = "https://crm.example/search?tel=%2B33199000001&state=ringing";
    let talks = "https://crm.example/search?tel=%2B33199000001&state=connected";
    for (when, expected) in [
        (When::Never, [0, 0, 0, 0]),
        (When::Ringing, [1, 0, 0, 0]),
        (When::Answered, [0, 0, 1, 0]),
        (When::Request, [0, 0, 0, 0]),
    ] {
        let mut companion = popping(when, url);
        let steps = [
            incoming("a"),
            twin.clone(),
            connected(incoming("a"), 5),
            connected(twin.clone(), 5),
        ];
        let seen: Vec<Vec<String>> = steps
            .into_iter()
            .map(|call| opened(&tell(&mut companion, call, 5)))
            .collect();
        assert_eq!(
            seen.iter().map(Vec::len).collect::<Vec<_>>(),
            expected,
            "{when:?}"
        );
        let all: Vec<&str> = seen.iter().flatten().map(String::as_str).collect();
        assert!(
            all.iter().all(|opened| [rings, talks].contains(opened)),
            "{all:?}"
        );
        let effects = companion.on(button("a", NoteAction::OpenRecord, 1), at(6));
        assert_eq!(
            opened(&effects).len(),
            usize::from(when != When::Never),
            "by the button"
        );
        assert_eq!(companion.live()[0].has_record, when != When::Never);
    }
}

#[test]
fn no_record_opens_for_old_news_behind_a_lock_or_for_the_wrong_direction() {
    let fresh = |change: &dyn Fn(&mut Companion), call: Call, age_s: i64| {
        let mut companion = popping(When::Ringing, "https://crm.example/{e164}");
        change(&mut companion);
        let event = Event::Call {
            call: Box::new(call),
            origin: Origin::Relay,
            age_s,
        };
        opened(&companion.on(event, at(0))).len()
    };
    let locked = |companion: &mut Companion| {
        let screen = DeskState {
            locked: true,
            dnd: false,
        };
        companion.on(Event::Desk(screen), at(0));
    };
    let silenced = |companion: &mut Companion| {
        tell(companion, started(incoming("x"), -60), 0);
        companion.on(button("x", NoteAction::Silence, 1), at(0));
    };
    let withheld = Call {
        calling_number: None,
        ..incoming("a")
    };
    assert_eq!(fresh(&|_| {}, incoming("a"), 0), 1);
    assert_eq!(fresh(&|_| {}, incoming("a"), 31), 0);
    assert_eq!(fresh(&locked, incoming("a"), 0), 0);
    assert_eq!(fresh(&silenced, incoming("a"), 0), 0);
    assert_eq!(fresh(&|_| {}, withheld, 0), 0, "there is nothing to search for");
    assert_eq!(fresh(&|_| {}, outgoing("a", TARGET, 0), 0), 0);
    let both = |companion: &mut Companion| {
        let settings = Settings {
            pop_directions: Directions {
                incoming: true,
                outgoing: true,
            },
            ..companion.settings().clone()
        };
        companion.on(Event::Settings(Box::new(settings)), at(0));
    };
    assert_eq!(fresh(&both, outgoing("a", TARGET, 0), 0), 1);
}

#[test]
fn a_record_that_asks_for_the_name_waits_for_it_but_not_for_ever() {
    let url = "https://crm.example/?q={name}";
    let number = E164::parse(CALLER).unwrap();
    let mut companion = popping(When::Ringing, url);
    assert!(opened(&tell(&mut companion, incoming("a"), 0)).is_empty());
    let answer = Event::Named {
        number,
        known: known("Élan & Cie"),
    };
    assert_eq!(
        opened(&companion.on(answer, at(1))),
        ["https://crm.example/?q=%C3%89lan%20%26%20Cie"]
    );
    // Known from now on: at once.
    let effects = tell(&mut companion, started(incoming("b"), 60), 60);
    assert_eq!(opened(&effects).len(), 1);
    let mut companion = popping(When::Ringing, url);
    tell(&mut companion, incoming("a"), 0);
    assert_eq!(companion.next_deadline(), Some(at(2)));
    assert_eq!(
        opened(&companion.on(Event::Tick, at(2))),
        ["https://crm.example/?q="]
    );
}

#[test]
fn a_record_opens_without_the_name_once_the_directory_is_late_and_the_alert_is_renamed_in_place() {
    let mut companion = popping(When::Ringing, "https://crm.example/?q={name}");
    let effects = tell(&mut companion, incoming("a"), 0);
    assert!(opened(&effects).is_empty());
    let alert = notifications(&effects)[0].clone();
    let number = E164::parse(CALLER).unwrap();
    let named = |known| Event::Named {
        number: number.clone(),
        known,
    };
    // The agent's word that nobody waits any longer.
    let late = at(0) + jiff::SignedDuration::from_millis(300);
    assert_eq!(
        opened(&companion.on(named(None), late)),
        ["https://crm.example/?q="]
    );
    let effects = companion.on(named(known("Personne Une")), at(20));
    let again = notifications(&effects);
    assert_eq!((again.len(), &again[0].key), (1, &alert.key));
    assert!(
        again[0].title.contains("Personne Une") && !again[0].news,
        "{again:?}"
    );
    assert!(opened(&effects).is_empty(), "once a call");
}

#[test]
fn a_program_gets_the_call_in_its_environment() {
    let program = PathBuf::from("/usr/bin/true");
    let settings = Settings {
        pop_when: When::Ringing,
        pop_program: Some(program.clone()),
        ..relay_settings()
    };
    let mut companion = Companion::new(settings, Language::Fr, at(0));
    companion.on(live(), at(0));
    let call = Call {
        call_id: CallId("; rm -rf ~\0\n$(id)".into()),
        ..incoming("a")
    };
    let number = E164::parse(CALLER).unwrap();
    companion.on(
        Event::Named {
            number,
            known: known("\u{202e}$(id)"),
        },
        at(0),
    );
    let effects = tell(&mut companion, call, 0);
    let env: Vec<(&str, &str)> = effects
        .iter()
        .find_map(|effect| match effect {
            Effect::Run { program: run, env } => {
                assert_eq!(*run, program);
                Some(
                    env.iter()
                        .map(|(name, value)| (name.as_str(), value.as_str()))
                        .collect(),
                )
            }
            _ => None,
        })
        .unwrap();
    let expected = [
        ("CENTREX_E164", CALLER),
        ("CENTREX_NATIONAL", "0199000001"),
        ("CENTREX_NAME", "$(id)"),
        ("CENTREX_COMPANY", "Société"),
        ("CENTREX_LINE", OWN),
        ("CENTREX_DIRECTION", "incoming"),
        ("CENTREX_CALL_ID", "; rm -rf ~ $(id)"),
        ("CENTREX_ACCOUNT", "1001"),
        ("CENTREX_STATE", "ringing"),
    ];
    assert_eq!(env, expected);
    let (whole, root) = if cfg!(windows) {
        (r"C:\Windows\true.exe", r"C:\")
    } else {
        ("/usr/bin/true", "/")
    };
    for (text, good) in [
        (whole, true),
        ("true", false),
        ("./true", false),
        (root, false),
        ("", false),
    ] {
        assert_eq!(crate::pop::program(text).is_some(), good, "{text}");
    }
}

#[test]
fn a_template_is_judged_before_it_is_used() {
    for good in [
        "https://crm.example/search?tel={e164}",
        "https://crm.example/{account}/{call_id}#{name}",
        "http://127.0.0.1:8080/{national}",
        "http://localhost/?{direction}={state}",
        "crm:{e164}",
        "crm://open/{e164}?line={line}",
        "https://crm.example/fixed",
    ] {
        assert!(Template::parse(good).is_ok(), "{good}");
    }
    let refused = |text: &str| Template::parse(text).unwrap_err();
    assert_eq!(
        refused("https://crm.example/{number}"),
        TemplateError::Unknown("number".into())
    );
    for before in [
        "{name}://crm.example/",
        "https://{name}/",
        "https://crm.{name}/",
        "https://crm.example:{e164}/",
    ] {
        let error = refused(before);
        assert!(
            matches!(error, TemplateError::BeforePath | TemplateError::NotAnAddress),
            "{before}: {error:?}"
        );
    }
    for wrong in [
        "",
        "crm.example/{e164}",
        "https://",
        "https://crm.example/{e164",
        "https://crm.example/e164}",
        "https://user:pass@crm.example/{e164}",
        "https://crm.example/ {e164}",
    ] {
        assert_eq!(refused(wrong), TemplateError::NotAnAddress, "{wrong}");
    }
    let allowed = ["crm".to_owned()].into();
    let scheme = |text: &str| Template::parse(text).unwrap().check_scheme(&allowed).is_ok();
    assert!(scheme("crm:{e164}") && scheme("https://a.example/") && scheme("http://[::1]/{e164}"));
    assert!(!scheme("http://crm.example/{e164}") && !scheme("other:{e164}"));
    let everything = ["javascript".to_owned(), "file".to_owned(), "data".to_owned()].into();
    for never in [
        "javascript:alert('{name}')",
        "file:///tmp/{name}",
        "data:text/html,{name}",
    ] {
        let checked = Template::parse(never).map(|template| template.check_scheme(&everything).is_ok());
        assert_ne!(checked, Ok(true), "{never}");
    }
    for error in [
        TemplateError::NotAnAddress,
        TemplateError::Unknown("x".into()),
        TemplateError::BeforePath,
        TemplateError::Scheme("x".into()),
    ] {
        for lang in [Language::Fr, Language::En] {
            assert_ne!(say(lang, &error.message()), error.message().id);
        }
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let bit = prop_oneof![
        Just("/".to_owned()),
        Just("..".to_owned()),
        Just(".".to_owned()),
        Just("\\".to_owned()),
        Just("?".to_owned()),
        Just("#".to_owned()),
        Just("&".to_owned()),
        Just("%2e".to_owned()),
        Just("@evil.example".to_owned()),
        Just("://".to_owned()),
        Just("\r\n".to_owned()),
        Just("\u{202e}".to_owned()),
        Just(";".to_owned()),
        Just("=".to_owned()),
        ".{0,6}",
    ];
    prop::collection::vec(bit, 0..6).prop_map(|bits| bits.concat())
}

proptest! {
    #[test]
    fn no_value_changes_where_an_address_leads(
        name in hostile(), company in hostile(), call_id in hostile(), account in hostile(), caller in hostile(),
    ) {
        let dots = [&name, &company, &caller].iter().any(|value| value.contains('.'));
        let call = Call {
            call_id: CallId(call_id),
            account_id: AccountId(account),
            called_number: Some(Party::Other(caller)),
            direction: Direction::Incoming,
            ..incoming("a")
        };
        let subject = Subject::of(&call, Some(&name), Some(&company));
        for text in [
            "https://crm.example/a/{name}/b/{company}?x={call_id}&y={account}#{line}",
            "https://crm.example/{name}{company}",
            "https://crm.example?q={name}",
            "crm://host/{name}/{line}?c={company}",
        ] {
            let template = Template::parse(text).unwrap();
            let plain = Url::parse(&text.replace(['{', '}'], "")).unwrap();
            let Some(url) = template.fill(&subject) else {
                // Only dots can make a path that isn't the template's.
                prop_assert!(dots, "{text}");
                continue;
            };
            prop_assert_eq!(url.scheme(), plain.scheme());
            prop_assert_eq!(url.authority(), plain.authority());
            prop_assert_eq!(url.path_segments().unwrap().count(), plain.path_segments().unwrap().count());
            prop_assert_eq!(url.query_pairs().count(), plain.query_pairs().count());
            prop_assert_eq!(url.fragment().is_some(), plain.fragment().is_some());
            prop_assert!(!url.as_str().contains(char::is_control));
        }
    }
}

#[test]
fn a_record_that_does_not_open_is_told_once_with_what_to_do() {
    let mut companion = popping(When::Ringing, "https://crm.example/{e164}");
    let failed = Event::RecordFailed(RecordProblem::NotOpened);
    let effects = companion.on(failed.clone(), at(1));
    let [note] = notifications(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(note.title, "Fiche non ouverte");
    assert!(note.body.contains("«\u{a0}https\u{a0}»"), "{}", note.body);
    assert_eq!((note.kind, note.sound), (NotificationKind::Info, false));
    let opens = companion.on(
        Event::NoteAction {
            key: note.key.clone(),
            action: NoteAction::Open,
            press: press(1),
        },
        at(2),
    );
    assert_eq!(opens, [Effect::OpenWindow(Place::Settings)], "where it is mended");
    assert_eq!(companion.on(failed.clone(), at(3)), [], "not at each call");
    assert_eq!(companion.record_problem().unwrap().id, "record-not-opened");

    // A second trouble is news; the way that works again is no trouble any more.
    let missing = Event::RecordFailed(RecordProblem::ProgramMissing);
    assert_eq!(notifications(&companion.on(missing, at(4))).len(), 1);
    assert_eq!(companion.on(Event::RecordOpened(RecordWay::Address), at(5)), []);
    assert_eq!(companion.record_problem().unwrap().id, "record-program-missing");
    let works = companion.on(Event::RecordOpened(RecordWay::Program), at(5));
    assert_eq!(
        works,
        [Effect::Withdraw(note.key.clone())],
        "what was said is true no more"
    );
    assert_eq!(notifications(&companion.on(failed.clone(), at(6))).len(), 1);

    // Who presses the button is told again; other settings are another story.
    tell(&mut companion, incoming("a"), 7);
    companion.on(button("a", NoteAction::OpenRecord, 2), at(8));
    assert_eq!(notifications(&companion.on(failed.clone(), at(9))).len(), 1);
    let other = Settings {
        pop_url: Template::parse("https://other.example/{e164}").ok(),
        ..companion.settings().clone()
    };
    companion.on(Event::Settings(Box::new(other)), at(10));
    assert_eq!(companion.record_problem(), None);
}

#[test]
fn every_trouble_with_records_has_whole_sentences() {
    let settings = Settings {
        pop_url: Template::parse("https://crm.example/{e164}").ok(),
        pop_program: Some(PathBuf::from("/opt/\u{202e}crm/pop")),
        ..relay_settings()
    };
    for problem in RecordProblem::ALL {
        let mut companion = Companion::new(settings.clone(), Language::Fr, at(0));
        companion.on(Event::RecordFailed(problem), at(0));
        for lang in [Language::Fr, Language::En] {
            let said = say(lang, &companion.record_problem().unwrap());
            assert!(!said.contains(['{', '\u{202e}']) && said.contains('.'), "{said}");
            if problem.way() == RecordWay::Program {
                assert!(said.contains("/opt/crm/pop"), "{said}");
            }
        }
    }
}
