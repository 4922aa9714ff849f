//! Fields and their values.

use super::{
    name::{label, matches, phrase},
    pair::{apposed, led},
    phrase::{Kind, Phrase},
    token::{Class, Token},
    value::Worth,
    worth::{self, worth},
};

/// A field and the value it is to have.
pub type Pair = (Option<Phrase>, Worth);

/// Words between a value and its field, after verbs that name the value first.
pub const INTO: &[&str] = &[
    "into", "in", "inside", "as", "on", "onto", "for", "to", "at", "under",
];

/// Words before a quoted value that say nothing of its field.
pub const NONDESCRIPT: &[&str] = &[
    "text",
    "word",
    "words",
    "value",
    "string",
    "phrase",
    "following",
    "sentence",
    "letters",
    "characters",
];

/// Same, where a field is named after the value.
pub const NONDESCRIPT_OF: &[&str] = &[
    "message", "item", "term", "query", "number", "line", "data", "keyword", "keywords", "entry",
    "answer", "date", "name",
];

/// The words between two tokens, as written.
pub fn written(prompt: &str, tokens: &[Token]) -> String {
    if prompt.is_empty() {
        return String::new();
    }
    let tokens = match tokens {
        [head @ .., last] if last.class == Class::Mark => head,
        all => all,
    };
    let told = tokens
        .windows(2)
        .all(|it| it[0].span.end <= it[1].span.start);
    match tokens {
        [only] => only.text.clone(),
        all if !told => {
            let words: Vec<&Token> = all.iter().collect();
            super::name::plain(&words)
        }
        [first, .., last] => {
            let end = last.span.end;
            let open = prompt[first.span.start..end].matches('(').count();
            let closed = prompt[first.span.start..end].matches(')').count();
            let end = end + usize::from(open > closed && prompt[end..].starts_with(')'));
            prompt[first.span.start..end].to_owned()
        }
        [] => String::new(),
    }
}

/// Understands `Email with 'a@b.c' and Name: Ann`, `'hello' into the search box`, `'hello'`.
/// `typed`: the verb names the value first ("type … to …"), not the field ("set … to …").
pub fn pairs(prompt: &str, tokens: &[Token], typed: bool) -> Vec<Pair> {
    let body = without_form(tokens);
    let listed = body.len() < tokens.len();
    let tokens = body;
    let mut found = Vec::new();
    if listed && !is_pair(tokens, typed) {
        // "the form: first name Ann, last name Lee": which words are the label, the page decides.
        let items = tokens.split(|it| is_joint(it) && !it.is("and"));
        return items.filter_map(|it| pair(prompt, it, typed)).collect();
    }
    if let Some(pairs) = apposed(prompt, tokens) {
        return pairs;
    }
    let mut at = 0;
    while tokens.get(at).is_some_and(is_joint) {
        at += 1;
    }
    while at < tokens.len() {
        let end = item_end(tokens, at, typed);
        found.extend(pair(prompt, &tokens[at..end], typed));
        at = end;
        while tokens.get(at).is_some_and(is_joint) {
            at += 1;
        }
    }
    found
}

pub fn is_joint(token: &Token) -> bool {
    token.is_mark(",") || token.is("and") || token.is("&") || token.is_mark("\n")
}

/// "out the form with …", "the form: …", "the following: …": the pairs follow.
fn without_form(tokens: &[Token]) -> &[Token] {
    const HEADS: &[&str] = &[
        "form",
        "formular",
        "questionnaire",
        "following",
        "details",
        "information",
        "fields",
        "values",
        "data",
    ];
    let head = tokens
        .iter()
        .take(9)
        .rposition(|it| HEADS.iter().any(|word| it.is(word)));
    let Some(mut at) = head.map(|it| it + 1) else {
        return tokens;
    };
    let lead = |it: &Token| {
        it.is("with")
            || it.is_mark(":")
            || it.is("as")
            || it.is("follows")
            || it.is("these")
            || it.is("below")
    };
    let before = tokens[..at].iter().all(|it| {
        it.class == Class::Word
            && (HEADS.iter().any(|word| it.is(word))
                || [
                    "the",
                    "in",
                    "out",
                    "this",
                    "with",
                    "registration",
                    "contact",
                    "these",
                    "all",
                    "my",
                ]
                .iter()
                .any(|word| it.is(word)))
    });
    let leads = at == tokens.len() || tokens.get(at).is_some_and(lead);
    if !before || !leads {
        return tokens;
    }
    while tokens.get(at).is_some_and(lead) {
        at += 1;
    }
    &tokens[at..]
}

