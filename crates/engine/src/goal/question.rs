//! Questions, as words that the page has to account for.
//!
//! A question is not cut into noun, attribute and condition here: which of its words name a list, a
//! column or a value, only the page can tell. What is kept is what kind of answer is asked for, and
//! every word that says something.

mod word;

pub(crate) use self::word::joins;
use self::word::{IDLE, LEAD, TURNS, VERBS};
use super::{
    extraction::{is_plural, superlative},
    filter,
    name::plain,
    phrase::Superlative,
    token::{Class, Token},
};

/// What kind of answer a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// "what", "which": what the words say.
    What,
    /// A person.
    Who,
    /// A date or a time.
    When,
    /// A place.
    Where,
    /// "how many".
    Many,
    /// "how much": money, unless its words name something else.
    Much,
    /// "how long", "how old": the words name it.
    How,
    /// Yes or no.
    Whether,
}

/// A part of a question that is looked for as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// A word in lower case, or all that was quoted.
    pub text: String,
    /// Whether it only joins others, and needs no place on the page.
    pub idle: bool,
    /// Whether it stands right behind "which" or "how many": what kind of thing is asked for.
    pub noun: bool,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What kind of answer.
    pub asked: Asked,
    /// What the answer is called, if the question says so.
    pub noun: Option<String>,
    /// Its words, without those that ask.
    pub parts: Vec<Part>,
    /// The one with the most or the least of something.
    pub most: Option<Superlative>,
    /// Whether several answers may be given.
    pub several: bool,
}

/// Whether a sentence is a question: by its first word, or by its mark and a verb in front.
pub fn is_question(prompt: &str, tokens: &[Token]) -> bool {
    let at = lead(tokens);
    let Some(first) = tokens.get(at) else {
        return false;
    };
    let marked = tokens.last().is_some_and(|it| {
        prompt[it.span.end..]
            .trim_start()
            .starts_with(['?', '"', '”'])
    }) && tokens.last().is_some_and(|it| {
        prompt[it.span.end..]
            .trim_start()
            .chars()
            .take(2)
            .any(|it| it == '?')
    });
    let asks = ["who", "whose", "what", "which", "how", "when", "where"]
        .iter()
        .any(|word| first.is(word));
    let apart = tokens.iter().any(|it| it.is_mark(",") || it.is_mark(":"));
    // "show me how to …": asked for, if not put as a question.
    let told = at > 0
        && tokens[..at].iter().any(|it| {
            ["tell", "know", "show", "say", "find", "wonder"]
                .iter()
                .any(|word| it.is(word))
        });
    let late = first.is("when") || first.is("where");
    asks && (marked || !apart && (at == 0 && !late || told))
        || marked && at == 0 && VERBS.iter().any(|it| first.is(it)) && tokens.len() > 2
        || marked && asks
}

/// How many words are in front of the one that asks.
fn lead(tokens: &[Token]) -> usize {
    tokens
        .iter()
        .take_while(|it| LEAD.iter().any(|word| it.is(word)) || it.is_mark(","))
        .count()
        .min(12)
        .min(tokens.len().saturating_sub(1))
        * usize::from(
            !tokens
                .first()
                .is_some_and(|it| VERBS.iter().any(|word| it.is(word)) && !polite(tokens)),
        )
}

/// "can you …", "would you …".
fn polite(tokens: &[Token]) -> bool {
    tokens.get(1).is_some_and(|it| it.is("you")) || tokens.get(1).is_some_and(|it| it.is("i"))
}

/// What is asked for by these words, if they can be taken word by word.
pub fn question(tokens: &[Token]) -> Option<Question> {
    let tokens: Vec<Token> = tokens.iter().flat_map(owned).collect();
    let at = lead(&tokens);
    let words: Vec<&Token> = tokens.iter().filter(|it| !it.is_mark(":")).collect();
    if words.iter().any(|it| TURNS.iter().any(|word| it.is(word))) || words.len() > 24 {
        return None;
    }
    let first = tokens.get(at)?;
    let next = tokens.get(at + 1);
    let (asked, taken) = match &*first.lower {
        "who" | "whom" | "whose" => (Asked::Who, 1),
        "what" | "which" => (Asked::What, 1),
        "when" => (Asked::When, 1),
        "where" => (Asked::Where, 1),
        "how" if next.is_some_and(|it| it.is("many")) => (Asked::Many, 2),
        "how" if next.is_some_and(|it| it.is("much")) => (Asked::Much, 2),
        "how" => (Asked::How, 1),
        word if at == 0 && VERBS.contains(&word) => (Asked::Whether, 1),
        // "get the newest version": what the words say.
        _ => (Asked::What, 0),
    };
    if first.class != Class::Word && taken > 0 {
        return None;
    }
    let from = at + taken;
    // A comparison is read by what it compares.
    if (from..tokens.len()).any(|at| filter::compares_at(&tokens, at)) {
        return None;
    }
    let verb = (from..tokens.len())
        .find(|it| VERBS.iter().any(|word| tokens[*it].is(word)))
        .unwrap_or(tokens.len());
    let nouned =
        matches!(asked, Asked::What | Asked::Many | Asked::Much) && taken > 0 || first.is("whose");
    let mut most = None;
    let mut parts: Vec<Part> = Vec::new();
    let mut at = from;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.class == Class::Mark {
            at += 1;
            continue;
        }
        if most.is_none()
            && let Some((found, length)) = ranked(&tokens, at)
        {
            // "pays the most": the verb is what is compared.
            if length == 1 && at + 1 == tokens.len() {
                parts.retain(|it| it.text != found.quality);
            }
            most = Some(found);
            at += length;
            continue;
        }
        let quoted = token.class == Class::Quoted;
        parts.push(Part {
            text: if quoted {
                token.text.clone()
            } else {
                token.lower.clone()
            },
            idle: !quoted && IDLE.contains(&&*token.lower),
            noun: nouned && at < verb,
        });
        at += 1;
    }
    if !nouned || verb == tokens.len() {
        for part in &mut parts {
            part.noun = false;
        }
    }
    let plural = tokens
        .get(verb)
        .is_some_and(|it| ["are", "were", "have", "do"].iter().any(|word| it.is(word)))
        || parts
            .iter()
            .rfind(|it| it.noun && !it.idle)
            .is_some_and(|it| is_plural(&it.text));
    let listed = tokens.iter().any(|it| {
        ["all", "every", "each", "list"]
            .iter()
            .any(|word| it.is(word))
    });
    let ordered = taken == 0
        && tokens[from..]
            .iter()
            .take_while(|it| !it.is("of") && !it.is("for"))
            .any(|it| is_plural(&it.lower));
    if parts.iter().all(|it| it.idle) {
        return None;
    }
    Some(Question {
        asked,
        noun: noun(&tokens, from, verb, nouned, asked),
        several: most.is_none() && (plural && taken > 0 || listed || ordered),
        parts,
        most,
    })
}

