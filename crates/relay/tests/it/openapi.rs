//! `docs/openapi.json` against the relay: every path, method and kind of problem, and (`cargo xtask test --only api`)
//! whatever schemathesis makes of the document.

use std::collections::BTreeSet;
use std::process::Command;

use relay_api::wire::problem;
use serde_json::Value;

use crate::dial::Platform;
use crate::support::{self, Relay, SECRET};
use crate::support_process::{Process, succeed};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

fn document() -> Value {
    serde_json::from_str(include_str!("../../../../docs/openapi.json")).expect("docs/openapi.json is JSON")
}

/// What a reference stands for.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

/// The types of problem that a response lists.
fn types(document: &Value, response: &Value) -> BTreeSet<String> {
    let schema = &resolved(document, response)["content"]["application/problem+json"]["schema"];
    let listed = schema["allOf"].as_array().into_iter().flatten();
    let names = listed
        .filter_map(|part| part["properties"]["type"]["enum"].as_array())
        .flatten();
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// The document's path that an address falls under.
fn template<'a>(document: &'a Value, address: &str) -> Option<&'a str> {
    let paths = document["paths"].as_object().unwrap();
    let fits = |template: &str| {
        let (wanted, got) = (template.split('/'), address.split('/'));
        wanted.clone().count() == got.clone().count()
            && wanted
                .zip(got)
                .all(|(wanted, got)| wanted == got || (wanted.starts_with('{') && !got.is_empty()))
    };
    paths.keys().map(String::as_str).find(|template| fits(template))
}

/// Fails unless the document lists this answer of this address. Every test that hears a refusal comes by here.
pub fn assert_documented(address: &str, status: u16, kind: &str) {
    let document = document();
    let shared = match status {
        404 => Some("NotFound"),
        405 => Some("MethodNotAllowed"),
        _ => None,
    };
    let shared = shared.map(|name| &document["components"]["responses"][name]);
    let path = template(&document, address).map(|path| document["paths"][path].as_object().unwrap());
    let own = path
        .into_iter()
        .flat_map(|operations| operations.values())
        .map(|operation| &operation["responses"][status.to_string()]);
    assert!(
        own.chain(shared)
            .any(|response| types(&document, response).contains(kind)),
        "docs/openapi.json doesn't list {status} {kind} for {address}"
    );
}

#[tokio::test]
async fn the_document_has_every_path_with_its_methods_and_no_other() {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let documented: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    assert_eq!(documented, centrex_relay::http::paths().collect::<BTreeSet<_>>());

    let relay = Relay::start().await;
    for (path, operations) in paths {
        let base = if operations["servers"].is_array() {
            &relay.admin
        } else {
            &relay.base
        };
        let address = format!("{base}{}", path.replace(['{', '}'], ""));
        let answer = relay.http.patch(address).send().await.unwrap();
        let allowed = answer.headers()["allow"].to_str().unwrap().to_lowercase();
        let mut allowed: BTreeSet<&str> = allowed.split(',').map(str::trim).collect();
        // The document says once for all that HEAD goes with GET.
        let mut methods: BTreeSet<&str> = operations
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        methods.retain(|key| !matches!(*key, "parameters" | "servers"));
        if !methods.contains("head") && methods.contains("get") {
            assert!(allowed.remove("head"), "{path}");
        }
        assert_eq!(methods, allowed, "{path}");
        let (status, kind) = support::problem(answer).await;
        assert_eq!((status, kind.as_str()), (405, problem::METHOD_NOT_ALLOWED));
    }
    relay.stop().await;
}

#[test]
fn the_document_has_every_type_of_problem_and_no_other() {
    let document = document();
    let shared = document["components"]["responses"].as_object().unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let own = paths
        .flat_map(|operations| operations.as_object().unwrap().values())
        .filter_map(|operation| operation["responses"].as_object());
    let documented: BTreeSet<String> = own
        .flat_map(|responses| responses.values())
        .chain(shared.values())
        .flat_map(|response| types(&document, response))
        .collect();
    let known = problem::ALL
        .iter()
        .map(|name| format!("{}{name}", problem::PREFIX));
    assert_eq!(documented, known.collect::<BTreeSet<_>>());
}

#[test]
fn the_document_says_which_errors_are_no_problem_documents() {
    let document = document();
    let mut plain = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let operations = operations.as_object().unwrap().values();
        let responses = operations.filter_map(|operation| operation["responses"].as_object());
        for (status, response) in responses.flatten().filter(|(status, _)| status.as_str() >= "4") {
            let forms = resolved(&document, response)["content"].as_object().unwrap();
            let forms: Vec<&str> = forms.keys().map(String::as_str).collect();
            match forms[..] {
                ["application/problem+json"] => {}
                ["text/plain"] => drop(plain.insert((path.as_str(), status.as_str()))),
                _ => panic!("{path} {status}: {forms:?}"),
            }
        }
    }
    // As the admin listener's own test sees them answered.
    assert_eq!(plain, BTreeSet::from([("/livez", "503"), ("/readyz", "503")]));
    let words = document["info"]["description"].as_str().unwrap();
    assert!(
        words.contains("the 503 of `/livez` and `/readyz` is a sentence in `text/plain`"),
        "{words}"
    );
}

/// The real program, driven by what the document says. `cargo xtask test --only api` installs schemathesis and names it.
#[tokio::test]
#[ignore = "needs schemathesis, which `cargo xtask test --only api` brings"]
async fn schemathesis_finds_nothing_that_the_document_doesnt_say() {
    let schemathesis = std::env::var("SCHEMATHESIS").expect("SCHEMATHESIS names the program");
    let platform = Platform::start((http::StatusCode::OK, "{\"call_id\":\"p1\"}"), true).await;
    let folder = tempfile::tempdir().unwrap();
    // Nothing here is to be answered 429: what is limited isn't looked at any further.
    let many = "1000000";
    let relay = Process::serve(
        folder.path(),
        &[],
        &[
            ("CENTREX_RELAY_LIMITS_TOKEN_REQUESTS_PER_SECOND", many),
            ("CENTREX_RELAY_LIMITS_REFUSED_PER_MINUTE", many),
            ("CENTREX_RELAY_LIMITS_WRONG_CODES_PER_MINUTE", many),
            ("CENTREX_RELAY_PLATFORM_URL", &platform.url),
            ("CENTREX_RELAY_PLATFORM_API_KEY", "canary-api-key"),
        ],
    );
    let made = succeed(
        folder.path(),
        &[
            "enrol",
            "create",
            "--label",
            "Accueil",
            "--account",
            "1001",
            "--json",
        ],
    );
    let made: Value = serde_json::from_str(&made).unwrap();
    let code = made["code"].as_str().unwrap();
    let enrolment = support::http().post(format!("{}/v1/enrolments/{code}", relay.base));
    let enrolled: Value = enrolment.send().await.unwrap().json().await.unwrap();
    let token = enrolled["token"].as_str().unwrap().to_owned();

    for (base, tags) in [(&relay.base, "--exclude-tag"), (&relay.admin, "--include-tag")] {
        let mut driver = Command::new(&schemathesis);
        driver
            .args([
                "--config-file",
                concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemathesis.toml"),
            ])
            .args(["run", DOCUMENT, "--url", base, tags, "operators"])
            .current_dir(folder.path())
            .env("TOKEN", &token)
            .env("SECRET", SECRET)
            .env("NO_PROXY", "*");
        let ended = tokio::task::spawn_blocking(move || driver.status())
            .await
            .unwrap();
        assert!(ended.unwrap().success(), "schemathesis says above what it found");
    }
}
