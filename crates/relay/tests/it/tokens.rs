//! What a token is for, and how it is renewed.

use std::collections::BTreeSet;

use centrex_relay::enrolment::{self, Desk};
use jiff::Timestamp;
use relay_api::wire::{PlaceCall, Scope};
use telephony::AccountId;

use crate::support::{PATIENCE, Relay, call_of, client, code_of, next_event, problem, start_of, subscribe};

async fn is_good(relay: &Relay, token: &str) -> bool {
    match relay.client(token).me().await {
        Ok(_) => true,
        Err(error) => {
            assert!(error.is_unauthorized(), "{error}");
            false
        }
    }
}

#[tokio::test]
async fn the_old_token_is_good_until_the_new_one_was_used() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::on(folder.path(), &[]).await;
    let old = relay.enrol(&["1001"]).await;
    // An answer that never arrived, and the one after it.
    let lost = relay.client(&old).renew().await.unwrap().token;
    let renewed = relay.client(&old).renew().await.unwrap();
    assert_eq!((renewed.label.as_str(), renewed.accounts.len()), ("Accueil", 1));
    let new = renewed.token;
    assert!(!is_good(&relay, &lost).await, "a newer renewal took its place");
    assert!(is_good(&relay, &old).await);
    relay.stop().await;
    // A restart changes nothing.
    let relay = Relay::on(folder.path(), &[]).await;
    assert!(is_good(&relay, &old).await);
    assert!(is_good(&relay, &new).await);
    assert!(!is_good(&relay, &old).await, "the new one was used");
    assert!(is_good(&relay, &new).await);
    let listed = enrolment::tokens(&relay.data).unwrap();
    assert_eq!(listed.len(), 1, "it is the same desktop");
    assert!(listed[0].issued_at > listed[0].created_at && listed[0].next.is_none());
    relay.stop().await;
}

#[tokio::test]
async fn a_stream_goes_on_through_a_renewal_and_a_revocation_ends_both_tokens() {
    let relay = Relay::start().await;
    let old = relay.enrol(&["1001"]).await;
    let mut events = subscribe(relay.client(&old), None);
    next_event(&mut events).await;
    let new = relay.client(&old).renew().await.unwrap().token;
    assert!(is_good(&relay, &new).await);
    relay.callback(&start_of("c1", "1001")).await;
    assert_eq!(call_of(&next_event(&mut events).await).0, "c1");

    let unused = relay.client(&new).renew().await.unwrap().token;
    let id = enrolment::tokens(&relay.data).unwrap()[0].id.clone();
    let mut cut = subscribe(relay.client(&new), None);
    next_event(&mut cut).await;
    assert!(enrolment::revoke_token(&relay.data, &id, Timestamp::now()).unwrap());
    let end = async { while cut.next().await.is_some() {} };
    tokio::time::timeout(PATIENCE, end)
        .await
        .expect("the stream is cut and refused");
    for token in [&new, &unused] {
        assert!(!is_good(&relay, token).await);
    }
    let refused = relay.client(&new).renew().await.unwrap_err();
    assert!(refused.is_unauthorized());
}

#[tokio::test]
async fn a_desktop_that_only_watches_is_told_so_and_places_nothing() {
    let keys = [
        ("platform.url", "http://127.0.0.1:9/api"),
        ("CENTREX_RELAY_PLATFORM_API_KEY", "k"),
    ];
    let relay = Relay::with(&keys).await;
    let desk = Desk {
        label: "Écran".to_owned(),
        accounts: BTreeSet::from([AccountId("1001".to_owned())]),
        may_dial: false,
    };
    let code = code_of(&relay.data, desk);
    let token = client(&relay.base, "none").enrol(&code).await.unwrap().token;
    let watcher = relay.client(&token);
    let me = watcher.me().await.unwrap();
    assert_eq!((me.scope, me.capabilities.dial), (Scope::Watch, false));
    let order = PlaceCall {
        number: "+33199000012".to_owned(),
        account_id: AccountId("1001".to_owned()),
        confirmed: false,
    };
    let error = watcher.place_call(&order, "press").await.unwrap_err();
    assert_eq!(
        (error.problem_name(), error.may_have_rung()),
        (Some("forbidden"), false)
    );
    // The scope outlives a renewal.
    let renewed = watcher.renew().await.unwrap().token;
    assert_eq!(relay.client(&renewed).me().await.unwrap().scope, Scope::Watch);

    let other = relay.client(&relay.enrol(&["1001"]).await).me().await.unwrap();
    assert_eq!(
        (other.scope, other.capabilities.dial),
        (Scope::WatchAndDial, true)
    );
    let renew_after = other.renew_after.unwrap();
    assert!(renew_after > other.at && renew_after.duration_since(other.at).as_hours() == 719);
}

#[tokio::test]
async fn a_token_has_a_budget_of_its_own() {
    let relay = Relay::with(&[("limits.token_requests_per_second", "1")]).await;
    let (busy, quiet) = (relay.enrol(&["1001"]).await, relay.enrol(&["1001"]).await);
    let mut limited = None;
    for _ in 0..100 {
        let answer = relay.get("/v1/me", &busy).await;
        if answer.status() != 200 {
            limited = Some(answer);
            break;
        }
    }
    let limited = limited.expect("a hundred at once are too many");
    assert!(limited.headers().contains_key("retry-after"));
    assert_eq!(problem(limited).await, (429, "too-many-requests".to_owned()));
    assert!(is_good(&relay, &quiet).await);
}
