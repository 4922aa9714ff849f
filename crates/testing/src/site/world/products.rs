//! The shop's products.

use super::{super::chance::Chance, Money};

/// A product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// In the product's address; unique.
    pub sku: String,
    /// Unique.
    pub name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// A department.
    pub category: &'static str,
    /// For one.
    pub price: Money,
    /// In tenths of a star: 47 is shown as 4.7.
    pub rating: u64,
    /// How many ratings.
    pub reviews: u64,
    /// Out of stock where 0.
    pub stock: u64,
}

impl Product {
    /// As shown: `4.7`.
    pub fn stars(&self) -> String {
        format!("{}.{}", self.rating / 10, self.rating % 10)
    }
}

const GOODS: [(&str, &str, &str); 14] = [
    (
        "Enamel Mug",
        "Kitchen",
        "Holds a third of a litre and survives a fall.",
    ),
    (
        "Oak Cutting Board",
        "Kitchen",
        "One piece of oak, oiled by hand.",
    ),
    (
        "Linen Tea Towel",
        "Kitchen",
        "Dries twice as fast as cotton.",
    ),
    (
        "Cast Iron Pan",
        "Kitchen",
        "Ready to use, lasts a lifetime.",
    ),
    ("Wool Blanket", "Home", "Warm, light and a little rough."),
    ("Beeswax Candle", "Home", "Burns for thirty hours."),
    ("Brass Desk Lamp", "Home", "With a dimmer in its foot."),
    ("Canvas Backpack", "Outdoor", "Twenty litres, waxed."),
    ("Steel Water Bottle", "Outdoor", "Keeps tea hot for a day."),
    ("Folding Camp Chair", "Outdoor", "Under two kilograms."),
    ("Head Torch", "Outdoor", "Charges over USB."),
    ("Dotted Notebook", "Office", "192 pages that take ink."),
    ("Fountain Pen", "Office", "Fine nib, three cartridges."),
    ("Cork Pin Board", "Office", "Sixty by ninety centimetres."),
];

pub fn all(chance: &mut Chance) -> Vec<Product> {
    let mut goods = GOODS;
    chance.shuffle(&mut goods);
    let sold_out = chance.between(5, 13) as usize;
    let mut sku = chance.between(300, 800);
    let product = |(index, (name, category, description)): (usize, (_, _, _))| {
        sku += chance.between(1, 11);
        Product {
            sku: format!("tw-{sku}"),
            name,
            description,
            category,
            price: Money(chance.between(4, 180) * 100 + chance.pick([0, 50, 90, 95, 99])),
            rating: chance.between(31, 50),
            reviews: chance.between(3, 900),
            stock: if index == sold_out {
                0
            } else {
                chance.between(1, 60)
            },
        }
    };
    goods.into_iter().enumerate().map(product).collect()
}
