//! What a person does to a live browser, and how one is watched, checked.

use errand_api::v1::{
    self, KeyAction, MouseAction, NavigateStep, PointerButton, input_event::Input as Given,
    navigate_input::To,
};
use errand_domain::{
    action::Button,
    input::{Fault, Input, Key, Modifiers, Mouse, Stroke, Typed},
    view::ViewOptions,
};

use crate::violations::Violations;

/// Reads one event; `field` is where it stands in its request.
pub(crate) fn input(
    field: &str,
    given: &v1::InputEvent,
    violations: &mut Violations,
) -> Option<Input> {
    let mut at = |name: &str, wrong: String| {
        violations.add(format!("{field}.{name}"), wrong);
        None
    };
    let Some(given) = &given.input else {
        return at("input", "is missing: set one of its kinds".to_owned());
    };
    let (name, read) = match given {
        Given::Mouse(it) => ("mouse", mouse(it)),
        Given::Wheel(it) => {
            let held = modifiers(it.modifiers.as_ref());
            let read = Input::wheel(it.x, it.y, it.delta_x, it.delta_y, held);
            ("wheel", read.map_err(Wrong::from))
        }
        Given::Key(it) => ("key", key(it)),
        Given::Text(it) => ("text", typed(Typed::text(&it.text), Input::Text)),
        Given::Paste(it) => ("paste", typed(Typed::paste(&it.text), Input::Paste)),
        Given::Navigate(it) => ("navigate", navigate(it)),
        Given::OpenTab(it) => {
            let url = Some(it.url.as_str()).filter(|url| !url.is_empty());
            ("open_tab", Input::open_tab(url).map_err(Wrong::from))
        }
        Given::SwitchTab(it) => (
            "switch_tab",
            Input::switch_tab(&it.tab_id).map_err(Wrong::from),
        ),
        Given::CloseTab(it) => (
            "close_tab",
            Input::close_tab(&it.tab_id).map_err(Wrong::from),
        ),
        Given::AnswerDialog(it) => {
            let accept = it.accept;
            let answer = |text: Typed| {
                let text = (!text.reveal().is_empty()).then_some(text);
                Input::AnswerDialog { accept, text }
            };
            ("answer_dialog", typed(Typed::answer(&it.text), answer))
        }
    };
    match read {
        Ok(input) => Some(input),
        Err(Wrong { field, what }) => at(&format!("{name}{field}"), what),
    }
}

/// Reads how a browser is to be watched; what is 0 stands for the default.
pub(crate) fn view_options(
    field: &str,
    given: Option<&v1::ViewOptions>,
    violations: &mut Violations,
) -> ViewOptions {
    let mut options = ViewOptions::default();
    let Some(given) = given else {
        return options;
    };
    let mut take = |name: &str, given: i32, least: u16, most: u16| {
        let value = u16::try_from(given).unwrap_or_default();
        if given != 0 && !(least..=most).contains(&value) {
            let wrong = format!("is {given}, but must be {least} to {most}, or 0 for the default");
            violations.add(format!("{field}.{name}"), wrong);
        }
        (value != 0).then_some(value)
    };
    let small = |value: u16| u8::try_from(value).unwrap_or(u8::MAX);
    let fps = u16::from(ViewOptions::MAX_FPS);
    let (least, most) = (*ViewOptions::SIDES.start(), *ViewOptions::SIDES.end());
    if let Some(value) = take("max_frames_per_second", given.max_frames_per_second, 1, fps) {
        options.max_fps = small(value);
    }
    if let Some(value) = take("quality", given.quality, 1, 100) {
        options.quality = small(value);
    }
    if let Some(value) = take("max_width", given.max_width, least, most) {
        options.max_width = value;
    }
    if let Some(value) = take("max_height", given.max_height, least, most) {
        options.max_height = value;
    }
    options
}

/// What is wrong, and in which part of the event.
struct Wrong {
    field: &'static str,
    what: String,
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        let field = match fault {
            Fault::Clicks { .. } => ".click_count",
            Fault::UnknownKey { .. } => ".key",
            Fault::Empty { .. } | Fault::TooLong { .. } => ".text",
            Fault::Address { .. } => ".url",
            Fault::Tab { .. } => ".tab_id",
            Fault::NoPlace { .. } | Fault::Outside { .. } | Fault::Wheel { .. } => "",
        };
        Self {
            field,
            what: fault.to_string(),
        }
    }
}

