//! The control protocol over its real transport, and its TypeScript bindings.

mod bindings;
