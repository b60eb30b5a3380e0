//! The documented metrics, the dashboard and the alert rules, held against a running relay.

use std::collections::{BTreeMap, BTreeSet};

use centrex_relay::measures::{ALL, Measure, Words};
use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{Expr, LabelModifier, VectorSelector, parse};
use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::{SECRET, client, enrol, http, next_event, start_of, subscribe, value};
use crate::support_process::Process;

const DOCUMENT: &str = include_str!("../../../../docs/metrics.md");
const DASHBOARD: &str = include_str!("../../packaging/grafana-dashboard.json");
const ALERTS: &str = include_str!("../../packaging/prometheus-alerts.yml");

/// What a scrape tells: the type of each metric, and its series' labels.
#[derive(Default)]
struct Scraped {
    types: BTreeMap<String, String>,
    helps: BTreeMap<String, String>,
    labels: BTreeMap<String, BTreeSet<BTreeMap<String, String>>>,
}

fn read(text: &str) -> Scraped {
    let mut scraped = Scraped::default();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            scraped.types.insert(name.to_owned(), kind.to_owned());
        } else if let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' '))
        {
            scraped.helps.insert(name.to_owned(), help.to_owned());
        } else {
            let (series, _) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let labels = labels.trim_end_matches('}').split("\",");
            let labels = labels.filter_map(|label| label.split_once("=\""));
            let labels = labels.map(|(name, word)| (name.to_owned(), word.trim_end_matches('"').to_owned()));
            let all = scraped.labels.entry(name.to_owned()).or_default();
            all.insert(labels.filter(|(name, _)| name != "le").collect());
        }
    }
    scraped
}

/// The line of a metric in the document.
fn row(measure: &Measure) -> String {
    let labels: String = measure
        .labels
        .iter()
        .map(|(label, words)| match words {
            Words::Of(words) => format!(" `{label}`: `{}`.", words.join("`, `")),
            Words::Any(what) => format!(" `{label}`: {what}."),
        })
        .collect();
    let (name, kind, help) = (measure.name, measure.kind.word(), measure.help);
    format!("| `{name}` | {kind} | {help}.{labels} |")
}

#[test]
fn the_document_lists_all_of_them_and_nothing_else() {
    let listed: BTreeSet<&str> = DOCUMENT.lines().filter(|line| line.starts_with("| `")).collect();
    let rows: Vec<String> = ALL.iter().map(row).collect();
    let wanted: BTreeSet<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(listed, wanted);
}

#[tokio::test]
async fn a_running_relay_tells_those_and_nothing_else() {
    // A process of its own: the relays of this one count together.
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("relay.toml");
    std::fs::write(
        &config,
        "[[forward]]\nname = \"crm\"\nurl = \"http://127.0.0.1:9/\"\n",
    )
    .unwrap();
    let relay = Process::serve(
        folder.path(),
        &["--config", config.to_str().unwrap()],
        &[
            ("CENTREX_RELAY_PLATFORM_URL", "http://127.0.0.1:9/api"),
            ("CENTREX_RELAY_PLATFORM_API_KEY", "canary-platform-key"),
        ],
    );
    let http = http();
    let token = enrol(&relay.base, folder.path(), &["1001"]).await;
    let mut events = subscribe(client(&relay.base, &token), None);
    next_event(&mut events).await;
    let start = start_of("c1", "1001");
    let callback = format!("{}/callback/{SECRET}?{start}", relay.base);
    assert_eq!(http.get(callback).send().await.unwrap().status(), 200);
    next_event(&mut events).await;
    let wrong = format!("{}/callback/not-the-secret?event=call_end", relay.base);
    http.get(wrong).send().await.unwrap();
    let long = format!("{}/callback/{SECRET}?x={}", relay.base, "y".repeat(33 * 1024));
    assert_eq!(http.get(long).send().await.unwrap().status(), 414);
    let press = http
        .post(format!("{}/v1/calls", relay.base))
        .bearer_auth(&token)
        .header("Idempotency-Key", "one")
        .json(&serde_json::json!({"account_id": "1001", "number": "+33199000012"}));
    assert!(press.send().await.unwrap().status().is_server_error());

    let text = http.get(format!("{}/metrics", relay.admin)).send();
    let text = text.await.unwrap().text().await.unwrap();
    for private in [SECRET, "canary", "33199000012", "1001", &token] {
        assert!(!text.contains(private), "{private} in {text}");
    }
    let scraped = read(&text);
    let told = |text: &str| text.to_owned();
    let types = ALL
        .iter()
        .map(|one| (told(one.name), told(one.kind.word())))
        .collect();
    assert_eq!(scraped.types, types);
    assert_eq!(
        scraped.helps,
        ALL.iter().map(|one| (told(one.name), told(one.help))).collect()
    );
    for (series, all) in &scraped.labels {
        let measure = measure_of(series).unwrap_or_else(|| panic!("{series}"));
        for labels in all {
            let names: Vec<&str> = labels.keys().map(String::as_str).collect();
            let mut wanted: Vec<&str> = measure.labels.iter().map(|(name, _)| *name).collect();
            wanted.sort_unstable();
            assert_eq!(names, wanted, "{series}");
            assert!(
                labels.iter().all(|(name, word)| may_say(measure, name, word)),
                "{series} {labels:?}"
            );
        }
    }
    let measured = |series| value(&text, series);
    for (series, value) in [
        (
            "callbacks_total{event=\"incoming_call_start\",outcome=\"changed\"}",
            1.0,
        ),
        ("callback_seconds_count", 1.0),
        ("callbacks_refused_total{reason=\"secret\"}", 1.0),
        ("callbacks_refused_total{reason=\"source\"}", 0.0),
        ("callbacks_refused_total{reason=\"too-large\"}", 1.0),
        // What is refused wasn't let in.
        ("callbacks_admitted_total{secret=\"current\"}", 1.0),
        ("streams", 1.0),
        ("stream_backlog_bytes", 0.0),
        ("platform_seconds_count{outcome=\"unreachable\"}", 1.0),
        ("dials_total{outcome=\"unreachable\"}", 1.0),
        ("store_failures_total", 0.0),
    ] {
        assert_eq!(measured(series), value, "{series}");
    }
    assert!(measured("commit_jobs_sum") >= measured("commit_jobs_count"));
    assert!(measured("tls_expires_timestamp_seconds").is_nan());
}

