//! Fields and values in shapes of their own: "my name, Ann Lee", "for the country Spain".

use super::{
    fill::{INTO, NONDESCRIPT, NONDESCRIPT_OF, Pair, is_joint, written},
    name::phrase,
    token::{Class, Token},
    value::Worth,
};

/// "update my address: the street is 'A', the city is 'B'": where what is said of it begins.
pub fn told(tokens: &[Token]) -> Option<usize> {
    let colon = tokens.iter().position(|it| it.is_mark(":"))?;
    let words = tokens[..colon].iter().all(|it| it.class == Class::Word);
    let says = tokens[colon + 1..]
        .iter()
        .take_while(|it| !it.is_mark(","))
        .any(|it| it.is("is") || it.is("are") || it.is_mark(":"));
    (colon > 0 && words && says && tokens.len() > colon + 4).then_some(colon)
}

/// What is said of an object after the colon: "the current one is …" with the noun for "one".
pub fn without_object(tokens: &[Token]) -> Vec<Token> {
    let Some(colon) = told(tokens) else {
        return tokens.to_vec();
    };
    let noun = &tokens[colon - 1];
    let rest = tokens[colon + 1..].iter();
    let named = rest.map(|it| match it.is("one") {
        true => Token {
            text: noun.text.clone(),
            lower: noun.lower.clone(),
            ..it.clone()
        },
        false => it.clone(),
    });
    let mut said: Vec<Token> = Vec::new();
    for token in named {
        // "shall be": is.
        let modal = |it: &Token| {
            ["shall", "should", "must", "will"]
                .iter()
                .any(|word| it.is(word))
        };
        if token.is("be") && said.last().is_some_and(modal) {
            said.pop();
            said.push(Token {
                text: "is".to_owned(),
                lower: "is".to_owned(),
                ..token
            });
            continue;
        }
        said.push(token);
    }
    said
}

/// "my name, Peter Vale, and my email, peter@vale.example".
pub fn apposed(prompt: &str, tokens: &[Token]) -> Option<Vec<Pair>> {
    let items: Vec<&[Token]> = tokens.split(is_joint).filter(|it| !it.is_empty()).collect();
    let label = |it: &[Token]| {
        it.len() < 5
            && ["my", "the", "his", "her", "our", "their", "your"]
                .iter()
                .any(|word| it[0].is(word))
            && it.len() > 1
            && it
                .iter()
                .all(|it| it.class == Class::Word && !it.text.starts_with(char::is_uppercase))
    };
    let value = |it: &[Token]| {
        it.len() < 6
            && (it[0].class == Class::Quoted
                || it[0].text.contains('@')
                || it[0]
                    .text
                    .starts_with(|it: char| it.is_uppercase() || it.is_ascii_digit()))
    };
    let paired = items.len() > 1
        && items.len().is_multiple_of(2)
        && items.chunks(2).all(|it| label(it[0]) && value(it[1]));
    paired.then(|| {
        let pair = |it: &[&[Token]]| (Some(phrase(it[0])), Worth::Given(written(prompt, it[1])));
        items.chunks(2).map(pair).collect()
    })
}

/// "the address a@b.c and the role Editor": fields, each with a value that shows by how it is written.
pub fn stated(prompt: &str, tokens: &[Token]) -> Option<Vec<Pair>> {
    let valued = |it: &Token| {
        it.class == Class::Quoted
            || it.text.contains('@')
            || it
                .text
                .starts_with(|it: char| it.is_uppercase() || it.is_ascii_digit() || it == '+')
    };
    let items = tokens.split(is_joint).filter(|it| !it.is_empty());
    let pair = |it: &[Token]| {
        let value = it.iter().position(valued).filter(|at| *at > 0)?;
        let mut label = &it[..value];
        while let [head @ .., last] = label
            && (last.class == Class::Mark
                || ["is", "of", "as", "be", "should", "shall", "must", "will"]
                    .iter()
                    .any(|word| last.is(word)))
        {
            label = head;
        }
        let plain = !label.is_empty()
            && label.len() < 5
            && label.iter().all(|it| it.class == Class::Word)
            && !label.iter().any(|it| INTO.iter().any(|word| it.is(word)));
        let value = match &it[value..] {
            [only] => only.text.clone(),
            all if all.iter().any(|it| it.class == Class::Quoted) => return None,
            all => written(prompt, all),
        };
        plain.then(|| (Some(phrase(label)), Worth::Given(value)))
    };
    let pairs: Option<Vec<Pair>> = items.map(pair).collect();
    pairs.filter(|it| {
        !it.is_empty()
            && it
                .iter()
                .all(|(field, _)| field.as_ref().is_some_and(|it| !it.words.is_empty()))
    })
}

/// "for the country Spain", "in the field surname the text Dvorak": the field comes first, and the
/// value shows by how it is written.
pub fn led(prompt: &str, tokens: &[Token]) -> Option<Pair> {
    let (first, rest) = tokens.split_first()?;
    if !INTO.iter().any(|it| first.is(it)) {
        return None;
    }
    let valued = |it: &Token| {
        it.class == Class::Quoted
            || it.text.contains('@')
            || it
                .text
                .starts_with(|it: char| it.is_uppercase() || it.is_ascii_digit() || it == '+')
    };
    let value = (1..rest.len()).find(|at| valued(&rest[*at]))?;
    let mut label = &rest[..value];
    // "the text Dvorak": what kind of value.
    while let [head @ .., article, last] = label
        && article.is("the")
        && NONDESCRIPT
            .iter()
            .chain(NONDESCRIPT_OF)
            .any(|it| last.is(it))
        && !head.is_empty()
    {
        label = head;
    }
    // "the field surname".
    let bare = label
        .iter()
        .position(|it| !(it.is("the") || it.is("field") || it.is("box")));
    let label = &label[bare.unwrap_or(0)..];
    let linked = label
        .iter()
        .any(|it| INTO.iter().any(|word| it.is(word)) || is_joint(it));
    if label.is_empty() || linked || label.len() > 4 {
        return None;
    }
    let value = match &rest[value..] {
        [only] => only.text.clone(),
        all if all.iter().any(|it| it.class == Class::Quoted) => return None,
        all => written(prompt, all),
    };
    Some((Some(phrase(label)), Worth::Given(value)))
}
