//! What the engine tries when nothing on the page is what the goal names.
#![expect(clippy::panic, clippy::unwrap_used, reason = "tests")]

#[path = "ground/page.rs"]
mod page;

use errand_browser::{Observation, observation::Choice};
use errand_domain::Action;
use errand_engine::{Decision, Done, Engine, Local, Turn};
use serde_json::Value;

/// Carries a goal through on a page that `change` changes, and says what was done and how it ended.
async fn carry(
    goal: &str,
    start: &str,
    change: impl Fn(&str) -> Option<(&'static str, &'static str)>,
) -> (Vec<String>, String) {
    let mut seen = show("https://example.test/", start);
    let mut memory = Value::Null;
    let mut history: Vec<Done> = Vec::new();
    let mut done = Vec::new();
    let mut fresh = 0;
    for _ in 0..60 {
        let turn = Turn {
            goal,
            schema: None,
            observation: &seen,
            reading: None,
            history: &history,
            fresh,
            memory: &memory,
            picture: None,
            answer: None,
        };
        match Local.decide(&turn).await {
            Decision::Act {
                actions,
                memory: next,
                ..
            } => {
                memory = next;
                fresh = actions.len();
                for action in actions {
                    let told = told(&action, &seen);
                    let mut effect = errand_domain::event::ActionEffect::default();
                    if let Some((url, page)) = change(&told) {
                        effect.changed = true;
                        effect.navigated = url != seen.url;
                        seen = show(url, page);
                    }
                    effect.url.clone_from(&seen.url);
                    if !matches!(action, Action::Wait { .. } | Action::Scroll { .. }) {
                        done.push(told);
                    }
                    history.push(Done {
                        action,
                        error: None,
                        effect,
                        outside_requests: 0,
                    });
                }
            }
            Decision::Stuck { reason, .. } => return (done, reason),
            Decision::Finish(_) => return (done, "finished".to_owned()),
            other => panic!("{other:?}"),
        }
    }
    panic!("no end: {done:?}");
}

fn show(url: &str, lines: &str) -> Observation {
    Observation {
        url: url.to_owned(),
        fingerprint: format!("{url} {}", lines.len()),
        ..page::page(lines)
    }
}

fn told(action: &Action, seen: &Observation) -> String {
    let target = action.target().map(|it| it.element.clone());
    let target = target.filter(|it| seen.node(it).is_some());
    format!("{} {}", action.kind(), target.unwrap_or_default())
        .trim()
        .to_owned()
}

const HERE: &str = "https://example.test/";
const BAR: &str = r#"
button "File" expanded=false #file
button "Edit" expanded=false #edit
button "Delete all" expanded=false #delete
form
  textbox "Name" #name
  button "More" #send
link "Log out" href=find/out #out
"#;
const FILE: &str = r#"
button "File" expanded=true #file
menuitem "Print" #print
button "Edit" expanded=false #edit
button "Delete all" expanded=false #delete
"#;
const EDIT: &str = r#"
button "File" expanded=false #file
button "Edit" expanded=true #edit
menuitem "Find and replace" #find
"#;

fn bar(done: &str) -> Option<(&'static str, &'static str)> {
    match done {
        "click file" => Some((HERE, FILE)),
        "click edit" => Some((HERE, EDIT)),
        "click find" => Some((HERE, BAR)),
        _ => None,
    }
}

