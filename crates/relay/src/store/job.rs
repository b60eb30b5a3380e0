//! Work for the writing thread.

use tokio::sync::oneshot;

use super::StoreError;
use super::batch::Batch;
use super::kinds::Sql;

/// A piece of work, and who waits for it. Who waits for one that is dropped hears that it was lost.
pub(super) trait Job: Send {
    /// Does it, within a transaction. An error undoes what it wrote, and is not told here.
    fn work(&mut self, batch: &mut Batch<'_>) -> Sql<()>;

    /// Whether it can be done again after what it wrote was undone.
    fn is_repeatable(&self) -> bool;

    /// Tells who waits: it is on disk, or why it isn't.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// What comes of a job.
pub(super) type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

/// Work that can be done once.
pub(super) fn once<T: Send + 'static>(
    work: impl FnOnce(&mut Batch<'_>) -> Sql<T> + Send + 'static,
) -> (Box<dyn Job>, Answer<T>) {
    let (tell, answer) = oneshot::channel();
    let job = Once {
        work: Some(work),
        value: None,
        tell,
    };
    (Box::new(job), answer)
}

/// Work that can be done again; once it is on disk `then` follows, whether anybody still waits or not.
pub(super) fn repeatable<T: Send + 'static>(
    work: impl FnMut(&mut Batch<'_>) -> Sql<T> + Send + 'static,
    then: impl FnOnce(&T) + Send + 'static,
) -> (Box<dyn Job>, Answer<T>) {
    let (tell, answer) = oneshot::channel();
    let job = Repeatable {
        work,
        then,
        value: None,
        tell,
    };
    (Box::new(job), answer)
}

struct Once<W, T> {
    work: Option<W>,
    value: Option<T>,
    tell: oneshot::Sender<Result<T, StoreError>>,
}

impl<W, T> Job for Once<W, T>
where
    W: FnOnce(&mut Batch<'_>) -> Sql<T> + Send,
    T: Send,
{
    fn work(&mut self, batch: &mut Batch<'_>) -> Sql<()> {
        self.value = self.work.take().map(|work| work(batch)).transpose()?;
        Ok(())
    }

    fn is_repeatable(&self) -> bool {
        false
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { value, tell, .. } = *self;
        // Nobody waits any more when the requester went away.
        let _ = tell.send(outcome.and_then(|()| value.ok_or(StoreError::Lost)));
    }
}

struct Repeatable<W, F, T> {
    work: W,
    then: F,
    value: Option<T>,
    tell: oneshot::Sender<Result<T, StoreError>>,
}

impl<W, F, T> Job for Repeatable<W, F, T>
where
    W: FnMut(&mut Batch<'_>) -> Sql<T> + Send,
    F: FnOnce(&T) + Send,
    T: Send,
{
    fn work(&mut self, batch: &mut Batch<'_>) -> Sql<()> {
        self.value = Some((self.work)(batch)?);
        Ok(())
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self {
            then, value, tell, ..
        } = *self;
        let result = outcome.and_then(|()| value.ok_or(StoreError::Lost));
        if let Ok(value) = &result {
            then(value);
        }
        // Nobody waits any more when the requester went away.
        let _ = tell.send(result);
    }
}
