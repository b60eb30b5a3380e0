//! Every metric of the relay: its name, its labels and their words, what it tells. What is recorded anywhere stands here, and
//! `docs/metrics.md` says the same to those who run a relay; tests hold the three together.
//!
//! No label holds a number, a name, an account or a secret, and all but those marked [`Words::Any`] have a few words only.

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Label, Metadata, Recorder, SharedString, Unit, describe_counter,
    describe_gauge, describe_histogram,
};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

/// How a metric counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Grows.
    Counter,
    /// Goes up and down. NaN as long as it isn't known.
    Gauge,
    /// How many there were of which size.
    Histogram,
}

impl Kind {
    /// Prometheus' word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// What a label may say.
#[derive(Clone, Copy, Debug)]
pub enum Words {
    /// One of these.
    Of(&'static [&'static str]),
    /// Something of a bounded set that isn't known here; the text says what.
    Any(&'static str),
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// Its name.
    pub name: &'static str,
    /// How it counts.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [(&'static str, Words)],
    /// What it tells.
    pub help: &'static str,
}

const fn measure(
    kind: Kind,
    name: &'static str,
    labels: &'static [(&'static str, Words)],
    help: &'static str,
) -> Measure {
    Measure {
        name,
        kind,
        labels,
        help,
    }
}

const EVENTS: Words = Words::Of(&[
    "incoming_call_start",
    "outgoing_call_start",
    "call_connected",
    "call_end",
    "other",
]);

const DESTINATION: Words = Words::Any("the forward's name");

const ROUTE: Words = Words::Any("the path's template, or (none)");

/// What came of a request to the platform: `accepted`, or `centrex::Error::code`.
const PLATFORM: Words = Words::Of(&[
    "accepted",
    "wrong-key",
    "forbidden",
    "rate-limited",
    "no-callback",
    "rejected",
    "unreachable",
    "tls",
    "timeout",
    "interrupted",
    "redirected",
    "server",
    "web-page",
    "unexpected",
    "body-too-large",
]);

