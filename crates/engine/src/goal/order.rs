//! One order: what its verb makes of its words, and of the words around it.

use std::ops::Range;

use super::{
    clause::{Ask, Clause, When},
    condition, filler, frame, gap,
    name::phrase,
    phrase::{Kind, Phrase, Place, Relation},
    refer::{self, Draft},
    sentence::{Frame, Reader},
    spare::Spare,
    token::{Class, Token},
    value::Worth,
    verb::{self, Verb},
};

/// Most times that one order is repeated.
const MOST: usize = 50;

impl Reader<'_> {
    /// One order: the verb at `start`, up to `end`.
    #[expect(clippy::too_many_arguments, reason = "the parts of one order")]
    pub(super) fn order(
        &mut self,
        tokens: &[Token],
        start: usize,
        length: usize,
        end: usize,
        verb: Verb,
        around: &Frame,
        spare: &mut Spare,
    ) {
        let mut around = around.clone();
        let spoken = &tokens[start..start + length];
        spare.add(spoken);
        let full = &tokens[start + length..end];
        let mut rest = filler::without_tail(full);
        // What belongs to politeness, in front or at the end.
        let kept: Vec<usize> = rest.iter().map(|it| it.span.start).collect();
        let polite = full
            .iter()
            .filter(|it| !kept.contains(&it.span.start))
            .cloned();
        spare.add(&polite.collect::<Vec<Token>>());
        if let Some((cut, when)) = trailing_condition(rest, verb) {
            let own = when.is_none();
            let what = when.unwrap_or_else(|| When {
                what: phrase(&rest[..cut]),
                present: true,
            });
            if own {
                spare.add(&rest[cut..]);
            }
            around.when = Some(what);
            rest = &rest[..cut];
        }
        if let Some(by) = manner(rest) {
            let from = start + length + by + 1;
            if let Some((inner, taken)) = verb::at(tokens, from) {
                Self::by(&rest[..by], verb, &mut around, spare);
                let before = self.drafts.len();
                self.order(tokens, from, taken, end, inner, &around, spare);
                let object = phrase(&rest[..by]);
                if !object.is_bare() {
                    for draft in &mut self.drafts[before..] {
                        refer::substitute(&mut draft.clause.ask, &object);
                    }
                }
                return;
            }
        }
        if let Some(cut) = trailing_tool(rest, verb) {
            around.tool = Some(phrase(&rest[cut + 1..]));
            rest = &rest[..cut];
        }
        if let Some(cut) = purpose(rest, verb) {
            spare.add(&rest[cut..]);
            rest = &rest[..cut];
        }
        let mut times = 1;
        if matches!(
            verb,
            Verb::Click | Verb::DoubleClick | Verb::Control | Verb::Press
        ) && let Some((cut, said)) = repeated(rest)
        {
            // Keys are repeated by the one who reads keys.
            if verb != Verb::Press
                || super::key::press(rest).is_ok_and(|it| !matches!(it[..], [Ask::Press { .. }]))
            {
                spare.add(&rest[cut..]);
                rest = &rest[..cut];
                times = said;
            }
        }
        if verb == Verb::LogIn {
            let words = rest
                .iter()
                .filter(|it| it.class == Class::Word && !it.text.contains('@'));
            let words: Vec<Token> = words.cloned().collect();
            spare.add(&words);
        }
        if verb == Verb::Press {
            spare.add_counts(rest);
        }
        let read = self.drafts.iter().any(|it| it.reads());
        let idle = rest
            .iter()
            .all(|it| it.class == Class::Mark || it.is("and"));
        let empty = rest.iter().all(|it| it.class == Class::Mark);
        if verb.reads() && (empty || read && refer::is_report(rest)) || verb == Verb::Find && idle {
            spare.add(rest);
            return;
        }
        // "the button that shows how many …", "as many as possible": more than a name says.
        if let Some(hint) = described(rest, verb) {
            let span = tokens[start].span.start..tokens[end - 1].span.end;
            self.gaps.push(gap::at(self.prompt, span, None, hint));
            return;
        }
        let span = start..end;
        match frame::asks(self.prompt, verb, spoken, rest) {
            Ok(asks) => {
                for ask in std::iter::repeat_n(asks, times).flatten() {
                    let ask = with_tool(ask, around.tool.as_ref());
                    let reads = matches!(ask, Ask::Extract(_));
                    self.push(tokens, span.clone(), ask, &around);
                    if let Some(draft) = self.drafts.last_mut() {
                        draft.found = reads.then(|| rest.to_vec());
                        draft.sought = verb == Verb::Find;
                    }
                }
            }
            Err(hint) => {
                let span = tokens[start].span.start..tokens[end - 1].span.end;
                self.gaps.push(gap::at(self.prompt, span, None, &hint));
            }
        }
    }

    /// "Close the dialog by clicking the x": how is what is to be done, and the object where.
    fn by(object: &[Token], verb: Verb, around: &mut Frame, spare: &mut Spare) {
        let what = phrase(object);
        let places = matches!(
            verb,
            Verb::Close | Verb::Control | Verb::Dismiss | Verb::Accept
        );
        let named = !what.is_bare() || what.kind == Some(Kind::Dialog);
        if places && named && refer::pronoun(&what).is_none() {
            let relation = if verb == Verb::Control {
                Relation::Of
            } else {
                Relation::In
            };
            around.places.push(Place {
                relation,
                what: Box::new(what.as_place()),
            });
        } else {
            spare.add(object);
        }
    }

    pub(super) fn push(
        &mut self,
        tokens: &[Token],
        at: Range<usize>,
        mut ask: Ask,
        around: &Frame,
    ) {
        let mut places = around.places.clone();
        // "For the crust choose 'Thin'": which list it is.
        if let Ask::Select {
            field: field @ None,
            ..
        }
        | Ask::Fill {
            field: field @ None,
            ..
        } = &mut ask
            && let Some(first) = places.first()
            && !matches!(first.what.kind, Some(Kind::Dialog | Kind::Section))
            && first.relation != Relation::Under
        {
            *field = Some((*first.what).clone());
            places.remove(0);
        }
        let last = tokens[at.start..at.end]
            .iter()
            .rev()
            .find(|it| it.class != Class::Mark);
        let span =
            tokens[at.start].span.start..last.map_or(tokens[at.start].span.end, |it| it.span.end);
        if let Some(phrase) = refer::phrase_of(&mut ask) {
            phrase.places.extend(places);
        } else if let Ask::Extract(wanted) = &mut ask
            && let Some(place) = places.first()
        {
            if place.what.every {
                wanted.fields =
                    std::mem::replace(&mut wanted.nouns, vec![place.what.words.clone()]);
                wanted.all = true;
                wanted.single = false;
            }
            if !place.what.every {
                wanted.places.push(place.what.words.clone());
            }
        }
        let text = self.prompt[span.clone()].to_owned();
        self.drafts.push(Draft {
            clause: Clause {
                span,
                text,
                when: around.when.clone(),
                ask,
            },
            found: None,
            sought: false,
        });
    }
}

