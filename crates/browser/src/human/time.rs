//! Times of the day.

use std::fmt;

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl Time {
    /// A time that exists.
    #[must_use]
    pub fn new(hour: u8, minute: u8, second: u8) -> Option<Self> {
        let real = hour < 24 && minute < 60 && second < 60;
        real.then_some(Self {
            hour,
            minute,
            second,
        })
    }

    /// As clocks with twelve hours have it: `5:30 PM`.
    #[must_use]
    pub fn twelve(self) -> String {
        let half = if self.hour < 12 { "AM" } else { "PM" };
        let hour = (self.hour + 11) % 12 + 1;
        format!("{hour}:{:02} {half}", self.minute)
    }
}

impl fmt::Display for Time {
    /// `17:30`, with the seconds where there are any.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}:{:02}", self.hour, self.minute)?;
        if self.second > 0 {
            write!(formatter, ":{:02}", self.second)?;
        }
        Ok(())
    }
}

/// Reads a time that stands alone: `17:30`, `5pm`, `5.30 p.m.`, `17h30`, `noon`. A bare number is no
/// time.
#[must_use]
pub fn parse(text: &str) -> Option<Time> {
    let lower = text.trim().to_lowercase();
    match lower.trim_end_matches(" o'clock") {
        "noon" | "midday" => return Time::new(12, 0, 0),
        "midnight" => return Time::new(0, 0, 0),
        _ => {}
    }
    let compact: String = lower.chars().filter(|it| !it.is_whitespace()).collect();
    let (clock, half) = halves(&compact);
    let clock = clock.trim_end_matches("o'clock");
    let (parts, marked) = if let Some((hour, minute)) = clock.split_once('h') {
        let minute = if minute.is_empty() { "0" } else { minute };
        (vec![hour, minute], true)
    } else {
        // A dot parts hours from minutes only where a half of the day shows what is meant.
        let parts: Vec<&str> = clock
            .split(|it| it == ':' || (it == '.' && half.is_some()))
            .collect();
        let marked = parts.len() > 1;
        (parts, marked)
    };
    if !(marked || half.is_some()) || parts.len() > 3 {
        return None;
    }
    let mut numbers = [0; 3];
    for (index, part) in parts.iter().enumerate() {
        let whole = (1..=2).contains(&part.len()) && (index == 0 || !marked || !part.is_empty());
        let digits = part.bytes().all(|it| it.is_ascii_digit());
        if !(whole && digits) {
            return None;
        }
        numbers[index] = part.parse().ok()?;
    }
    let [hour, minute, second] = numbers;
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(Half::Before) => hour % 12,
        Some(Half::After) => hour % 12 + 12,
        None => hour,
    };
    Time::new(hour, minute, second)
}

#[derive(Debug, Clone, Copy)]
enum Half {
    Before,
    After,
}

fn halves(text: &str) -> (&str, Option<Half>) {
    for (ending, half) in [
        ("a.m.", Half::Before),
        ("p.m.", Half::After),
        ("am", Half::Before),
        ("pm", Half::After),
    ] {
        if let Some(clock) = text.strip_suffix(ending) {
            return (clock, Some(half));
        }
    }
    (text, None)
}
