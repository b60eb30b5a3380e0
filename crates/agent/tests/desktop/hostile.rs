//! Names from a hostile address book and a hostile number, through the whole program to the notification daemons and the tray:
//! what goes over the bus is read, and is text.

use control::protocol::{Answer, ContactsRequest, Request};
use futures_util::StreamExt;

use crate::complaints::{gives_up, rings};
use crate::daemons::{dunst, mate, xfce};
use crate::keychain::keyring;
use crate::notifications::{Onlooker, Shown};
use crate::office::{Relay, platform};
use crate::presence::{Agent, enrolled};
use crate::tray::{Host, item, menu, tooltip};
use crate::world::{World, session_test, within};

/// Who calls: the number, what the address book calls it, and what of that a person reads.
fn callers() -> Vec<(&'static str, String, &'static str)> {
    vec![
        (
            "+33199000102",
            "\u{202e}Deux\u{2066}\u{200b}\u{7}\u{1b}[31m\u{2069}".into(),
            "Deux[31m",
        ),
        (
            "+33199000103",
            format!("Trois {}", "é".repeat(10_000)),
            "Trois éé",
        ),
        (
            "+33199000104",
            "=cmd|' /C calc'!A0 Quatre".into(),
            "=cmd|' /C calc'!A0 Quatre",
        ),
        (
            "+33199000101",
            "<b>Un</b> <a href='http://[::1]/'>&amp; _F</a> %s".into(),
            "<b>Un</b> <a href='http://[::1]/'>&amp; _F</a> %s",
        ),
        // No number at all, and in no address book.
        ("<i>Cinq</i>\u{202e}9", String::new(), "<i>Cinq</i>9"),
    ]
}

/// Of that book, as a file.
fn book() -> String {
    let card = |(number, name, _): (&str, String, &str)| {
        format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nORG:Cie {name}\r\nTEL:{number}\r\nEND:VCARD\r\n")
    };
    callers().into_iter().take(4).map(card).collect()
}

async fn imports(world: &World, agent: &Agent) {
    let file = world.home().join("hostile.vcf");
    std::fs::write(&file, book()).unwrap();
    let path = file.to_str().unwrap().to_owned();
    let mut answers = Vec::new();
    for ask in [ContactsRequest::Preview { path }, ContactsRequest::Import] {
        let asked = Request::Contacts { ask };
        answers.push(agent.client.request(asked).await.unwrap());
    }
    assert!(
        matches!(&answers[1], Answer::Taken { taken } if taken.added == 4),
        "{answers:?}"
    );
}

/// Nothing that can't be seen, or turns what stands around it, and no more than fits.
fn is_text(text: &str, lines: bool) {
    let odd = |c: char| {
        (c.is_control() && !(lines && c == '\n'))
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert!(!text.contains(odd), "{text:?}");
    assert!(text.chars().count() < 300, "{text:?}");
}

/// The body as the daemon shows it: it was asked for no markup of ours.
fn read(body: &str) -> String {
    is_text(body, true);
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'")];
    let bare = entities
        .iter()
        .fold(body.to_owned(), |text, (entity, _)| text.replace(entity, ""));
    assert!(!bare.replace("&amp;", "").contains(['<', '>', '&']), "{body:?}");
    let shown = entities
        .iter()
        .fold(body.to_owned(), |text, (entity, c)| text.replace(entity, c));
    shown.replace("&amp;", "&")
}

fn says(shown: &Shown, name: &str) {
    is_text(&shown.title, false);
    assert!(shown.title.contains(name), "{:?} in {:?}", name, shown.title);
    read(&shown.body);
    let buttons = shown.actions.iter().skip(1).step_by(2);
    buttons.for_each(|words| is_text(words, false));
}

/// Each of them calls in vain.
async fn all_call(world: &mut World) {
    keyring(world).await;
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let mut onlooker = Onlooker::new(world).await;
    let bus = world.bus().await;
    let mut host = Host::start().await;
    let agent = enrolled(world, &relay, relay.url()).await;
    imports(world, &agent).await;
    let icon = host.icon().await;
    let item = item(&bus, &icon).await;
    for (number, _, name) in callers() {
        let mut changes = item.receive_signal("NewToolTip").await.unwrap();
        let call = rings(&sim, number).await;
        let ringing = onlooker.shown().await;
        says(&ringing, name);
        if number.starts_with('+') {
            assert!(
                read(&ringing.body).contains(&format!("Cie {}", &name[..5])),
                "its company: {:?}",
                ringing.body
            );
        }
        let tip = within("the tooltip tells it", async {
            loop {
                let tip = tooltip(&item).await;
                if tip.contains(name) {
                    break tip;
                }
                changes.next().await;
            }
        })
        .await;
        is_text(&tip, false);
        gives_up(&sim, &call).await;
        says(&onlooker.shown().await, name);
    }
    // Whom one may call back stands in the menu, where an underscore would be a key.
    let labels: Vec<String> = menu(&bus, &icon)
        .await
        .into_iter()
        .map(|(_, label, _)| label)
        .collect();
    for label in &labels {
        is_text(label, false);
        assert!(!label.replace("__", "").contains('_'), "{label:?}");
    }
    // The last three are listed.
    for (_, _, name) in &callers()[1..4] {
        let name = name.replace('_', "__");
        assert!(
            labels.iter().any(|label| label.contains(&name)),
            "{name:?} in {labels:?}"
        );
    }
}

session_test! {
    display
    async fn names_are_text_for_dunst_and_the_tray(mut world: World) {
        dunst(&mut world).await;
        all_call(&mut world).await;
    }
}

session_test! {
    display
    async fn names_are_text_for_xfce(mut world: World) {
        xfce(&mut world).await;
        all_call(&mut world).await;
    }
}

session_test! {
    display
    async fn names_are_text_for_mate(mut world: World) {
        mate(&mut world).await;
        all_call(&mut world).await;
    }
}
