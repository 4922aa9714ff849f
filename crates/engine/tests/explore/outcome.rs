//! What is looked at before it counts as done.

use errand_domain::Action;
use errand_engine::{Decision, Done, Engine, Local, Turn};
use serde_json::Value;

use crate::{
    carry::{HERE, boats, carry},
    page,
};

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
