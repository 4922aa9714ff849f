//! Sentences without a verb: fields and their values, things to be read, reasons.

use super::{
    access,
    address::address,
    clause::Ask,
    extraction::{self, extraction},
    fill, filler, gap,
    name::{self, phrase},
    phrase::Phrase,
    refer,
    sentence::{Frame, Reader},
    spare::Spare,
    statement::{BINDING, STATING, states, wishes, wishes_in},
    token::{Class, Token},
    value::Worth,
    verb,
};

/// Words that show that others are English.
const ENGLISH: &[&str] = &[
    "of", "the", "in", "for", "with", "and", "by", "per", "a", "to", "on", "from", "at", "over",
    "under", "all",
];

/// Words that a noun goes on with.
const LINKS: &[&str] = &[
    "of", "for", "in", "per", "on", "by", "from", "over", "under", "with", "and", "at", "to",
];

impl Reader<'_> {
    /// A sentence, or the rest of one, that begins with no verb.
    pub(super) fn bare(
        &mut self,
        tokens: &[Token],
        around: &Frame,
        alone: bool,
        spare: &mut Spare,
    ) {
        // "Answer A: …" is a field.
        let labelled = tokens.iter().any(|it| it.is_mark(":"));
        if !labelled
            && (verb::thought(tokens).is_some()
                || verb::thought(&tokens[filler::skip(tokens, 0)..]).is_some())
        {
            self.gaps.push(gap::gap(self.prompt, tokens));
            return;
        }
        let order = (1..tokens.len()).find(|at| {
            // "Say that it was useful: click Yes" against "Comment: open the door".
            let reason = || {
                tokens[..*at]
                    .iter()
                    .any(|it| STATING.iter().any(|word| it.is(word)))
            };
            let joint = tokens[*at].is_mark(",")
                || tokens[*at].is("and")
                || tokens[*at].is("then")
                || tokens[*at].is_mark(":") && reason();
            joint && verb::joins(tokens, verb::skip_fillers(tokens, *at)).is_some()
        });
        // "increase the servings by clicking +": how is what is to be done.
        let by = (1..order.unwrap_or(tokens.len()))
            .find(|at| tokens[*at].is("by") && verb::is_gerund_at(tokens, at + 1));
        if let Some(by) = by {
            spare.add(&tokens[..=by]);
            self.orders(&tokens[by + 1..], false, spare);
            return;
        }
        // "What interests me is the table: from it I need the names …".
        let wish = tokens.iter().position(|it| it.is_mark(":")).filter(|at| {
            *at + 3 < tokens.len() && states(&tokens[..*at]) && wishes_in(&tokens[*at + 1..])
        });
        if let Some(wish) = wish {
            spare.add(&tokens[..wish]);
            let at = (wish + 1..tokens.len())
                .find(|at| wishes(&tokens[*at..]))
                .unwrap_or(wish + 1);
            spare.add(&tokens[wish + 1..at]);
            spare.add(&tokens[at..at + filler::skip(&tokens[at..], 0)]);
            self.noun(&tokens[at..], around, false);
            return;
        }
        // "From the technical data I only need the power": what is wished for, and where it is.
        const LEADS: &[&str] = &["from", "of", "in", "on", "under", "for"];
        let led = tokens
            .first()
            .is_some_and(|it| LEADS.iter().any(|word| it.is(word)));
        let wish = (2..tokens.len().min(9)).find(|at| {
            led && (tokens[*at].is("i") || tokens[*at].is("we")) && wishes(&tokens[*at..])
        });
        if let Some(wish) = wish {
            let body = &tokens[wish + filler::skip(&tokens[wish..], 0)..];
            // "two things, namely the power and the weight".
            let namely = body
                .iter()
                .position(|it| it.is("namely") || it.is_mark(":"))
                .filter(|at| *at < 5)
                .map_or(0, |it| it + 1);
            let mut said = body[namely..].to_vec();
            spare.add(&tokens[wish..tokens.len() - said.len()]);
            // "For a catalogue": what for.
            if tokens[0].is("for") {
                spare.add(&tokens[..wish]);
            } else {
                said.extend(
                    tokens[..wish]
                        .iter()
                        .filter(|it| it.class != Class::Mark)
                        .cloned(),
                );
            }
            if !said.is_empty() {
                let ask = Ask::Extract(extraction(&said, false));
                self.push(tokens, 0..tokens.len(), ask, around);
                return;
            }
        }
        if order.is_none() && self.listed(tokens, around) {
            return;
        }
        let head = &tokens[..order.unwrap_or(tokens.len())];
        // "…, so move the slider": whatever it says is the reason.
        let so = order.is_some_and(|at| {
            tokens[at..verb::skip_fillers(tokens, at)]
                .iter()
                .any(|it| it.is("so"))
                // "Say that it was useful: click Yes": how it is done.
                || tokens[at].is_mark(":")
        });
        let bound = head.iter().any(|it| BINDING.iter().any(|word| it.is(word)));
        if so && !bound && !head.iter().any(|it| it.class == Class::Quoted) {
            spare.add(head);
            self.meet(head);
        } else if !self.fields(head, around, spare)
            && !self.others(head, around, order.is_some(), spare)
            && !self.reason(head, alone && order.is_none(), spare)
            && !self.noun(head, around, alone && order.is_none())
        {
            self.named(head, around);
        }
        if let Some(order) = order {
            let rest = self.named_for(&tokens[order..]);
            self.orders(&rest, false, spare);
        }
    }

    /// "newest comment: author + text", "for each book: title, author": what is to be read of what.
    fn listed(&mut self, tokens: &[Token], around: &Frame) -> bool {
        let Some(colon) = tokens.iter().position(|it| it.is_mark(":")) else {
            return false;
        };
        let start = filler::skip(tokens, 0);
        let (of, wanted) = (&tokens[..colon], &tokens[colon + 1..]);
        let first = usize::from(
            of.first()
                .is_some_and(|it| it.is("for") || it.is("of") || it.is("from")),
        );
        let Some(of) = of.get(first..).filter(|it| !it.is_empty() && start < colon) else {
            return false;
        };
        let words: Vec<&Token> = of.iter().collect();
        let chosen = ["each", "every", "all"].iter().any(|it| of[0].is(it))
            || of[0].is("the") && extraction::is_plural(&of[of.len() - 1].lower)
            || name::superlative(&words).is_some()
            || name::ordinal(&of[0]).is_some() && first > 0
            || of.iter().any(|it| it.is("where") || it.is("with"));
        let plain = |it: &Token| {
            it.class == Class::Mark && it.text == ","
                || it.class == Class::Word
                    && it
                        .text
                        .chars()
                        .all(|it| it.is_lowercase() || matches!(it, '+' | '-' | '&'))
        };
        let listed = wanted
            .iter()
            .any(|it| it.is_mark(",") || it.is("and") || it.is("+") || it.is("&"));
        if !chosen || !listed || !wanted.iter().all(plain) {
            return false;
        }
        let joint = Token {
            class: Class::Word,
            text: "of".to_owned(),
            lower: "of".to_owned(),
            span: tokens[colon].span.clone(),
        };
        let said: Vec<Token> = wanted
            .iter()
            .cloned()
            .chain([joint])
            .chain(of.iter().cloned())
            .collect();
        let ask = Ask::Extract(extraction::extraction(&said, false));
        self.push(tokens, 0..tokens.len(), ask, around);
        true
    }

    /// `Email: a@b.c`, or "the password is 'x'" after a log-in.
    fn fields(&mut self, tokens: &[Token], around: &Frame, spare: &mut Spare) -> bool {
        if let Some(Ask::LogIn { user, password }) =
            self.drafts.last_mut().map(|it| &mut it.clause.ask)
        {
            let (more_user, more_password) = access::log_in(tokens);
            if more_user.is_some() || more_password.is_some() {
                *user = user.take().or(more_user);
                *password = password.take().or(more_password);
                spare.add(tokens);
                return true;
            }
        }
        let pairs = fill::pairs(self.prompt, tokens, false);
        let said = pairs.iter().all(|(field, value)| {
            field.as_ref().is_some_and(|it| !it.words.is_empty()) && value.given() != Some("")
        });
        let marked = tokens.iter().any(|it| {
            it.is_mark(":") || it.is_mark("=") || matches!(&*it.text, "-" | "–" | "→" | "->")
        });
        let quoted = tokens.iter().any(|it| it.class == Class::Quoted);
        let clear = |value: &Worth| {
            value.given().is_some_and(|it| {
                it.contains('@') || it.starts_with(|it: char| it.is_ascii_digit())
            })
        };
        // "my name is Finn Aas".
        let own = |it: &[Token]| {
            it.first().is_some_and(|it| {
                ["my", "his", "her", "our", "their", "the", "its"]
                    .iter()
                    .any(|word| it.is(word))
            }) && it.iter().any(|it| it.is("is"))
        };
        let owned = tokens
            .split(|it| it.is_mark(",") || it.is("and"))
            .filter(|it| !it.is_empty())
            .all(own);
        let named = |value: &Worth| {
            owned
                && value
                    .given()
                    .is_some_and(|it| it.split(' ').all(|it| it.starts_with(char::is_uppercase)))
        };
        let spoken = pairs
            .iter()
            .all(|(_, value)| quoted || clear(value) || named(value));
        let ends_open = tokens.last().is_some_and(|it| it.is_mark(":"));
        // A field has a name, not a sentence.
        let sentence = |field: &Option<Phrase>| {
            field.as_ref().is_some_and(|it| {
                it.words.split(' ').any(|word| {
                    ["i", "i'd", "you", "we", "please", "so", "it", "there"]
                        .contains(&&*word.to_lowercase())
                })
            })
        };
        if pairs.iter().any(|(field, _)| sentence(field)) && !marked {
            return false;
        }
        if !said || !(marked || spoken) || pairs.is_empty() || ends_open {
            return false;
        }
        let before = self.drafts.len();
        for (field, value) in pairs {
            self.push(tokens, 0..tokens.len(), Ask::Fill { field, value }, around);
        }
        if !marked {
            self.sent_after(before);
        }
        true
    }

    /// An address, a way through menus, "… on", "country Estonia" beside an order.
    fn others(
        &mut self,
        tokens: &[Token],
        around: &Frame,
        ordered: bool,
        spare: &mut Spare,
    ) -> bool {
        let all = 0..tokens.len();
        if let [_] = tokens
            && let Some(url) = address(tokens)
        {
            self.push(tokens, all, Ask::Open(url), around);
            return true;
        }
        let parts: Vec<&[Token]> = tokens
            .split(|it| matches!(&*it.text, ">" | "→" | "»"))
            .collect();
        if parts.len() > 1 && parts.iter().all(|it| !it.is_empty()) {
            for part in parts {
                let ask = match part {
                    [what @ .., state]
                        if (state.is("on") || state.is("off")) && !what.is_empty() =>
                    {
                        spare.add(std::slice::from_ref(state));
                        Ask::Check {
                            what: phrase(what),
                            on: Some(state.is("on")),
                        }
                    }
                    _ => Ask::Click(phrase(part)),
                };
                self.push(tokens, all.clone(), ask, around);
            }
            return true;
        }
        // "Profile tab", "the Save button": what else could be done with it.
        let what = phrase(tokens);
        let named = !what.words.is_empty()
            && what.places.is_empty()
            && tokens.len() < 6
            && !tokens[1..]
                .iter()
                .any(|it| it.is("the") || LINKS.contains(&&*it.lower));
        let last = tokens.last();
        let ends = |words: &[&str]| last.is_some_and(|it| words.iter().any(|word| it.is(word)));
        if named && ends(&["tab", "page", "menu"]) {
            self.push(tokens, all, Ask::GoTo(what), around);
            return true;
        }
        if named && ends(&["button", "link"]) {
            self.push(tokens, all, Ask::Click(what), around);
            return true;
        }
        if let [what @ .., state] = tokens
            && !what.is_empty()
            && what.len() < 7
            && (state.is("on") || state.is("off"))
        {
            spare.add(std::slice::from_ref(state));
            let on = Some(state.is("on"));
            let what = phrase(what);
            self.push(tokens, all, Ask::Check { what, on }, around);
            return true;
        }
        // Which words are the field's name, the page decides.
        let start = filler::skip(tokens, 0);
        let items: Vec<&[Token]> = tokens[start..].split(|it| it.is_mark(",")).collect();
        let paired = items.iter().all(|it| {
            it.len() > 1
                && it.len() < 8
                && verb::thought(it).is_none()
                // "widen the drawing": an order, if not one that is known.
                && !["the", "a", "an"].iter().any(|word| it[1].is(word))
                && !STATING
                    .iter()
                    .any(|word| it.iter().any(|token| token.is(word)))
        });
        if ordered && paired && start == 0 {
            for item in items {
                let value = Worth::Given(fill::written(self.prompt, item));
                self.push(
                    tokens,
                    all.clone(),
                    Ask::Fill { field: None, value },
                    around,
                );
            }
            return true;
        }
        false
    }

    /// "Book out pallet", "Teacher": a few words that may be what something on the page is called.
    fn named(&mut self, tokens: &[Token], around: &Frame) {
        let gap = gap::gap(self.prompt, tokens);
        let words = tokens.iter().filter(|it| it.class == Class::Word).count();
        let plain = tokens
            .iter()
            .all(|it| it.class == Class::Word || it.is_mark(":") && words < 3);
        if plain
            && words < 6
            && gap.nearest.is_none()
            && !gap::is_foreign(self.prompt)
            && !gap.hint.contains("model")
        {
            self.push(tokens, 0..tokens.len(), Ask::Named(gap), around);
        } else {
            self.gaps.push(gap);
        }
    }

    /// "price of the snake plant": what stands alone is to be read.
    fn noun(&mut self, tokens: &[Token], around: &Frame, alone: bool) -> bool {
        let mut start = filler::skip(tokens, 0);
        while tokens
            .get(start)
            .is_some_and(|it| it.is("a") || it.is("an") || it.is("the"))
        {
            start += 1;
        }
        let wish = wishes(tokens);
        let words = &tokens[start..];
        let first = words.first().filter(|it| it.class == Class::Word);
        let Some(first) = first.filter(|_| alone || wish) else {
            return false;
        };
        let near = verb::nearest(&first.lower);
        let object = words
            .get(1)
            .is_some_and(|it| it.class == Class::Quoted || verb::is_object(&it.lower));
        let typo = object && near.is_some_and(|near| strsim::osa_distance(near, &first.lower) < 3);
        let known = words
            .iter()
            .any(|it| ENGLISH.iter().any(|word| it.is(word)));
        if typo
            || words.len() > if wish { 40 } else { 14 }
            || words.len() > 3 && !known
            || verb::thought(words).is_some()
            || gap::is_foreign(self.prompt)
        {
            return false;
        }
        // "remind Ann Lee" is an order, "points of Old Mill" is not.
        let linked = words
            .get(1)
            .is_some_and(|it| LINKS.iter().any(|word| it.is(word)));
        let orders = words.get(1).is_some_and(|it| {
            it.class == Class::Quoted
                || object
                || it
                    .text
                    .starts_with(|it: char| it.is_uppercase() || it.is_ascii_digit())
        });
        // "top 2 hotels", "is the patient allergic": what is to be read, not to be done.
        let counted = [
            "top", "first", "last", "best", "latest", "newest", "next", "is", "are", "was", "were",
            "does", "do", "did", "has", "have", "can",
        ]
        .iter()
        .any(|it| first.is(it));
        if orders && !counted && !linked {
            let ask = Ask::Named(gap::gap(self.prompt, words));
            self.push(tokens, start..tokens.len(), ask, around);
            return true;
        }
        // "I need it as a number": what was read.
        if self.drafts.iter().any(|it| it.reads()) && refer::is_report(words) {
            return true;
        }
        let wanted = extraction(words, false);
        self.push(tokens, start..tokens.len(), Ask::Extract(wanted), around);
        true
    }
}
