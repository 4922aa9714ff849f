//! Which column of a set is meant.

use super::{
    cell::Cell,
    convert::{self, Manner, Want, convert},
    date, name,
    name::Wanted,
    number,
    record::{Column, Origin, RecordSet},
    schema::{Scalar, Type},
    sheet::Sheet,
};

/// Words for what a thing is called.
const TITLES: &[&str] = &["title", "name", "heading", "headline", "label"];
const MONEY: &[&str] = &["price", "amount", "cost", "total", "balance", "fee", "sum"];
const LINKS: &[&str] = &["url", "link", "href", "uri"];
const IMAGES: &[&str] = &[
    "image",
    "picture",
    "photo",
    "img",
    "thumbnail",
    "logo",
    "avatar",
];
const DATES: &[&str] = &[
    "date",
    "day",
    "published",
    "posted",
    "created",
    "when",
    "time",
];
const MAILS: &[&str] = &["email", "mail", "e"];
const PHONES: &[&str] = &["phone", "telephone", "tel", "mobile", "fax"];

/// Text of any kind.
pub const TEXT: Scalar = Scalar {
    kind: Type::Text,
    format: None,
    choices: Vec::new(),
    description: None,
};

/// A column that is meant, and what of its cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Which column.
    pub column: usize,
    /// What of its cells.
    pub want: Want,
    /// From 0 to 1.
    pub score: f64,
}

/// Why no column is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing is called so.
    Nothing,
    /// Several are, equally, and they say different things.
    Between(Vec<String>),
}

/// The column that is meant.
///
/// # Errors
/// Where none is called so, or several are.
pub fn find(
    sheet: &Sheet<'_>,
    set: &RecordSet,
    wanted: &Wanted,
    scalar: &Scalar,
) -> Result<Found, Doubt> {
    let want = want_of(wanted, scalar);
    let mut wanted = wanted.clone();
    wanted.context.extend(crate::ground::words(&set.name));
    // "image_url" is the address of the image.
    let mut ranked: Vec<(f64, usize)> = set
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| (rate(column, &wanted), at))
        .filter(|(score, at)| *score > name::THRESHOLD && holds(sheet, set, *at, scalar, want))
        .collect();
    ranked.sort_by(|left, right| right.0.total_cmp(&left.0));
    if let Some((best, first)) = ranked.first().copied() {
        let rivals = ranked
            .iter()
            .skip(1)
            .take_while(|it| best - it.0 < 0.02)
            .map(|it| it.1);
        let rivals: Vec<usize> = rivals.filter(|it| differ(set, first, *it)).collect();
        if !rivals.is_empty() {
            let all = std::iter::once(first).chain(rivals);
            return Err(Doubt::Between(
                all.take(4).map(|it| described(set, it)).collect(),
            ));
        }
        return Ok(Found {
            column: first,
            want,
            score: best,
        });
    }
    by_nature(sheet, set, &wanted, scalar, want).ok_or(Doubt::Nothing)
}

/// What of a cell is asked for: its words, its link or its picture.
fn want_of(wanted: &Wanted, scalar: &Scalar) -> Want {
    let address = matches!(
        scalar.format.as_deref(),
        Some("uri" | "url" | "uri-reference" | "iri")
    );
    let text = scalar.kind == Type::Text && scalar.choices.is_empty();
    if text
        && wanted.is_about(IMAGES)
        && !wanted.is_about(&["alt", "caption", "text", "description"])
    {
        Want::Image
    } else if text && (wanted.is_about(LINKS) || address) && !wanted.is_about(&["text"]) {
        Want::Link
    } else {
        Want::Text
    }
}

/// How much a column is called what is asked for.
fn rate(column: &Column, wanted: &Wanted) -> f64 {
    // What is written above or beside a value counts; a class may say how it is set: "number".
    let headed = column.heading().is_some();
    let names = column
        .names
        .iter()
        .filter(|it| it.1 != Origin::Hint || !headed);
    let names = names.map(|(name, origin)| {
        let exact = wanted.likeness(name);
        // A class of several words says less: "card-price-old".
        exact * origin.weight()
    });
    let score = names.fold(0.0, f64::max);
    // A part of a text tells more exactly than the whole of it.
    if column.part { score } else { score - 0.001 }
}

/// Whether most of a column's cells are of the asked type.
fn holds(sheet: &Sheet<'_>, set: &RecordSet, column: usize, scalar: &Scalar, want: Want) -> bool {
    let manner = manner(sheet, set, column);
    let mut count = 0_usize;
    let mut fits = 0_usize;
    for cell in set.cells(column).take(12) {
        count += 1;
        fits += usize::from(convert(cell, scalar, want, &manner).is_ok());
    }
    count > 0 && fits * 2 >= count
}

/// How the values of a column are written.
pub fn manner(sheet: &Sheet<'_>, set: &RecordSet, column: usize) -> Manner {
    let mut manner = sheet.manner_of(set.texts(column));
    if manner.order.is_none() && set.texts(column).take(5).any(|it| it.contains('/')) {
        // Columns side by side write their dates alike.
        let all = (0..set.columns.len()).flat_map(|it| set.texts(it).take(100));
        manner.order = date::order_in(all, sheet.language);
    }
    manner
}