/// What only a look at the thing itself could tell, and what would help.
fn described(rest: &[Token], verb: Verb) -> Option<&'static str> {
    let acts = matches!(
        verb,
        Verb::Click
            | Verb::Press
            | Verb::DoubleClick
            | Verb::Check
            | Verb::Uncheck
            | Verb::Drag
            | Verb::Hover
    );
    if !acts || rest.iter().any(|it| it.class == Class::Quoted) {
        return None;
    }
    let pair =
        |left: &str, right: &str| rest.windows(2).any(|it| it[0].is(left) && it[1].is(right));
    if pair("as", "many") || pair("as", "much") || pair("as", "possible") || pair("so", "that") {
        return Some("say which, and how many");
    }
    let about = [
        "best",
        "correctly",
        "denotes",
        "describes",
        "represents",
        "correct",
        "matches",
    ];
    let told = rest
        .iter()
        .any(|it| it.is("that") || it.is("which") || it.is("whose"));
    let judged = rest.iter().any(|it| about.iter().any(|word| it.is(word)));
    (told && judged)
        .then_some("say it by its name, or by where it is; to judge what is shown needs a model")
}

/// "… three times", "… twice": where it begins, and how often.
fn repeated(rest: &[Token]) -> Option<(usize, usize)> {
    let words: &[(&str, usize)] = &[("once", 1), ("twice", 2), ("thrice", 3)];
    let (last, before) = rest.split_last()?;
    if let Some((_, times)) = words.iter().find(|(word, _)| last.is(word)) {
        return Some((before.len(), *times));
    }
    let numbers: &[(&str, usize)] = &[
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
    ];
    if !(last.is("times") || last.is("time")) {
        return None;
    }
    let (count, _) = before.split_last()?;
    let said = numbers
        .iter()
        .find(|(word, _)| count.is(word))
        .map(|(_, times)| *times);
    let times = said.or_else(|| count.text.parse().ok())?;
    (1..=MOST)
        .contains(&times)
        .then_some((rest.len() - 2, times))
}

