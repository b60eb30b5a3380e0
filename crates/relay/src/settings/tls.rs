//! Where the certificate comes from: nowhere, from files, or by ACME.

use std::path::Path;

use rustls::pki_types::DnsName;
use url::Url;

use super::Tls;
use super::load::Loader;
use super::trust::list;
use super::values::{address, web_address};
use crate::acme;
use crate::tls::Files;

/// Let's Encrypt's directory.
const DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";

impl Loader {
    /// `Some(None)` without TLS of the relay's own. The files are read when the relay starts: no other command needs the key.
    pub(super) fn tls(&mut self, data_dir: &Path) -> Option<Option<Tls>> {
        let listen = self.parsed("tls.listen", "[::]:443", address);
        let acme = self.acme(data_dir);
        let paths = (self.path("tls.certificate"), self.path("tls.key"));
        let acme = acme?;
        let (half, missing) = match (paths, acme) {
            ((None, None), None) => return listen.map(|_| None),
            ((None, None), Some(acme)) => {
                return Some(Some(Tls {
                    listen: listen?,
                    files: acme.files(),
                    acme: Some(acme),
                }));
            }
            (_, Some(_)) => {
                let what = "the certificate comes either from files or by ACME: take tls.acme.domains away, or tls.certificate \
                            and tls.key";
                self.problem("tls.acme.domains", "tls", what);
                return None;
            }
            ((Some(certificate), Some(key)), None) => {
                return Some(Some(Tls {
                    listen: listen?,
                    files: Files { certificate, key },
                    acme: None,
                }));
            }
            ((Some(_), None), None) => ("tls.certificate", "tls.key"),
            ((None, Some(_)), None) => ("tls.key", "tls.certificate"),
        };
        let what = format!("{half} is set and {missing} isn't; TLS needs both (or neither, behind a proxy)");
        self.problem(missing, "not set", what);
        None
    }

    /// `Some(None)` without domains.
    fn acme(&mut self, data_dir: &Path) -> Option<Option<acme::Settings>> {
        let domains = self.parsed("tls.acme.domains", "", |text| list(text, domain));
        let contact = self.parsed("tls.acme.contact", "", contact);
        let directory = self.parsed("tls.acme.directory", DIRECTORY, directory);
        let (domains, contact, directory): (Vec<String>, _, _) = (domains?, contact?, directory?);
        if domains.is_empty() {
            return Some(None);
        }
        Some(Some(acme::Settings::new(data_dir, directory, domains, contact)))
    }
}

fn domain(text: &str) -> Result<String, String> {
    let name = text.to_ascii_lowercase();
    // A name of one label is nothing that the world knows, except in a company's own network.
    match DnsName::try_from(name.as_str()) {
        Ok(_) if !name.ends_with('.') => Ok(name),
        _ => Err(format!(
            "{text:?} is no name that a certificate can be had for; write it like relay.example.org (no star, no port, no address)"
        )),
    }
}

fn contact(text: &str) -> Result<Option<String>, String> {
    let address = text.strip_prefix("mailto:").unwrap_or(text);
    if address.is_empty() {
        return Ok(None);
    }
    let (user, host) = address.split_once('@').unwrap_or_default();
    if user.is_empty() || host.is_empty() || address.contains([' ', ',', '?']) {
        return Err("write one e-mail address, like admin@example.org".to_owned());
    }
    Ok(Some(address.to_owned()))
}

fn directory(text: &str) -> Result<Url, String> {
    let url = web_address(text)?;
    if url.scheme() != "https" {
        return Err("an ACME server is asked by https:// only".to_owned());
    }
    Ok(url)
}
