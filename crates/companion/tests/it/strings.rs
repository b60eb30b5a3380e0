//! The strings of the workspace, held against each other and against the code that names them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use companion::event::{DialReason, KeychainProblem, LinkProblem, RecordProblem};
use companion::obstacle::Obstacle;
use companion::words::{Language, Message, say};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use telephony::{About, Caution, Refusal, Territory};

/// By file name: each message's id with its arguments.
type Files = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn strings(lang: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../strings")
        .join(lang)
}

fn read(lang: &str) -> Files {
    let mut files = Files::new();
    for entry in fs::read_dir(strings(lang)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let resource = fluent_syntax::parser::parse(text.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{lang}/{name}: {errors:?}"));
        let mut messages = BTreeMap::new();
        for entry in &resource.body {
            if let Entry::Message(message) = entry {
                let mut arguments = BTreeSet::new();
                let value = message
                    .value
                    .as_ref()
                    .unwrap_or_else(|| panic!("{lang}/{name}: {} is empty", message.id.name));
                in_pattern(value, &mut arguments);
                let before = messages.insert(message.id.name.to_owned(), arguments);
                assert!(
                    before.is_none(),
                    "{lang}/{name}: {} is there twice",
                    message.id.name
                );
            }
        }
        files.insert(name, messages);
    }
    files
}

fn in_pattern(pattern: &Pattern<&str>, arguments: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, arguments);
        }
    }
}

fn in_expression(expression: &Expression<&str>, arguments: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, arguments),
        Expression::Select { selector, variants } => {
            in_inline(selector, arguments);
            for variant in variants {
                in_pattern(&variant.value, arguments);
            }
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, arguments: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            arguments.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => in_expression(expression, arguments),
        InlineExpression::FunctionReference { arguments: call, .. } => {
            for positional in &call.positional {
                in_inline(positional, arguments);
            }
        }
        _ => {}
    }
}

#[test]
fn both_languages_hold_the_same_sentences_with_the_same_arguments() {
    let (fr, en) = (read("fr"), read("en"));
    assert!(fr.contains_key("core.ftl"));
    assert_eq!(fr, en);
}

#[test]
fn no_id_stands_in_two_files() {
    let mut seen = BTreeMap::new();
    for (file, messages) in read("fr") {
        for id in messages.into_keys() {
            if let Some(other) = seen.insert(id.clone(), file.clone()) {
                panic!("{id} stands in {other} and in {file}");
            }
        }
    }
}

/// Every value of an enum, which its own list (`ALL`) must hold too: one that isn't named here doesn't compile.
macro_rules! every {
    ($type:ident: $($variant:ident $(($($inner:ident)::+))?),+ $(,)?) => {{
        let listed = |value: &$type| match value {
            $($type::$variant $(($($inner)::+))? => ()),+
        };
        let all = vec![$($type::$variant $(($($inner)::+))?),+];
        all.iter().for_each(listed);
        assert_eq!(BTreeSet::from_iter(debugged(&all)), BTreeSet::from_iter(debugged(&$type::ALL)));
        all
    }};
}

fn debugged<T: std::fmt::Debug>(values: &[T]) -> Vec<String> {
    values.iter().map(|value| format!("{value:?}")).collect()
}

fn dial_reasons() -> Vec<DialReason> {
    every!(DialReason:
        WrongKey, Forbidden, RateLimited, NoCallback, Unreachable, Tls, Timeout, Platform, RelayUnreachable,
        RelayRefused, RelayCannotDial, NumberRefused, RuleRefused, ToConfirm, TooManyCalls, TooManyRequests,
        Keychain(KeychainProblem::NoService), Keychain(KeychainProblem::Locked),
        Keychain(KeychainProblem::NoAnswer), Keychain(KeychainProblem::Failed),
        NotConfigured, NothingRang, OtherPlatform,
    )
}

fn obstacles() -> Vec<Obstacle> {
    every!(Obstacle:
        NotConfigured, NoCredential, OtherPlatform, NotEnrolled, Keychain(KeychainProblem::NoService),
        Keychain(KeychainProblem::Locked), Keychain(KeychainProblem::NoAnswer),
        Keychain(KeychainProblem::Failed), RelayRefused, RelayCannotDial, RelayUnreachable,
    )
}

