//! Talking to a running simulator.

use std::time::Duration;

use anyhow::{anyhow, bail};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::redirect::Policy;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::args::Usage;

/// Longer than the longest wait that is asked for.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A running simulator.
pub(crate) struct Remote {
    client: reqwest::Client,
    base: url::Url,
}

impl Remote {
    pub(crate) fn new(sim: &str) -> anyhow::Result<Self> {
        let front = format!("{}/sim/", sim.trim_end_matches('/'));
        let base = url::Url::parse(&front).ok().filter(|url| url.has_host());
        let base = base.ok_or_else(|| {
            Usage(format!(
                "{sim} is not a simulator's address, such as http://127.0.0.1:8480"
            ))
        })?;
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { client, base })
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.ask(self.client.get(self.base.join(path)?)).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        self.ask(self.client.post(self.base.join(path)?).json(body)).await
    }

    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        self.ask(self.client.put(self.base.join(path)?).json(body)).await
    }

    async fn ask<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> anyhow::Result<T> {
        let at = self.base.origin().ascii_serialization();
        let response = request.send().await.map_err(|error| {
            if error.is_connect() {
                anyhow!("no simulator answers at {at}. Start one with `centrex-sim serve`, or name it with --sim or CENTREX_SIM_URL")
            } else {
                anyhow!("the simulator at {at} did not answer: {}", error.without_url())
            }
        })?;
        let status = response.status();
        let body = response
            .bytes()
            .await
            .map_err(|error| anyhow!("the simulator's answer broke off: {}", error.without_url()))?;
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|_| anyhow!("what answers at {at} is not this version of centrex-sim"));
        }
        #[derive(serde::Deserialize)]
        struct Failure {
            error: String,
        }
        match serde_json::from_slice::<Failure>(&body) {
            Ok(Failure { error }) => bail!("{error}"),
            Err(_) => bail!("what answers at {at} is not centrex-sim (it says {status})"),
        }
    }
}

/// An account as a segment of a path.
pub(crate) fn escaped(account: &str) -> String {
    utf8_percent_encode(account, NON_ALPHANUMERIC).to_string()
}
