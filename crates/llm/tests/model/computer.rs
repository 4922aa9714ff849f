//! Computer use: both vendors' tools in one vocabulary.

use errand_llm::{
    Button, ComputerAction, ComputerCall, ComputerResult, Display, Image, Kind, Media, Message,
    Part, Point, Request, SafetyCheck, Stop,
    ui_tars::{self, Act, Scale},
};
use errand_testing::model::{Answer, Asked, Gesture};
use serde_json::{Value, json};

use crate::support::Bench;

fn screen() -> Request {
    Request {
        system: "You use a browser.".to_owned(),
        messages: vec![Message::user("Press Send.")],
        computer: Some(Display {
            width: 1280,
            height: 800,
        }),
        ..Request::default()
    }
}

fn picture() -> Image {
    Image::new(Media::Png, b"\x89PNG screen")
}

/// The calls that come of one action.
async fn calls(kind: &str, more: &str, action: Value) -> Vec<ComputerCall> {
    let more = format!("computer_tool = \"{more}\"");
    let bench = Bench::new(kind, &more, move |_| Answer::computer(action.clone())).await;
    let reply = bench.ask(&screen()).await.answer.unwrap();
    assert_eq!(reply.stop, Stop::Calls);
    reply.turn.computer
}

fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|it| (*it).to_owned()).collect()
}

fn click(button: Button, count: u8, keys: &[&str]) -> ComputerAction {
    ComputerAction::Click {
        at: Some(Point { x: 10, y: 20 }),
        button,
        count,
        keys: owned(keys),
    }
}

fn keys(keys: &[&str], times: u8, hold_ms: u32) -> ComputerAction {
    ComputerAction::Keys {
        keys: owned(keys),
        times,
        hold_ms,
    }
}

