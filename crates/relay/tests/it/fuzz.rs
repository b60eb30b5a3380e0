//! Any configuration and any body: refused in words or taken, never a panic, never a 5xx.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::AssertUnwindSafe;

use centrex_relay::settings::{KEYS, Sources, load, variable};

use crate::support::{Relay, SECRET};

#[test]
fn a_configuration_of_any_text_is_used_or_named_with_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relay.toml");
    bolero::check!()
        .with_type::<(Vec<u8>, Vec<(u8, String)>)>()
        .for_each(|(text, variables)| {
            std::fs::File::create(&path).unwrap().write_all(text).unwrap();
            let environment: BTreeMap<String, String> = variables
                .iter()
                .map(|(key, value)| (variable(KEYS[usize::from(*key) % KEYS.len()]), value.clone()))
                .collect();
            let sources = |file| Sources {
                file,
                environment: environment.clone(),
                ..Sources::default()
            };
            for file in [None, Some(path.clone())] {
                if let Err(problems) = load(&sources(file)) {
                    assert!(!problems.0.is_empty());
                    for problem in problems.0 {
                        assert!(!problem.key.is_empty() && !problem.what.is_empty(), "{problem:?}");
                    }
                }
            }
        });
}

#[test]
fn a_body_of_any_bytes_is_answered_and_never_breaks_anything() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let relay = runtime.block_on(Relay::with(&[("limits.token_requests_per_second", "1000000")]));
    let token = runtime.block_on(relay.enrol(&["1001"]));
    let paths = [
        "/v1/calls",
        "/v1/tokens/renew",
        "/v1/enrolments/0000-0000-0000",
        &format!("/callback/{SECRET}"),
    ];
    let types = [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
    ];
    // One request that fails ends the test; nothing is used after it.
    let world = AssertUnwindSafe((runtime, relay, token));
    bolero::check!()
        .with_type::<(u8, u8, Vec<u8>)>()
        .for_each(|(path, kind, body)| {
            let (runtime, relay, token) = &*world;
            let path = paths[usize::from(*path) % paths.len()];
            let request = relay
                .http
                .post(format!("{}{path}", relay.base))
                .bearer_auth(token)
                .header("Content-Type", types[usize::from(*kind) % types.len()])
                .header("Idempotency-Key", "a-key")
                .body(body.clone());
            runtime.block_on(async {
                let answer = request.send().await.unwrap();
                let status = answer.status();
                // A relay without a key says 501 or 503 to a call that could be placed; random bytes are none.
                assert!(!status.is_server_error(), "{path} {status}");
                let kind = answer.headers().get("content-type").cloned();
                if status.is_client_error() {
                    assert_eq!(kind.unwrap(), "application/problem+json", "{path} {status}");
                }
            });
        });
}
