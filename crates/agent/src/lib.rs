//! The desktop app: tray, notifications, keychain, links, command line.

pub mod desktop;
