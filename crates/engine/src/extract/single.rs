//! One value of the page, by what it is called.

use super::{
    cell::Cell,
    column,
    convert::{self, Manner, Want, convert},
    date,
    name::{self, Wanted},
    number,
    pair::Trust,
    record::Kind,
    schema::{Scalar, Type},
    sheet::Sheet,
};
use crate::ground::words_stem;

/// A value that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it stands.
    pub cell: Cell,
    /// What of it.
    pub want: Want,
    /// From 0 to 1.
    pub score: f64,
}

/// The value that is meant, in a part of the page or in all of it.
///
/// # Errors
/// Where nothing is called so, or where several things are and say different things.
pub fn find(
    sheet: &Sheet<'_>,
    wanted: &Wanted,
    scalar: &Scalar,
    within: Option<&std::ops::Range<usize>>,
) -> Result<Found, column::Doubt> {
    let manner = sheet.manner();
    let want = want_of(wanted, scalar);
    let inside = |cell: &Cell| within.is_none_or(|it| it.contains(&cell.node));
    let mut all: Vec<Found> = Vec::new();
    let mut wanted = wanted.clone();
    wanted.context.extend(sheet.about());
    for pair in sheet
        .pairs
        .iter()
        .filter(|it| inside(&it.cell) && (it.shown || within.is_none()))
    {
        let mut score = wanted.likeness(&pair.label) * pair.trust.weight();
        // Several words around one that fits say less where only a class says so.
        if pair.trust == Trust::Hint && crate::ground::words(&pair.label).len() > 3 {
            score *= 0.8;
        }
        if score > name::THRESHOLD && convert(&pair.cell, scalar, want, &manner).is_ok() {
            all.push(Found {
                cell: pair.cell.clone(),
                want,
                score,
            });
        }
    }
    for set in sheet
        .sets
        .iter()
        .filter(|it| it.kind == Kind::Table && it.records.len() == 1)
    {
        if let Ok(found) = column::find(sheet, set, &wanted, scalar)
            && let Some(cell) = set.records[0].cell(found.column).filter(|it| inside(it))
        {
            all.push(Found {
                cell: cell.clone(),
                want: found.want,
                score: found.score,
            });
        }
    }
    all.extend(heading(sheet, &wanted, scalar, within));
    all.sort_by(|left, right| right.score.total_cmp(&left.score));
    let Some(best) = all.first() else {
        return by_nature(sheet, &wanted, scalar, &inside, &manner).ok_or(column::Doubt::Nothing);
    };
    let value = |it: &Found| convert(&it.cell, scalar, it.want, &manner).ok();
    let first = value(best);
    let rivals = all
        .iter()
        .skip(1)
        .take_while(|it| best.score - it.score < 0.02);
    let mut others: Vec<String> = rivals
        .filter(|it| value(it) != first && !same_words(&it.cell.text, &best.cell.text))
        .map(|it| format!("\"{}\"", errand_domain::text::clip(&it.cell.text, 40)))
        .collect();
    others.sort();
    others.dedup();
    if !others.is_empty() {
        others.truncate(3);
        others.insert(
            0,
            format!("\"{}\"", errand_domain::text::clip(&best.cell.text, 40)),
        );
        return Err(column::Doubt::Between(others));
    }
    Ok(all.swap_remove(0))
}

/// "Total: 5.00" and "5.00" are the same value where one holds the other.
fn same_words(one: &str, other: &str) -> bool {
    crate::ground::words(one) == crate::ground::words(other)
}

fn want_of(wanted: &Wanted, scalar: &Scalar) -> Want {
    let text = scalar.kind == Type::Text && scalar.choices.is_empty() && scalar.format.is_none();
    if text
        && wanted.is_about(&["image", "picture", "photo", "logo"])
        && !wanted.is_about(&["alt", "caption", "text"])
    {
        Want::Image
    } else {
        Want::Text
    }
}

