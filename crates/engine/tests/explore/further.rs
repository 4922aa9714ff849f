//! What is tried when nothing on the page is what the goal names.

use crate::carry::{HERE, carry};

const BAR: &str = r#"
button "File" expanded=false #file
button "Edit" expanded=false #edit
button "Delete all" expanded=false #delete
form
  textbox "Name" #name
  button "More" #send
link "Log out" href=find/out #out
"#;
const FILE: &str = r#"
button "File" expanded=true #file
menuitem "Print" #print
button "Edit" expanded=false #edit
button "Delete all" expanded=false #delete
"#;
const EDIT: &str = r#"
button "File" expanded=false #file
button "Edit" expanded=true #edit
menuitem "Find and replace" #find
"#;

fn bar(done: &str) -> Option<(&'static str, &'static str)> {
    match done {
        "click file" => Some((HERE, FILE)),
        "click edit" => Some((HERE, EDIT)),
        "click find" => Some((HERE, BAR)),
        _ => None,
    }
}

#[tokio::test]
async fn closed_menus_are_opened_until_one_holds_it() {
    let (done, end) = carry("click 'Find and replace'", BAR, bar).await;
    assert_eq!(end, "finished");
    assert_eq!(done, ["click file", "click edit", "click find"]);
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_never_tried_and_what_was_tried_is_told() {
    let (done, end) = carry("click 'Invert colours'", BAR, bar).await;
    assert!(
        end.contains("tried to open \"File\", open \"Edit\""),
        "{end}"
    );
    assert_eq!(done, ["click file", "click edit"]);
}

#[tokio::test]
async fn a_page_that_sounds_alike_is_opened_and_left_again() {
    let home = r#"
link "Account settings" href=settings #settings
link "Account history" href=history #history
link "Delete account" href=delete #delete
"#;
    let settings = "heading \"Settings\" : Settings";
    let history = "button \"Account statement\" #statement";
    let (done, end) = carry("click 'Account statement'", home, move |done| match done {
        "click settings" => Some(("https://example.test/settings", settings)),
        "back" => Some((HERE, home)),
        "click history" => Some(("https://example.test/history", history)),
        "click statement" => Some(("https://example.test/history", "'Statement'")),
        _ => None,
    })
    .await;
    assert_eq!(end, "finished");
    assert_eq!(
        done,
        ["click settings", "back", "click history", "click statement"]
    );
}

#[tokio::test]
async fn the_menu_of_the_row_that_is_meant_is_opened_and_no_other() {
    let rows = r#"
list
  listitem
    'Ann'
    button "More" expanded=false #more-ann
  listitem
    'Bob'
    button "More" expanded=false #more-bob
"#;
    let open = r#"
list
  listitem
    'Ann'
    button "More" expanded=false #more-ann
  listitem
    'Bob'
    button "More" expanded=true #more-bob
    menuitem "Mute" #mute
"#;
    let (done, end) = carry(
        "click 'Mute' in the row of Bob",
        rows,
        move |done| match done {
            "click more-bob" => Some((HERE, open)),
            "click mute" => Some((HERE, rows)),
            _ => None,
        },
    )
    .await;
    assert_eq!(end, "finished");
    assert_eq!(done, ["click more-bob", "click mute"]);
}
