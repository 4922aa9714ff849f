//! How a request is read.

use std::ops::Range;

use errand_api::v1;
use errand_domain::understanding::{
    ClauseValue, NotUnderstood, SchemaPlan, SoughtElement, Understanding, UnderstoodClause,
    ValueOrigin,
};

/// What an engine makes of a request.
pub(crate) fn understanding(it: Understanding) -> v1::Understanding {
    v1::Understanding {
        understood: it.not_understood.is_empty(),
        clauses: it.clauses.into_iter().map(clause).collect(),
        not_understood: it.not_understood.into_iter().map(gap).collect(),
        schema: it.schema.map(schema),
        clause_count: place(it.clause_count),
    }
}

fn clause(it: UnderstoodClause) -> v1::UnderstoodClause {
    v1::UnderstoodClause {
        span: Some(span(&it.span)),
        text: it.text,
        action: it.action.to_owned(),
        description: it.description,
        elements: it.elements.into_iter().map(element).collect(),
        values: it.values.into_iter().map(value).collect(),
        condition: it.condition.unwrap_or_default(),
        verification: it.verification.to_owned(),
    }
}

fn element(it: SoughtElement) -> v1::SoughtElement {
    v1::SoughtElement {
        part: it.part.to_owned(),
        kind: it.kind.unwrap_or_default().to_owned(),
        words: it.words,
        exact: it.exact,
        ordinal: it.ordinal.unwrap_or_default(),
        place: it.place.unwrap_or_default(),
    }
}

fn value(it: ClauseValue) -> v1::ClauseValue {
    let origin = match it.origin {
        ValueOrigin::Prompt => v1::ValueOrigin::Prompt,
        ValueOrigin::Page => v1::ValueOrigin::Page,
        ValueOrigin::EarlierClause => v1::ValueOrigin::EarlierClause,
        ValueOrigin::Missing => v1::ValueOrigin::Missing,
    };
    v1::ClauseValue {
        name: it.name.to_owned(),
        text: it.text.unwrap_or_default(),
        secret: it.secret,
        origin: origin.into(),
        derivation: it.derivation.unwrap_or_default(),
    }
}

fn gap(it: NotUnderstood) -> v1::NotUnderstood {
    v1::NotUnderstood {
        span: Some(span(&it.span)),
        text: it.text,
        nearest: it.nearest.unwrap_or_default(),
        hint: it.hint,
    }
}

fn schema(it: SchemaPlan) -> v1::SchemaPlan {
    let property = |it: errand_domain::understanding::SchemaProperty| v1::SchemaProperty {
        pointer: it.pointer,
        r#type: it.kind.to_owned(),
        sought: it.sought.unwrap_or_default(),
        problem: it.problem.unwrap_or_default(),
    };
    v1::SchemaPlan {
        usable: it.usable,
        properties: it.properties.into_iter().map(property).collect(),
        problems: it.problems,
    }
}

fn span(span: &Range<usize>) -> v1::TextSpan {
    v1::TextSpan {
        start: place(span.start),
        end: place(span.end),
    }
}

fn place(place: usize) -> i32 {
    i32::try_from(place).unwrap_or(i32::MAX)
}
