//! Dates, as much of them as a list of invoices needs.

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// How the pages write dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateStyle {
    /// 2026-10-28
    Iso,
    /// 28 Oct 2026
    DayFirst,
    /// Oct 28, 2026
    MonthFirst,
}

impl Date {
    /// The day before.
    pub fn before(self) -> Self {
        match self {
            Self { day: 2.., .. } => Self {
                day: self.day - 1,
                ..self
            },
            Self { month: 1, .. } => Self {
                year: self.year - 1,
                month: 12,
                day: 31,
            },
            _ => {
                let month = self.month - 1;
                Self {
                    month,
                    day: length(self.year, month),
                    ..self
                }
            }
        }
    }

    /// The day so many days earlier.
    pub fn days_before(self, days: u64) -> Self {
        (0..days).fold(self, |day, _| day.before())
    }

    /// 2026-10-28
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// As the pages write it.
    pub fn text(self, style: DateStyle) -> String {
        let month = MONTHS[usize::from(self.month.clamp(1, 12)) - 1];
        match style {
            DateStyle::Iso => self.iso(),
            DateStyle::DayFirst => format!("{} {month} {}", self.day, self.year),
            DateStyle::MonthFirst => format!("{month} {}, {}", self.day, self.year),
        }
    }
}

fn length(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && !year.is_multiple_of(100) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
