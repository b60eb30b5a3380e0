//! Certificates by ACME, from a real ACME server.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rcgen::{CertificateParams, KeyPair};
use test_servers::{Pebble, Tls, free_port};

use crate::support::{SECRET, http, install_crypto, start_of};
use crate::support_process::{Process, command, refused_by};

/// A certificate that signs itself, for the ACME server's own address.
fn server() -> Tls {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    Tls {
        certificate: params.self_signed(&key).unwrap().pem(),
        key: key.serialize_pem(),
    }
}

/// A place for relays that get their certificates at one server.
struct Place {
    folder: tempfile::TempDir,
    server: Tls,
    tls_port: u16,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
            server: server(),
            tls_port: free_port(),
        };
        std::fs::write(place.roots(), &place.server.certificate).unwrap();
        place
    }

    fn roots(&self) -> std::path::PathBuf {
        self.folder.path().join("roots.pem")
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn relay(&self, directory: &str, domains: &str) -> Process {
        let (listen, roots) = (format!("127.0.0.1:{}", self.tls_port), self.roots());
        let environment = [
            ("CENTREX_RELAY_TLS_LISTEN", listen.as_str()),
            ("CENTREX_RELAY_TLS_ACME_DOMAINS", domains),
            ("CENTREX_RELAY_TLS_ACME_CONTACT", "admin@relay.test"),
            ("CENTREX_RELAY_TLS_ACME_DIRECTORY", directory),
            ("SSL_CERT_FILE", roots.to_str().unwrap()),
        ];
        Process::serve(&self.data(), &[], &environment)
    }

    /// Asks a relay by one of its names, trusting only what the ACME server signs.
    async fn asks(&self, pebble: &Pebble, name: &str) -> Result<u16, reqwest::Error> {
        install_crypto();
        let pem = |text: &[u8]| reqwest::Certificate::from_pem(text).unwrap();
        let client = |root| reqwest::Client::builder().no_proxy().tls_certs_only([root]);
        let server = client(pem(self.server.certificate.as_bytes())).build().unwrap();
        let root = server
            .get(pebble.root())
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let here = SocketAddr::from(([127, 0, 0, 1], self.tls_port));
        let client = client(pem(&root)).resolve(name, here).build().unwrap();
        let answer = client
            .get(format!("https://{name}:{}/v1/me", self.tls_port))
            .send()
            .await?;
        Ok(answer.status().as_u16())
    }

    fn file(&self, name: &str) -> Vec<u8> {
        let path = self.data().join("acme").join(name);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
        std::fs::read(path).unwrap()
    }

    /// What `doctor` says of TLS.
    fn doctor(&self, directory: &str) -> String {
        let mut doctor = command(&self.data());
        doctor
            .args(["doctor", "--public-url", "https://relay.test"])
            .env("CENTREX_RELAY_TLS_ACME_DOMAINS", "relay.test")
            .env("CENTREX_RELAY_TLS_ACME_DIRECTORY", directory)
            .env("CENTREX_RELAY_PLATFORM_URL", "http://127.0.0.1:9/api");
        let told = String::from_utf8(doctor.output().unwrap().stdout).unwrap();
        let line = told.lines().find(|line| line.contains(" TLS: "));
        line.unwrap_or_else(|| panic!("{told}")).to_owned()
    }
}

/// Reads on until the relay tells what came of asking for a certificate.
fn has_one(relay: &mut Process) {
    relay.logs("asking for a certificate");
    let told = relay.logs("certificate");
    assert!(told.contains("there is a new certificate"), "{told}");
}

#[tokio::test]
async fn a_certificate_is_had_kept_and_had_anew_for_other_names() {
    let place = Place::new();
    let pebble = Pebble::start(&place.server, place.tls_port);
    let mut relay = place.relay(&pebble.directory(), "relay.test,two.relay.test");
    has_one(&mut relay);
    for name in ["relay.test", "two.relay.test"] {
        assert_eq!(place.asks(&pebble, name).await.unwrap(), 401, "{name}");
    }
    assert!(place.asks(&pebble, "other.test").await.is_err());
    assert!(place.doctor(&pebble.directory()).starts_with("good "));
    let (certificate, account) = (place.file("certificate.pem"), place.file("account.json"));

    // At the next start it is there at once, and nobody is asked.
    assert!(relay.stop().0);
    let relay = place.relay(&pebble.directory(), "relay.test,two.relay.test");
    assert_eq!(place.asks(&pebble, "relay.test").await.unwrap(), 401);
    let (ended_well, log) = relay.stop();
    assert!(ended_well && !log.contains("asking for a certificate"), "{log}");
    assert_eq!(place.file("certificate.pem"), certificate);

    // With the same account.
    let mut relay = place.relay(&pebble.directory(), "relay.test,other.test");
    has_one(&mut relay);
    assert_eq!(place.asks(&pebble, "other.test").await.unwrap(), 401);
    assert_eq!(place.file("account.json"), account);
}

#[tokio::test]
async fn what_fails_is_told_and_the_relay_goes_on() {
    let place = Place::new();
    let nowhere = "https://127.0.0.1:9/dir";
    let mut relay = place.relay(nowhere, "relay.test");
    let log = relay.logs("no certificate could be had");
    assert!(
        log.contains("tried again in 2 min") && log.contains("port 443"),
        "{log}"
    );
    let told = place.doctor(nowhere);
    assert!(
        told.starts_with("FAILED ") && told.contains("the last try failed, 20"),
        "{told}"
    );
    let url = format!("{}/callback/{SECRET}?{}", relay.base, start_of("c1", "1001"));
    assert_eq!(http().get(url).send().await.unwrap().status(), 200);
    let ready = http()
        .get(format!("{}/readyz", relay.admin))
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), 200);
    assert!(relay.stop().0);

    // A server that looks for the relay where it isn't.
    let pebble = Pebble::start(&place.server, free_port());
    let mut relay = place.relay(&pebble.directory(), "relay.test");
    let log = relay.logs("no certificate could be had");
    assert!(log.contains("the server doesn't confirm relay.test: "), "{log}");
}

#[test]
fn what_cant_work_is_refused_with_its_setting_and_the_fix() {
    let refused = |data: &Path, environment: &[(&str, &str)]| {
        let mut relay = command(data);
        relay.envs(environment.iter().copied());
        let output = refused_by(&mut relay);
        assert_eq!(output.status.code(), Some(78));
        String::from_utf8(output.stderr).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, value, words) in [
        ("DOMAINS", "*.relay.test", "no star"),
        ("DOMAINS", "192.0.2.1", "no address"),
        ("CONTACT", "admin", "admin@example.org"),
        ("DIRECTORY", "http://relay.test/dir", "https://"),
    ] {
        let variable = format!("CENTREX_RELAY_TLS_ACME_{name}");
        let told = refused(folder.path(), &[(&variable, value)]);
        let key = format!("tls.acme.{}", name.to_lowercase());
        assert!(told.contains(&key) && told.contains(words), "{told}");
    }
    let both = [
        ("CENTREX_RELAY_TLS_ACME_DOMAINS", "relay.test"),
        ("CENTREX_RELAY_TLS_CERTIFICATE", "chain.pem"),
    ];
    assert!(refused(folder.path(), &both).contains("either from files or by ACME"));
}
