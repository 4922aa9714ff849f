//! From a sentence to the orders in it.

use std::ops::Range;

use super::{
    clause::{Ask, Clause, NotUnderstood, When},
    end::{before, clause_end, forbidden, leads_on, means},
    extraction::Extraction,
    filler, gap, line,
    name::{self, phrase},
    phrase::{Phrase, Place},
    question::{self, Asked},
    refer::Draft,
    spare::Spare,
    token::Token,
    verb::{self, Verb},
};

/// What is gathered while sentences are read.
pub struct Reader<'p> {
    pub prompt: &'p str,
    pub drafts: Vec<Draft>,
    pub gaps: Vec<NotUnderstood>,
    /// A form that was filled by what an order said after a colon, and is not sent yet.
    pub unsent: Option<Clause>,
    /// The person that a statement spoke of: "her", "his" further on.
    pub person: Option<String>,
    /// The thing that a statement said to be there, and how many orders were before it.
    pub thing: Option<(Vec<Token>, usize)>,
    /// What the lines of a list below a heading line are about.
    pub section: Option<Place>,
}

/// What surrounds the orders of a sentence.
#[derive(Default, Clone)]
pub struct Frame {
    pub when: Option<When>,
    pub places: Vec<Place>,
    pub tool: Option<Phrase>,
}