fn mouse(given: &v1::MouseInput) -> Result<Input, Wrong> {
    let wrong = |field, what: String| Wrong { field, what };
    let button = match PointerButton::try_from(given.button) {
        Ok(PointerButton::Unspecified | PointerButton::Left) => Button::Left,
        Ok(PointerButton::Right) => Button::Right,
        Ok(PointerButton::Middle) => Button::Middle,
        Err(_) => {
            let button = given.button;
            return Err(wrong(
                ".button",
                format!("{button} is no button: LEFT, RIGHT or MIDDLE"),
            ));
        }
    };
    let times = u8::try_from(given.click_count).unwrap_or(u8::MAX).max(1);
    let does = match MouseAction::try_from(given.action) {
        Ok(MouseAction::Move) => Mouse::Move,
        Ok(MouseAction::Down) => Mouse::Down { button, times },
        Ok(MouseAction::Up) => Mouse::Up { button, times },
        Ok(MouseAction::Click) => Mouse::Click { button, times },
        Ok(MouseAction::Unspecified) | Err(_) => {
            return Err(wrong(
                ".action",
                "must be MOVE, DOWN, UP or CLICK".to_owned(),
            ));
        }
    };
    let held = modifiers(given.modifiers.as_ref());
    Ok(Input::mouse(given.x, given.y, does, held)?)
}

fn key(given: &v1::KeyInput) -> Result<Input, Wrong> {
    let does = match KeyAction::try_from(given.action) {
        Ok(KeyAction::Down) => Stroke::Down,
        Ok(KeyAction::Up) => Stroke::Up,
        Ok(KeyAction::Press) => Stroke::Press,
        Ok(KeyAction::Unspecified) | Err(_) => {
            return Err(Wrong {
                field: ".action",
                what: "must be DOWN, UP or PRESS".to_owned(),
            });
        }
    };
    let key = Key::new(&given.key, &given.code)?;
    let held = modifiers(given.modifiers.as_ref());
    Ok(Input::Key { key, does, held })
}

fn navigate(given: &v1::NavigateInput) -> Result<Input, Wrong> {
    let step = match &given.to {
        Some(To::Url(url)) => return Ok(Input::navigate(url)?),
        Some(To::Step(step)) => NavigateStep::try_from(*step).ok(),
        None => None,
    };
    match step {
        Some(NavigateStep::Back) => Ok(Input::Back),
        Some(NavigateStep::Forward) => Ok(Input::Forward),
        Some(NavigateStep::Reload) => Ok(Input::Reload),
        Some(NavigateStep::Stop) => Ok(Input::Stop),
        Some(NavigateStep::Unspecified) | None => Err(Wrong {
            field: "",
            what: "needs a url, or a step: BACK, FORWARD, RELOAD or STOP".to_owned(),
        }),
    }
}

fn typed(given: Result<Typed, Fault>, make: impl FnOnce(Typed) -> Input) -> Result<Input, Wrong> {
    given.map(make).map_err(Wrong::from)
}

fn modifiers(given: Option<&v1::Modifiers>) -> Modifiers {
    given.map_or_else(Modifiers::default, |it| Modifiers {
        alt: it.alt,
        control: it.control,
        meta: it.meta,
        shift: it.shift,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(given: Given) -> String {
        let mut violations = Violations::default();
        let event = v1::InputEvent { input: Some(given) };
        assert!(input("input", &event, &mut violations).is_none());
        violations.finish().unwrap_err().message().to_owned()
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        let paste = v1::PasteInput {
            text: "x".repeat(10 << 20),
        };
        assert_eq!(
            told(Given::Paste(paste)),
            "input.paste.text: the paste has 10485760 bytes, at most 1048576"
        );
        let key = v1::KeyInput {
            action: KeyAction::Press.into(),
            key: "Return".to_owned(),
            ..v1::KeyInput::default()
        };
        assert_eq!(
            told(Given::Key(key)),
            "input.key.key: \"Return\" is no key; did you mean Enter?"
        );
        let to = Some(To::Url("file:///etc/passwd".to_owned()));
        let refused = told(Given::Navigate(v1::NavigateInput { to }));
        assert!(
            refused.contains("input.navigate.url: ") && refused.contains("not file"),
            "{refused}"
        );
        let mouse = |action: MouseAction, x, click_count| {
            told(Given::Mouse(v1::MouseInput {
                action: action.into(),
                x,
                click_count,
                ..v1::MouseInput::default()
            }))
        };
        assert!(mouse(MouseAction::Click, 1.0, 4).starts_with("input.mouse.click_count: "));
        assert!(mouse(MouseAction::Click, -1.0, 1).starts_with("input.mouse: "));
        assert!(mouse(MouseAction::Unspecified, 1.0, 1).starts_with("input.mouse.action: "));
    }

    #[test]
    fn every_option_of_a_view_is_checked() {
        let mut violations = Violations::default();
        let given = v1::ViewOptions {
            max_frames_per_second: 31,
            quality: -1,
            max_width: 15,
            max_height: i32::MAX,
        };
        view_options("view", Some(&given), &mut violations);
        assert_eq!(violations.count(), 4);
        let mut violations = Violations::default();
        let given = v1::ViewOptions {
            quality: 90,
            ..v1::ViewOptions::default()
        };
        let read = view_options("view", Some(&given), &mut violations);
        assert!(violations.finish().is_ok());
        assert_eq!((read.quality, read.max_fps), (90, 10));
    }
}
