//! Line breaks: some end a sentence, some only wrap it.

use super::{
    token::{Class, Token},
    verb,
};

/// Words that no sentence ends with.
const OPEN: &[&str] = &[
    "a", "an", "and", "all", "by", "for", "from", "in", "into", "of", "on", "or", "the", "then",
    "to", "with",
];

/// The tokens without the breaks that only wrap a sentence.
pub fn unwrap(tokens: Vec<Token>) -> Vec<Token> {
    let tokens = listed(bulleted(tokens));
    let kept: Vec<bool> = tokens
        .iter()
        .enumerate()
        .map(|(at, token)| !token.is_mark("\n") || ends(&tokens, at))
        .collect();
    let kept = tokens.into_iter().zip(kept).filter(|(_, kept)| *kept);
    kept.map(|(token, _)| token).collect()
}

/// Whether a line ends with a colon: what it is about stands below.
pub fn announces(sentence: &[Token]) -> bool {
    sentence.last().is_some_and(|it| it.is_mark(":"))
}

/// Whether a line is "name: value".
pub fn is_pair(sentence: &[Token]) -> bool {
    let at = sentence
        .iter()
        .position(|it| it.is_mark(":") || it.is_mark("="));
    at.is_some_and(|at| at > 0 && at < 5 && at + 1 < sentence.len())
        && verb::at(sentence, 0)
            .is_none_or(|(_, length)| !sentence[length.min(sentence.len() - 1)].is_mark(":"))
}

/// Whether a line is only a title: "Booking", "New contact".
pub fn is_title(sentence: &[Token]) -> bool {
    let first = sentence.first().filter(|it| it.class == Class::Word);
    let short = sentence.len() < 4 && sentence.iter().all(|it| it.class == Class::Word);
    let gerund = verb::is_gerund_at(sentence, 0) && sentence.len() == 1;
    first.is_some_and(|it| it.text.starts_with(char::is_uppercase))
        && short
        && !is_bullet(&sentence[0])
        && (gerund || verb::at(sentence, 0).is_none())
        && verb::nearest(&sentence[0].lower).is_none_or(|_| sentence.len() < 3)
}

/// Marks that lines of lists begin with.
const BULLETS: &[&str] = &[
    "-", "*", "•", "+", "–", "—", "·", "‣", "▪", "●", "○", "◦", "►", "→", "->", "--", "[]", "☐",
];

/// Whether a token is the mark in front of a line.
pub fn is_bullet(token: &Token) -> bool {
    token.class == Class::Word && BULLETS.contains(&&*token.text)
}

/// "1.", "2)", "a.", "[ ]" and other marks in front of lines, all in the same shape.
fn bulleted(tokens: Vec<Token>) -> Vec<Token> {
    let lines: Vec<&[Token]> = tokens.split_inclusive(|it| it.is_mark("\n")).collect();
    // "a." begins a list where "b." goes on with it.
    let letter = |line: &[Token]| match line {
        [one, dot, _, ..] if one.text.len() == 1 && dot.is_mark(".") => {
            one.lower.chars().next().filter(char::is_ascii_alphabetic)
        }
        _ => None,
    };
    let letters: Vec<Option<char>> = lines.iter().map(|it| letter(it)).collect();
    let follows = |left: Option<char>, right: Option<char>| {
        left.zip(right)
            .is_some_and(|(left, right)| u32::from(left) + 1 == u32::from(right))
    };
    let several = lines.len() > 1;
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let lettered = at > 0 && follows(letters[at - 1], letters[at])
            || letters
                .get(at + 1)
                .is_some_and(|next| follows(letters[at], *next));
        let numbered = several
            && matches!(line, [number, dot, _, ..]
                if dot.is_mark(".") && number.text.len() < 4 && number.text.chars().all(|it| it.is_ascii_digit()));
        let step = matches!(line, [step, number, mark, _, ..]
            if step.is("step") && number.text.chars().all(|it| it.is_ascii_digit())
                && (mark.class == Class::Mark || is_bullet(mark)));
        let length = match line {
            _ if step => 3,
            _ if lettered || numbered => 2,
            [open, close, _, ..] if open.text == "[" && close.text == "]" => 2,
            [first, _, ..] if is_bullet(first) => 1,
            _ => 0,
        };
        if length > 0 {
            found.push(Token {
                class: Class::Word,
                text: "-".to_owned(),
                lower: "-".to_owned(),
                span: line[0].span.clone(),
            });
        }
        found.extend(line[length..].iter().cloned());
    }
    found
}

