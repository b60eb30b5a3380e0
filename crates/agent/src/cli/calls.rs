//! `calls`: searches and exports the journal of the running agent.

use std::path::Path;

use companion::words::{Language, Message, say};
use control::profile::Profile;
use control::protocol::{
    Answer, CallFilter, CallFormat, CallPage, CallQuery, CallView, Direction, Hole, HoleState,
    JournalRequest, Outcome, Request,
};
use control::transport::Client;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::args::{CallsArgs, CallsCommand};
use super::ask::{connect, reason};
use super::files::{ending, to_write};
use super::print;
use super::{DONE, misused, nothing_found};

pub(super) async fn calls(profile: &Profile, lang: Language, args: CallsArgs) -> Result<u8, Message> {
    if let Some(CallsCommand::Export { file, bom, replace }) = &args.command {
        return export(profile, lang, file, *bom, *replace).await;
    }
    let zone = TimeZone::system();
    let mut query = match query(&args, &zone) {
        Ok(query) => query,
        Err(unclear) => return Ok(misused(lang, &unclear)),
    };
    let client = connect(profile).await?;
    let mut all = CallPage {
        calls: Vec::new(),
        next: None,
        holes: Vec::new(),
    };
    loop {
        let wanted = args
            .limit
            .saturating_sub(u32::try_from(all.calls.len()).unwrap_or(u32::MAX));
        if wanted == 0 {
            break;
        }
        query.limit = wanted.min(200);
        let ask = JournalRequest::Search { query: query.clone() };
        let Answer::Calls { page } = ask_for(&client, ask).await? else {
            return Err(Message::new("cli-answer-unknown"));
        };
        all.calls.extend(page.calls);
        all.holes.extend(page.holes);
        all.next.clone_from(&page.next);
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    if args.json {
        let text = serde_json::to_string(&all).map_err(|_| Message::new("cli-answer-unknown"))?;
        print::line(&text);
    } else {
        let snapshot = client.snapshot().await.map_err(|error| reason(&error))?;
        let first = all.calls.first().map(|call| &call.account);
        let several =
            snapshot.accounts.len() > 1 || all.calls.iter().any(|call| Some(&call.account) != first);
        for row in rows(&all, several, lang, &zone) {
            print::line(&row);
        }
        if all.calls.is_empty() {
            print::note(&say(lang, &Message::new("cli-calls-none")));
            return Ok(nothing_found(profile, lang, "calls", &args.text));
        }
    }
    Ok(DONE)
}

async fn export(
    profile: &Profile,
    lang: Language,
    file: &Path,
    bom: bool,
    replace: bool,
) -> Result<u8, Message> {
    let format = match ending(file).as_deref() {
        Some("csv") => CallFormat::Csv,
        Some("json") => CallFormat::Json,
        Some("ics") => CallFormat::Calendar,
        _ => {
            let unclear = Message::new("cli-calls-export-ending");
            return Ok(misused(lang, &unclear.with("file", file.display().to_string())));
        }
    };
    let path = to_write(file, replace)?;
    let client = connect(profile).await?;
    let ask = JournalRequest::Export { path, format, bom };
    let Answer::Written { count } = ask_for(&client, ask).await? else {
        return Err(Message::new("cli-answer-unknown"));
    };
    let written = Message::new("cli-calls-written").with("count", count.to_string());
    print::line(&say(lang, &written));
    Ok(DONE)
}

fn query(args: &CallsArgs, zone: &TimeZone) -> Result<CallQuery, Message> {
    let filter = match (args.missed, args.incoming, args.outgoing, args.to_call_back) {
        (true, ..) => CallFilter::Missed,
        (_, true, ..) => CallFilter::Incoming,
        (_, _, true, _) => CallFilter::Outgoing,
        (.., true) => CallFilter::ToCallBack,
        _ => CallFilter::All,
    };
    let time = |text: &Option<String>, days: i64| {
        let text = text.as_deref();
        text.map(|text| moment(text, days, zone).ok_or_else(|| Message::new("cli-calls-time")))
            .transpose()
    };
    // The day that is named counts too.
    let (from, until) = (time(&args.from, 0)?, time(&args.until, 1)?);
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        return Err(Message::new("cli-calls-period"));
    }
    Ok(CallQuery {
        text: args.text.join(" "),
        filter,
        account: args.account.clone(),
        from: from.map(|at| at.to_string()),
        until: until.map(|at| at.to_string()),
        after: None,
        limit: 0,
    })
}

/// A time in RFC 3339, or the beginning of a day here, so many days later.
fn moment(text: &str, days: i64, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let day: Date = text.parse().ok()?;
    let day = day.checked_add(days.days()).ok()?;
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}

