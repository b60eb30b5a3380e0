//! The session bus, listened to from outside with `BecomeMonitor`: what the app tells the tray and the notification
//! daemon, and what these answer.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use zbus::blocking::{Connection, MessageIterator, Proxy, connection::Builder, fdo};
use zbus::message::{Message, Type};
use zbus::zvariant::OwnedValue;

use super::wait;

/// One message that matters here, and when it passed.
#[derive(Clone, Debug)]
pub struct Heard {
    /// When the monitor got it.
    pub at: Instant,
    /// What it was.
    pub what: What,
}

/// The messages that matter.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// An app asked the notification daemon to show something.
    Notify {
        /// The app's bus name.
        sender: String,
        /// First line.
        summary: String,
        /// The rest.
        body: String,
        /// Keys and words of the buttons, alternating.
        actions: Vec<String>,
        /// The notification that it replaces, or 0.
        replaces: u32,
    },
    /// The daemon answered a `Notify` with the notification's number.
    Notified {
        /// Its first line.
        summary: String,
        /// Its number.
        id: u32,
    },
    /// An app asked the daemon to take one away.
    Close {
        /// Which.
        id: u32,
    },
    /// The daemon took one away.
    Closed {
        /// Which.
        id: u32,
        /// 1 expired, 2 dismissed by the person, 3 by the app.
        reason: u32,
    },
    /// A button was pressed.
    Action {
        /// On which notification.
        id: u32,
        /// The button's key.
        key: String,
    },
    /// The tray host answered the registration of an icon.
    IconRegistered {
        /// The app's bus name.
        sender: String,
    },
    /// The tray host passed a left click on.
    IconActivated,
    /// An app said that its icon changed.
    IconChanged,
    /// An app said how urgent its icon is: `Active`, `NeedsAttention`.
    IconStatus(String),
}

/// The bus: a listener in the background, and a connection of its own for questions.
pub struct Bus {
    connection: Connection,
    shared: Arc<(Mutex<Vec<Heard>>, Condvar)>,
}

impl Bus {
    /// Connects and begins to listen; what is heard is also written to `log`.
    ///
    /// # Errors
    /// When there is no bus at this address, or it doesn't let us listen.
    pub fn listen(address: &str, log: &Path) -> Result<Self> {
        let connection = Builder::address(address)?
            .build()
            .context("can't connect to the session bus")?;
        let monitor = Builder::address(address)?.build()?;
        // Made before the bus is told, so that no message is lost in between.
        let messages = MessageIterator::from(&monitor);
        fdo::MonitoringProxy::new(&monitor)?
            .become_monitor(&[], 0)
            .context("the bus refuses a monitor")?;
        let shared = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let heard = Arc::clone(&shared);
        let mut log = File::create(log).with_context(|| format!("can't write {}", log.display()))?;
        std::thread::Builder::new()
            .name("bus monitor".into())
            .spawn(move || follow(messages, &heard, &mut log))?;
        Ok(Self { connection, shared })
    }

    /// A connection for calls of one's own.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// How much was heard up to now; [`Bus::wait`] takes it as the place to begin at.
    pub fn mark(&self) -> usize {
        self.heard().len()
    }

    fn heard(&self) -> MutexGuard<'_, Vec<Heard>> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was heard after `mark`, up to now.
    pub fn since(&self, mark: usize) -> Vec<Heard> {
        self.heard().iter().skip(mark).cloned().collect()
    }

