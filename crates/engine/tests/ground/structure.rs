//! Rows, cards, sections, columns: the places that people name.

use super::*;

const USERS: &str = r#"
navigation
  link "Users" href=users #nav-users
  link "Billing" href=billing #nav-billing
main
  heading "Users" level=1 : Users
  table
    row
      columnheader : Name
      columnheader : Email
      columnheader : Actions
    row #row-ann
      cell : Ann
      cell : ann@example.test
      cell
        button "Edit" #edit-ann
        button "Delete" #delete-ann
    row #row-bob
      cell : Bob Smith
      cell : bob@example.test
      cell
        button "Edit" #edit-bob
        button "Delete" #delete-bob
    row #row-cid
      cell : Cid
      cell : cid@example.test
      cell
        button "Edit" #edit-cid
  heading "Billing" level=2 : Billing
  'Your plan'
  button "Edit" #edit-billing
  button "Cancel plan" #cancel
  heading "Shipping" level=2 : Shipping
  button "Edit" #edit-shipping
"#;

#[test]
fn rows_are_told_by_what_they_say() {
    let seen = page::page(USERS);
    for (who, expected) in [
        ("'Ann'", "delete-ann"),
        ("Bob Smith", "delete-bob"),
        ("Bob", "delete-bob"),
        ("bob@example.test", "delete-bob"),
        ("user Ann", "delete-ann"),
        ("row of Ann", "delete-ann"),
        // There is no such button in the row, and none of another row is taken for it.
        ("Cid", "not there"),
        ("Dora", "no place"),
    ] {
        for relation in [Relation::Row, Relation::In, Relation::Beside] {
            let phrase = at(relation, phrase(who), of(Kind::Button, "delete"));
            assert_eq!(
                find(&seen, &phrase, Use::Click),
                expected,
                "{relation:?} {who}"
            );
        }
    }
}

#[test]
fn rows_are_told_by_their_number() {
    let seen = page::page(USERS);
    for (place, expected) in [
        (nth(2, phrase("row")), "edit-bob"),
        (phrase("row 3"), "edit-cid"),
        (last(phrase("row")), "edit-cid"),
        (nth(9, phrase("row")), "no place"),
    ] {
        for relation in [Relation::In, Relation::Row] {
            let phrase = at(relation, place.clone(), phrase("edit"));
            assert_eq!(find(&seen, &phrase, Use::Click), expected, "{place:?}");
        }
    }
}

#[test]
fn sections_are_what_stands_under_their_heading() {
    let seen = page::page(USERS);
    for relation in [Relation::Under, Relation::In] {
        for (place, expected) in [
            (phrase("Billing"), "edit-billing"),
            (phrase("Shipping"), "edit-shipping"),
            (phrase("billing section"), "edit-billing"),
        ] {
            let phrase = at(relation, place.clone(), phrase("'Edit'"));
            assert_eq!(find(&seen, &phrase, Use::Click), expected, "{place:?}");
        }
    }
    let edits = all(
        &seen,
        at(Relation::In, phrase("users table"), phrase("edit")),
        Use::Click,
    );
    assert_eq!(edits, ["edit-ann", "edit-bob", "edit-cid"]);
}

#[test]
fn equal_names_with_nothing_to_tell_them_apart_are_told_with_their_rows() {
    let seen = page::page(USERS);
    let Err(doubt) = ground::find(&seen, &phrase("'Delete'"), Use::Click) else {
        panic!("one of two is taken");
    };
    let reason = doubt.reason("Delete", &seen.url);
    assert!(reason.contains("in the row of \"Ann"), "{reason}");
    assert!(reason.contains("in the row of \"Bob"), "{reason}");
}

#[test]
fn unnamed_fields_are_called_by_the_head_of_their_column() {
    let seen = page::page(
        r#"
table
  row
    columnheader : Name
    columnheader : Amount
  row
    cell
      textbox #n1
    cell
      textbox #a1
  row
    cell
      textbox #n2
    cell
      textbox #a2
"#,
    );
    for (words, row, expected) in [("Name", 1, "n1"), ("name", 2, "n2"), ("Amount", 2, "a2")] {
        let phrase = at(
            Relation::In,
            nth(row, phrase("row")),
            of(Kind::Field, words),
        );
        assert_eq!(find(&seen, &phrase, Use::Fill), expected);
        let phrase = nth(row, of(Kind::Field, words));
        assert_eq!(find(&seen, &phrase, Use::Fill), expected);
    }
}

const SHOP: &str = r#"
heading "Kitchen tools" level=1 : Kitchen tools
banner
  link "Shop" href=shop
