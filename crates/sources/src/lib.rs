//! Names from the network, without an agent and without a desktop: address books on CardDAV servers ([`carddav`]), company
//! directories over LDAP ([`ldap`]).
//!
//! Both only read. A password goes to the server that it belongs to and nowhere else: over TLS, or on this very computer; a
//! server that sends us on to another is not followed. What goes wrong is a [`Trouble`], which the caller has sentences for. What
//! comes from outside is bounded in size and time, and becomes contacts through [`contacts`], which makes it harmless.
//!
//! A crypto provider must be installed before (`rustls::crypto::ring::default_provider().install_default()`).

pub mod carddav;
pub mod ldap;
mod trouble;
mod trust;

pub use trouble::Trouble;
pub use trust::Trust;
