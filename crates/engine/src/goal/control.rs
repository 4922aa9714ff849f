//! Verbs that controls are called by.

use super::{
    clause::Ask,
    name,
    phrase::{Kind, Phrase, Place, Relation},
    token::{Class, Token},
    value::Worth,
    verb::Verb,
    worth,
};

/// "add the blue shirt to the cart": what is called "add to cart", where the blue shirt is.
pub fn control(spoken: &[Token], rest: &[Token]) -> Ask {
    let verb: Vec<String> = spoken.iter().map(|it| imperative(&it.lower)).collect();
    let verb = verb.join(" ");
    let rest: Vec<&Token> = rest.iter().filter(|it| it.class != Class::Mark).collect();
    // "save it", "publish the changes": what was filled in, not something on the page.
    let whole = [
        "create", "save", "publish", "apply", "confirm", "finish", "store", "submit", "continue",
    ]
    .contains(&&*verb);
    let vague = rest.iter().all(|it| {
        [
            "it",
            "that",
            "this",
            "everything",
            "entry",
            "form",
            "profile",
            "data",
            "record",
            "work",
            "document",
            "all",
            "the",
            "my",
            "changes",
            "change",
            "your",
            "them",
            "settings",
        ]
        .iter()
        .any(|word| it.is(word))
    });
    if whole && vague {
        let said: Vec<&Token> = rest
            .iter()
            .copied()
            .filter(|it| it.is("changes") || it.is("change") || it.is("settings") || it.is("all"))
            .collect();
        return Ask::Click(Phrase {
            whole: match said[..] {
                [] => String::new(),
                _ => format!("{verb} {}", name::plain(&said)),
            },
            words: verb,
            ..Phrase::default()
        });
    }
    let stripped = rest
        .iter()
        .position(|it| !it.is("the") && !it.is("a") && !it.is("on"));
    let bare: Vec<&Token> = rest[stripped.unwrap_or(rest.len())..].to_vec();
    let whole = name::plain(&[&bare[..]].concat());
    // The last "to", "as" or "from" leads to what belongs to the control's name.
    let tail = rest
        .iter()
        .rposition(|it| it.is("to") || it.is("as"))
        .filter(|it| *it + 1 < rest.len());
    let holds = [
        "cart",
        "basket",
        "bag",
        "wishlist",
        "favorites",
        "favourites",
        "list",
        "queue",
        "compare",
    ];
    let tail = tail.filter(|at| {
        rest[*at].is("as")
            || rest[rest.len() - 1].class == Class::Word
                && holds.contains(&&*rest[rest.len() - 1].lower)
    });
    let (object, words) = match tail {
        Some(at) => {
            let tail: Vec<&Token> = rest[at..]
                .iter()
                .copied()
                .filter(|it| !it.is("the") && !it.is("my") && !it.is("your"))
                .collect();
            (&rest[..at], format!("{verb} {}", name::plain(&tail)))
        }
        None => (&rest[..], verb.clone()),
    };
    let quoted = object.iter().any(|it| it.class == Class::Quoted);
    let what = name::of(object, true);
    if matches!(what.kind, Some(Kind::Button | Kind::Link)) && !quoted {
        // "save button": the verb belongs to the name.
        return Ask::Click(Phrase {
            words: format!("{verb} {}", what.words).trim().to_owned(),
            ..what
        });
    }
    let mut places = what.places.clone();
    if !what.is_bare() {
        let what = what.as_place();
        places.retain(|it| it.relation != Relation::Of || what.quoted);
        places.insert(
            0,
            Place {
                relation: Relation::Of,
                what: Box::new(what),
            },
        );
    }
    let full = format!("{verb} {whole}").trim().to_owned();
    Ask::Click(Phrase {
        whole: if full == words || quoted {
            String::new()
        } else {
            full
        },
        words,
        places,
        ..Phrase::default()
    })
}