main
  generic #card-1
    heading "Kettle" level=3
      link "Kettle" href=kettle #kettle : Kettle
    '$35.00'
    '4.1 stars'
    button "Add to cart" #add-kettle
  generic #card-2
    heading "Toaster" level=3
      link "Toaster" href=toaster #toaster : Toaster
    '$1,020.00'
    '3.9 stars'
    button "Add to cart" #add-toaster
  generic #card-3
    heading "Spoon" level=3
      link "Spoon" href=spoon #spoon : Spoon
    '$4.50'
    '4.8 stars'
    button "Add to cart" #add-spoon
"#;

#[test]
fn the_most_of_something_is_read_off_the_cards() {
    let mut seen = page::page(SHOP);
    for node in &mut seen.nodes {
        node.rect = Some([0.0, 0.0, 10.0, 10.0]);
    }
    let add = || phrase("add to cart");
    for (phrase, expected) in [
        (most("price", true, add()), "add-spoon"),
        (most("price", false, add()), "add-toaster"),
        (most("stars", false, add()), "add-spoon"),
        (most("weight", false, add()), "unmeasured"),
        (at(Relation::In, phrase("Toaster"), add()), "add-toaster"),
        (
            at(Relation::In, most("price", true, phrase("product")), add()),
            "add-spoon",
        ),
        (
            at(Relation::In, nth(2, phrase("product")), add()),
            "add-toaster",
        ),
        (nth(3, phrase("product")), "spoon"),
        (most("price", true, phrase("product")), "spoon"),
        // What the page lists is called tools, and one of them a kettle.
        (
            at(Relation::Of, most("price", true, phrase("tool")), add()),
            "add-spoon",
        ),
        (
            at(Relation::Of, most("price", true, phrase("thing")), add()),
            "add-spoon",
        ),
        (most("price", false, phrase("tool")), "toaster"),
        (most("price", false, phrase("kettle")), "unmeasured"),
        (last(add()), "add-spoon"),
        (nth(4, add()), "few"),
        (add(), "between"),
    ] {
        assert_eq!(find(&seen, &phrase, Use::Click), expected, "{phrase:?}");
    }
}

#[test]
fn before_and_after_mean_the_nearest() {
    let seen = page::page(
        r#"
form
  checkbox "Eggs" label=Eggs unchecked #eggs
  'Eggs'
  checkbox "Milk" label=Milk unchecked #milk
  'Milk'
  textbox "City" #city
  'Search'
  textbox #query
  button "Go" #go
"#,
    );
    for (relation, place, kind, expected) in [
        (Relation::Before, "'Milk'", Kind::Check, "milk"),
        (Relation::Before, "Eggs", Kind::Check, "eggs"),
        (Relation::After, "Search", Kind::Field, "query"),
        (Relation::Before, "Go", Kind::Field, "query"),
    ] {
        let phrase = at(relation, phrase(place), of(kind, ""));
        let using = if kind == Kind::Check {
            Use::Check
        } else {
            Use::Fill
        };
        assert_eq!(
            find(&seen, &phrase, using),
            expected,
            "{relation:?} {place}"
        );
    }
}

#[test]
fn what_things_are_called_by_people_need_not_stand_on_the_page() {
    let seen = page::page(
        r#"
heading "Reports" level=1 : Reports
table
  row
    columnheader : Subject
    columnheader : Period
    columnheader : File
  row
    cell : Sales
    cell : Q1 2026
    cell
      link "CSV" href=s1 #s1
  row
    cell : Sales
    cell : Q2 2026
    cell
      link "CSV" href=s2 #s2
  row
    cell : Energy
    cell : Q2 2026
    cell
      link "CSV" href=e2 #e2
"#,
    );
    for (place, expected) in [
        ("sales report for Q2 2026", "s2"),
        ("energy", "e2"),
        ("sales Q1", "s1"),
        // Another word that nothing on the page says may be what tells it apart.
        ("sales draft for Q2 2026", "no place"),
        ("sales report", "between"),
    ] {
        let phrase = at(Relation::Of, phrase(place), phrase("CSV"));
        assert_eq!(find(&seen, &phrase, Use::Click), expected, "{place}");
    }
    let second = at(Relation::Of, nth(2, phrase("sheet")), phrase("CSV"));
    assert_eq!(find(&seen, &second, Use::Click), "s2");
    let tickets = page::page(
        r#"
list
  listitem
    link "VPN drops every hour" href=v #vpn : VPN drops every hour
    '#401'
  listitem
    link "Monitor flickers" href=m #monitor : Monitor flickers
    '#402'
"#,
    );
    for (phrase, expected) in [
        (phrase("ticket about the VPN"), "vpn"),
        (nth(2, phrase("ticket")), "monitor"),
        (phrase("ticket about the printer"), "nothing"),
        (of(Kind::Item, "item"), "between"),
    ] {
        assert_eq!(find(&tickets, &phrase, Use::Follow), expected, "{phrase:?}");
    }
}
