//! Calls placed straight to the platform.

use std::time::Duration;

use centrex_sim::faults::{AnswerFault, ApiSwitches, Function, Methods, OddAnswer, RequestNumber};
use centrex_sim::{Entry, Faults, Filter, Kind, Sim};
use companion::event::KeychainProblem;
use control::protocol::{
    Answer, CheckResult, ConnectionState, CredentialKind, DialStage, Mode, Request, SettingsChange, Snapshot,
};
use control::transport::RequestError;

use crate::fakes::Seen;
use crate::world::{ACCOUNT, API_KEY, Agent, Desk, PASSWORD, platform};

async fn set_up(agent: &Agent, platform: &str, authentication: &str) {
    agent
        .change(SettingsChange {
            mode: Some(Mode::Direct),
            account_id: Some(ACCOUNT.into()),
            authentication: Some(authentication.into()),
            platform_url: Some(platform.into()),
            ..Default::default()
        })
        .await;
}

async fn store(agent: &Agent, kind: CredentialKind, secret: &str) {
    agent
        .ask(Request::SetCredential {
            kind,
            account: None,
            secret: secret.to_owned().into(),
        })
        .await;
}

fn stage(state: &Snapshot) -> Option<DialStage> {
    state.dial.as_ref().map(|dial| dial.stage)
}

#[tokio::test]
async fn a_call_goes_straight_to_the_platform_with_either_secret() {
    for (kind, secret, authentication) in [
        (CredentialKind::ApiKey, API_KEY, "api_key"),
        (CredentialKind::AccountPassword, PASSWORD, "account_password"),
    ] {
        let sim = platform().await;
        sim.set_callback_url(Some("http://127.0.0.1:9/")).await.unwrap();
        let mut agent = Desk::new().start().await;
        set_up(&agent, &sim.api_base(), authentication).await;
        store(&agent, kind, secret).await;
        let state = agent.until("ready", |state| state.cannot_dial.is_none()).await;
        assert_eq!(
            (state.mode, state.connection.state),
            (Mode::Direct, ConnectionState::None)
        );
        assert_eq!(
            state.connection.message.id, "link-direct",
            "it is said that nothing is announced"
        );

        agent.dial("01 99 00 00 42").await;
        agent
            .until("pick up", |state| stage(state) == Some(DialStage::PickUp))
            .await;
        let rings = sim.record(&Filter {
            kind: Some(Kind::OwnPhoneRings),
            ..Default::default()
        });
        assert_eq!(rings.len(), 1);
        let shown = format!("{:?}", agent.seen_so_far());
        assert!(!shown.contains(secret));
        agent.quit().await;
    }
}

#[tokio::test]
async fn the_platform_is_asked_as_the_settings_say() {
    // A platform that takes nothing else.
    let (get, post) = (Methods::Get, Methods::Post);
    let (digits, plus) = (RequestNumber::Digits, RequestNumber::Plus);
    let ways = [
        (None, None, (get, digits), ("GET", "33199000042")),
        (Some("post"), None, (post, digits), ("POST", "33199000042")),
        (None, Some(true), (get, plus), ("GET", "+33199000042")),
        (Some("post"), Some(true), (post, plus), ("POST", "+33199000042")),
    ];
    for (method, plus, (methods, number), expected) in ways {
        let sim = platform().await;
        sim.set_callback_url(Some("http://127.0.0.1:9/")).await.unwrap();
        let api = ApiSwitches {
            methods,
            number,
            ..Default::default()
        };
        let faults = Faults {
            api,
            ..Default::default()
        };
        sim.set_faults(faults).await.unwrap();
        let mut agent = Desk::new().start().await;
        set_up(&agent, &sim.api_base(), "api_key").await;
        agent
            .change(SettingsChange {
                platform_method: method.map(str::to_owned),
                platform_plus: plus,
                ..Default::default()
            })
            .await;
        store(&agent, CredentialKind::ApiKey, API_KEY).await;
        agent.until("ready", |state| state.cannot_dial.is_none()).await;
        agent.dial("01 99 00 00 42").await;
        agent
            .until("pick up", |state| stage(state) == Some(DialStage::PickUp))
            .await;
        let asked = sim.record(&Filter {
            kind: Some(Kind::CallRequested),
            ..Default::default()
        });
        let asked = asked.last().unwrap();
        assert_eq!(
            (asked.text("method"), asked.text("number")),
            (Some(expected.0), Some(expected.1))
        );
        agent.quit().await;
    }
}