/// "reply to Ann's mail with the text 'Hi'", "forward it to Bo": the control, the field, the sending.
pub fn message(prompt: &str, spoken: &[Token], rest: &[Token]) -> Option<Vec<Ask>> {
    const WITH: &[&str] = &["with", "saying", "that"];
    const VERBS: &[&str] = &[
        "reply", "forward", "comment", "share", "post", "send", "respond", "rename", "answer",
    ];
    let verb = spoken
        .first()
        .filter(|it| VERBS.iter().any(|word| it.is(word)))?;
    let with = rest
        .iter()
        .position(|it| WITH.iter().any(|word| it.is(word)));
    let with = with.filter(|at| rest[*at..].iter().any(|it| it.class == Class::Quoted));
    let to = rest.iter().rposition(|it| it.is("to")).filter(|at| {
        *at > 0
            && *at + 1 < rest.len()
            && (verb.is("forward") || verb.is("share") || verb.is("send"))
    });
    // "rename 'A' to 'B'": the new name comes last.
    let renamed = rest
        .iter()
        .rposition(|it| it.is("to") || it.is("into") || it.is("as"))
        .filter(|at| verb.is("rename") && *at > 0 && *at + 1 < rest.len());
    if let Some(to) = renamed {
        return Some(vec![
            control(spoken, &rest[..to]),
            Ask::Fill {
                field: None,
                value: worth::worth(prompt, &rest[to + 1..]),
            },
            Ask::Submit(None),
        ]);
    }
    // "reply to Hana: yes, Friday works".
    let colon = rest.iter().position(|it| it.is_mark(":"));
    if let Some(colon) = colon.filter(|at| *at + 1 < rest.len() && !verb.is("send"))
        && (colon == 0 || rest[0].is("to") || rest[0].is("on"))
    {
        return Some(vec![
            control(spoken, &rest[colon.min(1)..colon]),
            Ask::Fill {
                field: None,
                value: Worth::Given(super::fill::written(prompt, &rest[colon + 1..])),
            },
            Ask::Submit(None),
        ]);
    }
    if let [said] = rest
        && said.class == Class::Quoted
        && !["share", "send", "forward", "post", "rename"]
            .iter()
            .any(|it| verb.is(it))
    {
        return Some(vec![
            control(spoken, &[]),
            Ask::Fill {
                field: None,
                value: Worth::Given(said.text.clone()),
            },
            Ask::Submit(None),
        ]);
    }
    // "reply 'Thanks' to Mia's message".
    if let [said, to, object @ ..] = rest
        && said.class == Class::Quoted
        && (to.is("to") || to.is("on") || to.is("under"))
        && !object.is_empty()
        && !verb.is("send")
    {
        return Some(vec![
            control(spoken, object),
            Ask::Fill {
                field: None,
                value: Worth::Given(said.text.clone()),
            },
            Ask::Submit(None),
        ]);
    }
    let (end, field, value) = match (with, to) {
        (Some(with), _) => {
            let quote = rest[with..].iter().find(|it| it.class == Class::Quoted)?;
            (with, None, Worth::Given(quote.text.clone()))
        }
        (None, Some(to)) => (
            to,
            Some(Phrase::plain("to")),
            worth::worth(prompt, &rest[to + 1..]),
        ),
        (None, None) => return None,
    };
    let object = match &rest[..end] {
        [first, tail @ ..] if first.is("to") => tail,
        all => all,
    };
    Some(vec![
        control(spoken, object),
        Ask::Fill { field, value },
        Ask::Submit(None),
    ])
}

/// "leave a comment as 'Wim' saying 'Great story'": who, and what.
pub fn remark(prompt: &str, verb: Verb, rest: &[Token]) -> Option<Vec<Ask>> {
    const NOUNS: &[&str] = &[
        "comment", "message", "note", "review", "feedback", "remark", "reply", "answer", "entry",
    ];
    if !matches!(verb, Verb::Control | Verb::Type) {
        return None;
    }
    let noun = rest
        .iter()
        .take(3)
        .position(|it| NOUNS.iter().any(|word| it.is(word)))?;
    if !rest[..noun]
        .iter()
        .all(|it| it.is("a") || it.is("the") || it.is("an") || it.is("new"))
    {
        return None;
    }
    let says = |it: &Token| {
        ["saying", "says", "reading", "that"]
            .iter()
            .any(|word| it.is(word))
            || it.is_mark(":")
    };
    let saying = (noun + 1..rest.len()).find(|at| {
        says(&rest[*at])
            || rest[*at].is("with")
                && rest[*at + 1..]
                    .iter()
                    .take(3)
                    .any(|it| it.is("text") || it.is("words"))
    })?;
    let text = rest[saying..].iter().find(|it| it.class == Class::Quoted)?;
    let last = rest.iter().rposition(|it| it.class != Class::Mark)?;
    if rest[last].span != text.span {
        return None;
    }
    let between = &rest[noun + 1..saying];
    let name = match between {
        [] => None,
        [link, tail @ ..] if (link.is("as") || link.is("under")) && !tail.is_empty() => {
            let name = tail.iter().find(|it| it.class == Class::Quoted);
            Some(name.map_or_else(|| super::fill::written(prompt, tail), |it| it.text.clone()))
        }
        _ => return None,
    };
    let fill = |field: &str, value: String| Ask::Fill {
        field: Some(Phrase::plain(field)),
        value: Worth::Given(value),
    };
    let name = name.map(|it| fill("name", it));
    let said = fill(&rest[noun].lower, text.text.clone());
    Some(name.into_iter().chain([said]).collect())
}

/// "deleting" as it stands on a button.
fn imperative(verb: &str) -> String {
    match verb.strip_suffix("ing") {
        Some(base) => super::wording::CONTROLS
            .iter()
            .find(|it| **it == base || it.strip_suffix('e') == Some(base))
            .map_or_else(|| base.to_owned(), |it| (*it).to_owned()),
        None => verb.to_owned(),
    }
}
