//! Choosing: options of lists, radio buttons, check boxes, and what can be selected by a click.

use errand_browser::{Node, observation::Choice};
use errand_domain::{Action, FailureCategory, ValueSource, text::squeeze};

use super::{Desk, Missing, Plan, fill, point};
use crate::{
    goal::{Kind, Ordinal, Phrase, Place, Relation, Worth},
    ground::{self, Use, likeness},
    local::{form::target, memory::Memory},
};

/// Below this an option is another one.
const FITS: f64 = 0.85;

/// Chooses options.
pub fn plan(
    desk: &Desk<'_>,
    field: Option<&Phrase>,
    options: &[Phrase],
    memory: &mut Memory,
) -> Plan {
    let Some(field) = field else {
        return anywhere(desk, options, memory);
    };
    // What takes a value is given one: "select 5 with the slider", "pick 12 March as the date".
    if let (Some(Kind::Slider | Kind::Date | Kind::Field | Kind::Area), [only]) =
        (field.kind, options)
    {
        return fill::plan(desk, Some(field), &Worth::Given(only.words.clone()), memory);
    }
    let seen = desk.seen;
    if field.is_bare() && field.ordinal.is_none() {
        return anywhere(desk, options, memory);
    }
    // A list is sorted by a choice, or by a click on the heading of a column.
    if let ("sort by", [by]) = (&*field.words, options)
        && ground::find(seen, field, Use::Choose).is_err()
    {
        return point::click(desk, by, memory);
    }
    if let ("sort by", [by]) = (&*field.words, options)
        && let Ok(node) = ground::find(seen, field, Use::Choose)
        && let Some(label) = order(&node.options, &by.words)
    {
        return option(desk, node, &[Phrase::quoted(label)]);
    }
    match ground::find(seen, field, Use::Choose) {
        Ok(node) if !matches!(&*node.role, "radio" | "radiogroup") => option(desk, node, options),
        found => {
            let radios: Option<Vec<&Node>> = options
                .iter()
                .map(|it| fill::radio(desk, field, &it.words))
                .collect();
            if let Some(radios) = radios {
                return checked(desk, radios);
            }
            match (found, ground::find(seen, field, Use::Fill)) {
                (_, Ok(node)) | (Ok(node), Err(_)) => option(desk, node, options),
                (Err(doubt), Err(_)) => {
                    if let Some(list) = inside(desk, field, options) {
                        return option(desk, list, options);
                    }
                    // "select Laptops in the menu": the place says where, not which list.
                    let placed = options.iter().map(|it| {
                        let mut option = it.clone();
                        option.places.push(crate::goal::Place {
                            relation: crate::goal::Relation::In,
                            what: Box::new(field.as_place()),
                        });
                        ground::find(seen, &option, Use::Click).ok()
                    });
                    match placed.collect::<Option<Vec<&Node>>>() {
                        Some(nodes) => desk.act(nodes.into_iter().map(press).collect(), true),
                        None => desk.missing(field, &doubt),
                    }
                }
            }
        }
    }
}

/// The only option that sorts so: by what, and if it is said, which way.
fn order(options: &[Choice], by: &str) -> Option<String> {
    const FALLING: &[&str] = &[
        "descending",
        "desc",
        "falling",
        "decreasing",
        "highest",
        "high",
        "newest",
        "latest",
        "largest",
        "biggest",
        "most",
        "best",
        "dearest",
        "z",
    ];
    const RISING: &[&str] = &[
        "ascending",
        "asc",
        "rising",
        "increasing",
        "lowest",
        "low",
        "oldest",
        "earliest",
        "smallest",
        "least",
        "cheapest",
        "a",
    ];
    // The first word for a way decides: "high to low" falls.
    let way = |words: &[String]| {
        words.iter().find_map(|it| {
            let falls = FALLING.contains(&&**it);
            (falls || RISING.contains(&&**it)).then_some(falls)
        })
    };
    let plain = |it: &&String| {
        let it = &***it;
        !FALLING.contains(&it)
            && !RISING.contains(&it)
            && !["first", "order", "from", "to", "in", "the", "by"].contains(&it)
    };
    let said = ground::words(by);
    let wanted = way(&said);
    let mut fitting = options.iter().filter(|it| {
        let have = ground::words(&it.label);
        let named = said.iter().filter(plain).all(|it| {
            have.iter()
                .any(|have| ground::words_stem(have) == ground::words_stem(it))
        });
        named && (wanted.is_none() || way(&have) == wanted)
    });
    let only = fitting.next()?;
    fitting.next().is_none().then(|| only.label.clone())
}

