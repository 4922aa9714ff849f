//! The portal's customers: shops and studios.

use super::super::chance::Chance;

/// A customer of the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// `C-1042`
    pub number: String,
    /// The business's name.
    pub name: String,
    /// Unique.
    pub email: String,
    /// With country code.
    pub phone: String,
    /// Where it is.
    pub city: &'static str,
    /// `Basic`, `Standard` or `Premium`.
    pub plan: &'static str,
}

const FIRST: [&str; 8] = [
    "Harbour",
    "Blue Kite",
    "Maple",
    "North Gate",
    "Copper",
    "Willow",
    "Summit",
    "Lantern",
];
const SECOND: [&str; 6] = [
    "Bakery",
    "Studio",
    "Books",
    "Cycles",
    "Gardens",
    "Print Works",
];
const CITIES: [&str; 6] = ["Bergen", "Leeds", "Porto", "Graz", "Utrecht", "Aarhus"];

pub fn all(chance: &mut Chance) -> Vec<Customer> {
    let mut names: Vec<String> = FIRST
        .iter()
        .flat_map(|first| SECOND.iter().map(move |second| format!("{first} {second}")))
        .collect();
    chance.shuffle(&mut names);
    names.truncate(40);
    let known = chance.below(40) as usize;
    let mut number = chance.between(1_000, 1_900);
    let customer = |(index, name): (usize, String)| {
        number += chance.between(1, 9);
        let email = if index == known {
            "customer@example.com".to_owned()
        } else {
            format!(
                "office@{}.example.com",
                name.to_lowercase().replace(' ', "-")
            )
        };
        Customer {
            number: format!("C-{number}"),
            name,
            email,
            phone: format!("+44 20 7946 {:04}", chance.below(1_000)),
            city: chance.pick(CITIES),
            plan: chance.pick(["Basic", "Standard", "Premium"]),
        }
    };
    names.into_iter().enumerate().map(customer).collect()
}
