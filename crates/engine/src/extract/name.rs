//! Whether what the page calls something is what was asked for.

use crate::ground::{likeness, words, words_canonical, words_stem};

/// Below this a name is another name.
pub const THRESHOLD: f64 = 0.55;

/// Classes that say how a text is set, not what it is.
pub const LOOKS: &[&str] = &[
    "number", "num", "numeric", "text", "left", "right", "center", "bold", "small", "muted",
];

/// Words for values that mean the same. Small on purpose.
const ALIASES: &[&[&str]] = &[
    &[
        "author",
        "by",
        "writer",
        "poster",
        "posted by",
        "written by",
    ],
    &["points", "score", "votes", "upvotes"],
    &["rating", "stars"],
    &[
        "date",
        "published",
        "posted",
        "created",
        "time",
        "date published",
        "published time",
        "published at",
        "date posted",
        "created at",
    ],
    &["description", "summary", "excerpt", "abstract"],
    &["quantity", "qty", "pcs"],
    &["title", "name", "headline", "heading"],
    &["url", "link", "href", "website"],
    &["image", "picture", "photo", "img", "thumbnail", "image url"],
    &["availability", "stock", "in stock"],
    &["company", "organisation", "organization", "employer"],
    &["salary", "pay", "wage"],
    &["due", "due date", "due on"],
    &[
        "reviews",
        "review count",
        "number of reviews",
        "ratings count",
        "num reviews",
    ],
    &[
        "comments",
        "comment count",
        "number of comments",
        "num comments",
        "comments count",
    ],
];

/// Properties that a column may hold which is called like the thing itself: "Invoice".
const IDENTIFIERS: &[&str] = &[
    "number",
    "no",
    "id",
    "identifier",
    "code",
    "reference",
    "name",
    "title",
];
/// Words that do not tell one value from another.
const EMPTY: &[&str] = &[
    "the",
    "a",
    "an",
    "of",
    "for",
    "value",
    "text",
    "current",
    "full",
    "usd",
    "eur",
    "gbp",
    "chf",
    "in",
    "each",
    "its",
    "their",
    "displayed",
    "shown",
    "string",
    "s",
    "main",
    "info",
    "field",
];

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In words.
    pub called: String,
    /// What a schema says about it.
    pub described: String,
    /// What it belongs to: "invoice" for the invoice's number.
    pub subject: String,
    /// Words that go without saying here: what the list and the page are about.
    pub context: Vec<String>,
}

impl Wanted {
    /// Asks for something by its name.
    pub fn new(name: &str, subject: &str) -> Self {
        Self {
            called: words(name).join(" "),
            subject: words(subject).join(" "),
            ..Self::default()
        }
    }

    /// Whether one of these words is in the name.
    pub fn is_about(&self, list: &[&str]) -> bool {
        self.called
            .split(' ')
            .any(|it| list.contains(&words_stem(it)) || list.contains(&it))
    }

    /// From 0, another name, to 1, this one.
    pub fn likeness(&self, name: &str) -> f64 {
        if matches!(name.trim(), "#" | "№" | "Nr." | "No.")
            && self.is_about(&["position", "rank", "number", "no", "index", "place"])
        {
            return 0.9;
        }
        let have = bare(&words(name));
        let want = bare(&words(&self.called));
        if have.is_empty() || want.is_empty() {
            return likeness(name, &self.called, false);
        }
        let described = if self.described.is_empty() {
            0.0
        } else {
            let score = likeness(name, &self.described, false) * 0.9;
            if score > 0.7 { score } else { 0.0 }
        };
        covered(&have, &want, &self.free())
            .max(self.alias(&have, &want))
            .max(self.identifier(&have, &want))
            .max(described)
    }

    /// Words that may be missing from the page's name.
    fn free(&self) -> Vec<String> {
        let mut free = bare(&words(&self.subject));
        free.extend(bare(&self.context));
        free
    }

    fn alias(&self, have: &[String], want: &[String]) -> f64 {
        let subject = bare(&words(&self.subject));
        let shorter = |words: &[String]| -> String {
            let kept: Vec<&str> = words
                .iter()
                .filter(|it| words.len() == 1 || !subject.contains(it))
                .map(|it| &**it)
                .collect();
            kept.join(" ")
        };
        let (have, want) = (shorter(have), shorter(want));
        let same = |group: &&&[&str]| {
            let is = |text: &str| group.iter().any(|it| stems(it) == stems(text));
            is(&have) && is(&want)
        };
        if ALIASES.iter().any(|group| same(&group)) {
            0.85
        } else {
            0.0
        }
    }

    /// The column "Invoice" for an invoice's number.
    fn identifier(&self, have: &[String], want: &[String]) -> f64 {
        let subject = bare(&words(&self.subject));
        let [own] = have else { return 0.0 };
        let (identifiers, others): (Vec<&String>, Vec<&String>) =
            want.iter().partition(|it| IDENTIFIERS.contains(&&***it));
        let named = others.contains(&own) || others.is_empty() && subject.contains(own);
        let rest = others.iter().all(|it| *it == own || subject.contains(it));
        if !identifiers.is_empty() && named && rest {
            0.7
        } else {
            0.0
        }
    }
}

/// How well one name covers the other; what is missing counts unless it goes without saying.
fn covered(have: &[String], want: &[String], free: &[String]) -> f64 {
    if have == want {
        return 1.0;
    }
    if have.concat() == want.concat() {
        return 0.98;
    }
    let (mut one, mut other) = (have.to_vec(), want.to_vec());
    one.sort();
    other.sort();
    if one == other {
        return 0.97;
    }
    let missing: Vec<&String> = want.iter().filter(|it| !have.contains(it)).collect();
    let extra: Vec<&String> = have.iter().filter(|it| !want.contains(it)).collect();
    let said = extra.iter().filter(|it| !free.contains(it)).count();
    let unsaid = missing.iter().filter(|it| !free.contains(it)).count();
    if missing.len() == want.len() {
        return 0.0;
    }
    match (unsaid, said) {
        (0, 0) => 0.93,
        #[expect(clippy::cast_precision_loss, reason = "counts of words")]
        (0, said) => 0.6 + 0.3 * (have.len() - said) as f64 / have.len() as f64,
        (_, 0) => 0.5,
        _ => 0.3,
    }
}

fn stems(text: &str) -> String {
    let stems: Vec<&str> = text.split(' ').map(words_stem).collect();
    stems.join(" ")
}

/// The words that matter, in one wording and in the singular.
pub fn bare(words: &[String]) -> Vec<String> {
    let kept: Vec<String> = words
        .iter()
        .filter(|it| !EMPTY.contains(&&***it))
        .cloned()
        .collect();
    words_canonical(&kept)
        .iter()
        .map(|it| words_stem(it).to_owned())
        .collect()
}
