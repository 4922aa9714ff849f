//! What is meant where the phrase is no name: parts of the page, things that it lists, numbers.

use super::{Among, Search, THRESHOLD, WHOLE_NAME};
use crate::{
    goal::{Kind, Ordinal, Phrase},
    ground::{
        Doubt, Use,
        anchor::{self, Anchor},
        candidate,
        doubt::names,
        likeness::Wanted,
        measure,
        order::{self, Untold},
        place,
        structure::{self, Shape},
    },
};

impl Search<'_, '_> {
    /// "the largest number": of what is nothing but a number, what can be used before what is only
    /// shown.
    pub(super) fn number(&self, phrase: &Phrase) -> Option<Result<Vec<usize>, Doubt>> {
        let most = phrase.most.as_ref().filter(|it| it.quality.is_empty())?;
        if !matches!(
            &*phrase.words,
            "" | "number" | "numbers" | "value" | "digit"
        ) || phrase.quoted
        {
            return None;
        }
        let says = |at: &usize| {
            let node = self.index.node(*at);
            let own = match &*node.role {
                "text" => node.text.clone(),
                _ if node.name.is_empty() => self.index.text(*at, 30),
                _ => node.name.clone(),
            };
            node.id.is_some() && measure::is_number(&own)
        };
        let numbers: Vec<usize> = self.scope.clone().filter(says).collect();
        let usable = |it: &usize| candidate::suits(self.index.node(*it), self.using);
        let (mut used, shown): (Vec<usize>, Vec<usize>) = numbers.into_iter().partition(usable);
        if used.len() < 2 && matches!(self.using, Use::Click | Use::See) {
            used = shown;
        }
        for place in &phrase.places {
            used = place::narrow(self.index, &used, place).ok()?;
        }
        let used = candidate::distinct(self.index, &used);
        if used.len() < 2 {
            return None;
        }
        Some(match order::most(self.index, &used, most) {
            Ok(found) => Ok(vec![found]),
            Err(Untold::Tie(tied)) => Err(Doubt::Between(names(self.index, &tied))),
            Err(_) => Err(Doubt::LeftOut),
        })
    }

    /// Parts of the page by the word for their shape: "the second row", "the last item". Of an item
    /// that is to be used, what it is mainly for.
    pub(super) fn part(
        &self,
        phrase: &Phrase,
        choose: &impl Fn(Vec<usize>) -> Result<Vec<usize>, Doubt>,
    ) -> Option<Result<Vec<usize>, Doubt>> {
        let counted = phrase.ordinal.is_some() || phrase.most.is_some() || phrase.every;
        let clicked = matches!(self.using, Use::Click | Use::Follow | Use::See);
        let parts_only = matches!(
            phrase.kind,
            None | Some(Kind::Item | Kind::Image | Kind::Text)
        );
        if !clicked || phrase.quoted || !parts_only {
            return None;
        }
        let (shape, mut called, nth) = structure::shape(phrase)?;
        let named = called.is_empty();
        if phrase.kind == Some(Kind::Item) && counted && structure::is_of_list(self.index, &called)
        {
            called.clear();
        }
        let vague = phrase.kind != Some(Kind::Item) && phrase.places.is_empty();
        if !called.is_empty() || !counted && nth.is_none() && vague {
            return None;
        }
        if named
            && self.using != Use::See
            && self.fitting(phrase, Among::Usable, WHOLE_NAME).is_ok()
        {
            return None;
        }
        let mut parts = structure::parts(self.index, shape);
        parts.retain(|it| self.scope.contains(&it.0) && self.index.node(it.0).id.is_some());
        if phrase.places.is_empty() {
            parts = structure::main_items(self.index, parts);
        }
        let mut found: Vec<usize> = parts.into_iter().map(|it| it.0).collect();
        if found.is_empty() {
            return None;
        }
        for place in &phrase.places {
            found = place::narrow(self.index, &found, place).ok()?;
        }
        let phrase = Phrase {
            ordinal: nth.map(Ordinal::Nth).or(phrase.ordinal),
            ..phrase.clone()
        };
        let chosen = match phrase.every {
            true => choose(found),
            false => self.choose(&phrase, found),
        };
        Some(chosen.map(|it| it.into_iter().map(|at| self.main(shape, at)).collect()))
    }

