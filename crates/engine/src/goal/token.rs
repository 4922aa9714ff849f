//! A prompt cut into words, quotations and marks, each with its place.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A word, number, address or anything else between spaces.
    Word,
    /// What stood in quotation marks, without them.
    Quoted,
    /// `. , ; : ! ? =` or a line feed.
    Mark,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub class: Class,
    /// As written.
    pub text: String,
    /// In lower case.
    pub lower: String,
    /// Where, in bytes of the prompt.
    pub span: Range<usize>,
}

impl Token {
    /// Whether it is this word, in any case.
    pub fn is(&self, word: &str) -> bool {
        self.class == Class::Word && self.lower == word
    }

    /// Whether it is this mark.
    pub fn is_mark(&self, mark: &str) -> bool {
        self.class == Class::Mark && self.text == mark
    }

    /// Whether it ends a sentence.
    pub fn ends_sentence(&self) -> bool {
        self.class == Class::Mark && matches!(&*self.text, "." | ";" | "!" | "?" | "\n")
    }
}

const PAIRS: &[(char, char)] = &[
    ('"', '"'),
    ('\'', '\''),
    ('“', '”'),
    ('‘', '’'),
    ('«', '»'),
    ('`', '`'),
    ('„', '“'),
];

/// Cuts a prompt.
pub fn tokenize(prompt: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = prompt[at..].chars().next() {
        if first == '\n' {
            push(&mut tokens, Class::Mark, "\n", at..at + 1);
            at += 1;
        } else if first.is_whitespace() {
            at += first.len_utf8();
        } else if let Some(length) =
            tickbox(&prompt[at..]).filter(|_| tokens.last().is_none_or(Token::ends_sentence))
        {
            push(&mut tokens, Class::Word, "-", at..at + length);
            at += length;
        } else if let Some(length) = leader(&prompt[at..]).filter(|_| prompt[..at].ends_with(' ')) {
            push(&mut tokens, Class::Mark, ":", at..at + length);
            at += length;
        } else if let Some((inner, end)) = emphasis(prompt, at) {
            push(&mut tokens, Class::Quoted, &prompt[inner], at..end);
            at = end;
        } else if let Some((inner, end)) = quotation(prompt, at, first) {
            // `… "It is late." Then go back.`: the full stop inside ends the sentence as well.
            let next = prompt[end..].trim_start_matches([' ', '\t']).chars().next();
            let closes = prompt[inner.clone()].ends_with(['.', '!', '?'])
                && next.is_some_and(char::is_uppercase)
                && prompt[end..].starts_with(' ');
            push(&mut tokens, Class::Quoted, &prompt[inner], at..end);
            if closes {
                push(&mut tokens, Class::Mark, ".", end..end);
            }
            at = end;
        } else {
            at = word(prompt, at, &mut tokens);
        }
    }
    tokens
}

/// "[ ]" in front of a line.
fn tickbox(rest: &str) -> Option<usize> {
    let found = ["[ ]", "[x]", "[X]", "[]"]
        .iter()
        .find(|it| rest.starts_with(**it))?;
    Some(found.len())
}

/// "....", "___" between a name and its value.
fn leader(rest: &str) -> Option<usize> {
    let first = rest
        .chars()
        .next()
        .filter(|it| matches!(it, '.' | '_' | '…'))?;
    let length = rest.len() - rest.trim_start_matches(first).len();
    (length > 2).then_some(length)
}

/// `**Name**`, as Markdown sets a name apart: its inside, and where it ends.
fn emphasis(prompt: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let rest = prompt[at..].strip_prefix("**")?;
    let length = rest.find("**").filter(|it| *it > 0)?;
    let inner = &rest[..length];
    let sound = !inner.contains('\n') && inner.trim() == inner;
    sound.then_some((at + 2..at + 2 + length, at + 4 + length))
}

/// Where a quotation opens that nothing closes.
pub fn unclosed(tokens: &[Token]) -> Option<Range<usize>> {
    let opens = |it: &&Token| {
        let mut letters = it.text.chars();
        it.class == Class::Word
            && letters
                .next()
                .is_some_and(|it| it != '`' && PAIRS.iter().any(|(left, _)| *left == it))
            && letters.next().is_some_and(char::is_alphanumeric)
    };
    tokens.iter().find(opens).map(|it| it.span.clone())
}

/// Words that end with a full stop without ending the sentence.
const SHORT: &[&str] = &[
    "mr", "mrs", "ms", "dr", "st", "no", "nr", "vs", "e.g", "i.e", "etc", "approx", "inc", "ltd",
    "co", "jr", "sr", "prof", "p.m", "a.m",
];