impl Reader<'_> {
    /// Reads one sentence; `alone`: it is all there is.
    pub fn sentence(&mut self, tokens: &[Token], alone: bool) {
        if filler::is_idle(tokens) {
            return;
        }
        let tokens = without_number(tokens);
        let bullet = line::is_bullet(&tokens[0]);
        if !bullet {
            self.section = None;
        }
        // "You will see a form.": nothing is to be done.
        if !alone && !tokens.iter().any(|it| it.is_mark(",")) && self.show(tokens) {
            return;
        }
        let tokens = &*self.named_for(tokens);
        let (drafts, gaps) = (self.drafts.len(), self.gaps.len());
        let mut spare = Spare::default();
        self.orders(tokens, alone, &mut spare);
        if self.gaps.len() == gaps
            && let Some(lost) = spare.lost(tokens, &self.drafts[drafts..])
        {
            let hint = "these words have no meaning here beside the others; say them as an order of their own";
            let gap = if gap::is_foreign(self.prompt) {
                gap::gap(self.prompt, tokens)
            } else {
                gap::at(self.prompt, lost.clone(), None, hint)
            };
            if gap::is_foreign(self.prompt) || !self.left_to_page(drafts, &lost, &gap) {
                self.gaps.push(gap);
            }
        }
    }

    /// Leaves an order with words that have no meaning by themselves to the page: they may be what
    /// a form of it is given. All that was made of that order is put back.
    fn left_to_page(&mut self, drafts: usize, lost: &Range<usize>, gap: &NotUnderstood) -> bool {
        let holds = |it: &Draft| {
            it.clause.span.start <= lost.start && it.clause.span.end >= lost.end && !it.reads()
        };
        let Some(first) = self.drafts[drafts..].iter().position(holds) else {
            return false;
        };
        let first = drafts + first;
        let span = self.drafts[first].clause.span.clone();
        let late = matches!(
            self.drafts[first].clause.ask,
            Ask::Click(_) | Ask::Search { .. } | Ask::Fill { .. } | Ask::Submit(_)
        );
        let verb = self.prompt.get(span.clone()).unwrap_or_default();
        let explicit = ["click", "press", "tap", "open", "go"]
            .iter()
            .any(|it| verb.to_lowercase().starts_with(it));
        if !late || explicit || self.drafts[first].clause.when.is_some() {
            return false;
        }
        self.drafts[first].clause.ask = Ask::Named(gap.clone());
        let mut at = 0;
        self.drafts.retain(|it| {
            at += 1;
            at - 1 <= first || it.clause.span != span
        });
        true
    }

    /// What came of a sentence since `before` is taken for a question, if it is one: nobody orders by
    /// asking who or how many.
    pub fn as_question(&mut self, tokens: &[Token], before: (usize, usize), alone: bool) {
        let (drafts, gaps) = before;
        if !question::is_question(self.prompt, tokens) || gap::is_foreign(self.prompt) {
            return;
        }
        let only_read = self.drafts.len() == drafts + 1
            && self.drafts[drafts].reads()
            && self.gaps.len() == gaps;
        let Some(asked) = question::question(tokens) else {
            return;
        };
        // "Is it in stock? If so, …": a thought beside other orders.
        if asked.asked == Asked::Whether && !alone {
            return;
        }
        if only_read {
            if let Ask::Extract(wanted) = &mut self.drafts[drafts].clause.ask {
                wanted.question = Some(asked);
                wanted.put = true;
            }
            return;
        }
        // "How many are there, and then open the first": orders as well.
        let ordered = self.drafts[drafts..].iter().any(|it| it.reads());
        if ordered && self.gaps.len() == gaps {
            return;
        }
        self.drafts.truncate(drafts);
        self.gaps.truncate(gaps);
        let words: Vec<&Token> = tokens.iter().collect();
        let wanted = Extraction {
            question: Some(asked),
            put: true,
            single: true,
            words: name::plain(&words),
            ..Extraction::default()
        };
        self.push(
            tokens,
            0..tokens.len(),
            Ask::Extract(wanted),
            &Frame::default(),
        );
    }

    pub(super) fn orders(&mut self, tokens: &[Token], alone: bool, spare: &mut Spare) {
        let mut around = Frame {
            places: self.section.iter().cloned().collect(),
            ..Frame::default()
        };
        let mut at = 0;
        let mut last: Option<(usize, usize, Verb)> = None;
        while at < tokens.len() {
            if matches!(&*tokens[at].text, "-" | "*" | "•" | "–" | ">" | "→" | "+") {
                at += 1;
                continue;
            }
            if at > 0 && tokens[at].is("before") && before(tokens, at) {
                spare.add(&tokens[at..=at]);
                at += 1;
            }
            let start = verb::skip_fillers(tokens, at);
            spare.add(&tokens[at..start]);
            let then = tokens[at..start].iter().any(|it| it.is("then"));
            if then && at > 0 && around.places.is_empty() {
                around.when = None;
            }
            if start >= tokens.len() {
                break;
            }
            if let Some(end) = forbidden(tokens, start) {
                // What is not to be done needs nothing but not to be done.
                spare.add(&tokens[start..end]);
                at = end;
                continue;
            }
            if let Some(next) = self.surrounding(tokens, at, start, &mut around, spare) {
                at = next;
                continue;
            }
            // "Pay on arrival: yes": a box that is called so.
            let colon = tokens[start..].iter().position(|it| it.is_mark(":"));
            let state = tokens[start..].last().is_some_and(|it| {
                ["yes", "no", "on", "off", "true", "false"]
                    .iter()
                    .any(|word| it.is(word))
            });
            let counted = ["next", "first", "last", "second"]
                .iter()
                .any(|it| tokens[start].is(it));
            // "Type: Association", "Order: 55": names of fields, however much they look like orders.
            let label = [
                "type", "order", "note", "report", "set", "change", "access", "input", "post",
                "rate", "mark", "label", "place", "star", "block", "claim", "test",
            ]
            .iter()
            .any(|it| tokens[start].is(it));
            if colon == Some(1) && label && start + 2 < tokens.len() && start == at {
                self.bare(&tokens[at..], &around, false, spare);
                return;
            }
            if let Some(colon) = colon
                && counted
                && (2..5).contains(&colon)
                && start + colon + 1 < tokens.len()
            {
                self.bare(&tokens[at..], &around, false, spare);
                return;
            }
            if let Some(colon) = colon
                && state
                && colon > 1
                && start + colon + 2 == tokens.len()
                && start < at + 2
            {
                self.bare(&tokens[at..], &around, false, spare);
                return;
            }
            let Some((verb, length)) = verb::at(tokens, start) else {
                // "open Finance, then Receipts": the verb holds for both.
                if let Some((begin, length, verb)) = last.filter(|_| then) {
                    let end = clause_end(tokens, start + 1, verb);
                    let spoken = tokens[begin..begin + length].to_vec();
                    self.order(tokens, start, 0, end, verb, &around, spare);
                    spare.add(&spoken);
                    at = end;
                    continue;
                }
                self.bare(&tokens[at..], &around, alone && at == 0, spare);
                return;
            };
            last = Some((start, length, verb));
            let end = clause_end(tokens, start + length, verb);
            at = end;
            if verb == Verb::Browse || means(verb) && leads_on(tokens, end) {
                // "Scroll the list to find …": how to look is the engine's own affair.
                spare.add(&tokens[start..end]);
                continue;
            }
            if verb == Verb::Use {
                let words = &tokens[start + length..end];
                if !words.is_empty() && end < tokens.len() {
                    around.tool = Some(phrase(words));
                    spare.add(&tokens[start..start + length]);
                    continue;
                }
            }
            self.order(tokens, start, length, end, verb, &around, spare);
        }
    }
}

/// Without the number of a step in front: "1) open …", "Step 2: …".
fn without_number(tokens: &[Token]) -> &[Token] {
    let digits = |it: &Token| it.text.len() < 4 && it.text.chars().all(|it| it.is_ascii_digit());
    match tokens {
        // "Task: open …".
        [label, mark, rest @ ..]
            if mark.is_mark(":")
                && [
                    "task",
                    "goal",
                    "todo",
                    "objective",
                    "instruction",
                    "request",
                    "please",
                    "step",
                    "job",
                    "aim",
                ]
                .iter()
                .any(|it| label.is(it))
                && verb::at(rest, verb::skip_fillers(rest, 0)).is_some() =>
        {
            rest
        }
        [step, number, mark, rest @ ..]
            if step.is("step") && digits(number) && mark.is_mark(":") =>
        {
            rest
        }
        [step, number, rest @ ..] if step.is("step") && digits(number) => rest,
        [number, rest @ ..]
            if digits(number) && verb::at(rest, verb::skip_fillers(rest, 0)).is_some() =>
        {
            rest
        }
        all => all,
    }
}