fn link_problems() -> Vec<LinkProblem> {
    every!(LinkProblem: Unreachable, Tls, Lost, NotARelay, Busy, NoToken, OtherRelay)
}

fn record_problems() -> Vec<RecordProblem> {
    every!(RecordProblem:
        NoOpener, NotOpened, TooManyAddresses, ProgramNotAbsolute, ProgramMissing, NotAProgram, TooManyPrograms,
        ProgramRefused,
    )
}

fn keychain_problems() -> Vec<KeychainProblem> {
    every!(KeychainProblem: NoService, Locked, NoAnswer, Failed)
}

/// Ids that the code builds from codes.
fn built() -> BTreeSet<String> {
    let dial = dial_reasons().into_iter().map(|reason| reason.message().id);
    let by_relay = dial_reasons()
        .into_iter()
        .map(|reason| reason.message_by_relay().id);
    let link = link_problems().into_iter().map(|problem| problem.message().id);
    let record = record_problems()
        .into_iter()
        .map(|problem| problem.words().to_owned());
    let keychain = keychain_problems()
        .into_iter()
        .map(|problem| problem.message().id);
    let refused = Refusal::ALL
        .iter()
        .map(|refusal| format!("number-refused-{}", refusal.code()));
    let open = Refusal::ALL
        .iter()
        .filter(|refusal| refusal.digits().is_some())
        .map(|refusal| format!("number-refused-{}-open", refusal.code()));
    let asked = Caution::ALL
        .iter()
        .map(|caution| format!("number-confirm-{}", caution.code()));
    let territories = Territory::ALL
        .iter()
        .map(|territory| format!("about-territory-{}", territory.code()));
    // Those two are worded by territory and by country.
    let about = About::CODES
        .iter()
        .filter(|code| !["territory", "country"].contains(code))
        .map(|code| format!("about-{code}"));
    let titles = [
        "note-incoming",
        "note-missed",
        "note-placed",
        "tray-ringing",
        "tray-calling",
        "tray-talking",
        "tray-answered",
    ]
    .map(|id| format!("{id}-withheld"));
    let of_a_call = obstacles().into_iter().map(|obstacle| obstacle.of_a_call().id);
    let idle = obstacles().into_iter().map(|obstacle| obstacle.idle().id);
    let discreet =
        ["note-incoming", "note-missed", "note-placed", "note-silenced"].map(|id| format!("{id}-discreet"));
    dial.chain(by_relay)
        .chain(link)
        .chain(record)
        .chain(keychain)
        .chain(refused)
        .chain(open)
        .chain(asked)
        .chain(territories)
        .chain(about)
        .chain(titles)
        .chain(discreet)
        .chain(of_a_call)
        .chain(idle)
        .collect()
}

/// What the code says: ids as they stand, and ids that it puts together from parts.
#[derive(Default)]
struct Said {
    whole: BTreeSet<String>,
    /// The fixed parts of `"doctor-{name}-ok"`, in their order.
    parts: Vec<Vec<String>>,
}

impl Said {
    fn says(&self, id: &str) -> bool {
        self.whole.contains(id) || self.parts.iter().any(|parts| fits(id, parts))
    }

    fn read(&mut self, code: &str) {
        for literal in code.split('"').skip(1).step_by(2) {
            if is_id(literal) {
                self.whole.insert(literal.to_owned());
            } else if let Some(parts) = parts_of(literal) {
                self.parts.push(parts);
            }
        }
    }
}

fn is_id(text: &str) -> bool {
    text.contains('-') && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !text.ends_with('-')
}

