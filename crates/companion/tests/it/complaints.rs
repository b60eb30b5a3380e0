//! What people complain about in programs of this kind, each held against ours: a test a complaint, by its row in the list
//! of `docs/complaints.md`. What needs a clock, a book, a desktop or a window to be held is tested there, too, by the same
//! numbers: the list says where.

mod desk;

use companion::effect::{Effect, Notification, NotificationKind};
use companion::event::{DialId, Event, Link, LinkProblem, NoteAction};
use companion::journal::Row;
use companion::settings::Settings;
use companion::tray::TrayIcon;
use companion::view::{DialStage, Outcome, Verdict};
use companion::words::{Language, say};
use desk::*;
use telephony::{AccountId, Call, CallId, E164};

#[test]
fn row_01_nothing_activates_itself() {
    let mut desk = Desk::new(settings());
    let call = rings("a", CALLER, 0);
    for state in [call.clone(), talks(&call, 5), over(&call, 9)] {
        desk.tell(&state);
        let opens = |effect: &Effect| {
            matches!(
                effect,
                Effect::OpenWindow(_) | Effect::OpenUrl(_) | Effect::Run { .. } | Effect::PlaceCall { .. }
            )
        };
        assert!(!desk.last.iter().any(opens), "{:?}", desk.last);
    }
}

#[test]
fn row_02_an_alert_stays_as_long_as_the_phone_rings() {
    let mut desk = Desk::new(settings());
    desk.tell(&rings("a", CALLER, 0));
    for second in 1..119 {
        desk.wait_until(second);
        assert_eq!(
            desk.note().kind,
            NotificationKind::Incoming,
            "it has no life time of its own"
        );
        assert_eq!(desk.companion.tray().icon, TrayIcon::Ringing);
    }
}

#[test]
fn row_03_each_alert_has_its_switch_and_one_turns_off_all() {
    let kinds = |settings: Settings| {
        let mut desk = Desk::new(settings);
        let mut seen = Vec::new();
        let call = rings("a", CALLER, 0);
        for state in [call.clone(), over(&call, 9), goes_out("b", CALLER, 20)] {
            desk.tell(&state);
            seen.extend(desk.last.iter().filter_map(|effect| match effect {
                Effect::Notify(note) => Some((note.kind, note.sound)),
                _ => None,
            }));
        }
        seen
    };
    let all = Settings {
        notify_outgoing: true,
        sound: true,
        ..settings()
    };
    let (incoming, missed) = (
        (NotificationKind::Incoming, true),
        (NotificationKind::Missed, true),
    );
    let outgoing = (NotificationKind::Info, false);
    assert_eq!(kinds(all.clone()), [incoming, missed, outgoing]);
    let with = |change: fn(&mut Settings)| {
        let mut settings = all.clone();
        change(&mut settings);
        kinds(settings)
    };
    assert_eq!(with(|s| s.notify_incoming = false), [missed, outgoing]);
    assert_eq!(with(|s| s.notify_missed = false), [incoming, outgoing]);
    assert_eq!(with(|s| s.notify_outgoing = false), [incoming, missed]);
    assert!(with(|s| s.sound = false).iter().all(|(_, sound)| !sound));
    assert_eq!(with(|s| s.click_to_call_only = true), []);
}

#[test]
fn row_04_no_alert_outlives_its_call() {
    let call = rings("a", CALLER, 0);
    let twin = Call {
        account_id: AccountId("1002".into()),
        ..call.clone()
    };
    for end in [talks(&call, 5), over(&talks(&call, 5), 9), talks(&twin, 5)] {
        let mut desk = Desk::new(settings());
        desk.tell(&call);
        desk.tell(&twin);
        desk.tell(&end);
        assert_eq!(desk.standing, [], "{end:?}");
    }
    // Its end was lost: by the hard limit, or by the relay's list after a reconnection.
    let mut desk = Desk::new(settings());
    desk.tell(&call);
    desk.wait_until(120);
    assert_eq!(desk.standing, []);
    let mut desk = Desk::new(settings());
    desk.tell(&call);
    desk.feed(Event::LiveCalls {
        calls: Vec::new(),
        at: at(30),
    });
    assert_eq!(desk.standing, []);
}