    /// By what is said after the word for a thing: "ticket 402". And what is counted by a word that
    /// the page does not have: "the second ticket".
    pub(super) fn said(
        &self,
        phrase: &Phrase,
        choose: &impl Fn(Vec<usize>) -> Result<Vec<usize>, Doubt>,
    ) -> Option<Result<Vec<usize>, Doubt>> {
        if phrase.quoted || !matches!(self.using, Use::Click | Use::Follow | Use::See) {
            return None;
        }
        if self.using == Use::Follow
            && !phrase.places.is_empty()
            && structure::is_thing(self.index, &phrase.words)
        {
            // "the email from Ann": whatever it is called, it is what Ann's item is for.
            let item = Phrase {
                words: "item".to_owned(),
                whole: String::new(),
                kind: None,
                ..phrase.clone()
            };
            return self.part(&item, choose);
        }
        if structure::is_noun(phrase) {
            let item = Phrase {
                words: "item".to_owned(),
                whole: String::new(),
                kind: None,
                ..phrase.clone()
            };
            return self.part(&item, choose);
        }
        let rest = structure::said_after(&phrase.words)?;
        let rest = Phrase {
            words: rest.to_owned(),
            whole: String::new(),
            ..phrase.clone()
        };
        let wanted = Wanted::new(&rest.words, false);
        let says = |at: &usize| {
            let node = self.index.node(*at);
            let text = self.index.text(*at, 300);
            wanted.whole(&node.name).is_some() || wanted.whole(&text).is_some()
        };
        for among in [Among::Usable, Among::Texts] {
            let Ok(mut found) = self.fitting(&rest, among, THRESHOLD) else {
                continue;
            };
            found.retain(says);
            if !found.is_empty() {
                return Some(choose(found));
            }
        }
        None
    }

    /// The item that says so: "the Milk row".
    pub(super) fn item(&self, phrase: &Phrase) -> Option<Result<Vec<usize>, Doubt>> {
        let clicked = matches!(self.using, Use::Click | Use::Follow);
        if phrase.kind != Some(Kind::Item) || phrase.words.is_empty() || !clicked {
            return None;
        }
        let what = phrase.as_place();
        let found: Vec<usize> = anchor::anchors(self.index, &what)
            .iter()
            .filter(|it| matches!(it, Anchor::Part(_)))
            .map(Anchor::at)
            .filter(|it| self.scope.contains(it) && self.index.node(*it).id.is_some())
            .collect();
        match &found[..] {
            [] => None,
            [only] => Some(Ok(vec![self.main(Shape::Item, *only)])),
            several => Some(Err(Doubt::Between(names(self.index, several)))),
        }
    }

    /// What an item is mainly for: itself, if it can be used, or the link of its heading, or the
    /// only thing in it that can be used.
    fn main(&self, shape: Shape, item: usize) -> usize {
        if self.using == Use::See || !matches!(shape, Shape::Row | Shape::Item) {
            return item;
        }
        if self.index.node(item).interactive {
            return item;
        }
        let inner = item + 1..self.index.end(item);
        let usable: Vec<usize> = inner
            .filter(|it| self.index.node(*it).interactive && self.index.node(*it).id.is_some())
            .collect();
        let in_heading = |it: &&usize| {
            let heading = |up: usize| self.index.node(up).role == "heading";
            let around = self.index.lineage(**it).take_while(|up| *up > item);
            around.into_iter().any(heading) || (**it..self.index.end(**it)).any(heading)
        };
        if let Some(title) = usable.iter().find(in_heading) {
            return *title;
        }
        match &candidate::distinct(self.index, &usable)[..] {
            [only] => *only,
            several => {
                let is_link = |it: &&usize| self.index.node(**it).role == "link";
                let says = |it: &&usize| self.index.text(**it, 300).len();
                let links = several.iter().filter(is_link);
                links.rev().max_by_key(says).copied().unwrap_or(item)
            }
        }
    }
}
