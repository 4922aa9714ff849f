//! The conditions of a goal, decided on the records of a set.

use super::{
    column::{self, TEXT, described},
    convert::{Manner, Want},
    date,
    name::Wanted,
    number,
    rank::{Rank, Scale, rank, scale, seconds},
    record::{Kind, Record, RecordSet},
    says::Said,
    sheet::Sheet,
};
use crate::goal::{Filter, Test};

/// A condition that can be decided on every record of one set.
pub struct Check<'s> {
    set: &'s RecordSet,
    /// The column that decides; the whole record if absent.
    column: Option<usize>,
    test: Decided,
    not: bool,
}

enum Decided {
    Is(Said, Option<f64>, String),
    Contains(String),
    Says(Said),
    /// From, to, and whether the ends count.
    Range(Option<f64>, Option<f64>, bool, Scale, Manner),
}

impl Check<'_> {
    /// Whether it holds for a record.
    pub fn holds(&self, record: &Record) -> bool {
        let cell = self.column.and_then(|it| record.cell(it));
        let text = match self.column {
            Some(_) => cell.map_or("", |it| &*it.text),
            None => &record.text,
        };
        let found = match &self.test {
            Decided::Is(said, number, raw) => {
                let same = number
                    .is_some_and(|it| number::parse(text, number::Style::default()) == Some(it));
                said.is(text) || same || said.is_empty() && text.trim() == raw
            }
            Decided::Contains(part) => text.to_lowercase().contains(&part.to_lowercase()),
            Decided::Says(said) => match self.column {
                Some(_) => {
                    said.is_in(text)
                        || cell
                            .and_then(|it| it.value.as_deref())
                            .is_some_and(|it| said.is_in(it))
                }
                None => said.in_record(record),
            },
            Decided::Range(from, to, ends, scale, manner) => {
                let value = cell.and_then(|it| rank(it, *scale, manner));
                let Some(Rank::Number(value)) = value else {
                    return false;
                };
                let above =
                    from.is_none_or(|from| if *ends { value >= from } else { value > from });
                let below = to.is_none_or(|to| if *ends { value <= to } else { value < to });
                above && below
            }
        };
        found != self.not
    }

    fn any(&self) -> bool {
        self.set.records.iter().any(|it| self.holds(it))
    }
}

/// How a condition is decided on a set.
///
/// # Errors
/// In words, where it can't be: nothing there is called so, or nothing says so.
pub fn check<'s>(
    sheet: &Sheet<'_>,
    set: &'s RecordSet,
    thing: &str,
    filter: &Filter,
) -> Result<Check<'s>, String> {
    let make = |column: Option<usize>, test: Decided| Check {
        set,
        column,
        test,
        not: filter.not,
    };
    let column = match &filter.field {
        Some(field) => match column::find(sheet, set, &Wanted::new(field, thing), &TEXT) {
            Ok(found) if found.want == Want::Text => Some(found.column),
            Ok(_) => None,
            Err(column::Doubt::Between(several)) => {
                return Err(format!("\"{field}\" could be {}", several.join(" or ")));
            }
            Err(column::Doubt::Nothing) => None,
        },
        None => None,
    };
    match &filter.test {
        Test::Is(value) => {
            let said = Said::new(value);
            if let Some(column) = column {
                let exact = make(
                    Some(column),
                    Decided::Is(
                        said.clone(),
                        number::parse(value, number::Style::default()),
                        value.clone(),
                    ),
                );
                if filter.not || exact.any() || value.contains('@') {
                    return Ok(exact);
                }
                let loose = make(Some(column), Decided::Says(said));
                return Ok(if loose.any() { loose } else { exact });
            }
            let anywhere = Check {
                not: false,
                ..make(None, Decided::Says(said))
            };
            unnamed(filter, set, anywhere)
        }
        Test::Contains(part) => Ok(make(column, Decided::Contains(part.clone()))),
        Test::Says(value) => says(set, filter, value, column),
        Test::Over(value) => range(
            sheet,
            set,
            filter,
            column,
            (Some(value), None, false),
            false,
        ),
        Test::AtLeast(value) => range(sheet, set, filter, column, (Some(value), None, true), false),
        Test::Under(value) => range(
            sheet,
            set,
            filter,
            column,
            (None, Some(value), false),
            false,
        ),
        Test::AtMost(value) => range(sheet, set, filter, column, (None, Some(value), true), false),
        Test::Between(from, to) => range(
            sheet,
            set,
            filter,
            column,
            (Some(from), Some(to), true),
            false,
        ),
        Test::Before(value) => range(sheet, set, filter, column, (None, Some(value), false), true),
        Test::After(value) => range(sheet, set, filter, column, (Some(value), None, false), true),
    }
}

