//! What a person keeps to themselves can be written to no log by whoever prints a request.

use control::protocol::{ClientLine, VERSION};

#[test]
fn a_request_with_a_secret_is_printed_without_it() {
    for request in [
        r#"{"type":"enrol","relay":"https://relay.example","code":"canary-31"}"#,
        r#"{"type":"open_link","uri":"centrex-tray://enrol?relay=https://relay.example&code=canary-31"}"#,
        r#"{"type":"set_credential","kind":"api_key","account":"1001","secret":"canary-31"}"#,
    ] {
        let text = format!(r#"{{"v":{VERSION},"id":1,"request":{request}}}"#);
        let line: ClientLine = serde_json::from_str(&text).unwrap();
        assert!(!format!("{line:?}").contains("canary"), "{line:?}");
        assert!(
            serde_json::to_string(&line).unwrap().contains("canary"),
            "the agent gets it"
        );
    }
}