/// Whether two columns say different things in any record.
fn differ(set: &RecordSet, one: usize, other: usize) -> bool {
    let say = |cell: Option<&Cell>| cell.map(|it| crate::ground::words(&it.text));
    set.records.iter().take(200).any(|it| {
        let (one, other) = (say(it.cell(one)), say(it.cell(other)));
        one.is_some() && other.is_some() && one != other
    })
}

/// A column in words: its name, or its first value.
pub fn described(set: &RecordSet, column: usize) -> String {
    let it = &set.columns[column];
    let name = it.heading().or_else(|| it.names.first().map(|it| &*it.0));
    let value = set.texts(column).next().unwrap_or_default();
    let value = errand_domain::text::clip(value, 30);
    match name {
        Some(name) => format!("\"{name}\" ({value})"),
        None => format!("\"{value}\""),
    }
}

/// A column by what its values are, where its name says nothing: only where there is just one.
fn by_nature(
    sheet: &Sheet<'_>,
    set: &RecordSet,
    wanted: &Wanted,
    scalar: &Scalar,
    want: Want,
) -> Option<Found> {
    let found = |column: usize, score: f64| {
        Some(Found {
            column,
            want,
            score,
        })
    };
    let headed = |column: &usize| set.columns[*column].heading().is_some();
    let all = || 0..set.columns.len();
    match want {
        Want::Link => {
            let leads = |it: &usize| set.cells(*it).any(|cell| cell.href.is_some());
            let title = set.title().filter(leads);
            return title
                .or_else(|| only(set, all().filter(leads), |it| it.href.clone()))
                .and_then(|it| found(it, 0.7));
        }
        Want::Image => {
            let shows = |it: &usize| set.cells(*it).any(|cell| cell.src.is_some());
            return only(set, all().filter(shows), |it| it.src.clone())
                .and_then(|it| found(it, 0.7));
        }
        Want::Text => {}
    }
    let bare = name::bare(&crate::ground::words(&wanted.called));
    let one_word = bare.len() <= 1
        || bare
            .iter()
            .filter(|it| !wanted.context.contains(it))
            .count()
            <= 1;
    // "due date" is not just any date.
    let subject = name::bare(&crate::ground::words(&wanted.subject));
    let plain = bare.iter().all(|it| {
        subject.contains(it)
            || [TITLES, MONEY, DATES, MAILS, PHONES]
                .iter()
                .any(|list| list.contains(&&**it))
    });
    if !one_word && !plain {
        return None;
    }
    let natural = |test: &dyn Fn(&Cell) -> bool| {
        let fits = |it: &usize| {
            let column = &set.columns[*it];
            !headed(it) && !column.constant && column.role != "button" && most(set, *it, test)
        };
        only(set, all().filter(fits), |it| Some(it.text.clone()))
    };
    if !scalar.choices.is_empty() {
        let manner = sheet.manner();
        return natural(&|it| convert(it, scalar, want, &manner).is_ok())
            .and_then(|it| found(it, 0.6));
    }
    if wanted.is_about(MAILS) || scalar.format.as_deref() == Some("email") {
        return natural(&|it| {
            convert::email(&it.text).is_some_and(|mail| mail.len() == it.text.trim().len())
        })
        .and_then(|it| found(it, 0.7));
    }
    if wanted.is_about(PHONES) {
        return natural(&|it| convert::is_phone(&it.text)).and_then(|it| found(it, 0.65));
    }
    if wanted.is_about(MONEY) {
        return natural(&|it| number::is_money(&it.text) && it.text.chars().count() < 20)
            .and_then(|it| found(it, 0.65));
    }
    if wanted.is_about(DATES) {
        return natural(&|it| {
            date::parse(&it.text, Some(date::Order::DayFirst)).is_some()
                || it
                    .value
                    .as_deref()
                    .is_some_and(|it| date::parse(it, None).is_some())
        })
        .and_then(|it| found(it, 0.65));
    }
    let titled = wanted.is_about(TITLES) || !subject.is_empty() && bare == subject;
    if titled && scalar.kind == Type::Text && scalar.format.is_none() {
        let named_otherwise = |it: &usize| set.columns[*it].heading().is_none();
        return set
            .title()
            .filter(named_otherwise)
            .and_then(|it| found(it, 0.7));
    }
    None
}

/// Whether most cells of a column are so.
pub fn most(set: &RecordSet, column: usize, test: &dyn Fn(&Cell) -> bool) -> bool {
    let cells = || set.cells(column).take(20);
    let count = cells().count();
    count > 0 && cells().filter(|it| test(it)).count() * 5 >= count * 4
}

/// The only one of these columns; several that say the same are one.
fn only(
    set: &RecordSet,
    columns: impl Iterator<Item = usize>,
    value: impl Fn(&Cell) -> Option<String>,
) -> Option<usize> {
    let columns: Vec<usize> = columns.collect();
    // The one that most records have.
    let first = *columns
        .iter()
        .max_by_key(|it| (set.cells(**it).count(), usize::MAX - **it))?;
    let other = |it: &&usize| {
        set.records.iter().any(|record| {
            let (one, other) = (
                record.cell(first).and_then(&value),
                record.cell(**it).and_then(&value),
            );
            one.is_some() && other.is_some() && one != other
        })
    };
    columns.iter().find(other).is_none().then_some(first)
}
