//! What goals in words mean.
#![expect(clippy::panic, reason = "tests")]

use errand_engine::goal::{Ask, Ordinal, Worth, parse};
use proptest::prelude::*;

fn asks(prompt: &str) -> Vec<Ask> {
    match parse(prompt) {
        Ok(goal) => goal.clauses.into_iter().map(|clause| clause.ask).collect(),
        Err(error) => panic!("{prompt}: {error}"),
    }
}

fn fills(prompt: &str) -> Vec<(String, String)> {
    let fill = |ask: Ask| match ask {
        Ask::Fill {
            field,
            value: Worth::Given(value),
        } => (field.map(|it| it.words).unwrap_or_default(), value),
        other => panic!("{prompt}: {other:?}"),
    };
    asks(prompt).into_iter().map(fill).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn fields_and_values_in_their_usual_wordings() {
    for (prompt, expected) in [
        (
            "Type 'hello world' into the search box",
            &[("search", "hello world")][..],
        ),
        (
            "type hello world into the Comment field",
            &[("Comment", "hello world")],
        ),
        (
            "Enter \"ann@example.com\" in the 'E-mail' field.",
            &[("E-mail", "ann@example.com")],
        ),
        (
            "Fill in Name with 'Ann' and Email with 'a@b.c'",
            &[("Name", "Ann"), ("Email", "a@b.c")],
        ),
        (
            "Fill out the form with Name: Ann Lee, City: Rome",
            &[("Name", "Ann Lee"), ("City", "Rome")],
        ),
        (
            "Please fill the name field with \"Ann's\"",
            &[("name", "Ann's")],
        ),
        ("Set Quantity to 3", &[("Quantity", "3")]),
        (
            "First name: Ann\nLast name: Lee",
            &[("First name", "Ann"), ("Last name", "Lee")],
        ),
        (
            "fill name 'Ann', email 'x@y.z'",
            &[("name", "Ann"), ("email", "x@y.z")],
        ),
    ] {
        assert_eq!(fills(prompt), owned(expected), "{prompt}");
    }
}

#[test]
fn a_wrapped_sentence_is_one_and_lines_of_their_own_are_several() {
    let one = asks("Please extract\nthe main\nheading.");
    assert_eq!(one.len(), 1, "{one:?}");
    let wrapped = asks("Fill in Name with 'Ann' and\nEmail with 'a@b.c', then\nclick Send");
    assert_eq!(wrapped.len(), 3, "{wrapped:?}");
    let lines = asks(
        "1. Click 'Buy'\n2. Type 'Ann' into Name\nName: Ann\n- go back\nExtract the\nlist of posts",
    );
    assert_eq!(lines.len(), 5, "{lines:?}");
}

#[test]
fn several_clauses_are_found_in_order() {
    let all = asks(
        "Open https://example.com/a?b=1, then click the second 'Buy' button and check \"I agree\". \
         After that, select 'Large' from the Size dropdown; press Enter. Go back and reload.",
    );
    let kinds: Vec<String> = all
        .iter()
        .map(|ask| {
            format!("{ask:?}")
                .split([' ', '('])
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "Open", "Click", "Check", "Select", "Press", "Back", "Reload"
        ]
    );
    let Ask::Click(phrase) = &all[1] else {
        panic!("{all:?}")
    };
    assert_eq!(
        (phrase.words.as_str(), phrase.ordinal),
        ("Buy", Some(Ordinal::Nth(2)))
    );
    assert_eq!(all[0], Ask::Open("https://example.com/a?b=1".to_owned()));
}

#[test]
fn a_log_in_takes_what_is_given() {
    for (prompt, user, password) in [
        (
            "Log in with username 'u@x.y' and password 'p w'",
            Some("u@x.y"),
            Some("p w"),
        ),
        (
            "Sign in as demo@example.com using password hunter2",
            Some("demo@example.com"),
            Some("hunter2"),
        ),
        (
            "Log in with username 'support@company.com'",
            Some("support@company.com"),
            None,
        ),
        (
            "Log in to the portal with 'ann' / 'secret'",
            Some("ann"),
            Some("secret"),
        ),
        (
            "Log in as ann. The password is 'secret'.",
            Some("ann"),
            Some("secret"),
        ),
    ] {
        let expected = Ask::LogIn {
            user: user.map(str::to_owned),
            password: password.map(str::to_owned),
        };
        assert_eq!(asks(prompt), [expected], "{prompt}");
    }
}

#[test]
fn what_to_extract_keeps_its_limit_and_place() {
    let all = asks("Find the top 3 posts on the front page");
    let [Ask::Extract(wanted)] = &all[..] else {
        panic!("{all:?}")
    };
    assert_eq!((wanted.limit, wanted.nouns[0].as_str()), (Some(3), "posts"));
    let all = asks("Go to the invoices page and extract all invoice numbers");
    let [Ask::GoTo(page), Ask::Extract(wanted)] = &all[..] else {
        panic!("{all:?}")
    };
    assert_eq!((page.words.as_str(), wanted.all), ("invoices", true));
    let all = asks("Extract the top 3 products with name and price");
    let [Ask::Extract(wanted)] = &all[..] else {
        panic!("{all:?}")
    };
    assert_eq!(wanted.fields, ["name", "price"]);
}

#[test]
fn what_has_no_meaning_is_named_with_its_place() {
    let error = parse("Click 'OK'. Klick the button").unwrap_err();
    assert_eq!(error.text, "Klick the button");
    assert_eq!(error.span, 12..28);
    assert!(error.hint.contains("click"), "{}", error.hint);
}

proptest! {
    #[test]
    fn any_text_is_parsed_without_panic_and_spans_lie_inside(prompt in "\\PC{0,200}") {
        match parse(&prompt) {
            Ok(goal) => for clause in goal.clauses {
                prop_assert_eq!(&prompt[clause.span.clone()], clause.text.as_str());
            },
            Err(error) => prop_assert!(prompt.get(error.span).is_some()),
        }
    }
}