#[test]
fn row_05_what_became_of_a_call_is_kept_apart_and_never_guessed() {
    let incoming = rings("a", CALLER, 0);
    let outgoing = goes_out("a", CALLER, 0);
    let lost = |call: &Call| Call {
        end_unknown: true,
        ..over(call, 9)
    };
    for (call, outcome, missed) in [
        (over(&talks(&incoming, 5), 9), Outcome::Answered, 0),
        (over(&incoming, 9), Outcome::Missed, 1),
        (lost(&incoming), Outcome::Unknown, 0),
        (over(&outgoing, 9), Outcome::NoAnswer, 0),
        (lost(&outgoing), Outcome::Unknown, 0),
    ] {
        let mut desk = Desk::new(settings());
        desk.tell(&call);
        assert_eq!(
            (desk.line("a").outcome, desk.companion.missed()),
            (outcome, missed)
        );
    }
    // Answered on another line of the same desk: not missed on this one.
    let mut desk = Desk::new(settings());
    let twin = Call {
        account_id: AccountId("1002".into()),
        ..incoming.clone()
    };
    desk.tell(&incoming);
    desk.tell(&talks(&twin, 5));
    desk.tell(&over(&incoming, 5));
    desk.tell(&over(&talks(&twin, 5), 60));
    assert_eq!((desk.companion.missed(), desk.companion.recent(9).len()), (0, 1));
    assert_eq!(desk.companion.recent(9)[0].outcome, Outcome::Answered);
    // One line for all of them: that of the line where they talked. The other one's own row says where that was.
    assert_eq!(desk.companion.recent(9)[0].answered_on, None);
    let row = Row::new(over(&incoming, 5), false);
    let elsewhere = desk.companion.journal_line(&row);
    assert_eq!(
        (elsewhere.outcome, elsewhere.answered_on),
        (Outcome::Answered, Some(twin.account_id.clone()))
    );
    // One call on several phones, with one id: that it was taken is told to all of them, and not on which. Nobody is said to be
    // talking here.
    let mut desk = Desk::new(settings());
    desk.tell(&incoming);
    desk.tell(&talks(&incoming, 5));
    let tooltip = desk.companion.tray().tooltip.replace('\u{a0}', " ");
    assert_eq!(tooltip, "Centrex Tray – Appel de 01 99 00 00 01, pris");
    desk.tell(&over(&talks(&incoming, 5), 9));
    assert_eq!(
        (desk.line("a").outcome, desk.line("a").answered_on),
        (Outcome::Answered, None)
    );
    // Given up: how long it rang is told by its times.
    let mut desk = Desk::new(settings());
    desk.tell(&over(&incoming, 4));
    let line = desk.line("a");
    assert_eq!((line.answered_on, line.ended_at), (None, Some(at(4))));
    assert_eq!((line.outcome, line.started_at), (Outcome::Missed, at(0)));
}

#[test]
fn row_06_no_call_rings_hours_late() {
    for (age, alerts) in [(0, 1), (30, 1), (31, 0), (7200, 0)] {
        // Whatever this computer's clock says: the age comes from the relay's.
        for skew in [-86_400, 0, 86_400] {
            let mut desk = Desk::new(settings());
            desk.tell_late(&rings("a", CALLER, skew), age);
            assert_eq!(desk.standing.len(), alerts, "{age} s old, clocks {skew} s apart");
            assert!(
                desk.last
                    .iter()
                    .any(|effect| matches!(effect, Effect::Record { .. }))
            );
        }
    }
}

#[test]
fn row_07_the_tray_tells_the_truth() {
    let mut desk = Desk::new(settings());
    assert_eq!(desk.companion.tray().icon, TrayIcon::Idle);
    desk.feed(Event::Link(Link::Down(LinkProblem::Lost)));
    let tray = desk.companion.tray();
    assert_eq!(tray.icon, TrayIcon::NotConnected);
    assert!(tray.tooltip.contains("les appels ne sont pas annoncés"));
    // An unread missed call, which may stand for days, doesn't hide it.
    let mut desk = Desk::new(settings());
    desk.tell(&over(&rings("a", CALLER, 0), 9));
    assert_eq!(desk.companion.tray().icon, TrayIcon::Missed);
    desk.feed(Event::Link(Link::Down(LinkProblem::Lost)));
    let tray = desk.companion.tray();
    assert_eq!(tray.icon, TrayIcon::NotConnected);
    assert!(tray.tooltip.contains("1 appel manqué"), "{}", tray.tooltip);
    assert!(tray.tooltip.contains("les appels ne sont pas annoncés"));
    desk.feed(live());
    assert_eq!(desk.companion.tray().icon, TrayIcon::Missed);
}

