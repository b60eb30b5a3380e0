//! Whose certificates are believed.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

/// The system's own store, which a company may have added to; tests add an authority of their own.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    extra: Vec<CertificateDer<'static>>,
}

impl Trust {
    /// The system's store and these authorities, in PEM.
    ///
    /// # Errors
    /// When that is no certificate.
    pub fn and(pem: &[u8]) -> Result<Self, rustls::pki_types::pem::Error> {
        let extra = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>()?;
        Ok(Self { extra })
    }

    /// How TLS is spoken.
    ///
    /// # Errors
    /// The system's store can't be read.
    pub(crate) fn config(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(default_provider());
        let verifier = Verifier::new_with_extra_roots(self.extra.iter().cloned(), Arc::clone(&provider))?;
        Ok(ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth())
    }
}
