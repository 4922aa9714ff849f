//! What goals in words mean.
#![expect(clippy::panic, reason = "tests")]

mod clause;
mod laws;
mod sentence;

use errand_engine::goal::{Ask, Phrase, Worth, parse};

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

/// The clauses of a prompt, each as far as these tests look at it.
fn told(prompt: &str) -> Vec<String> {
    let phrase = |it: &Phrase| {
        let mut words = it.words.clone();
        for place in &it.places {
            words.push_str(&format!(" @{:?} {}", place.relation, place.what.words));
        }
        match it.ordinal {
            Some(ordinal) => format!("{words} {ordinal:?}"),
            None => words,
        }
    };
    let worth = |it: &Worth| match it {
        Worth::Given(text) => text.clone(),
        Worth::Remembered => "it".to_owned(),
        Worth::Read(derivation) => format!("{:?}", derivation.steps),
    };
    let tell = |ask: &Ask| match ask {
        Ask::Click(it) => format!("click {}", phrase(it)),
        Ask::GoTo(it) => format!("go {}", phrase(it)),
        Ask::Fill { field, value } => {
            format!(
                "fill {}={}",
                field.as_ref().map(phrase).unwrap_or_default(),
                worth(value)
            )
        }
        Ask::Select { field, options } => {
            let options: Vec<String> = options.iter().map(phrase).collect();
            format!(
                "select {}={}",
                field.as_ref().map(phrase).unwrap_or_default(),
                options.join("|")
            )
        }
        Ask::Check { what, on } => format!("check {} {on:?}", phrase(what)),
        Ask::Take(derivation) => format!("take {:?}", derivation.steps),
        Ask::Drag { what, onto } => format!("drag {} > {}", phrase(what), phrase(onto)),
        Ask::Extract(wanted) => format!("read {}", wanted.nouns.join("|")),
        other => format!("{other:?}")
            .split([' ', '('])
            .next()
            .unwrap_or_default()
            .to_lowercase(),
    };
    let goal = parse(prompt).unwrap_or_else(|error| panic!("{prompt}: {error}"));
    let clauses = goal.clauses.iter().map(|it| match &it.when {
        Some(when) => format!("if {} {}: {}", when.present, when.what.words, tell(&it.ask)),
        None => tell(&it.ask),
    });
    clauses.collect()
}