/// Words of a heading that only says that something follows.
const ANNOUNCING: &[&str] = &[
    "the",
    "following",
    "these",
    "this",
    "as",
    "follows",
    "below",
    "things",
    "thing",
    "data",
    "details",
    "detail",
    "information",
    "info",
    "values",
    "value",
    "items",
    "item",
    "fields",
    "field",
    "options",
    "option",
    "points",
    "facts",
    "form",
    "out",
    "in",
    "me",
    "us",
    "boxes",
    "about",
    "all",
    "with",
    "of",
    "for",
    "each",
    "them",
    "it",
    "here",
    "everything",
    "results",
];

/// "Get:" and lines of nouns below it: one sentence, with commas for the breaks.
fn listed(tokens: Vec<Token>) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut each: Option<(Vec<Token>, Vec<Token>)> = None;
    let mut owner: Vec<Token> = Vec::new();
    let mut open = false;
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at].is_mark("\n") {
            found.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let bullet = tokens.get(at + 1).is_some_and(is_bullet);
        let line = tokens[at + 1..]
            .split(|it| it.is_mark("\n"))
            .next()
            .unwrap_or_default();
        let begin = found
            .iter()
            .rposition(Token::ends_sentence)
            .map_or(0, |it| it + 1);
        let start = verb::skip_fillers(&found[begin..], 0) + begin;
        let heads = verb::at(&found, start.min(found.len())).is_some_and(|(verb, length)| {
            let tail = &found[start + length..];
            let of = tail.len() > 2
                && ["for", "of", "from", "about"]
                    .iter()
                    .any(|it| tail[0].is(it))
                && tail[tail.len() - 1].is_mark(":")
                && verb.reads();
            verb.takes_list() && of
                || verb.takes_list()
                    && tail.iter().all(|it| {
                        it.is_mark(":")
                            || it.class == Class::Word && ANNOUNCING.contains(&&*it.lower)
                    })
        });
        let nouns =
            bullet && !line.iter().any(|it| it.is_mark(":") || it.is_mark("=")) && !ordering(line);
        // "the team with the most points": more than a noun, and so one by one.
        let rich = heads && !open && {
            let lines = tokens[at + 1..].split(|it| it.is_mark("\n"));
            let lines = lines.take_while(|it| it.first().is_some_and(is_bullet));
            lines.flatten().any(|it| {
                ["with", "of", "that", "which", "who", "whose", "from", "for"]
                    .iter()
                    .any(|word| it.is(word))
            })
        };
        if rich
            && nouns
            && !found[start..]
                .iter()
                .any(|it| it.is("for") || it.is("of") || it.is("from") || it.is("about"))
        {
            let length = verb::at(&found, start).map_or(1, |it| it.1);
            let verb: Vec<Token> = found[start..start + length].to_vec();
            if verb::at(&found, start).is_some_and(|(verb, _)| verb.reads()) {
                found.truncate(start + length);
                found.extend(line[1..].iter().cloned());
                at += 1 + line.len();
                each = Some((verb, Vec::new()));
                continue;
            }
        }
        if nouns && (open || heads) {
            let comma = Token {
                text: ",".to_owned(),
                lower: ",".to_owned(),
                ..tokens[at].clone()
            };
            if heads && !open {
                // "Extract the following:" and what follows.
                let length = verb::at(&found, start).map_or(1, |it| it.1);
                // "Get for every product:": of each product.
                let tail = found.split_off(start + length);
                let of = tail
                    .first()
                    .filter(|it| it.is("for") || it.is("of") || it.is("from") || it.is("about"));
                if let Some(of) = of {
                    owner.push(Token {
                        text: "of".to_owned(),
                        lower: "of".to_owned(),
                        ..of.clone()
                    });
                    owner.extend(
                        tail[1..]
                            .iter()
                            .filter(|it| it.class != Class::Mark)
                            .cloned(),
                    );
                }
            } else {
                found.push(comma);
            }
            open = true;
            at += 2;
            continue;
        }
        found.append(&mut owner);
        // "Add to cart:" and what to add below it: an order for each.
        if bullet && !line.iter().any(|it| it.is_mark(":")) {
            let head = heading(&found[begin..]).or_else(|| each.clone());
            if let Some((verb, tail)) = head.filter(|_| !ordering(line)) {
                if found.last().is_some_and(|it| it.is_mark(":")) {
                    found.truncate(begin);
                } else {
                    found.push(tokens[at].clone());
                }
                let length = line.len();
                found.extend(verb.iter().cloned());
                found.extend(line[1..].iter().cloned());
                found.extend(tail.iter().cloned());
                each = Some((verb, tail));
                at += 1 + length;
                continue;
            }
        }
        each = None;
        // "What I need:" and nouns below it.
        if bullet
            && !ordering(line)
            && wanted(&found[begin..])
            && !line.iter().any(|it| it.is_mark(":"))
        {
            found.truncate(begin);
            found.push(Token {
                class: Class::Word,
                text: "extract".to_owned(),
                lower: "extract".to_owned(),
                span: tokens[at].span.clone(),
            });
            open = true;
            at += 2;
            continue;
        }
        open = false;
        found.push(tokens[at].clone());
        at += 1;
    }
    found.append(&mut owner);
    found
}

