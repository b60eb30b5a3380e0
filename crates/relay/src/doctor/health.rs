//! Whether the relay that runs here is well, by what it says itself on its admin address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::Method;

use super::ask;

/// Why it isn't, or isn't known to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwell {
    /// Its own words: that it isn't ready, and why.
    #[error("it is {0}")]
    NotReady(String),
    /// Something answers, but not like a relay.
    #[error("what answers at {address} isn't it (status {status}); check admin_listen")]
    Stranger {
        /// Where.
        address: String,
        /// The answer's.
        status: u16,
    },
    /// Nothing does.
    #[error("{address} doesn't answer: {why}")]
    Silent {
        /// Where.
        address: String,
        /// What happened.
        why: String,
    },
    /// Its port is left to the system, so nobody knows where to ask.
    #[error("its admin port isn't fixed, so its health can't be asked: give admin_listen a port")]
    Unknown,
}

/// Asks `/readyz` of the relay whose admin address this is; waits some seconds at most.
///
/// # Errors
/// [`Unwell`]
pub async fn ask(admin: SocketAddr) -> Result<(), Unwell> {
    if admin.port() == 0 {
        return Err(Unwell::Unknown);
    }
    let address = format!("http://{}/readyz", reached(admin));
    match ask::ask(Method::GET, &address).await {
        Ok(answer) => match answer.status {
            200 => Ok(()),
            503 => Err(Unwell::NotReady(answer.text.trim().to_owned())),
            status => Err(Unwell::Stranger { address, status }),
        },
        Err(error) => Err(Unwell::Silent {
            address,
            why: error.to_string(),
        }),
    }
}

/// An address that stands for all of a machine's is reached by its loopback.
fn reached(admin: SocketAddr) -> SocketAddr {
    let ip = match admin.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, admin.port())
}
