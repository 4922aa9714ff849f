//! From a phrase to the elements it means: scored, narrowed by place, counted.

mod part;

use super::{
    Doubt, Use,
    attribute::{self, Attribute},
    candidate,
    doubt::{Counted, names},
    index::Index,
    likeness::Wanted,
    order::{self, Untold},
    place::{self, Nowhere},
    score::{Score, Scorer},
    structure,
};
use crate::goal::{Ordinal, Phrase, Relation};

/// Below this nothing fits.
const THRESHOLD: f64 = 0.55;
/// From here on the phrase is the name, word for word or in other words.
const WHOLE_NAME: f64 = 0.9;
/// The best must be better than the next by this much, or be the same thing.
const MARGIN: f64 = 0.04;
/// From here on an element comes near.
const NEAR: f64 = 0.2;
/// What is only said to be of a kind is of that kind.
const OF_KIND: f64 = 0.65;
/// What must be said of a text that nobody made for being used.
const TEXT_THRESHOLD: f64 = 0.65;

/// Looks for one use in one observation.
pub struct Search<'i, 'o> {
    index: &'i Index<'o>,
    using: Use,
    scope: std::ops::Range<usize>,
}

/// How the candidates of one look are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Among {
    /// What is made for the use.
    Usable,
    /// Any text, and what holds it.
    Texts,
}

impl<'i, 'o> Search<'i, 'o> {
    pub fn new(index: &'i Index<'o>, using: Use) -> Self {
        Self {
            index,
            using,
            scope: candidate::scope(index),
        }
    }

    /// The one that is meant.
    pub fn one(&self, phrase: &Phrase) -> Result<usize, Doubt> {
        let found = self.look(phrase, |alike| self.choose(phrase, alike))?;
        // Chosen: there is one.
        let found = found.first().copied();
        found
            .map(|it| self.innermost(phrase, it))
            .ok_or(Doubt::Nothing(Vec::new()))
    }

    /// Of a box that listens for all that is in it, the part that is called so: a click there is
    /// heard by the box as well.
    fn innermost(&self, phrase: &Phrase, at: usize) -> usize {
        let node = self.index.node(at);
        let is_box = matches!(
            &*node.role,
            "generic" | "listitem" | "treeitem" | "row" | "cell" | "article"
        );
        if self.using != Use::Click || !is_box || !node.name.is_empty() || phrase.words.is_empty() {
            return at;
        }
        let wanted = Wanted::new(&phrase.words, phrase.quoted);
        if wanted.likeness(&self.index.text(at, 200)) >= WHOLE_NAME {
            return at;
        }
        let called = |it: &usize| {
            let inner = self.index.node(*it);
            let text = match &*inner.role {
                "text" => inner.text.clone(),
                _ => self.index.text(*it, 200),
            };
            inner.id.is_some() && wanted.likeness(&text) >= WHOLE_NAME
        };
        let inside: Vec<usize> = (at + 1..self.index.end(at)).filter(called).collect();
        match &candidate::distinct(self.index, &inside)[..] {
            [only] => *only,
            _ => at,
        }
    }

    /// Each that is meant.
    pub fn all(&self, phrase: &Phrase) -> Result<Vec<usize>, Doubt> {
        if !phrase.every {
            return self.one(phrase).map(|it| vec![it]);
        }
        let mut found = self.each(phrase)?;
        for except in &phrase.except {
            let which = except.ordinal.or(match &*except.words {
                "first" => Some(Ordinal::Nth(1)),
                "last" => Some(Ordinal::Last),
                _ => None,
            });
            let out = if which.is_some() {
                // "all but the last": of these.
                let which = Phrase {
                    ordinal: which,
                    ..Phrase::default()
                };
                self.choose(&which, found.clone())?
            } else {
                let every = Phrase {
                    every: except.ordinal.is_none() && except.most.is_none(),
                    ..except.clone()
                };
                self.each(&every)?
            };
            found.retain(|it| !out.contains(it));
        }
        (!found.is_empty())
            .then_some(found)
            .ok_or(Doubt::Nothing(Vec::new()))
    }

    fn each(&self, phrase: &Phrase) -> Result<Vec<usize>, Doubt> {
        if !phrase.every {
            return self.one(phrase).map(|it| vec![it]);
        }
        self.look(phrase, |alike| {
            let mut found = candidate::distinct(self.index, &alike);
            found.sort_unstable();
            let none = || Doubt::Nothing(Vec::new());
            (!found.is_empty()).then_some(found).ok_or_else(none)
        })
    }