/// "price" in "what is the price of …", "phone number" in "Bo's phone number", "plan" in "which plan".
fn noun(tokens: &[Token], from: usize, verb: usize, nouned: bool, asked: Asked) -> Option<String> {
    const ENDS: &[&str] = &["of", "for", "in", "on", "from", "at", "by", "with", "to"];
    const STARTS: &[&str] = &[
        "the", "a", "an", "my", "our", "your", "his", "her", "their", "its",
    ];
    let said = |tokens: &[Token]| {
        let words: Vec<&Token> = tokens
            .iter()
            .filter(|it| it.class == Class::Word && !STARTS.iter().any(|word| it.is(word)))
            .collect();
        (!words.is_empty() && words.len() < 4).then(|| plain(&words).to_lowercase())
    };
    if nouned && verb > from && verb < tokens.len() {
        return said(&tokens[from..verb]);
    }
    let told = tokens
        .get(from)
        .is_some_and(|it| ["is", "are", "was", "were"].iter().any(|word| it.is(word)));
    // "when is the next payment", but not "when is Emma due".
    let named = tokens
        .get(from + 1)
        .is_some_and(|it| STARTS.iter().any(|word| it.is(word)));
    if asked == Asked::Whether || asked != Asked::What && !(told && named) {
        return None;
    }
    let start = if verb == from { from + 1 } else { from };
    let body = tokens.get(start..)?;
    let owner = body
        .iter()
        .rposition(|it| it.is(OWNED))
        .map_or(0, |it| it + 1);
    let end = body[owner..]
        .iter()
        .position(|it| it.class != Class::Word || ENDS.iter().any(|word| it.is(word)))
        .unwrap_or(body.len() - owner);
    said(&body[owner..owner + end])
}

/// What an apostrophe and an s are told as.
const OWNED: &str = "'s";

/// A superlative, and how many words it takes: "cheapest", "most expensive", "most likes", "due
/// first".
fn ranked(tokens: &[Token], at: usize) -> Option<(Superlative, usize)> {
    let article = at > 0
        && ["the", "has", "have", "is"]
            .iter()
            .any(|it| tokens[at - 1].is(it));
    // "is due first", "ends last".
    if let Some(next) = tokens.get(at + 1)
        && (next.is("first") || next.is("last"))
        && at + 2 == tokens.len()
        && tokens[at].class == Class::Word
        && !IDLE.contains(&&*tokens[at].lower)
    {
        let most = Superlative {
            quality: tokens[at].lower.clone(),
            least: next.is("first"),
        };
        return Some((most, 2));
    }
    if let Some((mut most, length)) = superlative(&tokens[at..]) {
        // "the largest order", "the highest fine": of what.
        if most.quality.is_empty()
            && let Some(of) = tokens.get(at + length).filter(|it| it.class == Class::Word)
        {
            most.quality.clone_from(&of.lower);
            return Some((most, length + 1));
        }
        return Some((most, length));
    }
    // "which job pays the most": what it does the most of.
    if at + 1 == tokens.len() && (tokens[at].is("most") || tokens[at].is("least")) {
        let before = tokens[..at]
            .iter()
            .rfind(|it| it.class == Class::Word && !IDLE.contains(&&*it.lower))?;
        let most = Superlative {
            quality: before.lower.clone(),
            least: tokens[at].is("least"),
        };
        return Some((most, 1));
    }
    let of = tokens.get(at + 1).filter(|it| it.class == Class::Word)?;
    let least = match &*tokens[at].lower {
        "most" => false,
        "least" | "fewest" => true,
        _ => return None,
    };
    (article || at == 0).then(|| {
        let most = Superlative {
            quality: of.lower.clone(),
            least,
        };
        (most, 2)
    })
}

/// "Kim's": "Kim", and nothing for the rest.
fn owned(token: &Token) -> Vec<Token> {
    let cut = ["'s", "’s"]
        .iter()
        .find_map(|it| token.lower.strip_suffix(it))
        .filter(|it| token.class == Class::Word && !it.is_empty());
    let Some(cut) = cut else {
        return vec![token.clone()];
    };
    let mut head = token.clone();
    head.text.truncate(cut.len());
    head.lower.truncate(cut.len());
    let asks = ["what", "who", "when", "where", "how"].contains(&cut);
    let rest = if asks { "is" } else { OWNED };
    let tail = Token {
        text: rest.to_owned(),
        lower: rest.to_owned(),
        ..token.clone()
    };
    vec![head, tail]
}
