use errand_domain::{Draft, Event, OrganizationId, Run, RunId, RunState, Timestamp, event::Body};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Store, Writer,
    append::{Attempt, Beside, was_committed},
    hint::Topic,
    log,
    patience::retry,
    row::{Current, json, unsigned},
    statement::{signed, storable},
    transaction::Transaction,
};

/// Most commands of one run that wait at once.
pub const MAX_PENDING_COMMANDS: u32 = 100;

/// What someone who does not hold a run asks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// End it.
    Cancel {
        /// For a person.
        reason: String,
    },
    /// The answer of a person to what the run asked.
    Respond {
        /// JSON text.
        response: String,
    },
}

impl Command {
    /// The name in `command_received` events.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Cancel { .. } => "cancel",
            Self::Respond { .. } => "respond",
        }
    }
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum CommandOutcome {
    /// The run's holder, present or next, will take it up.
    Pending(Run),
    /// The run had not started and is canceled now.
    Canceled(Run),
    /// The run had ended before; nothing was done.
    AlreadyFinal(Run),
    /// The run waits to start, and only one that runs can be answered; nothing was done.
    NotStarted(Run),
}

impl CommandOutcome {
    /// The run as it was left.
    #[must_use]
    pub fn into_run(self) -> Run {
        match self {
            Self::Pending(run)
            | Self::Canceled(run)
            | Self::AlreadyFinal(run)
            | Self::NotStarted(run) => run,
        }
    }
}

/// A command that its run's holder has not turned into events yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingCommand {
    /// Counts the run's commands from 1; for [`Store::append_for_command`].
    pub number: u64,
    /// What is asked.
    pub command: Command,
    /// When it was asked.
    pub created_at: Timestamp,
}

impl Store {
    /// Asks something of a run. A run that nobody holds is canceled at once; a holder finds the
    /// command by [`Store::pending_commands`], woken by a hint on the run. A second cancel
    /// changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an id that is not the organization's; [`Error::Limit`] if
    /// [`MAX_PENDING_COMMANDS`] wait.
    pub async fn add_command(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
        command: Command,
    ) -> Result<CommandOutcome, Error> {
        let id = uuid::Uuid::now_v7().simple().to_string();
        let mut sealed = None;
        retry!(
            self,
            self.add_command_once(organization, run_id, &command, &id, &mut sealed)
                .await
        )
    }

    async fn add_command_once(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
        command: &Command,
        id: &str,
        sealed: &mut Option<(Vec<Event>, Run)>,
    ) -> Result<CommandOutcome, Error> {
        let mut transaction = self.begin().await?;
        if let Some((events, run)) = sealed.take()
            && was_committed(&mut transaction, &events).await?
        {
            transaction.rollback().await?;
            return Ok(CommandOutcome::Canceled(run));
        }
        let locked = log::lock(&mut transaction, self.inner.backend, run_id, true).await?;
        let Some(mut current) = locked.filter(|it| it.run.organization_id == *organization) else {
            transaction.rollback().await?;
            return Err(Error::NotFound("run"));
        };
        let waits = matches!(current.run.state, RunState::Created | RunState::Queued);
        match command {
            _ if current.run.state.is_final() => {
                transaction.rollback().await?;
                Ok(CommandOutcome::AlreadyFinal(current.run))
            }
            Command::Cancel { reason } if waits => {
                let drafts = canceled(reason);
                let events = log::write(&mut transaction, &mut current, drafts, None)
                    .await?
                    .events;
                *sealed = Some((events.clone(), current.run.clone()));
                transaction.commit().await?;
                self.announce(&current, &events);
                Ok(CommandOutcome::Canceled(current.run))
            }
            Command::Respond { .. } if waits => {
                transaction.rollback().await?;
                Ok(CommandOutcome::NotStarted(current.run))
            }
            _ => {
                note(&mut transaction, &current, command, id).await?;
                transaction.commit().await?;
                self.inner
                    .hub
                    .mark(Topic::Run(current.run.id.as_str().to_owned()));
                Ok(CommandOutcome::Pending(current.run))
            }
        }
    }

    /// What waits for the holder, oldest first.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] if the epoch is no longer the run's.
    pub async fn pending_commands(
        &self,
        run_id: &RunId,
        epoch: u64,
    ) -> Result<Vec<PendingCommand>, Error> {
        retry!(self, self.pending_commands_once(run_id, epoch).await)
    }