/// Calls, and between them the times in which none could be heard, each where it began; newest first. Of `several` lines each
/// call says its own: one call to a group is a row for each that it rang on.
fn rows(page: &CallPage, several: bool, lang: Language, zone: &TimeZone) -> Vec<String> {
    let at = |text: &str| text.parse::<Timestamp>().unwrap_or(Timestamp::MIN);
    let holes = joined(&page.holes);
    let holes = holes
        .iter()
        .map(|hole| (at(&hole.from), hole_line(hole, lang, zone)));
    let calls = page.calls.iter();
    let calls = calls.map(|call| (at(&call.started_at), line(call, several, lang, zone)));
    let mut rows: Vec<(Timestamp, String)> = holes.chain(calls).collect();
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// A hole that reaches over the end of a page is told in two parts.
fn joined(holes: &[Hole]) -> Vec<Hole> {
    let mut whole: Vec<Hole> = Vec::new();
    for hole in holes {
        match whole.last_mut() {
            Some(later) if later.state == hole.state && hole.until.as_ref() == Some(&later.from) => {
                later.from.clone_from(&hole.from);
            }
            _ => whole.push(hole.clone()),
        }
    }
    whole
}

fn hole_line(hole: &Hole, lang: Language, zone: &TimeZone) -> String {
    let from = written(&hole.from, zone);
    let id = match (hole.state, &hole.until) {
        (_, None) => "cli-calls-hole-open",
        (HoleState::Open, Some(_)) => "cli-calls-hole-awaited",
        (HoleState::Filled, Some(_)) => "cli-calls-hole-filled",
        (HoleState::Gap, Some(_)) => "cli-calls-hole-gap",
    };
    let until = hole.until.as_deref().map(|until| written(until, zone));
    // The date is told once, unless it is another one.
    let (day, hour) = from.split_once(' ').unwrap_or(("", &from));
    let until = until.unwrap_or_default();
    let until = until.strip_prefix(day).map_or(until.as_str(), str::trim_start);
    let message = Message::new(id).with("from", hour).with("until", until);
    format!("{from}\t×\t{}", say(lang, &message))
}

/// A time of the protocol, here.
fn written(at: &str, zone: &TimeZone) -> String {
    at.parse::<Timestamp>().map_or_else(
        |_| at.to_owned(),
        |at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

fn line(call: &CallView, several: bool, lang: Language, zone: &TimeZone) -> String {
    let started = written(&call.started_at, zone);
    let arrow = match call.direction {
        Direction::Incoming => "←",
        Direction::Outgoing => "→",
    };
    let mut words = vec![started, arrow.to_owned(), call.party.clone()];
    words.extend(call.display.clone().filter(|display| *display != call.party));
    if several {
        let own = Message::new("cli-call-line").with("line", call.account.as_str());
        words.push(say(lang, &own));
    }
    words.push(say(lang, &outcome(call)));
    words.extend(call.note.as_ref().map(|note| note.replace('\n', " ")));
    words.join("\t")
}

/// What became of it: where it was answered if elsewhere, and how long it rang in vain.
fn outcome(call: &CallView) -> Message {
    let id = match (call.outcome, &call.answered_on) {
        (Outcome::Ringing, _) => "cli-call-ringing",
        (Outcome::Talking, _) => "cli-call-talking",
        (Outcome::Answered, Some(account)) => {
            return Message::new("cli-call-answered-on").with("line", account.as_str());
        }
        (Outcome::Answered, None) => "cli-call-answered",
        (Outcome::Missed, _) => match rang(call) {
            Some(seconds) => {
                return Message::new("cli-call-missed-after").with("seconds", seconds.to_string());
            }
            None => "cli-call-missed",
        },
        (Outcome::NoAnswer, _) => "cli-call-no-answer",
        (Outcome::Unknown, _) => "cli-call-unknown",
    };
    Message::new(id)
}

/// Whole seconds from its start to its end.
fn rang(call: &CallView) -> Option<i64> {
    let at = |text: &str| text.parse::<Timestamp>().ok();
    let (start, end) = (at(&call.started_at)?, at(call.ended_at.as_deref()?)?);
    Some(end.duration_since(start).as_secs().max(0))
}

async fn ask_for(client: &Client, ask: JournalRequest) -> Result<Answer, Message> {
    let answer = client.request(Request::Journal { ask }).await;
    answer.map_err(|error| reason(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(outcome: Outcome, started: &str, ended: Option<&str>, elsewhere: Option<&str>) -> CallView {
        CallView {
            account: "1001".into(),
            call: "a".into(),
            direction: Direction::Incoming,
            outcome,
            answered_on: elsewhere.map(str::to_owned),
            party: "01 99 00 00 42".into(),
            display: None,
            company: None,
            why: None,
            ambiguous: false,
            shared: false,
            note: None,
            call_back: control::protocol::CallBackState::None,
            has_record: false,
            silenced: false,
            number: None,
            about: None,
            line: "1001".into(),
            started_at: started.into(),
            connected_at: None,
            ended_at: ended.map(str::to_owned),
            status: None,
            unread: false,
        }
    }

    #[test]
    fn holes_stand_where_they_began_and_in_one_piece() {
        let hole = |from: &str, until: Option<&str>, state| Hole {
            from: format!("2026-11-{from}:00Z"),
            until: until.map(|until| format!("2026-11-{until}:00Z")),
            state,
        };
        let missed = |at: &str| call(Outcome::Missed, &format!("2026-11-{at}:00Z"), None, None);
        let page = CallPage {
            calls: vec![missed("24T11:00"), missed("24T10:05"), missed("24T09:00")],
            next: None,
            holes: vec![
                hole("24T12:00", None, HoleState::Open),
                hole("24T11:30", Some("24T11:40"), HoleState::Open),
                // Two pages met at the call of 10:05.
                hole("24T10:05", Some("24T10:17"), HoleState::Filled),
                hole("24T10:02", Some("24T10:05"), HoleState::Filled),
                hole("23T18:00", Some("24T08:00"), HoleState::Gap),
            ],
        };
        let told: Vec<String> = rows(&page, false, Language::En, &TimeZone::UTC)
            .iter()
            .map(|row| row.replace('\t', " ").replacen("2026-11-", "", 1))
            .collect();
        assert_eq!(
            told,
            [
                "24 12:00 × not connected since 12:00",
                "24 11:30 × not connected from 11:30 to 11:40: not caught up yet",
                "24 11:00 ← 01 99 00 00 42 missed",
                "24 10:05 ← 01 99 00 00 42 missed",
                "24 10:02 × not connected from 10:02 to 10:17: caught up",
                "24 09:00 ← 01 99 00 00 42 missed",
                "23 18:00 × not connected from 18:00 to 2026-11-24 08:00: calls may be missing",
            ]
        );
    }

    #[test]
    fn what_became_of_a_call_is_kept_apart() {
        let told = |outcome, ended: Option<&str>, elsewhere: Option<&str>| {
            let call = call(outcome, "2026-11-24T10:00:00Z", ended, elsewhere);
            line(&call, false, Language::Fr, &TimeZone::UTC)
        };
        let end = Some("2026-11-24T10:00:04.9Z");
        for (outcome, ended, elsewhere, words) in [
            (Outcome::Answered, end, None, "pris"),
            (Outcome::Answered, end, Some("1002"), "pris sur la ligne 1002"),
            (Outcome::Missed, end, None, "manqué, a sonné 4\u{202f}s"),
            (Outcome::Missed, None, None, "manqué"),
            (Outcome::Unknown, end, None, "issue inconnue"),
        ] {
            let line = told(outcome, ended, elsewhere);
            assert!(line.ends_with(&format!("\t{words}")), "{line}");
        }
    }

    #[test]
    fn rows_of_several_lines_are_told_apart() {
        let call = call(Outcome::Missed, "2026-11-24T10:00:00Z", None, None);
        let other = CallView {
            account: "1002".into(),
            ..call.clone()
        };
        let told = |several| [&call, &other].map(|call| line(call, several, Language::En, &TimeZone::UTC));
        let [one, two] = told(true);
        assert!(one.ends_with("\tline 1001\tmissed"), "{one}");
        assert!(two.ends_with("\tline 1002\tmissed"), "{two}");
        // On a desk with one line there is nothing to tell.
        let [one, _] = told(false);
        assert!(!one.contains("1001"), "{one}");
    }

    #[test]
    fn days_are_days_here_and_times_are_times() {
        let paris = TimeZone::fixed(jiff::tz::offset(1));
        let at = |text, days| moment(text, days, &paris).map(|at| at.to_string());
        assert_eq!(at("2026-11-24", 0).as_deref(), Some("2026-11-23T23:00:00Z"));
        assert_eq!(at("2026-11-24", 1).as_deref(), Some("2026-11-24T23:00:00Z"));
        assert_eq!(
            at("2026-11-24T10:00:00Z", 1).as_deref(),
            Some("2026-11-24T10:00:00Z")
        );
        assert_eq!(at("hier", 0), None);
    }
}
