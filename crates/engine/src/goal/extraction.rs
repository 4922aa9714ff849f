//! What is to be read from the page.

mod lead;
mod manner;
mod noun;
mod order;
mod question;

pub(crate) use self::lead::cardinal;
pub(crate) use self::noun::is_plural;
use self::{
    lead::lead,
    manner::without_manner,
    noun::divide,
    order::{is_most, sorted, with_most},
    question::{asked_of, possessive, tally, without_question},
};
pub(super) use self::{
    noun::{nouns, words},
    order::superlative,
};
use super::{
    filter::{self, Filter, Test},
    name::plain,
    phrase::Superlative,
    question::Question,
    token::Token,
};

/// Which of several, by their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// At most so many, from the top.
    First(usize),
    /// At most so many, from the bottom.
    Last(usize),
    /// This one, counted from 1.
    Nth(usize),
}

/// One number instead of the things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tally {
    /// How many there are.
    Count,
    /// The sum of a value of each.
    Sum,
    /// The mean of a value of each.
    Mean,
}

/// In which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorting {
    /// By which value of each.
    pub by: String,
    /// The largest, newest or last letter first.
    pub falling: bool,
}

/// What is to be read from the page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extraction {
    /// What is asked for, without articles: `invoice numbers`, `title`.
    pub nouns: Vec<String>,
    /// Of each thing, these: "products with name and price".
    pub fields: Vec<String>,
    /// Whose: `blue shirt` in "the price of the blue shirt".
    pub of: Option<String>,
    /// Only those for which all of these hold.
    pub filters: Vec<Filter>,
    /// Where on the page, or what they have to do with: `kitchen` in "products in kitchen".
    pub places: Vec<String>,
    /// Which of them, by order.
    pub slice: Option<Slice>,
    /// Only the one with the most or the least of something: "the cheapest".
    pub most: Option<Superlative>,
    /// In which order.
    pub sorting: Option<Sorting>,
    /// A number instead of the things.
    pub tally: Option<Tally>,
    /// Whether the goal says "all" or "every".
    pub all: bool,
    /// Whether one value is meant, not a list.
    pub single: bool,
    /// Whether it is of what the part of the goal before named: "their names".
    pub theirs: bool,
    /// The same as a question, where it can be read word by word.
    pub question: Option<Question>,
    /// Whether it was put as a question.
    pub put: bool,
    /// All words that it is made of: each has its meaning above, or none of its own.
    pub words: String,
}

impl Extraction {
    /// A text that was quoted beside the noun.
    #[must_use]
    pub fn quoted(&self) -> Option<&str> {
        self.filters.iter().find_map(|it| match &it.test {
            Test::Says(text) if it.field.is_none() && it.text.starts_with('"') => Some(&**text),
            _ => None,
        })
    }

    /// What the answer to the question comes to; `counted`: it is a number of things.
    #[must_use]
    pub fn as_question(&self, counted: bool) -> Self {
        let question = self.question.as_ref();
        let several = question.is_some_and(|it| it.several);
        Self {
            tally: counted.then_some(Tally::Count),
            most: question.and_then(|it| it.most.clone()).filter(|_| !counted),
            single: !several,
            all: several,
            ..Self::default()
        }
    }

    /// At most how many are asked for.
    #[must_use]
    pub fn limit(&self) -> Option<usize> {
        match self.slice? {
            Slice::First(most) | Slice::Last(most) => Some(most),
            Slice::Nth(_) => Some(1),
        }
    }
}

/// Understands what follows "extract", "find" or "count".
pub fn extraction(rest: &[Token], count: bool) -> Extraction {
    let mut wanted = Extraction {
        tally: count.then_some(Tally::Count),
        words: plain(&rest.iter().collect::<Vec<_>>()),
        ..Extraction::default()
    };
    let rest = without_manner(rest);
    let rest = without_question(rest);
    wanted.theirs = rest
        .first()
        .is_some_and(|it| it.is("their") || it.is("its"));
    let mut tokens = sorted(&rest, &mut wanted);
    tokens = is_most(tokens, &mut wanted);
    tokens = tally(tokens, &mut wanted);
    if let Some((noun, owner)) = asked_of(&tokens) {
        let owner = lead(&owner, &mut wanted);
        wanted.of = Some(words(&owner));
        wanted.nouns = nouns(&noun);
        finish(&mut wanted);
        return wanted;
    }
    if let Some((owner, noun)) = possessive(&tokens) {
        wanted.of = Some(owner);
        tokens = noun;
    }
    let tokens = with_most(tokens, &mut wanted);
    let tokens = lead(&tokens, &mut wanted);
    let (head, owner) = divide(&tokens);
    let mut head = head.to_vec();
    if let Some(owner) = owner {
        let owner = lead(owner, &mut wanted);
        let mut having = Vec::new();
        let end = filter::conditions(&owner, &mut wanted.filters, &mut wanted.places, &mut having);
        // "the prices of all hotels with breakfast": those that have it.
        wanted.filters.extend(having.into_iter().map(Filter::says));
        let mut thing = &owner[..end];
        // "the average age of the patients of Dr Mora": only those that say so.
        if let Some(at) = thing.iter().position(|it| it.is("of"))
            && wanted.tally.is_some()
            && at > 0
            && at + 1 < thing.len()
        {
            wanted.filters.push(Filter::says(words(&thing[at + 1..])));
            thing = &thing[..at];
        }
        wanted.of = Some(words(thing)).filter(|it| !it.is_empty());
    }
    let end = filter::conditions(
        &head,
        &mut wanted.filters,
        &mut wanted.places,
        &mut wanted.fields,
    );
    head.truncate(end);
    wanted.nouns = nouns(&head);
    // "on both pages": all of them.
    let pages = |it: &String| {
        let mut words = it.split(' ').map(str::to_lowercase);
        words.clone().any(|it| it == "pages")
            && words.any(|it| matches!(&*it, "both" | "all" | "every" | "each" | "the"))
    };
    if wanted.places.iter().any(pages) {
        wanted.all = true;
        wanted.places.retain(|it| !pages(it));
    }
    finish(&mut wanted);
    wanted
}

/// Whether one value is meant follows from the words alone.
fn finish(wanted: &mut Extraction) {
    let each = wanted.all && wanted.of.is_some();
    // "name and price of each product": the products, with these fields.
    if (each || wanted.of.as_deref().is_some_and(is_plural)) && wanted.nouns.len() > 1 {
        let thing = wanted.of.take().unwrap_or_default();
        wanted.fields = std::mem::replace(&mut wanted.nouns, vec![thing]);
    }
    let one = matches!(
        wanted.slice,
        Some(Slice::Nth(_) | Slice::First(1) | Slice::Last(1))
    ) || wanted.most.is_some();
    let several = wanted.all
        || matches!(wanted.slice, Some(Slice::First(2..) | Slice::Last(2..)))
        || wanted.sorting.is_some() && wanted.slice.is_none();
    wanted.single = one
        || !several
            && match &wanted.of {
                Some(of) if is_plural(of) => false,
                _ => wanted.nouns.iter().all(|it| !is_plural(it)),
            };
    // "the top post" and "the first link" are one; "the latest posts" are in the order they are in.
    if wanted.slice == Some(Slice::First(0)) {
        wanted.slice = wanted.single.then_some(Slice::First(1));
        let plural = wanted.of.as_ref().map_or_else(
            || wanted.nouns.iter().any(|it| is_plural(it)),
            |it| is_plural(it),
        );
        if plural && !several {
            wanted.slice = None;
        } else if !plural {
            wanted.single = true;
            wanted.slice = Some(Slice::First(1));
        }
    }
}
