//! The keychain: gnome-keyring, and what people's machines have instead of one that works.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use centrex_tray::desktop::{KeychainPort, SecretName};
use companion::event::{CredentialKind, KeychainProblem};
use secrecy::{ExposeSecret, SecretString};
use telephony::AccountId;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use crate::world::{World, owned, program, session_test, within};

fn api_key() -> SecretName {
    SecretName {
        kind: CredentialKind::ApiKey,
        account: Some(AccountId("1001".into())),
    }
}

/// gnome-keyring, unlocked with a password, and its process id.
pub async fn keyring(world: &mut World) -> u32 {
    let mut daemon = program("gnome-keyring-daemon", "gnome-keyring");
    daemon.args(["--unlock", "--components=secrets", "--foreground"]);
    let mut child = daemon
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"test").unwrap();
    let id = child.id();
    world.keep(child);
    owned(&world.bus().await, "org.freedesktop.secrets").await;
    id
}

/// What `secret-tool` finds under our service.
fn seen_from_outside(user: &str) -> Option<String> {
    let mut tool = program("secret-tool", "libsecret-tools");
    let output = tool
        .args(["lookup", "service", "centrex-tray", "username", user])
        .output()
        .unwrap();
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).unwrap())
}

session_test! {
    /// Stored, read, replaced, forgotten; each confirmed by another program.
    async fn keeps_and_forgets_secrets(mut world: World) {
        keyring(&mut world).await;
        let (desktop, _told) = world.desktop();
        let keychain = &desktop.keychain;
        assert!(keychain.get(api_key()).await.unwrap().is_none());

        keychain.set(api_key(), SecretString::from("canary-1")).await.unwrap();
        assert_eq!(seen_from_outside("api-key:1001").as_deref(), Some("canary-1"));
        assert!(desktop.keychain.is_open().await);
        keychain.set(api_key(), SecretString::from("canary-2 é")).await.unwrap();
        assert_eq!(seen_from_outside("api-key:1001").as_deref(), Some("canary-2 é"));
        assert_eq!(keychain.get(api_key()).await.unwrap().unwrap().expose_secret(), "canary-2 é");

        let mut tool = program("secret-tool", "libsecret-tools");
        let output = tool.args(["search", "service", "centrex-tray"]).output().unwrap();
        let all = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(all.contains("label = Centrex Tray (api-key:1001)"), "{all}");
        assert_eq!(all.matches("canary").count(), 1, "only the secret itself holds the secret: {all}");

        keychain.delete(api_key()).await.unwrap();
        assert_eq!(seen_from_outside("api-key:1001"), None);
        assert!(keychain.get(api_key()).await.unwrap().is_none());
        keychain.delete(api_key()).await.unwrap();
    }
}

session_test! {
    /// Told as such, and used as soon as one is there: people start theirs late.
    async fn is_found_when_it_starts_later(mut world: World) {
        let (desktop, _told) = world.desktop();
        assert_eq!(desktop.keychain.get(api_key()).await.unwrap_err(), KeychainProblem::NoService);
        let daemon = keyring(&mut world).await;
        desktop.keychain.set(api_key(), SecretString::from("canary")).await.unwrap();

        // A restarted one knows nothing of our session with it, and is locked until somebody gives the password again.
        world.kill(daemon);
        assert_eq!(desktop.keychain.get(api_key()).await.unwrap_err(), KeychainProblem::NoService);
        keyring(&mut world).await;
        assert_eq!(desktop.keychain.get(api_key()).await.unwrap().unwrap().expose_secret(), "canary");
    }
}

session_test! {
    /// Locked, and nobody there to unlock it.
    async fn says_that_it_is_locked(mut world: World) {
        keyring(&mut world).await;
        let (desktop, _told) = world.desktop();
        desktop.keychain.set(api_key(), SecretString::from("canary")).await.unwrap();
        let collection = ObjectPath::try_from("/org/freedesktop/secrets/aliases/default").unwrap();
        let bus = world.bus().await;
        let reply = bus
            .call_method(
                Some("org.freedesktop.secrets"),
                "/org/freedesktop/secrets",
                Some("org.freedesktop.Secret.Service"),
                "Lock",
                &(vec![collection],),
            )
            .await
            .unwrap();
        let (locked, _): (Vec<OwnedObjectPath>, OwnedObjectPath) = reply.body().deserialize().unwrap();
        assert_eq!(locked.len(), 1);

        assert!(!desktop.keychain.is_open().await, "asking would show a dialog");
        assert_eq!(desktop.keychain.get(api_key()).await.unwrap_err(), KeychainProblem::Locked);
        let other = SecretName { kind: CredentialKind::RelayToken, account: None };
        // What it holds isn't known either, so nobody is told that nothing was ever stored.
        assert_eq!(desktop.keychain.get(other.clone()).await.unwrap_err(), KeychainProblem::Locked);
        let stored = desktop.keychain.set(other, SecretString::from("canary")).await;
        assert_eq!(stored.unwrap_err(), KeychainProblem::Locked);
    }
}

/// A keychain that takes every request and answers none.
struct Silent;

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Silent {
    async fn open_session(&self, _algorithm: &str, _input: Value<'_>) -> (OwnedValue, OwnedObjectPath) {
        std::future::pending().await
    }
}

session_test! {
    /// One that hangs costs each asker a bounded time, the next ones none, and is forgiven once it lets go.
    async fn that_never_answers_is_given_up(world: World) {
        let silent = zbus::connection::Builder::session()
            .unwrap()
            .serve_at("/org/freedesktop/secrets", Silent)
            .unwrap()
            .name("org.freedesktop.secrets")
            .unwrap()
            .build()
            .await
            .unwrap();
        let (desktop, _told) = world.desktop();
        let asked = Instant::now();
        assert_eq!(desktop.keychain.get(api_key()).await.unwrap_err(), KeychainProblem::NoAnswer);
        let patience = asked.elapsed();
        assert!(patience >= Duration::from_secs(7), "gave up after {patience:?}");
        let asked = Instant::now();
        assert_eq!(desktop.keychain.get(api_key()).await.unwrap_err(), KeychainProblem::NoAnswer);
        assert!(asked.elapsed() < patience / 2, "waited again: {:?}", asked.elapsed());

        silent.close().await.unwrap();
        within("the keychain's thread", async {
            while desktop.keychain.get(api_key()).await.unwrap_err() == KeychainProblem::NoAnswer {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(desktop.keychain.get(api_key()).await.unwrap_err(), KeychainProblem::NoService);
    }
}
