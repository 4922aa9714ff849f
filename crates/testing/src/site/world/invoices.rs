//! The portal's invoices.

use super::{super::chance::Chance, Customer, Date, Money};

/// How many there are: five pages of ten, the last one short.
const COUNT: usize = 47;

/// An invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// `INV-20417`, unique.
    pub number: String,
    /// When it was written.
    pub date: Date,
    /// When it is to be paid.
    pub due: Date,
    /// The customer's name.
    pub customer: String,
    /// What is to be paid.
    pub amount: Money,
    /// `Paid`, `Open` or `Overdue`.
    pub status: &'static str,
}

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The invoice's number, a link to its page.
    Number,
    /// When it was written.
    Date,
    /// The customer's name.
    Customer,
    /// What is to be paid.
    Amount,
    /// Paid or not.
    Status,
}

pub fn all(chance: &mut Chance, customers: &[Customer]) -> Vec<Invoice> {
    let mut number = chance.between(20_000, 60_000);
    let mut date = Date {
        year: 2026,
        month: 10,
        day: 28,
    };
    let mut invoices = Vec::with_capacity(COUNT);
    for index in 0..COUNT {
        let customer = &customers[chance.below(customers.len() as u64) as usize];
        invoices.push(Invoice {
            number: format!("INV-{number}"),
            date,
            due: Date {
                year: date.year + 1,
                ..date
            }
            .days_before(335),
            customer: customer.name.clone(),
            amount: Money(chance.between(1_250, 998_000)),
            status: match index {
                0..6 => chance.pick(["Open", "Paid"]),
                _ => chance.pick(["Paid", "Paid", "Paid", "Overdue"]),
            },
        });
        number -= chance.between(1, 7);
        date = date.days_before(chance.between(1, 5));
    }
    invoices
}
