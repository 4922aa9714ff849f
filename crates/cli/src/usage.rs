//! What language models used, in words and in money.

use errand_api::v1::{ModelCalled, RunUsage};
use errand_domain::{ModelCall, model::dollars};

/// What the models of a run used; None if none was asked.
pub fn words(usage: &RunUsage) -> Option<String> {
    if usage.model_calls == 0 {
        return None;
    }
    let ending = if usage.model_calls == 1 { "" } else { "s" };
    let mut line = format!(
        "{} model call{ending}: {} tokens in ({} cached), {} out",
        usage.model_calls, usage.input_tokens, usage.cached_input_tokens, usage.output_tokens
    );
    line.push_str(&match usage.cost_micros {
        Some(cost) if usage.cost_is_partial => {
            format!(
                ", {} and calls whose cost is not known",
                dollars(whole(cost))
            )
        }
        Some(cost) => format!(", {}", dollars(whole(cost))),
        None => ", at a cost that is not known".to_owned(),
    });
    Some(line)
}

/// One call, in a line.
pub fn call(call: &ModelCalled) -> String {
    let call = ModelCall {
        role: call.role.clone(),
        model: call.model.clone(),
        input_tokens: whole(call.input_tokens),
        cached_input_tokens: whole(call.cached_input_tokens),
        output_tokens: whole(call.output_tokens),
        cost_micros: call.cost_micros.map(whole),
        tries: u32::try_from(call.tries).unwrap_or(0),
        error: (!call.error.is_empty()).then(|| call.error.clone()),
        ..ModelCall::default()
    };
    call.describe()
}

/// Dollars as a person writes them, in millionths.
pub fn micros(text: &str) -> Result<i64, String> {
    let refuse = || format!("\"{text}\" is no amount of US dollars, such as 0.25 or 2");
    let amount = text.trim().trim_start_matches('$');
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) {
        return Err(refuse());
    }
    if part.trim_end_matches('0').len() > 6 {
        return Err(format!("\"{text}\" has more than six decimals"));
    }
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    format!("{whole}{part}").parse().map_err(|_| refuse())
}

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use errand_api::v1::RunUsage;

    use super::{micros, words};

    #[test]
    fn dollars_are_read_to_the_millionth() {
        for (text, expected) in [
            ("0.25", 250_000),
            ("$2", 2_000_000),
            (".000001", 1),
            ("1.2300000", 1_230_000),
            ("0", 0),
        ] {
            assert_eq!(micros(text), Ok(expected), "{text}");
        }
        for wrong in [
            "",
            ".",
            "-1",
            "1,5",
            "1e3",
            "0.0000001",
            "nine",
            "99999999999999999999",
        ] {
            assert!(micros(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cost_that_is_not_known_is_never_nothing() {
        let usage = RunUsage {
            model_calls: 2,
            input_tokens: 3_000,
            cached_input_tokens: 2_900,
            output_tokens: 96,
            cost_micros: Some(1_250),
            cost_is_partial: false,
        };
        let told = |usage: RunUsage| words(&usage).unwrap();
        assert_eq!(
            told(usage),
            "2 model calls: 3000 tokens in (2900 cached), 96 out, $0.00125"
        );
        let partial = RunUsage {
            cost_is_partial: true,
            ..usage
        };
        assert!(told(partial).ends_with("$0.00125 and calls whose cost is not known"));
        let unknown = RunUsage {
            cost_micros: None,
            ..partial
        };
        assert!(told(unknown).ends_with("at a cost that is not known"));
        assert_eq!(words(&RunUsage::default()), None);
    }
}
