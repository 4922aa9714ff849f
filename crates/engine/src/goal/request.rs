//! What "search", "send", "upload" and "accept" ask for.

use super::{
    clause::{Ask, Given},
    control::control,
    name::phrase,
    phrase::{Kind, Phrase, Place, Relation},
    token::{Class, Token},
    value::Worth,
    worth,
};

pub fn search(prompt: &str, rest: &[Token]) -> Result<Vec<Ask>, String> {
    let rest = match rest.first() {
        Some(first) if first.is("for") => &rest[1..],
        _ => rest,
    };
    let place = rest
        .iter()
        .rposition(|it| {
            it.is("on") || it.is("in") || it.is("using") || it.is("with") || it.is("at")
        })
        .filter(|it| *it + 1 < rest.len());
    let quote = rest.iter().position(|it| it.class == Class::Quoted);
    // "search recipes: salad".
    let colon = rest.iter().position(|it| it.is_mark(":"));
    if let Some(colon) = colon.filter(|it| *it > 0 && it + 1 < rest.len()) {
        let query = worth::worth(prompt, &rest[colon + 1..]);
        let place = Some(Place {
            relation: Relation::Of,
            what: Box::new(phrase(&rest[..colon])),
        });
        return Ok(vec![Ask::Search { query, place }]);
    }
    // "search the shop for 'x'".
    let looked = rest
        .iter()
        .position(|it| it.is("for"))
        .filter(|it| *it + 1 < rest.len());
    if let Some(looked) = looked.filter(|it| quote.is_none_or(|quote| *it < quote)) {
        let query = worth::worth(prompt, &rest[looked + 1..]);
        return Ok(vec![Ask::Search { query, place: None }]);
    }
    let cut = place
        .filter(|at| quote.is_none_or(|quote| *at > quote))
        .filter(|at| {
            *at > 0 && (quote.is_some() || rest[*at + 1].is("the") || rest[*at].is("using"))
        });
    let (words, place) = match cut {
        Some(cut) => {
            let what = phrase(&rest[cut + 1..]);
            let place = Place {
                relation: Relation::In,
                what: Box::new(what),
            };
            (&rest[..cut], Some(place))
        }
        None => (rest, None),
    };
    if words.iter().all(|it| it.class == Class::Mark) {
        // "…, search": the button.
        return Ok(vec![Ask::Click(Phrase::plain("search"))]);
    }
    let query = match words.iter().find(|it| it.class == Class::Quoted) {
        Some(quoted) => Worth::Given(quoted.text.clone()),
        None => worth::worth(prompt, words),
    };
    Ok(vec![Ask::Search { query, place }])
}

pub fn submit(spoken: &[Token], rest: &[Token]) -> Ask {
    if rest.iter().any(|it| it.class == Class::Quoted) {
        return Ask::Click(phrase(rest));
    }
    let what = phrase(rest);
    let vague = [
        "form",
        "it",
        "",
        "the form",
        "this",
        "everything",
        "answers",
        "data",
        "them",
    ];
    if vague.contains(&&*what.words.to_lowercase()) {
        return Ask::Submit(None);
    }
    let verb = spoken.first().map_or("submit", |it| &it.lower);
    Ask::Submit(Some(Phrase {
        whole: format!("{verb} {}", what.words),
        ..what
    }))
}

pub fn upload(rest: &[Token]) -> Result<Vec<Ask>, String> {
    let into = rest
        .iter()
        .rposition(|it| it.is("to") || it.is("into") || it.is("in"));
    let field = into
        .filter(|it| it + 1 < rest.len())
        .map(|into| phrase(&rest[into + 1..]));
    let said = &rest[..into.unwrap_or(rest.len())];
    let file = said
        .iter()
        .find(|it| it.class == Class::Quoted || it.text.contains('/') || it.text.contains('.'));
    // "upload it", "attach the file you downloaded".
    let pointing = [
        "it",
        "that",
        "this",
        "the",
        "file",
        "files",
        "document",
        "downloaded",
        "just",
        "you",
        "we",
        "i",
        "have",
        "which",
    ];
    let file = match file {
        Some(file) => Given::Named(file.text.clone()),
        None if !said.is_empty() && said.iter().all(|it| pointing.contains(&&*it.lower)) => {
            let words: Vec<&str> = said.iter().map(|it| &*it.lower).collect();
            Given::Latest(words.join(" "))
        }
        None => return Err("say which file, in quotation marks".to_owned()),
    };
    Ok(vec![Ask::Upload { file, field }])
}

/// A question of the browser's, or something of the page's own: "accept all cookies".
pub fn answer(accept: bool, spoken: &[Token], rest: &[Token]) -> Ask {
    let dialog = [
        "dialog",
        "dialogue",
        "alert",
        "prompt",
        "popup",
        "pop-up",
        "confirmation",
        "it",
        "message",
    ];
    if rest.is_empty() || rest.iter().any(|it| dialog.iter().any(|word| it.is(word))) {
        let text = rest.iter().find(|it| it.class == Class::Quoted);
        return Ask::Dialog {
            accept,
            text: text.map(|it| it.text.clone()),
        };
    }
    let what = phrase(rest);
    if what.kind == Some(Kind::Dialog) && !accept {
        return Ask::Close(what);
    }
    control(spoken, rest)
}