/// All of them, as the document has them.
pub const ALL: &[Measure] = {
    use Kind::{Counter, Gauge, Histogram};
    use Words::{Any, Of};
    &[
        measure(
            Counter,
            "centrex_relay_callbacks_total",
            &[
                ("event", EVENTS),
                ("outcome", Of(&["changed", "repeat", "early", "set-aside"])),
            ],
            "Callbacks taken in: they changed a call, said what was known, came before their call's start, or could not be used",
        ),
        measure(
            Counter,
            "centrex_relay_callbacks_set_aside_total",
            &[(
                "reason",
                Of(&[
                    "unknown-event",
                    "no-call-id",
                    "no-account",
                    "too-long",
                    "conflict",
                    "reused-call-id",
                    "too-many-accounts",
                    "no-start",
                    "too-large",
                ]),
            )],
            "Callbacks kept for `unmatched list`, by why: because they could not be used, or beside being used",
        ),
        measure(
            Counter,
            "centrex_relay_callback_oddities_total",
            &[(
                "kind",
                Of(&[
                    "missing-event",
                    "unknown-event",
                    "missing-call-id",
                    "missing-account-id",
                    "repeated-parameter",
                    "invalid-utf8",
                    "bad-duration",
                ]),
            )],
            "What was odd about callbacks",
        ),
        measure(
            Histogram,
            "centrex_relay_callback_seconds",
            &[],
            "From a callback's arrival until it is on disk and handed to the streams",
        ),
        measure(
            Counter,
            "centrex_relay_callbacks_admitted_total",
            &[("secret", Of(&["current", "previous"]))],
            "Callbacks let in, by secret; once `previous` stands still, the operator has changed over",
        ),
        measure(
            Counter,
            "centrex_relay_callbacks_refused_total",
            &[("reason", Of(&["secret", "source", "too-large", "incomplete"]))],
            "Denials: a wrong secret (404), a network that `callback.sources` doesn't list (403), more than is taken (413, 414), a body that came too slowly or broke off (408)",
        ),
        measure(Gauge, "centrex_relay_streams", &[], "Streams at present"),
        measure(
            Gauge,
            "centrex_relay_stream_backlog_bytes",
            &[],
            "Lag: what waits for the slowest stream",
        ),
        measure(
            Counter,
            "centrex_relay_streams_refused_total",
            &[("reason", Of(&["all", "token", "address", "stopping"]))],
            "Streams turned away for want of room: in all, of one token, from one address, or because the relay stops",
        ),
        measure(
            Counter,
            "centrex_relay_streams_cut_total",
            &[("reason", Of(&["slow", "revoked", "stopping"]))],
            "Streams ended by the relay",
        ),
        measure(
            Counter,
            "centrex_relay_gaps_total",
            &[],
            "Desktops told that what they missed is forgotten",
        ),
        measure(Counter, "centrex_relay_events_total", &[], "Events made"),
        measure(
            Counter,
            "centrex_relay_events_unheard_total",
            &[],
            "Those of accounts that no desktop is enrolled for; `doctor` names the accounts",
        ),
        measure(
            Histogram,
            "centrex_relay_commit_seconds",
            &[],
            "One commit: written and synced to the disk",
        ),
        measure(
            Histogram,
            "centrex_relay_commit_jobs",
            &[],
            "Batch size: how many jobs one commit wrote together",
        ),
        measure(
            Counter,
            "centrex_relay_store_jobs_total",
            &[],
            "Jobs for the store: callbacks, presses, tokens, forgetting",
        ),
        measure(
            Counter,
            "centrex_relay_store_failures_total",
            &[],
            "Commits that failed: a full or broken disk",
        ),
        measure(
            Gauge,
            "centrex_relay_store_sound",
            &[],
            "1: the whole database was read since the start and is good; 0: it is damaged; NaN: not read yet",
        ),
        measure(
            Counter,
            "centrex_relay_forgotten_total",
            &[("why", Of(&["age", "size"]))],
            "Rows forgotten for their age, or because the database is too large",
        ),
        measure(
            Gauge,
            "centrex_relay_clock_doubted",
            &[],
            "1: the machine's clock jumped, or much time passed since the last write, and nothing is forgotten for its age until the clock has gone evenly for an hour",
        ),
        measure(
            Gauge,
            "centrex_relay_forward_backlog",
            &[("destination", DESTINATION)],
            "Callbacks that wait to be passed on",
        ),
        measure(
            Counter,
            "centrex_relay_forwarded_total",
            &[
                ("destination", DESTINATION),
                ("outcome", Of(&["delivered", "again", "down", "refused"])),
            ],
            "Requests to a forward: taken, to be tried again, nobody there, refused for good",
        ),
        measure(
            Counter,
            "centrex_relay_forward_dropped_total",
            &[
                ("destination", DESTINATION),
                ("reason", Of(&["full", "old", "refused"])),
            ],
            "Callbacks that a forward never got: its queue was full, they grew too old, it refused them",
        ),
        measure(
            Histogram,
            "centrex_relay_platform_seconds",
            &[("outcome", PLATFORM)],
            "Requests to the platform for a call",
        ),
        measure(
            Counter,
            "centrex_relay_dials_total",
            &[(
                "outcome",
                Any(
                    "what came of it: an outcome of `centrex_relay_platform_seconds`, or the refusal's problem, like `number-refused` or `rule-refused`",
                ),
            )],
            "Presses, those that were denied included",
        ),
        measure(
            Counter,
            "centrex_relay_limited_total",
            &[("what", Of(&["token", "refused", "code"]))],
            "Denials (429): a desktop beyond its budget, an address with too much that is refused, or with too many wrong codes",
        ),
        measure(
            Counter,
            "centrex_relay_enrolments_total",
            &[("outcome", Of(&["enrolled", "refused", "limited"]))],
            "Enrolment codes traded, or not",
        ),
        measure(
            Counter,
            "centrex_relay_requests_total",
            &[
                ("route", ROUTE),
                ("method", Of(&["GET", "POST", "HEAD", "other"])),
                ("status", Any("the answer's status; 401 and 403 are denials")),
            ],
            "Requests answered",
        ),
        measure(
            Histogram,
            "centrex_relay_request_seconds",
            &[("route", ROUTE)],
            "Until an answer begins",
        ),
        measure(
            Counter,
            "centrex_relay_connections_refused_total",
            &[],
            "Connections beyond `connections`, or beyond an eighth of them from one address",
        ),
        measure(
            Gauge,
            "centrex_relay_tls_expires_timestamp_seconds",
            &[],
            "Until when the certificate is good, in Unix time; NaN without TLS of the relay's own",
        ),
        measure(
            Counter,
            "centrex_relay_tls_reload_failed_total",
            &[],
            "New certificates that could not be used, or not be had",
        ),
        measure(
            Counter,
            "centrex_relay_tls_handshakes_failed_total",
            &[],
            "TLS handshakes that failed; mostly strangers",
        ),
    ]
};