#[test]
fn row_08_what_was_missed_meanwhile_is_told_once_and_as_one() {
    let mut desk = Desk::new(settings());
    desk.feed(Event::Link(Link::Down(LinkProblem::Lost)));
    desk.now = 4000;
    desk.feed(live());
    for (n, from) in ["+33199000001", "+33199000002", "+33199000001"]
        .iter()
        .enumerate()
    {
        let second = i64::try_from(n).unwrap() * 100;
        let call = over(&rings(&format!("{n}"), from, second), second + 20);
        desk.tell_late(&call, 4000 - second - 20);
        desk.tell_late(&call, 4000 - second - 20);
    }
    assert_eq!(desk.standing, [], "no burst");
    desk.wait_until(4002);
    let note = desk.note();
    assert_eq!(note.title, "3 appels manqués pendant votre absence");
    assert_eq!(
        note.body,
        format!("{SHOWN} (2)\n01\u{a0}99\u{a0}00\u{a0}00\u{a0}02")
    );
    assert_eq!(note.actions.len(), 1, "whom of several to call back?");
}

#[test]
fn row_08_a_short_absence_makes_no_burst() {
    let mut desk = Desk::new(settings());
    desk.feed(Event::Link(Link::Down(LinkProblem::Lost)));
    desk.now = 20;
    desk.feed(Event::CatchingUp);
    desk.feed(live());
    let mut seen = Vec::new();
    for n in 0..3 {
        let call = rings(&format!("{n}"), &format!("+3319900000{n}"), 4 * n);
        for state in [call.clone(), over(&call, 4 * n + 3)] {
            desk.tell_late(&state, 20 - 4 * n);
            seen.append(&mut desk.last);
        }
    }
    // This one still rings, and that one is talked on.
    desk.tell_late(&rings("rings", CALLER, 15), 5);
    desk.tell_late(&rings("talks", "+33199000009", 16), 4);
    desk.tell_late(&talks(&rings("talks", "+33199000009", 16), 18), 2);
    seen.append(&mut desk.last);
    assert!(
        !seen.iter().any(|effect| matches!(effect, Effect::Notify(_))),
        "{seen:?}"
    );
    desk.feed(Event::CaughtUp);
    assert_eq!(desk.note().key, key("rings").into());
    desk.wait_until(22);
    let told: Vec<_> = desk
        .standing
        .iter()
        .map(|note| (note.kind, note.title.as_str()))
        .collect();
    let summary = "3 appels manqués pendant votre absence";
    assert_eq!(
        told,
        [
            (NotificationKind::Incoming, format!("Appel de {SHOWN}").as_str()),
            (NotificationKind::Missed, summary)
        ]
    );
    assert_eq!(desk.companion.missed(), 3);
    // From now on a call is told at once.
    desk.tell(&rings("next", "+33199000007", 22));
    assert_eq!(desk.standing.len(), 3);
}

#[test]
fn row_09_one_call_is_one_notification() {
    let mut desk = Desk::new(settings());
    let mut sounds = 0;
    for account in ["1001", "1002", "1001"] {
        for _ in 0..3 {
            desk.tell(&Call {
                account_id: AccountId(account.into()),
                ..rings("a", CALLER, 0)
            });
            sounds += desk
                .last
                .iter()
                .filter(|effect| matches!(effect, Effect::Notify(_)))
                .count();
        }
    }
    assert_eq!(
        (sounds, desk.standing.len(), desk.companion.live().len()),
        (1, 1, 1)
    );
}