/// "Add to cart:", "Delete:", "Download the following:": the verb, and what belongs to each object.
fn heading(head: &[Token]) -> Option<(Vec<Token>, Vec<Token>)> {
    let (_, words) = head.split_last().filter(|(last, _)| last.is_mark(":"))?;
    let start = verb::skip_fillers(words, 0);
    let (kind, length) = verb::at(words, start)?;
    let acts = matches!(
        kind,
        verb::Verb::Control | verb::Verb::Go | verb::Verb::Download | verb::Verb::Expand
    );
    let tail: Vec<Token> = words[start + length..].to_vec();
    let announced = tail.iter().all(|it| ANNOUNCING.contains(&&*it.lower));
    let led = tail.first().is_some_and(|it| {
        ["to", "from", "as", "into", "in"]
            .iter()
            .any(|word| it.is(word))
    }) && tail.len() < 5;
    if !acts || !(announced || led) {
        return None;
    }
    let verb = words[start..start + length].to_vec();
    Some((verb, if led { tail } else { Vec::new() }))
}

/// "What I need:", "Wanted:", "I would like to know:".
fn wanted(head: &[Token]) -> bool {
    const WORDS: &[&str] = &[
        "what",
        "i",
        "we",
        "need",
        "want",
        "wanted",
        "needed",
        "to",
        "know",
        "would",
        "like",
        "have",
        "is",
        "are",
        "interested",
        "in",
        "the",
        "following",
        "these",
        "things",
        "information",
        "info",
        "data",
        "output",
        "result",
        "results",
        "required",
        "me",
        "for",
        "asked",
        "looking",
        "i'd",
        "questions",
        "values",
        "points",
        "facts",
        "also",
        "and",
    ];
    const HEADS: &[&str] = &[
        "need",
        "want",
        "wanted",
        "needed",
        "know",
        "interested",
        "output",
        "result",
        "results",
        "required",
        "questions",
        "like",
    ];
    let words = || head.iter().filter(|it| it.class != Class::Mark);
    head.last().is_some_and(|it| it.is_mark(":"))
        && words().all(|it| WORDS.contains(&&*it.lower))
        && words().any(|it| HEADS.contains(&&*it.lower))
}

/// Whether a line of a list is an order of its own, however much "order number" looks like one.
fn ordering(line: &[Token]) -> bool {
    let start = verb::skip_fillers(line, 1);
    verb::at(line, start).is_some_and(|(_, length)| {
        let next = line.get(start + length);
        start > 1
            || length > 1
            || next.is_some_and(|it| it.class == Class::Quoted || verb::is_object(&it.lower))
    })
}

/// Whether the break at `at` ends a sentence: the line before it is whole, and the line after it
/// begins one of its own.
fn ends(tokens: &[Token], at: usize) -> bool {
    if tokens.get(at + 1).is_some_and(is_bullet) {
        return true;
    }
    let before = tokens[..at].last();
    if before.is_some_and(|it| OPEN.iter().any(|word| it.is(word)) || it.is_mark(",")) {
        return false;
    }
    let line: &[Token] = tokens[at + 1..]
        .split(|it| it.is_mark("\n"))
        .next()
        .unwrap_or_default();
    let Some(first) = line.first() else {
        return true;
    };
    // Short lines are items of a list.
    let short = |line: &[Token]| line.iter().filter(|it| it.class != Class::Mark).count() < 5;
    let above = tokens[..at]
        .iter()
        .rposition(|it| it.is_mark("\n"))
        .map_or(0, |it| it + 1);
    if short(&tokens[above..at]) && short(line) && first.text.starts_with(char::is_uppercase) {
        return true;
    }
    let listed = first
        .text
        .chars()
        .all(|it| it.is_ascii_digit() || "-*•#".contains(it));
    let paired = line.iter().any(|it| it.is_mark(":") || it.is_mark("="));
    let start = verb::skip_fillers(line, 0);
    listed || paired || first.class == Class::Quoted || verb::at(line, start).is_some()
}