    /// Waits for the first message after `mark` that `pick` takes.
    ///
    /// # Errors
    /// When none comes within `limit`; the error lists what came instead.
    pub fn wait<T>(
        &self,
        mark: usize,
        limit: Duration,
        what: &str,
        pick: impl Fn(&Heard) -> Option<T>,
    ) -> Result<T> {
        let deadline = Instant::now() + limit;
        let mut heard = self.heard();
        loop {
            if let Some(found) = heard.iter().skip(mark).find_map(&pick) {
                return Ok(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let instead: Vec<&What> = heard.iter().skip(mark).map(|heard| &heard.what).collect();
                bail!("waited {limit:?} in vain for {what} on the session bus; heard instead: {instead:?}");
            }
            heard = self
                .shared
                .1
                .wait_timeout(heard, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Waits until the tray host has taken an icon, and says when.
    ///
    /// # Errors
    /// When it doesn't within `limit`.
    pub fn wait_icon(&self, mark: usize, limit: Duration) -> Result<Instant> {
        self.wait(mark, limit, "the icon's registration", |heard| {
            matches!(heard.what, What::IconRegistered { .. }).then_some(heard.at)
        })
    }

    /// Waits until a program owns this name.
    ///
    /// # Errors
    /// When none does within `limit`.
    pub fn wait_name(&self, name: &str, limit: Duration) -> Result<()> {
        let bus = fdo::DBusProxy::new(&self.connection)?;
        wait::until(limit, &format!("{name} on the session bus"), || {
            Ok(bus.name_has_owner(name.try_into()?)?.then_some(()))
        })
    }

    /// What stands in the tooltip of the icon that was registered last; nothing while there is none.
    ///
    /// # Errors
    /// When its app doesn't answer.
    pub fn tooltip(&self) -> Result<Option<String>> {
        let registered = self
            .since(0)
            .into_iter()
            .rev()
            .find_map(|heard| match heard.what {
                What::IconRegistered { sender } => Some(sender),
                _ => None,
            });
        let Some(app) = registered else {
            return Ok(None);
        };
        let (path, interface) = ("/StatusNotifierItem", "org.kde.StatusNotifierItem");
        let icon = Proxy::new(&self.connection, app, path, interface)?;
        let (_, _, title, _): Tooltip = icon
            .get_property::<OwnedValue>("ToolTip")
            .and_then(|value| Ok(value.try_into()?))
            .context("the icon has no tooltip")?;
        Ok(Some(title))
    }

    /// The process behind a bus name.
    ///
    /// # Errors
    /// When nobody owns the name any more.
    pub fn pid_of(&self, name: &str) -> Result<u32> {
        Ok(fdo::DBusProxy::new(&self.connection)?.get_connection_unix_process_id(name.try_into()?)?)
    }
}

/// Reads the monitor's messages until the bus goes.
fn follow(messages: MessageIterator, heard: &(Mutex<Vec<Heard>>, Condvar), log: &mut File) {
    let begun = Instant::now();
    let mut asked = HashMap::new();
    for message in messages {
        let Ok(message) = message else { break };
        if let Some(what) = understand(&message, &mut asked) {
            // For whoever looks into a failed run; that run doesn't fail because of it.
            let _ = writeln!(log, "{:9.3} {what:?}", begun.elapsed().as_secs_f64());
            heard
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(Heard {
                    at: Instant::now(),
                    what,
                });
            heard.1.notify_all();
        }
    }
}

/// A call whose answer matters.
enum Asked {
    Notify(String),
    Register,
}

/// The name of an icon, pictures, the title, more words.
type Tooltip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);

type NotifyArguments = (
    String,
    u32,
    String,
    String,
    String,
    Vec<String>,
    HashMap<String, OwnedValue>,
    i32,
);

fn understand(message: &Message, asked: &mut HashMap<(String, u32), Asked>) -> Option<What> {
    let header = message.header();
    let sender = header.sender().map(ToString::to_string).unwrap_or_default();
    let member = header.member().map(|member| member.as_str()).unwrap_or_default();
    let body = message.body();
    let key = || (sender.clone(), header.primary().serial_num().get());
    match (message.message_type(), member) {
        (Type::MethodCall, "Notify") => {
            let (_, replaces, _, summary, text, actions, _, _): NotifyArguments = body.deserialize().ok()?;
            asked.insert(key(), Asked::Notify(summary.clone()));
            Some(What::Notify {
                sender,
                summary,
                body: text,
                actions,
                replaces,
            })
        }
        (Type::MethodCall, "RegisterStatusNotifierItem") => {
            asked.insert(key(), Asked::Register);
            None
        }
        (Type::MethodCall, "CloseNotification") => Some(What::Close {
            id: body.deserialize().ok()?,
        }),
        (Type::MethodCall, "Activate") => Some(What::IconActivated),
        (Type::MethodReturn, _) => {
            let to = header.destination()?.to_string();
            match asked.remove(&(to.clone(), header.reply_serial()?.get()))? {
                Asked::Notify(summary) => Some(What::Notified {
                    summary,
                    id: body.deserialize().ok()?,
                }),
                Asked::Register => Some(What::IconRegistered { sender: to }),
            }
        }
        (Type::Signal, "NotificationClosed") => {
            let (id, reason) = body.deserialize().ok()?;
            Some(What::Closed { id, reason })
        }
        (Type::Signal, "ActionInvoked") => {
            let (id, key) = body.deserialize().ok()?;
            Some(What::Action { id, key })
        }
        (Type::Signal, "NewIcon") => Some(What::IconChanged),
        (Type::Signal, "NewStatus") => Some(What::IconStatus(body.deserialize().ok()?)),
        _ => None,
    }
}
