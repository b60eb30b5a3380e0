//! The strings of the workspace, held against each other and against the code that names them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use companion::event::{DialReason, KeychainProblem, LinkProblem, RecordProblem};
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

/// Ids that the code builds from codes.
fn built() -> BTreeSet<String> {
    let dial = DialReason::ALL.iter().map(|reason| reason.message().id);
    let link = LinkProblem::ALL.iter().map(|problem| problem.message().id);
    let record = RecordProblem::ALL
        .iter()
        .map(|problem| problem.words().to_owned());
    let keychain = KeychainProblem::ALL.iter().map(|problem| problem.message().id);
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
    ]
    .map(|id| format!("{id}-withheld"));
    let idle = [
        "keychain-failed",
        "keychain-locked",
        "keychain-no-answer",
        "keychain-no-service",
        "no-credential",
        "not-enrolled",
        "relay-refused",
        "relay-unreachable",
    ]
    .map(|why| format!("cannot-dial-{why}"));
    let discreet = ["note-incoming", "note-missed", "note-placed"].map(|id| format!("{id}-discreet"));
    dial.chain(link)
        .chain(record)
        .chain(keychain)
        .chain(refused)
        .chain(open)
        .chain(asked)
        .chain(territories)
        .chain(about)
        .chain(titles)
        .chain(discreet)
        .chain(idle)
        .collect()
}

/// Ids that stand in the code as they are.
fn written() -> BTreeSet<String> {
    let families = [
        "app", "tray", "note", "party", "dial", "number", "about", "link", "keychain", "settings", "journal",
        "record", "hotkey",
    ];
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
                folders.push(path);
                continue;
            }
            if path.is_dir()
                || path
                    .file_name()
                    .is_some_and(|name| name == "tests.rs" || name == "properties.rs")
            {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for literal in text.split('"').skip(1).step_by(2) {
                let like_an_id =
                    literal.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !literal.ends_with('-');
                if like_an_id
                    && families
                        .iter()
                        .any(|family| literal.starts_with(&format!("{family}-")))
                {
                    found.insert(literal.to_owned());
                }
            }
        }
    }
    found
}

#[test]
fn every_id_of_the_code_has_words_and_every_sentence_has_a_use() {
    let core: BTreeSet<String> = read("fr")["core.ftl"].keys().cloned().collect();
    let named: BTreeSet<String> = built().union(&written()).cloned().collect();
    let codes: BTreeSet<_> = DialReason::ALL
        .iter()
        .map(|reason| reason.code().to_owned())
        .collect();
    let wordless: Vec<_> = named
        .difference(&core)
        .filter(|id| !codes.contains(*id))
        .collect();
    let unused: Vec<_> = core.difference(&named).collect();
    assert!(wordless.is_empty(), "no words for {wordless:?}");
    assert!(unused.is_empty(), "nothing says {unused:?}");
}

/// Every sentence with its arguments filled in; `rang` both ways.
fn every_sentence() -> Vec<(Language, String, String)> {
    let mut all = Vec::new();
    for (lang, code) in [(Language::Fr, "fr"), (Language::En, "en")] {
        for (id, arguments) in read(code)["core.ftl"].iter() {
            for rang in ["yes", "no"] {
                for count in ["1", "2"] {
                    let message =
                        arguments
                            .iter()
                            .fold(Message::new(id), |message, name| match name.as_str() {
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
        let plain = said.replace("https://", "").replace("ldaps://", "");
        for (at, sign) in plain
            .char_indices()
            .filter(|(_, c)| [':', ';', '!', '?'].contains(c))
        {
            let before = plain[..at].chars().next_back();
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
