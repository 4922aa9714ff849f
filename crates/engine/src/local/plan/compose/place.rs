//! The best way to give every word of an order its place in a form.

use std::collections::BTreeMap;

use super::{
    field::{self, Given, Takes, given, names, takes},
    form::{Form, stems},
};
use crate::goal::{Said, joins};

/// Most words of one value or name.
const MAX_RUN: usize = 12;
/// Most steps of one search.
const MAX_STEPS: usize = 40_000;
/// Words that lead from a field's name to its value, and others that carry no order.
const LINKS: &[&str] = &[
    "as", "with", "is", "to", "of", "saying", "called", "named", "titled", "using", "please",
    "then", "new", "only", "again", "away", "just", "it", "them", "him", "her", "me", "us", "my",
    "name", "field", "value",
];

/// What each field is given, and how surely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placing {
    pub given: BTreeMap<usize, Given>,
    /// The higher, the more of it is told by names and kinds; and the fewer words are left idle.
    pub strength: (u32, i32),
}

struct Search<'s, 'o> {
    form: &'s Form<'o>,
    words: &'s [Said],
    text: &'s str,
    names: Vec<Vec<Vec<String>>>,
    best: Vec<Placing>,
    steps: usize,
}

/// Whether a value holds a word.
fn holds(given: &Given, word: &[String]) -> bool {
    match given {
        Given::Text(text) | Given::Option(text) => {
            let have = stems(text);
            word.iter().all(|it| have.contains(it))
        }
        Given::Checked => true,
    }
}

/// The best way; none where some word has no place, or two ways are as good.
pub fn place(form: &Form<'_>, words: &[Said], text: &str) -> Option<Placing> {
    let mut search = Search {
        form,
        words,
        text,
        names: form.fields.iter().map(|it| names(it)).collect(),
        best: Vec::new(),
        steps: 0,
    };
    search.go_on(0, &mut BTreeMap::new(), (0, 0));
    if search.steps >= MAX_STEPS {
        return None;
    }
    let strength = search.best.iter().map(|it| it.strength).max()?;
    let mut best: Vec<Placing> = search.best;
    best.retain(|it| it.strength == strength);
    let first = best.first()?;
    best.iter()
        .all(|it| it.given == first.given)
        .then(|| best.swap_remove(0))
}

impl Search<'_, '_> {
    fn go_on(&mut self, at: usize, taken: &mut BTreeMap<usize, Given>, strength: (u32, i32)) {
        self.steps += 1;
        if self.steps >= MAX_STEPS {
            return;
        }
        let Some(word) = self.words.get(at) else {
            if self.is_whole(taken) {
                self.best.push(Placing {
                    given: taken.clone(),
                    strength,
                });
            }
            return;
        };
        if word.mark {
            self.go_on(at + 1, taken, strength);
            return;
        }
        self.named(at, taken, strength);
        self.plain(at, taken, strength);
        let idle = !word.quoted && (joins(&word.lower) || LINKS.contains(&&*word.lower));
        let there = !word.quoted
            && stems(&word.lower)
                .iter()
                .all(|it| self.form.known.contains(it));
        if there || !word.quoted && self.of_field(word) {
            self.go_on(at + 1, taken, strength);
        } else if idle {
            self.go_on(at + 1, taken, (strength.0, strength.1 - 1));
        }
    }

    /// Whether something is to be done that the words tell in full: a field gets a value, or all of
    /// the button's name is said.
    fn is_whole(&self, taken: &BTreeMap<usize, Given>) -> bool {
        let plain = || self.words.iter().filter(|it| !it.mark && !it.quoted);
        // "subscribe ann@x.com to the newsletter": a word of a field's name goes with its value.
        let lost = |word: &Said| {
            let said = stems(&word.lower);
            let named = |field: &usize| {
                let mut names = self.names[*field].iter();
                names.any(|name| said.iter().all(|it| name.contains(it)))
            };
            self.of_field(word)
                && !said.iter().all(|it| self.form.known.contains(it))
                && !taken.keys().any(named)
                && !taken.values().any(|given| holds(given, &said))
        };
        if plain().any(lost) {
            return false;
        }
        if !taken.is_empty() {
            return true;
        }
        let said: Vec<String> = plain().flat_map(|it| stems(&it.lower)).collect();
        let name = &self.form.name;
        self.form.button.is_some() && !name.is_empty() && name.iter().all(|it| said.contains(it))
    }

    /// Whether some field has the word in its name.
    fn of_field(&self, word: &Said) -> bool {
        let said = stems(&word.lower);
        let mut names = self.names.iter().flatten();
        !said.is_empty() && names.any(|name| said.iter().all(|it| name.contains(it)))
    }

