//! What goes over the wire, against a real HTTP server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the failure message of a test"
)]

use centrex::{Client, Config, ConfigError, Credential, Method};
use secrecy::SecretString;
use telephony::{AccountId, CallId, E164};
use url::Url;
use wiremock::matchers::{body_string, header, method, path, query_param};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

fn account() -> AccountId {
    AccountId("acc 1+2".to_owned())
}

fn number() -> E164 {
    E164::parse("+33142685300").unwrap()
}

fn key() -> Credential {
    Credential::ApiKey(SecretString::from("k&y=1 +%"))
}

fn config(server: &MockServer) -> Config {
    Config::new(format!("{}/api", server.uri()).parse().unwrap())
}

async fn server() -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_string(r#"{"call_id":"c-1"}"#);
    Mock::given(wiremock::matchers::any())
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

async fn only_request(server: &MockServer) -> Request {
    let mut requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1, "one press, one request");
    requests.remove(0)
}

#[tokio::test]
async fn a_call_by_api_key_is_a_get_with_the_documented_parameters() {
    let server = server().await;
    let accepted = Client::new(config(&server))
        .unwrap()
        .call(&key(), &account(), &number())
        .await
        .unwrap();
    assert_eq!(accepted.call_id, Some(CallId("c-1".to_owned())));
    let request = only_request(&server).await;
    assert_eq!(request.method.as_str(), "GET");
    assert_eq!(request.url.path(), "/api/centrex/v1/call");
    assert_eq!(
        request.url.query(),
        Some("account_id=acc%201%2B2&api_key=k%26y%3D1%20%2B%25&number=33142685300")
    );
    assert!(!request.headers.contains_key("referer"));
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn a_call_by_account_password_names_no_api_key() {
    let server = server().await;
    let password = Credential::AccountPassword(SecretString::from("pass"));
    Client::new(config(&server))
        .unwrap()
        .call(&password, &account(), &number())
        .await
        .unwrap();
    let request = only_request(&server).await;
    assert_eq!(
        request.url.query(),
        Some("account_id=acc%201%2B2&password=pass&number=33142685300")
    );
}

#[tokio::test]
async fn a_plus_is_sent_when_set_and_post_is_one_setting_away() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/api/centrex/v1/call"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string(
            "account_id=acc%201%2B2&api_key=k%26y%3D1%20%2B%25&number=%2B33142685300",
        ))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&server)
        .await;
    let config = Config {
        method: Method::Post,
        plus: true,
        ..config(&server)
    };
    let accepted = Client::new(config)
        .unwrap()
        .call(&key(), &account(), &number())
        .await
        .unwrap();
    assert_eq!(
        (
            accepted.status,
            accepted.call_id,
            only_request(&server).await.url.query()
        ),
        (204, None, None)
    );
}

#[tokio::test]
async fn the_callback_is_set_and_cleared() {
    let server = MockServer::start().await;
    let url = "https://relay.example/callback/s?a=b&c=d";
    for (wanted, mock) in [(url, "set"), ("", "clear")] {
        Mock::given(method("GET"))
            .and(path("/api/centrex/v1/set_callback"))
            .and(query_param("api_key", "k"))
            .and(query_param("url", wanted))
            .respond_with(ResponseTemplate::new(200))
            .expect(1)
            .named(mock)
            .mount(&server)
            .await;
    }
    let client = Client::new(config(&server)).unwrap();
    let key = SecretString::from("k");
    client.set_callback(&key, &SecretString::from(url)).await.unwrap();
    client.clear_callback(&key).await.unwrap();
}

#[tokio::test]
async fn a_base_address_with_a_slash_at_its_end_is_the_same() {
    let server = server().await;
    let config = Config::new(format!("{}/api/", server.uri()).parse().unwrap());
    Client::new(config)
        .unwrap()
        .call(&key(), &account(), &number())
        .await
        .unwrap();
    assert_eq!(only_request(&server).await.url.path(), "/api/centrex/v1/call");
}

#[test]
fn unusable_base_addresses_are_refused_before_anything_is_sent() {
    for (url, wanted) in [
        ("ftp://h/api", ConfigError::NotHttp),
        ("data:text/plain,x", ConfigError::NotHttp),
        ("https://user@h/api", ConfigError::TooMuch),
        ("https://user:pw@h/api", ConfigError::TooMuch),
        ("https://h/api?api_key=x", ConfigError::TooMuch),
        ("https://h/api#x", ConfigError::TooMuch),
    ] {
        assert_eq!(
            Client::new(Config::new(url.parse::<Url>().unwrap())).unwrap_err(),
            wanted,
            "{url}"
        );
    }
}

#[test]
fn cleartext_over_a_network_is_told() {
    for (url, wanted) in [
        ("http://platform.example/api", true),
        ("https://platform.example/api", false),
        ("http://127.0.0.1:1/api", false),
        ("http://localhost/api", false),
        ("http://[::1]/api", false),
    ] {
        assert_eq!(
            Client::new(Config::new(url.parse().unwrap()))
                .unwrap()
                .is_cleartext(),
            wanted,
            "{url}"
        );
    }
}

#[test]
fn clients_are_shared_between_tasks() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Client>();
}