/// The page's title, its main heading, its address.
fn heading(
    sheet: &Sheet<'_>,
    wanted: &Wanted,
    scalar: &Scalar,
    within: Option<&std::ops::Range<usize>>,
) -> Option<Found> {
    if scalar.kind != Type::Text
        || scalar
            .format
            .as_deref()
            .is_some_and(|it| !it.starts_with("uri"))
        || !scalar.choices.is_empty()
    {
        return None;
    }
    let called = &*wanted.called;
    let found = |text: &str, node: usize, score: f64| {
        Some(Found {
            cell: Cell::of_text(text, node),
            want: Want::Text,
            score,
        })
    };
    if matches!(
        called,
        "page title" | "title page" | "document title" | "tab title" | "title of page"
    ) {
        return found(sheet.title, 0, 1.0);
    }
    if matches!(
        called,
        "url" | "page url" | "current url" | "address of page" | "page address" | "link"
    ) && within.is_none()
    {
        let url = sheet.url.as_ref()?;
        return found(url.as_str(), 0, 0.7);
    }
    let about = |list: &[&str]| {
        called
            .split(' ')
            .any(|it| list.contains(&words_stem(it)) || list.contains(&it))
    };
    let level = called
        .split(' ')
        .find_map(|it| it.strip_prefix('h')?.parse::<u8>().ok());
    if about(&["subheading", "subtitle"]) {
        let second = sheet
            .headings
            .iter()
            .find(|(at, _)| sheet.nodes[*at].level == Some(2))?;
        return found(&second.1, second.0, 0.9);
    }
    let explicit = about(&["heading", "headline", "header", "h1"]) || level.is_some();
    let titled = about(&["title", "name"])
        && (called == "title" || called == "name" || subject_is_page(sheet, called));
    if !explicit && !titled {
        return None;
    }
    let inside = |it: &&(usize, String)| within.is_none_or(|within| within.contains(&it.0));
    let fits =
        |it: &&(usize, String)| level.is_none_or(|level| sheet.nodes[it.0].level == Some(level));
    let main = sheet
        .headings
        .iter()
        .filter(inside)
        .filter(fits)
        .min_by_key(|(at, _)| (sheet.nodes[*at].level.unwrap_or(9), *at))?;
    found(&main.1, main.0, if explicit { 0.99 } else { 0.86 })
}

/// "product name" on the page of one product.
fn subject_is_page(sheet: &Sheet<'_>, called: &str) -> bool {
    let about = name::bare(&sheet.about());
    let words = name::bare(&crate::ground::words(called));
    words
        .iter()
        .filter(|it| !matches!(&***it, "title" | "name"))
        .all(|it| about.contains(it))
}

/// The only e-mail address, telephone number or sum of money of the page.
fn by_nature(
    sheet: &Sheet<'_>,
    wanted: &Wanted,
    scalar: &Scalar,
    inside: &dyn Fn(&Cell) -> bool,
    manner: &Manner,
) -> Option<Found> {
    let bare = name::bare(&crate::ground::words(&wanted.called));
    let alone = |list: &[&str]| {
        bare.iter()
            .all(|it| list.contains(&&**it) || wanted.context.contains(it))
    };
    let is = |list: &[&str]| bare.iter().any(|it| list.contains(&&**it)) && alone(list);
    let nature: &dyn Fn(&str) -> Option<String> = if is(&["email", "contact"]) {
        &|text| convert::email(text)
    } else if is(&["phone", "number", "contact", "tel"]) && bare.iter().any(|it| it == "phone") {
        &|text| convert::is_phone(text).then(|| text.trim().to_owned())
    } else if is(&["price", "cost"]) {
        &|text| {
            (number::is_money(text) && text.chars().count() < 20).then(|| text.trim().to_owned())
        }
    } else if is(&["date"]) {
        &|text| date::parse(text, Some(date::Order::DayFirst)).map(|_| text.trim().to_owned())
    } else {
        return None;
    };
    let mut found: Option<Cell> = None;
    for (at, node) in sheet
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.role == "text")
    {
        let Some(text) = nature(&node.text) else {
            continue;
        };
        let cell = Cell::of_text(text, at);
        if !inside(&cell) || convert(&cell, scalar, Want::Text, manner).is_err() {
            continue;
        }
        match &found {
            Some(known) if known.text != cell.text => return None,
            Some(_) => {}
            None => found = Some(cell),
        }
    }
    found.map(|cell| Found {
        cell,
        want: Want::Text,
        score: 0.65,
    })
}
