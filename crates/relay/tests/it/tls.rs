//! The relay's own TLS, on a real listener, with an authority of our own.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use relay_api::{ClientOptions, RelayClient, RelayUrl};
use secrecy::SecretString;

use crate::support::{Relay, SECRET, call_of, install_crypto, next_event, start_of, subscribe};
use crate::support_process::{Process, command, refused_by};

pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Writes a certificate for this machine and its key where the relay looks for them.
    pub(crate) fn issue(&self, folder: &Path) {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        // Of another name than the authority's: a program may take it for one that signed itself otherwise.
        params.distinguished_name.push(DnType::CommonName, "relay");
        let key = KeyPair::generate().unwrap();
        let chain = params.signed_by(&key, &self.0).unwrap().pem() + &self.0.pem();
        std::fs::write(chain_in(folder), chain).unwrap();
        std::fs::write(key_in(folder), key.serialize_pem()).unwrap();
    }

    /// For those who trust it.
    #[cfg(target_os = "linux")]
    pub(crate) fn root(&self) -> String {
        self.0.pem()
    }

    fn http(&self) -> reqwest::ClientBuilder {
        install_crypto();
        let root = reqwest::Certificate::from_pem(self.0.pem().as_bytes()).unwrap();
        reqwest::Client::builder().no_proxy().tls_certs_only([root])
    }

    /// A desktop that trusts it.
    fn desktop(&self, base: &str, token: &str) -> RelayClient {
        install_crypto();
        let (url, token) = (
            RelayUrl::parse(base).unwrap(),
            SecretString::from(token.to_owned()),
        );
        let root = self.0.pem();
        RelayClient::with_root_certificate(url, Some(token), ClientOptions::default(), root.as_bytes())
            .unwrap()
    }

    /// The protocol that a program speaks with the relay, if it trusts it.
    async fn asks(&self, base: &str) -> Result<reqwest::Version, reqwest::Error> {
        let client = self.http().build().unwrap();
        let answer = client.get(format!("{base}/v1/me")).send().await?;
        assert_eq!(answer.status(), 401);
        Ok(answer.version())
    }
}

pub(crate) fn chain_in(folder: &Path) -> PathBuf {
    folder.join("chain.pem")
}

pub(crate) fn key_in(folder: &Path) -> PathBuf {
    folder.join("key.pem")
}

/// A relay with TLS, and its address.
pub(crate) async fn start(folder: &Path) -> (Relay, String) {
    let (chain, key) = (chain_in(folder), key_in(folder));
    let keys = [
        ("tls.certificate", chain.to_str().unwrap()),
        ("tls.key", key.to_str().unwrap()),
    ];
    let relay = Relay::with(&keys).await;
    let base = format!("https://{}", relay.running.as_ref().unwrap().tls.unwrap());
    (relay, base)
}

#[tokio::test]
async fn a_renewed_certificate_holds_at_once_and_cuts_no_stream() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (Authority::new(), Authority::new());
    first.issue(folder.path());
    let (relay, base) = start(folder.path()).await;
    let token = relay.enrol(&["1001"]).await;
    let desktop = first.desktop(&base, &token);
    assert_eq!(desktop.me().await.unwrap().label, "Accueil");
    let mut events = subscribe(desktop, None);
    next_event(&mut events).await;

    // The operator's callbacks come over TLS as well.
    let http = first.http().build().unwrap();
    let callback = format!("{base}/callback/{SECRET}?{}", start_of("c1", "1001"));
    assert_eq!(http.get(callback).send().await.unwrap().status(), 200);
    assert_eq!(call_of(&next_event(&mut events).await).0, "c1");

    second.issue(folder.path());
    relay.running.as_ref().unwrap().reload();
    second.asks(&base).await.unwrap();
    first.asks(&base).await.unwrap_err();
    // It couldn't have come back: it doesn't trust the new one.
    relay.callback(&start_of("c2", "1001")).await;
    assert_eq!(call_of(&next_event(&mut events).await).0, "c2");

    // What can't be used is no reason to have none.
    std::fs::write(key_in(folder.path()), "no key").unwrap();
    relay.running.as_ref().unwrap().reload();
    second.asks(&base).await.unwrap();
    assert!(relay.measured("tls_reload_failed_total").await > 0.0);
    assert!(relay.measured("tls_expires_timestamp_seconds").await > 0.0);
    drop(events);
    relay.stop().await;
}

#[tokio::test]
async fn the_handshake_chooses_the_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    authority.issue(folder.path());
    let (relay, base) = start(folder.path()).await;
    assert_eq!(authority.asks(&base).await.unwrap(), reqwest::Version::HTTP_2);
    let old = authority.http().http1_only().build().unwrap();
    let answer = old.get(format!("{base}/v1/me")).send().await.unwrap();
    assert_eq!(answer.version(), reqwest::Version::HTTP_11);
    // Who trusts others isn't served, and who speaks no TLS neither.
    assert!(Authority::new().asks(&base).await.is_err());
    let plain = base.replace("https://", "http://");
    assert!(reqwest::Client::new().get(plain).send().await.is_err());
    relay.stop().await;
}

