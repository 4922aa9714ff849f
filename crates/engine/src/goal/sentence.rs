//! From a sentence to clauses: conditions, places and tools around the orders in it.

use std::ops::Range;

use super::{
    access,
    address::address,
    clause::{Ask, Clause, NotUnderstood, Until, When},
    condition, fill, filler, frame, gap,
    name::phrase,
    phrase::{Kind, Phrase, Place, Relation},
    place,
    refer::{self, Draft},
    token::{Class, Token},
    value::Worth,
    verb::{self, Verb},
};

/// What is gathered while sentences are read.
pub struct Reader<'p> {
    pub prompt: &'p str,
    pub drafts: Vec<Draft>,
    pub gaps: Vec<NotUnderstood>,
}

/// What surrounds the orders of a sentence.
#[derive(Default, Clone)]
struct Frame {
    when: Option<When>,
    places: Vec<Place>,
    tool: Option<Phrase>,
}

impl Reader<'_> {
    /// Reads one sentence.
    pub fn sentence(&mut self, tokens: &[Token]) {
        if filler::is_idle(tokens) {
            return;
        }
        let mut around = Frame::default();
        let mut at = 0;
        while at < tokens.len() {
            if matches!(&*tokens[at].text, "-" | "*" | "•" | "–" | ">" | "→") {
                at += 1;
                continue;
            }
            let start = verb::skip_fillers(tokens, at);
            if tokens[at..start].iter().any(|it| it.is("then"))
                && at > 0
                && around.places.is_empty()
            {
                around.when = None;
            }
            if start >= tokens.len() {
                break;
            }
            if let Some(next) = self.surrounding(tokens, at, start, &mut around) {
                at = next;
                continue;
            }
            let Some((verb, length)) = verb::at(tokens, start) else {
                self.bare(&tokens[at..], &around);
                return;
            };
            let end = clause_end(tokens, start + length, verb);
            at = end;
            if means(verb) && verb::skip_fillers(tokens, end) < tokens.len() {
                // "Scroll the list to find …": how to look is the engine's own affair.
                let next = verb::skip_fillers(tokens, end);
                if tokens[end..next].iter().any(|it| it.is("to")) {
                    continue;
                }
            }
            if verb == Verb::Use {
                let words = &tokens[start + length..end];
                if !words.is_empty() && end < tokens.len() {
                    around.tool = Some(phrase(words));
                    continue;
                }
            }
            self.order(tokens, start, length, end, verb, &around);
        }
    }

    /// A condition, a place or a tool in front of an order: where it ends.
    fn surrounding(
        &mut self,
        tokens: &[Token],
        at: usize,
        start: usize,
        around: &mut Frame,
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
            return Some(start + 1);
        }
        match condition::leading(tokens, start) {
            Some(Ok((when, end))) => {
                around.when = Some(when);
                return Some(end);
            }
            Some(Err(end)) => {
                let span = tokens[start].span.start..tokens[end.max(start + 1) - 1].span.end;
                let hint = "say what must be on the page: if there is \"…\", or if \"…\" is shown";
                self.gaps.push(gap::at(self.prompt, span, None, hint));
                return Some(tokens.len());
            }
            None => {}
        }
        if let Some(end) = self.wait(tokens, start) {
            return Some(end);
        }
        self.leading_place(tokens, at, around)
    }

    /// "Once the dialog appears, …": a wait of its own.
    fn wait(&mut self, tokens: &[Token], start: usize) -> Option<usize> {
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
        if verb::is_gerund_at(tokens, from) && tokens[start].is("after") {
            // "After logging in, …": the order in it comes first.
            let (verb, length) = verb::at(tokens, from)?;
            self.order(tokens, from, length, comma, verb, &Frame::default());
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
    fn leading_place(&mut self, tokens: &[Token], at: usize, around: &mut Frame) -> Option<usize> {
        const LEADS: &[(&str, Relation)] = &[
            ("in", Relation::In),
            ("on", Relation::In),
            ("at", Relation::In),
            ("from", Relation::In),
            ("within", Relation::In),
            ("inside", Relation::In),
            ("under", Relation::Under),
            ("for", Relation::Row),
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
        if using {
            around.tool = Some(phrase(&tokens[begin..end]));
            return Some(end);
        }
        if let Some(url) = address(&tokens[begin..end]) {
            self.push(tokens, start..end, Ask::Open(url), around);
            return Some(end);
        }
        let (_, relation) = lead?;
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
            }
            return Some(end);
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
        around.places.push(Place { relation, ..place });
        Some(end)
    }

    /// One order: the verb at `start`, up to `end`.
    fn order(
        &mut self,
        tokens: &[Token],
        start: usize,
        length: usize,
        end: usize,
        verb: Verb,
        around: &Frame,
    ) {
        let mut around = around.clone();
        let spoken = &tokens[start..start + length];
        let mut rest = filler::without_tail(&tokens[start + length..end]);
        if let Some((cut, when)) = trailing_condition(rest, verb) {
            rest = &rest[..cut];
            match when {
                Some(when) => around.when = Some(when),
                None => {
                    let what = phrase(rest);
                    around.when = Some(When {
                        what,
                        present: true,
                    });
                }
            }
        }
        if let Some(by) = manner(rest) {
            // "Close the dialog by clicking the x": how is what is to be done.
            let object = phrase(&rest[..by]);
            if !object.is_bare() && refer::pronoun(&object).is_none() {
                let relation = if verb == Verb::Control {
                    Relation::Of
                } else {
                    Relation::In
                };
                around.places.push(Place {
                    relation,
                    what: Box::new(object.as_place()),
                });
            }
            let from = start + length + by + 1;
            if matches!(
                verb,
                Verb::LogIn | Verb::Search | Verb::Submit | Verb::Go | Verb::Fill | Verb::Select
            ) {
                around.places.clear();
            }
            if let Some((inner, length)) = verb::at(tokens, from) {
                self.order(tokens, from, length, end, inner, &around);
                return;
            }
        }
        if let Some(cut) = trailing_tool(rest, verb) {
            around.tool = Some(phrase(&rest[cut + 1..]));
            rest = &rest[..cut];
        }
        if let Some(cut) = purpose(rest, verb) {
            rest = &rest[..cut];
        }
        let read = self.drafts.iter().any(|it| it.reads());
        if verb.reads() && read && refer::is_report(rest) {
            return;
        }
        if verb == Verb::Find
            && rest
                .iter()
                .all(|it| it.class == Class::Mark || it.is("and"))
        {
            return;
        }
        let span = start..end;
        match frame::asks(self.prompt, verb, spoken, rest) {
            Ok(asks) => {
                for ask in asks {
                    let ask = with_tool(ask, around.tool.as_ref());
                    let found = (verb == Verb::Find
                        || verb == Verb::Extract && matches!(ask, Ask::Extract(_)))
                    .then(|| rest.to_vec());
                    self.push(tokens, span.clone(), ask, &around);
                    if let Some(draft) = self.drafts.last_mut() {
                        draft.found = found;
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

    fn push(&mut self, tokens: &[Token], at: Range<usize>, mut ask: Ask, around: &Frame) {
        let last = tokens[at.start..at.end]
            .iter()
            .rev()
            .find(|it| it.class != Class::Mark);
        let span =
            tokens[at.start].span.start..last.map_or(tokens[at.start].span.end, |it| it.span.end);
        if let Some(phrase) = refer::phrase_of(&mut ask) {
            phrase.places.extend(around.places.iter().cloned());
        } else if let Ask::Extract(wanted) = &mut ask
            && let Some(place) = around.places.first()
        {
            wanted.place.get_or_insert_with(|| place.what.words.clone());
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

    /// A sentence without a verb: `Email: a@b.c`, or "the password is 'x'" after a log-in.
    fn bare(&mut self, tokens: &[Token], around: &Frame) {
        if let Some(Ask::LogIn { user, password }) =
            self.drafts.last_mut().map(|it| &mut it.clause.ask)
        {
            let (more_user, more_password) = access::log_in(tokens);
            if more_user.is_some() || more_password.is_some() {
                *user = user.take().or(more_user);
                *password = password.take().or(more_password);
                return;
            }
        }
        let pairs = fill::pairs(self.prompt, tokens, false);
        let said = pairs.iter().all(|(field, value)| {
            field.as_ref().is_some_and(|it| !it.words.is_empty()) && value.given() != Some("")
        });
        let marked = tokens
            .iter()
            .any(|it| it.is_mark(":") || it.is_mark("=") || it.is("-"));
        let spoken = tokens.iter().any(|it| it.is("is"))
            && pairs.iter().all(|(_, value)| {
                tokens.iter().any(|it| it.class == Class::Quoted)
                    || value.given().is_some_and(|it| {
                        it.contains('@') || it.starts_with(|it: char| it.is_ascii_digit())
                    })
            });
        let ends_open = tokens.last().is_some_and(|it| it.is_mark(":"));
        if said && (marked || spoken) && !pairs.is_empty() && !ends_open {
            for (field, value) in pairs {
                let last = tokens.len();
                let ask = Ask::Fill { field, value };
                self.push(tokens, 0..last, ask, around);
            }
            return;
        }
        if let [only] = tokens
            && only.class == Class::Word
            && let Some(url) = address(tokens)
        {
            let _ = only;
            self.push(tokens, 0..1, Ask::Open(url), around);
            return;
        }
        self.gaps.push(gap::gap(self.prompt, tokens));
    }
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
                    .filter
                    .clone()
                    .unwrap_or_else(|| wanted.nouns.join(" ")),
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
        Some(Kind::Slider | Kind::Choice | Kind::Field | Kind::Date)
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

/// Where a clause ends: at a joint that another verb follows.
fn clause_end(sentence: &[Token], from: usize, verb: Verb) -> usize {
    for end in from..sentence.len() {
        let token = &sentence[end];
        let joint = token.is_mark(",")
            || token.is("and")
            || token.is("then")
            || token.is("&")
            || token.is("->")
            || token.is("→")
            || token.is(">")
            || token.is("before") && verb::is_gerund_at(sentence, end + 1)
            || token.is("but")
            || token.is("after") && sentence.get(end + 1).is_some_and(|it| it.is("that"));
        let aim = token.is("to") && aims(sentence, end, verb);
        if !joint && !aim {
            continue;
        }
        let skip =
            usize::from(token.is("&") || token.is("->") || token.is("→") || token.is(">") || aim);
        let next = verb::skip_fillers(sentence, end + skip);
        // "…, if there is …, click …", "…, otherwise …".
        let turns = sentence
            .get(next)
            .is_some_and(|it| it.is("if") || it.is("otherwise") || it.is("unless"));
        if turns
            && !token.is("and")
            && next < sentence.len()
            && condition::leading(sentence, next).is_none_or(|it| it.is_ok())
            && verb_after(sentence, next)
        {
            return end.max(from);
        }
        let Some((joined, length)) = verb::joins(sentence, next) else {
            continue;
        };
        if verb == Verb::Drag && sentence[next].is("drop") {
            continue;
        }
        // "find and click on": one order.
        if aim || token.is("then") || sentence[end..next].iter().any(|it| it.is("then")) {
            return end.max(from);
        }
        // "the name and read count": a noun, unless something that can be an object follows.
        let object = sentence.get(next + length);
        let noun = verb.reads() && joined.reads() && length == 1;
        let clear = object.is_some_and(|it| {
            it.class == Class::Quoted
                || [
                    "the", "a", "an", "all", "on", "every", "its", "it", "them", "their", "how",
                ]
                .iter()
                .any(|word| it.is(word))
        });
        if !noun || clear {
            return end.max(from);
        }
    }
    sentence.len()
}

/// Whether a verb follows the comma after a condition.
fn verb_after(sentence: &[Token], at: usize) -> bool {
    (at + 1..sentence.len()).any(|it| {
        (sentence[it].is_mark(",") || sentence[it].is("then"))
            && verb::at(sentence, verb::skip_fillers(sentence, it)).is_some()
    })
}

/// "Scroll the list to find and choose …", "use the menu to open …": what follows is the order.
fn aims(sentence: &[Token], to: usize, verb: Verb) -> bool {
    let next = verb::skip_fillers(sentence, to + 1);
    let Some((aim, _)) = verb::at(sentence, next) else {
        return false;
    };
    verb == Verb::Use || means(verb) && aim != Verb::Control
}

/// Verbs that only say how to look for something.
fn means(verb: Verb) -> bool {
    matches!(verb, Verb::Scroll | Verb::Expand | Verb::Browse)
}