    /// Looks in every way that there is, the surest first.
    fn look(
        &self,
        phrase: &Phrase,
        choose: impl Fn(Vec<usize>) -> Result<Vec<usize>, Doubt>,
    ) -> Result<Vec<usize>, Doubt> {
        // "First name" is a name on many forms, and the first of the names on none; "Terms of use" is
        // no use that has terms.
        let whole = phrase.as_whole();
        if let Some(named) = &whole {
            let found = self
                .fitting(named, Among::Usable, WHOLE_NAME)
                .and_then(|it| self.choose(named, it));
            if found.is_ok() {
                return found;
            }
        }
        if let Some(number) = self.number(phrase) {
            return number;
        }
        let usable = self.using != Use::See;
        let mut doubt = Doubt::Nothing(Vec::new());
        if usable {
            // "the second result" is no thing that is called "result".
            if let Some(found) = self.part(phrase, &choose) {
                return found;
            }
            if structure::is_noun(phrase)
                && structure::is_called(self.index, &phrase.words)
                && let Some(Ok(found)) = self.said(phrase, &choose)
            {
                return Ok(found);
            }
            if let Some((rest, states)) = attribute::split(phrase)
                && self.fitting(phrase, Among::Usable, WHOLE_NAME).is_err()
                && let Ok(alike) = self.among(&rest, Among::Usable, THRESHOLD, &states)
            {
                return choose(alike);
            }
            match self.fitting(phrase, Among::Usable, THRESHOLD) {
                Ok(alike) if self.is_alone(phrase, &alike) => {
                    let quality = phrase.most.as_ref().map(|it| it.quality.clone());
                    let quality = quality.unwrap_or_default();
                    return Err(Doubt::Unmeasured(quality, names(self.index, &alike)));
                }
                Ok(alike) => return choose(alike),
                Err(it) => doubt = it,
            }
        }
        if matches!(doubt, Doubt::NoPlace(_))
            && let Some(named) = &whole
            && let Ok(mut found) = self.fitting(named, Among::Usable, THRESHOLD)
        {
            // Half of the name would be the phrase without its place.
            let wanted = Wanted::new(&named.words, false);
            found.retain(|it| {
                let node = self.index.node(*it);
                let label = node.label.as_deref().unwrap_or_default();
                [&*node.name, label, &self.index.text(*it, 200)]
                    .into_iter()
                    .any(|it| wanted.whole(it).is_some())
            });
            if !found.is_empty() {
                return self.choose(named, found);
            }
        }
        if let Some(item) = self.item(phrase) {
            return item;
        }
        if !usable && phrase.words.trim().is_empty() {
            match self.fitting(phrase, Among::Usable, OF_KIND) {
                Ok(alike) => return choose(alike),
                Err(it) => doubt = it,
            }
        }
        if matches!(self.using, Use::Click | Use::See) && !phrase.words.trim().is_empty() {
            match self.fitting(phrase, Among::Texts, TEXT_THRESHOLD) {
                Ok(alike) => return choose(alike),
                Err(it) if !usable => doubt = it,
                Err(_) => {}
            }
            if !usable && let Some(found) = self.part(phrase, &choose) {
                return found;
            }
        }
        if let Some(found) = self.said(phrase, &choose) {
            return found;
        }
        Err(doubt)
    }

    /// Whether something is to be compared and only one has the name: it may be the only one, or
    /// the only one that says so ("the cheapest plant" among a "Snake plant" and others).
    fn is_alone(&self, phrase: &Phrase, alike: &[usize]) -> bool {
        let [only] = alike else { return false };
        if phrase.most.is_none()
            || phrase.quoted
            || phrase.kind.is_some()
            || phrase.words.is_empty()
        {
            return false;
        }
        let whole = Wanted::new(&phrase.whole, false);
        let says = |text: &str| whole.whole(text).is_some();
        !says(&self.index.node(*only).name) && !says(&self.index.text(*only, 300))
    }

    /// The best of those that reach the threshold, where the phrase says, in reading order.
    fn fitting(&self, phrase: &Phrase, among: Among, threshold: f64) -> Result<Vec<usize>, Doubt> {
        self.among(phrase, among, threshold, &[])
    }

