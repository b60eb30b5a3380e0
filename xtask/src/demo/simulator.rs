//! The simulated platform, seen from the side that people on the phones have.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// Longest single question; the simulator answers earlier when something happened.
const LONG_POLL: Duration = Duration::from_secs(2);

/// A call as the platform itself saw it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Played {
    /// Its id.
    pub call: String,
    /// `incoming` or `outgoing`, seen from the account.
    pub direction: String,
    /// The other party's number.
    pub number: String,
    /// Both sides talked.
    pub connected: bool,
}

/// The control surface of a running simulator.
pub struct Simulator {
    /// `http://127.0.0.1:…`
    pub url: String,
    agent: ureq::Agent,
}

impl Simulator {
    /// The simulator at this address.
    pub fn at(url: String) -> Self {
        let config = ureq::Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(LONG_POLL * 5))
            .build();
        Self {
            url,
            agent: config.into(),
        }
    }

    /// Where its API is, for those who place calls.
    pub fn platform_url(&self) -> String {
        format!("{}/api", self.url)
    }

    /// The number of the last entry of its record: [`Simulator::wait`] begins after it.
    ///
    /// # Errors
    /// When it doesn't answer.
    pub fn mark(&self) -> Result<u64> {
        Ok(self.record(0, Duration::ZERO)?.last().map_or(0, seq))
    }

    /// Waits for the first entry after `mark` that `pick` takes.
    ///
    /// # Errors
    /// When none comes within `limit`; the error lists what came instead.
    pub fn wait(
        &self,
        mark: u64,
        limit: Duration,
        what: &str,
        pick: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        let deadline = Instant::now() + limit;
        let mut after = mark;
        let mut instead = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            for entry in self.record(after, left.min(LONG_POLL))? {
                if pick(&entry) {
                    return Ok(entry);
                }
                after = seq(&entry);
                instead.push(entry["kind"].clone());
            }
            if left.is_zero() {
                bail!(
                    "waited {limit:?} in vain for {what} in the simulator's record; it has instead: {instead:?}"
                );
            }
        }
    }

    /// The calls that are over, in the order in which they began.
    ///
    /// # Errors
    /// When it doesn't answer.
    pub fn ended_calls(&self) -> Result<Vec<Played>> {
        let record = self.record(0, Duration::ZERO)?;
        let has = |kind: &str, call: &Value| {
            record
                .iter()
                .any(|entry| entry["kind"] == kind && entry["call_id"] == *call)
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let begun = record.iter().filter(|entry| entry["kind"] == "own_phone_rings");
        let over = begun.filter(|entry| has("ended", &entry["call_id"]));
        let played = over.map(|entry| Played {
            call: text(&entry["call_id"]),
            direction: text(&entry["direction"]),
            number: text(&entry["number"]),
            connected: has("connected", &entry["call_id"]),
        });
        Ok(played.collect())
    }

    fn record(&self, after: u64, wait: Duration) -> Result<Vec<Value>> {
        let url = format!(
            "{}/sim/record?after={after}&wait={}",
            self.url,
            wait.as_secs_f64()
        );
        let mut answer = self
            .agent
            .get(&url)
            .call()
            .context("the simulator's record can't be read")?;
        Ok(answer.body_mut().read_json()?)
    }

    /// Somebody calls an account's phone, and waits; returns the call's id.
    ///
    /// # Errors
    /// When the simulator refuses.
    pub fn ring(&self, account: &str, from: &str) -> Result<String> {
        self.call(&json!({ "to": account, "from": from }))
    }

    /// Somebody calls a number behind which two accounts' phones ring, and waits; returns the call's id.
    ///
    /// # Errors
    /// When the simulator refuses.
    pub fn ring_both(&self, accounts: [&str; 2], called: &str, from: &str) -> Result<String> {
        let [to, also] = accounts;
        self.call(&json!({ "to": to, "also": [also], "called": called, "from": from }))
    }

    fn call(&self, ring: &Value) -> Result<String> {
        let answer = self.post("/sim/ring", ring)?;
        answer["call_id"]
            .as_str()
            .map(str::to_owned)
            .context("the simulator named no call")
    }

    /// Whatever rings next in the account's call is answered: its own phone, or the other party's.
    ///
    /// # Errors
    /// When nothing rings.
    pub fn answer(&self, account: &str) -> Result<()> {
        self.post(&format!("/sim/phones/{account}/answer"), &json!({}))
            .map(drop)
    }

    /// The other side hangs up, or gives up.
    ///
    /// # Errors
    /// When there is no call.
    pub fn other_hangs_up(&self, account: &str) -> Result<()> {
        self.post(
            &format!("/sim/phones/{account}/hang-up"),
            &json!({ "by": "other_party" }),
        )
        .map(drop)
    }

    /// This one of the account's ringing calls is answered.
    ///
    /// # Errors
    /// When it doesn't ring.
    pub fn answer_call(&self, account: &str, call: &str) -> Result<()> {
        self.post(
            &format!("/sim/phones/{account}/answer"),
            &json!({ "call_id": call }),
        )
        .map(drop)
    }

    /// What an account's phone is doing: `idle`, `ringing`, `calling`, `talking`.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn phone(&self, account: &str) -> Result<String> {
        let mut answer = self.agent.get(format!("{}/sim/phones", self.url)).call()?;
        let phones: Vec<Value> = answer.body_mut().read_json()?;
        let phone = phones.iter().find(|phone| phone["account"] == account);
        let state = phone.and_then(|phone| phone["state"].as_str());
        state.map(str::to_owned).context("no such phone")
    }

    /// The other side of this call hangs up, or gives up.
    ///
    /// # Errors
    /// When there is no such call.
    pub fn caller_hangs_up(&self, account: &str, call: &str) -> Result<()> {
        self.post(
            &format!("/sim/phones/{account}/hang-up"),
            &json!({ "call_id": call, "by": "other_party" }),
        )
        .map(drop)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.url);
        let mut answer = self
            .agent
            .post(&url)
            .send_json(body)
            .with_context(|| format!("the simulator refused {path}"))?;
        Ok(answer.body_mut().read_json()?)
    }
}

fn seq(entry: &Value) -> u64 {
    entry["seq"].as_u64().unwrap_or(0)
}

/// Whether two ways of writing a number mean the same one: `+33 1…`, `331…` and `01…`.
pub fn same_number(a: &str, b: &str) -> bool {
    let national = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits
            .strip_prefix("33")
            .or_else(|| digits.strip_prefix('0'))
            .map_or(digits.clone(), str::to_owned)
    };
    national(a) == national(b)
}

/// Whether a text shows this French number, in whatever grouping.
pub fn shows_number(text: &str, e164: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = e164.trim_start_matches("+33");
    digits.contains(&format!("0{national}")) || digits.contains(&format!("33{national}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_in_any_form() {
        assert!(same_number("+33199001234", "33199001234"));
        assert!(same_number("01 99 00 12 34", "+33 1 99 00 12 34"));
        assert!(!same_number("+33199001234", "+33199001235"));
        assert!(shows_number(
            "Appel de 02\u{a0}61\u{a0}91\u{a0}00\u{a0}42",
            "+33261910042"
        ));
        assert!(!shows_number("Appel de 02 61 91 00 43", "+33261910042"));
    }
}
