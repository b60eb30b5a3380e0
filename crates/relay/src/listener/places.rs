//! Who may have a connection: so many in all, and not too many of them from one address that has no stream.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::proxies::{contains, subscriber};

/// The part of all connections that one address may have without being granted a stream: whoever connects and asks for
/// nothing must not keep the platform out.
const SHARE: usize = 8;

/// The places for connections.
#[derive(Debug)]
pub(crate) struct Places {
    all: Arc<Semaphore>,
    of_one: usize,
    /// Those that stand for many, or are known: they may have all.
    known: Vec<IpNet>,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

impl Places {
    /// So many in all. The networks `known` aren't bounded by address, nor is this machine.
    pub(crate) fn new(all: usize, known: Vec<IpNet>) -> Arc<Self> {
        Arc::new(Self {
            all: Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS))),
            of_one: (all / SHARE).max(1),
            known,
            taken: Mutex::default(),
        })
    }

    /// A place for a connection from there, if there is one.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let permit = Arc::clone(&self.all).try_acquire_owned().ok()?;
        let address = subscriber(peer);
        let counted = if address.is_loopback() || contains(&self.known, peer) {
            None
        } else {
            let mut taken = self.lock();
            let count = taken.entry(address).or_default();
            if *count >= self.of_one {
                return None;
            }
            *count += 1;
            Some(Counted {
                places: Arc::clone(self),
                address,
            })
        };
        Some(Place {
            _permit: permit,
            counted: Mutex::new(counted),
        })
    }

    // Held for plain memory operations only.
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Places {
    /// Once a place is free.
    pub(super) async fn free(&self) {
        drop(self.all.acquire().await.unwrap());
    }
}

/// A connection's place, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    counted: Mutex<Option<Counted>>,
}

impl Place {
    /// A stream was granted: streams are counted by address on their own.
    pub(super) fn has_stream(&self) {
        drop(self.counted.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

#[derive(Debug)]
struct Counted {
    places: Arc<Places>,
    address: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    #[test]
    fn one_address_leaves_room_for_the_platform() {
        let places = Places::new(16, vec!["203.0.113.0/24".parse().unwrap()]);
        let held: Vec<_> = (0..9).filter_map(|_| places.take(from("192.0.2.1"))).collect();
        assert_eq!(held.len(), 2);
        // A subscriber's whole network of IPv6 is one; the same address written as IPv6 too.
        let six: Vec<_> = (1..9)
            .filter_map(|host| places.take(from(&format!("2001:db8::{host}"))))
            .collect();
        assert_eq!(six.len(), 2);
        assert!(places.take(from("::ffff:192.0.2.1")).is_none());
        // Whoever listens isn't counted as one that asks for nothing.
        held[0].has_stream();
        held[0].has_stream();
        let third = places.take(from("192.0.2.1")).unwrap();
        assert!(places.take(from("192.0.2.1")).is_none());
        // The known ones, and this machine, have what is left.
        let known: Vec<_> = (0..20).filter_map(|_| places.take(from("203.0.113.9"))).collect();
        assert_eq!(known.len(), 16 - 5);
        assert!(places.take(from("127.0.0.1")).is_none(), "all are taken");
        drop((held, six, third, known));
        assert!(places.lock().is_empty());
        assert_eq!(places.all.available_permits(), 16);
    }
}
