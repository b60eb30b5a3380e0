//! `contacts`: searches, exports and empties the address book of the running agent; `importing.rs` fills it.

use companion::words::{Language, Message, say};
use control::profile::Profile;
use control::protocol::{Answer, Contact, ContactFormat, ContactsRequest, Request};
use control::transport::Client;
use serde_json::json;

use super::args::{ContactsArgs, ContactsCommand};
use super::ask::{connect, reason};
use super::files::{absolute, ending, to_write};
use super::{DONE, FAILED, importing, misused, nothing_found, print};

pub(super) async fn contacts(profile: &Profile, lang: Language, args: ContactsArgs) -> Result<u8, Message> {
    match args.command {
        None => search(profile, lang, args).await,
        Some(ContactsCommand::Import { file, yes }) => {
            let path = absolute(&file)?;
            importing::import(&connect(profile).await?, lang, &path, yes).await
        }
        Some(ContactsCommand::Undo) => importing::undo(&connect(profile).await?, lang).await,
        Some(ContactsCommand::Delete { all: _, yes }) => {
            delete_all(&connect(profile).await?, lang, yes).await
        }
        Some(ContactsCommand::Export {
            file,
            csv,
            bom,
            replace,
        }) => {
            let format = match ending(&file).as_deref() {
                _ if csv => ContactFormat::Csv,
                Some("csv") => ContactFormat::Csv,
                Some("vcf" | "vcard") => ContactFormat::Vcard,
                _ => {
                    let file = file.display().to_string();
                    let unclear = Message::new("cli-contacts-export-ending").with("file", file);
                    return Ok(misused(lang, &unclear));
                }
            };
            let path = to_write(&file, replace)?;
            let client = connect(profile).await?;
            let ask = ContactsRequest::Export { path, format, bom };
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

async fn search(profile: &Profile, lang: Language, args: ContactsArgs) -> Result<u8, Message> {
    let client = connect(profile).await?;
    let ask = ContactsRequest::Search {
        text: args.text.join(" "),
        favourites: args.favourites,
        limit: args.limit,
    };
    let Answer::Contacts { contacts, more } = ask_for(&client, ask).await? else {
        return Err(Message::new("cli-answer-unknown"));
    };
    if args.json {
        print::line(&json!({ "contacts": contacts, "more": more }).to_string());
    } else {
        for contact in &contacts {
            print::line(&line(contact));
        }
        if contacts.is_empty() {
            print::note(&say(lang, &Message::new("cli-contacts-none")));
            return Ok(nothing_found(profile, lang, "contacts", &args.text));
        }
        if more {
            let more = Message::new("cli-contacts-more").with("count", contacts.len().to_string());
            print::note(&say(lang, &more));
        }
    }
    Ok(DONE)
}

/// How many there are is told in any case; they are deleted with a yes only.
async fn delete_all(client: &Client, lang: Language, yes: bool) -> Result<u8, Message> {
    let counted = |id: &str, count: u32| say(lang, &Message::new(id).with("count", count.to_string()));
    if yes {
        let Answer::Deleted { count } = ask_for(client, ContactsRequest::DeleteAll).await? else {
            return Err(Message::new("cli-answer-unknown"));
        };
        print::line(&counted("cli-contacts-deleted", count));
        return Ok(DONE);
    }
    let Answer::Sources { sources } = ask_for(client, ContactsRequest::Sources).await? else {
        return Err(Message::new("cli-answer-unknown"));
    };
    let own = sources.iter().find(|source| source.kind == "own");
    let count = own.and_then(|own| own.contacts).unwrap_or_default();
    print::line(&counted("cli-contacts-delete-all", count));
    print::error(&say(lang, &Message::new("cli-contacts-delete-yes")));
    Ok(FAILED)
}

pub(super) fn line(contact: &Contact) -> String {
    let mut words = vec![contact.name.clone()];
    words.extend(contact.company.clone());
    words.extend(contact.numbers.iter().map(|number| number.display.clone()));
    words.join("\t")
}

pub(super) async fn ask_for(client: &Client, ask: ContactsRequest) -> Result<Answer, Message> {
    let answer = client.request(Request::Contacts { ask }).await;
    answer.map_err(|error| reason(&error))
}
