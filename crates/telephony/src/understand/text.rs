//! Numbers in a text: labels, separators, extensions and letters around runs of digits.

use super::plan::{self, Reading};
use super::words::{WordKind, kind};
use super::{Choice, Meaning, Note, One, split};
use crate::rules::Rules;
use crate::verdict::Refusal;

/// Most numbers offered to choose from.
const MOST_CHOICES: usize = 20;
/// Most digits of an extension.
const LONGEST_EXTENSION: usize = 6;

/// Reads a normalised, non-empty text.
pub(super) fn read(text: &str, rules: &Rules) -> Meaning {
    if text.starts_with(['*', '#']) {
        return Meaning::Refused(Refusal::ServiceCode);
    }
    // One number over several lines or cells is still one number.
    if text.chars().all(|c| is_run(c) || c == '\n')
        && !text.contains(['*', '#'])
        && let Reading::One(one) = plan::read(text, rules)
    {
        return Meaning::One(one);
    }
    let tokens = tokens(text);
    if let Some(one) = letters_as_digits(&tokens, rules) {
        return Meaning::One(one);
    }
    let found = segments(text, &tokens);
    let mut choices: Vec<Choice> = Vec::new();
    for segment in found.segments.iter().filter(|segment| !segment.glued) {
        for reading in split::readings(segment.run, rules) {
            add(&mut choices, segment, reading, found.segments.len() > 1);
        }
    }
    choices.truncate(MOST_CHOICES);
    // Stable: apart from faxes, the order of the text.
    choices.sort_by_key(|choice| choice.one.notes.contains(&Note::Fax));
    match choices.len() {
        0 => without_number(text, &found, rules),
        1 => Meaning::One(choices.remove(0).one),
        _ => {
            // Chosen among several, a fax needs no further question: its label is shown.
            for choice in &mut choices {
                choice.one.notes.retain(|note| *note != Note::Fax);
            }
            Meaning::Several(choices)
        }
    }
}

/// Takes a reading among the choices when it is a number; a doubtful one only when the text holds nothing else.
fn add(choices: &mut Vec<Choice>, segment: &Segment<'_>, reading: Reading, among_others: bool) {
    let Reading::One(mut one) = reading else { return };
    if one.number().is_none() || (among_others && !one.is_sure()) {
        return;
    }
    one.extension = one.extension.or_else(|| segment.extension.clone());
    if segment.fax {
        one = one.noted(Note::Fax);
    }
    match choices
        .iter_mut()
        .find(|choice| choice.one.destination == one.destination)
    {
        Some(known) => known.one.extension = known.one.extension.take().or(one.extension),
        None => choices.push(Choice {
            label: segment.label.clone(),
            one,
        }),
    }
}

/// The text holds no number: says why.
fn without_number(text: &str, found: &Found<'_>, rules: &Rules) -> Meaning {
    if found.service_code {
        return Meaning::Refused(Refusal::ServiceCode);
    }
    if let [segment] = found.segments.as_slice()
        && !segment.glued
    {
        return match plan::read(segment.run, rules) {
            Reading::One(one) => Meaning::One(one),
            _ if found.letters => Meaning::Refused(Refusal::Letters),
            Reading::Incomplete(refusal) => Meaning::Incomplete(refusal),
            Reading::Refused(refusal) => Meaning::Refused(refusal),
        };
    }
    if found.letters {
        return Meaning::Refused(Refusal::Letters);
    }
    if found.segments.is_empty() {
        // Signs or labels that a number may still follow.
        return Meaning::Incomplete(Refusal::TooShort {
            digits: 0,
            expected: None,
        });
    }
    // Commas or other signs between the groups: `01,42,68,53,00`.
    match plan::read(text, rules) {
        Reading::One(one) => Meaning::One(one),
        Reading::Incomplete(refusal) if text.chars().all(|c| is_run(c) || c == '\n') => {
            Meaning::Incomplete(refusal)
        }
        _ => Meaning::Refused(Refusal::NotANumber),
    }
}

