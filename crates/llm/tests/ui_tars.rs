//! The text that UI-TARS writes.
#![expect(clippy::unwrap_used, reason = "tests")]

use errand_llm::{
    Button, ComputerAction, Display, Fault, Point,
    ui_tars::{ACTIONS, Act, Scale, read},
};
use proptest::prelude::*;

const SCREEN: Display = Display {
    width: 1_400,
    height: 700,
};

fn acts(text: &str, scale: Scale) -> Vec<Act> {
    read(text, SCREEN, scale).unwrap().acts
}

fn click(x: i32, y: i32, button: Button, count: u8) -> Act {
    Act::Do(ComputerAction::Click {
        at: Some(Point { x, y }),
        button,
        count,
        keys: Vec::new(),
    })
}

fn typed(text: &str) -> Act {
    let text = text.to_owned();
    Act::Do(ComputerAction::Type { text })
}

#[test]
fn pixels_are_those_of_the_picture_as_the_server_makes_it() {
    let display = Display {
        width: 1_280,
        height: 720,
    };
    // 1280 by 720 becomes 1288 by 728.
    let text = "Action: click(start_box='(1288,364)')";
    let said = read(text, display, Scale::Pixels).unwrap();
    assert_eq!(said.acts, [click(1_279, 360, Button::Left, 1)]);
}

#[test]
fn every_way_to_write_an_action_is_read() {
    let said = read(
        "Thought: The button is below.\nAction: click(start_box='<|box_start|>(500,100)<|box_end|>')",
        SCREEN,
        Scale::Thousandths,
    )
    .unwrap();
    assert_eq!(said.thought, "The button is below.");
    assert_eq!(said.acts, [click(700, 70, Button::Left, 1)]);
    let scroll = |at, dx, dy| {
        Act::Do(ComputerAction::Scroll {
            at,
            dx,
            dy,
            keys: Vec::new(),
        })
    };
    let drag = Act::Do(ComputerAction::Drag {
        path: vec![Point { x: 1, y: 2 }, Point { x: 3, y: 4 }],
        keys: Vec::new(),
    });
    let keys = Act::Do(ComputerAction::Keys {
        keys: ["Control", "Shift", "t"].map(str::to_owned).to_vec(),
        times: 1,
        hold_ms: 0,
    });
    for (text, expected) in [
        (
            "click(point='<point>10 20</point>')",
            click(10, 20, Button::Left, 1),
        ),
        (
            "left_double(start_box='[10, 20, 30, 40]')",
            click(20, 30, Button::Left, 2),
        ),
        (
            "right_single(start_box=(10,20))",
            click(10, 20, Button::Right, 1),
        ),
        (
            "click(start_box='(1400,700)')",
            click(1_399, 699, Button::Left, 1),
        ),
        ("drag(start_box='(1,2)', end_box='(3,4)')", drag),
        ("hotkey(key='ctrl shift t')", keys),
        ("type(content='it\\'s \"so\"\\n')", typed("it's \"so\"\n")),
        (
            "type(content='don't, x = (1), stop')",
            typed("don't, x = (1), stop"),
        ),
        (
            "scroll(start_box='(5,6)', direction='up')",
            scroll(Some(Point { x: 5, y: 6 }), 0, -500),
        ),
        ("scroll(direction='right')", scroll(None, 500, 0)),
        ("wait()", Act::Do(ComputerAction::Wait { ms: 5_000 })),
        (
            "finished(content='12.50, paid')",
            Act::Finished("12.50, paid".to_owned()),
        ),
        ("call_user()", Act::CallUser),
    ] {
        let full = format!("Thought: so.\nAction: {text}");
        assert_eq!(acts(&full, Scale::Pixels), [expected], "{text}");
    }
    let several = "Thought: Both.\nAction: click(start_box='(1,2)')\n\ntype(content='ann')\n\
                   Thought: Then send.\nAction: hotkey(key='enter')";
    assert_eq!(acts(several, Scale::Pixels).len(), 3);
    // What the prompt shows is what is understood.
    for line in ACTIONS.lines() {
        let line = line.replace("x1,y1", "1,2").replace("x3,y3", "3,4");
        let line = line
            .replace("down or up or right or left", "left")
            .replace("key=''", "key='a'");
        assert_eq!(acts(&line, Scale::Pixels).len(), 1, "{line}");
    }
}

#[test]
fn what_can_not_be_done_is_told() {
    for (text, expected) in [
        ("I would click the button.", "write `Action:`"),
        (
            "Action: teleport(start_box='(1,2)')",
            "there is no action teleport",
        ),
        ("Action: click()", "no start_box"),
        ("Action: click(start_box='here')", "no start_box"),
        ("Action: drag(start_box='(1,2)')", "no end_box"),
        ("Action: click(start_box='(1,2)", "does not end"),
        ("Action: click('(1,2)')", "not key='value'"),
        ("Action: scroll(direction='in')", "no direction"),
    ] {
        let fault = read(text, SCREEN, Scale::Pixels).unwrap_err();
        assert!(fault.to_string().contains(expected), "{text}: {fault}");
    }
    let many = format!("Action: {}", "wait()\n".repeat(10_000));
    let fault = read(&many, SCREEN, Scale::Pixels).unwrap_err();
    assert!(!matches!(fault, Fault::Missing { .. }), "{fault}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_makes_it_panic(text in any::<String>(), pieces in prop::collection::vec(
        prop::sample::select(vec!["Action:", "click", "(", ")", "=", "'", "\"", "\\", ",", "start_box",
            "1", "-", ".", "<|box_start|>", "[", "]", "\n", "é", " "]), 0..40)) {
        let _ = read(&text, SCREEN, Scale::Thousandths);
        let _ = read(&pieces.concat(), SCREEN, Scale::Pixels);
    }

    #[test]
    fn what_is_typed_comes_through(text in "[a-zA-Z0-9 ,.()=\"é\n]{0,40}") {
        let written = text.replace('\n', "\\n");
        let found = acts(&format!("Action: type(content='{written}')"), Scale::Pixels);
        prop_assert_eq!(found, [typed(&text)]);
    }
}