/// The fixed parts of an id with placeholders: more than its family must stand before the first, or something after it, or
/// every sentence would seem to be said.
fn parts_of(text: &str) -> Option<Vec<String>> {
    let mut pieces = text.split('{');
    let mut parts = vec![pieces.next()?.to_owned()];
    for piece in pieces {
        parts.push(piece.split_once('}')?.1.to_owned());
    }
    let fixed = parts
        .iter()
        .all(|part| part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
    let narrow = parts[0].matches('-').count() > 1
        || parts.iter().skip(1).any(|part| part.len() > "-x".len())
        || ["country-", "about-"].contains(&parts[0].as_str());
    (parts.len() > 1 && fixed && narrow).then_some(parts)
}

/// Whether an id begins with the first part, ends with the last, and has the others between them.
fn fits(id: &str, parts: &[String]) -> bool {
    let [first, between @ .., last] = parts else {
        return false;
    };
    let mut rest = id
        .strip_prefix(first.as_str())
        .and_then(|id| id.strip_suffix(last.as_str()));
    for part in between {
        rest = rest
            .and_then(|rest| rest.split_once(part.as_str()))
            .map(|(_, after)| after);
    }
    rest.is_some_and(|rest| !rest.is_empty())
}

/// What the programs of the desktop say, their tests left out.
fn said() -> Said {
    let mut said = Said::default();
    let mut folders: Vec<_> = ["companion", "agent", "control", "contacts", "sources"]
        .iter()
        .map(|room| {
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("..")
                .join(room)
                .join("src")
        })
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.extend((name != "tests").then_some(path));
            } else if !["tests.rs", "properties.rs"].contains(&name.as_str()) {
                let text = fs::read_to_string(&path).unwrap();
                said.read(text.split("\n#[cfg(test)]\nmod tests {").next().unwrap());
            }
        }
    }
    // What a column of a table was taken for is said by the page alone.
    let page = "../../ui/src/contacts/Import.svelte";
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
    let templates = page.split('`').map(|text| text.replace("${", "{"));
    said.parts.extend(templates.filter_map(|text| parts_of(&text)));
    said
}

/// What looks like an id and is none: entries of the keychain, threads, columns of a table of contacts.
const NO_SENTENCES: [&str; 17] = [
    "carddav-password",
    "contacts-export",
    "contacts-import",
    "contacts-search",
    "journal-check",
    "journal-export",
    "journal-import",
    "journal-salvage",
    "ldap-password",
    "number-fax",
    "number-home",
    "number-label",
    "number-main",
    "number-mobile",
    "number-other",
    "number-pager",
    "number-work",
];

/// Every id of the files that the agent speaks; the page's own (`window*.ftl`) are held against the page.
fn spoken() -> BTreeSet<String> {
    read("fr")
        .into_iter()
        .filter(|(file, _)| !file.starts_with("window"))
        .flat_map(|(_, messages)| messages.into_keys())
        .collect()
}

#[test]
fn every_id_of_the_code_has_words_and_every_sentence_has_a_use() {
    let (spoken, built, said) = (spoken(), built(), said());
    // Literals of these families are ids; elsewhere a literal like `no-store` may be anything.
    let families = [
        "app",
        "tray",
        "note",
        "party",
        "dial",
        "number",
        "about",
        "link",
        "links",
        "keychain",
        "settings",
        "journal",
        "record",
        "hotkey",
        "cli",
        "enrol",
        "test",
        "doctor",
        "contact",
        "contacts",
        "carddav",
        "ldap",
        "export",
        "import",
        "credential",
        "silence",
    ];
    let family = |id: &str| {
        id.split_once('-')
            .is_some_and(|(first, _)| families.contains(&first))
    };
    let codes: BTreeSet<_> = dial_reasons()
        .iter()
        .map(|reason| reason.code().to_owned())
        .collect();
    let wordless: Vec<_> = said
        .whole
        .iter()
        .filter(|id| family(id) && !NO_SENTENCES.contains(&id.as_str()))
        .chain(&built)
        .filter(|id| !spoken.contains(*id) && !codes.contains(*id))
        .collect();
    let unused: Vec<_> = spoken
        .iter()
        .filter(|id| !built.contains(*id) && !said.says(id))
        .collect();
    assert!(wordless.is_empty(), "no words for {wordless:?}");
    assert!(NO_SENTENCES.iter().all(|id| said.whole.contains(*id)));
    assert!(unused.is_empty(), "nothing says {unused:?}");
}

