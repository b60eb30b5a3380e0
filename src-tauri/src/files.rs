//! Files and folders that a person chooses in the desktop's own dialog. The page says what for, never which: so it can neither
//! read nor write a file that nobody chose.

use std::path::{Path, PathBuf};

use control::protocol::{
    Answer, CallFormat, ContactFormat, ContactsRequest, JournalRequest, Request, SettingsChange,
};
use serde::{Deserialize, Serialize};

/// What a file is wanted for. Mirrors `FilePurpose` of `ui/src/backend/backend.ts`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Purpose {
    /// All calls go out into a file.
    ExportCalls {
        /// As what.
        format: CallFormat,
        /// CSV only: with a byte order mark.
        bom: bool,
    },
    /// Calls come back from a file.
    ImportCalls,
    /// All contacts go out into a file.
    ExportContacts {
        /// As what.
        format: ContactFormat,
        /// CSV only: with a byte order mark.
        bom: bool,
    },
    /// A file of contacts is read, to be looked at.
    PreviewContacts,
    /// Everything goes out into a new folder within the chosen one.
    ExportAll,
    /// Everything comes back from such a folder.
    ImportAll,
    /// The folder of contacts that is watched from now on.
    ContactsFolder,
    /// The program that is run with calls from now on.
    PopProgram,
}

/// What came of the file that was chosen. Mirrors `Filed` of `ui/src/backend/backend.ts`.
#[derive(Debug, Serialize)]
pub struct Filed {
    /// For people to read.
    pub path: String,
    /// The agent's.
    pub answer: Answer,
}

/// Which dialog to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// One existing file with one of these endings (none: any).
    Open(&'static [&'static str]),
    /// A file to write: the name that is offered, and its ending.
    Save(&'static str, &'static str),
    /// A folder.
    Folder,
}

/// Folders that everything goes out to are named so.
const EVERYTHING: &str = "centrex-tray";

impl Purpose {
    /// The dialog that asks for it.
    pub fn dialog(&self) -> Dialog {
        match self {
            Self::ExportCalls { format, .. } => match format {
                CallFormat::Csv => Dialog::Save("centrex-calls.csv", "csv"),
                CallFormat::Json => Dialog::Save("centrex-calls.json", "json"),
                CallFormat::Calendar => Dialog::Save("centrex-calls.ics", "ics"),
            },
            Self::ImportCalls => Dialog::Open(&["json"]),
            Self::ExportContacts { format, .. } => match format {
                ContactFormat::Vcard => Dialog::Save("centrex-contacts.vcf", "vcf"),
                ContactFormat::Csv => Dialog::Save("centrex-contacts.csv", "csv"),
            },
            Self::PreviewContacts => Dialog::Open(&["vcf", "vcard", "csv", "tsv", "txt"]),
            Self::ExportAll | Self::ImportAll | Self::ContactsFolder => Dialog::Folder,
            Self::PopProgram => Dialog::Open(&[]),
        }
    }

    /// The path that is meant by the chosen one: nothing that is there already gets replaced without having been asked about.
    pub fn meant(&self, chosen: PathBuf) -> PathBuf {
        match self.dialog() {
            Dialog::Save(_, ending) if chosen.extension().is_none() => {
                let named = chosen.with_extension(ending);
                // The dialog asked about the chosen name alone.
                if named.exists() { chosen } else { named }
            }
            Dialog::Folder if matches!(self, Self::ExportAll) => fresh(&chosen),
            _ => chosen,
        }
    }

    /// What the agent is asked. `None`: the path can't be said to it, for it isn't Unicode.
    pub fn request(&self, path: &Path) -> Option<Request> {
        let path = path.to_str()?.to_owned();
        let settings = |changes: SettingsChange| Request::ChangeSettings {
            changes: Box::new(changes),
        };
        Some(match self.clone() {
            Self::ExportCalls { format, bom } => Request::Journal {
                ask: JournalRequest::Export { path, format, bom },
            },
            Self::ImportCalls => Request::Journal {
                ask: JournalRequest::Import { path },
            },
            Self::ExportContacts { format, bom } => Request::Contacts {
                ask: ContactsRequest::Export { path, format, bom },
            },
            Self::PreviewContacts => Request::Contacts {
                ask: ContactsRequest::Preview { path },
            },
            Self::ExportAll => Request::ExportAll { path },
            Self::ImportAll => Request::ImportAll { path },
            Self::ContactsFolder => settings(SettingsChange {
                contacts_folder: Some(path),
                ..SettingsChange::default()
            }),
            Self::PopProgram => settings(SettingsChange {
                pop_program: Some(path),
                ..SettingsChange::default()
            }),
        })
    }
}