#[tokio::test]
async fn closed_menus_are_opened_until_one_holds_it() {
    let (done, end) = carry("click 'Find and replace'", BAR, bar).await;
    assert_eq!(end, "finished");
    assert_eq!(done, ["click file", "click edit", "click find"]);
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_never_tried_and_what_was_tried_is_told() {
    let (done, end) = carry("click 'Invert colours'", BAR, bar).await;
    assert!(
        end.contains("tried to open \"File\", open \"Edit\""),
        "{end}"
    );
    assert_eq!(done, ["click file", "click edit"]);
}

#[tokio::test]
async fn a_page_that_sounds_alike_is_opened_and_left_again() {
    let home = r#"
link "Account settings" href=settings #settings
link "Account history" href=history #history
link "Delete account" href=delete #delete
"#;
    let settings = "heading \"Settings\" : Settings";
    let history = "button \"Account statement\" #statement";
    let (done, end) = carry("click 'Account statement'", home, move |done| match done {
        "click settings" => Some(("https://example.test/settings", settings)),
        "back" => Some((HERE, home)),
        "click history" => Some(("https://example.test/history", history)),
        "click statement" => Some(("https://example.test/history", "'Statement'")),
        _ => None,
    })
    .await;
    assert_eq!(end, "finished");
    assert_eq!(
        done,
        ["click settings", "back", "click history", "click statement"]
    );
}

#[tokio::test]
async fn the_menu_of_the_row_that_is_meant_is_opened_and_no_other() {
    let rows = r#"
list
  listitem
    'Ann'
    button "More" expanded=false #more-ann
  listitem
    'Bob'
    button "More" expanded=false #more-bob
"#;
    let open = r#"
list
  listitem
    'Ann'
    button "More" expanded=false #more-ann
  listitem
    'Bob'
    button "More" expanded=true #more-bob
    menuitem "Mute" #mute
"#;
    let (done, end) = carry(
        "click 'Mute' in the row of Bob",
        rows,
        move |done| match done {
            "click more-bob" => Some((HERE, open)),
            "click mute" => Some((HERE, rows)),
            _ => None,
        },
    )
    .await;
    assert_eq!(end, "finished");
    assert_eq!(done, ["click more-bob", "click mute"]);
}

#[tokio::test]
async fn a_page_that_repeats_the_goal_is_not_taken_for_what_the_goal_names() {
    let goal = "Click the yellow lamp above the mirror";
    let page = r#"
generic click #task
  'Click the'
  'yellow lamp'
  'above the mirror'
generic click #lamp
"#;
    let (done, end) = carry(goal, page, |_| Some((HERE, "'More'"))).await;
    assert_eq!(
        (done.len(), end.contains("nothing on")),
        (0, true),
        "{done:?} {end}"
    );

    let page = r#"
generic click #task
  'Press the lamp by the door'
button "Press the lamp by the door" #lamp
"#;
    let (done, end) = carry("Press the lamp by the door", page, |_| {
        Some((HERE, "'Lit'"))
    })
    .await;
    assert_eq!(
        (&*done, &*end),
        (&["click lamp".to_owned()][..], "finished")
    );
}

#[tokio::test]
async fn an_option_that_is_called_so_goes_before_one_that_stands_there() {
    let choice = |label: &str, value: &str| Choice {
        label: label.to_owned(),
        value: value.to_owned(),
        selected: false,
    };
    let mut seen = show(HERE, "combobox \"Lamp\" #lamp");
    seen.nodes[0].options = vec![
        choice("Please choose", ""),
        choice("Option 2", "b"),
        choice("Option 1", "a"),
    ];
    for (goal, wanted) in [
        ("Select Option 2 from the dropdown", "Option 2"),
        ("Select the second option from the dropdown", "Option 1"),
        ("Select the last option from the dropdown", "Option 1"),
    ] {
        let turn = Turn {
            goal,
            schema: None,
            observation: &seen,
            reading: None,
            history: &[],
            fresh: 0,
            memory: &Value::Null,
            picture: None,
            answer: None,
        };
        match Local.decide(&turn).await {
            Decision::Act { actions, .. } => match &actions[..] {
                [Action::Select { options, .. }] => assert_eq!(options, &[wanted], "{goal}"),
                other => panic!("{goal}: {other:?}"),
            },
            other => panic!("{goal}: {other:?}"),
        }
    }
}

/// Two lists with the same boats, one of them in a section of its own.
fn boats() -> Observation {
    let mut seen = show(
        HERE,
        "combobox \"Returned\" #returned\nregion \"New booking\"\n  combobox \"Boat\" #boat\n  textbox \"Member\" #member",
    );
    for at in [0, 2] {
        let choice = |label: &str| Choice {
            label: label.to_owned(),
            value: label.to_owned(),
            selected: false,
        };
        seen.nodes[at].options = vec![choice("Heron"), choice("Gull")];
    }
    seen
}

async fn first(goal: &str, seen: &Observation) -> Decision {
    let mut memory = Value::Null;
    // A page that is filling is waited for.
    for _ in 0..20 {
        let turn = Turn {
            goal,
            schema: None,
            observation: seen,
            reading: None,
            history: &[],
            fresh: 0,
            memory: &memory,
            picture: None,
            answer: None,
        };
        match Local.decide(&turn).await {
            Decision::Act {
                actions,
                memory: next,
                ..
            } if matches!(actions[..], [Action::Wait { .. } | Action::Scroll { .. }]) => {
                memory = next;
            }
            other => return other,
        }
    }
    panic!("waits for ever");
}

#[tokio::test]
async fn an_option_that_two_lists_have_is_chosen_where_the_goal_says() {
    let seen = boats();
    let Decision::Act { actions, .. } = first("In the new booking choose Gull", &seen).await else {
        panic!();
    };
    assert_eq!(told(&actions[0], &seen), "select boat");
    let Decision::Stuck { reason, .. } = first("Choose Gull", &seen).await else {
        panic!();
    };
    assert!(
        reason.contains("\"Returned\" and in combobox \"Boat\""),
        "{reason}"
    );
}

#[tokio::test]
async fn a_field_is_not_meant_by_a_phrase_that_says_much_more() {
    let goal = "Write Ann into Member and swim across the lake";
    let end = first(goal, &boats()).await;
    assert!(matches!(end, Decision::Stuck { .. }), "{end:?}");
}

#[tokio::test]
async fn a_field_that_is_empty_again_at_the_end_is_not_filled() {
    let goal = "Type Ann into Member, then wait for 'Ready', then choose Gull in Boat";
    for (value, ends) in [("Ann", "finished"), ("", "held \"Ann\" and is empty again")] {
        let mut seen = boats();
        seen.nodes[3].tag = "input".to_owned();
        let mut memory = Value::Null;
        let mut history: Vec<Done> = Vec::new();
        let mut fresh = 0;
        let ended = loop {
            let turn = Turn {
                goal,
                schema: None,
                observation: &seen,
                reading: None,
                history: &history,
                fresh,
                memory: &memory,
                picture: None,
                answer: None,
            };
            match Local.decide(&turn).await {
                Decision::Act {
                    actions,
                    memory: next,
                    ..
                } => {
                    memory = next;
                    fresh = actions.len();
                    for action in actions {
                        let mut effect = errand_domain::event::ActionEffect::default();
                        match &action {
                            Action::Type { text, .. } => {
                                effect.value = Some(text.clone());
                                seen.nodes[3].value = Some(text.clone());
                                seen.nodes.extend(page::page("'Ready'").nodes);
                            }
                            Action::Select { options, .. } => {
                                effect.value = Some(options[0].clone());
                                seen.nodes[2].options[1].selected = true;
                                seen.nodes[3].value = Some(value.to_owned());
                            }
                            other => panic!("{other:?}"),
                        }
                        effect.changed = true;
                        history.push(Done {
                            action,
                            error: None,
                            effect,
                            outside_requests: 0,
                        });
                    }
                }
                Decision::Stuck { reason, .. } => break reason,
                Decision::Finish(_) => break "finished".to_owned(),
                other => panic!("{other:?}"),
            }
        };
        assert!(ended.contains(ends), "{ended}");
    }
}

#[tokio::test]
async fn what_a_page_says_only_since_a_button_was_pressed_is_its_answer() {
    const FORM: &str = r#"
'You can choose one hall at most.'
checkbox "I agree" #agree
button "Hand in" #send
"#;
    const REFUSED: &str = r#"
'You can choose one hall at most.'
checkbox "I agree" #agree
button "Hand in" #send
'You must agree to the terms first.'
"#;
    const TAKEN: &str = r#"
'You can choose one hall at most.'
checkbox "I agree" #agree
button "Hand in" #send
'Your form was handed in.'
"#;
    for (after, ends) in [
        (REFUSED, "You must agree to the terms first."),
        (TAKEN, "finished"),
    ] {
        let answer = |done: &str| (done == "click send").then_some((HERE, after));
        let (_, ended) = carry("press Hand in", FORM, answer).await;
        assert!(ended.contains(ends), "{ended}");
    }
}

#[tokio::test]
async fn a_noun_that_nothing_is_called_by_means_what_is_said_of_it() {
    const LIST: &str = r#"
link "Monitor flickers" href=1 #first
link "No access to the VPN" href=2 #second
"#;
    const TICKET: &str = "heading \"No access to the VPN\"";
    let opened =
        |done: &str| (done == "click second").then_some(("https://example.test/2", TICKET));
    for goal in [
        "open the ticket about the VPN",
        "Open the ticket No access to the VPN",
    ] {
        let (done, ended) = carry(goal, LIST, opened).await;
        assert_eq!(
            (&*ended, &*done),
            ("finished", &["click second".to_owned()][..]),
            "{goal}"
        );
    }
    // A control is never replaced by what it was to be done to.
    let (done, ended) = carry("delete the ticket about the VPN", LIST, opened).await;
    assert!(!ended.contains("finished"), "{done:?} {ended}");
}

/// Three cards with a button each, and words elsewhere that sound like them.
const LOANS: &str = r#"
region "On loan"
  generic ""
    heading "Dune" : Dune
    button "Renew" #dune
  generic ""
    heading "Emma" : Emma
    'by Jane Austen'
    button "Renew" #emma
  generic ""
    heading "Ulysses" : Ulysses
    button "Renew" #ulysses
checkbox "Mail me before books are due" #mail
"#;

#[tokio::test]
async fn all_of_a_list_are_meant_where_the_goal_says_all() {
    let seen = show(HERE, LOANS);
    for (goal, wanted) in [
        ("Renew all the books", &["dune", "emma", "ulysses"][..]),
        ("Renew all the books except Dune", &["emma", "ulysses"]),
        ("Renew all books but the last", &["dune", "emma"]),
        ("Renew every book by Jane Austen", &["emma"]),
    ] {
        let Decision::Act { actions, .. } = first(goal, &seen).await else {
            panic!("{goal}");
        };
        let clicked: Vec<String> = actions.iter().map(|it| told(it, &seen)).collect();
        let wanted: Vec<String> = wanted.iter().map(|it| format!("click {it}")).collect();
        assert_eq!(clicked, wanted, "{goal}");
    }
    for goal in [
        "Renew all the books except Persuasion",
        "Renew every book by Mary Shelley",
        "Renew the first two books",
    ] {
        let end = first(goal, &seen).await;
        assert!(matches!(end, Decision::Stuck { .. }), "{goal}: {end:?}");
    }
}

const NEWS: &str = r#"
form
  textbox "Search" #search
  button "Go" #go
heading "Newsletter"
form
  textbox "Your e-mail" #mail
  checkbox "Weekly" unchecked #often
  button "Subscribe" #subscribe
"#;

/// An order that only a form gives a meaning: its values find their fields, or nothing is done.
#[tokio::test]
async fn words_that_a_form_gives_a_meaning() {
    for goal in [
        "Subscribe ann@x.example to the newsletter weekly",
        "Subscribe to the newsletter with ann@x.example, weekly",
    ] {
        let (done, end) = carry(goal, NEWS, |_| None).await;
        let end = (done.join(", "), end);
        assert!(
            end.0.starts_with("type mail, check often, click subscribe"),
            "{goal}: {end:?}"
        );
    }
    // A word that has no place there.
    let goal = "Subscribe ann@x.example to the newsletter monthly";
    let (done, _) = carry(goal, NEWS, |_| None).await;
    assert_eq!(done, Vec::<String>::new());
    // Nothing to send.
    let (done, end) = carry("Subscribe to the newsletter", NEWS, |_| None).await;
    assert_eq!(done, Vec::<String>::new());
    assert!(end.contains("nothing in it"), "{end}");
}
