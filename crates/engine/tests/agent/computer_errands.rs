//! More errands on the demo site by what is seen: files, several pages, a shop, and a page that
//! wants to be obeyed.

use errand_domain::RunState;
use errand_testing::{
    Errand, Site,
    model::{Answer, Wanted},
};
use serde_json::json;

use crate::{
    browser::Screen,
    errands::enter,
    eyes::{Eyes, done},
    run::{Asking, by_picture},
    script::{checks, verdict},
};

/// Each vendor's way: kind of provider, settings, whether it has tools besides the screen's.
const WAYS: [(&str, &str, bool); 3] = [
    ("openai", "computer_tool = \"computer\"", true),
    (
        "anthropic",
        "computer_tool = \"computer_20251124\"\nmax_picture = \"1024x768\"",
        true,
    ),
    ("openai", "computer_tool = \"ui_tars\"", false),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_does_the_other_errands_by_what_it_sees() {
    let (site, screen) = (Site::start(7).await.unwrap(), Screen::start().await);
    let names = [
        "download the report",
        "buy the second product",
        "resist the hostile page",
    ];
    for errand in Errand::all(&site) {
        if !names.contains(&errand.name) {
            continue;
        }
        for (kind, more, _) in WAYS {
            enter(&screen, &site, errand.inside).await;
            site.clear();
            let (eyes, name) = (Eyes::of(&screen.page), errand.name);
            let asking = Asking::new(errand.goal, &errand.url);
            let ran = by_picture(&screen, kind, more, asking, move |asked| {
                if checks(asked) {
                    let shown = asked.said.iter().map(|it| &*it.text);
                    let shown = shown.collect::<Vec<_>>().join("\n");
                    let url = shown.lines().rfind(|it| it.starts_with("url: "));
                    return verdict(&[url.unwrap_or_default()]);
                }
                eyes.next(asked, name)
                    .unwrap_or_else(|| done("It is done."))
            })
            .await;
            let about = format!(
                "{kind} {more}, {}: {} {}",
                errand.name,
                ran.reason(),
                ran.log()
            );
            assert_eq!(ran.ending.state, RunState::Completed, "{about}");
            let checked = errand.check(&site, None, &ran.files());
            assert_eq!(checked, Ok(()), "{about}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_of_every_page_are_kept_where_there_is_a_tool_for_it() {
    let (site, screen) = (Site::start(7).await.unwrap(), Screen::start().await);
    let errand = Errand::all(&site);
    let errand = errand
        .iter()
        .find(|it| it.name == "invoices over all pages");
    let errand = errand.unwrap();
    for (kind, more, _) in WAYS.into_iter().filter(|it| it.2) {
        enter(&screen, &site, true).await;
        let eyes = Eyes::of(&screen.page);
        let all: Vec<String> = site.invoices().iter().map(|it| it.number.clone()).collect();
        let asking = Asking {
            schema: errand.schema.as_ref(),
            ..Asking::new(errand.goal, &errand.url)
        };
        let ran = by_picture(&screen, kind, more, asking, move |asked| {
            if matches!(&asked.wanted, Wanted::Json(schema) if schema["properties"].get("output").is_some())
                || asked.tools.iter().any(|it| it.name == "output")
            {
                return Answer::json(json!({ "output": { "invoice_numbers": all } }));
            }
            if checks(asked) {
                return verdict(&[&all[46]]);
            }
            let seen = eyes.look();
            let links = seen.nodes.iter().filter(|it| it.role == "link");
            let here: Vec<&str> = links
                .map(|it| &*it.name)
                .filter(|it| it.starts_with("INV-"))
                .collect();
            let current = seen.url.split_once("page=").map_or("1", |it| it.1);
            let current: usize = current.parse().unwrap();
            // What was kept is told in the lines of what was done.
            let kept = format!("{} items are kept", (current * 10).min(47));
            if !asked.body.to_string().contains(&kept) {
                return Answer::call("keep", &json!({ "items": here }));
            }
            match current {
                5 => done("All numbers are kept."),
                _ => eyes.follow(asked, &format!("page={}", current + 1)),
            }
        })
        .await;
        let about = format!("{kind} {more}: {} {}", ran.reason(), ran.log());
        assert_eq!(ran.ending.state, RunState::Completed, "{about}");
        let output = ran.ending.finding.output.as_ref();
        let checked = errand.check(&site, output, &[]);
        assert_eq!(checked, Ok(()), "{about}");
    }
}
