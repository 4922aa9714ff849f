//! What every page has around it.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{MethodRouter, get},
};

use super::state::Shared;

/// The text with everything that HTML would read as markup written out.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A whole page of the site: title, a header that leads back to the index, and the body.
pub fn page(title: &str, body: &str) -> Html<String> {
    framed(title, "<a href=\"/\">All pages</a>", body)
}

/// A whole page with links of its own in the header.
pub fn framed(title: &str, links: &str, body: &str) -> Html<String> {
    let title = escape(title);
    Html(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"/assets/site.css\">\n</head>\n\
         <body>\n<header class=\"top\"><span class=\"brand\">Tidewater</span>\
         <nav aria-label=\"Main\">{links}</nav></header>\n<main>\n{body}\n</main>\n\
         <footer>Tidewater demo site. Nothing here is real.</footer>\n</body>\n</html>\n"
    ))
}

/// A page with almost nothing around it, for frames and popups.
pub fn bare(title: &str, body: &str) -> Html<String> {
    let title = escape(title);
    Html(format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/assets/site.css\"></head>\n<body class=\"bare\">\n{body}\n\
         </body></html>\n"
    ))
}

/// A page that is the same for every seed.
pub fn fixed(title: &'static str, body: &'static str) -> MethodRouter<Arc<Shared>> {
    get(move || async move { page(title, body) })
}

/// A file that the browser saves.
pub fn download(filename: &str, media_type: &'static str, content: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{filename}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, content).into_response()
}

/// The page for what isn't there.
pub fn not_found(what: &str) -> Response {
    let body = format!(
        "<h1>Page not found</h1><p role=\"alert\">There is no {} here.</p>",
        escape(what)
    );
    (StatusCode::NOT_FOUND, page("Page not found", &body)).into_response()
}

/// See other: what a form's POST answers, so that a reload does not send it again.
pub fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// The link to another page of a list: `?page=2` and so on, with "Next" and "Previous".
pub fn pager(path: &str, current: usize, last: usize, [previous, next]: [&str; 2]) -> String {
    let mut links = String::new();
    if current > 1 {
        links += &format!(
            "<a rel=\"prev\" href=\"{path}page={}\">{previous}</a>",
            current - 1
        );
    }
    for number in 1..=last {
        if number == current {
            links += &format!("<span aria-current=\"page\">{number}</span>");
        } else {
            links += &format!("<a href=\"{path}page={number}\">{number}</a>");
        }
    }
    if current < last {
        links += &format!(
            "<a rel=\"next\" href=\"{path}page={}\">{next}</a>",
            current + 1
        );
    }
    format!("<nav class=\"pager\" aria-label=\"Pages\">{links}</nav>")
}