#[test]
fn row_10_names_are_looked_up_in_one_writing_and_matched_exactly() {
    for written in ["+33199000001", "33199000001"] {
        let mut desk = Desk::new(settings());
        desk.tell(&rings("a", written, 0));
        assert!(
            desk.last.contains(&Effect::LookUp(E164::parse(CALLER).unwrap())),
            "{:?}",
            desk.last
        );
        desk.feed(named("+33299000001", Some(known("Quelqu’un d’autre", None))));
        assert!(desk.note().title.contains(SHOWN), "another number's name");
    }
    // What is no whole number is nobody's.
    let mut desk = Desk::new(settings());
    desk.tell(&rings("a", "3639", 0));
    assert!(!desk.last.iter().any(|effect| matches!(effect, Effect::LookUp(_))));
    // Nor, once extensions are direct numbers, what is none of them.
    let inside = Settings {
        extension_prefix: "+3319900".into(),
        extension_length: 4,
        ..settings()
    };
    for (told, number) in [
        ("5300", Some("+33199005300")),
        ("3639", None),
        ("530", None),
        ("112", None),
    ] {
        let mut desk = Desk::new(inside.clone());
        desk.tell(&rings("a", told, 0));
        let asked: Vec<_> = desk
            .last
            .iter()
            .filter_map(|effect| match effect {
                Effect::LookUp(number) => Some(number.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(asked, Vec::from_iter(number), "{told}");
    }
}

#[test]
fn row_11_person_else_company_else_number() {
    for (answer, title, company) in [
        (
            Some(known("Personne", Some("Société"))),
            "Personne",
            Some("Société"),
        ),
        (Some(known("", Some("Société"))), "Société", None),
        (None, SHOWN, None),
    ] {
        let mut desk = Desk::new(settings());
        desk.tell(&rings("a", CALLER, 0));
        desk.feed(named(CALLER, answer));
        assert_eq!(desk.note().title, format!("Appel de {title}"));
        assert_eq!(desk.line("a").company.as_deref(), company);
    }
}

#[test]
fn row_12_links_are_read_as_they_are_meant() {
    let desk = Desk::new(settings());
    for link in [
        "tel:+33-1-42-68-53-00",
        "tel:%2B33142685300",
        "tel:+33142685300",
        "callto:+33142685300",
    ] {
        let understood = desk.companion.understand(link);
        assert_eq!(understood.number, E164::parse("+33142685300").ok(), "{link}");
    }
}

#[test]
fn row_13_what_will_be_dialled_is_said() {
    let desk = Desk::new(settings());
    let understood = desk.companion.understand("Tél. : 01.42.68.53.00");
    let said = say(Language::Fr, understood.message.as_ref().unwrap());
    assert_eq!(said, "Composera le 01\u{a0}42\u{a0}68\u{a0}53\u{a0}00");
}

/// The hotkey itself is pressed on a real desktop: `row_14` of `crates/agent/tests/desktop/`.
#[test]
fn row_14_a_text_that_is_not_clearly_one_number_asks() {
    let mut desk = Desk::new(settings());
    let text = "Tél. : 01 42 68 53 00 / Fax : 01 42 68 53 01";
    assert_eq!(desk.companion.understand(text).verdict, Verdict::Choose);
    desk.dial(1, text);
    assert_eq!(desk.places(), 0);
}

#[test]
fn row_15_the_own_phone_is_no_caller_and_the_card_says_to_pick_it_up() {
    let mut desk = Desk::new(settings());
    desk.dial(1, "02 61 91 00 01");
    desk.feed(Event::DialOutcome(DialId(uuid::Uuid::from_u128(1)), Ok(None)));
    let card = desk.companion.dial().unwrap();
    assert_eq!(
        (card.stage, card.message.id.as_str()),
        (DialStage::PickUp, "dial-pick-up")
    );
    desk.tell(&rings("own", LINE, 0));
    assert!(desk.standing.is_empty() && desk.companion.live().is_empty());
    desk.tell(&goes_out("b", "+33261910001", 4));
    assert_eq!(desk.companion.dial().unwrap().stage, DialStage::Calling);
    // However late it is told: a connection that was cut, a relay that is slow.
    let mut desk = Desk::new(settings());
    desk.dial(1, "02 61 91 00 01");
    desk.now = 3620;
    desk.tell_late(&over(&rings("own", LINE, 1), 20), 3600);
    assert_eq!((desk.standing.len(), desk.companion.missed()), (0, 0));
    // The platform's answer names the own leg only after it rang.
    let mut desk = Desk::new(settings());
    desk.dial(1, "02 61 91 00 01");
    desk.tell(&rings("own", "+33261910001", 0));
    let answer = Ok(Some(CallId("own".into())));
    desk.feed(Event::DialOutcome(DialId(uuid::Uuid::from_u128(1)), answer));
    assert!(desk.standing.is_empty() && desk.companion.live().is_empty());
}

#[test]
fn row_16_one_press_is_one_call() {
    let mut desk = Desk::new(settings());
    desk.dial(1, "02 61 91 00 01");
    assert_eq!(desk.places(), 1);
    desk.dial(1, "02 61 91 00 01");
    assert_eq!(desk.places(), 0, "the same press told twice");
    desk.dial(2, "02 61 91 00 01");
    assert_eq!(desk.places(), 0, "a second press while the first is asked for");
    desk.feed(Event::DialOutcome(DialId(uuid::Uuid::from_u128(1)), Ok(None)));
    desk.now = 4;
    desk.dial(3, "02 61 91 00 01");
    assert_eq!(
        (desk.places(), desk.companion.dial().unwrap().stage),
        (0, DialStage::Question)
    );
}

#[test]
fn row_18_a_second_call_has_its_own_alert() {
    let mut desk = Desk::new(settings());
    desk.tell(&rings("a", CALLER, 0));
    desk.tell(&rings("b", CALLER, 2));
    assert_eq!(desk.standing.len(), 2);
    desk.tell(&talks(&rings("a", CALLER, 0), 5));
    assert_eq!(desk.note().key, key("b").into(), "the other one still rings");
}

#[test]
fn row_19_name_number_and_called_line_are_always_there() {
    let mut desk = Desk::new(settings());
    let call = rings("a", CALLER, 0);
    desk.tell(&call);
    assert!(desk.note().title.contains(SHOWN), "at once, by its number");
    desk.feed(named(CALLER, Some(known("Personne", Some("Société")))));
    let shows_all = |note: &Notification| {
        assert!(note.title.ends_with("Personne") && !note.sound);
        let lines: Vec<&str> = note.body.lines().collect();
        assert_eq!(
            lines,
            [
                "Société",
                &format!("{SHOWN} (standard)"),
                &format!("Ligne appelée\u{a0}: {LINE_SHOWN}")
            ]
        );
    };
    shows_all(desk.note());
    assert!(desk.companion.tray().tooltip.contains("Personne"));
    let line = desk.line("a");
    assert_eq!(
        (line.party.as_str(), line.name.as_deref(), line.line.as_str()),
        (SHOWN, Some("Personne"), LINE_SHOWN)
    );
    assert_eq!(
        say(Language::Fr, &line.why.unwrap()),
        "D’après carnet, depuis le 15/01/2027"
    );
    let copies = |desk: &mut Desk| {
        assert!(
            desk.note()
                .actions
                .iter()
                .any(|(action, _)| *action == NoteAction::CopyNumber)
        );
        desk.press("a", NoteAction::CopyNumber);
        assert_eq!(desk.last, [Effect::Copy("0199000001".into())]);
    };
    copies(&mut desk);
    desk.tell(&over(&call, 20));
    shows_all(desk.note());
    copies(&mut desk);
}

#[test]
fn row_20_missed_calls_stay_until_somebody_has_dealt_with_them() {
    let missed = over(&rings("a", CALLER, 0), 9);
    let after = |deal: &dyn Fn(&mut Desk)| {
        let mut desk = Desk::new(settings());
        desk.tell(&missed);
        let icon = desk.companion.tray().icon;
        assert_eq!(
            (desk.companion.missed(), icon, desk.standing.len()),
            (1, TrayIcon::Missed, 1)
        );
        deal(&mut desk);
        (desk.companion.missed(), desk.standing.len())
    };
    assert_eq!(after(&|desk| desk.feed(Event::MissedRead)), (0, 0));
    assert_eq!(after(&|desk| desk.press("a", NoteAction::CallBack)), (0, 0));
    assert_eq!(after(&|desk| desk.tell(&goes_out("b", CALLER, 60))), (0, 0));
    assert_eq!(
        after(&|desk| desk.tell(&talks(&rings("b", CALLER, 60), 65))),
        (0, 0)
    );
    // None of these is a reason.
    assert_eq!(after(&|desk| desk.wait_until(86_400)), (1, 1));
    assert_eq!(after(&|desk| desk.press("a", NoteAction::CopyNumber)), (1, 1));
    assert_eq!(
        after(&|desk| desk.tell(&talks(&rings("b", "+33199000002", 60), 65))),
        (1, 1)
    );
}
