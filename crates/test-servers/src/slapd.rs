//! slapd, OpenLDAP's server, from Debian.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::process::{self, Process};

/// Where its entries stand.
pub const BASE: &str = "dc=example,dc=test";
/// It listens once it says this of its listener.
const READY: &str = "listener=0x";

/// A certificate for the server, in PEM.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The server's certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

/// A running server.
#[derive(Debug)]
pub struct Slapd {
    folder: TempDir,
    port: u16,
    process: Option<Process>,
}

impl Slapd {
    /// Who may read.
    pub const USER: &str = "cn=reader,dc=example,dc=test";
    /// The password; it must turn up in no log and no file of ours.
    pub const PASSWORD: &str = "canary ldap: é";

    /// Starts one with these entries below [`BASE`], in LDIF; [`BASE`] itself and [`Self::USER`] are there already. Nobody else
    /// may read.
    pub fn start(ldif: &str, tls: Option<&Tls>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        fs::create_dir(root.join("db")).expect("a folder for the database");
        fs::write(root.join("slapd.conf"), configuration(root, tls)).expect("a configuration");
        let entries = format!(
            "dn: {BASE}\nobjectClass: domain\ndc: example\n\ndn: {}\nobjectClass: organizationalRole\n\
             objectClass: simpleSecurityObject\ncn: reader\nuserPassword: {}\n\n{ldif}",
            Self::USER,
            Self::PASSWORD
        );
        let file = root.join("entries.ldif");
        fs::write(&file, entries).expect("a file of entries");
        let loaded = Command::new(program("slapadd"))
            .arg("-f")
            .arg(root.join("slapd.conf"))
            .arg("-l")
            .arg(&file)
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("slapadd: {error}; `cargo xtask test` installs it"));
        assert!(
            loaded.status.success(),
            "slapadd: {}",
            String::from_utf8_lossy(&loaded.stderr)
        );
        let (process, port) = process::start(READY, |port| command(root, port));
        Self {
            folder,
            port,
            process: Some(process),
        }
    }

    /// Ends it; what it holds stays.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again on the same port.
    pub fn resume(&mut self) {
        self.process = Some(process::start_on(READY, command(self.folder.path(), self.port)));
    }

    /// `ldap://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }
}

fn configuration(root: &Path, tls: Option<&Tls>) -> String {
    let mut lines: Vec<String> = ["core", "cosine", "inetorgperson"]
        .map(|schema| format!("include /etc/ldap/schema/{schema}.schema"))
        .into();
    lines.extend([
        "modulepath /usr/lib/ldap".to_owned(),
        "moduleload back_mdb".to_owned(),
        format!("pidfile {}", root.join("slapd.pid").display()),
    ]);
    if let Some(tls) = tls {
        let (certificate, key) = (root.join("server.pem"), root.join("server.key"));
        fs::write(&certificate, &tls.certificate).expect("the certificate");
        fs::write(&key, &tls.key).expect("the key");
        lines.push(format!("TLSCertificateFile {}", certificate.display()));
        lines.push(format!("TLSCertificateKeyFile {}", key.display()));
    }
    lines.extend([
        "database mdb".to_owned(),
        "maxsize 16777216".to_owned(),
        "dbnosync".to_owned(),
        format!("suffix \"{BASE}\""),
        format!("directory {}", root.join("db").display()),
        format!("access to attrs=userPassword by anonymous auth by * none\naccess to * by dn.exact=\"{}\" read by * none", Slapd::USER),
    ]);
    lines.join("\n") + "\n"
}

fn command(root: &Path, port: u16) -> Command {
    let mut command = Command::new(program("slapd"));
    command
        // In the foreground; `conns` says when it is ready.
        .args(["-d", "conns", "-h"])
        .arg(format!("ldap://127.0.0.1:{port}/"))
        .arg("-f")
        .arg(root.join("slapd.conf"));
    command
}

/// Where Debian puts it, which isn't on everybody's PATH.
fn program(name: &str) -> PathBuf {
    let usual = Path::new("/usr/sbin").join(name);
    if usual.exists() {
        usual
    } else {
        PathBuf::from(name)
    }
}