/// Whether the full stop after this word belongs to it: "Mr. Lee", "J. Smith".
fn is_short(word: &str, rest: &str) -> bool {
    let follows =
        rest.starts_with(". ") && rest[2..].trim_start().starts_with(char::is_alphanumeric);
    let initial = word.len() == 1 && word.starts_with(char::is_uppercase) && word != "I";
    follows && (initial || SHORT.contains(&&*word.to_lowercase()))
}

/// The tokens without the commas inside dates: "March 14, 2027".
pub fn with_dates(tokens: Vec<Token>) -> Vec<Token> {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let day = |it: &Token| {
        let digits = it.lower.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h']);
        digits.parse::<u32>().is_ok_and(|it| (1..32).contains(&it))
    };
    let month = |it: &Token| MONTHS.iter().any(|month| it.lower.starts_with(month));
    let year = |it: &Token| it.text.len() == 4 && it.text.parse::<u32>().is_ok();
    let kept: Vec<bool> = (0..tokens.len())
        .map(|at| {
            let inside = at > 1
                && tokens[at].is_mark(",")
                && day(&tokens[at - 1])
                && month(&tokens[at - 2])
                && tokens.get(at + 1).is_some_and(year);
            !inside
        })
        .collect();
    let kept = tokens.into_iter().zip(kept).filter(|(_, kept)| *kept);
    kept.map(|(token, _)| token).collect()
}

/// A quotation that opens at `at`: its inside, and where it ends.
fn quotation(prompt: &str, at: usize, open: char) -> Option<(Range<usize>, usize)> {
    let close = PAIRS.iter().find(|(left, _)| *left == open)?.1;
    let start = at + open.len_utf8();
    let mut from = start;
    loop {
        let end = from + prompt[from..].find(close)?;
        let after = end + close.len_utf8();
        // An apostrophe inside a word ("Ann's") closes nothing.
        if close != '\''
            || !prompt[after..]
                .chars()
                .next()
                .is_some_and(char::is_alphanumeric)
        {
            return Some((start..end, after));
        }
        from = after;
    }
}

fn word(prompt: &str, at: usize, tokens: &mut Vec<Token>) -> usize {
    let rest = &prompt[at..];
    let mut end = at + rest.find(char::is_whitespace).unwrap_or(rest.len());
    // `name:"Ann"` and `name="Ann"`: the quotation is a token of its own.
    if let Some(cut) = prompt[at..end].find([':', '=']) {
        let after = at + cut + 1;
        let next = prompt[after..].chars().next();
        if cut > 0 && next.is_some_and(|it| PAIRS.iter().any(|(left, _)| *left == it)) {
            end = after;
        }
    }
    let address = prompt[at..end].contains("://");
    if !address
        && let Some(cut) = prompt[at..end].find('=')
        && cut > 0
        && at + cut + 1 < end
    {
        end = at + cut + 1;
    }
    let listed = prompt[at..end].starts_with('[') && prompt[at..end].contains(']');
    let body = prompt[at..end].trim_start_matches(|it| it == '(' || it == '[' && !listed);
    let start = end - body.len();
    let marks =
        |it| matches!(it, '.' | ',' | ';' | ':' | '!' | '?' | ')' | '=') || it == ']' && !listed;
    let kept = body.trim_end_matches(marks);
    if !kept.is_empty() {
        push(tokens, Class::Word, kept, start..start + kept.len());
    }
    // "2) open …": the number of a line.
    let first = tokens.len() < 2
        || tokens
            .get(tokens.len() - 2)
            .is_some_and(Token::ends_sentence);
    let number = !kept.is_empty() && kept.len() < 4 && kept.chars().all(|it| it.is_ascii_digit());
    let letter = kept.len() == 1 && kept.chars().all(|it| it.is_ascii_alphabetic());
    if first && (number || letter) && body[kept.len()..].starts_with(')') {
        push(tokens, Class::Mark, ".", end..end);
        return end;
    }
    if is_short(kept, &prompt[start + kept.len()..]) {
        return end;
    }
    let mut place = start + kept.len();
    for mark in body[kept.len()..].chars() {
        let span = place..place + mark.len_utf8();
        place = span.end;
        if !matches!(mark, ')' | ']') {
            push(tokens, Class::Mark, mark.encode_utf8(&mut [0; 4]), span);
        }
    }
    end
}

fn push(tokens: &mut Vec<Token>, class: Class, text: &str, span: Range<usize>) {
    tokens.push(Token {
        class,
        text: text.to_owned(),
        lower: text.to_lowercase(),
        span,
    });
}