/// Where the item that begins at `at` ends: at a joint after which another pair follows.
fn item_end(tokens: &[Token], at: usize, typed: bool) -> usize {
    for end in at + 1..tokens.len() {
        if is_joint(&tokens[end]) && is_pair(&tokens[at..end], typed) && !computes(&tokens[at..end])
        {
            let rest = tokens[end + 1..].iter().position(|it| !is_joint(it));
            if rest.is_some_and(|skip| is_pair(&tokens[end + 1 + skip..], typed)) {
                return end;
            }
        }
    }
    tokens.len()
}

/// "the age 200", "email a@b.c": a label, and what can only be a value.
fn valued(tokens: &[Token]) -> bool {
    let [.., label, value] = tokens else {
        return false;
    };
    let mut first = value.text.chars();
    let number = first
        .next()
        .is_some_and(|it| it.is_ascii_digit() || it == '+' && value.text.len() > 3);
    label.class == Class::Word
        && value.class == Class::Word
        && (number || value.text.contains('@') && !value.text.starts_with('@'))
        && !INTO.iter().any(|it| label.is(it))
}

/// "the sum of 'Price' and …": what is joined are the parts of one value.
fn computes(tokens: &[Token]) -> bool {
    let words: Vec<&Token> = tokens.iter().collect();
    let heads = [
        "sum of",
        "total of",
        "product of",
        "average of",
        "difference of",
        "difference between",
    ];
    (0..words.len()).any(|at| heads.iter().any(|it| matches(&words, at, it).is_some()))
        && into(tokens).is_none_or(|at| tokens[at].is("in"))
}

fn is_pair(tokens: &[Token], typed: bool) -> bool {
    led("", tokens).is_some()
        || separator(tokens, typed).is_some()
        || valued(tokens)
        || tokens.iter().any(|it| it.class == Class::Quoted)
        || into(tokens).is_some_and(|at| typed && at > 0 && at + 1 < tokens.len())
}

/// The token between a field and its value.
fn separator(tokens: &[Token], typed: bool) -> Option<usize> {
    let divides = |it: &Token| {
        it.is_mark(":")
            || it.is_mark("=")
            || it.is("is")
            || it.is("with")
            || it.is("equals")
            || matches!(&*it.text, "-" | "–" | "—" | "->" | "→" | "=>")
            || !typed && it.is("to")
    };
    let dated = |at: usize| {
        let next = tokens.get(at + 1);
        let value = next.is_some_and(|it| it.text.starts_with(|it: char| it.is_ascii_digit()));
        !typed
            && value
            && ["on", "at", "as", "for", "by"]
                .iter()
                .any(|it| tokens[at].is(it))
    };
    // "change the name of the group in 'Team North'", as some say.
    let changed = |at: usize| {
        let last = at + 2 == tokens.len() && tokens[at + 1].class == Class::Quoted;
        !typed
            && last
            && ["in", "into", "on", "for", "by"]
                .iter()
                .any(|it| tokens[at].is(it))
    };
    // "Allergic to penicillin: yes": a mark divides before any word does.
    let quote = tokens.iter().position(|it| it.class == Class::Quoted);
    let mark = tokens
        .iter()
        .position(|it| it.is_mark(":") || it.is_mark("="))
        .filter(|at| *at > 0 && *at + 1 < tokens.len() && quote.is_none_or(|quote| *at < quote));
    if mark.is_some() {
        return mark;
    }
    let place = (1..tokens.len()).find(|at| divides(&tokens[*at]) || dated(*at) || changed(*at))?;
    let named = tokens[0].class == Class::Word || tokens[place].class == Class::Mark;
    (place > 0 && place + 1 < tokens.len() && named).then_some(place)
}

