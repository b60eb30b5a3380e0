use telephony::{AccountId, CallId};
use uuid::Uuid;

use super::Desk;
use crate::dialled::{Dialled, KEPT_S};
use crate::event::DialId;
use crate::journal::Change;
use crate::testing::at;

fn dialled(press: u128, second: i64) -> Dialled {
    Dialled {
        id: DialId(Uuid::from_u128(press)),
        account: AccountId("1001".into()),
        at: at(second),
        call: None,
        own_leg: None,
    }
}

#[test]
fn presses_are_kept_for_a_day_with_what_became_of_them() {
    let mut desk = Desk::new();
    let (old, mut first, second) = (dialled(9, -KEPT_S), dialled(1, 0), dialled(2, 10));
    let written = [&old, &second, &first].map(|dialled| Change::Dialled(dialled.clone()));
    desk.journal.apply(&written, None).unwrap();
    first.call = Some(CallId("a".into()));
    first.own_leg = Some(CallId("leg".into()));
    desk.journal
        .apply(&[Change::Dialled(first.clone())], None)
        .unwrap();
    desk.reopen(at(20));
    assert_eq!(
        desk.journal.dialled(at(20)).unwrap(),
        [first.clone(), second.clone()]
    );

    desk.journal
        .apply(&[Change::NotDialled(second.id)], None)
        .unwrap();
    assert_eq!(desk.journal.dialled(at(0)).unwrap(), [old, first.clone()]);
    while desk.journal.tidy(at(20), 5).unwrap() {}
    assert_eq!(desk.journal.dialled(at(-10)).unwrap(), [first.clone()]);

    // A journal that is damaged somewhere else hands them on.
    let (journal, _) = desk.journal.replace_damaged(at(30)).unwrap();
    desk.journal = journal;
    assert_eq!(desk.journal.dialled(at(30)).unwrap(), [first]);
    desk.journal.delete_all(at(40)).unwrap();
    assert_eq!(desk.journal.dialled(at(40)).unwrap(), []);
}
