//! The two documented functions: who may use them, and what they answer.

use std::net::IpAddr;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::json;
use tokio::sync::oneshot;
use url::Url;

use super::call::{Party, Plan, Stage};
use super::{Due, World};
use crate::config::Account;
use crate::faults::{AnswerFault, Function, Methods, OddAnswer, RequestNumber};
use crate::number::E164;
use crate::record::{Draft, Kind};
use crate::seconds;
use crate::server::Answer;

/// The longest callback URL that may be set.
const LONGEST_URL: usize = 2_048;

/// A request to the API as it arrived.
pub(crate) struct ApiRequest {
    pub(crate) function: Function,
    pub(crate) method: String,
    pub(crate) from: IpAddr,
    pub(crate) parameters: Parameters,
}

/// Its parameters, or why they can't be read.
pub(crate) struct Parameters(pub(crate) Result<Vec<(String, String)>, &'static str>);

impl Parameters {
    /// The parameter's value; an error when it is there twice.
    fn get(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let Ok(all) = &self.0 else { return Ok(None) };
        let mut found = all
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        let first = found.next();
        if found.next().is_some() {
            return Err(Refusal::new(
                400,
                "repeated_parameter",
                format!("{name} is given more than once"),
            ));
        }
        Ok(first)
    }

    fn has(&self, name: &str) -> bool {
        self.0
            .as_ref()
            .is_ok_and(|all| all.iter().any(|(key, value)| key == name && !value.is_empty()))
    }
}

/// Why a request is not carried out.
struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
    retry_after_s: Option<u32>,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after_s: None,
        }
    }
}

impl World {
    /// Answers a request of the API, now or when a fault wants it.
    pub(crate) fn api_request(&mut self, request: &ApiRequest, reply: oneshot::Sender<Answer>) {
        self.write_request(request);
        let fault = self.take_answer_fault(request.function);
        let carried_out = fault
            .as_ref()
            .is_none_or(|f| f.carried_out || f.answer == OddAnswer::Usual);
        let usual = if carried_out {
            match self.carry_out(request) {
                Ok(answer) => answer,
                Err(refusal) => self.refuse(&refusal),
            }
        } else {
            Answer::json(200, json!({"status": "ok"}))
        };
        let (answer, delay, odd) = match fault {
            None => (usual, Duration::ZERO, None),
            Some(fault) => {
                let delay = seconds::duration(fault.delay_s).unwrap_or_default();
                let name = serde_json::to_value(&fault.answer).unwrap_or_default();
                (self.odd_answer(fault.answer, usual), delay, Some(name))
            }
        };
        let mut draft = Draft::new(Kind::ApiAnswered).with("function", function_name(request.function));
        draft = draft
            .with("status", answer.status())
            .with("answer", answer.describe());
        if let Some(code) = answer.code() {
            draft = draft.with("reason", code);
        }
        if let Some(odd) = odd {
            draft = draft.with("fault", odd).with("delay_s", delay.as_secs_f64());
        }
        self.write(draft);
        if delay.is_zero() {
            // Whoever asked may have gone; the phone rings all the same.
            drop(reply.send(answer));
        } else {
            self.later(delay, Due::Reply(reply, answer));
        }
    }

    fn write_request(&self, request: &ApiRequest) {
        let of = |name| request.parameters.get(name).ok().flatten();
        let kind = match request.function {
            Function::SetCallback => Kind::CallbackUrlRequested,
            Function::Call | Function::Any => Kind::CallRequested,
        };
        let authentication = match (
            request.parameters.has("api_key"),
            request.parameters.has("password"),
        ) {
            (true, true) => "both",
            (true, false) => "api_key",
            (false, true) => "password",
            (false, false) => "none",
        };
        let mut draft = Draft::new(kind).with("method", request.method.as_str());
        draft = draft
            .with("from", request.from.to_string())
            .with("authentication", authentication);
        if kind == Kind::CallRequested {
            draft = draft.account(of("account_id")).with("number", of("number"));
        }
        self.write(draft);
    }

