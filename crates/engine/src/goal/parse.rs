//! From a prompt to its clauses.

use super::{
    clause::{Ask, Clause, Goal, NotUnderstood},
    filler, gap, line, recast, refer,
    sentence::Reader,
    token::{Token, tokenize, unclosed, with_dates},
};

/// Most clauses of a goal.
const MAX_CLAUSES: usize = 500;

/// Most words and marks of a goal; a quotation counts as one.
const MAX_TOKENS: usize = 4_000;
/// Most gaps that are named; what follows is not read any more.
const MAX_GAPS: usize = 20;

/// What was understood of a prompt, and what was not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Understood {
    /// In the order they are to be done.
    pub clauses: Vec<Clause>,
    /// The parts that have no meaning here.
    pub gaps: Vec<NotUnderstood>,
}

/// Understands a prompt.
///
/// # Errors
/// At the first part that has no meaning here; nothing is guessed.
pub fn parse(prompt: &str) -> Result<Goal, NotUnderstood> {
    let Understood { clauses, gaps } = understand(prompt);
    match gaps.into_iter().next() {
        Some(gap) => Err(gap),
        None => Ok(Goal { clauses }),
    }
}

/// Understands what can be understood of a prompt, and names the rest.
#[must_use]
pub fn understand(prompt: &str) -> Understood {
    let tokens = with_dates(line::unwrap(tokenize(prompt)));
    let mut reader = Reader {
        prompt,
        drafts: Vec::new(),
        gaps: Vec::new(),
        unsent: None,
        person: None,
        thing: None,
        section: None,
    };
    if let Some(open) = unclosed(&tokens) {
        let hint = "the quotation that opens here is not closed; close it, or leave the mark out";
        reader.gaps.push(gap::at(prompt, open, None, hint));
        return finish(reader);
    }
    if gap::is_of_another_script(&tokens) {
        reader.gaps.push(gap::gap(prompt, &tokens));
        return finish(reader);
    }
    if let Some(beyond) = tokens.get(MAX_TOKENS) {
        let span = beyond.span.start..prompt.len();
        let hint = format!(
            "a goal has at most {MAX_TOKENS} words, and a quotation counts as one; split it into \
             several runs"
        );
        reader.gaps.push(gap::at(prompt, span, None, &hint));
        return finish(reader);
    }
    let sentences: Vec<&[Token]> = tokens
        .split(Token::ends_sentence)
        .filter(|it| !is_enumerator(it))
        .collect();
    let alone = sentences.iter().filter(|it| !filler::is_idle(it)).count() == 1;
    for (at, sentence) in sentences.iter().enumerate() {
        let below = sentences.get(at + 1);
        let list = below.is_some_and(|it| it.first().is_some_and(line::is_bullet));
        if (list || line::announces(sentence)) && reader.heading(sentence) {
            continue;
        }
        // "Booking" above "Room: Single": what the lines are about.
        let pairs = below.is_some_and(|it| line::is_pair(it));
        if pairs && at == 0 && line::is_title(sentence) {
            continue;
        }
        let before = (reader.drafts.len(), reader.gaps.len());
        reader.sentence(&recast::recast(sentence), alone);
        reader.as_question(sentence, before, alone);
        if reader.gaps.len() >= MAX_GAPS {
            break;
        }
        if reader.drafts.len() > MAX_CLAUSES {
            let span = sentence.first().map_or(0..0, |it| it.span.clone());
            let hint =
                format!("a goal has at most {MAX_CLAUSES} clauses; split it into several runs");
            reader.gaps.push(gap::at(prompt, span, None, &hint));
            break;
        }
    }
    if reader.drafts.is_empty() && reader.gaps.is_empty() {
        let hint = "say what to do, for instance: click \"Sign up\"";
        reader
            .gaps
            .push(gap::at(prompt, 0..prompt.len(), None, hint));
    }
    finish(reader)
}

fn finish(mut reader: Reader<'_>) -> Understood {
    // "Change my password: …" is more than filling fields.
    let sent = |it: &refer::Draft| !matches!(it.clause.ask, Ask::Fill { .. } | Ask::Extract(_));
    if let Some(clause) = reader.unsent.take() {
        let from = reader
            .drafts
            .iter()
            .rposition(|it| it.clause.span == clause.span)
            .map_or(0, |it| it + 1);
        if !reader.drafts[from..].iter().any(sent) {
            reader.drafts.insert(
                from,
                refer::Draft {
                    clause,
                    found: None,
                    sought: false,
                },
            );
        }
    }
    let clauses = refer::resolve(reader.drafts)
        .into_iter()
        .map(|clause| Clause {
            text: reader.prompt[clause.span.clone()].to_owned(),
            ..clause
        });
    let mut clauses: Vec<Clause> = clauses.collect();
    // An address in front of a log-in and the like is opened once.
    clauses.dedup_by(|next, first| matches!(next.ask, Ask::Open(_)) && next.ask == first.ask);
    Understood {
        clauses,
        gaps: reader.gaps,
    }
}

/// "1", "-", "•" alone, as lists begin their lines with.
fn is_enumerator(sentence: &[Token]) -> bool {
    match sentence {
        [] => true,
        [only] => only
            .text
            .chars()
            .all(|it| it.is_ascii_digit() || "-*•#+".contains(it)),
        _ => false,
    }
}
