//! Finds buttons and texts the way a screen reader does, through AT-SPI: so the demo presses what a person would press,
//! wherever a theme or a daemon draws it.

use std::time::Duration;

use anyhow::{Context, Result};
use zbus::blocking::{Connection, Proxy, connection::Builder};
use zbus::zvariant::OwnedObjectPath;

use super::screen::Area;
use super::wait;

/// The accessibility bus.
pub struct Access {
    bus: Connection,
}

/// One thing on the screen that has a role and a name.
#[derive(Clone, Debug)]
pub struct Thing {
    /// `push button`, `entry`, `label`, …
    pub role: String,
    /// What a screen reader says.
    pub name: String,
    /// Where it stands on the screen.
    pub area: Area,
}

/// Deeper than any page of ours, and an end for a tree that loops.
const DEPTH: usize = 40;

impl Access {
    /// Turns accessibility on for the programs that start from now on, and connects.
    ///
    /// # Errors
    /// When `at-spi2-core` isn't installed or doesn't start.
    pub fn open(session: &Connection) -> Result<Self> {
        let status = Proxy::new(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status")?;
        status
            .set_property("IsEnabled", true)
            .context("the accessibility bus can't be turned on")?;
        let proxy = Proxy::new(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus")?;
        let address: String = proxy.call("GetAddress", &())?;
        Ok(Self {
            bus: Builder::address(address.as_str())?
                .build()
                .context("can't connect to the accessibility bus")?,
        })
    }

    /// Everything that is on the screen now, of all programs that take part.
    ///
    /// # Errors
    /// When the registry doesn't answer.
    pub fn all(&self) -> Result<Vec<Thing>> {
        let mut things = Vec::new();
        let root = OwnedObjectPath::try_from("/org/a11y/atspi/accessible/root")?;
        self.collect("org.a11y.atspi.Registry", &root, 0, &mut things)
            .context("the accessibility registry doesn't answer")?;
        Ok(things)
    }

    /// Waits for a thing that `pick` takes.
    ///
    /// # Errors
    /// When none is there within `limit`.
    pub fn wait(&self, limit: Duration, what: &str, pick: impl Fn(&Thing) -> bool) -> Result<Thing> {
        let mut last = Vec::new();
        let found = wait::until(limit, &format!("{what} on the screen (accessibility)"), || {
            last = self.all()?;
            Ok(last
                .iter()
                .find(|thing| pick(thing) && thing.area.width > 1)
                .cloned())
        });
        found.with_context(|| {
            let named = last.iter().filter(|thing| !thing.name.is_empty());
            let instead: Vec<String> = named
                .map(|thing| format!("{} “{}”", thing.role, thing.name))
                .collect();
            format!("there is: {}", instead.join(", "))
        })
    }

    /// A program may end, or drop a part of its window, between two questions: that part is skipped.
    fn collect(
        &self,
        app: &str,
        path: &OwnedObjectPath,
        depth: usize,
        things: &mut Vec<Thing>,
    ) -> Result<()> {
        let node = Proxy::new(
            &self.bus,
            app.to_owned(),
            path.clone(),
            "org.a11y.atspi.Accessible",
        )?;
        let children: Vec<(String, OwnedObjectPath)> = node.call("GetChildren", &())?;
        // The root, and the programs below it, have no place on the screen.
        if depth > 1 {
            let role: String = node.call("GetRoleName", &())?;
            let name: String = node.get_property("Name").unwrap_or_default();
            let component = Proxy::new(
                &self.bus,
                app.to_owned(),
                path.clone(),
                "org.a11y.atspi.Component",
            )?;
            let area = component.call::<_, _, ((i32, i32, i32, i32),)>("GetExtents", &(0_u32,));
            let area = area.map_or(
                Area {
                    x: 0,
                    y: 0,
                    width: 0,
                    height: 0,
                },
                |((x, y, width, height),)| Area {
                    x,
                    y,
                    width: u32::try_from(width).unwrap_or(0),
                    height: u32::try_from(height).unwrap_or(0),
                },
            );
            things.push(Thing { role, name, area });
        }
        if depth < DEPTH {
            for (app, path) in children {
                let _ = self.collect(&app, &path, depth + 1, things);
            }
        }
        Ok(())
    }
}
