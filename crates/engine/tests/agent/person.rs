//! Asking a person, and doing without what does nothing.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use errand_domain::{
    Answer as Said, FailureCategory, Question, RunState, Wants,
    port::{People, PortError},
};
use errand_testing::model::Answer;
use serde_json::{Value, json};

use crate::{
    browser::Screen,
    run::{Asking, run, run_with},
    script::{act, checks, done, id, shown, verdict},
};

/// Says the same to every question, and keeps them.
#[derive(Default)]
struct Person {
    says: Option<Said>,
    asked: Mutex<Vec<Question>>,
}

#[async_trait]
impl People for Person {
    async fn ask(&self, question: &Question) -> Result<Option<Said>, PortError> {
        self.asked.lock().unwrap().push(question.clone());
        Ok(self.says.clone())
    }
}

const FORM: &str = "<title>Desk</title><label>Room <input id=room></label>\
    <button onclick=\"out.textContent='Booked '+document.getElementById('room').value\">Book</button><p id=out></p>";

fn books(asked: &errand_testing::model::Asked) -> Answer {
    let page = shown(asked);
    if checks(asked) {
        return verdict(&["Booked Linden"]);
    }
    if page.contains("says yes") || !page.contains("The person answers: Linden") {
        let question = json!({"question": "Which room?", "wants": "words"});
        return Answer::call("ask", &question);
    }
    let claims = json!([{"clause": "booked", "by": "text", "is": "Booked Linden"}]);
    act(json!([
        {"do": "type", "id": id(&page, "textbox", "Room"), "text": "Linden"},
        {"do": "click", "id": id(&page, "button", "Book")}
    ]))
    .and_call("done", &done(Value::Null, claims))
}

#[tokio::test]
async fn what_a_task_lacks_a_person_is_asked_for() {
    let screen = Screen::start().await;
    screen.put("/desk", FORM);
    let url = screen.url("/desk");
    for (says, state, category) in [
        (
            Some(Said::Text("Linden".to_owned())),
            RunState::Completed,
            None,
        ),
        (
            Some(Said::No),
            RunState::Terminated,
            Some(FailureCategory::RejectedByPerson),
        ),
        (None, RunState::TimedOut, Some(FailureCategory::Deadline)),
        // Somebody who never says what is asked is not asked for ever.
        (
            Some(Said::Yes),
            RunState::Failed,
            Some(FailureCategory::Loop),
        ),
    ] {
        let person = Person {
            says,
            ..Person::default()
        };
        let asking = Asking {
            people: &person,
            ..Asking::new("Book the room", &url)
        };
        let ran = run_with(&screen, asking, books).await;
        assert_eq!(ran.ending.state, state, "{} {}", ran.reason(), ran.log());
        assert_eq!(ran.ending.failure.as_ref().map(|it| it.category), category);
        let asked = person.asked.lock().unwrap();
        assert!(!asked.is_empty() && asked.len() <= 10);
        assert_eq!(asked[0].wants, Wants::Answer);
        assert_eq!(asked[0].text, "Which room?");
    }
}

#[tokio::test]
async fn what_changes_nothing_is_met_by_each_remedy_once_and_then_given_up() {
    let screen = Screen::start().await;
    screen.put(
        "/dead",
        "<title>Dead</title><button>Save</button><button>Save copy</button><p style='height:3000px'>Long</p>",
    );
    static PICTURES: AtomicUsize = AtomicUsize::new(0);
    let ran = run(
        &screen,
        "openai",
        "Save",
        &screen.url("/dead"),
        None,
        |asked| {
            PICTURES.fetch_add(
                asked.said.iter().map(|it| it.images).sum(),
                Ordering::Relaxed,
            );
            let page = shown(asked);
            act(json!([{"do": "click", "id": id(&page, "button", "\"Save\"")}]))
        },
    )
    .await;
    assert_eq!(ran.ending.state, RunState::Failed);
    assert!(ran.reason().starts_with("LOOP"), "{}", ran.reason());
    let log = ran.log();
    for (remedy, times) in [("was scrolled down", 1), ("two more seconds", 1)] {
        assert_eq!(log.matches(remedy).count(), times, "{remedy}: {log}");
    }
    let sent = ran.model.exchanges();
    let last = sent.last().unwrap().request.to_string();
    assert!(last.contains("another element that is meant"), "{last}");
    assert_eq!(PICTURES.load(Ordering::Relaxed), 1, "{log}");
}
