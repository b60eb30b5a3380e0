//! One task and one bus connection for all notifications.

use companion::effect::Notification;
use companion::event::CallKey;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::board::Board;
use super::ledger::Ledger;
pub(super) use super::line::words;
pub(super) use crate::desktop::bus::PATIENCE;
use crate::desktop::{DesktopError, DesktopEvent, NotifyPort};

/// See [`NotifyPort`].
pub struct Notifier {
    orders: UnboundedSender<Order>,
}

enum Order {
    Show(Notification),
    Withdraw(CallKey),
    WithdrawAll(oneshot::Sender<()>),
}

impl Notifier {
    pub(in crate::desktop) fn open(
        runtime: &Handle,
        profile: &str,
        events: UnboundedSender<DesktopEvent>,
    ) -> Result<Self, DesktopError> {
        let (orders, inbox) = unbounded_channel();
        runtime.spawn(serve(inbox, Board::new(Ledger::of(profile), events)));
        Ok(Self { orders })
    }
}

impl NotifyPort for Notifier {
    fn show(&self, notification: Notification) {
        let _ = self.orders.send(Order::Show(notification));
    }

    fn withdraw(&self, key: CallKey) {
        let _ = self.orders.send(Order::Withdraw(key));
    }

    async fn withdraw_all(&self) {
        let (done, told) = oneshot::channel();
        let _ = self.orders.send(Order::WithdrawAll(done));
        // An error means that the task is gone, and its notifications with it.
        let _ = told.await;
    }
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