/// Checks what can be checked, and clicks what can't.
pub fn press(node: &Node) -> Action {
    let target = target(node);
    if node.checked.is_some() {
        return Action::Check {
            target,
            checked: true,
        };
    }
    Action::Click { target }
}

fn checked(desk: &Desk<'_>, nodes: Vec<&Node>) -> Plan {
    let check = |node: &Node| Action::Check {
        target: target(node),
        checked: true,
    };
    desk.act(nodes.into_iter().map(check).collect(), false)
}

/// Chooses options of a list that is found; types into what is a field after all.
pub fn option(desk: &Desk<'_>, node: &Node, options: &[Phrase]) -> Plan {
    let field = node.tag == "input" && node.role != "combobox" || node.tag == "textarea";
    if let [only] = options
        && field
        && node.options.is_empty()
        && node.checked.is_none()
    {
        return fill::typed(desk, node, &only.words, ValueSource::Goal);
    }
    let mut labels = Vec::new();
    for option in options {
        match label(&node.options, option) {
            Ok(label) => labels.push(label),
            Err(true) => {
                let names: Vec<&str> = node.options.iter().take(12).map(|it| &*it.label).collect();
                return Plan::Terminate {
                    category: FailureCategory::GoalUnreachable,
                    reason: format!(
                        "{} on {} has no option \"{}\"; it has {}",
                        ground::name(node),
                        desk.seen.url,
                        option.words,
                        names.join(", ")
                    ),
                };
            }
            Err(false) => labels.push(option.words.clone()),
        }
    }
    desk.act(
        vec![Action::Select {
            target: target(node),
            options: labels,
            source: ValueSource::Goal,
        }],
        false,
    )
}

/// The label of the option that is meant; the error says whether every option is known.
fn label(options: &[Choice], phrase: &Phrase) -> Result<String, bool> {
    if options.is_empty() {
        return Err(false);
    }
    let real: Vec<&Choice> = options
        .iter()
        .filter(|it| !it.label.trim().is_empty())
        .collect();
    if let Some(most) = &phrase.most {
        // "the cheapest" of "1, 2, 3" passengers is none of them.
        if most.quality == "price" && !real.iter().any(|it| crate::extract::is_money(&it.label)) {
            return Err(true);
        }
        let rated = real
            .iter()
            .filter_map(|it| Some((crate::extract::number(&it.label)?, *it)));
        let best = if most.least {
            rated.min_by(|left, right| left.0.total_cmp(&right.0))
        } else {
            rated.max_by(|left, right| left.0.total_cmp(&right.0))
        };
        return best.map(|(_, it)| it.label.clone()).ok_or(true);
    }
    // "Option 2" is the name of an option before it is the second one.
    let named = real
        .iter()
        .find(|it| squeeze(&it.label).eq_ignore_ascii_case(&squeeze(&phrase.whole)));
    if let Some(it) = named.filter(|_| !phrase.whole.is_empty()) {
        return Ok(it.label.clone());
    }
    if phrase.words.is_empty() || phrase.kind == Some(Kind::Item) && phrase.ordinal.is_some() {
        // "Please choose" sends nothing, and is not counted.
        let sends = real.iter().any(|it| !it.value.is_empty());
        let counted: Vec<&Choice> = real
            .into_iter()
            .filter(|it| !(sends && it.value.is_empty()))
            .collect();
        let nth = match phrase.ordinal {
            Some(Ordinal::Nth(nth)) => counted.get(nth - 1),
            Some(Ordinal::Last) => counted.last(),
            None => None,
        };
        return nth.map(|it| it.label.clone()).ok_or(true);
    }
    let names = [phrase.words.as_str(), &phrase.whole];
    let rate = |it: &Choice| {
        let of = |name: &str| {
            likeness(&it.label, name, phrase.quoted).max(likeness(&it.value, name, true) * 0.97)
        };
        names
            .iter()
            .filter(|it| !it.is_empty())
            .map(|it| of(it))
            .fold(0.0, f64::max)
    };
    let mut rated: Vec<(f64, &Choice)> = real.iter().map(|it| (rate(it), *it)).collect();
    rated.sort_by(|left, right| right.0.total_cmp(&left.0));
    match rated[..] {
        [(best, it), ..] if best >= FITS => Ok(it.label.clone()),
        // What only begins so is meant if nothing else does.
        [(best, it), (next, _), ..] if best > 0.6 && best - next > 0.1 => Ok(it.label.clone()),
        [(best, it)] if best > 0.6 => Ok(it.label.clone()),
        _ => Err(true),
    }
}

