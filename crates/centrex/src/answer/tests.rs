use secrecy::SecretString;

use super::*;

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        retry_after: None,
        is_html: false,
        body: body.as_bytes().to_vec(),
        is_cut: false,
    }
}

fn judged(status: u16, body: &str) -> Result<Accepted, Error> {
    judge(&answer(status, body), Function::Call, &Scrubber::default())
}

#[test]
fn any_body_under_2xx_is_accepted() {
    for (status, body) in [
        (200, ""),
        (200, "OK"),
        (202, "{}"),
        (204, ""),
        (200, "null"),
        (200, "[1,2]"),
        (200, r#"{"error":null}"#),
        (200, r#"{"error":0,"message":"appel lancé"}"#),
        (200, r#"{"error":"","success":true}"#),
        (200, r#"{"status":"ok","code":200}"#),
        (200, r#"{"status":"ringing"}"#),
        (200, "{ not json"),
        (200, "notification sent"),
    ] {
        let accepted = judged(status, body).unwrap_or_else(|error| panic!("{body:?}: {error:?}"));
        assert_eq!((accepted.status, accepted.body()), (status, body));
    }
}

#[test]
fn a_call_id_is_taken_when_it_is_obvious() {
    for (body, id) in [
        (r#"{"call_id":"c-1"}"#, Some("c-1")),
        (r#"{"callId":"c-1"}"#, Some("c-1")),
        (r#"{"Call-ID":17}"#, Some("17")),
        (r#"{"data":{"call_id":"c-1"}}"#, Some("c-1")),
        (r#"{"call":{"id":"c-1"}}"#, Some("c-1")),
        (r#"{"result":{"callid":"c-1"}}"#, Some("c-1")),
        // An id of something else, perhaps.
        (r#"{"id":"x"}"#, None),
        (r#"{"data":{"id":"x"}}"#, None),
        (r#"{"call_id":""}"#, None),
        (r#"{"call_id":null}"#, None),
        ("call_id=c-1", None),
    ] {
        let accepted = judged(200, body).unwrap();
        assert_eq!(accepted.call_id, id.map(|id| CallId(id.to_owned())), "{body}");
    }
}

#[test]
fn an_error_in_json_under_200_is_an_error() {
    for body in [
        r#"{"error":"account unknown"}"#,
        r#"{"error":true}"#,
        r#"{"error":{"message":"no"}}"#,
        r#"{"errors":["no"]}"#,
        r#"{"success":false}"#,
        r#"{"ok":0}"#,
        r#"{"status":"error"}"#,
        r#"{"status":"KO","call_id":"c-1"}"#,
        r#"{"result":"failed"}"#,
        r#"{"code":404}"#,
    ] {
        assert_eq!(judged(200, body), Err(Error::Rejected { status: 200 }), "{body}");
    }
    assert_eq!(judged(200, r#"{"error":401}"#), Err(Error::WrongKey));
    assert_eq!(
        judged(200, r#"{"status":"error","code":"403"}"#),
        Err(Error::Forbidden)
    );
    assert_eq!(
        judged(200, r#"{"error":{"code":429}}"#),
        Err(Error::RateLimited { retry_after: None })
    );
    // It failed under way: a phone may ring, whoever hears of it shouldn't simply press again.
    for body in [
        r#"{"error":{"code":503,"message":"backend"}}"#,
        r#"{"status":500}"#,
        r#"{"success":false,"code":"599"}"#,
        r#"{"error":{"code":500,"message":"callback worker died"}}"#,
    ] {
        let error = judged(200, body).unwrap_err();
        assert!(matches!(error, Error::Server { status: 500..=599 }), "{body}");
        assert!(error.may_have_rung());
    }
}

#[test]
fn a_refusal_that_speaks_of_callbacks_is_a_missing_callback() {
    for (status, body) in [
        (400, "no callback configured"),
        (403, r#"{"error":"Callback URL not set"}"#),
        (409, "configuration de notification absente"),
        (200, r#"{"error":"no notification configuration"}"#),
    ] {
        assert_eq!(judged(status, body), Err(Error::NoCallback), "{status} {body}");
    }
    // A page's menu may say anything.
    let page = "<!DOCTYPE html><a>Notifications</a>";
    assert_eq!(judged(404, page), Err(Error::Rejected { status: 404 }));
    // Where the callback itself is being set, the word says nothing.
    let set = judge(
        &answer(400, "bad callback"),
        Function::SetCallback,
        &Scrubber::default(),
    );
    assert_eq!(set, Err(Error::Rejected { status: 400 }));
    // A key that is refused is refused first.
    assert_eq!(judged(401, "no callback for you"), Err(Error::WrongKey));
}

#[test]
fn each_status_has_its_error_and_says_whether_a_phone_may_have_rung() {
    for (status, error, may_have_rung, retryable) in [
        (302, Error::Redirected { status: 302 }, false, false),
        (303, Error::Redirected { status: 303 }, true, false),
        (400, Error::Rejected { status: 400 }, false, false),
        (401, Error::WrongKey, false, false),
        (403, Error::Forbidden, false, false),
        (404, Error::Rejected { status: 404 }, false, false),
        (429, Error::RateLimited { retry_after: None }, false, true),
        (500, Error::Server { status: 500 }, true, true),
        (503, Error::Server { status: 503 }, true, true),
        (101, Error::Unexpected { status: 101 }, true, false),
    ] {
        let found = judged(status, "x").unwrap_err();
        assert_eq!(found, error);
        assert_eq!(
            (found.may_have_rung(), found.is_retryable()),
            (may_have_rung, retryable),
            "{status}"
        );
    }
}

#[test]
fn a_web_page_is_not_an_answer() {
    let mut page = answer(200, "Connexion au portail");
    page.is_html = true;
    assert_eq!(
        judge(&page, Function::Call, &Scrubber::default()),
        Err(Error::WebPage { status: 200 })
    );
    assert_eq!(
        judged(200, "\u{feff}\n <!doctype HTML><p>"),
        Err(Error::WebPage { status: 200 })
    );
    assert!(Error::WebPage { status: 200 }.may_have_rung());
}

#[test]
fn secrets_are_taken_out_of_the_body_in_every_form() {
    let secret = "s3 cr+t/\"<é>&x";
    let mut scrubber = Scrubber::default();
    scrubber.add(&SecretString::from(secret));
    let body = [
        secret.to_owned(),
        "s3%20cr%2Bt%2F%22%3C%C3%A9%3E%26x".to_owned(),
        "s3%20cr%2bt%2f%22%3c%c3%a9%3e%26x".to_owned(),
        "s3+cr%2Bt%2F%22%3C%C3%A9%3E%26x".to_owned(),
        r#"s3 cr+t/\"<é>&x"#.to_owned(),
        "s3 cr+t/&quot;&lt;é&gt;&amp;x".to_owned(),
    ]
    .join(" | ");
    let accepted = judge(&answer(200, &body), Function::Call, &scrubber).unwrap();
    assert_eq!(accepted.body(), ["[secret]"; 6].join(" | "));
    assert!(!format!("{accepted:?}").contains("[secret]"));
}
