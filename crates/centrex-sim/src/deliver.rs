//! Sending callbacks: real HTTP requests with a bounded wait.

use std::time::Duration;

use reqwest::redirect::Policy;

use crate::error::SimError;
use crate::faults::CallbackMethod;
use crate::world::{Outcome, Shipment};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The platform's own HTTP client.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    client: reqwest::Client,
}

impl Sender {
    pub(crate) fn new(timeout: Duration) -> Result<Self, SimError> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .http1_only()
            .user_agent("centrex-sim")
            // Each callback on a connection of its own: a receiver that was restarted must not cost one.
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            .timeout(timeout)
            .build()
            .map_err(|error| SimError::Client(error.without_url()))?;
        Ok(Self { client })
    }

    /// Sends one and waits for its answer's head; what the body says does not matter to the platform.
    pub(crate) async fn send(&self, shipment: Shipment) -> Outcome {
        let request = match shipment.method {
            CallbackMethod::Get => self.client.get(&shipment.url),
            CallbackMethod::Head => self.client.head(&shipment.url),
            CallbackMethod::Post => self.client.post(&shipment.url),
        };
        let request = match shipment.form {
            Some(form) => request
                .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form),
            None => request,
        };
        match request.send().await {
            Ok(response) => Outcome::Answered(response.status().as_u16()),
            Err(error) if error.is_timeout() => Outcome::Failed("no answer in time"),
            Err(error) if error.is_connect() => Outcome::Failed("no connection"),
            Err(error) if error.is_builder() => Outcome::Failed("not a URL that can be asked"),
            Err(_) => Outcome::Failed("the connection broke"),
        }
    }
}