    /// The same, of those that are in these states.
    fn among(
        &self,
        phrase: &Phrase,
        among: Among,
        threshold: f64,
        states: &[Attribute],
    ) -> Result<Vec<usize>, Doubt> {
        let in_state = |at: &usize| {
            let node = self.index.node(*at);
            states.iter().all(|it| it.holds(self.index, node))
        };
        let scorer = Scorer::new(self.index, phrase, self.using);
        let mut rated: Vec<(Score, usize)> = self
            .scope
            .clone()
            .filter(|it| self.is_candidate(*it, among) && in_state(it))
            .map(|it| match among {
                Among::Usable => (scorer.rate(it), it),
                Among::Texts => (scorer.rate_text(it), it),
            })
            .filter(|(score, _)| score.sum() > NEAR)
            .collect();
        let mut fitting: Vec<usize> = rated
            .iter()
            .filter(|(score, _)| score.sum() >= threshold)
            .map(|it| it.1)
            .collect();
        if fitting.is_empty() {
            rated.sort_by(|left, right| right.0.sum().total_cmp(&left.0.sum()));
            let near: Vec<usize> = rated.iter().take(3).map(|it| it.1).collect();
            return Err(Doubt::Nothing(names(self.index, &near)));
        }
        let mut ordered = false;
        for place in &phrase.places {
            let narrowed = place::narrow(self.index, &fitting, place);
            let called = || place.what.words.clone();
            fitting = narrowed.map_err(|nowhere| match nowhere {
                Nowhere::Unknown => Doubt::NoPlace(called()),
                Nowhere::Empty => Doubt::NotThere(called(), names(self.index, &fitting)),
            })?;
            ordered = matches!(place.relation, Relation::Before | Relation::After);
        }
        // In the order of the page, so that each is found at once.
        let sum = |at: &usize| {
            let found = rated.binary_search_by_key(at, |it| it.1);
            found.map_or(0.0, |it| rated[it].0.sum())
        };
        let best = fitting.iter().map(sum).fold(f64::MIN, f64::max);
        fitting.retain(|at| best - sum(at) < MARGIN);
        if ordered && phrase.ordinal.is_none() && phrase.most.is_none() && !phrase.every {
            // The nearest is meant.
            fitting.truncate(1);
        }
        if let Some(first) = fitting.first() {
            tracing::debug!(
                words = phrase.words,
                score = %scorer.rate(*first),
                alike = fitting.len(),
                element = name(self.index, *first),
                "candidates"
            );
        }
        Ok(fitting)
    }

    fn is_candidate(&self, at: usize, among: Among) -> bool {
        let node = self.index.node(at);
        if node.id.is_none() {
            return false;
        }
        match among {
            Among::Usable => candidate::suits(node, self.using),
            Among::Texts => node.role != "omitted",
        }
    }

    /// One of those that fit alike.
    fn choose(&self, phrase: &Phrase, alike: Vec<usize>) -> Result<Vec<usize>, Doubt> {
        let alike = candidate::distinct(self.index, &alike);
        let told = |found: Result<usize, Untold>, quality: &str| match found {
            Ok(found) => Ok(vec![found]),
            Err(Untold::Few) => Err(Doubt::Few(Counted::new(self.index, &alike))),
            Err(Untold::LeftOut) => Err(Doubt::LeftOut),
            Err(Untold::Tie(tied)) => Err(Doubt::Between(names(self.index, &tied))),
            Err(Untold::Unmeasured) => {
                let quality = if quality.is_empty() { "of it" } else { quality };
                Err(Doubt::Unmeasured(
                    quality.to_owned(),
                    names(self.index, &alike),
                ))
            }
        };
        if let Some(most) = &phrase.most {
            return told(order::most(self.index, &alike, most), &most.quality);
        }
        if let Some(ordinal) = phrase.ordinal {
            let directed = phrase
                .places
                .iter()
                .any(|it| matches!(it.relation, Relation::Before | Relation::After));
            let alike = match directed {
                true => alike.clone(),
                false => order::seen(self.index, &alike),
            };
            return told(order::nth(self.index, &alike, ordinal), "");
        }
        if alike.len() > 1 {
            return Err(Doubt::Between(names(self.index, &alike)));
        }
        Ok(alike)
    }
}

fn name(index: &Index<'_>, at: usize) -> String {
    super::name(index.node(at))
}
