//! Actions, their targets and what they changed.

use errand_api::v1::{self, action::Action as Kind};
use errand_domain::{
    Action, Locator, Target, ValueSource,
    action::{Button, Condition, Gesture, Point, Scroll},
    event::{ActionEffect, TimeSpent},
};

use super::{long, run::downloaded};

pub(crate) fn action(action: &Action) -> v1::Action {
    let aim = |it: &Target| Some(target(it));
    let kind = match action {
        Action::Navigate { url } => Kind::Navigate(v1::NavigateAction { url: url.clone() }),
        Action::Click { target } => Kind::Click(v1::ClickAction {
            target: aim(target),
        }),
        Action::DoubleClick { target } => Kind::DoubleClick(v1::DoubleClickAction {
            target: aim(target),
        }),
        Action::Type {
            target,
            text,
            source: from,
            clear,
        } => Kind::TypeText(v1::TypeAction {
            target: aim(target),
            text: text.clone(),
            source: source(*from).into(),
            clear: *clear,
        }),
        Action::Clear { target } => Kind::Clear(v1::ClearAction {
            target: aim(target),
        }),
        Action::PressKeys { target, keys } => Kind::PressKeys(v1::PressKeysAction {
            target: target.as_ref().and_then(aim),
            keys: keys.clone(),
        }),
        Action::Select {
            target,
            options,
            source: from,
        } => Kind::Select(v1::SelectAction {
            target: aim(target),
            options: options.clone(),
            source: source(*from).into(),
        }),
        Action::Check { target, checked } => Kind::Check(v1::CheckAction {
            target: aim(target),
            checked: *checked,
        }),
        Action::Hover { target } => Kind::Hover(v1::HoverAction {
            target: aim(target),
        }),
        Action::RightClick { target } => Kind::RightClick(v1::RightClickAction {
            target: aim(target),
        }),
        Action::Drag { target, onto, at } => Kind::Drag(v1::DragAction {
            target: aim(target),
            onto: aim(onto),
            at: at.map(|[x, y]| v1::DropPoint { x, y }),
        }),
        Action::Download { target } => Kind::Download(v1::DownloadAction {
            target: aim(target),
        }),
        Action::Scroll { target, to } => Kind::Scroll(v1::ScrollAction {
            target: target.as_ref().and_then(aim),
            to: scroll(*to).into(),
        }),
        Action::Upload { target, files } => Kind::Upload(v1::UploadAction {
            target: aim(target),
            files: files.clone(),
        }),
        Action::Wait { until, timeout_ms } => Kind::Wait(wait(until, *timeout_ms)),
        Action::OpenTab { url } => Kind::OpenTab(v1::OpenTabAction { url: url.clone() }),
        Action::SwitchTab { tab } => Kind::SwitchTab(v1::SwitchTabAction { tab: tab.clone() }),
        Action::CloseTab { tab } => Kind::CloseTab(v1::CloseTabAction { tab: tab.clone() }),
        Action::AnswerDialog { accept, text } => Kind::AnswerDialog(v1::AnswerDialogAction {
            accept: *accept,
            text: text.clone(),
        }),
        Action::Back => Kind::Back(v1::BackAction {}),
        Action::Forward => Kind::Forward(v1::ForwardAction {}),
        Action::Reload => Kind::Reload(v1::ReloadAction {}),
        Action::Pointer {
            at,
            gesture: does,
            held,
            target,
        } => Kind::Pointer(v1::PointerAction {
            at: Some(point(*at)),
            gesture: Some(gesture(does)),
            held: held.clone(),
            target: target.as_ref().and_then(aim),
        }),
        Action::TypeFocused {
            text,
            source: from,
            target,
        } => Kind::TypeFocused(v1::TypeFocusedAction {
            target: target.as_ref().and_then(aim),
            text: text.clone(),
            source: source(*from).into(),
        }),
    };
    v1::Action {
        r#type: action.kind().to_owned(),
        action: Some(kind),
    }
}

fn point(point: Point) -> v1::Point {
    v1::Point {
        x: point.x,
        y: point.y,
    }
}

fn gesture(gesture: &Gesture) -> v1::pointer_action::Gesture {
    use v1::pointer_action::Gesture as Kind;
    match gesture {
        Gesture::Click { button, times } => Kind::Click(v1::PointerClick {
            button: match button {
                Button::Left => v1::PointerButton::Left,
                Button::Right => v1::PointerButton::Right,
                Button::Middle => v1::PointerButton::Middle,
            }
            .into(),
            times: (*times).into(),
        }),
        Gesture::Move => Kind::Move(v1::PointerMove {}),
        Gesture::Drag { path, onto } => Kind::Drag(v1::PointerDrag {
            path: path.iter().copied().map(point).collect(),
            onto: onto.as_deref().map(target),
        }),
        Gesture::Scroll { dx, dy } => Kind::Scroll(v1::PointerScroll { dx: *dx, dy: *dy }),
    }
}

fn target(target: &Target) -> v1::Target {
    v1::Target {
        element: target.element.clone(),
        locator: Some(locator(&target.locator)),
    }
}

fn locator(locator: &Locator) -> v1::Locator {
    v1::Locator {
        frame: locator.frame.clone(),
        role: locator.role.clone(),
        name: locator.name.clone(),
        label: locator.label.clone(),
        test_id: locator.test_id.clone(),
        text: locator.text.clone(),
        css: locator.css.clone(),
        position: locator.position.map(|[x, y, width, height]| v1::Box {
            x,
            y,
            width,
            height,
        }),
    }
}

fn source(source: ValueSource) -> v1::ValueSource {
    match source {
        ValueSource::Goal => v1::ValueSource::Goal,
        ValueSource::Parameter => v1::ValueSource::Parameter,
        ValueSource::Secret => v1::ValueSource::Secret,
        ValueSource::Output => v1::ValueSource::Output,
        ValueSource::Engine => v1::ValueSource::Engine,
    }
}

fn scroll(to: Scroll) -> v1::ScrollTo {
    match to {
        Scroll::IntoView => v1::ScrollTo::IntoView,
        Scroll::Up => v1::ScrollTo::Up,
        Scroll::Down => v1::ScrollTo::Down,
        Scroll::Top => v1::ScrollTo::Top,
        Scroll::Bottom => v1::ScrollTo::Bottom,
    }
}

fn wait(until: &Condition, timeout_ms: u64) -> v1::WaitAction {
    let (until, text) = match until {
        Condition::Settled => ("settled", String::new()),
        Condition::Text(text) => ("text", text.clone()),
        Condition::Elapsed => ("elapsed", String::new()),
    };
    v1::WaitAction {
        until: until.to_owned(),
        text,
        timeout_ms: long(timeout_ms),
    }
}

pub(crate) fn effect(effect: &ActionEffect) -> v1::ActionEffect {
    v1::ActionEffect {
        url: effect.url.clone(),
        navigated: effect.navigated,
        changed: effect.changed,
        value: effect.value.clone(),
        checked: effect.checked,
        opened_tab: effect.opened_tab.clone(),
        dialog: effect.dialog.clone(),
        unsettled: effect.unsettled,
        files: effect.files.iter().map(|it| downloaded(it, None)).collect(),
    }
}

pub(crate) fn spent(spent: &TimeSpent) -> v1::TimeSpent {
    v1::TimeSpent {
        observe_ms: long(spent.observe_ms),
        decide_ms: long(spent.decide_ms),
        act_ms: long(spent.act_ms),
        settle_ms: long(spent.settle_ms),
        network_ms: long(spent.network_ms),
        store_ms: long(spent.store_ms),
    }
}
