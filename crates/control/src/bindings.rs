//! The protocol's types in TypeScript, for the window's page (`ui/src/bindings.ts`).
//!
//! Written by `cargo run -p control --example bindings`; a test fails while the committed file differs.

use std::any::TypeId;

use ts_rs::{Config, TS, TypeVisitor};

use crate::protocol::{Answer, Change, Error, Request};

const HEAD: &str = "\
// Generated from crates/control/src/protocol.rs; edit there, then run: cargo run -p control --example bindings
/* eslint-disable */
";

/// The whole text of `ui/src/bindings.ts`: every type that a page can send or get, with its documentation.
pub fn typescript() -> String {
    let mut types = Types {
        config: Config::new(),
        seen: Vec::new(),
        text: String::from(HEAD),
    };
    types.visit::<Request>();
    types.visit::<Answer>();
    types.visit::<Change>();
    types.visit::<Error>();
    let mut text = types.text;
    text.push_str(&format!(
        "\n/** Spoken by this build. */\nexport const PROTOCOL_VERSION = {};\n",
        crate::protocol::VERSION
    ));
    text
}

/// Collects declarations, each once, in the order in which the types are met.
struct Types {
    config: Config,
    seen: Vec<TypeId>,
    text: String,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        let id = TypeId::of::<T>();
        if self.seen.contains(&id) {
            return;
        }
        self.seen.push(id);
        // Types of Rust's own (text, lists) have no file of their own and are written inline where they stand.
        if T::output_path().is_some() {
            self.text.push('\n');
            if let Some(docs) = T::docs() {
                self.text.push_str(&docs);
            }
            self.text.push_str("export ");
            self.text.push_str(&T::decl(&self.config));
            self.text.push('\n');
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}