    async fn pending_commands_once(
        &self,
        run_id: &RunId,
        epoch: u64,
    ) -> Result<Vec<PendingCommand>, Error> {
        let rows: Vec<(Option<i64>, Option<String>, Option<i64>)> = sqlx::query_as(
            "SELECT c.number, c.command, c.created_at FROM runs r
             LEFT JOIN run_commands c ON c.run_id = r.id AND c.done_sequence IS NULL
             WHERE r.id = $1 AND r.lease_epoch = $2 AND r.state IN ('running', 'paused')
             ORDER BY c.number",
        )
        .bind(storable(run_id.as_str()))
        .bind(signed(epoch))
        .fetch_all(&self.inner.reader)
        .await?;
        if rows.is_empty() {
            return Err(Error::LeaseLost);
        }
        rows.into_iter()
            .filter_map(|(number, command, at)| Some((number?, command?, at?)))
            .map(|(number, command, at)| {
                let command = serde_json::from_str(&command)
                    .map_err(|error| Error::damaged("a command", error))?;
                let created_at = Timestamp(at);
                Ok(PendingCommand {
                    number: unsigned(number)?,
                    command,
                    created_at,
                })
            })
            .collect()
    }

    /// Appends the events that a command becomes and marks it done, in one transaction. Without
    /// drafts it is only marked done.
    ///
    /// # Errors
    /// As [`Store::append`] for a holder; [`Error::NotFound`] if the command is done already and
    /// there are drafts.
    pub async fn append_for_command(
        &self,
        run_id: &RunId,
        epoch: u64,
        number: u64,
        drafts: Vec<Draft>,
    ) -> Result<Vec<Event>, Error> {
        let writer = Writer::Holder { epoch };
        let done = Done {
            number,
            repeatable: drafts.is_empty(),
        };
        let mut attempt = Attempt::default();
        retry!(
            self,
            self.append_once(run_id, writer, &drafts, &mut attempt, &done)
                .await
        )
    }
}

/// Marks a command done beside its events.
struct Done {
    number: u64,
    /// Without events there is nothing that could be written twice.
    repeatable: bool,
}

impl Beside for Done {
    async fn write(
        &self,
        transaction: &mut Transaction,
        current: &Current,
        _: &[Event],
    ) -> Result<(), Error> {
        let done = sqlx::query(
            "UPDATE run_commands SET done_sequence = $3
             WHERE run_id = $1 AND number = $2 AND done_sequence IS NULL",
        )
        .bind(current.run.id.as_str())
        .bind(signed(self.number))
        .bind(signed(current.run.last_sequence))
        .execute(transaction.connection())
        .await?;
        if done.rows_affected() == 1 || self.repeatable {
            Ok(())
        } else {
            Err(Error::NotFound("command"))
        }
    }
}

/// The end of a run that nobody held.
pub(crate) fn canceled(reason: &str) -> Vec<Draft> {
    let received = Body::CommandReceived {
        command: "cancel".to_owned(),
        detail: reason.to_owned(),
    };
    let summary = if reason.is_empty() {
        "canceled before it started".to_owned()
    } else {
        format!("canceled before it started: {reason}")
    };
    let finished = Body::RunFinished {
        state: RunState::Canceled,
        failure: None,
        errors: Vec::new(),
        summary: Some(summary.clone()),
    };
    vec![
        Draft::new("asked to cancel", received),
        Draft::new(summary, finished),
    ]
}

/// Adds the row; the run's row is locked, so numbers are not given twice.
async fn note(
    transaction: &mut Transaction,
    current: &Current,
    command: &Command,
    id: &str,
) -> Result<(), Error> {
    let rows: Vec<(String, i64, String, Option<i64>)> = sqlx::query_as(
        "SELECT id, number, command, done_sequence FROM run_commands WHERE run_id = $1
         ORDER BY number DESC LIMIT $2",
    )
    .bind(current.run.id.as_str())
    .bind(i64::from(MAX_PENDING_COMMANDS) + 1)
    .fetch_all(transaction.connection())
    .await?;
    let mut pending = rows.iter().filter(|(.., done)| done.is_none());
    let is_cancel = |text: &str| {
        serde_json::from_str(text).is_ok_and(|it| matches!(it, Command::Cancel { .. }))
    };
    let repeated = rows.iter().any(|(known, ..)| known == id)
        || (matches!(command, Command::Cancel { .. })
            && pending.clone().any(|(_, _, text, _)| is_cancel(text)));
    if repeated {
        return Ok(());
    }
    if pending.by_ref().count() >= MAX_PENDING_COMMANDS as usize {
        return Err(Error::Limit(format!(
            "{MAX_PENDING_COMMANDS} commands wait for this run already"
        )));
    }
    let number = rows.first().map_or(1, |(_, number, ..)| number + 1);
    sqlx::query(
        "INSERT INTO run_commands (id, run_id, organization_id, number, command, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(current.run.id.as_str())
    .bind(current.run.organization_id.as_str())
    .bind(number)
    .bind(storable(&json(command)?))
    .bind(current.now.micros())
    .execute(transaction.connection())
    .await?;
    Ok(())
}