/// A value whose column has no name: it decides only if some record says it.
fn unnamed<'s>(filter: &Filter, set: &RecordSet, check: Check<'s>) -> Result<Check<'s>, String> {
    if check.any() {
        return Ok(Check {
            not: filter.not,
            ..check
        });
    }
    let field = filter.field.as_deref().unwrap_or_default();
    Err(format!("nothing in {} is called \"{field}\"", called(set)))
}

fn says<'s>(
    set: &'s RecordSet,
    filter: &Filter,
    value: &str,
    column: Option<usize>,
) -> Result<Check<'s>, String> {
    let make = |column: Option<usize>, said: Said, not: bool| Check {
        set,
        column,
        test: Decided::Says(said),
        not,
    };
    let said = Said::new(value);
    if let Some(column) = column {
        return Ok(make(Some(column), said, filter.not));
    }
    if make(None, said.clone(), false).any() {
        return Ok(make(None, said, filter.not));
    }
    // "unpaid" where others are "Paid".
    let words = crate::ground::words(value);
    let base = match &words[..] {
        [only] => ["un", "non", "in"]
            .iter()
            .find_map(|it| only.strip_prefix(it))
            .filter(|it| it.len() > 3)
            .map(str::to_owned),
        [turn, rest @ ..] if matches!(&**turn, "not" | "non" | "no") => Some(rest.join(" ")),
        _ => None,
    };
    if let Some(base) = base {
        let said = Said::new(&base);
        let column = (0..set.columns.len()).find(|it| {
            !set.columns[*it].constant
                && set.texts(*it).any(|text| said.is(text))
                && set.texts(*it).any(|text| !said.is_in(text))
        });
        if let Some(column) = column {
            return Ok(make(Some(column), said, !filter.not));
        }
    }
    if let Some(check) = headed(set, value, filter.not) {
        return Ok(check);
    }
    Err(format!(
        "nothing in {} says \"{value}\"{}",
        called(set),
        values(set)
    ))
}

/// "ward A2": the value of a column, beside what the column is called.
fn headed<'s>(set: &'s RecordSet, value: &str, not: bool) -> Option<Check<'s>> {
    let words = crate::ground::words(value);
    let bare = |it: &str| crate::ground::words_stem(it).to_owned();
    let stems: Vec<String> = words.iter().map(|it| bare(it)).collect();
    (0..set.columns.len()).find_map(|column| {
        let heading = crate::ground::words(set.columns[column].heading()?);
        let heading: Vec<String> = heading.iter().map(|it| bare(it)).collect();
        if heading.is_empty() || heading.len() >= words.len() {
            return None;
        }
        let rest = match (
            stems.strip_prefix(&heading[..]),
            stems.strip_suffix(&heading[..]),
        ) {
            (Some(_), _) => &words[heading.len()..],
            (_, Some(_)) => &words[..words.len() - heading.len()],
            _ => return None,
        };
        let rest = rest.join(" ");
        let check = Check {
            set,
            column: Some(column),
            test: Decided::Is(
                Said::new(&rest),
                number::parse(&rest, number::Style::default()),
                rest,
            ),
            not: false,
        };
        check.any().then_some(Check { not, ..check })
    })
}

/// What the records could be told apart by: a few values of the columns that have few.
fn values(set: &RecordSet) -> String {
    let mut told = Vec::new();
    for (at, column) in set.columns.iter().enumerate().filter(|it| !it.1.constant) {
        let mut values: Vec<&str> = set.texts(at).take(200).collect();
        let count = values.len();
        values.sort_unstable();
        values.dedup();
        if values.len() > 1
            && values.len() <= 6
            && values.len() * 2 <= count
            && values.iter().all(|it| it.len() < 30)
        {
            let name = column
                .heading()
                .map(|it| format!("\"{it}\" is "))
                .unwrap_or_default();
            told.push(format!("{name}{}", values.join(", ")));
        }
    }
    told.truncate(2);
    if told.is_empty() {
        String::new()
    } else {
        format!("; {}", told.join("; "))
    }
}

/// A set in words.
pub fn called(set: &RecordSet) -> String {
    let count = set.records.len();
    if set.name.is_empty() {
        format!("the list of {count}")
    } else {
        format!("\"{}\" ({count})", errand_domain::text::clip(&set.name, 40))
    }
}

