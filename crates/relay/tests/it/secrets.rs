//! Invariant 6: whatever happens, no secret and no phone number is logged, and no secret is in an error or a metric.

use crate::support::{SECRET, code, http, start_of};
use crate::support_process::{Process, run};
use relay_api::wire::PlaceCall;
use telephony::AccountId;

const KEY: &str = "canary-platform-api-key-1234";
const FORMER: &str = "canary-former-callback-secret-5678";
const CRM: &str = "canary-password-of-the-crm";

#[tokio::test]
async fn nothing_secret_shows_at_the_finest_log_level() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    // Nothing listens there: the platform's failure goes through every layer.
    let environment = [
        ("CENTREX_RELAY_PLATFORM_URL", "http://127.0.0.1:9/api"),
        ("CENTREX_RELAY_PLATFORM_API_KEY", KEY),
        ("CENTREX_RELAY_CALLBACK_PREVIOUS_SECRET", FORMER),
        (
            "CENTREX_RELAY_FORWARD",
            "http://user:canary-password-of-the-crm@127.0.0.1:9/in?key=canary-password-of-the-crm",
        ),
        ("CENTREX_RELAY_LOG", "trace"),
    ];
    let relay = Process::serve(data, &[], &environment);
    let used = code(data, &["1001"]);
    let open = code(data, &["1001"]);
    let client = crate::support::client(&relay.base, "ctr_canary-unknown-token");
    let mut seen = Vec::new();
    let token = client.enrol(&used).await.unwrap().token;
    seen.push(format!("{:?}", client.enrol(&used).await.unwrap_err()));
    seen.push(format!("{:?}", client.me().await.unwrap_err()));
    let desktop = crate::support::client(&relay.base, &token);
    let order = PlaceCall {
        number: "+33199000056".to_owned(),
        account_id: AccountId("1001".to_owned()),
        confirmed: false,
    };
    seen.push(format!(
        "{:?}",
        desktop.place_call(&order, "press").await.unwrap_err()
    ));
    for url in [
        format!("{}/callback/{SECRET}?{}", relay.base, start_of("c1", "1001")),
        format!(
            "{}/callback/{SECRET}?event=unknown&calling_number=33199000012",
            relay.base
        ),
        format!("{}/callback/{SECRET}/more?event=call_end", relay.base),
        format!("{}/callback/{SECRET}?x={}", relay.base, "y".repeat(40_000)),
    ] {
        seen.push(http().get(url).send().await.unwrap().text().await.unwrap());
    }
    let address = format!("{}/callback/{FORMER}?{}", relay.base, start_of("c2", "1001"));
    seen.push(http().get(address).send().await.unwrap().text().await.unwrap());
    desktop.calls().await.unwrap();
    let renewed = desktop.renew().await.unwrap().token;
    crate::support::client(&relay.base, &renewed).me().await.unwrap();
    seen.push(format!("{:?}", desktop.me().await.unwrap_err()));
    for list in [
        &["token", "list"][..],
        &["dials", "list"],
        &["forward", "list"],
        &["enrol", "list"],
    ] {
        let mut command = crate::support_process::command(data);
        let output = command.args(list).envs(environment).output().unwrap();
        assert!(output.status.success());
        seen.push(String::from_utf8(output.stdout).unwrap());
    }
    seen.push(
        http()
            .get(format!("{}/metrics", relay.admin))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap(),
    );
    let doctor = run(
        data,
        &["doctor", "--json", "--public-url", "http://relay.example.org"],
    );
    seen.push(String::from_utf8([doctor.stdout, doctor.stderr].concat()).unwrap());
    std::process::Command::new("kill")
        .args(["-TERM", &relay.id().to_string()])
        .status()
        .unwrap();
    let (_, log) = tokio::task::spawn_blocking(|| relay.finish()).await.unwrap();
    assert!(log.contains("callback stored"), "the log is at its finest");

    let codes = [&used, &open].map(|code| [code.clone(), code.replace('-', "")]);
    let secrets = [
        SECRET,
        KEY,
        FORMER,
        CRM,
        &token,
        &renewed,
        "ctr_canary-unknown-token",
    ];
    for entry in std::fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        let kept = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        seen.push(kept);
    }
    for secret in secrets
        .into_iter()
        .chain(codes.iter().flatten().map(String::as_str))
    {
        for text in seen.iter().chain([&log]) {
            assert!(
                !text.contains(secret),
                "{secret} shows in: {}",
                &text[..text.len().min(2000)]
            );
        }
    }
    let ours: Vec<&str> = log.lines().filter(|line| !line.contains("TRACE")).collect();
    assert!(
        ours.iter()
            .all(|line| !line.contains("33199000012") && !line.contains("33199000056")),
        "numbers"
    );
}
