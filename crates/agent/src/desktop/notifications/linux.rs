//! One task and one bus connection for all notifications.

use std::io;

use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::Order;
use super::board::Board;
use super::ledger::Ledger;
pub(super) use super::line::words;
use crate::desktop::DesktopEvent;
pub(super) use crate::desktop::bus::PATIENCE;

#[expect(clippy::unnecessary_wraps, reason = "Windows' half can fail")]
pub(super) fn start(
    runtime: &Handle,
    profile: &str,
    inbox: UnboundedReceiver<Order>,
    events: UnboundedSender<DesktopEvent>,
) -> io::Result<()> {
    runtime.spawn(serve(inbox, Board::new(Ledger::of(profile), events)));
    Ok(())
}

async fn serve(mut inbox: UnboundedReceiver<Order>, mut board: Board) {
    // Connecting before the first alert takes its cost out of the alert's way.
    board.prepare().await;
    loop {
        tokio::select! {
            // What the daemon said comes first: an order may build on it.
            biased;
            heard = board.hear() => board.heard(heard).await,
            order = inbox.recv() => match order {
                Some(Order::Show(note)) => board.show(note).await,
                Some(Order::Withdraw(key)) => board.withdraw(&key).await,
                Some(Order::WithdrawAll(done)) => {
                    board.withdraw_all().await;
                    let _ = done.send(());
                }
                None => return,
            },
        }
        board.remember();
    }
}
