//! Dates and times as people write them.

/// Which of two small numbers is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// 31/12.
    DayFirst,
    /// 12/31.
    MonthFirst,
}

/// A date, maybe with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Year, month, day.
    pub date: (u16, u8, u8),
    /// Hour, minute, second.
    pub time: Option<(u8, u8, u8)>,
    /// Minutes east of Greenwich.
    pub offset: Option<i16>,
}

impl Moment {
    /// `2026-03-31`.
    #[must_use]
    pub fn iso_date(&self) -> String {
        let (year, month, day) = self.date;
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// `2026-03-31T14:30:00Z`; a time that names no zone is taken as UTC, a date as its midnight.
    #[must_use]
    pub fn iso(&self) -> String {
        let (hour, minute, second) = self.time.unwrap_or_default();
        let zone = match self.offset.unwrap_or(0) {
            0 => "Z".to_owned(),
            offset => {
                let sign = if offset < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
        };
        format!(
            "{}T{hour:02}:{minute:02}:{second:02}{zone}",
            self.iso_date()
        )
    }
}

/// The first letters of the months in English, German, French, Spanish, Italian, Dutch, Portuguese.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "mrt", "maa"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mei"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

/// Months whose names are longer than an abbreviation.
const WHOLE: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "august",
    "september",
    "october",
    "november",
    "december",
    "januar",
    "februar",
    "märz",
    "oktober",
    "dezember",
    "janvier",
    "février",
    "avril",
    "juillet",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "gennaio",
    "febbraio",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "settembre",
    "ottobre",
    "dicembre",
    "januari",
    "februari",
    "maart",
    "augustus",
    "janeiro",
    "fevereiro",
    "março",
    "maio",
    "junho",
    "julho",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];

/// How days and months are ordered in the page's language, where that is sure.
#[must_use]
pub fn order_of(language: &str) -> Option<Order> {
    let lower = language.to_lowercase().replace('_', "-");
    match &*lower {
        "" | "en" => None,
        "en-us" | "en-ph" => Some(Order::MonthFirst),
        _ => Some(Order::DayFirst),
    }
}

/// The order that the dates of one column show; the language's where none of them tells.
pub fn order_in<'t>(texts: impl Iterator<Item = &'t str>, language: &str) -> Option<Order> {
    let mut told = None;
    for text in texts.take(500) {
        let Some((one, other)) = pair(text) else {
            continue;
        };
        let found = match (one > 12, other > 12) {
            (true, false) => Order::DayFirst,
            (false, true) => Order::MonthFirst,
            _ => continue,
        };
        match told {
            None => told = Some(found),
            Some(known) if known != found => return None,
            Some(_) => {}
        }
    }
    told.or_else(|| order_of(language))
}

/// The two small numbers of `12/31/2026`.
fn pair(text: &str) -> Option<(u32, u32)> {
    let word = text
        .split_whitespace()
        .find(|it| it.matches('/').count() == 2 || it.matches('-').count() == 2)?;
    let parts: Vec<u32> = word
        .split(['/', '-'])
        .map(|it| it.parse().ok())
        .collect::<Option<_>>()?;
    (parts[0] <= 31 && parts[2] > 31).then_some((parts[0], parts[1]))
}

/// The date in a text that holds one and no more. None if it can't be told, also where the day and
/// the month could be either.
#[must_use]
pub fn parse(text: &str, order: Option<Order>) -> Option<Moment> {
    let text = text.trim();
    if text.len() > 80 || !text.contains(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let spaced = text.replace(['(', ')', ',', '|', '·'], " ");
    let mut words: Vec<String> = spaced.split_whitespace().map(str::to_lowercase).collect();
    // `2026-03-31T14:30:00+01:00` is two words.
    if let Some(first) = words.iter().position(|it| {
        it.len() > 11
            && it.is_char_boundary(10)
            && it.as_bytes()[10] == b't'
            && it[..10].matches('-').count() == 2
    }) {
        let (date, time) = (words[first][..10].to_owned(), words[first][11..].to_owned());
        words.splice(first..=first, [date, time]);
    }
    let mut found = Parts::default();
    for word in &words {
        found.take(word, order)?;
    }
    let moment = Moment {
        date: found.date()?,
        time: found.time,
        offset: found.offset,
    };
    let (year, month, day) = moment.date;
    let longest = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=longest).contains(&day).then_some(moment)
}

#[derive(Default)]
struct Parts {
    whole: Option<(u16, u8, u8)>,
    day: Option<u8>,
    month: Option<u8>,
    year: Option<u16>,
    time: Option<(u8, u8, u8)>,
    offset: Option<i16>,
}

impl Parts {
    fn date(&self) -> Option<(u16, u8, u8)> {
        self.whole
            .or_else(|| Some((self.year?, self.month?, self.day?)))
    }

