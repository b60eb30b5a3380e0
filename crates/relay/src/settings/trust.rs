//! Who is believed, how often one may ask, and which numbers may be dialled.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::num::NonZeroU32;

use ipnet::IpNet;

use super::load::Loader;
use crate::dial::rules::{Blocked, Kind, Rules};
use crate::http::limits::Budgets;
use crate::proxies::{Proxies, ProxyHeader};

impl Loader {
    pub(super) fn proxies(&mut self) -> Option<Proxies> {
        let trusted = self.parsed("proxies.trusted", "", networks);
        let header = self.parsed("proxies.header", "x-forwarded-for", |text| {
            match text.to_ascii_lowercase().as_str() {
                "x-forwarded-for" => Ok(ProxyHeader::XForwardedFor),
                "forwarded" => Ok(ProxyHeader::Forwarded),
                _ => Err("must be x-forwarded-for or forwarded".to_owned()),
            }
        });
        Some(Proxies {
            trusted: trusted?,
            header: header?,
        })
    }

    pub(super) fn budgets(&mut self) -> Option<Budgets> {
        let token = self.parsed("limits.token_requests_per_second", "50", whole);
        let refused = self.parsed("limits.refused_per_minute", "120", whole);
        let codes = self.parsed("limits.wrong_codes_per_minute", "10", whole);
        let in_all = self.parsed("limits.wrong_codes_per_minute_in_all", "6000", whole);
        Some(Budgets {
            token_per_second: token?,
            refused_per_minute: refused?,
            codes_per_minute: codes?,
            codes_in_all: in_all?,
        })
    }

    pub(super) fn rules(&mut self) -> Option<Rules> {
        let confirm = self.parsed("dial.confirm", "", kinds);
        let refuse = self.parsed("dial.refuse", "", kinds);
        let countries = self.parsed("dial.countries", "", |text| list(text, country));
        let blocked = self.parsed("dial.blocked", "", |text| {
            list(text, |item| {
                Blocked::parse(item).ok_or_else(|| {
                    format!("{item:?} is neither a number like +33199000012 nor a beginning like +3389*")
                })
            })
        });
        let per_minute = self.parsed("dial.calls_per_minute", "20", whole);
        Some(Rules {
            confirm: confirm?,
            refuse: refuse?,
            countries: countries?,
            blocked: blocked?,
            per_minute: per_minute?,
        })
    }
}

/// Reads the items of a list.
pub(super) fn list<T, L: FromIterator<T>>(
    text: &str,
    item: impl Fn(&str) -> Result<T, String>,
) -> Result<L, String> {
    let items = text.split(',').map(str::trim);
    items.filter(|text| !text.is_empty()).map(item).collect()
}

/// Networks, like `192.0.2.0/24`; an address alone is a network of one.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    list(text, |item| {
        item.parse()
            .or_else(|_| item.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| format!("{item:?} is no network; write it like 192.0.2.0/24 or 2001:db8::/32"))
    })
}

fn kinds(text: &str) -> Result<BTreeSet<Kind>, String> {
    list(text, |item| {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.word() == item)
            .ok_or_else(|| {
                let words: Vec<&str> = Kind::ALL.into_iter().map(Kind::word).collect();
                format!("{item:?} is no class of numbers; they are {}", words.join(", "))
            })
    })
}

fn country(text: &str) -> Result<String, String> {
    let code = text.to_ascii_uppercase();
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(code)
    } else {
        Err(format!(
            "{text:?} is no country; write its two letters, like FR or BE"
        ))
    }
}

fn whole(text: &str) -> Result<NonZeroU32, String> {
    text.parse()
        .map_err(|_| "write a whole number of at least 1".to_owned())
}
