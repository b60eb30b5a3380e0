//! Carries the protocol over a Unix socket or a named pipe.