#[tokio::test]
async fn each_failure_has_its_own_sentence_and_no_phone_rings() {
    let sim = platform().await;
    let desk = Desk::new();
    let mut agent = desk.start().await;
    set_up(&agent, &sim.api_base(), "api_key").await;

    // Nothing stored, a wrong key, no callback configured, a locked keychain, nothing there: in this order.
    let failed = async |agent: &mut Agent, reason: &str| {
        agent.dial("01 99 00 00 42").await;
        let state = agent
            .until(reason, |state| {
                state
                    .dial
                    .as_ref()
                    .is_some_and(|dial| dial.stage == DialStage::Failed && dial.message.id == reason)
            })
            .await;
        assert_eq!(
            state
                .dial
                .unwrap()
                .message
                .args
                .get("rang")
                .map_or("no", String::as_str),
            "no"
        );
        agent.ask(Request::DismissDial).await;
        agent.until("dismissed", |state| state.dial.is_none()).await;
    };
    // The doctor can't try it without a ring, and remembers.
    let remembered = async |agent: &Agent| {
        let Answer::Checks { checks } = agent.ask(Request::Doctor).await else {
            panic!("another answer")
        };
        let check = checks.into_iter().find(|check| check.name == "platform_call");
        check.map(|check| (check.result, check.message.id))
    };
    let refused = |why: &str| Some((CheckResult::Failed, format!("test-direct-refused-{why}")));
    failed(&mut agent, "dial-failed-no-credential").await;
    store(&agent, CredentialKind::ApiKey, "wrong").await;
    agent.until("stored", |state| state.cannot_dial.is_none()).await;
    assert_eq!(remembered(&agent).await, None);
    failed(&mut agent, "dial-failed-wrong-key").await;
    assert_eq!(remembered(&agent).await, refused("key"));
    store(&agent, CredentialKind::ApiKey, API_KEY).await;
    assert_eq!(remembered(&agent).await, None);
    failed(&mut agent, "dial-failed-no-callback").await;
    assert_eq!(remembered(&agent).await, refused("no-callback"));
    desk.keychain.fail(Some(KeychainProblem::NoAnswer));
    failed(&mut agent, "dial-failed-keychain-no-answer").await;
    desk.keychain.fail(None);
    // The key isn't tried at an address that it wasn't given for.
    set_up(&agent, "http://127.0.0.1:9/api", "api_key").await;
    failed(&mut agent, "dial-failed-other-platform").await;
    store(&agent, CredentialKind::ApiKey, API_KEY).await;
    failed(&mut agent, "dial-failed-unreachable").await;
    let rings = sim.record(&Filter {
        kind: Some(Kind::OwnPhoneRings),
        ..Default::default()
    });
    assert!(rings.is_empty(), "{rings:?}");
}

