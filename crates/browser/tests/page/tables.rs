//! Long tables in a reading: rows that are built alike are taken in a shorter way, and nobody can
//! tell.

use std::fmt::Write as _;

use errand_browser::Node;
use errand_domain::{Action, action::Target};

use crate::support::Bench;

const STYLE: &str =
    "<style>.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}
    tr:nth-child(11) td:nth-child(2) *{display:none} tr:nth-child(12){visibility:hidden}
    tr:nth-child(13) td:nth-child(1){display:none} .go{cursor:pointer}</style>";

/// Rows of every kind; `extra` stands in each.
fn table(extra: &str) -> String {
    let mut rows = String::new();
    for index in 0..60 {
        let row = match index % 15 {
            3 => format!("<td>{index}<td><span class=badge>Ready {index}</span><td>a<br>b<td>x"),
            4 => format!("<td>{index}<td><b>Bold {index}</b> and more<td><td class=go>x"),
            5 => format!("<td>{index}<td colspan=2>wide {index}<td>x"),
            6 => format!(
                "<th scope=row>{index}<td><a href=/p/{index}>Page {index}</a><td>a<td><input value={index}>"
            ),
            7 => format!("<td title=t{index}>{index}<td><span class=sr>gone</span><td>a<td>x"),
            8 => format!("<td>{index}<td><table><tr><td>in<td>side</table><td>a<td>\u{e001}x"),
            9 => format!(
                "<td>{index}<td><a>no link {index}</a><td><code>c{index}</code><td><img alt=Cat src=/c.png>"
            ),
            _ => format!(
                "<td>{index}<td> <a class=n href=/p/{index}>Page  {index}</a> <td>{}<td><button>Order</button>",
                ["", "low"][index % 2]
            ),
        };
        // Writing to a string never fails.
        let _ = write!(rows, "<tr {extra}>{row}</tr>");
    }
    format!(
        "{STYLE}<table><thead><tr><th>No<th>Name<th>Stock<th>Do</thead><tbody>{rows}</tbody></table>"
    )
}

/// A reading without what names an element.
async fn read(bench: &Bench, html: &str) -> Vec<Node> {
    bench.show(html).await;
    let mut nodes = bench.page.read(None).await.unwrap().nodes;
    for node in &mut nodes {
        (node.id, node.rect, node.in_view, node.covered) = (None, None, false, false);
    }
    nodes
}

#[tokio::test]
async fn rows_that_are_built_alike_are_read_as_if_each_was_walked() {
    let bench = Bench::start().await;
    // An attribute that is not known to say nothing has every row walked.
    let walked = read(&bench, &table("data-walked")).await;
    let taken = read(&bench, &table("")).await;
    assert_eq!(walked.len(), taken.len());
    for (one, other) in walked.iter().zip(&taken) {
        assert_eq!(one, other);
    }
}

#[tokio::test]
async fn what_is_in_the_row_of_a_long_table_can_be_acted_on() {
    let bench = Bench::start().await;
    let said = "<p id=said></p><script>document.querySelector('table').addEventListener('click', it => {
        said.textContent = it.target.closest('tr').cells[0].textContent.trim() + it.target.localName })</script>";
    bench.show(&(table("") + said)).await;
    let nodes = bench.page.read(None).await.unwrap().nodes;
    let row = nodes.iter().rposition(|it| it.text == "Page 59").unwrap();
    let button = nodes[row..].iter().find(|it| it.role == "button").unwrap();
    let target = Target {
        element: button.id.clone().unwrap(),
        ..Target::default()
    };
    let located = bench.page.locate(&target.element).await.unwrap();
    assert_eq!((&*located.role, &*located.name), ("button", "Order"));
    bench.page.act(&Action::Click { target }).await.unwrap();
    let seen = bench.page.read(None).await.unwrap().nodes;
    assert!(seen.iter().any(|it| it.text == "59button"));
}
