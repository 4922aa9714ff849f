//! What a run would do, as lines for a person.

use std::ops::Range;

use errand_api::v1::{
    ClauseValue, NotUnderstood, Run, SchemaPlan, SoughtElement, TextSpan, Understanding,
    UnderstoodClause, ValueOrigin,
};
use unicode_width::UnicodeWidthStr as _;

use crate::output::plain;

/// Columns that are shown of a part that is not understood, and of what stands around it.
const SHOWN: usize = 72;
const AROUND: usize = 28;

/// Whether a run of it could begin.
pub fn is_sound(run: &Run) -> bool {
    let Some(read) = &run.understanding else {
        return true;
    };
    // What rules don't understand, a model may.
    let understood = read.understood || run.engine != "local";
    understood && read.schema.as_ref().is_none_or(|schema| schema.usable)
}

/// The plan: each clause with what it looks for, what is not understood, what is read.
pub fn lines(run: &Run) -> Vec<String> {
    let request = run.run_request.clone().unwrap_or_default();
    let mut lines = vec![
        format!(
            "engine {}: {}",
            plain(&run.engine),
            plain(&run.engine_reason)
        ),
        format!("starts at {}", plain(&request.url)),
    ];
    let Some(understanding) = &run.understanding else {
        lines.push(
            "the request is valid; this engine decides only when it sees the page".to_owned(),
        );
        return lines;
    };
    if run.engine != "local" {
        lines.push(match understanding.understood {
            true => "rules understand it: no model is asked as long as they get on".to_owned(),
            false => "rules don't understand all of it: a model does what they can't".to_owned(),
        });
    }
    let Understanding {
        clauses,
        not_understood,
        schema,
        clause_count,
        ..
    } = understanding;
    for (number, clause) in (1..).zip(clauses) {
        lines.push(String::new());
        lines.extend(self::clause(number, clause));
    }
    let told = i32::try_from(clauses.len()).unwrap_or(i32::MAX);
    if *clause_count > told {
        lines.push(String::new());
        lines.push(format!("… and {} more", clause_count - told));
    }
    for gap in not_understood {
        lines.push(String::new());
        lines.extend(self::gap(gap, understanding, &request.prompt));
    }
    if let Some(schema) = schema {
        lines.push(String::new());
        lines.extend(self::schema(schema));
    }
    lines
}

fn clause(number: usize, clause: &UnderstoodClause) -> Vec<String> {
    let mut lines = vec![format!("{number}. {}", plain(&clause.text))];
    let mut put = |name: &str, text: &str| {
        if !text.is_empty() {
            lines.push(format!("   {name:<10} {}", plain(text)));
        }
    };
    put("does", &clause.description);
    put("condition", &clause.condition);
    for element in &clause.elements {
        put("looks for", &self::element(element));
    }
    for value in &clause.values {
        put(&value.name, &self::value(value));
    }
    put("decided by", &clause.verification);
    lines
}

fn element(element: &SoughtElement) -> String {
    let kind = match &*element.kind {
        "" => "anything",
        kind => kind,
    };
    let mut text = match (&*element.words, element.exact) {
        ("", _) => kind.to_owned(),
        (words, true) => format!("{kind} named exactly \"{words}\""),
        (words, false) => format!("{kind} like \"{words}\""),
    };
    for more in [&element.ordinal, &element.place] {
        if !more.is_empty() {
            text += &format!(", {more}");
        }
    }
    if element.part != "target" {
        text += &format!(" ({})", element.part);
    }
    text
}

fn value(value: &ClauseValue) -> String {
    let text = match (value.secret, &*value.text, &*value.derivation) {
        (true, ..) => String::new(),
        (_, "", derivation) => derivation.to_owned(),
        (_, text, "") => format!("\"{text}\""),
        (_, text, derivation) => format!("\"{text}\": {derivation}"),
    };
    let origin = match value.origin() {
        ValueOrigin::Unspecified => "",
        ValueOrigin::Prompt => "from the prompt",
        ValueOrigin::Page => "read from the page",
        ValueOrigin::EarlierClause => "what an earlier clause read",
        ValueOrigin::Missing => "not given",
    };
    let secret = if value.secret && value.origin() != ValueOrigin::Missing {
        "not shown"
    } else {
        ""
    };
    let parts = [&*text, secret, origin];
    let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    parts.join(", ")
}

/// The line that it stands in, with marks under it.
fn gap(gap: &NotUnderstood, understanding: &Understanding, prompt: &str) -> Vec<String> {
    let mut lines = vec!["✗ not understood".to_owned()];
    let span = gap.span.as_ref().and_then(|it| range(it, prompt));
    match span {
        Some(span) => {
            let around = around(&span, understanding, prompt);
            lines.extend(marked(prompt, &span, &around));
        }
        None => lines.push(format!("   {}", plain(&gap.text))),
    }
    if !gap.nearest.is_empty() {
        lines.push(format!("   nearest: {}", plain(&gap.nearest)));
    }
    if !gap.hint.is_empty() {
        lines.push(format!("   {}", plain(&gap.hint)));
    }
    lines
}

fn range(span: &TextSpan, prompt: &str) -> Option<Range<usize>> {
    let range = usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?;
    prompt.get(range.clone())?;
    Some(range)
}

/// How much of the line may be shown around a part: nothing of a clause that holds a secret.
fn around(span: &Range<usize>, understanding: &Understanding, prompt: &str) -> Range<usize> {
    if usize::try_from(understanding.clause_count) != Ok(understanding.clauses.len()) {
        return span.clone();
    }
    let start = prompt[..span.start].rfind('\n').map_or(0, |it| it + 1);
    let end = prompt[span.end..].find('\n');
    let end = end.map_or(prompt.len(), |it| it + span.end);
    let holds = |it: &&UnderstoodClause| it.values.iter().any(|value| value.secret);
    let secret = understanding.clauses.iter().filter(holds);
    let secret = secret.filter_map(|it| range(it.span.as_ref()?, prompt));
    secret.fold(start..end, |line, it| {
        if it.end <= span.start {
            line.start.max(it.end)..line.end
        } else {
            line.start..line.end.min(it.start.max(span.end))
        }
    })
}

fn marked(prompt: &str, span: &Range<usize>, around: &Range<usize>) -> [String; 2] {
    let before = prompt[around.start..span.start].chars().rev();
    let before: Vec<char> = before.take(AROUND).collect();
    let before = plain(&before.into_iter().rev().collect::<String>());
    let after = prompt[span.end..around.end].chars();
    let after = plain(&after.take(AROUND).collect::<String>());
    let meant = &prompt[span.clone()];
    let mut shown = plain(&meant.chars().take(SHOWN).collect::<String>());
    if meant.chars().count() > SHOWN {
        shown.push('…');
    }
    let line = format!("   {before}{shown}{after}");
    let marks = "^".repeat(shown.width().max(1));
    [line, format!("   {}{marks}", " ".repeat(before.width()))]
}

fn schema(schema: &SchemaPlan) -> Vec<String> {
    let mut lines = vec![if schema.usable {
        "output, as the schema wants it".to_owned()
    } else {
        "✗ the schema can't be filled".to_owned()
    }];
    for problem in &schema.problems {
        lines.push(format!("   {}", plain(problem)));
    }
    for it in &schema.properties {
        let mut line = format!("   {:<20} {}", plain(&it.pointer), plain(&it.r#type));
        if !it.sought.is_empty() {
            line += &format!(": {}", plain(&it.sought));
        }
        if !it.problem.is_empty() {
            line += &format!("; ✗ {}", plain(&it.problem));
        }
        lines.push(line);
    }
    lines
}
