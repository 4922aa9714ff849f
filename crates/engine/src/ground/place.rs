//! Which of the candidates lie where a place says.

use std::ops::Range;

use super::{
    anchor::{Anchor, anchors},
    index::Index,
    likeness::Wanted,
    structure::{self, is_item},
};
use crate::goal::{Kind, Place, Relation};

/// Why no candidate lies there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nowhere {
    /// There is no such place.
    Unknown,
    /// The place is there, and nothing that fits is in it.
    Empty,
}

/// How surely something lies in a place: a smaller number wins over a larger one.
type Rank = u8;

/// The candidates, given in reading order, that lie there: the surest of them, in reading order;
/// for "before" and "after" the nearest first.
///
/// # Errors
/// When there are none.
pub fn narrow(
    index: &Index<'_>,
    candidates: &[usize],
    place: &Place,
) -> Result<Vec<usize>, Nowhere> {
    let mut anchors = anchors(index, &place.what);
    if anchors.is_empty() {
        // "of the post": no more than that there are posts.
        let vague = place.what.kind == Some(Kind::Item) && place.what.is_bare();
        return match vague && place.what.ordinal.is_none() {
            true => Ok(candidates.to_vec()),
            false => Err(Nowhere::Unknown),
        };
    }
    let is_candidate = |it: &Anchor| candidates.binary_search(&it.at()).is_ok();
    if !matches!(place.relation, Relation::In | Relation::Of)
        && anchors.iter().any(|it| !is_candidate(it))
    {
        // A control that is called by the text beside it is not what the text is beside.
        anchors.retain(|it| !is_candidate(it));
    }
    if matches!(place.relation, Relation::In | Relation::Of) && place.what.ordinal.is_none() {
        // Radio buttons say by the name of their group what they choose.
        let wanted = Wanted::new(&place.what.words, false);
        let mut found = candidates.to_vec();
        found.retain(|it| {
            let node = index.node(*it);
            let field = node.field.as_deref().filter(|_| node.role == "radio");
            field.is_some_and(|it| wanted.likeness(it) >= 0.9)
        });
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let mut best: Option<(Rank, Vec<usize>)> = None;
    for anchor in &anchors {
        let Some((rank, found)) = near(index, candidates, anchor, place.relation) else {
            continue;
        };
        match &mut best {
            Some((least, all)) if *least == rank => all.extend(found),
            Some((least, _)) if *least < rank => {}
            _ => best = Some((rank, found)),
        }
    }
    let Some((_, mut found)) = best else {
        return Err(Nowhere::Empty);
    };
    if anchors.len() > 1 || !matches!(place.relation, Relation::Before | Relation::After) {
        found.sort_unstable();
        found.dedup();
    }
    Ok(found)
}

fn near(
    index: &Index<'_>,
    candidates: &[usize],
    anchor: &Anchor,
    relation: Relation,
) -> Option<(Rank, Vec<usize>)> {
    let some = |rank: Rank, found: Vec<usize>| (!found.is_empty()).then_some((rank, found));
    match relation {
        Relation::Before => some(0, before(candidates, anchor)),
        Relation::After => some(0, after(index, candidates, anchor)),
        Relation::In | Relation::Of => some(0, held(index, candidates, anchor))
            .or_else(|| some(0, called(index, candidates, anchor)))
            .or_else(|| match around(index, candidates, anchor, false) {
                Around::Holds(rank, found) => some(rank, found),
                Around::Lacks => None,
                Around::Unknown => some(4, beside(index, candidates, anchor)),
            }),
        Relation::Row => match anchor {
            Anchor::Part(range) if is_item(index, range.start) => {
                some(0, within(candidates, range))
            }
            _ => match around(index, candidates, anchor, true) {
                Around::Holds(rank, found) => some(rank, found),
                Around::Lacks => None,
                Around::Unknown => some(3, in_line(index, candidates, anchor)),
            },
        },
        Relation::Under => some(0, held(index, candidates, anchor))
            .or_else(|| some(1, below(index, candidates, anchor))),
        Relation::Beside => match around(index, candidates, anchor, true) {
            Around::Holds(rank, found) if found.len() == 1 => some(rank, found),
            Around::Holds(_, found) => some(2, beside(index, &found, anchor)),
            Around::Lacks => None,
            Around::Unknown => some(3, beside(index, candidates, anchor)),
        },
    }
}

/// The candidates in a range.
fn within(candidates: &[usize], range: &Range<usize>) -> Vec<usize> {
    let from = candidates.partition_point(|it| *it < range.start);
    let to = candidates.partition_point(|it| *it < range.end);
    candidates[from..to.max(from)].to_vec()
}

/// What a part of the page holds, a heading stands over, a column's head stands over, or a tab
/// shows.
fn held(index: &Index<'_>, candidates: &[usize], anchor: &Anchor) -> Vec<usize> {
    let at = match anchor {
        Anchor::Part(range) => return within(candidates, range),
        Anchor::Spot(at) => *at,
    };
    let role = |it: &usize| &*index.node(*it).role;
    let heading = index.lineage(at).find(|it| role(it) == "heading");
    if let Some(heading) = heading {
        let mut found = within(candidates, &structure::section(index, heading));
        found.retain(|it| !index.holds(heading, *it));
        return found;
    }
    match role(&at) {
        "columnheader" => index
            .grid()
            .under(at)
            .iter()
            .flat_map(|cell| within(candidates, &(*cell..index.end(*cell))))
            .collect(),
        // What a caption or a legend says of what holds it.
        "caption" => index
            .parent(at)
            .map(|it| within(candidates, &(it..index.end(it))))
            .unwrap_or_default(),
        "tab" if index.node(at).selected == Some(true) => (0..index.nodes().len())
            .filter(|it| role(it) == "tabpanel")
            .flat_map(|it| within(candidates, &(it..index.end(it))))
            .collect(),
        _ => within(candidates, &(at..index.end(at))),
    }
}

/// Controls that say of themselves what they belong to: radio buttons by the name of their group.
fn called(index: &Index<'_>, candidates: &[usize], anchor: &Anchor) -> Vec<usize> {
    let field = match anchor {
        Anchor::Spot(at) => index.node(*at).field.as_deref(),
        Anchor::Part(_) => None,
    };
    let Some(field) = field else {
        return Vec::new();
    };
    let same = |it: &usize| index.node(*it).field.as_deref() == Some(field);
    candidates.iter().copied().filter(same).collect()
}

/// What is around a place.
enum Around {
    /// These candidates.
    Holds(Rank, Vec<usize>),
    /// None, while others of its kind have some: it is really missing.
    Lacks,
    /// Nothing that would tell.
    Unknown,
}

/// The candidates in the innermost thing around the anchor that holds any: but what is missing in
/// one of several rows is not looked for in the others.
fn around(index: &Index<'_>, candidates: &[usize], anchor: &Anchor, rows_only: bool) -> Around {
    let at = anchor.at();
    // What is in one of several rows has nothing to do with what is in none of them.
    let mut beyond = Around::Unknown;
    for up in index.lineage(at) {
        let role = &*index.node(up).role;
        if matches!(role, "main" | "document" | "application") {
            return beyond;
        }
        if !rows_only && candidates.binary_search(&up).is_ok() {
            return Around::Holds(0, vec![up]);
        }
        let item = is_item(index, up);
        let mut found = within(candidates, &(up..index.end(up)));
        // The text that was named is not beside itself.
        found.retain(|it| *it != up && !index.holds(*it, at));
        if found.is_empty() {
            if item && siblings_hold(index, candidates, up) {
                return Around::Lacks;
            }
            if item && has_siblings(index, up) {
                beyond = Around::Lacks;
            }
            continue;
        }
        if item {
            return Around::Holds(1, found);
        }
        if matches!(role, "table" | "grid" | "list" | "treegrid" | "feed") {
            // It is in none of the rows.
            return Around::Lacks;
        }
        if rows_only || matches!(beyond, Around::Lacks) {
            return beyond;
        }
        if found.len() > 1 {
            // What a label is for stands beside it, or else after it.
            let line = in_line(index, &found, anchor);
            let nearest = match line.len() {
                0 => below(index, &found, anchor),
                _ => beside(index, &found, anchor),
            };
            if nearest.len() == 1 {
                return Around::Holds(3, nearest);
            }
        }
        return Around::Holds(2, found);
    }
    beyond
}

/// Whether an item is one of several that are alike.
fn has_siblings(index: &Index<'_>, item: usize) -> bool {
    let Some(list) = index.parent(item) else {
        return false;
    };
    let role = &index.node(item).role;
    let next = std::iter::successors(Some(list + 1), |it| {
        Some(index.end(*it)).filter(|it| *it < index.end(list))
    });
    next.filter(|it| index.node(*it).role == *role)
        .nth(1)
        .is_some()
}

/// Whether another item of the same list holds a candidate.
fn siblings_hold(index: &Index<'_>, candidates: &[usize], item: usize) -> bool {
    let list = index.parent(item);
    let range = list.map_or_else(|| 0..index.nodes().len(), |it| it..index.end(it));
    let role = &index.node(item).role;
    within(candidates, &range).into_iter().any(|it| {
        let sibling = index.lineage(it).find(|up| index.parent(*up) == list);
        sibling.is_some_and(|it| it != item && index.node(it).role == *role)
    })
}

/// Candidates whose middle is at the anchor's height.
fn in_line(index: &Index<'_>, candidates: &[usize], anchor: &Anchor) -> Vec<usize> {
    let Some(rect) = index.rect(anchor.at()) else {
        return Vec::new();
    };
    let in_line = |it: &usize| index.rect(*it).is_some_and(|it| it.in_line(&rect));
    candidates.iter().copied().filter(in_line).collect()
}

/// The candidate that stands nearest: by position where that is known, else in reading order. More
/// than one only if they are equally near.
fn beside(index: &Index<'_>, candidates: &[usize], anchor: &Anchor) -> Vec<usize> {
    let at = anchor.at();
    let mut line = in_line(index, candidates, anchor);
    line.retain(|it| *it != at);
    let rect = index.rect(at);
    let placed = if line.is_empty() { candidates } else { &line };
    let mut near: Vec<(f64, usize)> = placed
        .iter()
        .filter(|it| **it != at)
        .filter_map(|it| Some((rect?.distance(&index.rect(*it)?), *it)))
        .collect();
    if near.len() < placed.iter().filter(|it| **it != at).count() {
        #[expect(clippy::cast_precision_loss, reason = "a distance in nodes")]
        let steps = |it: usize| match it > at {
            true => (it - index.end(at).min(it)) as f64,
            false => (at - index.end(it).min(at)) as f64,
        };
        near = placed
            .iter()
            .filter(|it| **it != at)
            .map(|it| (steps(*it), *it))
            .collect();
    }
    near.sort_by(|left, right| left.0.total_cmp(&right.0));
    let Some(least) = near.first().map(|it| it.0) else {
        return Vec::new();
    };
    // What is far from everything is beside nothing.
    if line.is_empty() && least > 400.0 {
        return Vec::new();
    }
    let tied = |it: &&(f64, usize)| it.0 <= least + 1.0;
    near.iter().take_while(tied).map(|it| it.1).collect()
}

/// Before the anchor in reading order, the nearest first.
fn before(candidates: &[usize], anchor: &Anchor) -> Vec<usize> {
    let at = anchor.at();
    let to = candidates.partition_point(|it| *it < at);
    candidates[..to].iter().rev().copied().collect()
}

/// After the anchor in reading order, the nearest first.
fn after(index: &Index<'_>, candidates: &[usize], anchor: &Anchor) -> Vec<usize> {
    let end = match anchor {
        Anchor::Part(range) => range.end,
        Anchor::Spot(at) => index.end(*at),
    };
    let from = candidates.partition_point(|it| *it < end);
    candidates[from..].to_vec()
}

/// Under a text that is no heading: in the part of the page that follows it, up to the next text
/// of its kind.
fn below(index: &Index<'_>, candidates: &[usize], anchor: &Anchor) -> Vec<usize> {
    let at = anchor.at();
    for up in index.lineage(at) {
        let start = index.end(up);
        let parent = index.parent(up);
        let end = parent.map_or_else(|| index.nodes().len(), |it| index.end(it));
        let inside = within(candidates, &(start..end));
        if inside.is_empty() {
            continue;
        }
        let peer = &index.node(up).role;
        let next = std::iter::successors(Some(start).filter(|it| *it < end), |it| {
            Some(index.end(*it)).filter(|it| *it < end)
        })
        .skip(1)
        .find(|it| index.node(*it).role == *peer && index.node(*it).role == "text");
        let first = next.map(|it| within(candidates, &(start..it)));
        return first.filter(|it| !it.is_empty()).unwrap_or(inside);
    }
    Vec::new()
}
