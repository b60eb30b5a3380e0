//! This relay as others see it: its address, its certificate, and whether callbacks would come in.

use http::{Method, header};
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use url::Url;

use super::ask::{Answer, NoAnswer, ask};
use super::{Finding, State, callback_secret, finding};
use crate::acme;
use crate::http::CALLBACK_METHODS;
use crate::lock::DataLock;
use crate::settings::Settings;
use crate::settings::advice::is_example;
use crate::time::to_the_second;
use crate::tls::{Identity, Validity};

pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(certificate(settings));
    findings.push(public_address(settings));
    findings.extend(reached(settings).await);
    findings
}

/// The relay's own certificate, as it would be read at the next start.
fn certificate(settings: &Settings) -> Option<Finding> {
    const WHAT: &str = "TLS";
    let tls = settings.tls.as_ref()?;
    let files = &tls.files;
    let failure = tls.acme.as_ref().and_then(acme::Settings::last_failure);
    let identity = match Identity::read(files) {
        Ok(identity) => identity,
        Err(_) if tls.acme.is_some() => {
            let detail = match failure {
                Some(failure) => format!(
                    "there is no certificate yet; the last try failed, {failure}; the ACME server must reach this relay on port 443 of \
                     each of tls.acme.domains"
                ),
                None => "there is no certificate yet; a running relay asks for one by itself".to_owned(),
            };
            return Some(finding(WHAT, State::Failed, detail));
        }
        Err(error) => return Some(finding(WHAT, State::Failed, error.to_string())),
    };
    let host = settings.public_url.as_ref().and_then(Url::host_str);
    if let Some(host) = host.filter(|host| !identity.is_for(host)) {
        let detail = format!(
            "the certificate in {} isn't one for {host}, the host of public_url: desktops and the operator refuse it; get one \
             that names {host}",
            files.certificate.display()
        );
        return Some(finding(WHAT, State::Failed, detail));
    }
    let (state, detail) = judged(identity.validity(), Timestamp::now());
    Some(match failure {
        Some(failure) => finding(
            WHAT,
            if state.is_failure() { state } else { State::Warning },
            format!("{detail}; the last try to renew it failed, {failure}"),
        ),
        None => finding(WHAT, state, detail),
    })
}

/// How a certificate's time stands.
fn judged(validity: Validity, now: Timestamp) -> (State, String) {
    if let Some(trouble) = validity.trouble(now) {
        return (State::Failed, trouble);
    }
    let until = to_the_second(validity.not_after);
    if validity.ends_soon(now) {
        let detail = format!(
            "the certificate is good until {until} only, and should have been renewed by now; renew it"
        );
        return (State::Warning, detail);
    }
    (State::Good, format!("the certificate is good until {until}"))
}

fn public_address(settings: &Settings) -> Finding {
    const WHAT: &str = "public address";
    let Some(url) = &settings.public_url else {
        return finding(WHAT, State::Warning, settings.no_public_url().unwrap_or_default());
    };
    if let Some(detail) = settings.public_url_is_an_example() {
        return finding(WHAT, State::Failed, detail);
    }
    if url.scheme() == "http" {
        let detail = format!("{url} has no TLS: callbacks and tokens travel readable; use https://");
        return finding(WHAT, State::Warning, detail);
    }
    finding(WHAT, State::Good, url.to_string())
}

/// Goes the way of the platform's callbacks, with a request that records nothing.
async fn reached(settings: &Settings) -> Option<Finding> {
    const WHAT: &str = "way in";
    let url = settings.public_url.as_ref().filter(|url| !is_example(url))?;
    if !DataLock::is_taken(&settings.data_dir) {
        let detail = format!("not tried: no relay runs here that could answer by {url}");
        return Some(finding(WHAT, State::Untried, detail));
    }
    let secret = callback_secret(settings).ok().flatten()?;
    let answer = ask(Method::OPTIONS, &format!("{url}callback/{}", secret.reveal())).await;
    let (state, mut detail) = match answer {
        Ok(answer) => answered(url, &answer),
        Err(error) => (State::Failed, unanswered(url, &error)),
    };
    if !settings.callback_sources.is_empty() && !state.is_failure() {
        detail += "; callback.sources wasn't tried: from the operator's networks only the operator can come";
    }
    Some(finding(WHAT, state, detail))
}

fn answered(url: &Url, answer: &Answer) -> (State, String) {
    let methods = answer.headers.get(header::ALLOW);
    let is_ours = methods.is_some_and(|methods| methods == CALLBACK_METHODS);
    let status = answer.status;
    let wrong = match status {
        204 if is_ours => return let_in(url, answer.certificate.as_ref()),
        301..=399 => format!(
            "{url} answers with a redirect (status {status}), which the operator may not follow; set public_url to the address \
             that answers by itself"
        ),
        404 => format!(
            "what answers by {url} knows no callback address like ours: the proxy sends it elsewhere or changes the path, or the \
             relay runs with another secret; check the proxy, and restart the relay"
        ),
        405 | 501 => format!(
            "what answers by {url} takes no OPTIONS (status {status}), so it can't be told whether callbacks come in; if that is \
             the proxy, ring one of your lines instead, and look again at when the last callback came"
        ),
        429 => format!("{url} is limited just now (status 429); wait a minute and try again"),
        502..=504 => format!(
            "{url} answers, but doesn't reach the relay behind it (status {status}); check the proxy's address of the relay"
        ),
        _ => format!(
            "what answers by {url} isn't this relay (status {status}); check public_url, the name's address and the proxy"
        ),
    };
    let state = if matches!(status, 405 | 429 | 501) {
        State::Warning
    } else {
        State::Failed
    };
    (state, wrong)
}

/// Callbacks come in; the certificate on the way may still end soon, a proxy's as well.
fn let_in(url: &Url, certificate: Option<&CertificateDer<'static>>) -> (State, String) {
    let (state, more) = match certificate.and_then(Validity::of) {
        Some(validity) => {
            let (state, detail) = judged(validity, Timestamp::now());
            (state, format!("; {detail}"))
        }
        None => (State::Good, String::new()),
    };
    let from = if loopback::is_loopback(url) {
        ""
    } else {
        ", as seen from this machine"
    };
    (state, format!("callbacks come in by {url}{from}{more}"))
}

fn unanswered(url: &Url, error: &NoAnswer) -> String {
    match error {
        NoAnswer::Broken(why) => format!(
            "{url} is there, but no trusted connection comes about: {why}; check the certificate and its whole chain"
        ),
        NoAnswer::Unreachable(why) => format!(
            "{url} can't be reached from this machine: {why}; check the name's address, the proxy and the firewall (some \
             networks don't reach their own outer address from inside: then try from elsewhere)"
        ),
        NoAnswer::Late => format!("{url}: {error}; check the name's address, the proxy and the firewall"),
    }
}
