//! Days, months and weeks.

use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// 1 to 9999.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// Which of two numbers is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// 31/12/2026.
    DayFirst,
    /// 12/31/2026.
    MonthFirst,
    /// 2026-12-31.
    YearFirst,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// Words that stand in dates and say nothing.
const FILLERS: [&str; 4] = ["of", "the", "on", "de"];

impl Date {
    /// A day that exists.
    #[must_use]
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let real = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        real.then_some(Self { year, month, day })
    }

    /// The ISO week that it is in, with that week's year.
    #[must_use]
    pub fn week(self) -> (i32, u8) {
        let weekday = self.number().rem_euclid(7);
        // The week belongs to the year of its Thursday; day 0 of the count was a Monday.
        let thursday = self.number() - weekday + 3;
        let year = [self.year - 1, self.year, self.year + 1]
            .into_iter()
            .rfind(|year| days_before(*year) <= thursday)
            .unwrap_or(self.year);
        let week = (thursday - days_before(year)) / 7 + 1;
        (year, u8::try_from(week).unwrap_or(1))
    }

    /// Days since the first Monday of the calendar, 1 January of year 1.
    fn number(self) -> i64 {
        let months = (1..self.month).map(|month| i64::from(days_in(self.year, month)));
        days_before(self.year) + months.sum::<i64>() + i64::from(self.day) - 1
    }

    /// Written as a placeholder shows it: `dd.mm.yyyy`, `MM/DD/YY`, `d MMMM yyyy`.
    #[must_use]
    pub fn like(self, format: &str) -> Option<String> {
        order_of(format)?;
        let format = format.trim();
        let mut out = String::new();
        let mut rest = format;
        while let Some(letter) = rest.chars().next() {
            let run = rest.chars().take_while(|it| *it == letter).count();
            let word = &rest[..run * letter.len_utf8()];
            rest = &rest[word.len()..];
            match (unit(letter, run), run) {
                (Some('d'), 1) => out += &self.day.to_string(),
                (Some('d'), _) => out += &format!("{:02}", self.day),
                (Some('m'), 1) => out += &self.month.to_string(),
                (Some('m'), 2) => out += &format!("{:02}", self.month),
                (Some('m'), 3) => out += &name(self.month)[..3],
                (Some('m'), _) => out += &name(self.month),
                (Some('y'), 2) => out += &format!("{:02}", self.year % 100),
                (Some('y'), _) => out += &format!("{:04}", self.year),
                (None, _) if letter.is_alphabetic() => return None,
                _ => out += word,
            }
        }
        Some(out)
    }
}

impl fmt::Display for Date {
    /// `2026-12-31`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:04}-{:02}-{:02}",
            self.year, self.month, self.day
        )
    }
}

/// Reads a date that stands alone in the text, with a weekday or without.
#[must_use]
pub fn parse(text: &str, order: Option<Order>) -> Option<Date> {
    let parts = parts(text)?;
    let numbers: Vec<(u32, usize)> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Number(number, digits) => Some((*number, *digits)),
            Part::Month(_) => None,
        })
        .collect();
    let month = parts.iter().find_map(|part| match part {
        Part::Month(month) => Some(*month),
        Part::Number(..) => None,
    });
    match (month, &*numbers) {
        (Some(month), [one, two]) if parts.len() == 3 => {
            let named = |day: (u32, usize), year: (u32, usize)| {
                Date::new(whole_year(year)?, month, u8::try_from(day.0).ok()?)
            };
            if one.1 >= 3 {
                named(*two, *one)
            } else {
                named(*one, *two)
            }
        }
        (None, [one, two, three]) if parts.len() == 3 => {
            numeric([*one, *two, *three], separator(text), order)
        }
        (None, [(packed, 8)]) if parts.len() == 1 => {
            let (year, rest) = (packed / 10_000, packed % 10_000);
            let part = |it: u32| u8::try_from(it).ok();
            Date::new(
                i32::try_from(year).ok()?,
                part(rest / 100)?,
                part(rest % 100)?,
            )
        }
        _ => None,
    }
}

/// Reads a month and its year: `March 2026`, `2026-03`, `03/2026`.
#[must_use]
pub fn parse_month(text: &str) -> Option<(i32, u8)> {
    match &*parts(text)? {
        [Part::Month(month), Part::Number(year, digits)]
        | [Part::Number(year, digits), Part::Month(month)]
            if *digits >= 2 =>
        {
            Some((whole_year((*year, *digits))?, *month))
        }
        [Part::Number(year, 4), Part::Number(month, ..)]
        | [Part::Number(month, ..), Part::Number(year, 4)] => {
            let date = Date::new(i32::try_from(*year).ok()?, u8::try_from(*month).ok()?, 1)?;
            Some((date.year, date.month))
        }
        _ => None,
    }
}

/// Reads a week and its year: `2026-W10`, `week 10 of 2026`, `W10 2026`.
#[must_use]
pub fn parse_week(text: &str) -> Option<(i32, u8)> {
    let lower = text.to_lowercase();
    let at = lower.find('w')?;
    let after: Vec<&str> = numbers_in(&lower[at..]);
    let before = numbers_in(&lower[..at]);
    let (week, year) = match (&*before, &*after) {
        ([year], [week]) | ([], [week, year]) => (*week, *year),
        _ => return None,
    };
    let (year, week): (i32, u8) = (year.parse().ok()?, week.parse().ok()?);
    // The 28th of December is always in the year's last week.
    let last = Date::new(year, 12, 28)?.week().1;
    (year > 999 && (1..=last).contains(&week)).then_some((year, week))
}

