//! What elements are called: names, labels, what stands near them, icons, states, order.

use super::*;

#[test]
fn what_is_quoted_is_the_name_and_the_whole_name_wins() {
    let seen = page::page(
        r#"
button "Save as draft" #draft
button "Save" #save
button "save" disabled #off
button "Delete account" #delete
link "Terms of use" href=terms #terms
textbox "First name" #first
textbox "Last name" #last
"#,
    );
    for (phrase, using, expected) in [
        (phrase("'Save'"), Use::Click, "save"),
        (phrase("save"), Use::Click, "save"),
        (phrase("'Save as'"), Use::Click, "draft"),
        (phrase("'Save button'"), Use::Click, "save"),
        (phrase("'Save everything'"), Use::Click, "nothing"),
        (phrase("remove account"), Use::Click, "delete"),
        (phrase("delet acount"), Use::Click, "delete"),
        (phrase("disabled save"), Use::Click, "off"),
        (phrase("terms of use"), Use::Click, "terms"),
        (
            at(Relation::In, phrase("use"), phrase("terms")),
            Use::Click,
            "terms",
        ),
        (phrase("surname"), Use::Fill, "last"),
        (
            Phrase {
                whole: "first name".into(),
                ..nth(1, phrase("name"))
            },
            Use::Fill,
            "first",
        ),
        (nth(2, phrase("name")), Use::Fill, "last"),
        (nth(2, of(Kind::Field, "")), Use::Fill, "last"),
        (nth(3, of(Kind::Button, "")), Use::Click, "off"),
        (phrase("logout"), Use::Click, "nothing"),
    ] {
        assert_eq!(find(&seen, &phrase, using), expected, "{phrase:?}");
    }
}

#[test]
fn icons_are_known_by_their_signs_and_by_what_their_author_calls_them() {
    let seen = page::page(
        r#"
button "×" #x
button "☰" #burger
button #trash hint=btn_fa_fa-trash
button #cog hint=icon_icon-settings
"#,
    );
    for (words, expected) in [
        ("close", "x"),
        ("dismiss", "x"),
        ("menu", "burger"),
        ("hamburger menu", "burger"),
        ("delete", "trash"),
        ("trash", "trash"),
        ("gear", "cog"),
    ] {
        let found = find(&seen, &of(Kind::Button, words), Use::Click);
        assert_eq!(found, expected, "{words}");
    }
}

#[test]
fn unnamed_fields_are_called_by_what_stands_beside_or_above_them() {
    let seen = page::page(
        r#"
form
  generic @0,0,80,20 : Street
  textbox #street @100,0,200,20
  generic @0,30,80,20 : Town
  textbox #town @100,30,200,20
  generic @0,100,80,16 : Notes
  textbox #notes @0,118,300,60
  checkbox unchecked #milk @0,200,16,16
  generic @20,200,60,16 : Milk
  checkbox unchecked #eggs @90,200,16,16
  generic @110,200,60,16 : Eggs
"#,
    );
    for (words, using, expected) in [
        ("Street", Use::Fill, "street"),
        ("town", Use::Fill, "town"),
        ("Notes", Use::Fill, "notes"),
        ("Milk", Use::Check, "milk"),
        ("Eggs", Use::Check, "eggs"),
    ] {
        assert_eq!(find(&seen, &phrase(words), using), expected, "{words}");
    }
}

#[test]
fn all_of_them_are_each_of_them_once() {
    let seen = page::page(
        r#"
checkbox "Milk" unchecked #milk
checkbox "Eggs" checked #eggs
link "Read more" href=one #one
link "Read more" href=one #again
link "Read more" href=two #two
generic click #card
  button "Open" #open : Open
"#,
    );
    assert_eq!(
        all(&seen, of(Kind::Check, ""), Use::Check),
        ["milk", "eggs"]
    );
    let unchecked = of(Kind::Check, "unchecked");
    assert_eq!(all(&seen, unchecked, Use::Check), ["milk"]);
    assert_eq!(
        all(&seen, phrase("'Read more'"), Use::Click),
        ["one", "two"]
    );
    assert_eq!(find(&seen, &phrase("open"), Use::Click), "open");
}

#[test]
fn what_a_dialog_keeps_from_being_used_is_not_meant() {
    for (covered, expected) in [("covered", "yes"), ("", "between")] {
        let seen = page::page(&format!(
            r#"
button "OK" #page {covered}
button "Cancel" {covered}
dialog "Sure?"
  button "OK" #yes
"#
        ));
        assert_eq!(find(&seen, &phrase("OK"), Use::Click), expected);
        let inside = at(Relation::In, phrase("dialog"), phrase("OK"));
        assert_eq!(find(&seen, &inside, Use::Click), "yes");
    }
}

#[test]
fn a_text_is_meant_where_nothing_is_made_for_being_clicked() {
    let seen = page::page(
        r#"
list
  listitem #one : Grow tomatoes
  listitem #two : Paint the fence
button "Add" #add
"#,
    );
    assert_eq!(find(&seen, &phrase("'Paint the fence'"), Use::Click), "two");
    assert_eq!(find(&seen, &last(phrase("item")), Use::Click), "two");
    // Nothing leads to a page there.
    assert_eq!(
        find(&seen, &phrase("'Paint the fence'"), Use::Follow),
        "nothing"
    );
}

#[test]
fn boxes_are_counted_as_they_are_seen() {
    let seen = page::page(
        r#"
button "Pick" #c @200,0,50,20
button "Pick" #a @0,0,50,20
button "Pick" #d @0,40,50,20
button "Pick" #b @100,0,50,20
"#,
    );
    for (at, expected) in [(1, "a"), (2, "b"), (3, "c"), (4, "d")] {
        assert_eq!(find(&seen, &nth(at, phrase("pick")), Use::Click), expected);
    }
}

#[test]
fn numbers_are_compared_by_what_they_say() {
    let seen = page::page(
        r#"
heading "Numbers" : Numbers
generic click #seven : 7
generic click #minus : -3
generic click #half : 12.5
generic click #word : Twelve
button "Go" #go
"#,
    );
    for (least, expected) in [(false, "half"), (true, "minus")] {
        let phrase = most("", least, phrase("number"));
        assert_eq!(find(&seen, &phrase, Use::Click), expected);
    }
}

#[test]
fn choices_belong_to_the_words_before_them() {
    let seen = page::page(
        r#"
form
  'Size'
  radio "Small" unchecked #s1
  'Small'
  radio "Large" unchecked #l1
  'Large'
  'Crust'
  radio "Small" unchecked #s2
  'Small'
  radio "Thin" unchecked #t2
  'Thin'
"#,
    );
    for (place, words, expected) in [
        ("Crust", "Small", "s2"),
        ("Size", "Small", "s1"),
        ("Crust", "Thin", "t2"),
    ] {
        let phrase = at(Relation::In, phrase(place), of(Kind::Check, words));
        assert_eq!(
            find(&seen, &phrase, Use::Check),
            expected,
            "{place} {words}"
        );
    }
}
