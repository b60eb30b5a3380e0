//! A door before a server.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Takes connections to a server at once, and lets their bytes through once it was opened: a server that takes as long as a
/// test wants.
#[derive(Debug)]
pub struct Gate {
    port: u16,
    open: Arc<(Mutex<bool>, Condvar)>,
}

impl Gate {
    /// Shut, before the server at this port of the loopback interface.
    pub fn before(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = Arc::new((Mutex::new(false), Condvar::new()));
        let door = Arc::clone(&open);
        // Ends with the test's process, as all that it takes.
        thread::spawn(move || {
            for here in listener.incoming().flatten() {
                let door = Arc::clone(&door);
                thread::spawn(move || {
                    let (open, opened) = &*door;
                    drop(opened.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
                    join(&here, server)
                });
            }
        });
        Self { port, open }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Lets everything through, from now on.
    pub fn open(&self) {
        *self.open.0.lock().unwrap() = true;
        self.open.1.notify_all();
    }
}

/// Passes bytes both ways until either side has enough.
fn join(here: &TcpStream, server: u16) -> io::Result<()> {
    let there = TcpStream::connect(("127.0.0.1", server))?;
    let (mut from_there, mut to_here) = (there.try_clone()?, here.try_clone()?);
    thread::spawn(move || {
        // An end of either side is the end.
        let _ = io::copy(&mut from_there, &mut to_here);
        let _ = to_here.shutdown(Shutdown::Both);
    });
    io::copy(&mut &*here, &mut &there)?;
    there.shutdown(Shutdown::Both)
}
