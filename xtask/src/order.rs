//! The agent's program with the functions that run all day side by side.
//!
//! Of the agent's eight megabytes of code an ordinary day uses three, spread over all of it; the system maps a program by
//! pieces of 64 KiB, so nearly all of it came to memory (measured: 7.8 of 8.3 MB). The linker
//! puts first what `xtask/order/agent.txt` names. The list has no mangled names: they change with every compiler and every
//! dependency. A function that it doesn't know, or no longer, only lies elsewhere: run `cargo xtask order` after larger changes.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::run::{cargo, command, read, run, target};

/// The functions of an ordinary day, one a line, as `nm --demangle` writes them.
const LIST: &str = include_str!("../order/agent.txt");
const AGENT: &str = "centrex-tray";
/// Names of generic functions with their types. The older names lack them, so each named function drew in all its
/// brothers: 8,800 functions for 3,900 that ran.
const NAMES: &str = "-Csymbol-mangling-version=v0";

/// Builds the agent with the profile for desks. In order where the linker can do that: Rust's own on x86-64 Linux, which is LLVM's.
///
/// # Errors
/// When it doesn't build.
pub fn build_agent() -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return build(&[]);
    }
    let named: HashSet<&str> = LIST.lines().collect();
    let wanted = functions(&build_with_symbols()?)?
        .into_iter()
        .filter(|function| named.contains(function.name.as_str()));
    let mut order = String::new();
    for function in wanted {
        writeln!(order, "{}", function.symbol)?;
    }
    // Cargo looks at the arguments, not into the file: by another name, or an old list would stay in the program.
    let mut hash = DefaultHasher::new();
    order.hash(&mut hash);
    let file = target().join(format!("agent-order-{:016x}.txt", hash.finish()));
    std::fs::write(&file, order).with_context(|| format!("can't write {}", file.display()))?;
    build(&[
        format!("-Clink-arg=-Wl,--symbol-ordering-file={}", file.display()),
        // The compiler left out or merged what one more pass made different.
        "-Clink-arg=-Wl,--no-warn-symbol-ordering".to_owned(),
    ])
}

/// Builds it with the names of its functions, and says where it is.
///
/// # Errors
/// When it doesn't build.
pub fn build_with_symbols() -> Result<PathBuf> {
    build(&["-Cstrip=none".to_owned()])?;
    let program = target().join("agent-with-symbols");
    std::fs::copy(target().join("desktop").join(AGENT), &program)?;
    Ok(program)
}

fn build(more: &[String]) -> Result<()> {
    run(
        cargo(["rustc", "--profile", "desktop", "-p", AGENT, "--bin", AGENT, "--"])
            .args(more)
            .env("RUSTFLAGS", NAMES),
    )
}

/// One function of a program.
struct Function {
    /// As the linker knows it.
    symbol: String,
    /// As people read it, without what only tells two builds apart.
    name: String,
}

/// The functions of a program, in the order of its symbol table.
fn functions(program: &Path) -> Result<Vec<Function>> {
    let table = |more: &[&str]| -> Result<String> {
        read(
            command("nm", ["--no-sort", "--defined-only"])
                .args(more)
                .arg(program),
        )
    };
    let (symbols, names) = (table(&[])?, table(&["--demangle"])?);
    ensure!(
        symbols.lines().count() == names.lines().count(),
        "nm counts the functions of {} in two ways",
        program.display()
    );
    Ok(symbols
        .lines()
        .zip(names.lines())
        .filter_map(|(symbol, name)| {
            Some(Function {
                symbol: code(symbol)?.to_owned(),
                name: code(name)?.to_owned(),
            })
        })
        .collect())
}

/// The name in a line of nm's, when it is code: `0000000000361e40 t name`.
fn code(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(' ')?;
    let (kind, name) = rest.split_once(' ')?;
    matches!(kind, "t" | "T" | "w" | "W").then_some(name)
}

/// Writes the list anew from what Callgrind saw run.
///
/// # Errors
/// When nothing was recorded, or the list can't be written.
#[cfg(target_os = "linux")]
pub fn write_list(program: &Path, recordings: &[PathBuf]) -> Result<usize> {
    let mut ran = HashSet::new();
    for recording in recordings {
        let text = std::fs::read_to_string(recording)
            .with_context(|| format!("Callgrind left no {}", recording.display()))?;
        ran.extend(text.lines().filter_map(called).map(str::to_owned));
    }
    let mut names: Vec<String> = functions(program)?
        .into_iter()
        .filter(|function| ran.contains(&function.symbol))
        .map(|function| function.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    ensure!(!names.is_empty(), "Callgrind saw no function of the agent");
    let list = crate::run::root().join("xtask/order/agent.txt");
    std::fs::write(&list, names.join("\n") + "\n")
        .with_context(|| format!("can't write {}", list.display()))?;
    Ok(names.len())
}

/// The function that a line of Callgrind's names for the first time: `fn=(12) name`, `cfn=(13) name'2` (a recursion).
#[cfg(target_os = "linux")]
fn called(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("fn=(").or_else(|| line.strip_prefix("cfn=("))?;
    let (_, name) = rest.split_once(") ")?;
    let ends_in_digits = |tail: &str| tail.bytes().all(|byte| byte.is_ascii_digit());
    Some(match name.rsplit_once('\'') {
        Some((name, depth)) if ends_in_digits(depth) => name,
        _ => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_told_from_data() {
        assert_eq!(code("0000000000361e40 t agent::run"), Some("agent::run"));
        assert_eq!(code("0000000000361e40 W <A as B>::c"), Some("<A as B>::c"));
        assert_eq!(code("0000000000761e40 d TABLE"), None);
        assert_eq!(code("                 U malloc"), None);
        assert_eq!(code(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn recordings_name_each_function_once() {
        assert_eq!(called("fn=(12) _RNvC5agent3run"), Some("_RNvC5agent3run"));
        assert_eq!(
            called("cfn=(13) _ZN5agent3run17h0E'2"),
            Some("_ZN5agent3run17h0E")
        );
        assert_eq!(called("fn=(12)"), None);
        assert_eq!(called("calls=1 0x1"), None);
    }

    #[test]
    fn the_list_is_sorted_and_names_the_agent() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.is_sorted() && lines.iter().all(|line| !line.is_empty()));
        assert!(
            lines.contains(&"centrex_tray::cli::main"),
            "{} lines",
            lines.len()
        );
    }
}
