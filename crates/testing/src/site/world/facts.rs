//! A booking's particulars: the labels and values of the pages to extract from.

use super::{super::chance::Chance, Date, DateStyle, Money};

/// A label and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// As shown, without a colon.
    pub label: &'static str,
    /// As shown.
    pub value: String,
}

pub fn all(chance: &mut Chance, dates: DateStyle) -> Vec<Fact> {
    let arrival = Date {
        year: 2026,
        month: 12,
        day: 24,
    }
    .days_before(chance.below(60));
    let mut facts = Vec::new();
    let mut fact = |label, value: String| facts.push(Fact { label, value });
    fact(
        "Booking number",
        format!("BK-{}", chance.between(100_000, 999_999)),
    );
    fact(
        "Guest",
        chance
            .pick(["Harbour Bakery", "Maple Studio", "Copper Cycles"])
            .to_owned(),
    );
    fact("Arrival", arrival.text(dates));
    fact("Nights", chance.between(1, 14).to_string());
    fact(
        "Room",
        chance
            .pick(["Lighthouse view", "Garden side", "Attic"])
            .to_owned(),
    );
    fact("Breakfast included", chance.pick(["Yes", "No"]).to_owned());
    fact(
        "Total price",
        Money(chance.between(20_000, 240_000)).to_string(),
    );
    fact("Deposit", Money(chance.between(2_000, 19_000)).to_string());
    fact(
        "Payment method",
        chance
            .pick(["Bank transfer", "Credit card", "Cash"])
            .to_owned(),
    );
    fact("Check-in time", format!("{}:00", chance.between(13, 18)));
    fact("Phone", format!("+44 20 7946 {:04}", chance.below(1_000)));
    fact("Reference", format!("{:08X}", chance.below(1 << 32)));
    facts
}