/// The word between a value and its field: the last that does not belong to the value.
fn into(tokens: &[Token]) -> Option<usize> {
    let words: Vec<&Token> = tokens.iter().collect();
    (0..tokens.len().saturating_sub(1)).rev().find(|at| {
        let leads = INTO.iter().any(|it| tokens[*at].is(it));
        let strong = tokens[*at].is("into");
        // "in lower case" is a part of the value.
        let tail = [
            "in lower",
            "in lowercase",
            "in upper",
            "in uppercase",
            "in all",
            "in capital",
            "in capitals",
            "in caps",
            "in reverse",
            "in small",
        ]
        .iter()
        .any(|it| matches(&words, *at, it).is_some());
        // "the paragraph in the box": the first of two places belongs to the field as well.
        leads && !tail && (strong || !tokens[..*at].iter().any(|it| it.is("into")))
    })
}

fn pair(prompt: &str, tokens: &[Token], typed: bool) -> Option<Pair> {
    if tokens.iter().all(|it| it.class == Class::Mark) {
        return None;
    }
    let quote = tokens.iter().position(|it| it.class == Class::Quoted);
    let leads = INTO.iter().any(|it| tokens[0].is(it));
    if let Some(place) = separator(tokens, typed).filter(|place| {
        quote.is_none_or(|it| *place < it) || !typed && quote.is_some_and(|it| it > 0)
    }) {
        // "set X to 'v'" and "X with v": the value is the rest.
        let value = match quote.filter(|it| *it > place) {
            Some(quote) if tokens.len() < quote + 2 => Worth::Given(tokens[quote].text.clone()),
            _ => worth(prompt, &tokens[place + 1..]),
        };
        let start = usize::from(leads && place > 1);
        // "the room from Oslo to Bergen": what it was is no part of its name.
        let from = tokens[..place].iter().position(|it| it.is("from"));
        let named = match from {
            Some(from) if tokens[place].is("to") && from > start => from,
            _ => place,
        };
        let field = if tokens[place].class == Class::Mark {
            label(&tokens[start..place])
        } else {
            phrase(&tokens[start..named])
        };
        let value = value_of(value, &tokens[place + 1..]);
        return Some((Some(field), value));
    }
    if let Some(pair) = led(prompt, tokens) {
        return Some(pair);
    }
    // "into the search box the text 'x'".
    if leads && let Some(quote) = quote.filter(|it| *it > 1) {
        let field = nondescript_end(&tokens[1..quote]);
        return Some((
            Some(phrase(field)),
            Worth::Given(tokens[quote].text.clone()),
        ));
    }
    let words: Vec<&Token> = tokens.iter().collect();
    let joint = into(tokens).filter(|it| *it > 0 && it + 1 < tokens.len());
    match (quote, joint) {
        (Some(quote), Some(joint)) if joint > quote => {
            let target = phrase(&tokens[joint + 1..]);
            let label = &tokens[..quote];
            let value = worth(prompt, &tokens[quote..joint]);
            let value = if quote > 0 && worth::derivation(&words[..joint]).is_some() {
                worth(prompt, &tokens[..joint])
            } else {
                value
            };
            let nondescript = is_nondescript(label, true);
            let spoken = matches!(value, Worth::Given(_)) && !nondescript;
            let vague = target.is_bare() && !target.every && target.ordinal.is_none();
            let plural = matches!(target.kind, Some(Kind::Field | Kind::Area)) && vague;
            let field = if spoken && plural {
                phrase(label)
            } else {
                target
            };
            Some((Some(field), value))
        }
        // "the 'Email' field 'a@b.c'": two quotations, the second is the value.
        (Some(first), _) => {
            let second = tokens[first + 1..]
                .iter()
                .rposition(|it| it.class == Class::Quoted)
                .map(|it| first + 1 + it);
            match second {
                Some(second) => {
                    let value = Worth::Given(tokens[second].text.clone());
                    Some((Some(phrase(&tokens[..second])), value))
                }
                None if is_nondescript(&tokens[..first], false) => {
                    Some((None, worth(prompt, tokens)))
                }
                None => {
                    let value = worth(prompt, &tokens[first..]);
                    Some((Some(phrase(&tokens[..first])), value))
                }
            }
        }
        // "put the start on 1st of September": what follows can only be the value.
        (None, Some(joint)) if dates(&tokens[..joint], &tokens[joint + 1..]) => {
            let value = Worth::Given(written(prompt, &tokens[joint + 1..]));
            Some((Some(phrase(&tokens[..joint])), value))
        }
        // "the language in Spanish": the value shows by its capital.
        (None, Some(joint))
            if !tokens[joint].is("into") && switched(&tokens[..joint], &tokens[joint + 1..]) =>
        {
            let value = Worth::Given(written(prompt, &tokens[joint + 1..]));
            Some((Some(phrase(&tokens[..joint])), value))
        }
        (None, Some(joint)) => {
            let value = worth(prompt, &tokens[..joint]);
            Some((Some(phrase(&tokens[joint + 1..])), value))
        }
        (None, None) if valued(tokens) && tokens.len() < 6 => {
            let (last, label) = tokens.split_last()?;
            Some((Some(phrase(label)), Worth::Given(last.text.clone())))
        }
        (None, None) => Some((None, worth(prompt, tokens))),
    }
}

