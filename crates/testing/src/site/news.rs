//! A front page of posts, in three markups that such pages have; and simple pages to read from.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use super::{
    html::{self, escape},
    recording::Recorded,
    router::Area,
    state::Shared,
    world::Post,
};

/// Posts on a page.
const PAGE: usize = 12;

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route("/news", get(list))
        .route("/news/post/{id}", get(one))
        .route(
            "/news/new",
            get(|| async { html::see_other("/news?page=2") }),
        )
        .route("/heading", get(heading));
    Area {
        title: "To read",
        pages: &[
            ("/news", "A front page of posts"),
            ("/heading", "A page with one main heading"),
        ],
        routes,
    }
}

async fn list(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Html<String> {
    let posts = &shared.world.posts;
    let last = posts.len().div_ceil(PAGE);
    let current = sent
        .parameter("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1);
    let current = usize::clamp(current, 1, last);
    let shown = posts.iter().skip((current - 1) * PAGE).take(PAGE);
    let layout = shared.world.labels.news_layout;
    let items: String = shown.map(|post| item(post, layout)).collect();
    let list = match layout {
        0 => format!(
            "<ol class=\"posts\" start=\"{}\">\n{items}</ol>",
            (current - 1) * PAGE + 1
        ),
        1 => format!("<table class=\"itemlist\"><tbody>\n{items}</tbody></table>"),
        _ => format!("<div class=\"feed\">\n{items}</div>"),
    };
    let more = if current < last {
        format!(
            "<p><a rel=\"next\" href=\"/news?page={}\">More</a></p>",
            current + 1
        )
    } else {
        String::new()
    };
    let links =
        "<a href=\"/news\">Top</a><a href=\"/news/new\">New</a><a href=\"/contact\">Submit</a>";
    html::framed(
        "Tide News",
        links,
        &format!("<h1>Tide News</h1>\n{list}\n{more}"),
    )
}

fn item(post: &Post, layout: u64) -> String {
    let Post {
        rank,
        id,
        points,
        author,
        comments,
        hours,
        host,
        ..
    } = post;
    let title = format!("<a href=\"/news/post/{id}\">{}</a>", escape(&post.title));
    let count = match comments {
        0 => "discuss".to_owned(),
        1 => "1 comment".to_owned(),
        more => format!("{more} comments"),
    };
    match layout {
        0 => format!(
            "<li><span class=\"title\">{title}</span> <span class=\"muted\">({host})</span>\
             <div class=\"muted\">{points} points by {author} {hours} hours ago | \
             <a href=\"/news/post/{id}#comments\">{count}</a></div></li>\n"
        ),
        1 => format!(
            "<tr class=\"athing\" id=\"{id}\"><td class=\"rank\">{rank}.</td>\
             <td class=\"titleline\">{title} <span class=\"muted\">({host})</span></td></tr>\n\
             <tr><td></td><td class=\"muted\"><span class=\"score\">{points} points</span> by \
             <span class=\"author\">{author}</span> {hours} hours ago | \
             <a href=\"/news/post/{id}#comments\">{count}</a></td></tr>\n"
        ),
        _ => format!(
            "<article><h2>{title}</h2><p class=\"muted\"><span>#{rank}</span> · \
             <span>{points} points</span> · <span>{author}</span> · <time>{hours} h ago</time> · \
             <a href=\"/news/post/{id}#comments\">{count}</a></p></article>\n"
        ),
    }
}

async fn one(State(shared): State<Arc<Shared>>, Path(id): Path<u64>) -> Response {
    let Some(post) = shared.world.posts.iter().find(|post| post.id == id) else {
        return html::not_found("post");
    };
    let title = escape(&post.title);
    let body = format!(
        "<article><h1>{title}</h1>\n<p class=\"muted\">{} points by {}, {} hours ago</p>\n\
         <p>The tide comes in twice a day, and so does this text.</p></article>\n\
         <section id=\"comments\"><h2>{} comments</h2></section>",
        post.points, post.author, post.hours, post.comments
    );
    html::framed(&post.title, "<a href=\"/news\">Top</a>", &body).into_response()
}

async fn heading(State(shared): State<Arc<Shared>>) -> Html<String> {
    let body = format!(
        "<h1>{}</h1>\n<p>This page has one main heading, and little else.</p>\n\
         <h2>Details</h2><p>Second headings are not the main one.</p>",
        super::heading(shared.world.seed)
    );
    html::page("A page to read", &body)
}
