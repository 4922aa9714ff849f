//! Sentences and lists that order without an imperative.

use crate::told;

#[test]
fn orders_that_are_no_imperatives_are_orders() {
    for (prompt, expected) in [
        (
            "Our colleague Jan Mertens has left, so his account has to be deleted.",
            &["click delete @Of Jan Mertens's account"][..],
        ),
        (
            "I want the push notifications switched on and the digest switched off.",
            &[
                "check push notifications Some(true)",
                "check digest Some(false)",
            ],
        ),
        (
            "It would be nice if the light in the kitchen could be switched off.",
            &["check light @Of kitchen Some(false)"],
        ),
        (
            "Make sure that the newsletter box is not ticked before you submit the form.",
            &["check newsletter Some(false)", "submit"],
        ),
        (
            "The priority should be Low, and the first name must be \"Ada\".",
            &["fill priority=Low", "fill name=Ada"],
        ),
        (
            "I was wondering if you could possibly tick Milk because I need it, thanks.",
            &["check Milk Some(true)"],
        ),
        (
            "Send the form after entering Lars as the city.",
            &["fill city=Lars", "submit"],
        ),
        (
            "Once you have signed in as 'bo' with password 'x1', open Reports.",
            &["login", "go Reports"],
        ),
        (
            "You should see a box with the text \"Remember me\"; it has to be ticked.",
            &["check Remember me Some(true)"],
        ),
    ] {
        let told: Vec<String> = told(prompt);
        let expected: Vec<&str> = expected.to_vec();
        let same = told.len() == expected.len()
            && told
                .iter()
                .zip(&expected)
                .all(|(have, want)| have.starts_with(want) || have.replace(" Nth(1)", "") == *want);
        assert!(same, "{prompt}: {told:?}");
    }
}

#[test]
fn lists_of_any_shape_are_orders_and_values() {
    for (prompt, expected) in [
        (
            "Steps:\na. go to Products\nb. Profile tab\nc. Name -> Kiwi",
            &["go Products", "go Profile", "fill Name=Kiwi"][..],
        ),
        (
            "Data:\n- City .... Rome\n- Country: Norway\nthen submit",
            &["fill City=Rome", "fill Country=Norway", "submit"],
        ),
        (
            "What I need:\n1) the title\n2) the year",
            &["read title|year"],
        ),
        (
            "Add to cart:\n* Milk\n* Eggs",
            &["click add to cart @Of Milk", "click add to cart @Of Eggs"],
        ),
        (
            "[ ] untick SMS\n[ ] title \"Picnic\"\n[ ] save",
            &["check SMS Some(false)", "fill title=Picnic", "click save"],
        ),
        (
            "Step 1 - open Downloads\nStep 2 - search: red mouse",
            &["go Downloads", "search"],
        ),
        ("newest comment: author + text", &["read author|text"]),
        (
            "Pay on arrival: yes\nNext visit: 14 May\nAllergic to nuts: no",
            &[
                "fill Pay on arrival=yes",
                "fill Next visit=14 May",
                "fill Allergic to nuts=no",
            ],
        ),
        (
            "Put the language in Spanish, then give a like on the post",
            &["fill language=Spanish", "click like @Of post"],
        ),
        (
            "Leave a comment as \"Wim\" saying \"Great\"",
            &["fill name=Wim", "fill comment=Great", "submit"],
        ),
    ] {
        assert_eq!(told(prompt), expected, "{prompt}");
    }
}

#[test]
fn what_is_stated_of_something_new_is_filled_in_before_it_is_sent() {
    for prompt in [
        "Invite her with the address zoe@co.example, she gets the role Manager.",
        "Invite a colleague. The address is zoe@co.example and she should get the role Manager.",
    ] {
        let told = told(prompt);
        assert!(told[0].starts_with("click invite"), "{prompt}: {told:?}");
        assert_eq!(
            told[1..],
            ["fill address=zoe@co.example", "fill role=Manager", "submit"],
            "{prompt}"
        );
    }
    // What fills a form that is named so is not done until it is sent.
    assert_eq!(
        told("Change my password: the current one is 'a1', and the new one shall be 'b2'"),
        ["fill current password=a1", "fill new password=b2", "submit"]
    );
}

#[test]
fn only_verbs_of_belonging_are_left_out_of_relative_clauses() {
    assert_eq!(
        told("Open the order that Ann placed"),
        ["go order @Row Ann"]
    );
    assert_eq!(
        told("Click the link which leads to the imprint"),
        ["click imprint"]
    );
    let told = told("Open the order that Ann cancelled");
    assert!(told[0].contains("cancelled"), "{told:?}");
}
