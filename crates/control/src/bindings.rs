//! The protocol's types in TypeScript, for the window's page (`ui/src/bindings.ts`).
//!
//! Written by `cargo run -p control --example bindings`; a test fails while the committed file differs.

use std::any::TypeId;
use std::collections::BTreeMap;

use ts_rs::{Config, TS, TypeVisitor};

use crate::protocol::{Answer, Change, Error, Request};

const HEAD: &str = "\
// Generated from crates/control/src/protocol; edit there, then run: cargo run -p control --example bindings
/* eslint-disable */
";

/// The whole text of `ui/src/bindings.ts`: every type that a page can send or get, with its documentation, by name.
pub fn typescript() -> String {
    let mut types = Types {
        config: Config::new(),
        seen: Vec::new(),
        declarations: BTreeMap::new(),
    };
    types.visit::<Request>();
    types.visit::<Answer>();
    types.visit::<Change>();
    types.visit::<Error>();
    let mut text = String::from(HEAD);
    for declaration in types.declarations.values() {
        text.push('\n');
        text.push_str(declaration);
    }
    text.push_str(&format!(
        "\n/** Spoken by this build. */\nexport const PROTOCOL_VERSION = {};\n",
        crate::protocol::VERSION
    ));
    text
}

/// Collects declarations, each once. By name: the order in which ts-rs meets types differs from build to build.
struct Types {
    config: Config,
    seen: Vec<TypeId>,
    declarations: BTreeMap<String, String>,
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
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}\n", T::decl(&self.config));
            self.declarations.insert(T::ident(&self.config), declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}
