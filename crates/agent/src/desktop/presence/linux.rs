//! Puts together what logind, the screen saver and the notification daemon say.

use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::MessageStream;

use super::{Presence, dnd, hint, saver};
use crate::desktop::{DesktopEvent, bus};

/// One source's word; `None` when it doesn't know (any more).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// logind's hint that the session is locked.
    Hint(Option<bool>),
    /// A screen saver covers the screen.
    Saver(Option<bool>),
    /// Do-not-disturb.
    Dnd(Option<bool>),
}

/// Tells [`DesktopEvent::Presence`] as soon as something is known, and at each change; and [`DesktopEvent::SessionEnded`] when
/// the session's bus goes, if there was one.
pub(in crate::desktop) fn watch(runtime: &Handle, events: UnboundedSender<DesktopEvent>) {
    let (words, heard) = unbounded_channel();
    runtime.spawn(merge(heard, events.clone()));
    let hints = words.clone();
    runtime.spawn(async move {
        if let Err(error) = hint::follow(&hints).await {
            tracing::info!(%error, "logind doesn't tell of the screen's lock");
        }
    });
    runtime.spawn(async move {
        let bus = match bus::session().await {
            Ok(bus) => bus,
            Err(error) => {
                tracing::info!(%error, "no session bus: neither screen saver nor do-not-disturb are told");
                return;
            }
        };
        tracing::debug!("the session's bus is listened to");
        let end = async {
            // Everything that this connection hears passes here; only its end is of interest.
            let mut all = MessageStream::from(&bus);
            while let Some(Ok(_)) = all.next().await {}
            // Fails only when the controller has ended.
            let _ = events.send(DesktopEvent::SessionEnded);
        };
        let saver = async {
            if let Err(error) = saver::follow(&bus, &words).await {
                tracing::info!(%error, "the screen saver can't be listened to");
            }
        };
        let dnd = async {
            if let Err(error) = dnd::follow(&bus, &words).await {
                tracing::info!(%error, "do-not-disturb can't be listened to");
            }
        };
        tokio::join!(saver, dnd, end);
    });
}

async fn merge(mut heard: UnboundedReceiver<Word>, events: UnboundedSender<DesktopEvent>) {
    let mut known = Known::default();
    let mut told = Presence::default();
    while let Some(word) = heard.recv().await {
        known.hear(word);
        let now = known.presence();
        if now != told {
            told = now;
            if events.send(DesktopEvent::Presence(now)).is_err() {
                return;
            }
        }
    }
}

/// The last word of each source.
#[derive(Default)]
struct Known {
    hint: Option<bool>,
    saver: Option<bool>,
    dnd: Option<bool>,
}

impl Known {
    fn hear(&mut self, word: Word) {
        match word {
            Word::Hint(hint) => self.hint = hint,
            Word::Saver(saver) => self.saver = saver,
            Word::Dnd(dnd) => self.dnd = dnd,
        }
    }

    fn presence(&self) -> Presence {
        Presence {
            // Not every locker tells logind, so a "no" of one source doesn't outweigh the "yes" of the other.
            locked: match (self.hint, self.saver) {
                (None, None) => None,
                (hint, saver) => Some(hint == Some(true) || saver == Some(true)),
            },
            dnd: self.dnd,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_yes_is_enough_and_silence_is_not_a_no() {
        let (yes, no) = (Some(true), Some(false));
        for (hint, saver, locked) in [
            (None, None, None),
            (no, None, no),
            (None, no, no),
            (no, yes, yes),
            (yes, no, yes),
            (yes, None, yes),
            (no, no, no),
        ] {
            let mut known = Known::default();
            known.hear(Word::Hint(hint));
            known.hear(Word::Saver(saver));
            assert_eq!(known.presence().locked, locked, "{hint:?} {saver:?}");
        }
    }
}
