//! Values as people write them.

use errand_browser::human::{
    self, Date, Order, Time, control_value,
    date::{self, name},
    number, same, time,
};
use proptest::prelude::*;

#[test]
fn dates_are_read_in_the_forms_that_people_use() {
    let twelfth = Date::new(2026, 3, 12).unwrap();
    for text in [
        "2026-03-12",
        "2026/3/12",
        "12 March 2026",
        "March 12, 2026",
        "Thursday, 12th of March 2026",
        "Mar 12 2026",
        "12-Mar-2026",
        "12.3.2026",
        "03/12/2026",
        "3/12/26",
        "20260312",
        "Thu Mar 12th, 2026",
    ] {
        assert_eq!(date::parse(text, None), Some(twelfth), "{text}");
    }
    // What can only be a day is one; what the field shows comes before the separator.
    assert_eq!(date::parse("31/12/2026", None), Date::new(2026, 12, 31));
    let hinted = date::parse("03/12/2026", date::order_of("dd/mm/yyyy"));
    assert_eq!(hinted, Date::new(2026, 12, 3));
    for text in [
        "",
        "March",
        "12",
        "12 March",
        "31 June 2026",
        "2026",
        "03/12/2026 x",
        "call 12/3/2026 now",
        "1.2.3.4",
        "monday",
    ] {
        assert_eq!(date::parse(text, None), None, "{text}");
    }
    assert_eq!(date::order_of("TT.MM.JJJJ"), Some(Order::DayFirst));
    assert_eq!(date::order_of("jj/mm/aaaa"), Some(Order::DayFirst));
    assert_eq!(date::order_of("MM-DD-YYYY"), Some(Order::MonthFirst));
    assert_eq!(date::order_of("Start date"), None);
    assert_eq!(
        twelfth.like("d MMMM yyyy").as_deref(),
        Some("12 March 2026")
    );
    assert_eq!(twelfth.like("Pick a date"), None);
}

#[test]
fn controls_get_values_in_their_own_format() {
    for (control, text, held) in [
        ("date", "12 March 2026", Some("2026-03-12")),
        ("time", "5pm", Some("17:00")),
        ("time", "12:05 a.m.", Some("00:05")),
        ("time", "17h30", Some("17:30")),
        ("time", "5.30 pm", Some("17:30")),
        ("time", "noon", Some("12:00")),
        ("time", "17", None),
        ("time", "25:00", None),
        (
            "datetime-local",
            "12 March 2026 at 5 pm",
            Some("2026-03-12T17:00"),
        ),
        (
            "datetime-local",
            "2026-03-12T09:15",
            Some("2026-03-12T09:15"),
        ),
        (
            "datetime-local",
            "9:15, 03/12/2026",
            Some("2026-03-12T09:15"),
        ),
        ("datetime-local", "12 March 2026", Some("2026-03-12T00:00")),
        ("month", "March 2026", Some("2026-03")),
        ("month", "03/2026", Some("2026-03")),
        ("month", "12 March 2026", Some("2026-03")),
        ("week", "2026-W10", Some("2026-W10")),
        ("week", "week 10 of 2026", Some("2026-W10")),
        ("week", "4 March 2026", Some("2026-W10")),
        ("week", "2027-W53", None),
        ("number", "1,234.5", Some("1234.5")),
        ("number", "-3", Some("-3")),
        ("range", "70 %", Some("70")),
        ("number", "none", None),
    ] {
        assert_eq!(
            control_value(control, text, "").as_deref(),
            held,
            "{control} {text}"
        );
    }
    for (wanted, shown, holds) in [
        ("12 March 2026", "03/12/2026", true),
        ("12 March 2026", "12.03.2026", true),
        ("12 March 2026", "03/13/2026", false),
        ("5pm", "17:00", true),
        ("70", "70%", true),
        ("70", "71", false),
        ("Ann", "ann ", true),
        ("Ann", "Anna", false),
    ] {
        assert_eq!(same(wanted, shown, ""), holds, "{wanted} {shown}");
    }
}

proptest! {
    #[test]
    fn a_date_is_read_back_however_it_is_written(year in 1900..2100i32, month in 1..=12u8, day in 1..=31u8) {
        let Some(date) = Date::new(year, month, day) else { return Ok(()) };
        let (name, short) = (name(month), &name(month)[..3]);
        for text in [
            date.to_string(),
            format!("{day} {name} {year}"),
            format!("{name} {day}, {year}"),
            format!("{short}-{day}-{year}"),
            format!("{day}.{month}.{year}"),
            format!("{month}/{day}/{year}"),
            format!("{year}/{month:02}/{day:02}"),
        ] {
            prop_assert_eq!(date::parse(&text, None), Some(date), "{}", text);
        }
        for format in ["dd/mm/yyyy", "mm/dd/yyyy", "yyyy.mm.dd", "d MMM yyyy", "M-D-YYYY"] {
            let text = date.like(format).unwrap();
            prop_assert_eq!(date::parse(&text, date::order_of(format)), Some(date), "{}", text);
            prop_assert!(date::could_be(&text, date), "{}", text);
        }
        let (of, week) = date.week();
        prop_assert!((1..=53).contains(&week) && (of - year).abs() <= 1);
        let text = format!("{of}-W{week:02}");
        prop_assert_eq!(date::parse_week(&text), Some((of, week)));
    }

    #[test]
    fn a_time_is_read_back_however_it_is_written(hour in 0..24u8, minute in 0..60u8, second in 0..60u8) {
        let time = Time::new(hour, minute, second).unwrap();
        prop_assert_eq!(time::parse(&time.to_string()), Some(time));
        let short = Time { second: 0, ..time };
        prop_assert_eq!(time::parse(&short.twelve()), Some(short));
        prop_assert_eq!(time::parse(&short.twelve().to_lowercase().replace(' ', "")), Some(short));
    }

    #[test]
    fn a_number_is_read_back_and_nothing_makes_it_panic(number in -1e9..1e9f64, text in ".{0,40}") {
        let rounded = (number * 100.0).round() / 100.0;
        prop_assert_eq!(number::parse(&number::plain(rounded)), Some(rounded));
        for control in ["date", "time", "datetime-local", "month", "week", "number"] {
            let _ = control_value(control, &text, &text);
        }
        let _ = human::same(&text, &text, "");
    }
}
