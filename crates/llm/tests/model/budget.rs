//! What calls cost, and where a run's limits stop it.

use errand_domain::FailureCategory;
use errand_llm::{Cost, Kind, Limits, Meter, Prices, Spent, Usage};
use errand_testing::model::{Asked, Fault};
use serde_json::{Value, json};

use crate::support::{Bench, clicks, request};

const PRICES: &str = "price = { input = 2.5, cached_input = 0.25, output = 10 }";

#[test]
fn sums_are_exact_and_rounded_only_when_shown() {
    let prices = Prices {
        input: 150_000,
        cached_input: 37_500,
        cache_write: 187_500,
        output: 600_000,
    };
    let usage = Usage {
        input: 1_001,
        cached_input: 1_000,
        output: 3,
        ..Usage::default()
    };
    // 0.15 + 37.5 + 1.8 millionths.
    let cost = prices.of(usage);
    assert_eq!(cost.micros(), 39);
    let thousand: Cost = std::iter::repeat_n(cost, 1_000).sum();
    assert_eq!(thousand.micros(), 39_450);
    assert_eq!(thousand.to_string(), "0.039450");
    assert_eq!(Cost::from_micros(12_345_678).to_string(), "12.345678");
    let most = Usage {
        input: u64::MAX,
        output: u64::MAX,
        ..usage
    };
    assert_eq!(prices.of(most), prices.of(most).plus(cost));
}

#[tokio::test]
async fn every_call_is_counted() {
    let bench = Bench::new("openai", PRICES, clicks).await;
    let meter = Meter::unlimited();
    let mut sum = Cost::ZERO;
    for _ in 0..2 {
        let reply = bench.metered(&request(), &meter).await.answer.unwrap();
        let Usage {
            input,
            cached_input,
            output,
            ..
        } = reply.usage;
        let plain = (input - cached_input) * 2_500_000;
        let expected = plain + cached_input * 250_000 + output * 10_000_000;
        assert_eq!(
            reply.cost.unwrap().micros(),
            (expected + 500_000) / 1_000_000
        );
        sum += reply.cost.unwrap();
    }
    let spent = meter.spent();
    assert_eq!(
        (spent.calls, spent.cost, spent.cost_is_partial),
        (2, sum, false)
    );
    assert!(spent.usage.cached_input > 0);

    // What is not known is not nothing.
    let bench = Bench::new("openai", "", clicks).await;
    let call = bench.metered(&request(), &meter).await;
    assert_eq!((call.cost(), call.answer.unwrap().cost), (None, None));
    assert!(meter.spent().cost_is_partial);

    // Nor is what an answer cost that was cut off on its way.
    let cut = |asked: &Asked| match asked.number {
        1 => clicks(asked).with(Fault::Cut),
        _ => clicks(asked),
    };
    let bench = Bench::new("openai", PRICES, cut).await;
    let meter = Meter::unlimited();
    let call = bench.metered(&request(), &meter).await;
    assert_eq!(call.tries.len(), 2);
    assert!(call.cost().is_none() && call.answer.unwrap().cost.is_some());
    assert!(meter.spent().cost_is_partial);
}

#[tokio::test]
async fn a_run_stops_before_the_call_that_would_cross_a_limit() {
    let bench = Bench::new("openai", PRICES, clicks).await;
    let tokens = Meter::new(Limits {
        max_tokens: Some(200),
        max_cost: None,
    });
    let mut calls = 0;
    let error = loop {
        let call = bench.metered(&request(), &tokens).await;
        match call.answer {
            Ok(_) => calls += 1,
            Err(error) => {
                assert!(call.tries.is_empty());
                break error;
            }
        }
        // The answer may not be longer than what is left.
        let left = 200 - tokens.spent().usage.total();
        assert!(bench.sent()["max_tokens"].as_u64().unwrap() <= left + 60);
    };
    assert!((2..=4).contains(&calls), "{calls}");
    assert!(tokens.spent().usage.total() <= 200);
    assert_eq!(error.kind.category(), FailureCategory::Budget);
    assert!(
        error.message.contains("max_tokens of the run is 200"),
        "{error}"
    );

    let cost = Meter::resumed(
        Limits {
            max_tokens: None,
            max_cost: Some(Cost::from_micros(5_000)),
        },
        Spent {
            cost: Cost::from_micros(4_000),
            ..Spent::default()
        },
    );
    bench.metered(&request(), &cost).await.answer.unwrap();
    // A thousandth is left: less than a hundred tokens of an answer.
    assert!(bench.sent()["max_tokens"].as_u64().unwrap() < 100);
    let spent = Spent {
        cost: Cost::from_micros(4_900),
        ..Spent::default()
    };
    let cost = Meter::resumed(cost.limits(), spent);
    let error = bench.metered(&request(), &cost).await.answer.unwrap_err();
    assert!(
        error.message.contains("max_cost of the run is 0.005000"),
        "{error}"
    );
}

#[tokio::test]
async fn a_limit_of_cost_needs_prices() {
    let bench = Bench::new("openai", "", clicks).await;
    let meter = Meter::new(Limits {
        max_tokens: None,
        max_cost: Some(Cost::from_micros(1_000_000)),
    });
    let error = bench.metered(&request(), &meter).await.answer.unwrap_err();
    assert_eq!(error.kind, Kind::Budget);
    assert!(error.message.contains("prices are not set"), "{error}");
    assert_eq!(bench.server.count(), 0);
}

#[tokio::test]
async fn answers_that_are_of_no_use_are_charged_as_well() {
    let body = json!({
        "choices": [{"message": {"content": ""}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 70, "completion_tokens": 30},
    });
    let bench = Bench::new("openai", PRICES, move |_| play(&body)).await;
    let meter = Meter::unlimited();
    let call = bench.metered(&request(), &meter).await;
    let error = call.answer.as_ref().unwrap_err();
    assert_eq!(error.kind, Kind::OutOfTokens);
    assert!(error.message.contains("max_output_tokens"), "{error}");
    assert_eq!(call.usage().total(), 100);
    assert_eq!(meter.spent().usage.total(), 100);
}

fn play(body: &Value) -> errand_testing::model::Answer {
    errand_testing::model::Answer::fault(Fault::Status {
        status: 200,
        headers: Vec::new(),
        body: body.to_string(),
    })
}
