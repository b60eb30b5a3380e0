//! The office around a desk: a simulated platform and a real relay.
#![allow(dead_code, reason = "each of the test programs uses its part of it")]

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use centrex_relay::enrolment;
use centrex_relay::server::{Running, prepare};
use centrex_relay::settings::{Sources, load};
use centrex_sim::{Config, HangUp, HangUpBy, Ring, Sim, Timing};
use jiff::{SignedDuration, Timestamp};
use telephony::AccountId;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// The key of the simulated platform: it must turn up in no log and no file.
pub const API_KEY: &str = "canary-key-5f1d";
/// The account's SIP password there.
pub const PASSWORD: &str = "canary-password-77";
/// The account of the tests, and its number.
pub const ACCOUNT: &str = "1001";
pub const LINE: &str = "+33199000011";
/// Somebody outside.
pub const OTHER: &str = "+33199000042";
pub const OTHER_SHOWN: &str = "01\u{a0}99\u{a0}00\u{a0}00\u{a0}42";

const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";
/// Nothing here takes so long; what does has failed.
pub const LIMIT: Duration = Duration::from_secs(30);

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(LIMIT, future)
        .await
        .unwrap_or_else(|_| panic!("not within {LIMIT:?}: {what}"))
}

/// A folder that goes with the test. It stays on Windows, where a file that is open can't go: a test doesn't wait for the
/// end of what it started.
pub fn folder() -> TempDir {
    tempfile::Builder::new()
        .disable_cleanup(cfg!(windows))
        .tempdir()
        .unwrap()
}

/// A platform whose people do nothing by themselves.
pub async fn platform() -> Sim {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = Config::new(API_KEY).account(ACCOUNT, PASSWORD, LINE).unwrap();
    config.timing = Timing {
        pickup_after: None,
        answer_after: None,
        talk: None,
        ring_for: None,
    };
    Sim::start(config).await.unwrap()
}

/// A relay that can be stopped and started again on its data and its address.
pub struct Relay {
    folder: TempDir,
    platform: String,
    extra: Vec<(&'static str, String)>,
    running: Option<Running>,
    pub address: SocketAddr,
}

impl Relay {
    pub async fn start(sim: &Sim) -> Self {
        Self::start_with(sim, true, &[]).await
    }

    /// `dials`: it holds the platform's key.
    pub async fn start_with(sim: &Sim, dials: bool, extra: &[(&'static str, &str)]) -> Self {
        let mut extra: Vec<_> = extra
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned()))
            .collect();
        if dials {
            extra.push(("platform.api_key", API_KEY.to_owned()));
        }
        let folder = folder();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut relay = Self {
            folder,
            platform: sim.api_base(),
            extra,
            running: None,
            address,
        };
        relay.resume().await;
        sim.set_callback_url(Some(&format!("{}/callback/{SECRET}", relay.url())))
            .await
            .unwrap();
        relay
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn resume(&mut self) {
        let mut environment: std::collections::BTreeMap<String, String> = [
            ("CENTREX_RELAY_CALLBACK_SECRET".to_owned(), SECRET.to_owned()),
            ("CENTREX_RELAY_PLATFORM_URL".to_owned(), self.platform.clone()),
            (
                "CENTREX_RELAY_DATA_DIR".to_owned(),
                self.folder.path().display().to_string(),
            ),
            ("CENTREX_RELAY_LISTEN".to_owned(), self.address.to_string()),
        ]
        .into();
        for (key, value) in &self.extra {
            environment.insert(centrex_relay::settings::variable(key), value.clone());
        }
        let settings = load(&Sources {
            environment,
            ..Sources::default()
        })
        .unwrap();
        let public = TcpListener::bind(self.address).await.unwrap();
        self.address = public.local_addr().unwrap();
        let admin = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        self.running = Some(prepare(&settings).unwrap().start(public, admin).unwrap());
    }

    /// Its next start is on this data instead of its own; `None`: on its own again.
    pub fn set_data_dir(&mut self, other: Option<&Path>) {
        let folder = other.unwrap_or(self.folder.path()).display().to_string();
        self.set("data_dir", &folder);
    }

    /// A setting of its next start.
    pub fn set(&mut self, key: &'static str, value: &str) {
        self.extra.push((key, value.to_owned()));
    }

    /// The platform's word reaches it: a callback with these parameters.
    pub async fn hears(&self, parameters: &str) {
        let mut platform = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "GET /callback/{SECRET}?{parameters} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n"
        );
        platform.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        platform.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    pub fn code(&self) -> String {
        let desk = enrolment::Desk {
            label: "Accueil".into(),
            accounts: [AccountId(ACCOUNT.into())].into(),
            may_dial: true,
        };
        let expires = SignedDuration::from_hours(1);
        let made = enrolment::create(
            self.folder.path(),
            &[desk],
            expires,
            Timestamp::now(),
            &mut rand::rng(),
        )
        .unwrap();
        made[0].0.reveal()
    }

    /// When its only token was made, and when the bearer token that is in force for it.
    pub fn token_made_and_issued(&self) -> (Timestamp, Timestamp) {
        let tokens = enrolment::tokens(self.folder.path()).unwrap();
        assert_eq!(tokens.len(), 1);
        (tokens[0].created_at, tokens[0].issued_at)
    }

    /// Takes every token back.
    pub fn revoke_all(&self) {
        for token in enrolment::tokens(self.folder.path()).unwrap() {
            assert!(enrolment::revoke_token(self.folder.path(), &token.id, Timestamp::now()).unwrap());
        }
    }
}

/// Somebody calls and gives up, while the agent may not be listening.
pub async fn missed_call(sim: &Sim) {
    sim.ring(Ring {
        to: ACCOUNT.into(),
        from: Some(OTHER.into()),
        ..Ring::default()
    })
    .await
    .unwrap();
    sim.hang_up(
        ACCOUNT,
        HangUp {
            call_id: None,
            by: HangUpBy::OtherParty,
        },
    )
    .await
    .unwrap();
    sim.settled().await.unwrap();
}
