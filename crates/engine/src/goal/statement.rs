//! Sentences that only say how things are: reasons for the orders around them.

use super::{
    filler,
    sentence::Reader,
    spare::Spare,
    token::{Class, Token},
    verb,
};

/// Words that a sentence that only says how things are is made with.
pub const STATING: &[&str] = &[
    "is", "are", "was", "were", "am", "i'm", "i’m", "we're", "it's", "has", "have", "had",
    "starts", "begins", "needs", "wants", "prefer", "prefers", "likes", "looking", "hope", "think",
    "works", "live", "lives", "will", "cannot", "can't", "know", "got", "came", "comes", "come",
    "says", "said", "costs", "hurts", "asks", "moved", "forgot", "lost",
];

/// Verbs of sentences that begin with whom or what they are about.
const TELLING: &[&str] = &[
    "shows",
    "show",
    "contains",
    "contain",
    "lists",
    "holds",
    "covers",
    "appears",
    "appear",
    "belongs",
    "belong",
    "takes",
    "gives",
    "means",
    "looks",
    "seems",
    "goes",
    "opens",
    "stands",
    "stand",
    "sits",
    "lies",
    "keeps",
    "makes",
    "offers",
    "offer",
    "includes",
    "displays",
    "sells",
    "gets",
    "becomes",
    "turns",
    "tells",
    "wrote",
    "bought",
    "ordered",
    "arrived",
    "left",
    "joined",
    "called",
    "asked",
    "told",
    "sent",
    "decided",
    "planned",
    "hired",
    "found",
    "started",
    "began",
    "changed",
    "went",
    "gave",
    "took",
    "made",
    "saw",
    "met",
    "paid",
    "uses",
    "use",
    "used",
    "did",
    "exist",
    "exists",
    "runs",
    "ends",
    "begin",
    "start",
    "arrives",
    "leaves",
    "travel",
    "travels",
    "plan",
    "plans",
    "hates",
    "wrote",
    "complained",
    "complains",
    "see",
];

/// Words that a sentence begins with what it is about.
const ABOUT: &[&str] = &[
    "the",
    "a",
    "an",
    "my",
    "our",
    "his",
    "her",
    "their",
    "this",
    "that",
    "these",
    "those",
    "somebody",
    "someone",
    "everybody",
    "everyone",
    "nobody",
    "every",
    "each",
    "some",
    "most",
    "he",
    "she",
    "they",
    "it",
    "there",
    "i",
    "we",
    "you",
    "one",
    "two",
    "three",
    "several",
    "many",
    "people",
    "unfortunately",
    "currently",
    "i'm",
    "we're",
    "it's",
    "there's",
    "i've",
    "we've",
    "he's",
    "she's",
    "they're",
    "here",
];

/// Words that make a statement a part of the order.
pub const BINDING: &[&str] = &[
    "don't", "don’t", "only", "except", "never", "if", "unless", "must", "should", "without",
    "please",
];

impl Reader<'_> {
    /// "I have to be in Lyon.": a reason for the orders around it.
    pub(super) fn reason(&mut self, tokens: &[Token], alone: bool, spare: &mut Spare) -> bool {
        let has = |words: &[&str]| tokens.iter().any(|it| words.iter().any(|word| it.is(word)));
        // What the orders say as well is not lost with the reason: "shoes in size 36".
        let again = |it: &Token| self.prompt.matches(&*it.text).nth(1).is_some();
        let value = |it: &Token| {
            let value = it.class == Class::Quoted
                || it.text.contains('@')
                || it.text.contains(|it: char| it.is_ascii_digit());
            value && !again(it)
        };
        // "She would like the vegetarian menu" asks for something.
        let wishes_for = has(&["wants", "want", "would", "prefer", "prefers", "wishes"]);
        let states = states(tokens) && !has(BINDING) && !wishes_for && !tokens.iter().any(value);
        let asked = &tokens[filler::skip(tokens, 0).min(tokens.len())..];
        // A question is none, and neither is what is wished for.
        const ASKING: &[&str] = &[
            "what", "who", "when", "where", "why", "which", "how", "whose",
        ];
        let question = asked
            .first()
            .is_some_and(|it| ASKING.iter().any(|word| it.is(word)));
        if verb::thought(asked).is_some() || question || wishes(tokens) {
            return false;
        }
        if !alone && states {
            spare.add(tokens);
            self.meet(tokens);
            return true;
        }
        false
    }
}

/// Whether a sentence says how something is. "Widen the box so that it is larger" does not: what
/// begins with a word and an article is an order, and what is in the subordinate clause its aim.
pub fn states(tokens: &[Token]) -> bool {
    const ARTICLES: &[&str] = &["the", "a", "an", "all", "every", "each", "both"];
    const ASIDES: &[&str] = &[
        "so", "such", "until", "because", "which", "who", "where", "when", "as", "since", "while",
        "though", "although", "once", "before", "after", "that", "whatever", "whoever", "wherever",
        "whenever",
    ];
    const LEADS: &[&str] = &[
        "in", "on", "at", "for", "of", "with", "from", "under", "since", "as",
    ];
    let start = filler::skip(tokens, 0).min(tokens.len());
    let words = &tokens[start..];
    let is = |at: usize, of: &[&str]| {
        words
            .get(at)
            .is_some_and(|it| of.iter().any(|word| it.is(word)))
    };
    let order = is(1, ARTICLES) && !is(0, STATING) && !is(0, LEADS) && !is(0, ARTICLES);
    let main = (0..words.len()).find(|at| is(*at, ASIDES) && *at > 0);
    let about = (0..=start.min(tokens.len().saturating_sub(1)))
        .filter_map(|at| tokens.get(at))
        .any(|it| ABOUT.iter().any(|word| it.is(word)));
    let stating = (0..words.len())
        .find(|at| is(*at, STATING) || about && !order && *at > 0 && is(*at, TELLING));
    let stated = tokens[..start]
        .iter()
        .any(|it| STATING.iter().any(|word| it.is(word)));
    match (stating, main) {
        // "Wash up so that it is clean": what it says, it says of the order before.
        (Some(stating), Some(aside)) if order || !about => stating < aside,
        (Some(_), _) => true,
        (None, _) => stated,
    }
}

/// Whether a wish begins soon: "from it I need …".
pub fn wishes_in(tokens: &[Token]) -> bool {
    let before = |at: usize| {
        tokens[..at].iter().all(|it| {
            ["from", "of", "it", "there", "in", "this", "that", "them"]
                .iter()
                .any(|word| it.is(word))
        })
    };
    (0..tokens.len().min(4)).any(|at| before(at) && wishes(&tokens[at..]))
}

/// Whether a sentence begins with a wish: "I would like to have …".
pub fn wishes(tokens: &[Token]) -> bool {
    let start = filler::skip(tokens, 0);
    let words = [
        "need", "have", "want", "know", "like", "see", "for", "about", "get",
    ];
    let last = start.checked_sub(1).and_then(|it| tokens.get(it));
    start > 1 && last.is_some_and(|it| words.iter().any(|word| it.is(word)))
}