#[tokio::test]
async fn a_secret_goes_to_the_platform_that_it_was_given_for_and_to_no_other() {
    for (kind, authentication) in [
        (CredentialKind::ApiKey, "api_key"),
        (CredentialKind::AccountPassword, "account_password"),
    ] {
        let (sim, other) = (platform().await, platform().await);
        for sim in [&sim, &other] {
            sim.set_callback_url(Some("http://127.0.0.1:9/")).await.unwrap();
        }
        let asked = |sim: &Sim| {
            sim.record(&Filter::default())
                .iter()
                .filter(|entry| entry.kind == Kind::CallRequested)
                .count()
        };
        let desk = Desk::new();
        let mut agent = desk.start().await;
        set_up(&agent, &sim.api_base(), authentication).await;
        let secret = match kind {
            CredentialKind::ApiKey => API_KEY,
            _ => PASSWORD,
        };
        store(&agent, kind, secret).await;
        agent.until("ready", |state| state.cannot_dial.is_none()).await;

        // Whoever may change the settings has the address changed and a call placed.
        set_up(&agent, &other.api_base(), authentication).await;
        agent.dial("01 99 00 00 42").await;
        let state = agent
            .until("it failed", |state| stage(state) == Some(DialStage::Failed))
            .await;
        assert_eq!(state.dial.unwrap().message.id, "dial-failed-other-platform");
        let why = |state: &Snapshot| state.cannot_dial.as_ref().map(|why| why.id.clone());
        let state = agent
            .until("said beforehand", |state| {
                why(state).as_deref() == Some("cannot-dial-other-platform")
            })
            .await;
        assert!(!state.credentials.iter().any(|credential| credential.present));
        let Answer::Checks { checks } = agent.ask(Request::TestConnection).await else {
            panic!("another answer")
        };
        assert_eq!(checks[0].message.id, "test-credentials-other-platform");
        agent.ask(Request::DismissDial).await;

        // Back at the old address it is good again, without being given anew.
        set_up(&agent, &sim.api_base(), authentication).await;
        agent.until("ready", |state| state.cannot_dial.is_none()).await;
        agent.dial("01 99 00 00 42").await;
        agent
            .until("pick up", |state| stage(state) == Some(DialStage::PickUp))
            .await;
        assert_eq!((asked(&sim), asked(&other)), (1, 0));
        agent.quit().await;
    }
}

#[tokio::test]
async fn what_the_platform_answers_is_said_and_whether_a_phone_may_have_rung() {
    let sim = platform().await;
    sim.set_callback_url(Some("http://127.0.0.1:9/")).await.unwrap();
    let mut desk = Desk::new();
    desk.limits.platform_answer = Duration::from_secs(2);
    let mut agent = desk.start().await;
    set_up(&agent, &sim.api_base(), "api_key").await;
    store(&agent, CredentialKind::ApiKey, API_KEY).await;
    agent.until("ready", |state| state.cannot_dial.is_none()).await;
    let asked = |sim: &Sim| {
        let entries = sim.record(&Filter {
            kind: Some(Kind::CallRequested),
            ..Default::default()
        });
        let number = |entry: &Entry| entry.text("number").map(str::to_owned);
        entries.iter().filter_map(number).collect::<Vec<_>>()
    };
    let mut pressed = Vec::new();
    // Another number each time: after a call that may have rung the same one asks first.
    for (at, (answer, sentence, rang)) in [
        (OddAnswer::Status(403), "dial-failed-forbidden", "no"),
        (OddAnswer::Status(429), "dial-failed-rate-limited", "no"),
        (OddAnswer::Status(400), "dial-failed-platform", "no"),
        (OddAnswer::Status(500), "dial-failed-platform", "yes"),
        (OddAnswer::Html, "dial-failed-platform", "yes"),
        (OddAnswer::Close, "dial-failed-unreachable", "yes"),
        (OddAnswer::Hang, "dial-failed-timeout", "yes"),
    ]
    .into_iter()
    .enumerate()
    {
        let answers = vec![AnswerFault {
            to: Function::Call,
            answer: answer.clone(),
            delay_s: 0.0,
            carried_out: false,
            times: None,
        }];
        let faults = Faults {
            answers,
            ..Faults::default()
        };
        sim.set_faults(faults).await.unwrap();
        agent.dial(&format!("01 99 00 00 4{at}")).await;
        pressed.push(format!("3319900004{at}"));
        let failed = |state: &Snapshot| stage(state) == Some(DialStage::Failed);
        let state = agent.until("it failed", failed).await;
        let message = state.dial.unwrap().message;
        assert_eq!(
            (message.id.as_str(), message.args["rang"].as_str()),
            (sentence, rang),
            "{answer:?}"
        );
        agent.ask(Request::DismissDial).await;
        agent.until("dismissed", |state| state.dial.is_none()).await;
    }
    // Each press asked once, whatever came back.
    assert_eq!(asked(&sim), pressed);
}

