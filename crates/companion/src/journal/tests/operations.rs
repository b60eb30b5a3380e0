//! Whatever is done in whatever order, row and index agree and a restart changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use telephony::{CallState, Direction};

use super::{Desk, call, key, text};
use crate::journal::{Change, Filter, Query, Row};
use crate::testing::at;

const PARTIES: [Option<&str>; 4] = [Some("+33142685300"), Some("+33612345678"), Some("204"), None];

#[derive(Clone, Debug)]
enum Op {
    Record {
        id: usize,
        state: usize,
        unread: bool,
        moved: bool,
    },
    Note(usize, &'static str),
    CallBack(usize, bool),
    Name(usize, &'static str),
    ReadAll,
    Delete(usize),
    DeleteAll,
    Erase,
    Reopen,
}

fn op() -> impl Strategy<Value = Op> {
    let id = 0..8usize;
    prop_oneof![
        8 => (id.clone(), 0..4usize, any::<bool>(), prop::bool::weighted(0.1))
            .prop_map(|(id, state, unread, moved)| Op::Record { id, state, unread, moved }),
        3 => (id.clone(), prop::sample::select(&["", "Devis", "été"])).prop_map(|(id, note)| Op::Note(id, note)),
        3 => (id.clone(), any::<bool>()).prop_map(|(id, wanted)| Op::CallBack(id, wanted)),
        3 => (0..2usize, prop::sample::select(&["Martin", "Lefèvre"])).prop_map(|(id, name)| Op::Name(id, name)),
        1 => Just(Op::ReadAll),
        1 => id.prop_map(Op::Delete),
        1 => prop::bool::weighted(0.2).prop_map(|all| if all { Op::DeleteAll } else { Op::ReadAll }),
        2 => Just(Op::Erase),
        2 => Just(Op::Reopen),
    ]
}

/// What must be there: note, whether the last word said unread, and whether it is going on.
#[derive(Debug, Default)]
struct Model {
    there: BTreeMap<usize, (String, bool, bool)>,
    deleted: BTreeSet<usize>,
}

impl Model {
    fn agrees(&self, desk: &Desk) {
        let rows = desk.journal.recent(100).unwrap();
        let mut ids: Vec<usize> = rows
            .iter()
            .map(|row| row.call.call_id.0.parse().unwrap())
            .collect();
        ids.sort_unstable();
        assert_eq!(ids, self.there.keys().copied().collect::<Vec<_>>());
        for row in &rows {
            let (note, unread, _) = &self.there[&row.call.call_id.0.parse().unwrap()];
            assert_eq!((&row.note, row.unread), (note, *unread));
        }
        indexed(desk, &rows);
    }
}

/// Every row is in the index exactly once, under each of its facts, and nothing else is.
fn indexed(desk: &Desk, rows: &[Row]) {
    let db = &desk.journal.db;
    db.execute_batch("INSERT INTO search (search) VALUES ('integrity-check')")
        .unwrap();
    db.execute_batch(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.instances USING fts5vocab(main, search, instance)",
    )
    .unwrap();
    let mut statement = db
        .prepare("SELECT DISTINCT doc FROM temp.instances ORDER BY doc")
        .unwrap();
    let indexed: Vec<i64> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut statement = db.prepare("SELECT id FROM call ORDER BY id").unwrap();
    let ids: Vec<i64> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(indexed, ids);
    let wanted = Query {
        filter: Filter::ToCallBack,
        ..Query::default()
    };
    let expected: Vec<&Row> = rows.iter().filter(|row| row.call_back.is_wanted()).collect();
    assert_eq!(
        desk.journal
            .search(&wanted)
            .unwrap()
            .rows
            .iter()
            .collect::<Vec<_>>(),
        expected
    );
    for row in rows.iter().filter(|row| !row.note.is_empty()) {
        assert!(desk.journal.search(&text(&row.note)).unwrap().rows.contains(row));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_operations_leave_a_sound_journal(ops in prop::collection::vec(op(), 1..40)) {
        let mut desk = Desk::new();
        let mut model = Model::default();
        for (step, op) in ops.into_iter().enumerate() {
            let now = at(1000 + i64::try_from(step).unwrap());
            match op {
                Op::Record { id, state, unread, moved } => {
                    let direction = if id % 2 == 0 { Direction::Incoming } else { Direction::Outgoing };
                    let second = i64::try_from(id).unwrap() * 10 + i64::from(moved);
                    let mut call = call(&id.to_string(), direction, PARTIES[id % 4], second);
                    call.state = [CallState::Ringing, CallState::Connected, CallState::Ended, CallState::Ended][state];
                    call.connected_at = (state == 1 || state == 3).then(|| at(second + 5));
                    desk.record(call, unread);
                    if !model.deleted.contains(&id) {
                        let kept = model.there.entry(id).or_default();
                        (kept.1, kept.2) = (unread, state == 1);
                    }
                }
                Op::Note(id, note) => {
                    let there = desk.journal.set_note(&key(&id.to_string()), note).unwrap();
                    prop_assert_eq!(there, model.there.contains_key(&id));
                    if let Some(kept) = model.there.get_mut(&id) {
                        note.clone_into(&mut kept.0);
                    }
                }
                Op::CallBack(id, wanted) => {
                    desk.journal.set_call_back(&key(&id.to_string()), wanted, now).unwrap();
                    if model.there.contains_key(&id) {
                        prop_assert_eq!(desk.row(&id.to_string()).call_back.is_wanted(), wanted);
                    }
                }
                Op::Name(party, name) => desk.named(PARTIES[party].unwrap(), name, ""),
                Op::ReadAll => {
                    desk.journal.apply(&[Change::MarkAllRead], None).unwrap();
                    model.there.values_mut().for_each(|kept| kept.1 = false);
                }
                Op::Delete(id) => {
                    let there = desk.journal.delete(&key(&id.to_string()), now).unwrap();
                    prop_assert_eq!(there, model.there.remove(&id).is_some());
                    model.deleted.insert(id);
                }
                Op::DeleteAll => {
                    desk.journal.delete_all(now).unwrap();
                    // Those that ring have done so for longer than any phone does.
                    let gone = model.there.extract_if(.., |_, kept| !kept.2);
                    model.deleted.extend(gone.map(|(id, _)| id));
                }
                Op::Erase => {
                    desk.journal.erase(now).unwrap();
                }
                Op::Reopen => {
                    let before = desk.journal.recent(100).unwrap();
                    desk.reopen(now);
                    prop_assert_eq!(desk.journal.recent(100).unwrap(), before);
                }
            }
            model.agrees(&desk);
        }
    }
}
