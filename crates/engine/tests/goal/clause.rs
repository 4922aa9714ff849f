//! Clauses: verbs, names, values, places, what is read.

use errand_engine::goal::{Ask, Ordinal, parse};

use crate::{asks, fills, owned, told};

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
    assert_eq!(
        (wanted.limit(), wanted.nouns[0].as_str()),
        (Some(3), "posts")
    );
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
fn places_conditions_tools_and_references_belong_to_the_order_they_stand_by() {
    for (prompt, expected) in [
        (
            "In the row of Ann Lee, click Edit.",
            &["click Edit @Row Ann Lee"][..],
        ),
        (
            "Click the delete button next to 'Milk'",
            &["click delete @Beside Milk"],
        ),
        (
            "Find the email by Ann and click the trash icon to delete it",
            &["click trash @Row email by Ann"],
        ),
        ("Find the 'Save' button and click on it", &["click Save"]),
        (
            "If there is a cookie banner, accept it, then click 'Login'. Otherwise click 'Start'.",
            &[
                "if true cookie: dialog",
                "click Login",
                "if false cookie: click Start",
            ],
        ),
        (
            "Use the dropdown to select 'Large' and click Buy",
            &["select =Large", "click Buy"],
        ),
        ("Select 5 with the slider", &["select =5"]),
        ("Close the dialog by clicking the 'x'", &["click x @In"]),
        ("Delete the second row", &["click delete @Of row"]),
        (
            "Add the blue shirt to the cart",
            &["click add to cart @Of blue shirt"],
        ),
        (
            "Scroll the list to find and choose Rome, then click Submit",
            &["select =Rome", "click Submit"],
        ),
        (
            "Switch between the tabs to find and click on the link 'x'",
            &["click x"],
        ),
        (
            "The hall is bigger than the kitchen, so click 'Hall'",
            &["click Hall"],
        ),
        (
            "open Finance, then Receipts",
            &["go Finance", "go Receipts"],
        ),
        (
            "Click 'Add' twice, then click Save but don't press Send",
            &["click Add", "click Add", "click Save"],
        ),
        ("Drag 'A' onto the second box", &["drag A > box Nth(2)"]),
        (
            "For the crust choose 'Thin' and for delivery choose 'Home'",
            &["select crust=Thin", "select delivery=Home"],
        ),
        (
            "Choose 'C#' as the language, 'Rome' as the city and version 'Release 3.0'",
            &[
                "select language=C#",
                "select city=Rome",
                "select version=Release 3.0",
            ],
        ),
    ] {
        let told = told(prompt);
        let expected: Vec<&str> = expected.to_vec();
        let same = told.len() == expected.len()
            && told
                .iter()
                .zip(&expected)
                .all(|(have, want)| have.trim_end() == *want || have == want);
        assert!(same, "{prompt}: {told:?}");
    }
}

#[test]
fn values_are_given_or_made_from_what_the_page_holds() {
    for (prompt, expected) in [
        (
            "Find the 4th word in the paragraph, type that into the box",
            &["take [Word(Nth(4))]", "fill =it"][..],
        ),
        (
            "Copy the text of the heading and paste it into Name",
            &["take []", "fill Name=it"],
        ),
        (
            "Type 'FOO' in lower case into the text box",
            &["fill =[Lower]"],
        ),
        (
            "Type the sum of 'Price' and 'Tax' in the total field",
            &["fill total=[Sum]"],
        ),
        (
            "Pick the date March 14, 2027",
            &["select date=March 14 2027"],
        ),
        (
            "driver's license: Yes, favorite fruit: Cherry, short message: 'Thanks!'",
            &[
                "fill driver's license=Yes",
                "fill favorite fruit=Cherry",
                "fill short message=Thanks!",
            ],
        ),
        (
            "email a@b.example, password 12345678, next",
            &[
                "fill email=a@b.example",
                "fill password=12345678",
                "click next",
            ],
        ),
        (
            "Change the quantity of 'Tea' to 3",
            &["fill quantity @Of Tea=3"],
        ),
        ("bedroom light on", &["check bedroom light Some(true)"]),
    ] {
        assert_eq!(told(prompt), expected, "{prompt}");
    }
}

#[test]
fn words_that_found_no_meaning_are_never_left_out_in_silence() {
    for (prompt, lost) in [
        (
            "Using the text editor, make everything orange and press Submit",
            "make everything orange",
        ),
        ("Click 'Save' quietly as possible", "quietly possible"),
        ("Click 'Save' and frobnicate the result", "frobnicate"),
        ("Type 'hello into the box", "'hello"),
    ] {
        let error = parse(prompt).expect_err(prompt);
        let named =
            lost.split(' ').any(|word| error.text.contains(word)) || error.text.contains("editor");
        assert!(named, "{prompt}: {error}");
    }
}

#[test]
fn what_only_a_model_can_do_and_other_languages_are_told() {
    for (prompt, hint) in [
        ("Summarize the article", "configure"),
        (
            "Write a poem about autumn in the comment field",
            "configure",
        ),
        (
            "Klicke auf den blauen Knopf und melde dich dann an",
            "German",
        ),
        (
            "Нажмите на синюю кнопку, чтобы войти, и выберите первый счёт",
            "Russian",
        ),
        ("点击蓝色按钮然后登录", "Mandarin"),
        ("انقر على الزر الأزرق ثم سجل الدخول", "Arabic"),
    ] {
        let error = parse(prompt).expect_err(prompt);
        assert!(error.hint.contains(hint), "{prompt}: {error}");
    }
}

#[test]
fn what_has_no_meaning_is_named_with_its_place() {
    let error = parse("Click 'OK'. Klick the button").unwrap_err();
    assert_eq!(error.text, "Klick the button");
    assert_eq!(error.span, 12..28);
    assert!(error.hint.contains("click"), "{}", error.hint);
}

#[test]
fn an_order_with_an_unknown_verb_is_no_statement() {
    for prompt in [
        "Widen the drawing so that the frame is larger than before, then press Done",
        "Estimate the load which is too high and press Done",
        "Solve for y and press Done",
    ] {
        assert!(parse(prompt).is_err(), "{prompt}: {:?}", parse(prompt));
    }
    for prompt in [
        "The van is larger than we thought, so press Done",
        "I have to be at the depot. Press Done",
        "My sister lives where the tram ends, press Done",
    ] {
        assert_eq!(asks(prompt).len(), 1, "{prompt}");
    }
}
