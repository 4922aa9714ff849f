//! What stands behind the object of an order: how often, if, by what, what for.

use super::{
    clause::{Ask, When},
    condition,
    name::phrase,
    phrase::{Kind, Phrase, Place, Relation},
    token::{Class, Token},
    value::Worth,
    verb::{self, Verb},
};

/// What only a look at the thing itself could tell, and what would help.
pub fn described(rest: &[Token], verb: Verb) -> Option<&'static str> {
    let acts = matches!(
        verb,
        Verb::Click
            | Verb::Press
            | Verb::DoubleClick
            | Verb::Check
            | Verb::Uncheck
            | Verb::Drag
            | Verb::Hover
    );
    if !acts || rest.iter().any(|it| it.class == Class::Quoted) {
        return None;
    }
    let pair =
        |left: &str, right: &str| rest.windows(2).any(|it| it[0].is(left) && it[1].is(right));
    if pair("as", "many") || pair("as", "much") || pair("as", "possible") || pair("so", "that") {
        return Some("say which, and how many");
    }
    let about = [
        "best",
        "correctly",
        "denotes",
        "describes",
        "represents",
        "correct",
        "matches",
    ];
    let told = rest
        .iter()
        .any(|it| it.is("that") || it.is("which") || it.is("whose"));
    let judged = rest.iter().any(|it| about.iter().any(|word| it.is(word)));
    (told && judged)
        .then_some("say it by its name, or by where it is; to judge what is shown needs a model")
}

/// "… three times", "… twice": where it begins, and how often.
pub fn repeated(rest: &[Token]) -> Option<(usize, usize)> {
    let words: &[(&str, usize)] = &[("once", 1), ("twice", 2), ("thrice", 3)];
    let (last, before) = rest.split_last()?;
    if let Some((_, times)) = words.iter().find(|(word, _)| last.is(word)) {
        return Some((before.len(), *times));
    }
    let numbers: &[(&str, usize)] = &[
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
    ];
    if !(last.is("times") || last.is("time")) {
        return None;
    }
    let (count, _) = before.split_last()?;
    let said = numbers
        .iter()
        .find(|(word, _)| count.is(word))
        .map(|(_, times)| *times);
    let times = said.or_else(|| count.text.parse().ok())?;
    (1..=MOST)
        .contains(&times)
        .then_some((rest.len() - 2, times))
}

/// Gives the control that the goal names to what can be done with one.
pub fn with_tool(ask: Ask, tool: Option<&Phrase>) -> Ask {
    let Some(tool) = tool else { return ask };
    match ask {
        Ask::Fill { field: None, value } => Ask::Fill {
            field: Some(tool.clone()),
            value,
        },
        Ask::Select {
            field: None,
            options,
        } => Ask::Select {
            field: Some(tool.clone()),
            options,
        },
        Ask::Search { query, .. } => Ask::Search {
            query,
            place: Some(Place {
                relation: Relation::In,
                what: Box::new(tool.clone()),
            }),
        },
        Ask::Extract(wanted) if tool.words.to_lowercase().contains("search") => Ask::Search {
            query: Worth::Given(
                wanted
                    .quoted()
                    .map_or_else(|| wanted.nouns.join(" "), str::to_owned),
            ),
            place: Some(Place {
                relation: Relation::In,
                what: Box::new(tool.clone()),
            }),
        },
        other => other,
    }
}

/// "… if it is shown", "… unless there is …", "… if present": where it begins, and what it says;
/// nothing if it speaks of the clause's own object.
pub fn trailing_condition(rest: &[Token], verb: Verb) -> Option<(usize, Option<When>)> {
    if verb == Verb::Verify {
        return None;
    }
    let at = rest
        .iter()
        .position(|it| it.is("if") || it.is("unless"))
        .filter(|it| *it > 0)?;
    let body = &rest[at + 1..];
    let words: Vec<&str> = body
        .iter()
        .filter(|it| it.class != Class::Mark)
        .map(|it| &*it.lower)
        .collect();
    let own = [
        "present",
        "any",
        "shown",
        "visible",
        "needed",
        "necessary",
        "required",
        "asked",
        "prompted",
        "there is one",
        "there are any",
        "it appears",
        "it is shown",
        "it is there",
        "it exists",
        "it is visible",
        "it is present",
        "possible",
        "available",
        "they appear",
        "it shows up",
        "it pops up",
        "it comes up",
        "you see it",
        "there is any",
        "it is available",
        "it is displayed",
    ];
    let state = ["not", "isn't", "already"]
        .iter()
        .any(|it| words.contains(it))
        && words.first() == Some(&"it");
    const THERE: &[&str] = &[
        "it",
        "they",
        "there",
        "is",
        "are",
        "one",
        "any",
        "asking",
        "asks",
        "ask",
        "appears",
        "appear",
        "comes",
        "come",
        "up",
        "pops",
        "shows",
        "show",
        "shown",
        "needed",
        "necessary",
        "required",
        "present",
        "visible",
        "displayed",
        "this",
        "you",
        "to",
        "do",
        "so",
        "be",
    ];
    let there = rest[at].is("if") && words.len() > 1 && words.iter().all(|it| THERE.contains(it));
    if own.contains(&&*words.join(" ")) || state || there {
        return Some((at, None));
    }
    let mut when = condition::body(body)?;
    if rest[at].is("unless") {
        when.present = !when.present;
    }
    Some((at, Some(when)))
}

/// Where "by clicking …" begins.
pub fn manner(rest: &[Token]) -> Option<usize> {
    // "by rating" at the end is what to sort by.
    let noun = |at: usize| {
        at + 1 == rest.len() && verb::at(rest, at).is_some_and(|it| it.0 == Verb::Control)
    };
    (0..rest.len())
        .find(|at| rest[*at].is("by") && verb::is_gerund_at(rest, at + 1) && !noun(at + 1))
}

/// Where "using the search box", "with the slider" begins.
pub fn trailing_tool(rest: &[Token], verb: Verb) -> Option<usize> {
    let takes = matches!(
        verb,
        Verb::Select | Verb::Fill | Verb::Type | Verb::Search | Verb::Find | Verb::Click | Verb::Go
    );
    let at = rest
        .iter()
        .rposition(|it| it.is("using") || it.is("via") || it.is("with") || it.is("through"))
        .filter(|it| takes && *it > 0 && it + 1 < rest.len())?;
    let what = phrase(&rest[at + 1..]);
    let control = matches!(
        what.kind,
        Some(Kind::Slider | Kind::Choice | Kind::Field | Kind::Area | Kind::Date)
    ) && !rest[at + 1..].iter().any(|it| it.class == Class::Quoted);
    (control || rest[at].is("using")).then_some(at)
}

/// Where "to delete it" begins, after what needs no such words.
pub fn purpose(rest: &[Token], verb: Verb) -> Option<usize> {
    let bare = matches!(
        verb,
        Verb::Click
            | Verb::Press
            | Verb::Hover
            | Verb::Close
            | Verb::Submit
            | Verb::Check
            | Verb::DoubleClick
            | Verb::Focus
            | Verb::Select
            | Verb::Expand
    );
    if !bare {
        return None;
    }
    (1..rest.len()).find(|at| {
        let so = rest[*at].is("so") && rest.get(at + 1).is_some_and(|it| it.is("that"));
        let order = rest[*at].is("in") && rest.get(at + 1).is_some_and(|it| it.is("order"));
        let to = rest[*at].is("to") && verb::at(rest, at + 1).is_some();
        so || order || to
    })
}

/// Most times that one order is repeated.
const MOST: usize = 50;
