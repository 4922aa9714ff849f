//! What is meant where several things could be, or nothing is called so.

use errand_browser::observation::Choice;
use errand_domain::Action;
use errand_engine::{Decision, Engine, Local, Turn};
use serde_json::Value;

use crate::carry::{HERE, boats, carry, first, show, told};

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
