//! One order: what its verb makes of its words, and of the words around it.

use std::ops::Range;

use super::{
    clause::{Ask, Clause, When},
    control,
    extraction::Extraction,
    filler, frame, gap,
    name::phrase,
    pair,
    phrase::{Kind, Phrase, Place, Relation},
    question,
    refer::{self, Draft},
    sentence::{Frame, Reader},
    spare::Spare,
    token::{Class, Token},
    trailing::{
        described, manner, purpose, repeated, trailing_condition, trailing_tool, with_tool,
    },
    verb::{self, Verb},
};

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
                .filter(|it| it.class == Class::Word && !it.text.contains('@'))
                // "stay logged in" asks for more.
                .filter(|it| !["stay", "remain", "keep", "remember"].contains(&&*it.lower));
            let words: Vec<Token> = words.cloned().collect();
            spare.add(&words);
        }
        if verb == Verb::Press {
            spare.add_counts(rest);
        }
        // "sort the products by price": whatever they are, the page has one order for them.
        if verb == Verb::Sort
            && let Some(by) = rest.iter().position(|it| it.is("by"))
            && by < 5
            && rest[..by].iter().all(|it| it.class == Class::Word)
        {
            spare.add(&rest[..by]);
        }
        if matches!(verb, Verb::Fill | Verb::Type)
            && let Some(colon) = pair::told(rest)
        {
            spare.add(&rest[..colon]);
        }
        // "from Oslo to Bergen": what it was before.
        if verb == Verb::Fill
            && let Some(from) = rest.iter().position(|it| it.is("from"))
            && let Some(to) = rest
                .iter()
                .rposition(|it| it.is("to"))
                .filter(|it| *it > from)
        {
            spare.add(&rest[from..to]);
        }
        if verb == Verb::Toggle {
            let state = rest.iter().filter(|it| it.is("off") || it.is("down"));
            spare.add(&state.cloned().collect::<Vec<Token>>());
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
            let span = spanned(&tokens[start..end]);
            self.gaps.push(gap::at(self.prompt, span, None, hint));
            return;
        }
        let span = start..end;
        if let Some(asks) = control::remark(self.prompt, verb, rest) {
            let plain = rest
                .iter()
                .filter(|it| it.class == Class::Word && it.is("saying"));
            spare.add(&plain.cloned().collect::<Vec<Token>>());
            for ask in asks {
                self.push(tokens, span.clone(), ask, &around);
            }
            if let Some(last) = self.drafts.last() {
                self.unsent = Some(Clause {
                    ask: Ask::Submit(None),
                    ..last.clause.clone()
                });
            }
            return;
        }
        // "She gets the role Manager" was told as an order.
        let stated = spoken
            .first()
            .filter(|it| it.is("set"))
            .and_then(|it| self.prompt.get(it.span.clone()))
            .is_some_and(|it| !it.eq_ignore_ascii_case("set"));
        let before = self.drafts.len();
        match frame::asks(self.prompt, verb, spoken, rest) {
            Ok(asks) => {
                for ask in std::iter::repeat_n(asks, times).flatten() {
                    let ask = with_tool(ask, around.tool.as_ref());
                    let reads = matches!(ask, Ask::Extract(_));
                    let ask = asked(ask, self.prompt, &tokens[start..end]);
                    self.push(tokens, span.clone(), ask, &around);
                    if let Some(draft) = self.drafts.last_mut() {
                        draft.found = reads.then(|| rest.to_vec());
                        draft.sought = verb == Verb::Find;
                    }
                }
                if stated {
                    self.sent_after(before);
                }
                let told = verb == Verb::Fill && pair::told(rest).is_some();
                if let Some(last) = self.drafts.last().filter(|_| told) {
                    // "Change my password: …": what sends it may be called so.
                    let object = phrase(&rest[..pair::told(rest).unwrap_or(0)]);
                    let said = spoken.first().map_or("submit", |it| &*it.lower);
                    let whole = format!("{said} {}", object.words);
                    self.unsent = Some(Clause {
                        ask: Ask::Submit(Some(Phrase {
                            words: object.words,
                            whole,
                            ..Phrase::default()
                        })),
                        ..last.clause.clone()
                    });
                }
            }
            Err(hint) => {
                let span = spanned(&tokens[start..end]);
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
        let span = spanned(&tokens[at]);
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

/// What is to be read, with its words as a question.
fn asked(ask: Ask, prompt: &str, tokens: &[Token]) -> Ask {
    match ask {
        Ask::Extract(wanted) => Ask::Extract(Extraction {
            question: question::question(tokens),
            put: question::is_question(prompt, tokens),
            ..wanted
        }),
        other => other,
    }
}

/// From the first to the last of these words in the prompt, in whatever order they were read.
pub fn spanned(tokens: &[Token]) -> Range<usize> {
    let words = || tokens.iter().filter(|it| it.class != Class::Mark);
    let start = tokens.iter().map(|it| it.span.start).min().unwrap_or(0);
    let end = words().map(|it| it.span.end).max();
    start
        ..end
            .unwrap_or_else(|| tokens.first().map_or(start, |it| it.span.end))
            .max(start)
}