/// The metric that a series belongs to.
fn measure_of(series: &str) -> Option<&'static Measure> {
    let of_histogram = ["_bucket", "_sum", "_count"]
        .into_iter()
        .find_map(|part| series.strip_suffix(part));
    ALL.iter().find(|one| match one.kind.word() {
        "histogram" => Some(one.name) == of_histogram,
        _ => one.name == series,
    })
}

fn may_say(measure: &Measure, label: &str, word: &str) -> bool {
    let words = measure.labels.iter().find(|(name, _)| *name == label);
    words.is_some_and(|(_, words)| match words {
        Words::Of(words) => words.contains(&word),
        Words::Any(_) => true,
    })
}

/// Checks a query, and gives the labels that its result has.
fn labels_of(query: &Expr) -> BTreeSet<String> {
    match query {
        Expr::VectorSelector(selector) => labels_selected(selector),
        Expr::MatrixSelector(matrix) => labels_selected(&matrix.vs),
        Expr::Aggregate(aggregate) => {
            let inner = labels_of(&aggregate.expr);
            match &aggregate.modifier {
                None => BTreeSet::new(),
                Some(LabelModifier::Include(by)) => {
                    let by: BTreeSet<String> = by.labels.iter().cloned().collect();
                    assert!(by.is_subset(&inner), "{by:?} of {inner:?}");
                    by
                }
                Some(LabelModifier::Exclude(_)) => panic!("by, not without: {aggregate:?}"),
            }
        }
        Expr::Binary(binary) => &labels_of(&binary.lhs) | &labels_of(&binary.rhs),
        Expr::Paren(inner) => labels_of(&inner.expr),
        Expr::Call(call) => {
            let mut labels: BTreeSet<String> = call.args.args.iter().flat_map(|one| labels_of(one)).collect();
            if call.func.name == "histogram_quantile" {
                assert!(labels.remove("le"), "a quantile of no buckets: {call:?}");
            }
            labels
        }
        Expr::NumberLiteral(_) => BTreeSet::new(),
        other => panic!("this check doesn't know {other:?}"),
    }
}

fn labels_selected(selector: &VectorSelector) -> BTreeSet<String> {
    let name = selector.name.as_deref().unwrap();
    let mut labels = BTreeSet::from(["job".to_owned(), "instance".to_owned()]);
    let measure = measure_of(name);
    assert!(measure.is_some() || name == "up", "there is no {name}");
    for label in measure.iter().flat_map(|one| one.labels) {
        labels.insert(label.0.to_owned());
    }
    if name.ends_with("_bucket") {
        labels.insert("le".to_owned());
    }
    for Matcher {
        op,
        name: label,
        value,
    } in &selector.matchers.matchers
    {
        assert!(labels.contains(label), "{name} has no {label}");
        let words: Vec<&str> = match op {
            MatchOp::Equal => vec![value],
            MatchOp::Re(_) => value.split('|').collect(),
            _ => panic!("this check doesn't know {op:?}"),
        };
        if let Some(measure) = measure.filter(|_| !["job", "instance"].contains(&label.as_str())) {
            assert!(
                words.iter().all(|word| may_say(measure, label, word)),
                "{name}: {label} is never {value}"
            );
        }
    }
    labels
}

/// The labels that a text for people takes from its query's result, as `{{label}}` or `{{ $labels.label }}`.
fn taken(text: &str) -> BTreeSet<String> {
    let parts = text.split("{{").skip(1);
    parts
        .map(|part| {
            part.split("}}")
                .next()
                .unwrap()
                .trim()
                .trim_start_matches("$labels.")
                .to_owned()
        })
        .collect()
}

fn check(query: &str, texts: &[&str]) {
    let parsed = parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    let labels = labels_of(&parsed);
    for text in texts {
        let taken = taken(text);
        assert!(
            taken.is_subset(&labels),
            "{query} has {labels:?}; {text:?} takes {taken:?}"
        );
    }
}

#[test]
fn the_dashboard_asks_for_what_there_is() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() > 10);
    for target in panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap())
    {
        let query = target["expr"].as_str().unwrap().replace("$__rate_interval", "5m");
        check(&query, &[target["legendFormat"].as_str().unwrap()]);
    }
}

#[test]
fn the_alerts_ask_for_what_there_is_and_say_the_fix() {
    let document = YamlLoader::load_from_str(ALERTS).unwrap();
    let rules = document[0]["groups"][0]["rules"].as_vec().unwrap();
    assert!(rules.len() > 10);
    for rule in rules {
        let text = |value: &Yaml| value.as_str().unwrap_or_else(|| panic!("{rule:?}")).to_owned();
        let (summary, fix) = (
            text(&rule["annotations"]["summary"]),
            text(&rule["annotations"]["fix"]),
        );
        check(&text(&rule["expr"]), &[&summary, &fix]);
        assert!(["critical", "warning"].contains(&text(&rule["labels"]["severity"]).as_str()));
        assert!(text(&rule["alert"]).starts_with("CentrexRelay"));
    }
}
