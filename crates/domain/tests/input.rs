//! What a person may do to a live browser, and what is said to the rest.

use errand_domain::action::Button;
use errand_domain::input::{
    Fault, Input, Key, MAX_PASTE_BYTES, MAX_TEXT_BYTES, Modifiers, Mouse, Typed,
};

#[test]
fn keys_have_their_names_places_and_numbers() {
    let seen = |name: &str, code: &str| {
        let key = Key::new(name, code).unwrap();
        (key.name().to_owned(), key.code().to_owned(), key.number())
    };
    let expected = |name: &str, code: &str, number| (name.to_owned(), code.to_owned(), number);
    assert_eq!(seen("a", ""), expected("a", "KeyA", 65));
    assert_eq!(seen("A", "KeyA"), expected("A", "KeyA", 65));
    assert_eq!(seen("!", ""), expected("!", "Digit1", 49));
    assert_eq!(seen("?", ""), expected("?", "Slash", 191));
    assert_eq!(seen("Enter", ""), expected("Enter", "Enter", 13));
    assert_eq!(
        seen("Enter", "NumpadEnter"),
        expected("Enter", "NumpadEnter", 13)
    );
    assert_eq!(
        seen("Shift", "ShiftRight"),
        expected("Shift", "ShiftRight", 16)
    );
    assert_eq!(seen("7", "Numpad7"), expected("7", "Numpad7", 103));
    // A key of another keyboard: what it types, where it lies.
    assert_eq!(seen("é", "Digit2"), expected("é", "Digit2", 50));
    assert_eq!(seen("q", "KeyA"), expected("q", "KeyA", 81));
    assert_eq!(Key::new("Enter", "").unwrap().types(), Some("\r"));
    assert_eq!(Key::new("F5", "").unwrap().types(), None);
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest() {
    let told = |name: &str, code: &str| Key::new(name, code).unwrap_err().to_string();
    assert_eq!(told("Entr", ""), "\"Entr\" is no key; did you mean Enter?");
    assert_eq!(
        told("arrowdown", ""),
        "\"arrowdown\" is no key; did you mean ArrowDown?"
    );
    assert_eq!(
        told("Ctrl", ""),
        "\"Ctrl\" is no key; did you mean Control?"
    );
    assert_eq!(
        told("Enter", "NumpadEntr"),
        "\"NumpadEntr\" is no key; did you mean NumpadEnter?"
    );
    for nothing in ["", "Unidentified", "ab", "\u{7}", &"x".repeat(100_000)] {
        let told = told(nothing, "");
        assert!(told.contains("is no key") && told.len() < 200, "{told}");
    }
}

#[test]
fn a_place_outside_of_the_viewport_is_refused() {
    let click = Mouse::Click {
        button: Button::Left,
        times: 1,
    };
    let at = |x, y| Input::mouse(x, y, click, Modifiers::default());
    for (x, y) in [
        (-1.0, 5.0),
        (5.0, f64::NAN),
        (f64::INFINITY, 0.0),
        (0.0, 1e9),
    ] {
        assert!(matches!(at(x, y), Err(Fault::NoPlace { .. })), "{x},{y}");
    }
    let corner = at(1279.5, 719.5).unwrap();
    assert_eq!(corner.within(1280.0, 720.0), Ok(()));
    let told = corner.within(800.0, 600.0).unwrap_err().to_string();
    assert!(told.ends_with("which is 800 by 600 CSS pixels"), "{told}");
    let none = Mouse::Down {
        button: Button::Left,
        times: 0,
    };
    assert!(Input::mouse(1.0, 1.0, none, Modifiers::default()).is_err());
    for (dx, dy) in [(0.0, 0.0), (f64::NAN, 1.0), (1.0, 1e9)] {
        assert!(Input::wheel(1.0, 1.0, dx, dy, Modifiers::default()).is_err());
    }
}

#[test]
fn what_is_typed_has_a_limit_and_is_never_printed() {
    let most = "x".repeat(MAX_PASTE_BYTES);
    assert!(Typed::paste(&most).is_ok());
    let told = Typed::paste(&"x".repeat(10 << 20)).unwrap_err().to_string();
    assert_eq!(told, "the paste has 10485760 bytes, at most 1048576");
    assert!(Typed::text(&"x".repeat(MAX_TEXT_BYTES + 1)).is_err());
    assert!(Typed::text("").is_err() && Typed::answer("").is_ok());
    let secret = Input::Text(Typed::text("hunter2").unwrap());
    assert!(!format!("{secret:?} {}", secret.describe()).contains("hunter2"));
    let key = Input::Key {
        key: Key::of('h'),
        does: errand_domain::input::Stroke::Press,
        held: Modifiers::default(),
    };
    assert_eq!(key.describe(), "pressed a key");
}

#[test]
fn only_the_web_is_gone_to() {
    for refused in [
        "",
        "shop.test/x",
        "file:///etc/passwd",
        "\tfile:///etc/passwd",
        "javascript:1",
        "chrome://flags",
        "view-source:http://shop.test",
        "data:text/html,x",
    ] {
        let fault = Input::navigate(refused);
        assert!(matches!(fault, Err(Fault::Address { .. })), "{refused}");
        assert!(Input::open_tab(Some(refused)).is_err(), "{refused}");
    }
    assert!(Input::navigate(" https://shop.test/a b ").is_ok());
    assert!(Input::switch_tab("t2").is_ok());
    assert!(Input::close_tab("../t2").is_err());
}