    fn take_answer_fault(&mut self, function: Function) -> Option<AnswerFault> {
        let fits = |fault: &AnswerFault| {
            (fault.to == Function::Any || fault.to == function) && fault.times.is_none_or(|times| times > 0)
        };
        let place = self.faults.answers.iter().position(fits)?;
        let fault = self.faults.answers[place].clone();
        if let Some(times) = &mut self.faults.answers[place].times {
            *times -= 1;
            if *times == 0 {
                self.faults.answers.remove(place);
            }
        }
        Some(fault)
    }

    fn carry_out(&mut self, request: &ApiRequest) -> Result<Answer, Refusal> {
        self.admit(request)?;
        match request.function {
            Function::SetCallback => self.set_callback(request),
            Function::Call | Function::Any => self.click_to_call(request),
        }
    }

    /// What every request must pass: method, source, rate, readable parameters.
    fn admit(&mut self, request: &ApiRequest) -> Result<(), Refusal> {
        let takes = match self.faults.api.methods {
            Methods::Get => request.method == "GET",
            Methods::Post => request.method == "POST",
            Methods::Both => request.method == "GET" || request.method == "POST",
        };
        if !takes {
            return Err(Refusal::new(405, "method_not_allowed", "Method not allowed"));
        }
        if self
            .faults
            .allowed_addresses
            .as_ref()
            .is_some_and(|allowed| !allowed.contains(&request.from))
        {
            return Err(Refusal::new(
                403,
                "address_not_allowed",
                "Access denied from this address",
            ));
        }
        if let Some(limit) = self.faults.rate_limit {
            let window = seconds::duration(limit.per_s).unwrap_or_default();
            let now = self.now;
            self.requests.retain(|at| now.saturating_sub(*at) < window);
            if self.requests.len() >= limit.requests {
                let mut refusal = Refusal::new(429, "rate_limited", "Too many requests");
                refusal.retry_after_s = Some(limit.retry_after_s);
                return Err(refusal);
            }
            self.requests.push_back(now);
        }
        if let Err(why) = &request.parameters.0 {
            return Err(Refusal::new(400, "bad_request", *why));
        }
        Ok(())
    }

    fn set_callback(&mut self, request: &ApiRequest) -> Result<Answer, Refusal> {
        let key = required(request, "api_key")?;
        self.check_key(key)?;
        let url = request.parameters.get("url")?;
        let url = url.ok_or_else(|| {
            Refusal::new(
                400,
                "missing_parameter",
                "url is required (empty turns notifications off)",
            )
        })?;
        let url = if url.is_empty() {
            None
        } else {
            Some(callback_url(url)?)
        };
        self.set_callback_url(url);
        Ok(Answer::json(200, json!({"status": "ok"})))
    }

    fn click_to_call(&mut self, request: &ApiRequest) -> Result<Answer, Refusal> {
        let id = required(request, "account_id")?;
        let account = self.authenticate(request, id)?;
        let number = required(request, "number")?;
        let form = match self.faults.api.number {
            RequestNumber::Either => true,
            RequestNumber::Digits => !number.starts_with('+'),
            RequestNumber::Plus => number.starts_with('+'),
        };
        let number = E164::parse(number)
            .filter(|_| form)
            .ok_or_else(|| Refusal::new(400, "invalid_number", "number is not a valid E.164 number"))?;
        if self.callback_url.is_none() || self.faults.without_notifications.contains(&account.id) {
            let message = "This account has no valid notification configuration; call set_callback first";
            return Err(Refusal::new(403, "no_notification_configuration", message));
        }
        if !self.room_for_a_call() {
            return Err(Refusal::new(503, "overloaded", "Too many calls in progress"));
        }
        let timing = self.config.timing;
        let plan = Plan {
            pickup_after: timing.pickup_after,
            answer_after: timing.answer_after,
            talk: timing.talk,
            ring_for: timing.ring_for,
        };
        let callee = self.party(number);
        let caller = Party::Account {
            id: account.id,
            number: account.number,
        };
        let (_, call_id) = self.start_call((caller, callee), Stage::OwnPhoneRings, plan, None);
        let mut body = json!({"status": "ok"});
        if self.faults.api.call_id_in_answer {
            body["call_id"] = call_id.into();
        }
        Ok(Answer::json(200, body))
    }

