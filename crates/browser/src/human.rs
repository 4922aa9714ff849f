//! Values as people write them, and as controls hold them: dates, times, numbers.
//!
//! A date whose day and month could be either is read by what leaves no doubt first (a month in
//! words, a four-digit year in front, a number over 12), then by the order that its field shows in a
//! placeholder or that the caller gives, else with the month first where the parts stand between
//! slashes or hyphens and with the day first between dots. Dates without a year are no dates here:
//! there is no clock to complete them by.

pub mod date;
pub mod number;
pub mod time;

pub use date::{Date, Order};
pub use time::Time;

/// What a native control of that type (`date`, `time`, `datetime-local`, `month`, `week`, `range`,
/// `number`) holds for the text; absent where the text is no such value. `hint` is what the field
/// says of its own format: a placeholder, a title.
#[must_use]
pub fn control_value(control: &str, text: &str, hint: &str) -> Option<String> {
    let order = date::order_of(hint);
    match control {
        "date" => Some(date::parse(text, order)?.to_string()),
        "time" => Some(time::parse(text)?.to_string()),
        "datetime-local" => {
            let (date, time) = moment(text, order)?;
            Some(format!("{date}T{time}"))
        }
        "month" => {
            let (year, month) = date::parse_month(text)
                .or_else(|| date::parse(text, order).map(|it| (it.year, it.month)))?;
            Some(format!("{year:04}-{month:02}"))
        }
        "week" => {
            let (year, week) =
                date::parse_week(text).or_else(|| date::parse(text, order).map(Date::week))?;
            Some(format!("{year:04}-W{week:02}"))
        }
        "range" | "number" => number::parse(text).map(number::plain),
        _ => None,
    }
}

/// A date and a time in one text, in either order; midnight where there is only a date.
#[must_use]
pub fn moment(text: &str, order: Option<Order>) -> Option<(Date, Time)> {
    let text = text.trim();
    if let Some(date) = date::parse(text, order) {
        return Some((date, Time::default()));
    }
    let joints = text
        .char_indices()
        .filter(|(_, it)| it.is_whitespace() || matches!(it, ',' | 'T' | 't' | '@'));
    for (at, joint) in joints {
        let (before, after) = (&text[..at], &text[at + joint.len_utf8()..]);
        for (day, clock) in [(before, after), (after, before)] {
            let found = date::parse(bare(day), order).zip(time::parse(bare(clock)));
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// Whether what a field shows is what was wanted, however either is written: the same text, date,
/// moment, time or number. `hint` as for [`control_value`].
#[must_use]
pub fn same(wanted: &str, shown: &str, hint: &str) -> bool {
    let squeeze = errand_domain::text::squeeze;
    if squeeze(wanted).to_lowercase() == squeeze(shown).to_lowercase() {
        return true;
    }
    let order = date::order_of(hint);
    if let Some(day) = date::parse(wanted, order) {
        return date::could_be(shown, day);
    }
    if let (Some(one), Some(other)) = (time::parse(wanted), time::parse(shown)) {
        return one == other;
    }
    if let (Some(one), Some(other)) = (moment(wanted, order), moment(shown, order)) {
        return one == other;
    }
    matches!((number::parse(wanted), number::parse(shown)), (Some(one), Some(other)) if one == other)
}

fn bare(part: &str) -> &str {
    let part = part.trim().trim_matches(|it: char| it == ',' || it == '@');
    let part = part.strip_suffix(" at").unwrap_or(part);
    part.strip_prefix("at ").unwrap_or(part).trim()
}
