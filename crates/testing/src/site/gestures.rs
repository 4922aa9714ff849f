//! What must be opened, hovered, pressed twice, or has nothing but a listener.

use std::sync::Arc;

use super::{html::fixed, router::Area, state::Shared};

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route(
            "/tabs",
            fixed("Island guide", include_str!("pages/tabs.html")),
        )
        .route(
            "/listeners",
            fixed("Listeners", include_str!("pages/listeners.html")),
        )
        .route(
            "/gestures",
            fixed("Gestures", include_str!("pages/gestures.html")),
        );
    Area {
        title: "Opening and pressing",
        pages: &[
            ("/tabs", "Tabs, an accordion, a menu that opens"),
            ("/listeners", "Elements with listeners and nothing else"),
            (
                "/gestures",
                "Hovering, double clicks, keys, dragging, scrolling inside",
            ),
        ],
        routes,
    }
}