/// Gives the control that the goal names to what can be done with one.
fn with_tool(ask: Ask, tool: Option<&Phrase>) -> Ask {
    let Some(tool) = tool else { return ask };
    match ask {
        Ask::Fill { field: None, value } => Ask::Fill {
            field: Some(tool.clone()),
            value,
        },
        Ask::Select {
            field: None,
            options,
        } => Ask::Select {
            field: Some(tool.clone()),
            options,
        },
        Ask::Search { query, .. } => Ask::Search {
            query,
            place: Some(Place {
                relation: Relation::In,
                what: Box::new(tool.clone()),
            }),
        },
        Ask::Extract(wanted) if tool.words.to_lowercase().contains("search") => Ask::Search {
            query: Worth::Given(
                wanted
                    .quoted()
                    .map_or_else(|| wanted.nouns.join(" "), str::to_owned),
            ),
            place: Some(Place {
                relation: Relation::In,
                what: Box::new(tool.clone()),
            }),
        },
        other => other,
    }
}

/// "… if it is shown", "… unless there is …", "… if present": where it begins, and what it says;
/// nothing if it speaks of the clause's own object.
fn trailing_condition(rest: &[Token], verb: Verb) -> Option<(usize, Option<When>)> {
    if verb == Verb::Verify {
        return None;
    }
    let at = rest
        .iter()
        .position(|it| it.is("if") || it.is("unless"))
        .filter(|it| *it > 0)?;
    let body = &rest[at + 1..];
    let words: Vec<&str> = body
        .iter()
        .filter(|it| it.class != Class::Mark)
        .map(|it| &*it.lower)
        .collect();
    let own = [
        "present",
        "any",
        "shown",
        "visible",
        "needed",
        "necessary",
        "required",
        "asked",
        "prompted",
        "there is one",
        "there are any",
        "it appears",
        "it is shown",
        "it is there",
        "it exists",
        "it is visible",
        "it is present",
        "possible",
        "available",
        "they appear",
        "it shows up",
        "it pops up",
        "it comes up",
        "you see it",
        "there is any",
        "it is available",
        "it is displayed",
    ];
    let state = ["not", "isn't", "already"]
        .iter()
        .any(|it| words.contains(it))
        && words.first() == Some(&"it");
    if own.contains(&&*words.join(" ")) || state {
        return Some((at, None));
    }
    let mut when = condition::body(body)?;
    if rest[at].is("unless") {
        when.present = !when.present;
    }
    Some((at, Some(when)))
}

/// Where "by clicking …" begins.
fn manner(rest: &[Token]) -> Option<usize> {
    (0..rest.len()).find(|at| rest[*at].is("by") && verb::is_gerund_at(rest, at + 1))
}

/// Where "using the search box", "with the slider" begins.
fn trailing_tool(rest: &[Token], verb: Verb) -> Option<usize> {
    let takes = matches!(
        verb,
        Verb::Select | Verb::Fill | Verb::Type | Verb::Search | Verb::Find | Verb::Click | Verb::Go
    );
    let at = rest
        .iter()
        .rposition(|it| it.is("using") || it.is("via") || it.is("with") || it.is("through"))
        .filter(|it| takes && *it > 0 && it + 1 < rest.len())?;
    let what = phrase(&rest[at + 1..]);
    let control = matches!(
        what.kind,
        Some(Kind::Slider | Kind::Choice | Kind::Field | Kind::Area | Kind::Date)
    ) && !rest[at + 1..].iter().any(|it| it.class == Class::Quoted);
    (control || rest[at].is("using")).then_some(at)
}

/// Where "to delete it" begins, after what needs no such words.
fn purpose(rest: &[Token], verb: Verb) -> Option<usize> {
    let bare = matches!(
        verb,
        Verb::Click
            | Verb::Press
            | Verb::Hover
            | Verb::Close
            | Verb::Submit
            | Verb::Check
            | Verb::DoubleClick
            | Verb::Focus
            | Verb::Select
            | Verb::Expand
    );
    if !bare {
        return None;
    }
    (1..rest.len()).find(|at| {
        let so = rest[*at].is("so") && rest.get(at + 1).is_some_and(|it| it.is("that"));
        let order = rest[*at].is("in") && rest.get(at + 1).is_some_and(|it| it.is("order"));
        let to = rest[*at].is("to") && verb::at(rest, at + 1).is_some();
        so || order || to
    })
}
