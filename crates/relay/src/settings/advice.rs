//! What a configuration that works still lacks.

use url::{Host, Url};

use super::{Settings, variables_of_settings};
use crate::secret::{callback, file, rotation};

/// The names that stand for an example and belong to nobody (RFC 2606).
const EXAMPLES: [&str; 4] = ["example", "example.com", "example.net", "example.org"];

impl Settings {
    /// What won't work, or isn't safe, and the fix: a sentence for each.
    pub fn advice(&self) -> Vec<String> {
        let missing = [self.no_public_url(), self.no_key()];
        missing
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .chain(self.no_trusted_proxy())
            .chain(self.unread_variables())
            .chain(self.exposed_secrets())
            .collect()
    }

    /// When the relay's own address isn't known.
    pub(crate) fn no_public_url(&self) -> Option<&'static str> {
        self.public_url.is_none().then_some(
            "public_url isn't set: `callback url` and `callback set` refuse, and enrolment links work on this machine only; \
             set it to the address by which the relay is reached from outside",
        )
    }

    /// When there is no key of the platform.
    pub(crate) fn no_key(&self) -> Option<&'static str> {
        self.platform.api_key.is_none().then_some(
            "there is no platform key: desktops can't dial through this relay, and `callback set` and `callback clear` refuse; \
             set platform.api_key_file or CENTREX_RELAY_PLATFORM_API_KEY",
        )
    }

    /// When callbacks may come from listed networks only, and seem to come from a proxy that nobody has listed: the relay would
    /// take each of them for the proxy's own, and refuse it.
    pub(crate) fn no_trusted_proxy(&self) -> Option<String> {
        let seems_behind =
            self.tls.is_none() && (self.listen.ip().is_loopback() || self.public_url_is_https());
        let own = self.listen.ip();
        let lets_own_in =
            own.is_loopback() && self.callback_sources.iter().any(|network| network.contains(&own));
        let is_blind = !self.callback_sources.is_empty() && self.proxies.trusted.is_empty() && !lets_own_in;
        (is_blind && seems_behind).then(|| {
            "callback.sources is set and proxies.trusted isn't: behind a proxy, every callback comes from the proxy's address and \
             is refused (403); list the proxy under proxies.trusted"
                .to_owned()
        })
    }

    /// When the public address is only an example's: nobody reaches a relay there.
    pub fn public_url_is_an_example(&self) -> Option<String> {
        let url = self.public_url.as_ref().filter(|url| is_example(url))?;
        Some(format!(
            "{url} only stands for an example: neither the operator nor a desktop reaches a relay there; set public_url to the \
             address by which this one is reached"
        ))
    }

    fn public_url_is_https(&self) -> bool {
        self.public_url
            .as_ref()
            .is_some_and(|url| url.scheme() == "https")
    }

    /// Variables that nobody reads although they are named like settings: mistyped, mostly.
    pub(crate) fn unread_variables(&self) -> Vec<String> {
        let known: Vec<String> = variables_of_settings().collect();
        let meant = |name: &String| {
            let likeness = |other: &&String| strsim::jaro_winkler(other, name);
            let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            nearest.filter(|near| strsim::damerau_levenshtein(near, name) <= 3)
        };
        let told = self.strange_variables.iter().map(|name| match meant(name) {
            Some(near) => format!("the variable {name} is none of the relay's and is ignored; did you mean {near}?"),
            None => format!(
                "the variable {name} is none of the relay's and is ignored; relay.example.toml lists the settings, each is also \
                 a variable"
            ),
        });
        told.collect()
    }

    /// Files of secrets in use that others may read or change, and a data folder that others may.
    pub(crate) fn exposed_secrets(&self) -> Vec<String> {
        let kept = [callback::FILE, rotation::PREVIOUS].map(|name| self.data_dir.join(name));
        let kept: &[std::path::PathBuf] = if self.callback_secret.is_none() {
            &kept
        } else {
            &[]
        };
        self.secret_files
            .iter()
            .chain(kept)
            .filter_map(|path| file::exposure(path))
            .chain(file::open_folder(&self.data_dir))
            .collect()
    }
}

