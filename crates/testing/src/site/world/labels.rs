//! Wordings, ids and orders: several natural ones each, one of them per seed.

use super::{super::chance::Chance, Column, DateStyle};

/// A form field as the page has it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The visible label.
    pub label: &'static str,
    /// The `id` attribute.
    pub id: String,
    /// The `name` attribute: what [`Recorded::field`](crate::site::Recorded::field) knows it by.
    pub name: &'static str,
}

/// What the pages say.
#[derive(Clone, Debug)]
pub struct Labels {
    /// The log-in page's heading and its button.
    pub log_in: &'static str,
    /// The link or button that ends the session.
    pub log_out: &'static str,
    /// The user's e-mail address.
    pub user: Field,
    /// The password.
    pub password: Field,
    /// The check box that keeps somebody logged in.
    pub remember: &'static str,
    /// What a wrong password brings.
    pub wrong_password: &'static str,
    /// The links of the portal, in order: word and path.
    pub links: Vec<(&'static str, &'static str)>,
    /// The dashboard's word for the balance.
    pub balance: &'static str,
    /// The invoices page's heading and its link.
    pub invoices: &'static str,
    /// The invoice table's columns, in order, with their headings.
    pub columns: Vec<(Column, &'static str)>,
    /// How dates are written.
    pub dates: DateStyle,
    /// The pager's words.
    pub pager: [&'static str; 2],
    /// The button under a product.
    pub add_to_cart: &'static str,
    /// The link to the cart.
    pub cart: &'static str,
    /// The link from the cart.
    pub checkout: &'static str,
    /// The button that sends an order.
    pub place_order: &'static str,
    /// Which of three markups the shop has.
    pub shop_layout: u64,
    /// Which of three markups the front page of posts has.
    pub news_layout: u64,
    /// The fields of the contact form, in order.
    pub contact: Vec<Field>,
    /// The contact form's button.
    pub send: &'static str,
}

impl Labels {
    pub(super) fn new(seed: u64) -> Self {
        let portal = &mut Chance::new(seed, "portal labels");
        let invoices = portal.pick(["Invoices", "Invoices", "Billing invoices", "Your invoices"]);
        let mut links = vec![
            (
                portal.pick(["Dashboard", "Overview", "Home"]),
                "/portal/dashboard",
            ),
            (invoices, "/portal/invoices"),
            (
                portal.pick(["Customers", "Clients", "Customer list"]),
                "/portal/customers",
            ),
            (
                portal.pick(["Reports", "Documents", "Downloads"]),
                "/portal/reports",
            ),
            (
                portal.pick(["Settings", "Preferences", "Profile"]),
                "/portal/settings",
            ),
        ];
        portal.shuffle(&mut links[1..]);
        let shop = &mut Chance::new(seed, "shop labels");
        let news = &mut Chance::new(seed, "news labels");
        let contact = &mut Chance::new(seed, "contact labels");
        Self {
            log_in: portal.pick(["Log in", "Sign in", "Login", "Log on"]),
            log_out: portal.pick(["Log out", "Sign out", "Logout"]),
            user: Field {
                label: portal.pick(["Email", "E-mail address", "User name", "Username or email"]),
                id: id(portal, ["email", "user", "login-user"]),
                name: portal.pick(["email", "username", "login"]),
            },
            password: Field {
                label: portal.pick(["Password", "Your password", "Password"]),
                id: id(portal, ["password", "pw", "secret"]),
                name: portal.pick(["password", "passwd", "pwd"]),
            },
            remember: portal.pick(["Remember me", "Keep me signed in", "Stay logged in"]),
            wrong_password: portal.pick([
                "Invalid user name or password.",
                "The password is incorrect. Please try again.",
                "We could not log you in: wrong e-mail address or password.",
            ]),
            links,
            balance: portal.pick(["Account balance", "Current balance", "Balance"]),
            invoices,
            columns: columns(portal),
            dates: portal.pick([DateStyle::Iso, DateStyle::DayFirst, DateStyle::MonthFirst]),
            pager: portal.pick([
                ["Previous", "Next"],
                ["← Newer", "Older →"],
                ["Back", "More"],
            ]),
            add_to_cart: shop.pick(["Add to cart", "Add to basket", "Put in cart"]),
            cart: shop.pick(["Cart", "Basket", "Shopping cart"]),
            checkout: shop.pick(["Checkout", "Proceed to checkout", "Check out"]),
            place_order: shop.pick(["Place order", "Buy now", "Complete purchase"]),
            shop_layout: shop.below(3),
            news_layout: news.below(3),
            contact: contact_fields(contact),
            send: contact.pick(["Send", "Send message", "Submit"]),
        }
    }
}

/// An id as hand-written, generated by a framework, or numbered.
fn id<const N: usize>(chance: &mut Chance, words: [&'static str; N]) -> String {
    let word = chance.pick(words);
    match chance.below(3) {
        0 => word.to_owned(),
        1 => format!("{word}-{}", chance.between(2, 99)),
        _ => format!(":r{:x}:", chance.below(4_096)),
    }
}

fn columns(chance: &mut Chance) -> Vec<(Column, &'static str)> {
    let mut columns = vec![
        (
            Column::Number,
            chance.pick(["Invoice number", "Number", "Invoice no.", "Invoice"]),
        ),
        (
            Column::Date,
            chance.pick(["Date", "Issued", "Invoice date"]),
        ),
        (
            Column::Customer,
            chance.pick(["Customer", "Client", "Billed to"]),
        ),
        (
            Column::Amount,
            chance.pick(["Amount", "Total", "Amount due"]),
        ),
        (
            Column::Status,
            chance.pick(["Status", "State", "Payment status"]),
        ),
    ];
    chance.shuffle(&mut columns);
    columns
}

fn contact_fields(chance: &mut Chance) -> Vec<Field> {
    let field = |label, id, name| Field { label, id, name };
    let mut fields = vec![
        field(
            chance.pick(["Name", "Full name", "Your name"]),
            id(chance, ["name", "full-name", "contact-name"]),
            "name",
        ),
        field(
            chance.pick(["Email", "E-mail address", "Your email"]),
            id(chance, ["mail", "email", "contact-email"]),
            "email",
        ),
        field(
            chance.pick(["Phone", "Phone number", "Telephone"]),
            id(chance, ["phone", "tel", "contact-phone"]),
            "phone",
        ),
        field(
            chance.pick(["Subject", "Topic", "What is it about?"]),
            id(chance, ["subject", "topic", "about"]),
            "subject",
        ),
        field(
            chance.pick(["Message", "Your message", "How can we help?"]),
            id(chance, ["message", "text", "body"]),
            "message",
        ),
    ];
    chance.shuffle(&mut fields[..4]);
    fields
}
