//! Which set of things is meant, and which of its records.

use super::{
    column::{self, described},
    condition::{Check, called, check},
    name::{self, Wanted},
    record::{Kind, Record, RecordSet},
    says::Said,
    schema::Scalar,
    sheet::Sheet,
};
use crate::{
    goal::{Filter, Test},
    ground::{words, words_stem},
};

/// Why nothing is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It can't be told what is meant; with what would help.
    Doubt(String),
    /// Nothing that is seen answers; what is not seen yet may.
    Unseen(String),
    /// The page shows that there is none.
    Absent(String),
}

/// What is looked for among the sets.
#[derive(Debug, Clone, Copy)]
pub struct Query<'q> {
    /// What the things are called: "unpaid invoices"; empty if only their values are.
    pub thing: &'q str,
    /// The values that each should have.
    pub fields: &'q [(Wanted, Scalar)],
    /// Conditions.
    pub filters: &'q [Filter],
    /// Where, or what they have to do with.
    pub places: &'q [String],
}

/// The set that is meant.
pub struct Choice<'s> {
    /// The set.
    pub set: &'s RecordSet,
    checks: Vec<Check<'s>>,
    sections: Vec<Said>,
    /// What was assumed.
    pub notes: Vec<String>,
}

impl<'s> Choice<'s> {
    /// The records for which every condition holds.
    pub fn records(&self) -> impl Iterator<Item = &'s Record> + '_ {
        self.set.records.iter().filter(|record| {
            self.checks.iter().all(|it| it.holds(record))
                && self.sections.iter().all(|it| it.is_in(&record.section))
        })
    }

    /// Whether there are conditions.
    pub fn is_conditional(&self) -> bool {
        !self.checks.is_empty() || !self.sections.is_empty()
    }
}

/// Nouns that any list is made of.
pub const GENERIC: &[&str] = &[
    "item", "entry", "row", "record", "result", "thing", "element", "card", "object", "listing",
    "one", "line", "list", "table", "data", "match", "option",
];
/// Nouns for what stands in cards that say nothing of their kind.
pub const CARDS: &[&str] = &[
    "post", "story", "article", "news", "product", "hit", "topic", "thread", "question", "offer",
    "deal", "headline", "event", "job", "book", "quote", "review", "comment", "message",
];
/// Words for the page that is open.
const HERE: &[&str] = &[
    "page",
    "front",
    "home",
    "homepage",
    "site",
    "website",
    "list",
    "table",
    "section",
    "screen",
    "app",
    "this",
    "here",
    "above",
    "below",
    "document",
    "web",
    "list",
    "grid",
    "dashboard",
    "view",
    "current",
    "first",
];

struct Fit<'s> {
    score: f64,
    /// How well the thing's name fits.
    kind: f64,
    hits: usize,
    choice: Choice<'s>,
    failures: Vec<String>,
}

/// The set that fits best.
///
/// # Errors
/// Where none fits, where two fit alike, and where a word of the goal fits nothing.
pub fn choose<'s>(sheet: &'s Sheet<'_>, query: &Query<'_>) -> Result<Choice<'s>, Refusal> {
    let mut fits: Vec<Fit<'s>> = sheet.sets.iter().map(|it| fit(sheet, it, query)).collect();
    // What is called so and fails a condition is nearer than what is not called so.
    let known = |it: &Fit<'_>| it.kind > 0.0 || it.hits > 0 && it.hits * 2 >= query.fields.len();
    fits.sort_by(|left, right| {
        known(right)
            .cmp(&known(left))
            .then(right.score.total_cmp(&left.score))
    });
    let lists = || {
        let names: Vec<String> = sheet
            .sets
            .iter()
            .filter(|it| it.kind != Kind::Plain)
            .take(4)
            .map(called)
            .collect();
        if names.is_empty() {
            "the page has no list or table".to_owned()
        } else {
            format!("the page has {}", names.join(", "))
        }
    };
    let what = || match query.fields.first() {
        Some((wanted, _)) if query.thing.is_empty() => wanted.called.clone(),
        _ => query.thing.to_owned(),
    };
    let Some(best) = fits.first() else {
        return Err(Refusal::Doubt(format!(
            "nothing on the page is called \"{}\"; {}",
            what(),
            lists()
        )));
    };
    if !known(best) || !query.fields.is_empty() && best.hits == 0 {
        return Err(Refusal::Doubt(format!(
            "nothing on the page is called \"{}\"; {}",
            what(),
            lists()
        )));
    }
    if let Some(failure) = best.failures.first() {
        return Err(Refusal::Doubt(failure.clone()));
    }
    let own = best.choice.set.node..best.choice.set.end;
    let rival = fits[1..]
        .iter()
        .take_while(|it| best.score - it.score < 0.04)
        .find(|it| {
            let set = it.choice.set;
            it.failures.is_empty()
                && (set.end <= own.start || set.node >= own.end)
                && set.kind != Kind::Stated
                && set.kind == best.choice.set.kind
        });
    if let Some(rival) = rival {
        return Err(Refusal::Doubt(format!(
            "\"{}\" could be {} or {}; say which, by its heading",
            what(),
            called(best.choice.set),
            called(rival.choice.set)
        )));
    }
    Ok(fits.swap_remove(0).choice)
}