/// No list is named: one that has such an option, a radio button, a check box, or anything that is
/// called so.
fn anywhere(desk: &Desk<'_>, options: &[Phrase], memory: &Memory) -> Plan {
    let seen = desk.seen;
    let lists: Vec<&Node> = seen
        .nodes
        .iter()
        .filter(|node| node.id.is_some() && !node.options.is_empty() && !node.disabled)
        .collect();
    let fitting: Vec<&Node> = lists
        .iter()
        .copied()
        .filter(|node| options.iter().all(|it| label(&node.options, it).is_ok()))
        .collect();
    match fitting[..] {
        [only] => return option(desk, only, options),
        // "the second": of what, is not said.
        [] => {}
        _ if options.iter().any(|it| it.ordinal.is_some()) => {}
        _ => return between(&fitting, &options[0]),
    }
    if let Some((node, options)) = named_list(&lists, options) {
        return option(desk, node, &options);
    }
    let mut actions = Vec::new();
    for phrase in options {
        if phrase.every {
            return point::each(desk, phrase, Use::Click, memory, press);
        }
        if let Ok(node) = ground::find(seen, phrase, Use::Check) {
            actions.push(press(node));
            continue;
        }
        // "select Beth Finch": the box in her row.
        let boxed = Phrase {
            kind: Some(Kind::Check),
            places: vec![Place {
                relation: Relation::Row,
                what: Box::new(phrase.as_place()),
            }],
            ..Phrase::default()
        };
        if let Ok(node) = ground::find(seen, &boxed, Use::Check) {
            actions.push(press(node));
            continue;
        }
        let chosen = |node: &&Node| node.tag != "select" && !super::is_field(node);
        match ground::find(seen, phrase, Use::Click) {
            Ok(node) if chosen(&node) => actions.push(press(node)),
            Ok(node) => {
                let reason = format!(
                    "\"{}\" fits {} best, and does not say what to choose there; write: select \"…\" in …",
                    phrase.words,
                    ground::name(node)
                );
                return Plan::Missing(Missing {
                    category: FailureCategory::ElementNotFound,
                    reason,
                });
            }
            Err(doubt) => {
                let several = point::joined(phrase).filter(|_| options.len() == 1);
                return match several {
                    Some(several) => anywhere_of(desk, &several, phrase, &doubt),
                    None => desk.missing(phrase, &doubt),
                };
            }
        }
    }
    let last = actions.iter().any(|it| matches!(it, Action::Click { .. }));
    desk.act(actions, last)
}

