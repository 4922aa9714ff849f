//! What words refer to: "it", and what was found before.

use super::{
    clause::{Ask, Clause, Until},
    name,
    phrase::{Kind, Phrase, Place, Relation},
    token::{Class, Token},
    value::{Derivation, Source, Worth},
    worth,
};

/// A clause before it is known what its words refer to.
pub struct Draft {
    pub clause: Clause,
    /// The words of what it reads, if it does.
    pub found: Option<Vec<Token>>,
    /// Whether it was "find": to read it, or to act on it.
    pub sought: bool,
}

impl Draft {
    /// Whether it reads values for the output.
    pub fn reads(&self) -> bool {
        matches!(self.clause.ask, Ask::Extract(_))
    }
}

const PRONOUNS: &[&str] = &[
    "it", "them", "that", "this", "one", "they", "there", "these", "those",
];

/// The pronoun that a phrase is, if it is one.
pub fn pronoun(phrase: &Phrase) -> Option<&'static str> {
    let lower = phrase.words.to_lowercase();
    let bare = !phrase.quoted && phrase.ordinal.is_none();
    PRONOUNS.iter().copied().find(|it| bare && *it == lower)
}

/// Whether words ask to hand over what was read: "it", "the results as JSON".
pub fn is_report(rest: &[Token]) -> bool {
    const WORDS: &[&str] = &[
        "it",
        "them",
        "the",
        "result",
        "results",
        "output",
        "these",
        "those",
        "this",
        "that",
        "back",
        "me",
        "to",
        "as",
        "json",
        "in",
        "format",
        "list",
        "a",
        "values",
        "value",
        "data",
        "answer",
        "object",
        "an",
        "information",
        "details",
        "info",
        "array",
        "number",
        "only",
        "just",
        "for",
        "all",
        "structured",
        "us",
        "what",
        "you",
        "found",
        "your",
        "findings",
    ];
    const HEADS: &[&str] = &[
        "it",
        "them",
        "result",
        "results",
        "output",
        "answer",
        "these",
        "those",
        "json",
        "data",
        "values",
        "findings",
        "information",
        "found",
        "back",
        "this",
    ];
    let words = || rest.iter().filter(|it| it.class != Class::Mark);
    words().all(|it| WORDS.iter().any(|word| it.is(word)))
        && words().any(|it| HEADS.iter().any(|word| it.is(word)))
        || rest.is_empty()
}

/// The phrase that an ask is about.
pub fn phrase_of(ask: &mut Ask) -> Option<&mut Phrase> {
    match ask {
        Ask::GoTo(phrase)
        | Ask::Click(phrase)
        | Ask::DoubleClick(phrase)
        | Ask::Hover(phrase)
        | Ask::Focus(phrase)
        | Ask::Clear(phrase)
        | Ask::Download(phrase)
        | Ask::Close(phrase)
        | Ask::Check { what: phrase, .. }
        | Ask::Expand { what: phrase, .. }
        | Ask::Drag { what: phrase, .. }
        | Ask::Submit(Some(phrase))
        | Ask::Fill {
            field: Some(phrase),
            ..
        }
        | Ask::Select {
            field: Some(phrase),
            ..
        }
        | Ask::Press {
            at: Some(phrase), ..
        } => Some(phrase),
        Ask::Select {
            field: None,
            options,
        } => options.first_mut(),
        _ => None,
    }
}

/// Whether two orders are the same, as far as the later one tells.
pub fn is_same(first: &Ask, again: &Ask) -> bool {
    if first == again {
        return true;
    }
    if std::mem::discriminant(first) != std::mem::discriminant(again) {
        return false;
    }
    if let Ask::LogIn { .. } = again {
        return matches!(
            again,
            Ask::LogIn {
                user: None,
                password: None
            }
        );
    }
    let (mut first, mut again) = (first.clone(), again.clone());
    match (phrase_of(&mut first), phrase_of(&mut again)) {
        (Some(first), Some(again)) => {
            let (left, right) = (first.words.to_lowercase(), again.words.to_lowercase());
            pronoun(again).is_some()
                || left == right && (again.places.is_empty() || first.places == again.places)
        }
        (None, None) => true,
        _ => false,
    }
}

