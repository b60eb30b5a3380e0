//! Proxies in front of the relay: whose word about a client's address is taken.
//!
//! A header that names the client can be sent by anybody. It counts only as far as trusted proxies wrote it: from the right
//! end, each address is believed as long as the one that wrote it is trusted.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// Which header the proxies write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`: addresses, separated by commas.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The trusted proxies.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Their networks; none: no header is believed.
    pub trusted: Vec<IpNet>,
    /// What they write. The other header comes from the client and is never looked at.
    pub header: ProxyHeader,
}

impl Proxies {
    /// The client's address of a request that came from `peer`.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut known = peer.to_canonical();
        if !self.trusts(known) {
            return known;
        }
        for hop in self.hops(headers).into_iter().rev() {
            // An obfuscated or unreadable one: what is left of it was written by nobody known.
            let Some(hop) = hop else { return known };
            known = hop;
            if !self.trusts(known) {
                return known;
            }
        }
        known
    }

    fn trusts(&self, address: IpAddr) -> bool {
        contains(&self.trusted, address)
    }

    /// The addresses of the header, in the order in which they were added.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            ProxyHeader::XForwardedFor => "x-forwarded-for",
            ProxyHeader::Forwarded => "forwarded",
        };
        let read = |value: &str| match self.header {
            ProxyHeader::XForwardedFor => x_forwarded_for(value),
            ProxyHeader::Forwarded => forwarded(value),
        };
        let values = headers.get_all(name).iter();
        values
            .flat_map(|value| value.to_str().map_or_else(|_| vec![None], read))
            .collect()
    }
}

/// Who an address stands for: an IPv6 network of one subscriber (/64) counts as one, as its owner has 2^64 addresses.
pub(crate) fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        other => other,
    }
}

/// Whether one of the networks holds the address.
pub(crate) fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

fn x_forwarded_for(value: &str) -> Vec<Option<IpAddr>> {
    value.split(',').map(|hop| node(hop.trim())).collect()
}

/// `for=192.0.2.60;proto=http, for="[2001:db8::1]:4711"`; an element without `for` names nobody.
fn forwarded(value: &str) -> Vec<Option<IpAddr>> {
    split_unquoted(value, ',')
        .into_iter()
        .map(|element| {
            split_unquoted(element, ';').into_iter().find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                if !name.trim().eq_ignore_ascii_case("for") {
                    return None;
                }
                let value = value.trim();
                let plain = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                node(plain.unwrap_or(value))
            })
        })
        .collect()
}

/// Splits at `separator`, but not inside quotation marks.
fn split_unquoted(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut begin, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c == separator && !quoted => {
                parts.push(&text[begin..place]);
                begin = place + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// An address, with or without a port.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    text.parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()))
        .ok()
        .or_else(|| bare?.parse().ok())
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn proxies(header: ProxyHeader) -> Proxies {
        Proxies {
            trusted: vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
            header,
        }
    }

    fn client(header: ProxyHeader, peer: &str, values: &[&str]) -> String {
        let name = match header {
            ProxyHeader::XForwardedFor => "x-forwarded-for",
            ProxyHeader::Forwarded => "forwarded",
        };
        let found = proxies(header).client(peer.parse().unwrap(), &headers(name, values));
        found.to_string()
    }

    #[test]
    fn only_what_trusted_proxies_wrote_is_believed() {
        use ProxyHeader::{Forwarded, XForwardedFor};
        for (header, peer, values, wanted) in [
            // Nobody trusted wrote it.
            (XForwardedFor, "192.0.2.1", &["198.51.100.1"][..], "192.0.2.1"),
            (XForwardedFor, "10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            // What the client made up stands left of what the proxy saw.
            (
                XForwardedFor,
                "10.0.0.1",
                &["10.9.9.9, 192.0.2.7", "198.51.100.1"],
                "198.51.100.1",
            ),
            (
                XForwardedFor,
                "10.0.0.1",
                &["198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            (
                XForwardedFor,
                "::ffff:10.0.0.1",
                &["198.51.100.1:4711"],
                "198.51.100.1",
            ),
            (XForwardedFor, "10.0.0.1", &["198.51.100.1, nobody"], "10.0.0.1"),
            (XForwardedFor, "10.0.0.1", &[], "10.0.0.1"),
            (XForwardedFor, "10.0.0.1", &["10.0.0.3"], "10.0.0.3"),
            (
                Forwarded,
                "10.0.0.1",
                &["for=198.51.100.1;proto=https;by=10.0.0.1"],
                "198.51.100.1",
            ),
            (
                Forwarded,
                "10.0.0.1",
                &["For=\"[2001:db9::1]:4711\""],
                "2001:db9::1",
            ),
            (
                Forwarded,
                "2001:db8::1",
                &["for=192.0.2.7, for=\"198.51.100.1\""],
                "198.51.100.1",
            ),
            (Forwarded, "10.0.0.1", &["for=192.0.2.7, for=_hidden"], "10.0.0.1"),
            (
                Forwarded,
                "10.0.0.1",
                &["for=192.0.2.7, proto=\"a,for=192.0.2.8\""],
                "10.0.0.1",
            ),
        ] {
            assert_eq!(
                client(header, peer, values),
                wanted,
                "{header:?} {peer} {values:?}"
            );
        }
    }

    #[test]
    fn the_header_that_the_proxies_dont_write_is_never_looked_at() {
        let other = headers("forwarded", &["for=198.51.100.1"]);
        let found = proxies(ProxyHeader::XForwardedFor).client("10.0.0.1".parse().unwrap(), &other);
        assert_eq!(found.to_string(), "10.0.0.1");
        let none = Proxies::default();
        let named = headers("x-forwarded-for", &["198.51.100.1"]);
        assert_eq!(
            none.client("10.0.0.1".parse().unwrap(), &named).to_string(),
            "10.0.0.1"
        );
    }

    proptest! {
        /// Whatever a client sends, the address that our own proxy adds at the end is the one that counts.
        #[test]
        fn a_client_cannot_choose_its_address(made_up in "[ -~]{0,60}", is_rfc in any::<bool>()) {
            let (header, name, added) = if is_rfc {
                (ProxyHeader::Forwarded, "forwarded", "for=198.51.100.1")
            } else {
                (ProxyHeader::XForwardedFor, "x-forwarded-for", "198.51.100.1")
            };
            // A proxy adds a line of its own, or goes on with the client's. In the latter case an open quotation mark of
            // the client's would swallow what follows, which names nobody then; so the proxy itself counts.
            let apart = headers(name, &[&made_up, added]);
            let peer = "10.0.0.1".parse().unwrap();
            prop_assert_eq!(proxies(header).client(peer, &apart).to_string(), "198.51.100.1");
            let joined = headers(name, &[&format!("{made_up}, {added}")]);
            let found = proxies(header).client(peer, &joined).to_string();
            prop_assert!(found == "198.51.100.1" || (is_rfc && found == "10.0.0.1"), "{}", found);
        }
    }
}
