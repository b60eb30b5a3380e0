//! Who else's work is in the programs, and under which licence: most licences want that told to whoever gets a copy.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::run::{cargo, read, root};

/// The packages whose programs are handed out.
const OURS: &[&str] = &[
    "centrex-tray",
    "centrex-tray-window",
    "centrex-relay",
    "centrex-sim",
];
/// How files with a licence begin, in capitals.
const NAMES: &[&str] = &[
    "LICENSE",
    "LICENCE",
    "COPYING",
    "COPYRIGHT",
    "NOTICE",
    "UNLICENSE",
];

/// What cargo tells of the dependencies.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    repository: Option<String>,
    manifest_path: PathBuf,
    /// None for our own.
    source: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// None for what ends up in the program.
    kind: Option<String>,
}

/// What an npm package says of itself.
#[derive(Deserialize)]
struct Npm {
    name: String,
    version: Option<String>,
    license: Option<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

/// One work: its title line, and the folder with its licence files.
struct Work {
    title: String,
    folder: PathBuf,
}

/// The text that goes along with the programs: every work in them, then every licence text with those that it belongs to.
pub fn of_the_programs() -> Result<String> {
    let mut works = crates()?;
    works.extend(npm_packages(&root().join("ui"))?);
    listed(works)
}

/// Those of the programs without a window.
#[cfg(target_os = "linux")]
pub fn of_the_crates() -> Result<String> {
    listed(crates()?)
}

fn listed(mut works: Vec<Work>) -> Result<String> {
    works.sort_by(|a, b| a.title.cmp(&b.title));
    let mut text = String::from(
        "Centrex Tray contains the following works of others. Their licence texts follow the list.\n\n",
    );
    let mut texts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for work in &works {
        writeln!(text, "- {}", work.title)?;
        for licence in licence_files(&work.folder)? {
            texts.entry(licence).or_default().push(&work.title);
        }
    }
    for (licence, titles) in texts {
        let titles = titles.join("\n  ");
        write!(
            text,
            "\n{}\nFor\n  {titles}\n\n{}\n",
            "=".repeat(80),
            licence.trim_end()
        )?;
    }
    Ok(text)
}

/// The crates that end up in our programs for this machine's system.
fn crates() -> Result<Vec<Work>> {
    let host = read(&mut crate::run::command("rustc", ["--version", "--verbose"]))?;
    let host = host
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc doesn't name its host")?;
    let metadata = read(&mut cargo([
        "metadata",
        "--format-version=1",
        "--filter-platform",
        host,
    ]))?;
    let metadata: Metadata = serde_json::from_str(&metadata).context("cargo metadata can't be read")?;
    let used = used(&metadata);
    let works = metadata
        .packages
        .into_iter()
        .filter(|package| package.source.is_some() && used.contains(&package.id))
        .map(|package| Work {
            title: title(
                &package.name,
                Some(&package.version),
                package.license.as_deref(),
                package.repository.as_deref(),
            ),
            folder: package
                .manifest_path
                .parent()
                .unwrap_or(Path::new("."))
                .to_owned(),
        })
        .collect();
    Ok(works)
}

/// The ids of everything that our packages lead to, tests and build scripts apart.
fn used(metadata: &Metadata) -> BTreeSet<String> {
    let nodes: HashMap<&str, &Node> = metadata
        .resolve
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node))
        .collect();
    let ours = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none() && OURS.contains(&package.name.as_str()));
    let mut waiting: Vec<&str> = ours.map(|package| package.id.as_str()).collect();
    let mut used = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !used.insert(id.to_owned()) {
            continue;
        }
        let Some(node) = nodes.get(id) else { continue };
        let linked = node
            .deps
            .iter()
            .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none()));
        waiting.extend(linked.map(|dependency| dependency.pkg.as_str()));
    }
    used
}

/// What the window's page is built from: the page's dependencies, theirs, and Svelte, which the compiler puts in.
fn npm_packages(ui: &Path) -> Result<Vec<Work>> {
    let mut waiting: Vec<String> = npm(ui)?.dependencies.into_keys().collect();
    waiting.push("svelte".to_owned());
    let mut seen = BTreeSet::new();
    let mut works = Vec::new();
    while let Some(name) = waiting.pop() {
        let folder = ui.join("node_modules").join(&name);
        if !seen.insert(name) || !folder.exists() {
            continue;
        }
        let package = npm(&folder)?;
        works.push(Work {
            title: title(
                &package.name,
                package.version.as_deref(),
                package.license.as_deref(),
                None,
            ),
            folder,
        });
        waiting.extend(package.dependencies.into_keys());
    }
    Ok(works)
}

fn npm(folder: &Path) -> Result<Npm> {
    let file = folder.join("package.json");
    let text = std::fs::read(&file).with_context(|| format!("can't read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("can't understand {}", file.display()))
}

fn title(name: &str, version: Option<&str>, licence: Option<&str>, repository: Option<&str>) -> String {
    let version = version.unwrap_or_default();
    let licence = licence.unwrap_or("see its licence text");
    let repository = repository
        .map(|address| format!(", {address}"))
        .unwrap_or_default();
    format!("{name} {version}: {licence}{repository}")
}

/// The texts of the files with a licence, line ends made alike so that the same text is found again.
fn licence_files(folder: &Path) -> Result<BTreeSet<String>> {
    let mut texts = BTreeSet::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        if NAMES.iter().any(|start| name.starts_with(start)) && entry.file_type()?.is_file() {
            let bytes = std::fs::read(entry.path())?;
            texts.insert(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linked_counts_and_what_tests_or_builds_does_not() {
        let package = |name: &str, source: Option<&str>| {
            serde_json::json!({"id": name, "name": name, "version": "1.0.0", "license": "MIT", "repository": null,
                "manifest_path": "/x/Cargo.toml", "source": source})
        };
        let on =
            |name: &str, kind: Option<&str>| serde_json::json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
        let metadata: Metadata = serde_json::from_value(serde_json::json!({
            "packages": [package("centrex-tray", None), package("companion", None), package("a", Some("registry")),
                package("b", Some("registry")), package("c", Some("registry")), package("d", Some("registry"))],
            "resolve": {"nodes": [
                {"id": "centrex-tray", "deps": [on("companion", None), on("b", Some("dev")), on("c", Some("build"))]},
                {"id": "companion", "deps": [on("a", None)]},
                {"id": "a", "deps": [on("centrex-tray", None)]},
                {"id": "b", "deps": [on("d", None)]},
            ]}
        }))
        .unwrap();
        let used = used(&metadata);
        assert_eq!(Vec::from_iter(&used), ["a", "centrex-tray", "companion"]);
    }
}
