//! What a configuration that works still lacks.

use url::{Host, Url};

use super::Settings;
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

    /// Files of secrets in use that others may read or change.
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
        }
        assert_eq!(load(&complete), Vec::<String>::new());
    }
}
