//! Which one of several that fit alike: by counting, or by the most of something.

use super::{
    index::{Index, Rect},
    likeness::Wanted,
    measure,
};
use crate::goal::{Ordinal, Superlative};

/// Why none can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untold {
    /// There are only so many.
    Few,
    /// Parts of the list were left out, and the one may be among them.
    LeftOut,
    /// What is to be compared can't be read of all of them.
    Unmeasured,
    /// These have equally much.
    Tie(Vec<usize>),
}

/// The one that an ordinal names, of candidates in reading order.
///
/// # Errors
/// [`Untold::Few`] if there are not so many, [`Untold::LeftOut`] if that can't be seen.
pub fn nth(index: &Index<'_>, alike: &[usize], ordinal: Ordinal) -> Result<usize, Untold> {
    let at = match ordinal {
        Ordinal::Nth(nth) => nth.checked_sub(1),
        Ordinal::Last => alike.len().checked_sub(1),
    };
    let first = alike.first().copied().ok_or(Untold::Few)?;
    let found = at.and_then(|it| alike.get(it)).copied();
    if ordinal != Ordinal::Last {
        // Counting over what was left out of a long list counts wrong.
        let (from, to) = match found {
            Some(found) => (first.min(found), first.max(found)),
            None => (first, index.nodes().len()),
        };
        if is_left_out(index, from..to) {
            return Err(Untold::LeftOut);
        }
    }
    found.ok_or(Untold::Few)
}

fn is_left_out(index: &Index<'_>, range: std::ops::Range<usize>) -> bool {
    index.nodes()[range].iter().any(|it| it.role == "omitted")
}

/// Candidates in the order that a person sees them. The order of the page's source is that of
/// reading, unless the page lays the boxes out otherwise.
pub fn seen(index: &Index<'_>, alike: &[usize]) -> Vec<usize> {
    let mut order = alike.to_vec();
    let rects: Option<Vec<Rect>> = alike
        .iter()
        .map(|it| index.node(*it).rect.map(Rect::new))
        .collect();
    let Some(rects) = rects.filter(|it| it.len() > 1) else {
        return order;
    };
    let pairs = || rects.windows(2).map(|it| (it[0], it[1]));
    // One after the other down the page or column by column: as it is written.
    let down = pairs().all(|(one, next)| next.bottom > one.top + 1.0);
    let across = pairs().all(|(one, next)| next.right > one.left + 1.0);
    let one_line = pairs().all(|(one, next)| one.in_line(&next));
    let backwards = pairs().all(|(one, next)| next.left < one.left);
    if down && !one_line || across || one_line && backwards {
        return order;
    }
    let mut placed: Vec<(Rect, usize)> = rects.into_iter().zip(alike.iter().copied()).collect();
    placed.sort_by(|one, other| one.0.top.total_cmp(&other.0.top));
    let mut lines: Vec<Vec<(Rect, usize)>> = Vec::new();
    for it in placed {
        match lines.last_mut().filter(|line| line[0].0.in_line(&it.0)) {
            Some(line) => line.push(it),
            None => lines.push(vec![it]),
        }
    }
    order.clear();
    for mut line in lines {
        line.sort_by(|one, other| one.0.left.total_cmp(&other.0.left));
        order.extend(line.into_iter().map(|it| it.1));
    }
    order
}

/// The candidate with the most, or the least, of something.
///
/// # Errors
/// When it can't be told.
pub fn most(index: &Index<'_>, alike: &[usize], wanted: &Superlative) -> Result<usize, Untold> {
    let quality = Wanted::new(&wanted.quality, false);
    let mut alike = alike.to_vec();
    alike.sort_unstable();
    let mut measured: Vec<(f64, usize)> = Vec::new();
    for (position, at) in alike.iter().enumerate() {
        let before = position.checked_sub(1).map(|it| alike[it]);
        let after = alike.get(position + 1).copied();
        let unit = unit(index, *at, before, after);
        if let Some(amount) = measure::amount(index, *at, unit, &quality) {
            measured.push((amount, *at));
        }
    }
    // What has none of it does not take part, but one alone is no comparison.
    let (count, all) = (measured.len(), alike.len());
    if count == 0 || all > 1 && (count < 2 || count * 2 < all) {
        return Err(Untold::Unmeasured);
    }
    if let (Some(first), Some(last)) = (alike.first(), alike.last())
        && is_left_out(index, *first..*last)
    {
        return Err(Untold::LeftOut);
    }
    let better = |one: f64, other: f64| {
        if wanted.least {
            one < other
        } else {
            one > other
        }
    };
    let best = measured
        .iter()
        .copied()
        .reduce(|best, it| if better(it.0, best.0) { it } else { best });
    let Some((amount, best)) = best else {
        return Err(Untold::Unmeasured);
    };
    let tied: Vec<usize> = measured
        .iter()
        .filter(|it| it.0.total_cmp(&amount).is_eq())
        .map(|it| it.1)
        .collect();
    if tied.len() > 1 {
        return Err(Untold::Tie(tied));
    }
    Ok(best)
}

/// The largest thing around a candidate that holds no other one: its row, its card.
fn unit(index: &Index<'_>, at: usize, before: Option<usize>, after: Option<usize>) -> usize {
    let alone = |up: &usize| {
        before.is_none_or(|it| it < *up) && after.is_none_or(|it| it >= index.end(*up))
    };
    index
        .lineage(at)
        .take_while(|up| {
            alone(up) && !matches!(&*index.node(*up).role, "main" | "document" | "application")
        })
        .last()
        .unwrap_or(at)
}
