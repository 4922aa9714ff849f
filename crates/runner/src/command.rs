//! What is asked of a running run from outside.

use std::time::Duration;

use errand_domain::{Draft, RunId, event::Body};
use errand_store::{Command, Store};

/// How often is looked when no hint comes.
const POLL: Duration = Duration::from_secs(1);

/// Comes back with the reason when someone asks to stop the run; the log says so by then.
pub async fn cancellation(store: &Store, run_id: &RunId, epoch: u64) -> String {
    let mut hints = store.watch_run(run_id);
    loop {
        match store.pending_commands(run_id, epoch).await {
            Ok(pending) => {
                for it in pending {
                    if let Command::Cancel { reason } = it.command {
                        let body = Body::CommandReceived {
                            command: "cancel".to_owned(),
                            detail: reason.clone(),
                        };
                        let summary = format!("asked to stop: {reason}");
                        let summary = summary.trim_end_matches([':', ' ']);
                        let draft = Draft::new(summary, body);
                        let noted = store
                            .append_for_command(run_id, epoch, it.number, vec![draft])
                            .await;
                        if let Err(error) = noted {
                            tracing::warn!(%run_id, %error, "a command could not be noted");
                        }
                        return reason;
                    }
                }
            }
            Err(error) => tracing::warn!(%run_id, %error, "commands can't be read"),
        }
        hints.wait(POLL).await;
    }
}
