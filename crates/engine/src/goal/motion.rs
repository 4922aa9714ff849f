//! Scrolling, dragging and waiting.

use super::{
    clause::{Ask, Until},
    condition,
    name::phrase,
    phrase::{Kind, Phrase},
    token::{Class, Token},
    worth,
};

/// What "scroll" asks for.
pub fn scroll(rest: &[Token]) -> Ask {
    let has = |word: &str| rest.iter().any(|it| it.is(word));
    let end = has("bottom") || has("end") || has("top");
    let to = rest
        .iter()
        .position(|it| it.is("to") || it.is("until") || it.is("till"));
    let to = to.filter(|it| it + 1 < rest.len());
    let target = to.filter(|_| !end).map(|to| {
        let body = &rest[to + 1..];
        let body = match body {
            [you, see, rest @ ..]
                if (you.is("you") || you.is("we"))
                    && (see.is("see") || see.is("find") || see.is("reach")) =>
            {
                rest
            }
            all => all,
        };
        condition::body(body).map_or_else(|| phrase(body), |when| when.what)
    });
    let within = rest.iter().position(|it| {
        it.is("in") || it.is("inside") || it.is("within") || it.is("through") || it.is("of")
    });
    let within = within
        .filter(|it| it + 1 < rest.len() && to.is_none_or(|to| *it < to) || end)
        .map(|it| phrase(&rest[it + 1..]))
        .filter(|it| {
            !it.is_bare() && it.kind != Some(Kind::Page) && !it.words.eq_ignore_ascii_case("page")
        });
    Ask::Scroll {
        down: !(has("up") || has("top")),
        end,
        to: target,
        within,
    }
}

/// What "drag" asks for: onto something, or to a value.
pub fn drag(prompt: &str, rest: &[Token]) -> Result<Vec<Ask>, String> {
    const ONTO: &[&str] = &[
        "onto", "into", "to", "over", "on", "in", "inside", "below", "above", "under", "after",
        "before",
    ];
    let onto = (1..rest.len().saturating_sub(1)).find(|at| {
        ONTO.iter().any(|it| rest[*at].is(it)) && !(rest[*at].is("in") && rest[*at + 1].is("front"))
    });
    let Some(onto) = onto else {
        return Err("say what to drag, and onto what: drag \"…\" onto \"…\"".to_owned());
    };
    let left: Vec<Token> = rest[..onto]
        .iter()
        .filter(|it| !it.is("and") && !it.is("drop") && !it.is("it") && !it.is_mark(","))
        .cloned()
        .collect();
    // "the slider up to 350".
    let mut left = left;
    if left.len() > 1
        && left
            .last()
            .is_some_and(|it| it.is("up") || it.is("down") || it.is("over"))
    {
        left.pop();
    }
    let what = if left.is_empty() {
        Phrase::plain("it")
    } else {
        phrase(&left)
    };
    let target = &rest[onto + 1..];
    let number = target
        .iter()
        .any(|it| it.text.trim_end_matches('%').parse::<f64>().is_ok());
    if what.kind == Some(Kind::Slider) || number && target.len() < 3 {
        let value = worth::worth(prompt, target);
        return Ok(vec![Ask::Fill {
            field: Some(what),
            value,
        }]);
    }
    let mut onto = phrase(target);
    if onto.kind == Some(Kind::Field) {
        // "the black box" takes what is dragged, not what is typed.
        let words: Vec<&Token> = target.iter().filter(|it| it.class != Class::Mark).collect();
        let last = words.last().map_or("", |it| &*it.text);
        onto.kind = None;
        if !onto.quoted {
            onto.words = format!("{} {last}", onto.words).trim().to_owned();
        }
    }
    Ok(vec![Ask::Drag { what, onto }])
}

/// What "wait" asks for.
pub fn wait(rest: &[Token]) -> Result<Until, String> {
    let amount = rest
        .iter()
        .find_map(|it| it.lower.trim_end_matches(['s', 'm']).parse::<f64>().ok());
    let millis = rest
        .iter()
        .any(|it| it.lower.ends_with("ms") || it.lower.starts_with("millisecond"));
    let quoted = rest.iter().any(|it| it.class == Class::Quoted);
    if let Some(amount) = amount.filter(|it| !quoted && it.is_finite() && *it >= 0.0) {
        let minutes = rest.iter().any(|it| it.lower.starts_with("minute"));
        let factor = if millis {
            1.0
        } else if minutes {
            60_000.0
        } else {
            1_000.0
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped"
        )]
        let bounded = (amount * factor).min(60_000.0) as u64;
        return Ok(Until::Millis(bounded));
    }
    let settled = [
        "load", "loads", "loaded", "loading", "ready", "settle", "finish", "finishes", "moment",
    ];
    let page = rest.is_empty()
        || rest.iter().any(|it| {
            it.is("page")
                || it.is("moment")
                || it.is("everything")
                || it.is("bit")
                || it.is("second")
        });
    if page
        && !quoted
        && (rest.len() < 3 || rest.iter().any(|it| settled.iter().any(|word| it.is(word))))
    {
        return Ok(Until::Settled);
    }
    let gone = condition::gone(rest).is_some();
    let what = condition::body(rest).map_or_else(|| phrase(rest), |when| when.what);
    let vague = ["it ", "they ", "you ", "that "]
        .iter()
        .any(|it| what.words.starts_with(it));
    if what.is_bare() && what.kind.is_none() || vague && !what.quoted {
        return Err("say what to wait for, in quotation marks".to_owned());
    }
    Ok(if gone {
        Until::Gone(what)
    } else {
        Until::Shown(what)
    })
}