    /// Whose number it is.
    pub(super) fn party(&self, number: E164) -> Party {
        match self.accounts.values().find(|account| account.number == number) {
            Some(account) => Party::Account {
                id: account.id.clone(),
                number,
            },
            None => Party::Outside(number.digits().to_owned()),
        }
    }

    fn check_key(&self, key: &str) -> Result<(), Refusal> {
        if key == self.config.api_key.expose_secret() {
            Ok(())
        } else {
            Err(Refusal::new(401, "invalid_api_key", "Invalid API key"))
        }
    }

    /// By the customer's key, which may learn that an account does not exist, or by the account's password, which may not.
    fn authenticate(&self, request: &ApiRequest, id: &str) -> Result<Account, Refusal> {
        let present = |value: Option<&'_ str>| value.filter(|value| !value.is_empty()).map(str::to_owned);
        let key = present(request.parameters.get("api_key")?);
        let password = present(request.parameters.get("password")?);
        let account = self.accounts.get(id);
        match (key, password) {
            (Some(_), Some(_)) => Err(Refusal::new(
                400,
                "two_credentials",
                "Give either api_key or password, not both",
            )),
            (Some(key), None) => {
                self.check_key(&key)?;
                account
                    .cloned()
                    .ok_or_else(|| Refusal::new(404, "unknown_account", "Unknown account"))
            }
            (None, Some(password)) => account
                .filter(|account| account.password.expose_secret() == password)
                .cloned()
                .ok_or_else(|| Refusal::new(401, "invalid_credentials", "Invalid account or password")),
            (None, None) => Err(Refusal::new(
                401,
                "authentication_required",
                "Authentication required",
            )),
        }
    }

    fn refuse(&self, refusal: &Refusal) -> Answer {
        let answer = if self.faults.api.html_errors {
            Answer::error_page(refusal.status)
        } else {
            let body = json!({"status": "error", "error": refusal.code, "message": refusal.message});
            Answer::json(refusal.status, body)
        };
        answer.because(refusal.code).retry_after(refusal.retry_after_s)
    }

    fn odd_answer(&self, odd: OddAnswer, usual: Answer) -> Answer {
        match odd {
            OddAnswer::Usual => usual,
            OddAnswer::Status(status) if self.faults.api.html_errors => Answer::error_page(status),
            OddAnswer::Status(status) => {
                let body = json!({"status": "error", "error": "failed", "message": "The request failed"});
                let retry = (status == 429 || status == 503).then_some(30);
                Answer::json(status, body).retry_after(retry)
            }
            OddAnswer::Html => Answer::page(200, "<h1>Centrex</h1><p>Maintenance en cours</p>"),
            OddAnswer::JsonError => {
                let message = "The call could not be placed";
                Answer::json(
                    200,
                    json!({"status": "error", "error": "call_failed", "message": message}),
                )
            }
            OddAnswer::Empty => Answer::empty(200),
            OddAnswer::Endless => Answer::Endless,
            OddAnswer::Redirect(to) => Answer::redirect(to),
            OddAnswer::Close => Answer::Close,
            OddAnswer::Cut => Answer::Cut,
            OddAnswer::Hang => Answer::Hang,
        }
    }
}

fn required<'a>(request: &'a ApiRequest, name: &str) -> Result<&'a str, Refusal> {
    let value = request.parameters.get(name)?.filter(|value| !value.is_empty());
    value.ok_or_else(|| Refusal::new(400, "missing_parameter", format!("{name} is required")))
}

/// Whether the platform could reach it: http or https with a host, and not endless.
pub(crate) fn callback_url_from(text: &str) -> Result<Url, &'static str> {
    if text.len() > LONGEST_URL {
        return Err("url is too long");
    }
    let url = Url::parse(text).map_err(|_| "url is not an absolute URL")?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err("url must begin with http:// or https:// and name a host");
    }
    Ok(url)
}

fn callback_url(text: &str) -> Result<Url, Refusal> {
    callback_url_from(text).map_err(|why| Refusal::new(400, "invalid_url", why))
}

fn function_name(function: Function) -> &'static str {
    match function {
        Function::SetCallback => "set_callback",
        Function::Call | Function::Any => "call",
    }
}