/// Every sentence that the agent speaks with its arguments filled in; `rang` both ways.
fn every_sentence() -> Vec<(Language, String, String)> {
    let mut all = Vec::new();
    for (lang, code) in [(Language::Fr, "fr"), (Language::En, "en")] {
        let files = read(code)
            .into_iter()
            .filter(|(file, _)| !file.starts_with("window"));
        for (id, arguments) in files.flat_map(|(_, messages)| messages) {
            for rang in ["yes", "no"] {
                for count in ["1", "2"] {
                    let message =
                        arguments
                            .iter()
                            .fold(Message::new(&id), |message, name| match name.as_str() {
                                "rang" => message.with(name, rang),
                                "count" | "digits" => message.with(name, count),
                                _ => message.with(name, "X"),
                            });
                    all.push((lang, id.clone(), say(lang, &message)));
                }
            }
        }
    }
    all
}

#[test]
fn every_sentence_can_be_said() {
    for (lang, id, said) in every_sentence() {
        assert!(
            said != id && !said.contains('{') && !said.contains('\u{2068}'),
            "{lang:?} {id}: {said}"
        );
    }
}

#[test]
fn failures_say_what_to_do_in_more_than_one_clause() {
    for (lang, id, said) in every_sentence() {
        let needs = [
            "dial-failed-",
            "link-down-",
            "keychain-",
            "settings-",
            "journal-",
            "number-refused-",
        ];
        if needs.iter().any(|family| id.starts_with(family)) {
            let clauses = said.matches([':', '.', ';']).count();
            assert!(clauses >= 2 && said.ends_with('.'), "{lang:?} {id}: {said}");
        }
    }
}

#[test]
fn french_is_set_with_its_spaces_and_apostrophes() {
    for (lang, id, said) in every_sentence().iter().filter(|(lang, ..)| *lang == Language::Fr) {
        assert!(!said.contains('\''), "{lang:?} {id}: {said}");
        let plain = [
            "https://", "ldaps://", "ldap://", "http://", "tel:", "callto:", "sip:",
        ]
        .iter()
        .fold(said.clone(), |text, address| text.replace(address, ""));
        for (at, sign) in plain
            .char_indices()
            .filter(|(_, c)| [':', ';', '!', '?'].contains(c))
        {
            let before = plain[..at].chars().next_back();
            let after = plain[at + 1..].chars().next();
            // A time of day.
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            if sign == ':' && digit(before) && digit(after) {
                continue;
            }
            let expected = if sign == ':' { '\u{a0}' } else { '\u{202f}' };
            assert_eq!(before, Some(expected), "{id}: {said}");
        }
    }
}

#[test]
fn whole_numbers_choose_the_plural() {
    let missed = |lang, count: &str| say(lang, &Message::new("tray-missed").with("count", count));
    assert_eq!(missed(Language::Fr, "1"), "1 appel manqué");
    assert_eq!(missed(Language::Fr, "12"), "12 appels manqués");
    assert_eq!(missed(Language::En, "1"), "1 missed call");
    assert_eq!(missed(Language::En, "2"), "2 missed calls");
}

#[test]
fn an_argument_is_never_read_as_a_message() {
    let said = say(
        Language::En,
        &Message::new("note-incoming").with("party", "{ $x } <b>&"),
    );
    assert_eq!(said, "Call from { $x } <b>&");
    let digits = say(Language::En, &Message::new("note-incoming").with("party", "0033"));
    assert_eq!(digits, "Call from 0033");
}

#[test]
fn as_many_missed_calls_as_are_counted_are_that_many_or_more() {
    // The page's own sentence is held by a test of the page.
    for id in ["tray-missed", "tray-menu-calls-missed", "cli-missed-calls"] {
        for (lang, more) in [(Language::Fr, "ou plus"), (Language::En, "or more")] {
            let said = |count: usize| say(lang, &Message::new(id).with("count", count.to_string()));
            let most = companion::view::MOST_MISSED;
            assert!(
                said(most).contains(more) && said(most).contains(&most.to_string()),
                "{}",
                said(most)
            );
            assert!(!said(most - 1).contains(more), "{}", said(most - 1));
        }
    }
}