/// How well a set fits, and how its records are told apart.
fn fit<'s>(sheet: &Sheet<'_>, set: &'s RecordSet, query: &Query<'_>) -> Fit<'s> {
    let profile = Profile::of(sheet, set);
    let mut fit = Fit {
        score: 0.0,
        kind: 0.0,
        hits: 0,
        choice: Choice {
            set,
            checks: Vec::new(),
            sections: Vec::new(),
            notes: Vec::new(),
        },
        failures: Vec::new(),
    };
    fit.hits = query
        .fields
        .iter()
        .filter(|(wanted, scalar)| column::find(sheet, set, wanted, scalar).is_ok())
        .count();
    let mut filters: Vec<Filter> = query.filters.to_vec();
    let thing = name::bare(&words(query.thing));
    if let [modifiers @ .., head] = &thing[..] {
        fit.kind = profile.evidence(head);
        let is = |list: &[&str]| list.iter().any(|it| words_stem(it) == head);
        if fit.kind == 0.0
            && (is(GENERIC) || is(CARDS) && set.kind == Kind::Cards && !is_aside(sheet, set))
        {
            fit.kind = 0.3;
        }
        let whole = words(query.thing);
        // "the mugs" on a page about mugs and more: those that say so.
        if fit.kind <= 0.5 && modifiers.is_empty() && valued(set, head) {
            fit.kind = fit.kind.max(0.4);
            filters.push(Filter::says(whole.join(" ")));
        }
        if fit.kind == 0.0 && modifiers.is_empty() && said_by_some(set, &whole) {
            // "all soups": those that are called so.
            fit.kind = 0.35;
            filters.push(Filter::says(whole.join(" ")));
        }
        let unknown: Vec<String> = modifiers
            .iter()
            .enumerate()
            .filter(|(_, it)| profile.evidence(it) == 0.0 && !HERE.contains(&&***it))
            // The words as they were written, not their stems.
            .map(|(at, stem)| {
                whole
                    .iter()
                    .find(|it| it.starts_with(stem.as_str()))
                    .cloned()
                    .unwrap_or_else(|| modifiers[at].clone())
            })
            .collect();
        filters.extend(modified(sheet, set, query.thing, &unknown));
    }
    for filter in &filters {
        match check(sheet, set, query.thing, filter) {
            Ok(check) => fit.choice.checks.push(check),
            Err(why) => fit.failures.push(why),
        }
    }
    let mut placed = 0.0;
    for place in query.places {
        match locate(sheet, set, &profile, place) {
            Ok(Located::Here(score)) => placed += score,
            Ok(Located::Section(said)) => fit.choice.sections.push(said),
            Ok(Located::Said(filter)) => match check(sheet, set, query.thing, &filter) {
                Ok(check) => fit.choice.checks.push(check),
                Err(why) => fit.failures.push(why),
            },
            Err(why) => fit.failures.push(why),
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let (hits, size) = (
        fit.hits as f64 / query.fields.len().max(1) as f64,
        (set.records.len() as f64).ln().clamp(0.0, 5.0) / 20.0,
    );
    let nature = match set.kind {
        Kind::Table => 0.35,
        Kind::Cards => 0.3,
        Kind::Plain => 0.0,
        Kind::Stated => -0.2,
    };
    let aside = if is_aside(sheet, set) { 0.4 } else { 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let failed = fit.failures.len() as f64 * 0.7;
    fit.score = fit.kind + hits * 1.2 + placed + nature + size - aside - failed;
    fit
}

/// Whether a column says just that of some of the things, and something else of others.
fn valued(set: &RecordSet, head: &str) -> bool {
    let says = |text: &str| name::bare(&words(text)) == [head];
    set.kind != Kind::Plain
        && (0..set.columns.len()).any(|column| {
            set.columns[column].role != "button"
                && set.texts(column).any(says)
                && set.texts(column).any(|it| !says(it))
        })
}

/// Whether some of the things are called so, and not all.
fn said_by_some(set: &RecordSet, thing: &[String]) -> bool {
    if set.kind == Kind::Plain {
        return false;
    }
    let said = Said::new(&thing.join(" "));
    let Some(title) = set.title() else {
        return false;
    };
    let count = set.texts(title).filter(|it| said.is_in(it)).count();
    count > 0 && count < set.records.len()
}

/// Conditions for words before a noun that name neither the set nor a column: "unpaid invoices".
fn modified(sheet: &Sheet<'_>, set: &RecordSet, thing: &str, unknown: &[String]) -> Vec<Filter> {
    let filter = |text: String| Filter::says(text);
    if unknown.len() > 1 {
        let joint = filter(unknown.join(" "));
        if check(sheet, set, thing, &joint).is_ok() {
            return vec![joint];
        }
    }
    unknown.iter().cloned().map(filter).collect()
}

enum Located {
    Here(f64),
    Section(Said),
    Said(Filter),
}

/// What a place means for a set: the page itself, the set's heading, a part of it, or a value.
fn locate(
    sheet: &Sheet<'_>,
    set: &RecordSet,
    profile: &Profile,
    place: &str,
) -> Result<Located, String> {
    let bare = name::bare(&words(place));
    let here = |it: &String| HERE.contains(&&**it) || profile.weak.contains(it);
    if bare.iter().all(here) {
        return Ok(Located::Here(
            if bare.iter().any(|it| profile.strong.contains(it)) {
                0.5
            } else {
                0.0
            },
        ));
    }
    let core: Vec<&String> = bare.iter().filter(|it| !HERE.contains(&&***it)).collect();
    if !core.is_empty() && core.iter().all(|it| profile.strong.contains(it)) {
        return Ok(Located::Here(0.8));
    }
    // "in stock" is more than "stock".
    let ways = ["in", "on", "at", "from", "for"].map(|it| format!("{it} {place}"));
    let said_so = |text: &String| {
        let said = Said::new(text);
        set.records.iter().any(|it| said.in_record(it))
    };
    if let Some(text) = ways.into_iter().find(said_so) {
        return Ok(Located::Said(Filter {
            field: None,
            test: Test::Says(text),
            not: false,
            text: place.to_owned(),
        }));
    }
    let said = Said::new(place);
    if set.records.iter().any(|it| said.is_in(&it.section)) {
        return Ok(Located::Section(said));
    }
    let filter = Filter::says(place);
    if check(sheet, set, "", &filter).is_ok() {
        return Ok(Located::Said(filter));
    }
    Err(format!(
        "nothing in {} has to do with \"{place}\"",
        called(set)
    ))
}

/// Whether a set stands in a menu, a header or a footer.
pub fn is_aside(sheet: &Sheet<'_>, set: &RecordSet) -> bool {
    let mut at = Some(set.node).filter(|it| *it < sheet.nodes.len());
    while let Some(node) = at.map(|it| &sheet.nodes[it]) {
        if matches!(
            &*node.role,
            "navigation" | "banner" | "contentinfo" | "menu" | "menubar" | "tablist" | "search"
        ) {
            return true;
        }
        at = node.parent.map(|it| it as usize);
    }
    false
}

/// What a set is about, in bare words.
pub struct Profile {
    /// Its name, and what the author calls it.
    pub strong: Vec<String>,
    /// Its columns, and where it leads.
    pub middle: Vec<String>,
    /// What the page is about.
    pub weak: Vec<String>,
}

impl Profile {
    /// Of a set.
    pub fn of(sheet: &Sheet<'_>, set: &RecordSet) -> Self {
        let mut strong = words(&set.name);
        for hint in &set.hints {
            strong.extend(words(hint));
        }
        let mut middle = Vec::new();
        for column in &set.columns {
            middle.extend(column.heading().into_iter().flat_map(words));
        }
        for record in set.records.iter().take(3) {
            let link = record
                .cells
                .iter()
                .flatten()
                .find_map(|it| it.href.as_deref());
            let path = link
                .and_then(|it| it.split_once("://"))
                .and_then(|it| it.1.split_once('/'));
            middle.extend(path.map(|it| words(it.1)).unwrap_or_default());
        }
        Self {
            strong: name::bare(&strong),
            middle: name::bare(&middle),
            weak: name::bare(&sheet.about()),
        }
    }

    /// How sure it is that a set is about a word.
    pub fn evidence(&self, word: &str) -> f64 {
        let has = |list: &[String]| list.iter().any(|it| it == word);
        if has(&self.strong) {
            1.0
        } else if has(&self.middle) {
            0.75
        } else if has(&self.weak) {
            0.5
        } else {
            0.0
        }
    }
}

/// Which columns there are, for a reason.
pub fn columns_in_words(set: &RecordSet) -> String {
    let named = (0..set.columns.len()).filter(|it| set.columns[*it].heading().is_some());
    let names: Vec<String> = named.take(8).map(|it| described(set, it)).collect();
    names.join(", ")
}
