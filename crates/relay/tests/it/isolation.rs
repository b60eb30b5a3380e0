//! Invariant 2: nobody hears another's calls, whoever is shut out meanwhile.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use centrex_relay::enrolment::{self, Desk};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::seq::{IteratorRandom as _, SliceRandom as _};
use rand::{Rng as _, SeedableRng as _};
use relay_api::Update;
use relay_api::wire::{Event, EventBody};
use telephony::AccountId;
use tokio::task::JoinSet;

use crate::support::{PATIENCE, Relay, client, start_of, subscribe};

const ACCOUNTS: usize = 200;
const TOKENS: usize = 400;
const CALLBACKS: usize = 600;

/// Every account ends with a call of this name.
const LAST: &str = "last";

/// What one desktop heard, until it was refused or had heard the last call of all its accounts.
struct Heard {
    desk: usize,
    calls: Vec<(AccountId, String)>,
    is_refused: bool,
}

async fn listen(desk: usize, base: String, token: String, accounts: BTreeSet<AccountId>) -> Heard {
    let mut heard = Heard {
        desk,
        calls: Vec::new(),
        is_refused: false,
    };
    let mut updates = subscribe(client(&base, &token), None);
    let mut last = BTreeSet::new();
    while last.len() < accounts.len() {
        let event: Event = match updates.next().await {
            Some(Update::Event(event)) => *event,
            Some(Update::Refused(_)) | None => {
                heard.is_refused = true;
                break;
            }
            Some(_) => continue,
        };
        let calls = match event.body {
            EventBody::Call { call } => vec![call],
            EventBody::Snapshot { calls } => calls,
            EventBody::Gap | EventBody::Unknown => Vec::new(),
        };
        for call in calls {
            if call.call_id.0.starts_with(LAST) {
                last.insert(call.account_id.clone());
            }
            heard.calls.push((call.account_id, call.call_id.0));
        }
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_hundred_desktops_hear_their_own_calls_and_no_others() {
    let mut chance = StdRng::seed_from_u64(400);
    let relay = Relay::with(&[("events.buffer", "4096")]).await;
    let account = |number: usize| AccountId(format!("{}", 1000 + number));
    let desks: Vec<Desk> = (0..TOKENS)
        .map(|number| {
            let count = chance.random_range(1..=5);
            Desk {
                label: format!("desk {number}"),
                accounts: (0..ACCOUNTS)
                    .choose_multiple(&mut chance, count)
                    .into_iter()
                    .map(account)
                    .collect(),
                may_dial: number % 2 == 0,
            }
        })
        .collect();
    let hour = SignedDuration::from_hours(1);
    let codes = enrolment::create(&relay.data, &desks, hour, Timestamp::now(), &mut chance).unwrap();
    let mut listening = JoinSet::new();
    for (number, (code, _)) in codes.iter().enumerate() {
        let token = client(&relay.base, "none")
            .enrol(&code.reveal())
            .await
            .unwrap()
            .token;
        listening.spawn(listen(
            number,
            relay.base.clone(),
            token,
            desks[number].accounts.clone(),
        ));
    }
    let ids: HashMap<String, String> = enrolment::tokens(&relay.data)
        .unwrap()
        .into_iter()
        .map(|token| (token.label, token.id))
        .collect();

    let mut sent: BTreeMap<AccountId, BTreeSet<String>> = BTreeMap::new();
    let mut left: Vec<usize> = (0..TOKENS).collect();
    left.shuffle(&mut chance);
    let mut revoked = BTreeSet::new();
    for number in 0..CALLBACKS {
        let to = account(chance.random_range(0..ACCOUNTS));
        let call = format!("c{number}");
        relay.callback(&start_of(&call, &to.0)).await;
        sent.entry(to).or_default().insert(call);
        if number % 6 == 0
            && let Some(desk) = left.pop()
        {
            let id = &ids[&format!("desk {desk}")];
            assert!(enrolment::revoke_token(&relay.data, id, Timestamp::now()).unwrap());
            revoked.insert(desk);
        }
    }
    for number in 0..ACCOUNTS {
        let call = format!("{LAST} {number}").replace(' ', "-");
        relay.callback(&start_of(&call, &account(number).0)).await;
        sent.entry(account(number)).or_default().insert(call);
    }

    let mut count = 0;
    let all = async {
        while let Some(heard) = listening.join_next().await {
            let heard = heard.unwrap();
            let desk = &desks[heard.desk];
            let strange = heard
                .calls
                .iter()
                .find(|(account, call)| !desk.accounts.contains(account) || !sent[account].contains(call));
            assert_eq!(strange, None, "{} heard another's call", desk.label);
            let calls: BTreeSet<&String> = heard.calls.iter().map(|(_, call)| call).collect();
            if revoked.contains(&heard.desk) {
                continue;
            }
            assert!(!heard.is_refused, "{} was refused", desk.label);
            let own: BTreeSet<&String> = desk.accounts.iter().flat_map(|account| &sent[account]).collect();
            assert_eq!(calls, own, "{} missed some", desk.label);
            count += 1;
        }
    };
    tokio::time::timeout(PATIENCE * 4, all)
        .await
        .expect("everybody is done");
    assert_eq!(count, TOKENS - revoked.len());
    assert_eq!(revoked.len(), CALLBACKS.div_ceil(6));
}
