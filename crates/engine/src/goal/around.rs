//! What stands in front of an order: conditions, waits, places and tools.

use super::{
    address::address,
    clause::{Ask, Until, When},
    condition, gap,
    name::phrase,
    order::spanned,
    phrase::{Kind, Place, Relation},
    place, refer,
    sentence::{Frame, Reader},
    spare::Spare,
    token::{Class, Token},
    verb::{self, Verb},
};

impl Reader<'_> {
    /// A condition, a place or a tool in front of an order: where it ends.
    pub(super) fn surrounding(
        &mut self,
        tokens: &[Token],
        at: usize,
        start: usize,
        around: &mut Frame,
        spare: &mut Spare,
    ) -> Option<usize> {
        if let Some(otherwise) = tokens
            .get(start)
            .filter(|it| it.is("otherwise") || it.is("else"))
        {
            match &mut around.when {
                Some(when) => when.present = !when.present,
                None => {
                    let earlier = self
                        .drafts
                        .iter()
                        .rev()
                        .find_map(|it| it.clause.when.clone());
                    match earlier {
                        Some(when) => {
                            around.when = Some(When {
                                present: !when.present,
                                ..when
                            })
                        }
                        None => self.gaps.push(gap::at(
                            self.prompt,
                            otherwise.span.clone(),
                            None,
                            "say the condition first: if there is \"…\", …",
                        )),
                    }
                }
            }
            spare.add(&tokens[start..=start]);
            return Some(start + 1);
        }
        match condition::leading(tokens, start) {
            Some(Ok((when, end))) => {
                around.when = Some(when);
                return Some(end);
            }
            Some(Err(end)) => {
                let span = spanned(&tokens[start..end.max(start + 1)]);
                let hint = "say what must be on the page: if there is \"…\", or if \"…\" is shown";
                self.gaps.push(gap::at(self.prompt, span, None, hint));
                return Some(tokens.len());
            }
            None => {}
        }
        if let Some(end) = self.wait(tokens, start, spare) {
            return Some(end);
        }
        self.leading_place(tokens, at, around, spare)
    }

    /// "Once the dialog appears, …": a wait of its own.
    fn wait(&mut self, tokens: &[Token], start: usize, spare: &mut Spare) -> Option<usize> {
        let lead = tokens.get(start - usize::from(start > 0 && tokens[start - 1].is("once")))?;
        let from = if tokens[start].is("when")
            || tokens[start].is("once")
            || tokens[start].is("after")
            || tokens[start].is("as")
        {
            start + 1
        } else if lead.is("once") {
            start
        } else {
            return None;
        };
        let comma = (from..tokens.len()).find(|it| tokens[*it].is_mark(","))?;
        if let Some((verb, length)) = verb::at(tokens, from).filter(|_| tokens[start].is("after")) {
            // "After logging in, …": the order in it comes first, if it was not given before.
            let before = self.drafts.len();
            self.order(tokens, from, length, comma, verb, &Frame::default(), spare);
            let (said, now) = self.drafts.split_at(before);
            let again = now.iter().all(|it| {
                said.iter()
                    .any(|said| refer::is_same(&said.clause.ask, &it.clause.ask))
            });
            if again {
                self.drafts.truncate(before);
                spare.add(&tokens[start..comma]);
            }
            return Some(comma);
        }
        let when = condition::body(&tokens[from..comma])?;
        let until = if when.present {
            Until::Shown(when.what)
        } else {
            Until::Gone(when.what)
        };
        self.push(tokens, start..comma, Ask::Wait(until), &Frame::default());
        Some(comma)
    }

    /// "In the Billing section, …", "For the user @ann, …", "Using the slider, …", "On example.com …".
    fn leading_place(
        &mut self,
        tokens: &[Token],
        at: usize,
        around: &mut Frame,
        spare: &mut Spare,
    ) -> Option<usize> {
        const LEADS: &[(&str, Relation)] = &[
            ("in", Relation::In),
            ("on", Relation::In),
            ("at", Relation::In),
            ("from", Relation::In),
            ("within", Relation::In),
            ("inside", Relation::In),
            ("under", Relation::Under),
            ("for", Relation::Row),
            ("as", Relation::Row),
            ("next", Relation::Beside),
            ("below", Relation::After),
            ("above", Relation::Before),
        ];
        let start = verb::skip_fillers(tokens, at);
        let first = tokens.get(start)?;
        let using = ["using", "with", "via", "through"]
            .iter()
            .any(|it| first.is(it));
        let lead = LEADS.iter().find(|(word, _)| first.is(word));
        if !using && lead.is_none() {
            return None;
        }
        let begin = start + 1 + usize::from(first.is("next"));
        let end = (begin + 1..tokens.len().min(begin + 16)).find(|it| {
            let verb = verb::skip_fillers(tokens, *it);
            if tokens[*it].is_mark(",") {
                return verb::at(tokens, verb).is_some();
            }
            let (Some(joined), false) =
                (verb::joins(tokens, *it), tokens[*it].class == Class::Mark)
            else {
                return false;
            };
            joined.0 != Verb::Control && joined.0 != Verb::Use
        })?;
        let you = tokens[begin..end]
            .iter()
            .rev()
            .take_while(|it| it.is("you") || it.is("please") || it.is("i") || it.is("we"))
            .count();
        let states = tokens[begin..end].iter().any(|it| {
            [
                "is", "are", "was", "were", "has", "have", "can", "will", "had",
            ]
            .iter()
            .any(|word| it.is(word))
        });
        let relative = tokens[begin..end].iter().any(super::relative::is_pronoun);
        if states && !relative {
            return None;
        }
        let (end, after) = (end - you, end);
        if end <= begin {
            return None;
        }
        spare.add(&tokens[end..after]);
        if using {
            around.tool = Some(phrase(&tokens[begin..end]));
            return Some(after);
        }
        if let Some(url) = address(&tokens[begin..end]) {
            spare.add(&tokens[start..end]);
            self.push(tokens, start..end, Ask::Open(url), around);
            return Some(after);
        }
        let (_, relation) = lead?;
        spare.add(&tokens[start..begin]);
        let what = phrase(&tokens[begin..end]);
        let vague = [
            "", "front", "home", "main", "current", "this", "web", "site", "website", "page",
            "form", "start", "login", "results", "result",
        ];
        let page = matches!(what.kind, Some(Kind::Page))
            || ["page", "site", "website", "form", "app"].contains(&&*what.words.to_lowercase());
        if page {
            if !vague.contains(&&*what.words.to_lowercase()) {
                self.push(tokens, start..end, Ask::GoTo(what), around);
            } else {
                spare.add(&tokens[start..end]);
            }
            return Some(after);
        }
        // "On the tab for the notifications …": it is gone to.
        if what.kind == Some(Kind::Tab) && !what.words.is_empty() && *relation == Relation::In {
            self.push(tokens, start..end, Ask::GoTo(what), &Frame::default());
            return Some(after);
        }
        let words: Vec<&Token> = tokens[start..end]
            .iter()
            .filter(|it| it.class != Class::Mark)
            .collect();
        let place = place::led(&words)?;
        let relation = match place.relation {
            Relation::Of => *relation,
            known => known,
        };
        // A new place in the sentence takes the place of the one before.
        if at > 0 {
            around.places.clear();
        }
        around.places.push(Place { relation, ..place });
        Some(after)
    }
}