/// A folder within this one that isn't there yet.
fn fresh(within: &Path) -> PathBuf {
    let first = within.join(EVERYTHING);
    let more = (2..).map(|n: u32| within.join(format!("{EVERYTHING}-{n}")));
    std::iter::once(first)
        .chain(more)
        .find(|folder| !folder.exists())
        .unwrap_or_else(|| within.join(EVERYTHING))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::{Value, json};

    use super::*;

    fn purpose(of: Value) -> Purpose {
        serde_json::from_value(of).unwrap()
    }

    #[test]
    fn what_the_page_wants_a_file_for_becomes_a_request_with_the_chosen_path() {
        let path = Path::new("/home/accueil/x");
        for (wanted, asked) in [
            (
                json!({ "type": "export_calls", "format": "calendar", "bom": false }),
                json!({ "type": "journal", "ask": { "type": "export", "path": path, "format": "calendar", "bom": false } }),
            ),
            (
                json!({ "type": "import_calls" }),
                json!({ "type": "journal", "ask": { "type": "import", "path": path } }),
            ),
            (
                json!({ "type": "export_contacts", "format": "csv", "bom": true }),
                json!({ "type": "contacts", "ask": { "type": "export", "path": path, "format": "csv", "bom": true } }),
            ),
            (
                json!({ "type": "preview_contacts" }),
                json!({ "type": "contacts", "ask": { "type": "preview", "path": path } }),
            ),
            (
                json!({ "type": "export_all" }),
                json!({ "type": "export_all", "path": path }),
            ),
            (
                json!({ "type": "import_all" }),
                json!({ "type": "import_all", "path": path }),
            ),
        ] {
            let request = purpose(wanted).request(path).unwrap();
            assert_eq!(serde_json::to_value(request).unwrap(), asked);
        }
        for key in ["contacts_folder", "pop_program"] {
            let request = purpose(json!({ "type": key })).request(path).unwrap();
            let request = serde_json::to_value(request).unwrap();
            assert_eq!(request["changes"][key], json!(path), "{request}");
        }
    }

    #[test]
    fn a_page_that_names_a_file_is_not_listened_to() {
        let named = json!({ "type": "import_calls", "path": "/etc/passwd" });
        let request = purpose(named).request(Path::new("/chosen")).unwrap();
        assert!(!serde_json::to_string(&request).unwrap().contains("passwd"));
    }

    #[test]
    fn a_missing_ending_is_added_unless_that_would_replace_something() {
        let folder = tempfile::tempdir().unwrap();
        let calls = purpose(json!({ "type": "export_calls", "format": "csv", "bom": true }));
        let (bare, named) = (folder.path().join("calls"), folder.path().join("calls.csv"));
        assert_eq!(calls.meant(bare.clone()), named);
        assert_eq!(calls.meant(named.clone()), named);
        fs::write(&named, "").unwrap();
        assert_eq!(calls.meant(bare.clone()), bare);
    }

    #[test]
    fn everything_goes_into_a_folder_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let out = purpose(json!({ "type": "export_all" }));
        assert_eq!(
            out.meant(folder.path().to_owned()),
            folder.path().join("centrex-tray")
        );
        fs::create_dir(folder.path().join("centrex-tray")).unwrap();
        assert_eq!(
            out.meant(folder.path().to_owned()),
            folder.path().join("centrex-tray-2")
        );
        let back = purpose(json!({ "type": "import_all" }));
        assert_eq!(back.meant(folder.path().to_owned()), folder.path());
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_is_refused() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/\xff"));
        assert!(purpose(json!({ "type": "import_calls" })).request(path).is_none());
    }
}
