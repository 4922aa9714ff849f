//! Times and durations as messages carry them.

use std::time::Duration;

use errand_domain::Timestamp;

/// The years 0001 to 9999, which is what the format allows, in seconds.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// # Errors
/// What is wrong, for a violation.
pub(crate) fn moment(at: &prost_types::Timestamp) -> Result<Timestamp, &'static str> {
    if !SECONDS.contains(&at.seconds) || !(0..1_000_000_000).contains(&at.nanos) {
        return Err("is no point in time between the years 1 and 9999");
    }
    Ok(Timestamp(
        at.seconds * 1_000_000 + i64::from(at.nanos / 1_000),
    ))
}

/// # Errors
/// What is wrong, for a violation.
pub(crate) fn duration(length: &prost_types::Duration) -> Result<Duration, &'static str> {
    if length.seconds < 0 || length.nanos < 0 {
        return Err("must not be negative");
    }
    if length.nanos >= 1_000_000_000 {
        return Err("has more than a second in its nanos");
    }
    Ok(Duration::new(
        length.seconds.unsigned_abs(),
        length.nanos.unsigned_abs(),
    ))
}
