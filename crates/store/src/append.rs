use errand_domain::{Draft, Event, RunId, RunState, error::LogError};

use crate::{
    Error, Store,
    hint::Topic,
    log,
    patience::retry,
    row::Current,
    statement::{signed, storable},
    transaction::Transaction,
};

/// By which right a run is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The claim of this epoch.
    Holder { epoch: u64 },
    /// Nobody holds the run; it is written if it is still as it was seen.
    Nobody { state: RunState, last_sequence: u64 },
}

impl Writer {
    /// Whether the run, as it is now, may be written by this right.
    pub(crate) fn check(self, current: &Current) -> Result<(), Error> {
        let run = &current.run;
        match self {
            Self::Holder { epoch } if run.lease_epoch == epoch && run.state.is_held() => Ok(()),
            Self::Holder { .. } => Err(Error::LeaseLost),
            Self::Nobody {
                state,
                last_sequence,
            } if run.state == state
                && run.last_sequence == last_sequence
                && !(run.state.is_held() && current.lease.until >= current.now) =>
            {
                Ok(())
            }
            Self::Nobody { .. } => Err(Error::Conflict {
                state: run.state,
                last_sequence: run.last_sequence,
            }),
        }
    }
}

/// What a write left behind: to tell watchers, and to know it again if its answer was lost.
#[derive(Default)]
pub(crate) struct Attempt {
    sealed: Option<(Vec<Event>, Current)>,
}

impl Store {
    /// Appends events in one transaction: numbers and hashes them, folds them into the run's row,
    /// and numbers the organization's state changes. An event that moves the run out of running
    /// and paused ends the lease: a final one, and `run_queued`, by which a holder hands back.
    ///
    /// At most 100 drafts. If the connection is lost, it is tried again for a bounded time, and
    /// nothing is written twice.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] and [`Error::Conflict`] (see [`Writer`]), [`Error::Log`] if the events
    /// do not fit the run's state or a bound, [`Error::NotFound`], [`Error::StorageFull`].
    pub async fn append(
        &self,
        run_id: &RunId,
        writer: Writer,
        drafts: Vec<Draft>,
    ) -> Result<Vec<Event>, Error> {
        let mut attempt = Attempt::default();
        retry!(
            self,
            self.append_once(run_id, writer, &drafts, &mut attempt, &Nothing)
                .await
        )
    }

    pub(crate) async fn append_once(
        &self,
        run_id: &RunId,
        writer: Writer,
        drafts: &[Draft],
        attempt: &mut Attempt,
        beside: &impl Beside,
    ) -> Result<Vec<Event>, Error> {
        let backend = self.inner.backend;
        let detailed = drafts.iter().any(log::is_detail);
        let mut transaction = self.begin().await?;
        if let Some((events, current)) = attempt.sealed.take()
            && was_committed(&mut transaction, &events).await?
        {
            transaction.rollback().await?;
            self.announce(&current, &events);
            return Ok(events);
        }
        let Some(mut current) = log::lock(&mut transaction, backend, run_id, detailed).await?
        else {
            transaction.rollback().await?;
            return Err(Error::NotFound("run"));
        };
        if let Err(error) = writer.check(&current) {
            transaction.rollback().await?;
            return Err(error);
        }
        let events = match log::write(&mut transaction, &mut current, drafts.to_vec(), None).await {
            Ok(written) => written.events,
            Err(error @ Error::Log(LogError::Illegal(_) | LogError::AfterTheEnd(_))) => {
                transaction.rollback().await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        beside.write(&mut transaction, &current, &events).await?;
        attempt.sealed = Some((events, current));
        transaction.commit().await?;
        let Some((events, current)) = attempt.sealed.take() else {
            return Ok(Vec::new());
        };
        self.announce(&current, &events);
        Ok(events)
    }

    /// Tells watchers of the run, of its organization and of the queue.
    pub(crate) fn announce(&self, current: &Current, events: &[Event]) {
        let run = &current.run;
        let hub = &self.inner.hub;
        hub.mark(Topic::Run(run.id.as_str().to_owned()));
        if events.iter().any(|event| event.body.moves_to().is_some()) {
            if let Some(session) = &run.request.browser_session_id {
                hub.mark(Topic::Session(session.as_str().to_owned()));
            }
            hub.mark(Topic::Organization(run.organization_id.as_str().to_owned()));
            // Queued means work; ended means room below the organization's limit.
            if run.state == RunState::Queued || run.state.is_final() {
                hub.mark(Topic::Queue);
            }
        }
    }
}

/// More to write in the transaction of the events.
pub(crate) trait Beside: Sync {
    fn write(
        &self,
        transaction: &mut Transaction,
        current: &Current,
        events: &[Event],
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

pub(crate) struct Nothing;

impl Beside for Nothing {
    async fn write(&self, _: &mut Transaction, _: &Current, _: &[Event]) -> Result<(), Error> {
        Ok(())
    }
}

/// Whether the events of an earlier attempt are there although its answer was lost. The hash
/// covers all of an event and all before it, so one that matches is ours.
pub(crate) async fn was_committed(
    transaction: &mut Transaction,
    events: &[Event],
) -> Result<bool, Error> {
    let Some(last) = events.last() else {
        return Ok(false);
    };
    let found: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT hash FROM run_events WHERE run_id = $1 AND sequence = $2")
            .bind(storable(last.run_id.as_str()))
            .bind(signed(last.sequence))
            .fetch_optional(transaction.connection())
            .await?;
    Ok(found.is_some_and(|hash| hash == last.hash))
}