/// The order that a placeholder or pattern shows: `dd/mm/yyyy`, `MM-DD-YYYY`, `jj.mm.aaaa`.
#[must_use]
pub fn order_of(format: &str) -> Option<Order> {
    let mut seen = Vec::new();
    for word in format.split(|it: char| !it.is_alphabetic()) {
        let mut letters = word.chars();
        let Some(first) = letters.next() else {
            continue;
        };
        let alike = letters.all(|it| it.eq_ignore_ascii_case(&first));
        if let Some(unit) = unit(first, word.len()).filter(|_| alike)
            && !seen.contains(&unit)
        {
            seen.push(unit);
        }
    }
    match &*seen {
        ['d', 'm', 'y'] => Some(Order::DayFirst),
        ['m', 'd', 'y'] => Some(Order::MonthFirst),
        ['y', 'm', 'd'] => Some(Order::YearFirst),
        _ => None,
    }
}

/// Whether the text can be read as that day, in whatever order.
#[must_use]
pub fn could_be(text: &str, date: Date) -> bool {
    [None, Some(Order::DayFirst), Some(Order::MonthFirst)]
        .into_iter()
        .any(|order| parse(text, order) == Some(date))
}

/// The English name of a month.
#[must_use]
pub fn name(month: u8) -> String {
    let name = MONTHS[usize::from(month.clamp(1, 12)) - 1];
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

/// What a letter of a format stands for, in the languages that write placeholders in their own.
fn unit(letter: char, run: usize) -> Option<char> {
    match letter.to_ascii_lowercase() {
        // `jj` are days in French, `jjjj` years in German.
        'j' if run > 2 => Some('y'),
        'd' | 't' | 'j' => Some('d'),
        'm' => Some('m'),
        'y' | 'a' => Some('y'),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy)]
enum Part {
    /// A number, and how many digits it was written with.
    Number(u32, usize),
    Month(u8),
}

/// The numbers and months of the text; absent when anything else stands in it.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut found = Vec::new();
    let lower = text.trim().to_lowercase();
    let mut rest = &*lower;
    while let Some(first) = rest.chars().next() {
        let same = |it: char| it.is_ascii_digit() == first.is_ascii_digit() && it.is_alphanumeric();
        let end = rest.find(|it: char| !same(it)).unwrap_or(rest.len());
        if end == 0 {
            if !(first.is_whitespace() || ",./-\u{2010}\u{2011}\u{2013}'".contains(first)) {
                return None;
            }
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(end);
        rest = after;
        if first.is_ascii_digit() {
            found.push(Part::Number(word.parse().ok()?, word.len()));
            // 1st, 2nd, 12th.
            for ending in ["st", "nd", "rd", "th"] {
                if let Some(after) = rest.strip_prefix(ending)
                    && !after.starts_with(char::is_alphanumeric)
                {
                    rest = after;
                }
            }
        } else if let Some(month) = beginning(&MONTHS, word) {
            found.push(Part::Month(u8::try_from(month + 1).ok()?));
        } else if beginning(&DAYS, word).is_none() && !FILLERS.contains(&word) {
            return None;
        }
        if found.len() > 3 {
            return None;
        }
    }
    Some(found)
}

/// Which of the names the word is, or shortens to three letters or more.
fn beginning(names: &[&str], word: &str) -> Option<usize> {
    if word.chars().count() < 3 {
        return None;
    }
    let word = if word == "sept" { "sep" } else { word };
    names.iter().position(|name| name.starts_with(word))
}

fn numeric(parts: [(u32, usize); 3], separator: char, order: Option<Order>) -> Option<Date> {
    let small = |it: (u32, usize)| u8::try_from(it.0).ok();
    let [one, two, three] = parts;
    if one.1 >= 3 {
        return Date::new(whole_year(one)?, small(two)?, small(three)?);
    }
    let by = |order: Order| match order {
        Order::DayFirst => Date::new(whole_year(three)?, small(two)?, small(one)?),
        Order::MonthFirst => Date::new(whole_year(three)?, small(one)?, small(two)?),
        Order::YearFirst => Date::new(whole_year(one)?, small(two)?, small(three)?),
    };
    if order == Some(Order::YearFirst) && three.1 < 3 {
        return by(Order::YearFirst);
    }
    if one.0 > 12 {
        return by(Order::DayFirst);
    }
    if two.0 > 12 {
        return by(Order::MonthFirst);
    }
    let by_separator = if separator == '.' {
        Order::DayFirst
    } else {
        Order::MonthFirst
    };
    match order {
        Some(Order::YearFirst) | None => by(by_separator),
        Some(order) => by(order),
    }
}

fn separator(text: &str) -> char {
    let found = text.trim().chars().find(|it| !it.is_alphanumeric());
    found.unwrap_or('/')
}

/// Two digits mean 1969 to 2068, as everywhere.
fn whole_year((number, digits): (u32, usize)) -> Option<i32> {
    let number = i32::try_from(number).ok()?;
    match digits {
        4 => Some(number),
        2 if number < 69 => Some(2000 + number),
        2 => Some(1900 + number),
        _ => None,
    }
}

fn numbers_in(text: &str) -> Vec<&str> {
    let words = text.split(|it: char| !it.is_ascii_digit());
    words.filter(|it| !it.is_empty()).collect()
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i32, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the calendar before that year.
fn days_before(year: i32) -> i64 {
    let year = i64::from(year) - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)
}