/// "the language" and "Spanish": a field, then its value, whatever verb stands before them.
fn switched(left: &[Token], right: &[Token]) -> bool {
    let words: Vec<&Token> = right.iter().collect();
    let lower = |it: &Token| it.text.chars().all(|it| it.is_lowercase() || it == '-');
    let article = left.first().is_some_and(|it| it.is("the") || it.is("my"));
    let mail = right.len() == 1 && right[0].text.contains('@') && !right[0].text.starts_with('@');
    if mail {
        return left.len() < 5 && left.iter().all(|it| it.class == Class::Word && lower(it));
    }
    article
        && (2..5).contains(&left.len())
        && left.iter().all(|it| it.class == Class::Word && lower(it))
        && !NONDESCRIPT.iter().any(|word| left[left.len() - 1].is(word))
        && right.len() < 3
        && right
            .iter()
            .all(|it| it.class == Class::Word && it.text.starts_with(char::is_uppercase))
        && super::name::kind_at_end(&words).is_none()
}

fn dates(left: &[Token], right: &[Token]) -> bool {
    let digits = |it: &Token| it.text.starts_with(|it: char| it.is_ascii_digit());
    let words: Vec<&Token> = right.iter().collect();
    right.first().is_some_and(digits)
        && !left.iter().any(digits)
        && super::name::kind_at_end(&words).is_none()
}

/// "'a' in lower case" after a separator: made from the quotation.
fn value_of(value: Worth, tokens: &[Token]) -> Worth {
    let words: Vec<&Token> = tokens.iter().filter(|it| it.class != Class::Mark).collect();
    match worth::derivation(&words) {
        Some(derivation) => Worth::Read(derivation),
        None => value,
    }
}

/// Without a nondescript word for the value at the end: "the box the text".
fn nondescript_end(tokens: &[Token]) -> &[Token] {
    match tokens {
        [head @ .., article, last]
            if NONDESCRIPT.iter().any(|it| last.is(it))
                && article.is("the")
                && !head.is_empty() =>
        {
            head
        }
        all => all,
    }
}

/// Whether words before a value name no field: "the text", "the following word".
fn is_nondescript(tokens: &[Token], named: bool) -> bool {
    tokens.iter().all(|it| {
        it.class == Class::Mark
            || [
                "the",
                "a",
                "an",
                "this",
                "with",
                "in",
                "of",
                "all",
                "lower",
                "upper",
                "case",
                "following",
            ]
            .iter()
            .any(|word| it.is(word))
            || NONDESCRIPT.iter().any(|word| it.is(word))
            || named && NONDESCRIPT_OF.iter().any(|word| it.is(word))
    })
}