/// A comparison by size or date.
fn range<'s>(
    sheet: &Sheet<'_>,
    set: &'s RecordSet,
    filter: &Filter,
    column: Option<usize>,
    (from, to, ends): (Option<&String>, Option<&String>, bool),
    dated: bool,
) -> Result<Check<'s>, String> {
    let language = sheet.manner();
    let as_number = |text: &String| number::parse(text, language.style);
    let as_date = |text: &String| {
        let year = text
            .trim()
            .parse::<u16>()
            .ok()
            .filter(|it| (1000..3000).contains(it));
        let whole = date::parse(text, language.order.or(Some(date::Order::DayFirst)));
        let begins = year.and_then(|year| date::parse(&format!("{year}-01-01"), None));
        whole
            .or(begins)
            .or_else(|| date::parse(&format!("1 {text}"), None))
            .map(|it| seconds(&it))
    };
    let numbers = || {
        [from, to]
            .into_iter()
            .flatten()
            .all(|it| as_number(it).is_some())
    };
    let dates = || {
        [from, to]
            .into_iter()
            .flatten()
            .all(|it| as_date(it).is_some())
    };
    let scale = if dated && dates() || !numbers() && dates() {
        Scale::Date
    } else {
        Scale::Number
    };
    if scale == Scale::Number && !numbers() {
        return Err(format!(
            "\"{}\" compares with no number or date",
            filter.text
        ));
    }
    let column = match column {
        Some(column) => column,
        None => match &filter.field {
            Some(field) if field != "price" => {
                return Err(format!("nothing in {} is called \"{field}\"", called(set)));
            }
            field => comparable(sheet, set, scale, field.is_some(), &filter.text)?,
        },
    };
    let manner = column::manner(sheet, set, column);
    if !set
        .cells(column)
        .any(|it| rank(it, scale, &manner).is_some())
    {
        return Err(format!("{} has nothing to compare", described(set, column)));
    }
    let value = |text: Option<&String>| {
        text.and_then(|it| {
            if scale == Scale::Date {
                as_date(it)
            } else {
                as_number(it)
            }
        })
    };
    let test = Decided::Range(value(from), value(to), ends, scale, manner);
    Ok(Check {
        set,
        column: Some(column),
        test,
        not: filter.not,
    })
}

/// The column that a comparison without a name must mean: the only money, number or date.
fn comparable(
    sheet: &Sheet<'_>,
    set: &RecordSet,
    wanted: Scale,
    money: bool,
    text: &str,
) -> Result<usize, String> {
    let fits = |column: &usize| {
        let manner = column::manner(sheet, set, *column);
        let it = &set.columns[*column];
        !it.constant
            && set.cells(*column).next().is_some()
            && scale(set.cells(*column), &manner) == wanted
            && !counts_rows(set, *column)
    };
    let all: Vec<usize> = (0..set.columns.len()).filter(fits).collect();
    let of_money = |it: &usize| set.texts(*it).take(10).all(number::is_money);
    let sums: Vec<usize> = all.iter().copied().filter(of_money).collect();
    let sums = alike(set, sums);
    let all = if money { Vec::new() } else { alike(set, all) };
    match (&sums[..], &all[..]) {
        ([only], _) | ([], [only]) => Ok(*only),
        ([], []) => Err(format!(
            "{} has nothing that \"{text}\" could compare",
            called(set)
        )),
        ([], several) | (several, _) => {
            let names: Vec<String> = several
                .iter()
                .take(4)
                .map(|it| described(set, *it))
                .collect();
            Err(format!("\"{text}\" could compare {}", names.join(" or ")))
        }
    }
}

/// Columns that say the same numbers are one.
fn alike(set: &RecordSet, columns: Vec<usize>) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    for column in columns {
        let numbers = |it: usize| -> Vec<Option<f64>> {
            let cells = set.records.iter().take(50).map(|record| record.cell(it));
            cells
                .map(|cell| number::parse(&cell?.text, number::Style::default()))
                .collect()
        };
        if kept.iter().all(|it| numbers(*it) != numbers(column)) {
            kept.push(column);
        }
    }
    kept
}

/// 1, 2, 3 …: the rows' own numbers.
fn counts_rows(set: &RecordSet, column: usize) -> bool {
    let numbers: Vec<Option<f64>> = set
        .texts(column)
        .take(20)
        .map(|it| number::parse(it.trim_end_matches('.'), number::Style::default()))
        .collect();
    numbers.len() > 2
        && set.kind != Kind::Stated
        && numbers
            .windows(2)
            .all(|it| matches!(it, [Some(one), Some(other)] if other - one == 1.0))
}