/// Puts what was meant where the words only refer to it, and drops what was only found to be acted
/// on.
pub fn resolve(drafts: Vec<Draft>) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut last: Option<Phrase> = None;
    let mut drafts = drafts.into_iter().peekable();
    // What was found, and the clause that says so; it holds for the clauses that act on it.
    let mut sought: Option<(Phrase, usize, String)> = None;
    while let Some(mut draft) = drafts.next() {
        let next = drafts.peek();
        let next_uses = next.is_some_and(|it| remembers(&it.clause.ask));
        if let Some(words) = draft.found.as_ref().filter(|_| draft.reads()) {
            let words: Vec<&Token> = words.iter().filter(|it| it.class != Class::Mark).collect();
            if next_uses {
                draft.clause.ask = Ask::Take(worth::reading(&words));
                clauses.push(draft.clause);
                sought = None;
                continue;
            }
            let acts = next.is_some_and(|it| {
                !it.reads()
                    && !matches!(
                        it.clause.ask,
                        Ask::Open(_)
                            | Ask::Back
                            | Ask::Forward
                            | Ask::Reload
                            | Ask::Scroll { .. }
                            | Ask::Wait(_)
                    )
            });
            if draft.sought && acts {
                let found = name::of(&words, true);
                sought = Some((
                    found.clone(),
                    draft.clause.span.start,
                    draft.clause.text.clone(),
                ));
                last = Some(found);
                continue;
            }
        }
        if let Some((found, start, _)) = &sought {
            if !relate(&mut draft.clause.ask, found) {
                sought = None;
            } else if clauses.last().is_none_or(|it| it.span.start < *start) {
                draft.clause.span.start = *start;
            }
        }
        if let (Ask::Fill { value, .. } | Ask::Search { query: value, .. }, Some(Ask::Take(_))) =
            (&mut draft.clause.ask, clauses.last().map(|it| &it.ask))
            && matches!(value, Worth::Read(derivation) if is_read(derivation))
        {
            *value = Worth::Remembered;
        }
        if let Some(last) = &last {
            substitute(&mut draft.clause.ask, last);
        }
        if let Some(when) = &draft.clause.when
            && let Some(phrase) = phrase_of(&mut draft.clause.ask)
            && pronoun(phrase).is_some()
        {
            *phrase = when.what.clone();
        }
        if let Some(when) = &mut draft.clause.when
            && pronoun(&when.what).is_some()
            && let Some(last) = &last
        {
            when.what = last.clone();
        }
        if let Some(phrase) = phrase_of(&mut draft.clause.ask)
            && pronoun(phrase).is_none()
            && !phrase.is_bare()
        {
            last = Some(object(phrase).unwrap_or_else(|| phrase.clone()));
        } else if let Ask::Wait(Until::Shown(what)) = &draft.clause.ask {
            last = Some(what.clone());
        } else if let Some(when) = &draft.clause.when {
            last = Some(when.what.clone());
        }
        clauses.push(draft.clause);
    }
    clauses
}

/// "add the red mug to the cart": the red mug, where "it" follows.
fn object(phrase: &Phrase) -> Option<Phrase> {
    let verb = phrase.words.split(' ').next()?;
    let [place] = &phrase.places[..] else {
        return None;
    };
    let named = place.relation == Relation::Of && !place.what.words.is_empty();
    (named && !phrase.quoted && super::wording::CONTROLS.contains(&verb))
        .then(|| (*place.what).clone())
}

/// Whether a value in it was read before.
fn remembers(ask: &Ask) -> bool {
    let of = |value: &Worth| match value {
        Worth::Remembered => true,
        Worth::Read(derivation) => derivation.from == Source::Remembered || is_read(derivation),
        Worth::Given(_) => false,
    };
    match ask {
        Ask::Fill { value, .. } => of(value),
        Ask::Search { query, .. } => of(query),
        _ => false,
    }
}

/// "the code" after "read the code".
fn is_read(derivation: &Derivation) -> bool {
    match &derivation.from {
        Source::Page(phrase) => {
            let words = phrase.words.to_lowercase();
            let last = words.split(' ').next_back().unwrap_or_default();
            let named =
                worth::READ.contains(&last) || words.is_empty() && phrase.kind == Some(Kind::Text);
            named && phrase.places.is_empty() && derivation.steps.is_empty()
        }
        _ => false,
    }
}

/// Makes what was found the place, or the object, of what is done next.
fn relate(ask: &mut Ask, found: &Phrase) -> bool {
    if let Ask::Fill { field, .. } = ask
        && field.is_none()
    {
        *field = Some(found.clone());
        return true;
    }
    let Some(phrase) = phrase_of(ask) else {
        return false;
    };
    if pronoun(phrase).is_some() {
        let places = std::mem::take(&mut phrase.places);
        *phrase = found.clone();
        phrase.places.extend(places);
        return true;
    }
    let refers = |place: &Place| pronoun(&place.what).is_some();
    if phrase.places.iter().any(refers) {
        substitute(ask, found);
        return true;
    }
    let field = matches!(
        found.kind,
        Some(Kind::Field | Kind::Area | Kind::Choice | Kind::Slider)
    );
    if !field {
        let what = Box::new(found.as_place());
        let relation = Relation::Row;
        phrase.places.push(Place { relation, what });
        let strict = found.places.iter().filter(|it| it.relation != Relation::Of);
        phrase.places.extend(strict.cloned());
    }
    true
}

/// Puts the phrase where a pronoun stands.
pub fn substitute(ask: &mut Ask, meant: &Phrase) {
    if let Ask::Fill { field, value } = ask
        && field.is_none()
        && *value == Worth::Remembered
    {
        return;
    }
    let Some(phrase) = phrase_of(ask) else { return };
    if let Some(word) = pronoun(phrase) {
        let places = std::mem::take(&mut phrase.places);
        *phrase = meant.clone();
        // "the one next to 'Eggs'" is elsewhere than what was meant before.
        if word == "one" && !places.is_empty() {
            phrase.places.clear();
        }
        phrase.places.extend(places);
    }
    let mut more = Vec::new();
    for place in &mut phrase.places {
        if pronoun(&place.what).is_some() {
            let strict = meant.places.iter().filter(|it| it.relation != Relation::Of);
            more.extend(strict.cloned());
            *place.what = meant.as_place();
        }
    }
    phrase.places.extend(more);
}
