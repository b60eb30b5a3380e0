//! What cargo tells of dependencies, and the numbering plans of the locked rlibphonenumber, which it brings into
//! `crates/telephony/data`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::run;

/// What of `cargo metadata` is asked for.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// A dependency.
#[derive(Deserialize)]
pub struct Package {
    name: String,
    /// As `Cargo.lock` has it.
    pub version: String,
    /// Its `Cargo.toml`, beside everything else that the package brings.
    pub manifest_path: PathBuf,
}

/// A dependency of the locked workspace, by its name.
///
/// # Errors
/// When there is none.
pub fn package(name: &str) -> Result<Package> {
    let told = run::read(&mut run::cargo(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: Metadata = serde_json::from_str(&told).context("can't read what `cargo metadata` says")?;
    let mut packages = metadata.packages.into_iter();
    packages
        .find(|package| package.name == name)
        .with_context(|| format!("{name} isn't among the dependencies"))
}

/// Copies the library's metadata, and says beside it whose and of which version it is.
///
/// # Errors
/// A library that isn't where cargo says, or a file that can't be written.
pub fn write(root: &Path) -> Result<()> {
    let library = package("rlibphonenumber")?;
    let from = library
        .manifest_path
        .with_file_name("src/generated/metadata/metadata.bin");
    let data = root.join("crates/telephony/data");
    let notice = notice(&library.version);
    std::fs::copy(&from, data.join("metadata.bin"))
        .with_context(|| format!("can't copy {}", from.display()))?;
    std::fs::write(data.join("NOTICE"), notice).context("can't write crates/telephony/data/NOTICE")?;
    run::say(format!("Numbering plans of rlibphonenumber {}", library.version));
    Ok(())
}

fn notice(version: &str) -> String {
    format!(
        "metadata.bin holds the numbering plans of the world as libphonenumber describes them.\n\
         \n\
         It is src/generated/metadata/metadata.bin of rlibphonenumber {version}, unchanged: a PhoneMetadataCollection in\n\
         protocol buffers (resources/phonemetadata.proto there). `cargo xtask metadata` brings it and writes this file.\n\
         \n\
         Copyright (C) 2009 The Libphonenumber Authors\n\
         Copyright (C) 2025 Kashin Vladislav\n\
         Licensed under the Apache License, Version 2.0: http://www.apache.org/licenses/LICENSE-2.0\n"
    )
}