/// Characters that may stand inside a written number.
fn is_run(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(
            c,
            '+' | '(' | ')' | '[' | ']' | '.' | '-' | '/' | ' ' | '_' | '*' | '#'
        )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenKind {
    /// Digits with their signs.
    Run,
    /// Letters.
    Word(WordKind),
    /// One sign that never stands inside a number.
    Mark(char),
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    kind: TokenKind,
    text: &'a str,
    start: usize,
    end: usize,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut start = 0;
    while let Some(first) = rest.chars().next() {
        let belongs: fn(char) -> bool = match first {
            c if is_run(c) => is_run,
            c if c.is_alphabetic() => |c| c.is_alphabetic() || c == '\'',
            _ => |_| false,
        };
        let length = rest
            .find(|c| !belongs(c))
            .unwrap_or(rest.len())
            .max(first.len_utf8());
        let (token, after) = rest.split_at(length);
        let end = start + length;
        let kind = match first {
            c if is_run(c) => TokenKind::Run,
            c if c.is_alphabetic() => TokenKind::Word(kind(token)),
            c => TokenKind::Mark(c),
        };
        // Signs alone (". ", " / ") are gaps.
        if kind != TokenKind::Run
            || token.contains(|c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#'))
        {
            tokens.push(Token {
                kind,
                text: token,
                start,
                end,
            });
        }
        rest = after;
        start = end;
    }
    tokens
}

/// A run of digits with what was said of it.
#[derive(Debug)]
struct Segment<'a> {
    label: Option<String>,
    fax: bool,
    run: &'a str,
    extension: Option<String>,
    /// Unknown letters touch the digits: `O1 42…`, `53 00abc`.
    glued: bool,
}

#[derive(Debug, Default)]
struct Found<'a> {
    segments: Vec<Segment<'a>>,
    /// There are words that are neither labels nor followed by a colon.
    letters: bool,
    service_code: bool,
}

fn segments<'a>(text: &'a str, tokens: &[Token<'a>]) -> Found<'a> {
    let mut found = Found::default();
    // The words since the last number or separator.
    let mut words: Vec<Token<'a>> = Vec::new();
    let mut unknown = false;
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        index += 1;
        match token.kind {
            TokenKind::Mark(':') => unknown = false,
            TokenKind::Mark('\n' | ';' | ',' | '|' | '&') | TokenKind::Word(WordKind::Separator) => {
                found.letters |= unknown;
                unknown = false;
                words.clear();
            }
            TokenKind::Mark(_) => {}
            TokenKind::Word(kind) => {
                unknown |= kind == WordKind::Other;
                words.push(*token);
            }
            TokenKind::Run => {
                let glued_before = words.last().is_some_and(|word| {
                    word.end == token.start
                        && word.kind == TokenKind::Word(WordKind::Other)
                        && starts_like_digits(token.text)
                });
                found.letters |= unknown;
                unknown = false;
                found.service_code |= is_service_code(token.text);
                let extension = extension_at(tokens, index);
                let mut segment = Segment {
                    label: label(text, &words),
                    fax: words
                        .iter()
                        .any(|word| word.kind == TokenKind::Word(WordKind::Fax)),
                    run: token.text,
                    extension: None,
                    glued: glued_before || glued_after(token, tokens.get(index)),
                };
                words.clear();
                match extension {
                    Some(extension) => {
                        segment.extension = Some(extension.digits);
                        segment.glued = glued_before;
                        found.segments.push(segment);
                        found.segments.extend(extension.rest.map(|run| Segment {
                            label: None,
                            fax: false,
                            run,
                            extension: None,
                            glued: false,
                        }));
                        index = extension.next;
                    }
                    None => found.segments.push(segment),
                }
            }
        }
    }
    found.letters |= unknown;
    found
}

fn starts_like_digits(run: &str) -> bool {
    run.starts_with(|c: char| c.is_ascii_digit() || c == '+')
}

