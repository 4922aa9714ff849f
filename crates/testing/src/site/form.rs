//! A long form with every kind of control. Ids and the order of its parts follow from the seed.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::header,
    response::{Html, IntoResponse, Response},
    routing::get,
};

use super::{
    chance::Chance,
    html::{self, escape},
    recording::Recorded,
    router::Area,
    state::Shared,
};

const PARTS: [&str; 7] = [
    include_str!("pages/form/about.html"),
    include_str!("pages/form/choices.html"),
    include_str!("pages/form/dates.html"),
    include_str!("pages/form/values.html"),
    include_str!("pages/form/rich.html"),
    include_str!("pages/form/menus.html"),
    include_str!("pages/form/toggles.html"),
];

/// What the type-ahead knows.
const AIRPORTS: [&str; 12] = [
    "Aberdeen (ABZ)",
    "Amsterdam (AMS)",
    "Athens (ATH)",
    "Bergen (BGO)",
    "Berlin (BER)",
    "Copenhagen (CPH)",
    "Graz (GRZ)",
    "Lisbon (LIS)",
    "London Gatwick (LGW)",
    "London Heathrow (LHR)",
    "Oslo (OSL)",
    "Porto (OPO)",
];

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route("/form", get(page).post(receive))
        .route("/form/airports", get(airports))
        .route("/assets/controls.js", get(script))
        .route("/assets/widgets.js", get(widgets));
    Area {
        title: "Form",
        pages: &[("/form", "A long form with every kind of control")],
        routes,
    }
}

async fn page(State(shared): State<Arc<Shared>>) -> Html<String> {
    let mut chance = Chance::new(shared.world.seed, "form");
    let prefix = format!(
        "{}{}",
        chance.pick(["f", "field-", "booking_"]),
        chance.between(1, 99)
    );
    let mut parts = PARTS;
    chance.shuffle(&mut parts);
    let body = format!(
        "<h1>Booking</h1>\n<form method=\"post\" action=\"/form\" enctype=\"multipart/form-data\" \
         id=\"{prefix}-form\" novalidate>\n{}<p><button type=\"submit\">Send booking</button> \
         <button type=\"reset\" class=\"plain\">Reset</button></p>\n</form>\n\
         <script src=\"/assets/widgets.js\"></script>\n<script src=\"/assets/controls.js\"></script>",
        parts.concat().replace("{{p}}", &prefix)
    );
    html::page("Booking", &body)
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Html<String> {
    let count = shared.recording.count("form");
    let mut rows = String::new();
    for (name, value) in sent.fields.iter().filter(|field| !field.1.is_empty()) {
        rows += &format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(value));
    }
    for file in &sent.files {
        let (field, name) = (escape(&file.field), escape(&file.filename));
        rows += &format!("<dt>{field}</dt><dd>{name}, {} bytes</dd>\n", file.size);
    }
    let body = format!(
        "<h1>Booking received</h1>\n<p class=\"notice\" role=\"status\">Booking number B-{count}</p>\n\
         <dl id=\"sent\">\n{rows}</dl>\n<p><a href=\"/form\">Another booking</a></p>"
    );
    html::page("Booking received", &body)
}

/// What fits `q`, after a while.
async fn airports(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Json<Vec<&'static str>> {
    shared.pause(300).await;
    let wanted = sent
        .parameter("q")
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let fits = |name: &&str| name.to_lowercase().contains(&wanted);
    Json(AIRPORTS.into_iter().filter(fits).collect())
}

async fn script() -> Response {
    javascript(include_str!("pages/form/controls.js"))
}

async fn widgets() -> Response {
    javascript(include_str!("pages/form/widgets.js"))
}

fn javascript(text: &'static str) -> Response {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        text,
    )
        .into_response()
}
