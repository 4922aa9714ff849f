//! What the watchers of a live browser get.

use errand_api::v1;
use errand_domain::view::{Controller, Frame, Tab, ViewState};

use super::{count, long, moment};

pub(crate) fn frame(frame: &Frame) -> v1::Frame {
    v1::Frame {
        jpeg: frame.jpeg.clone(),
        width: count(frame.width),
        height: count(frame.height),
        viewport_width: frame.viewport.0,
        viewport_height: frame.viewport.1,
        scroll_x: frame.scroll.0,
        scroll_y: frame.scroll.1,
        page_scale: frame.page_scale,
        captured_at: Some(moment(frame.at)),
        sequence: long(frame.sequence),
        dropped: long(frame.dropped),
        tab_id: frame.tab.clone(),
    }
}

pub(crate) fn view_state(state: &ViewState, by: &Controller) -> v1::ViewState {
    let here = state.here();
    v1::ViewState {
        url: here.map(|tab| tab.url.clone()).unwrap_or_default(),
        title: here.map(|tab| tab.title.clone()).unwrap_or_default(),
        tabs: state.tabs.iter().map(tab).collect(),
        current_tab_id: state.current.clone(),
        cursor: state.cursor.map(|at| v1::ViewCursor { x: at.x, y: at.y }),
        dialog: state.dialog.as_ref().map(|dialog| v1::ViewDialog {
            r#type: dialog.kind.clone(),
            message: dialog.message.clone(),
        }),
        controller: Some(controller(by)),
        loading: state.loading,
        crashed: state.crashed,
    }
}

pub(crate) fn controller(by: &Controller) -> v1::Controller {
    use v1::ControllerType as Type;
    let (kind, name, since) = match by {
        Controller::Nobody => (Type::Nobody, "", None),
        Controller::Run { run, since } => (Type::Run, run.as_str(), Some(*since)),
        Controller::Person { name, since } => (Type::Person, name.as_str(), Some(*since)),
        Controller::Program { name, since } => (Type::Program, name.as_str(), Some(*since)),
    };
    v1::Controller {
        r#type: kind.into(),
        name: name.to_owned(),
        since: since.map(moment),
    }
}

fn tab(tab: &Tab) -> v1::ViewTab {
    v1::ViewTab {
        id: tab.id.clone(),
        url: tab.url.clone(),
        title: tab.title.clone(),
    }
}
