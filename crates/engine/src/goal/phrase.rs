//! Words that name something on a page.

/// What kind of thing a phrase names, when it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A button.
    Button,
    /// A link or menu item.
    Link,
    /// Something to type into.
    Field,
    /// Something to type several lines into.
    Area,
    /// A check box, switch or radio button.
    Check,
    /// A list to choose from.
    Choice,
    /// A tab of a tab list.
    Tab,
    /// A page to go to.
    Page,
    /// A section that may be open or closed.
    Section,
    /// A dialog, popup or banner.
    Dialog,
    /// A slider.
    Slider,
    /// Something that takes a date or a time.
    Date,
    /// A row, item, card or post: something of which there are several.
    Item,
    /// A picture or shape.
    Image,
    /// A paragraph or other text.
    Text,
}

/// Which one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordinal {
    /// Counted from 1.
    Nth(usize),
    /// The last.
    Last,
}

/// The one with the most or the least of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superlative {
    /// Of what, as a column or label would call it: `price` for "cheapest"; empty if the number is
    /// all there is ("the largest number").
    pub quality: String,
    /// The least of it, not the most.
    pub least: bool,
}

/// How a place lies to what is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// In something that holds it: a dialog, a section, a list.
    In,
    /// Of something, for something, in something: whatever holds both. The words may as well belong
    /// to the name ("Terms of use"); the name with them is `Phrase::whole` then.
    Of,
    /// In the row, card or item that holds it.
    Row,
    /// Under this heading, in this section.
    Under,
    /// Beside it.
    Beside,
    /// Before it in reading order, or above it.
    Before,
    /// After it in reading order, or below it.
    After,
}

/// Words that say where something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// How it lies.
    pub relation: Relation,
    /// What is there; a phrase without a place of its own.
    pub what: Box<Phrase>,
}

/// Words that name something on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrase {
    /// The words, without articles, ordinal and kind.
    pub words: String,
    /// The words with all that was cut off but may belong to the name: the ordinal of "First name",
    /// the place of "Terms of use". Empty if it is the same as `words`. Whoever looks for it leaves
    /// out the ordinal, the superlative and the places of `Relation::Of`.
    pub whole: String,
    /// Whether they were quoted: the name itself, not a description.
    pub quoted: bool,
    /// The kind of thing, if said.
    pub kind: Option<Kind>,
    /// Which one, if said.
    pub ordinal: Option<Ordinal>,
    /// Each of them: "all check boxes".
    pub every: bool,
    /// Each of them but these.
    pub except: Vec<Phrase>,
    /// The one with the most or the least of something.
    pub most: Option<Superlative>,
    /// Where it is, if said: every place must fit.
    pub places: Vec<Place>,
}

impl Phrase {
    /// These words, as they are written on the page.
    #[must_use]
    pub fn quoted(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            quoted: true,
            ..Self::default()
        }
    }

    /// The same, to be looked for by its whole name.
    #[must_use]
    pub fn as_whole(&self) -> Option<Self> {
        if self.whole.is_empty() {
            return None;
        }
        let places = self.places.iter();
        let places = places.filter(|it| it.relation != Relation::Of).cloned();
        Some(Self {
            words: self.whole.clone(),
            whole: String::new(),
            ordinal: None,
            every: self.every,
            except: self.except.clone(),
            most: None,
            places: places.collect(),
            quoted: self.quoted,
            kind: self.kind,
        })
    }

    /// As a place: in one piece, by its quoted part if it has one.
    #[must_use]
    pub fn as_place(&self) -> Self {
        let quoted = self
            .places
            .iter()
            .find(|it| it.relation == Relation::Of && it.what.quoted);
        if let Some(place) = quoted.filter(|_| !self.quoted) {
            return (*place.what).clone();
        }
        let loose = self.places.iter().any(|it| it.relation == Relation::Of);
        let words =
            if loose && !self.whole.is_empty() && self.ordinal.is_none() && self.most.is_none() {
                &self.whole
            } else {
                &self.words
            };
        Self {
            words: words.clone(),
            whole: String::new(),
            places: Vec::new(),
            ..self.clone()
        }
    }

    /// Whether it says nothing of what it means: "it", "the field".
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.words.is_empty() && self.places.is_empty() && self.most.is_none()
    }

    /// These words.
    #[must_use]
    pub fn plain(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            ..Self::default()
        }
    }
}