    /// The name of a field and its value: "from Paris", "priority: high".
    fn named(&mut self, at: usize, taken: &mut BTreeMap<usize, Given>, strength: (u32, i32)) {
        for end in (at + 1..=(at + 5).min(self.words.len())).rev() {
            let Some(field) = self.called(at, end).filter(|it| !taken.contains_key(it)) else {
                continue;
            };
            let mut from = end;
            while self.words.get(from).is_some_and(|it| {
                it.mark && matches!(&*it.text, ":" | "=")
                    || !it.mark
                        && !it.quoted
                        && ["is", "to", "as", "of", "with"].contains(&&*it.lower)
            }) && from < end + 2
            {
                from += 1;
            }
            for to in self.ends(from) {
                if let Some(value) = self.value(field, from, to, true) {
                    taken.insert(field, value);
                    // The more words name the field, the surer it is.
                    let named = i32::try_from(end - at).unwrap_or_default();
                    self.go_on(to, taken, (strength.0 + 4, strength.1 + named));
                    taken.remove(&field);
                }
            }
        }
    }

    /// A value and, behind it, the name of its field; or a value whose kind tells the field.
    fn plain(&mut self, at: usize, taken: &mut BTreeMap<usize, Given>, strength: (u32, i32)) {
        for to in self.ends(at) {
            for field in 0..self.form.fields.len() {
                if taken.contains_key(&field) {
                    continue;
                }
                for end in to + 1..=(to + 4).min(self.words.len()) {
                    if self.called(to, end) == Some(field)
                        && let Some(value) = self.value(field, at, to, true)
                    {
                        taken.insert(field, value);
                        let named = i32::try_from(end - to).unwrap_or_default();
                        self.go_on(end, taken, (strength.0 + 4, strength.1 + named));
                        taken.remove(&field);
                    }
                }
                if let Some((value, sure)) = self.by_kind(field, at, to) {
                    taken.insert(field, value);
                    self.go_on(to, taken, (strength.0 + sure, strength.1));
                    taken.remove(&field);
                }
            }
        }
    }

    /// Where a value that begins here may end: before a mark, and a quotation stands alone.
    fn ends(&self, from: usize) -> Vec<usize> {
        let Some(first) = self.words.get(from).filter(|it| !it.mark) else {
            return Vec::new();
        };
        if first.quoted {
            return vec![from + 1];
        }
        let longest = self.words[from..]
            .iter()
            .take(MAX_RUN)
            .take_while(|it| !it.mark && !it.quoted)
            .count();
        (1..=longest).map(|it| from + it).collect()
    }

    /// The only field that these words name.
    fn called(&self, from: usize, to: usize) -> Option<usize> {
        let words = &self.words[from..to];
        if words.iter().any(|it| it.mark || it.quoted) {
            return None;
        }
        let said = stems(&self.text[words[0].span.start..words[words.len() - 1].span.end]);
        let exactly = |it: &usize| self.names[*it].contains(&said);
        let partly = |it: &usize| {
            let tells = said.iter().any(|it| !joins(it));
            tells
                && self.names[*it]
                    .iter()
                    .any(|name| said.iter().all(|word| name.contains(word)))
        };
        let only = |test: &dyn Fn(&usize) -> bool| {
            let all: Vec<usize> = (0..self.names.len())
                .filter(|it| takes(self.form.fields[*it]) != Takes::Check && test(it))
                .collect();
            (all.len() == 1).then(|| all[0])
        };
        only(&exactly).or_else(|| only(&partly))
    }

    fn value(&self, field: usize, from: usize, to: usize, told: bool) -> Option<Given> {
        let words = &self.words[from..to];
        let (first, last) = (words.first()?, words.last()?);
        let text = if first.quoted {
            &first.text
        } else {
            // "and", "with" and the like begin and end no value.
            if joins(&last.lower) || !told && joins(&first.lower) {
                return None;
            }
            &self.text[first.span.start..last.span.end]
        };
        let node = self.form.fields[field];
        if told && takes(node) == Takes::Check {
            return None;
        }
        given(node, text, first.quoted, told)
    }

    /// What a field is given by a value alone, and how surely.
    fn by_kind(&self, field: usize, from: usize, to: usize) -> Option<(Given, u32)> {
        let node = self.form.fields[field];
        let words = &self.words[from..to];
        let value = self.value(field, from, to, false)?;
        let kind = takes(node);
        let alike = |kind: Takes| {
            let fields = self.form.fields.iter();
            fields.filter(|it| takes(it) == kind).count()
        };
        let capital = |it: &Said| it.text.starts_with(char::is_uppercase);
        let quoted = words[0].quoted;
        match kind {
            Takes::Check => Some((value, 3)),
            Takes::Secret => None,
            Takes::Area if quoted => Some((value, 3)),
            Takes::Area => None,
            Takes::Line if quoted => Some((value, if alike(Takes::Line) == 1 { 2 } else { 1 })),
            Takes::Line => {
                let told = from
                    .checked_sub(1)
                    .is_some_and(|it| self.words[it].lower == "as");
                let named = field::names(node)
                    .iter()
                    .any(|it| it.last().is_some_and(|it| it == "name"));
                let person = words.len() < 4 && words.iter().all(capital);
                let code = words.len() == 1
                    && words[0]
                        .text
                        .chars()
                        .any(|it| it.is_ascii_digit() || it.is_uppercase());
                if named && person && (words.len() > 1 || told) {
                    Some((value, 2))
                } else {
                    (alike(Takes::Line) == 1 && (code || person)).then_some((value, 1))
                }
            }
            _ => Some((value, if alike(kind) == 1 { 3 } else { 2 })),
        }
    }
}
