//! The truth behind the pages: what the seed made, as tests may compare with it.

mod customers;
mod date;
mod facts;
mod invoices;
mod labels;
mod money;
mod posts;
mod products;

pub use customers::Customer;
pub use date::{Date, DateStyle};
pub use facts::Fact;
pub use invoices::{Column, Invoice};
pub use labels::{Field, Labels};
pub use money::Money;
pub use posts::Post;
pub use products::Product;

use super::chance::Chance;

/// Somebody who can log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The e-mail address that serves as user name.
    pub user: &'static str,
    /// The same for every account.
    pub password: &'static str,
}

/// The accounts; the first is the usual one.
pub const ACCOUNTS: [Credentials; 2] = [
    Credentials {
        user: "demo@example.com",
        password: "errand-demo",
    },
    Credentials {
        user: "support@company.com",
        password: "errand-demo",
    },
];

/// Everything that follows from a seed.
#[derive(Clone, Debug)]
pub struct World {
    /// Where it all comes from.
    pub seed: u64,
    /// Wordings, ids and orders.
    pub labels: Labels,
    /// The account's balance, as on the dashboard.
    pub balance: Money,
    /// The newest first, as listed.
    pub invoices: Vec<Invoice>,
    /// As listed; one is customer@example.com.
    pub customers: Vec<Customer>,
    /// As listed in the shop.
    pub products: Vec<Product>,
    /// As ranked on the front page.
    pub posts: Vec<Post>,
    /// The booking's particulars, in the order of `/definitions`.
    pub facts: Vec<Fact>,
}

impl World {
    /// The world of a seed: the same for ever.
    pub fn new(seed: u64) -> Self {
        let customers = customers::all(&mut Chance::new(seed, "customers"));
        let balance = Money(Chance::new(seed, "balance").between(100_000, 2_500_000));
        let labels = Labels::new(seed);
        Self {
            seed,
            facts: facts::all(&mut Chance::new(seed, "facts"), labels.dates),
            labels,
            balance,
            invoices: invoices::all(&mut Chance::new(seed, "invoices"), &customers),
            products: products::all(&mut Chance::new(seed, "products")),
            posts: posts::all(&mut Chance::new(seed, "posts")),
            customers,
        }
    }
}
