//! `contacts`: searches, imports and exports the address book of the running agent.

use std::path::Path;

use companion::words::{Language, Message, say};
use control::profile::Profile;
use control::protocol::{Answer, Contact, ContactFormat, ContactsRequest, Request};
use control::transport::Client;
use serde_json::json;

use super::args::{ContactsArgs, ContactsCommand};
use super::ask::{connect, reason};
use super::print;
use super::{DONE, FAILED};
use crate::view;

pub(super) async fn contacts(profile: &Profile, lang: Language, args: ContactsArgs) -> Result<u8, Message> {
    let client = connect(profile).await?;
    match args.command {
        None => search(&client, args).await,
        Some(ContactsCommand::Import { file, yes }) => import(&client, lang, &absolute(&file)?, yes).await,
        Some(ContactsCommand::Export { file, csv, bom }) => {
            let ask = ContactsRequest::Export {
                path: absolute(&file)?,
                format: if csv {
                    ContactFormat::Csv
                } else {
                    ContactFormat::Vcard
                },
                bom,
            };
            match ask_for(&client, ask).await? {
                Answer::Written { count } => print::line(&say(
                    lang,
                    &Message::new("cli-contacts-written").with("count", count.to_string()),
                )),
                _ => return Err(Message::new("cli-answer-unknown")),
            }
            Ok(DONE)
        }
    }
}

async fn search(client: &Client, args: ContactsArgs) -> Result<u8, Message> {
    let ask = ContactsRequest::Search {
        text: args.text.join(" "),
        favourites: args.favourites,
        limit: 0,
    };
    let Answer::Contacts { contacts } = ask_for(client, ask).await? else {
        return Err(Message::new("cli-answer-unknown"));
    };
    if args.json {
        print::line(&json!({ "contacts": contacts }).to_string());
    } else {
        for contact in &contacts {
            print::line(&line(contact));
        }
    }
    Ok(DONE)
}

/// The preview is shown in any case; it is written with a yes only.
async fn import(client: &Client, lang: Language, path: &str, yes: bool) -> Result<u8, Message> {
    let ask = ContactsRequest::Preview {
        path: path.to_owned(),
    };
    let Answer::Preview { preview } = ask_for(client, ask).await? else {
        return Err(Message::new("cli-answer-unknown"));
    };
    let counted = Message::new("cli-contacts-preview")
        .with("file", preview.file.as_str())
        .with("format", preview.format.as_str())
        .with("added", preview.added.to_string())
        .with("updated", preview.updated.to_string())
        .with("rejected", preview.rejected_count.to_string());
    print::line(&say(lang, &counted));
    for contact in &preview.sample {
        print::line(&format!("  {}", line(contact)));
    }
    for rejected in &preview.rejected {
        let why = say(lang, &view::words(&rejected.why));
        print::line(&format!("  {}: {why}", rejected.line));
    }
    if !yes {
        ask_for(client, ContactsRequest::CancelImport).await?;
        print::error(&say(lang, &Message::new("cli-contacts-yes")));
        return Ok(FAILED);
    }
    let Answer::Taken { taken } = ask_for(client, ContactsRequest::Import).await? else {
        return Err(Message::new("cli-answer-unknown"));
    };
    let done = Message::new("cli-contacts-imported")
        .with("added", taken.added.to_string())
        .with("updated", taken.updated.to_string());
    print::line(&say(lang, &done));
    Ok(DONE)
}

fn line(contact: &Contact) -> String {
    let mut words = vec![contact.name.clone()];
    words.extend(contact.company.clone());
    words.extend(contact.numbers.iter().map(|number| number.display.clone()));
    words.join("\t")
}

async fn ask_for(client: &Client, ask: ContactsRequest) -> Result<Answer, Message> {
    let answer = client.request(Request::Contacts { ask }).await;
    answer.map_err(|error| reason(&error))
}

/// The agent has another working folder.
pub(super) fn absolute(file: &Path) -> Result<String, Message> {
    let path = std::path::absolute(file)
        .map_err(|error| Message::new("contacts-file-unreadable").with("why", error.to_string()))?;
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Message::new("cli-file-name"))
}