/// Whether an address is one that only stands for an example.
pub(crate) fn is_example(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else {
        return false;
    };
    let host = host.trim_end_matches('.');
    EXAMPLES.iter().any(|example| {
        host.strip_suffix(example)
            .is_some_and(|front| front.is_empty() || front.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Sources, load};

    #[test]
    fn addresses_of_examples_are_told_from_real_ones() {
        for (address, wanted) in [
            ("https://relay.example.org/", true),
            ("https://example.com/relay/", true),
            ("https://EXAMPLE.net./", true),
            ("https://relay.example/", true),
            ("https://example/", true),
            ("https://relay.myexample.org/", false),
            ("https://example.org.test/", false),
            ("https://192.0.2.1/", false),
        ] {
            assert_eq!(is_example(&Url::parse(address).unwrap()), wanted, "{address}");
        }
    }

    fn loaded(environment: &[(&str, &str)]) -> Settings {
        let environment = environment.iter();
        load(&Sources {
            environment: environment
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Sources::default()
        })
        .unwrap()
    }

    #[test]
    fn a_mistyped_variable_is_told_with_what_was_meant_and_never_with_its_value() {
        let settings = loaded(&[
            ("CENTREX_RELAY_LISTNE", "canary"),
            ("CENTREX_RELAY_PLATFORM_API_KYE", "canary"),
            ("CENTREX_RELAY_WHATEVER_THIS_IS", "canary"),
            ("CENTREX_RELAY_CONFIG", "canary"),
            ("CENTREX_RELAY_FORWARD", ""),
            ("CENTREX_RELAY_EVENTS_KEEP", "2d"),
            ("CENTREX_RELAY_CALLBACK_PREVIOUS_SECRET", "0123456789abcdef"),
        ]);
        let told = settings.unread_variables();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].contains("did you mean CENTREX_RELAY_LISTEN?"), "{told:?}");
        assert!(
            told[1].contains("did you mean CENTREX_RELAY_PLATFORM_API_KEY?"),
            "{told:?}"
        );
        assert!(!told[2].contains("did you mean"), "{told:?}");
        let all = settings.advice();
        assert!(told.iter().all(|one| all.contains(one)) && !all.concat().contains("canary"));
    }

    #[test]
    fn listed_networks_behind_a_proxy_that_isnt_listed_are_told() {
        let sources = ("CENTREX_RELAY_CALLBACK_SOURCES", "192.0.2.0/24");
        let open = ("CENTREX_RELAY_LISTEN", "0.0.0.0:80");
        let https = ("CENTREX_RELAY_PUBLIC_URL", "https://relay.example.org");
        let trusted = ("CENTREX_RELAY_PROXIES_TRUSTED", "127.0.0.1");
        for (environment, is_told) in [
            (&[sources][..], true),
            (&[sources, open, https], true),
            (&[sources, open], false),
            (&[sources, trusted], false),
            (&[https], false),
            (&[("CENTREX_RELAY_CALLBACK_SOURCES", "127.0.0.0/8")], false),
        ] {
            let told = loaded(environment).no_trusted_proxy();
            assert_eq!(told.is_some(), is_told, "{environment:?}");
            assert!(told.is_none_or(|told| told.contains("list the proxy under proxies.trusted")));
        }
    }

    #[test]
    fn what_is_missing_is_named_with_what_wont_work() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        std::fs::write(&key, "a-platform-key").unwrap();
        let load = |flags: &[(&'static str, &str)]| {
            let data = ("data_dir", folder.path().join("data").display().to_string());
            let flags = flags.iter().map(|(key, value)| (*key, (*value).to_owned()));
            let sources = Sources {
                flags: flags.chain([data]).collect(),
                ..Sources::default()
            };
            load(&sources).unwrap().advice()
        };
        let bare = load(&[]);
        assert_eq!(bare.len(), 2, "{bare:?}");
        assert!(bare[0].contains("public_url") && bare[0].contains("callback set"));
        assert!(bare[1].contains("platform.api_key_file") && bare[1].contains("dial"));

        let complete = [
            ("public_url", "https://relay.example.org"),
            ("platform.api_key_file", key.to_str().unwrap()),
        ];
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
            let exposed = load(&complete);
            assert!(
                matches!(&exposed[..], [one] if one.contains("chmod 600")),
                "{exposed:?}"
            );
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
            let data = folder.path().join("data");
            std::fs::create_dir(&data).unwrap();
            for (mode, is_told) in [(0o777, true), (0o720, true), (0o750, false), (0o700, false)] {
                std::fs::set_permissions(&data, std::fs::Permissions::from_mode(mode)).unwrap();
                let told = load(&complete);
                assert_eq!(
                    told.iter().any(|one| one.contains("chmod 700")),
                    is_told,
                    "{told:?}"
                );
            }
        }
        assert_eq!(load(&complete), Vec::<String>::new());
    }
}