/// Several lists have the option.
fn between(lists: &[&Node], option: &Phrase) -> Plan {
    let names: Vec<String> = lists.iter().take(6).map(|it| ground::name(it)).collect();
    Plan::Missing(Missing {
        category: FailureCategory::ElementNotFound,
        reason: format!(
            "\"{}\" can be chosen in {}; say in which: select \"{}\" in …",
            option.words,
            names.join(" and in "),
            option.words
        ),
    })
}

/// The list in a part of the page that has the options: "In the new booking choose Gull".
fn inside<'o>(desk: &Desk<'o>, part: &Phrase, options: &[Phrase]) -> Option<&'o Node> {
    let lists = Phrase {
        kind: Some(Kind::Choice),
        places: vec![Place {
            relation: Relation::In,
            what: Box::new(part.as_place()),
        }],
        ..Phrase::default()
    };
    let lists = ground::all(desk.seen, &lists, Use::Choose).ok()?;
    let mut fitting = lists
        .into_iter()
        .filter(|node| options.iter().all(|it| label(&node.options, it).is_ok()));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// "blood type B", "topics Nature and Youth": the list that the first words name, and its options.
fn named_list<'o>(lists: &[&'o Node], options: &[Phrase]) -> Option<(&'o Node, Vec<Phrase>)> {
    let first = options.first().filter(|it| !it.quoted)?;
    let cuts: Vec<usize> = first.words.match_indices(' ').map(|(at, _)| at).collect();
    for cut in cuts.into_iter().rev() {
        let (name, rest) = (&first.words[..cut], first.words[cut..].trim());
        let called = |node: &&&Node| {
            let names = [&node.name, node.label.as_ref().unwrap_or(&node.name)];
            names.iter().any(|it| likeness(it, name, false) > 0.9)
        };
        let mut fitting = lists.iter().filter(called);
        let (Some(node), None) = (fitting.next(), fitting.next()) else {
            continue;
        };
        let parts = rest.split(" and ").map(Phrase::quoted);
        let all: Vec<Phrase> = parts.chain(options[1..].iter().cloned()).collect();
        if all.iter().all(|it| label(&node.options, it).is_ok()) {
            return Some((*node, all));
        }
        let whole: Vec<Phrase> = std::iter::once(Phrase::quoted(rest))
            .chain(options[1..].iter().cloned())
            .collect();
        if whole.iter().all(|it| label(&node.options, it).is_ok()) {
            return Some((*node, whole));
        }
    }
    None
}

/// "A and B" that is no name of one thing.
fn anywhere_of(desk: &Desk<'_>, several: &[Phrase], whole: &Phrase, doubt: &ground::Doubt) -> Plan {
    let find = |it: &Phrase| {
        ground::find(desk.seen, it, Use::Check)
            .or_else(|_| ground::find(desk.seen, it, Use::Click))
            .ok()
    };
    match several.iter().map(find).collect::<Option<Vec<&Node>>>() {
        Some(nodes) => desk.act(nodes.into_iter().map(press).collect(), true),
        None => desk.missing(whole, doubt),
    }
}

/// Puts check boxes and switches into a state; where none is given, into the other one.
pub fn check(desk: &Desk<'_>, what: &Phrase, on: Option<bool>) -> Plan {
    let make = |node: &Node| Action::Check {
        target: target(node),
        checked: on.unwrap_or_else(|| node.checked != Some(true)),
    };
    if what.every {
        return match ground::all(desk.seen, what, Use::Check) {
            Ok(nodes) => desk.act(nodes.into_iter().map(make).collect(), false),
            Err(doubt) => desk.missing(what, &doubt),
        };
    }
    let doubt = match ground::find(desk.seen, what, Use::Check) {
        Ok(node) => return desk.act(vec![make(node)], false),
        Err(doubt) => doubt,
    };
    let several = point::joined(what).and_then(|several| {
        let find = |it: &Phrase| ground::find(desk.seen, it, Use::Check).ok();
        several.iter().map(find).collect::<Option<Vec<&Node>>>()
    });
    match several {
        Some(nodes) => desk.act(nodes.into_iter().map(make).collect(), false),
        None => desk.missing(what, &doubt),
    }
}