#[test]
fn what_cant_be_used_is_refused_with_its_setting_and_the_fix() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = (chain_in(folder.path()), key_in(folder.path()));
    let told = |with_key: bool| {
        let mut command = command(&folder.path().join("data"));
        command.env("CENTREX_RELAY_TLS_CERTIFICATE", &chain);
        command.env("CENTREX_RELAY_TLS_LISTEN", "127.0.0.1:0");
        if with_key {
            command.env("CENTREX_RELAY_TLS_KEY", &key);
        }
        let output = refused_by(&mut command);
        assert_eq!(output.status.code(), Some(78));
        String::from_utf8(output.stderr).unwrap()
    };
    let one = told(false);
    assert!(one.contains("tls.key") && one.contains("needs both"), "{one}");
    let missing = told(true);
    assert!(
        missing.contains("tls.certificate: ") && missing.contains("can't be read"),
        "{missing}"
    );

    Authority::new().issue(folder.path());
    let others = std::fs::read_to_string(&key).unwrap();
    Authority::new().issue(folder.path());
    std::fs::write(&key, &others).unwrap();
    let wrong = told(true);
    assert!(
        wrong.contains("tls.key: ") && wrong.contains("isn't the key of the certificate"),
        "{wrong}"
    );
    assert!(!wrong.contains(others.lines().nth(1).unwrap()), "{wrong}");

    std::fs::write(&key, "canary").unwrap();
    let nonsense = told(true);
    assert!(
        nonsense.contains("tls.key: ") && nonsense.contains("private key"),
        "{nonsense}"
    );
    assert!(!nonsense.contains("canary"), "{nonsense}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_looks_at_the_certificate_and_goes_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let authority = Authority::new();
    authority.issue(folder.path());
    let (chain, key) = (chain_in(folder.path()), key_in(folder.path()));
    let files = [
        ("CENTREX_RELAY_TLS_CERTIFICATE", chain.to_str().unwrap()),
        ("CENTREX_RELAY_TLS_KEY", key.to_str().unwrap()),
    ];
    let root = folder.path().join("root.pem");
    std::fs::write(&root, authority.0.pem()).unwrap();
    let doctor = |address: &str, what: &str, roots: &Path| {
        let mut doctor = command(&data);
        doctor
            .args(["doctor", "--json", "--public-url", address])
            .envs(files)
            .env("SSL_CERT_FILE", roots)
            .env("CENTREX_RELAY_PLATFORM_URL", "http://127.0.0.1:9/api");
        let output = doctor.output().unwrap();
        let all: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        let one = all.iter().find(|one| one["what"] == what).unwrap();
        format!(
            "{}: {}",
            one["state"].as_str().unwrap(),
            one["detail"].as_str().unwrap()
        )
    };
    let other = doctor("https://relay.test", "TLS", &root);
    assert!(
        other.starts_with("failed: ") && other.contains("isn't one for relay.test"),
        "{other}"
    );
    let good = doctor("https://127.0.0.1", "TLS", &root);
    assert!(good.starts_with("good: the certificate is good until "), "{good}");

    let keys = [&files[..], &[("CENTREX_RELAY_TLS_LISTEN", "127.0.0.1:0")]].concat();
    let mut relay = Process::serve(&data, &[], &keys);
    let base = &relay.tls();
    #[cfg(target_os = "linux")]
    {
        let trusted = doctor(base, "way in", &root);
        assert!(
            trusted.starts_with("good: callbacks come in ") && trusted.contains("good until"),
            "{trusted}"
        );
    }
    let strange = doctor(base, "way in", &chain.with_file_name("none.pem"));
    assert!(
        strange.starts_with("failed: ") && strange.contains("whole chain"),
        "{strange}"
    );

    std::fs::write(&key, "canary").unwrap();
    let broken = doctor("https://127.0.0.1", "TLS", &root);
    assert!(
        broken.starts_with("failed: tls.key: ") && !broken.contains("canary"),
        "{broken}"
    );
}

/// As `systemctl reload` does it.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_signal_reads_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    authority.issue(folder.path());
    let (chain, key) = (chain_in(folder.path()), key_in(folder.path()));
    let environment = [
        ("CENTREX_RELAY_TLS_LISTEN", "127.0.0.1:0"),
        ("CENTREX_RELAY_TLS_CERTIFICATE", chain.to_str().unwrap()),
        ("CENTREX_RELAY_TLS_KEY", key.to_str().unwrap()),
    ];
    let mut relay = Process::serve(&folder.path().join("data"), &[], &environment);
    relay.signal("HUP");
    let log = relay.logs("certificate");
    assert!(log.contains("was read again"), "{log}");
    let (ended_well, log) = relay.stop();
    assert!(ended_well, "{log}");
}