fn glued_after(run: &Token<'_>, next: Option<&Token<'_>>) -> bool {
    next.is_some_and(|next| {
        next.start == run.end
            && next.kind == TokenKind::Word(WordKind::Other)
            && run.text.ends_with(|c: char| c.is_ascii_digit())
    })
}

/// `*21*…#` anywhere, or a `#` at the end; `…00 #204` is an extension.
fn is_service_code(run: &str) -> bool {
    run.contains('*') || run.trim_end().ends_with('#') || run.trim_start().starts_with('#')
}

/// The words before a number as they stand there, the dot of an abbreviation included.
fn label(text: &str, words: &[Token<'_>]) -> Option<String> {
    let (first, last) = (words.first()?, words.last()?);
    let end = match text[last.end..].starts_with('.') {
        true => last.end + 1,
        false => last.end,
    };
    let label = text.get(first.start..end)?.trim();
    // A sentence is no label.
    (label.chars().count() <= 40).then(|| label.to_owned())
}

struct ExtensionFound<'a> {
    digits: String,
    /// What follows the extension in the same run.
    rest: Option<&'a str>,
    /// The token after it.
    next: usize,
}

/// `poste 204`, `(ext. 204)`, `;ext=204` from token `at` on.
fn extension_at<'a>(tokens: &[Token<'a>], at: usize) -> Option<ExtensionFound<'a>> {
    let skip = |from: usize, marks: &[char]| {
        (from..tokens.len())
            .find(|&index| !matches!(tokens[index].kind, TokenKind::Mark(mark) if marks.contains(&mark)))
            .unwrap_or(tokens.len())
    };
    let word = skip(at, &[';', ',']);
    if tokens.get(word)?.kind != TokenKind::Word(WordKind::Extension) {
        return None;
    }
    let index = skip(word + 1, &[':', '=', '°']);
    let token = tokens.get(index).filter(|token| token.kind == TokenKind::Run)?;
    let run = token.text.trim_start_matches(['.', ' ', '-', '(', '#']);
    let length = run.find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
    let (digits, rest) = run.split_at(length);
    let rest = rest.trim_matches(|c: char| !c.is_ascii_digit() && c != '+');
    (1..=LONGEST_EXTENSION).contains(&length).then(|| ExtensionFound {
        digits: digits.to_owned(),
        rest: (!rest.is_empty()).then_some(rest),
        next: index + 1,
    })
}

/// `0800 ALLO 12`: a word of three letters or more in an 08 number of ten signs is meant for the keypad (ITU-T E.161).
fn letters_as_digits(tokens: &[Token<'_>], rules: &Rules) -> Option<One> {
    let start = tokens.iter().position(|token| token.kind == TokenKind::Run)?;
    let known = |token: &Token<'_>| {
        matches!(
            token.kind,
            TokenKind::Word(WordKind::Label) | TokenKind::Mark(':')
        )
    };
    if !tokens[..start].iter().all(known) {
        return None;
    }
    let mut signs = String::new();
    let mut longest_word = 0;
    for token in &tokens[start..] {
        match token.kind {
            TokenKind::Mark(_) => return None,
            TokenKind::Word(_) => longest_word = longest_word.max(token.text.len()),
            TokenKind::Run => {}
        }
        signs.extend(
            token
                .text
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, '+' | '*' | '#')),
        );
    }
    if signs.chars().count() != 10 || !signs.starts_with("08") || longest_word < 3 {
        return None;
    }
    let digits: String = signs.chars().map(keypad).collect::<Option<_>>()?;
    match plan::read(&digits, rules) {
        Reading::One(one) => Some(one.noted(Note::Letters)),
        _ => None,
    }
}

fn keypad(c: char) -> Option<char> {
    Some(match c.to_ascii_lowercase() {
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        'w'..='z' => '9',
        digit @ '0'..='9' => digit,
        _ => return None,
    })
}