/// Those of the gauges that aren't known before something was looked at; the others begin at 0.
const UNKNOWN_AT_FIRST: [&str; 2] = [
    "centrex_relay_store_sound",
    "centrex_relay_tls_expires_timestamp_seconds",
];

const SECONDS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];
const JOBS: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

/// Installs the process' recorder, and begins every series that is known beforehand: an alert on growth sees nothing in a
/// series whose first value is 1.
///
/// # Errors
/// Why there can't be one.
pub(crate) fn install() -> Result<PrometheusHandle, String> {
    let recorder = recorder().map_err(|error| error.to_string())?;
    let handle = recorder.handle();
    metrics::set_global_recorder(Listed(recorder)).map_err(|error| error.to_string())?;
    for measure in ALL {
        match measure.kind {
            Kind::Counter => describe_counter!(measure.name, measure.help),
            Kind::Gauge => describe_gauge!(measure.name, measure.help),
            Kind::Histogram => describe_histogram!(measure.name, measure.help),
        }
        begin(measure, None);
    }
    Ok(handle)
}

/// Begins the series of a forward.
pub(crate) fn begin_destination(name: &str) {
    let of_destinations = ALL
        .iter()
        .filter(|one| one.labels.iter().any(|(label, _)| *label == "destination"));
    of_destinations.for_each(|measure| begin(measure, Some(name)));
}

fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let jobs = Matcher::Full("centrex_relay_commit_jobs".to_owned());
    let builder = PrometheusBuilder::new().set_buckets(&SECONDS)?;
    Ok(builder.set_buckets_for_metric(jobs, &JOBS)?.build_recorder())
}

/// `any` is what the label says whose words aren't known beforehand.
fn begin(measure: &Measure, any: Option<&str>) {
    for labels in combinations(measure.labels, any) {
        match measure.kind {
            Kind::Counter => metrics::counter!(measure.name, labels).increment(0),
            Kind::Gauge if UNKNOWN_AT_FIRST.contains(&measure.name) => {
                metrics::gauge!(measure.name).set(f64::NAN);
            }
            Kind::Gauge => metrics::gauge!(measure.name, labels).set(0.0),
            Kind::Histogram => drop(metrics::histogram!(measure.name, labels)),
        }
    }
}

/// Every combination of the labels' words; none when one of them may say anything.
fn combinations(labels: &[(&'static str, Words)], any: Option<&str>) -> Vec<Vec<Label>> {
    labels
        .iter()
        .fold(vec![Vec::new()], |so_far: Vec<Vec<Label>>, (name, words)| {
            let words = match words {
                Words::Of(words) => words.to_vec(),
                Words::Any(_) => any.into_iter().collect(),
            };
            let longer = so_far.iter().flat_map(|labels| {
                words.iter().map(|word| {
                    let label = Label::new(*name, (*word).to_owned());
                    labels.iter().cloned().chain([label]).collect()
                })
            });
            longer.collect()
        })
}

/// Records what stands in [`ALL`]. Debug builds, and so all tests, stop at anything else.
struct Listed(PrometheusRecorder);

impl Listed {
    fn check(key: &Key, kind: Kind) {
        debug_assert!(
            is_listed(key, kind),
            "{key} is no {} of measures::ALL",
            kind.word()
        );
    }
}

fn is_listed(key: &Key, kind: Kind) -> bool {
    let Some(measure) = ALL.iter().find(|one| one.name == key.name() && one.kind == kind) else {
        return false;
    };
    let fits = |label: &Label| {
        let words = measure.labels.iter().find(|(name, _)| *name == label.key());
        words.is_some_and(|(_, words)| match words {
            Words::Of(words) => words.contains(&label.value()),
            Words::Any(_) => true,
        })
    };
    key.labels().len() == measure.labels.len() && key.labels().all(fits)
}

impl Recorder for Listed {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_counter(key, unit, help);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_gauge(key, unit, help);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_histogram(key, unit, help);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        Self::check(key, Kind::Counter);
        self.0.register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        Self::check(key, Kind::Gauge);
        self.0.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        Self::check(key, Kind::Histogram);
        self.0.register_histogram(key, metadata)
    }
}
