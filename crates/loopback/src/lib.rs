//! Whether an address leads to this very computer: then a secret may go to it unencrypted, and no proxy stands between.
//!
//! A room of its own, for rooms that may not know each other have to agree on it.

use url::{Host, Url};

/// Whether an address can lead nowhere but to this computer: `localhost`, or an address of the loopback interface
/// (RFC 1122, RFC 4291).
///
/// Names below `localhost` aren't counted: not every system resolves them itself, and a name server could send them
/// anywhere.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_computer_counts() {
        for (url, here) in [
            ("http://localhost:8420/", true),
            ("http://LOCALHOST/", true),
            ("http://127.0.0.1:8420/base", true),
            ("http://127.8.8.8/", true),
            ("http://[::1]:8420/", true),
            ("http://127.0.0.1.example/", false),
            ("http://relay.localhost/", false),
            ("http://localhost.example/", false),
            ("http://0.0.0.0/", false),
            ("http://192.0.2.1/", false),
            ("http://[2001:db8::1]/", false),
            ("data:text/plain,localhost", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), here, "{url}");
        }
    }
}
