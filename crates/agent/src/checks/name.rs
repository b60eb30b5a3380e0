//! What is checked.

/// One check. Scripts rely on the names: `doctor --json` gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckName {
    /// The agent runs.
    Agent,
    /// A tray shows the icon.
    TrayHost,
    /// Notifications are shown.
    Notifications,
    /// The keychain keeps what it is given.
    Keychain,
    /// Calls are remembered.
    Journal,
    /// The relay told all past calls.
    History,
    /// Records of calls open.
    Record,
    /// The settings file can be read.
    Settings,
    /// The window's program is there.
    Window,
    /// Who opens links to numbers.
    NumberLinks,
    /// The hotkey works.
    Hotkey,
    /// A way of working is set up.
    Mode,
    /// The relay, in one line.
    Relay,
    /// Its name leads somewhere.
    RelayAddress,
    /// It answers.
    RelayReachable,
    /// It takes our token.
    RelayToken,
    /// It streams.
    RelayStream,
    /// It places calls.
    RelayDial,
    /// Direct mode has an account.
    Account,
    /// Direct mode has its secret.
    Credentials,
    /// The platform, in one line.
    Platform,
    /// Its name leads somewhere.
    PlatformAddress,
    /// It took the last call.
    PlatformCall,
    /// Alerts come.
    Alerts,
    /// The address books on a server.
    CardDav,
    /// The company directory.
    Ldap,
}

impl CheckName {
    /// The steps to a relay, in the order in which they are tried.
    pub(super) const RELAY_STEPS: [Self; 5] = [
        Self::RelayAddress,
        Self::RelayReachable,
        Self::RelayToken,
        Self::RelayStream,
        Self::RelayDial,
    ];

    /// As the control protocol and `doctor` name it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::TrayHost => "tray_host",
            Self::Notifications => "notifications",
            Self::Keychain => "keychain",
            Self::Journal => "journal",
            Self::History => "history",
            Self::Record => "record",
            Self::Settings => "settings",
            Self::Window => "window",
            Self::NumberLinks => "number_links",
            Self::Hotkey => "hotkey",
            Self::Mode => "mode",
            Self::Relay => "relay",
            Self::RelayAddress => "relay_address",
            Self::RelayReachable => "relay_reachable",
            Self::RelayToken => "relay_token",
            Self::RelayStream => "relay_stream",
            Self::RelayDial => "relay_dial",
            Self::Account => "account",
            Self::Credentials => "credentials",
            Self::Platform => "platform",
            Self::PlatformAddress => "platform_address",
            Self::PlatformCall => "platform_call",
            Self::Alerts => "alerts",
            Self::CardDav => "carddav",
            Self::Ldap => "ldap",
        }
    }
}