    /// Takes a word in; none if it can't be a part of a date.
    fn take(&mut self, word: &str, order: Option<Order>) -> Option<()> {
        const SAID: &[&str] = &[
            "on",
            "at",
            "of",
            "the",
            "de",
            "den",
            "le",
            "el",
            "um",
            "uhr",
            "à",
            "due",
            "by",
            "date",
            "posted",
            "published",
            "updated",
            "since",
            "until",
            "from",
            "to",
        ];
        let bare = word.trim_end_matches(['.', ':']);
        if SAID.contains(&bare) || weekday(bare) {
            return Some(());
        }
        if let Some(whole) = numeric(word, order) {
            return self.whole.replace(whole?).is_none().then_some(());
        }
        if let Some((time, offset)) = clock(word) {
            if self.time.is_some() {
                return None;
            }
            (self.time, self.offset) = (Some(time), offset);
            return Some(());
        }
        if matches!(bare, "am" | "pm" | "a.m" | "p.m") {
            let (hour, minute, second) = self.time?;
            self.time = Some((half(hour, bare.starts_with('p'))?, minute, second));
            return Some(());
        }
        if matches!(bare, "utc" | "gmt" | "z") {
            self.offset = Some(0);
            return Some(());
        }
        // "12-mar-2026", "mar-12"
        if bare.contains('-') && bare.chars().any(char::is_alphabetic) {
            return bare.split('-').try_for_each(|it| self.take(it, order));
        }
        if let Some(month) = month(bare) {
            return self.month.replace(month).is_none().then_some(());
        }
        let digits = bare.trim_end_matches(|it: char| it.is_alphabetic() || it == 'º');
        let ending = &bare[digits.len()..];
        if !digits.is_empty()
            && digits.chars().all(|it| it.is_ascii_digit())
            && matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er" | "º")
        {
            let number: u16 = digits.parse().ok()?;
            if digits.len() == 4 {
                return self.year.replace(number).is_none().then_some(());
            }
            if digits.len() <= 2 && self.day.is_none() {
                self.day = u8::try_from(number).ok();
                return Some(());
            }
        }
        None
    }
}

/// `2026-03-31`, `31.3.2026`, `3/31/26`. The inner one is none where it can't be told.
#[expect(
    clippy::option_option,
    reason = "not a date of numbers, or one that can't be told"
)]
fn numeric(word: &str, order: Option<Order>) -> Option<Option<(u16, u8, u8)>> {
    let mark = ['-', '/', '.']
        .into_iter()
        .find(|mark| word.trim_end_matches('.').matches(*mark).count() == 2)?;
    let parts: Vec<&str> = word.trim_end_matches('.').split(mark).collect();
    if parts
        .iter()
        .any(|it| it.is_empty() || it.len() > 4 || !it.chars().all(|it| it.is_ascii_digit()))
    {
        return None;
    }
    let number = |at: usize| parts[at].parse::<u16>().unwrap_or_default();
    let small = |at: usize| u8::try_from(number(at)).unwrap_or_default();
    if parts[0].len() == 4 {
        return Some(Some((number(0), small(1), small(2))));
    }
    let year = match parts[2].len() {
        4 => number(2),
        2 => number(2) + if number(2) < 70 { 2000 } else { 1900 },
        _ => return None,
    };
    let (one, other) = (small(0), small(1));
    let day_first = match (one > 12, other > 12, mark) {
        (true, _, _) | (_, _, '.') => true,
        (_, true, _) => false,
        _ if one == other => true,
        _ => match order {
            Some(order) => order == Order::DayFirst,
            None => return Some(None),
        },
    };
    Some(Some(if day_first {
        (year, other, one)
    } else {
        (year, one, other)
    }))
}

/// `14:30`, `14:30:05.123`, `2:30pm`, with a zone.
fn clock(word: &str) -> Option<((u8, u8, u8), Option<i16>)> {
    let (hour, rest) = word.split_once(':')?;
    let hour: u8 = hour.parse().ok().filter(|it| *it < 25)?;
    let cut = rest
        .find(|it: char| !(it.is_ascii_digit() || it == ':' || it == '.'))
        .unwrap_or(rest.len());
    let (digits, ending) = rest.split_at(cut);
    let mut parts = digits.split(':');
    let minute: u8 = parts.next()?.parse().ok().filter(|it| *it < 60)?;
    let second: u8 = match parts.next() {
        Some(second) => second
            .split('.')
            .next()?
            .parse()
            .ok()
            .filter(|it| *it < 61)?,
        None => 0,
    };
    let (hour, offset) = match ending {
        "" => (hour, None),
        "z" => (hour, Some(0)),
        "am" => (half(hour, false)?, None),
        "pm" => (half(hour, true)?, None),
        zone => (hour, Some(offset(zone)?)),
    };
    Some(((hour, minute, second), offset))
}

fn offset(zone: &str) -> Option<i16> {
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let minutes: i16 = match digits.len() {
        2 => digits.parse::<i16>().ok()? * 60,
        4 => digits[..2].parse::<i16>().ok()? * 60 + digits[2..].parse::<i16>().ok()?,
        _ => return None,
    };
    (minutes <= 14 * 60).then_some(sign * minutes)
}

fn half(hour: u8, after_noon: bool) -> Option<u8> {
    match (hour, after_noon) {
        (12, false) => Some(0),
        (12, true) => Some(12),
        (1..=11, true) => Some(hour + 12),
        (1..=11, false) => Some(hour),
        _ => None,
    }
}

fn month(word: &str) -> Option<u8> {
    if !word.chars().all(char::is_alphabetic) || word.chars().count() > 4 && !WHOLE.contains(&word)
    {
        return None;
    }
    let at = MONTHS
        .iter()
        .position(|names| names.iter().any(|name| word.starts_with(name)))?;
    u8::try_from(at + 1).ok()
}

fn weekday(word: &str) -> bool {
    const DAYS: &[&str] = &[
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tues",
        "thur",
        "thurs",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
    ];
    DAYS.contains(&word)
}
