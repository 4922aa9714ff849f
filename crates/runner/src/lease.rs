//! Keeping a lease, and noticing that it is lost.

use std::time::{Duration, Instant};

use errand_domain::RunId;
use errand_store::Store;
use tokio_util::sync::CancellationToken;

/// Renews the lease until dropped; fires `lost` when the run may have another holder.
///
/// The database decides who holds a run. What counts here is only this process's own monotonic
/// clock: two thirds of a lease after the last renewal was *sent*, nothing more may be done.
pub async fn keep(
    store: &Store,
    run_id: &RunId,
    epoch: u64,
    lease: Duration,
    lost: &CancellationToken,
) {
    let mut renewed = Instant::now();
    loop {
        tokio::time::sleep(lease / 4).await;
        let bound = (lease * 2 / 3).saturating_sub(renewed.elapsed());
        let sent = Instant::now();
        match tokio::time::timeout(bound, store.renew(run_id, epoch, lease)).await {
            Ok(Ok(true)) => renewed = sent,
            Ok(Ok(false)) => {
                tracing::warn!(%run_id, epoch, "the lease was taken by another holder");
                return lost.cancel();
            }
            Ok(Err(error)) => tracing::warn!(%run_id, %error, "the lease could not be renewed"),
            Err(_) => {}
        }
        if renewed.elapsed() >= lease * 2 / 3 {
            tracing::warn!(%run_id, epoch, "the lease was not renewed in time");
            return lost.cancel();
        }
    }
}