#[tokio::test]
async fn both_vendors_actions_mean_the_same() {
    let from = Point { x: 1, y: 2 };
    let to = Point { x: 3, y: 4 };
    let drag = ComputerAction::Drag {
        path: vec![from, to],
        keys: Vec::new(),
    };
    let down = |at| ComputerAction::Scroll {
        at,
        dx: 0,
        dy: 300,
        keys: Vec::new(),
    };
    let text = ComputerAction::Type {
        text: "ann".to_owned(),
    };
    let unknown = ComputerAction::Unknown {
        name: "teleport".to_owned(),
    };
    let middle = click(Button::Middle, 1, &["Control"]);
    let held = ComputerAction::Move {
        to,
        keys: owned(&["Shift"]),
    };
    for (action, expected) in [
        (
            json!({"type": "click", "button": "left", "x": 10, "y": 20}),
            click(Button::Left, 1, &[]),
        ),
        (
            json!({"type": "click", "button": "wheel", "x": 10, "y": 20, "keys": ["CTRL"]}),
            middle,
        ),
        (
            json!({"type": "double_click", "x": 10, "y": 20, "keys": null}),
            click(Button::Left, 2, &[]),
        ),
        (
            json!({"type": "move", "x": 3, "y": 4, "keys": ["SHIFT"]}),
            held,
        ),
        (
            json!({"type": "drag", "path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}),
            drag.clone(),
        ),
        (
            json!({"type": "keypress", "keys": ["CTRL", "A"]}),
            keys(&["Control", "a"], 1, 0),
        ),
        (
            json!({"type": "keypress", "keys": ["ENTER", "F5"]}),
            keys(&["Enter", "F5"], 1, 0),
        ),
        (
            json!({"type": "scroll", "x": 3, "y": 4, "scroll_x": 0, "scroll_y": 300}),
            down(Some(to)),
        ),
        (json!({"type": "type", "text": "ann"}), text.clone()),
        (json!({"type": "wait"}), ComputerAction::Wait { ms: 1_000 }),
        (json!({"type": "screenshot"}), ComputerAction::Screenshot),
        (json!({"type": "teleport"}), unknown.clone()),
    ] {
        let found = calls("openai", "computer_use_preview", action.clone()).await;
        assert_eq!(found[0].actions, [expected], "{action}");
    }
    let here = ComputerAction::Click {
        at: None,
        button: Button::Left,
        count: 1,
        keys: Vec::new(),
    };
    let region = json!({"action": "zoom", "region": [1, 2, 3, 4]});
    for (action, expected) in [
        (
            json!({"action": "left_click", "coordinate": [10, 20]}),
            click(Button::Left, 1, &[]),
        ),
        (json!({"action": "left_click"}), here),
        (
            json!({"action": "right_click", "coordinate": [10.4, 20.0], "text": "ctrl"}),
            click(Button::Right, 1, &["Control"]),
        ),
        (
            json!({"action": "triple_click", "coordinate": [10, 20]}),
            click(Button::Left, 3, &[]),
        ),
        (
            json!({"action": "left_click_drag", "start_coordinate": [1, 2], "coordinate": [3, 4]}),
            drag,
        ),
        (
            json!({"action": "key", "text": "ctrl+a"}),
            keys(&["Control", "a"], 1, 0),
        ),
        (
            json!({"action": "key", "text": "Page_Down", "repeat": 3}),
            keys(&["PageDown"], 3, 0),
        ),
        (json!({"action": "key", "text": "+"}), keys(&["+"], 1, 0)),
        (
            json!({"action": "hold_key", "text": "shift", "duration": 2}),
            keys(&["Shift"], 1, 2_000),
        ),
        (
            json!({"action": "scroll", "scroll_direction": "down", "scroll_amount": 3}),
            down(None),
        ),
        (json!({"action": "type", "text": "ann"}), text),
        (
            json!({"action": "wait", "duration": 1e9}),
            ComputerAction::Wait { ms: 60_000 },
        ),
        (
            json!({"action": "cursor_position"}),
            ComputerAction::Pointer,
        ),
        (region, ComputerAction::Zoom { from, to }),
        (json!({"action": "teleport"}), unknown),
    ] {
        for tool in ["computer_20250124", "computer_toolset_20260801"] {
            let found = calls("anthropic", tool, action.clone()).await;
            assert_eq!(
                found[0].actions,
                std::slice::from_ref(&expected),
                "{tool} {action}"
            );
        }
    }
    // The preview's successor does several things at once.
    let several = json!([{"type": "move", "x": 1, "y": 1}, {"type": "screenshot"}]);
    let found = calls("openai", "computer", several).await;
    assert_eq!(found[0].actions.len(), 2);
}

#[tokio::test]
async fn a_screenshot_answers_a_call_and_checks_are_acknowledged() {
    for (kind, tool) in [
        ("openai", "computer_use_preview"),
        ("openai", "computer"),
        ("anthropic", "computer_20251124"),
        ("anthropic", "computer_toolset_20260801"),
    ] {
        let bench = Bench::new(
            kind,
            &format!("computer_tool = \"{tool}\""),
            |asked: &Asked| {
                if asked.said.len() > 1 {
                    let result = &asked.said[2].results[0];
                    assert_eq!(asked.said[1].calls[0].id, result.call_id);
                    assert_eq!(asked.said[2].images, 1);
                    return Answer::say("Sent.");
                }
                let openai = json!({"type": "click", "button": "left", "x": 1, "y": 2});
                let anthropic = json!({"action": "left_click", "coordinate": [1, 2]});
                let openai = Answer::computer(openai).and_check("malicious_instructions", "Look.");
                match asked.wire {
                    errand_testing::model::Wire::Messages => Answer::computer(anthropic),
                    _ => openai,
                }
            },
        )
        .await;
        let mut question = screen();
        let first = bench.ask(&question).await.answer.unwrap();
        let call = first.turn.computer[0].clone();
        let expected = if kind == "openai" {
            vec![SafetyCheck {
                id: "check_0".to_owned(),
                code: Some("malicious_instructions".to_owned()),
                message: Some("Look.".to_owned()),
            }]
        } else {
            Vec::new()
        };
        assert_eq!(call.safety_checks, expected);
        let headers = bench.server.exchanges().pop().unwrap().headers;
        let beta = headers.iter().find(|it| it.0 == "anthropic-beta");
        assert_eq!(
            beta.map(|it| it.1.as_str()),
            (tool == "computer_20251124").then_some("computer-use-2025-11-24")
        );

        // A conversation may be kept in a log in between.
        let turn = serde_json::to_string(&Message::Assistant(first.turn)).unwrap();
        question.messages.push(serde_json::from_str(&turn).unwrap());
        question
            .messages
            .push(Message::User(vec![Part::Screen(ComputerResult {
                call_id: call.id,
                screenshot: picture(),
                note: None,
                acknowledged: expected.clone(),
            })]));
        let second = bench.ask(&question).await.answer.unwrap();
        assert_eq!(second.turn.text, "Sent.", "{kind} {tool}");
        let sent = bench.sent().to_string();
        assert_eq!(
            sent.contains("acknowledged_safety_checks"),
            !expected.is_empty()
        );
        // Thoughts go back with what followed them.
        assert_eq!(
            sent.contains("encrypted_content\":\"scripted"),
            kind == "openai"
        );
    }
}

#[tokio::test]
async fn a_model_without_the_tool_is_not_asked() {
    let bench = Bench::new("openai", "", |_| Answer::say("no")).await;
    let error = bench.ask(&screen()).await.answer.unwrap_err();
    assert_eq!(error.kind, Kind::Unsupported);
    assert!(error.message.contains("computer_tool"), "{error}");
    assert_eq!(bench.server.count(), 0);
}

#[tokio::test]
async fn the_scripted_model_means_the_same_in_every_format() {
    // A file of 3 by 5 pixels, as far as its head goes.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x05".to_vec();
    png.extend([8, 2, 0, 0, 0]);
    let screen_now = Image::new(Media::Png, &png);
    let gestures = [
        Gesture::Click { x: 3, y: 4 },
        Gesture::DoubleClick { x: 3, y: 4 },
        Gesture::RightClick { x: 3, y: 4 },
        Gesture::Drag {
            from: (1, 2),
            to: (3, 4),
        },
        Gesture::Scroll {
            x: 3,
            y: 4,
            notches: -5,
        },
        Gesture::Type("it's\nann".to_owned()),
        Gesture::Keys("ctrl+a".to_owned()),
    ];
    for gesture in gestures {
        let mut meant = Vec::new();
        for (kind, tool) in [
            ("openai", "computer_use_preview"),
            ("anthropic", "computer_toolset_20260801"),
            ("openai", "none"),
        ] {
            let acting = gesture.clone();
            let more = format!("computer_tool = \"{tool}\"");
            let bench = Bench::new(kind, &more, move |asked: &Asked| {
                let seen = asked.pictures();
                assert_eq!(seen.last().unwrap().size(), Some((3, 5)));
                Answer::gesture(acting.clone())
            })
            .await;
            let mut question = screen();
            let parts = vec![Part::Image(screen_now.clone())];
            question.messages.push(Message::User(parts));
            if tool == "none" {
                question.computer = None;
            }
            let reply = bench.ask(&question).await.answer.unwrap();
            meant.push(match reply.turn.computer.as_slice() {
                [call] => call.actions[0].clone(),
                _ => {
                    let display = Display {
                        width: 1280,
                        height: 800,
                    };
                    let said = ui_tars::read(&reply.turn.text, display, Scale::Pixels).unwrap();
                    let Act::Do(action) = said.acts[0].clone() else {
                        panic!("{said:?}")
                    };
                    action
                }
            });
        }
        assert_eq!(meant[0], meant[1], "{gesture:?}");
        assert_eq!(meant[0], meant[2], "{gesture:?}");
    }
}