#[tokio::test]
async fn a_press_while_another_call_is_asked_for_is_told_so() {
    // A platform that takes the request and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut agent = Desk::new().start().await;
    set_up(
        &agent,
        &format!("http://{}/", silent.local_addr().unwrap()),
        "api_key",
    )
    .await;
    store(&agent, CredentialKind::ApiKey, API_KEY).await;
    agent.until("ready", |state| state.cannot_dial.is_none()).await;
    agent.dial("01 99 00 00 41").await;
    agent.ask(Request::DismissDial).await;
    let second = agent.client.request(Request::Dial {
        input: "01 99 00 00 42".into(),
        account: None,
        confirmed: false,
    });
    let Err(RequestError::Refused(error)) = second.await else {
        panic!("not refused")
    };
    assert_eq!(error.message.id, "dial-busy");
    let state = agent.client.snapshot().await.unwrap();
    assert_eq!(stage(&state), Some(DialStage::Asking), "{:?}", state.dial);
    assert!(state.dial.unwrap().display.ends_with("41"));
}

#[tokio::test]
async fn what_is_no_number_is_refused_before_anything_is_asked() {
    let sim = platform().await;
    let mut agent = Desk::new().start().await;
    set_up(&agent, &sim.api_base(), "api_key").await;
    store(&agent, CredentialKind::ApiKey, API_KEY).await;
    agent.until("ready", |state| state.cannot_dial.is_none()).await;
    for (input, sentence) in [
        ("", "number-refused-empty"),
        ("  ", "number-refused-empty"),
        ("112", "number-refused-emergency"),
        ("*21*0199000042#", "number-refused-service-code"),
        ("01 99", "number-refused-too-short"),
        ("01 99 00 00 42 0", "number-refused-too-long"),
        ("abc", "number-refused-letters"),
        ("01 99 00 00 42 / 01 99 00 00 43", "number-choose"),
    ] {
        agent.dial(input).await;
        let refused = |state: &Snapshot| stage(state) == Some(DialStage::Failed);
        let state = agent.until(input, refused).await;
        assert_eq!(state.dial.unwrap().message.id, sentence, "{input}");
        agent.ask(Request::DismissDial).await;
        agent.until("dismissed", |state| state.dial.is_none()).await;
    }
    let Answer::Understood { understood } = agent.ask(Request::Understand { input: "112".into() }).await
    else {
        panic!("another answer");
    };
    assert_eq!(understood.message.unwrap().id, "number-refused-emergency");
    // The test of the connection comes after all of them in the controller's one queue.
    agent.ask(Request::TestConnection).await;
    assert!(
        sim.record(&Filter {
            kind: Some(Kind::CallRequested),
            ..Default::default()
        })
        .is_empty()
    );
}

#[tokio::test]
async fn the_connection_test_tells_each_step_and_rings_nothing() {
    let sim = platform().await;
    let mut agent = Desk::new().start().await;
    set_up(&agent, &sim.api_base(), "api_key").await;
    let steps = async |agent: &Agent| match agent.ask(Request::TestConnection).await {
        Answer::Checks { checks } => checks
            .into_iter()
            .map(|check| (check.name, check.result))
            .collect::<Vec<_>>(),
        other => panic!("another answer: {other:?}"),
    };
    let step = |name: &str, result| (name.to_owned(), result);
    let ends = [
        step("platform_address", CheckResult::Ok),
        step("platform", CheckResult::Ok),
        step("alerts", CheckResult::Skipped),
    ];
    let mut expected = vec![step("credentials", CheckResult::Failed)];
    expected.extend(ends.clone());
    assert_eq!(steps(&agent).await, expected);
    store(&agent, CredentialKind::ApiKey, API_KEY).await;
    expected[0].1 = CheckResult::Ok;
    assert_eq!(steps(&agent).await, expected);
    assert!(
        sim.record(&Filter {
            kind: Some(Kind::CallRequested),
            ..Default::default()
        })
        .is_empty()
    );
    let alerts = agent.seen_so_far();
    assert!(
        !alerts.iter().any(|seen| matches!(seen, Seen::Notify(_))),
        "{alerts:?}"
    );
}
