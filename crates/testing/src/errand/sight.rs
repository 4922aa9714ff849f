//! What a model sees of a page: the text that it was sent, taken apart.

use crate::model::Asked;

/// An element, as the text names it.
#[derive(Debug, Clone)]
pub struct Element {
    /// `e17`
    pub id: String,
    /// `button`
    pub role: String,
    /// Everything after the role.
    pub rest: String,
}

/// The page as it was sent last: whole, and what changed since.
#[derive(Debug)]
pub struct Sight {
    lines: Vec<String>,
}

impl Sight {
    /// What was sent of the page so far.
    #[must_use]
    pub fn of(asked: &Asked) -> Self {
        let said: Vec<String> = asked
            .said
            .iter()
            .map(|it| {
                let results: Vec<&str> = it.results.iter().map(|it| &*it.text).collect();
                format!("{}\n{}", results.join("\n"), it.text)
            })
            .collect();
        let text = said.join("\n");
        let from = text.rfind("The page:\n").unwrap_or_default();
        let lines = text[from..].lines().filter(|it| !it.starts_with('-'));
        let lines = lines.map(|it| it.trim_start_matches(['+', ' ']).to_owned());
        Self {
            lines: lines.collect(),
        }
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &str {
        let mut urls = self.lines.iter().filter_map(|it| it.strip_prefix("url: "));
        urls.next_back().unwrap_or_default()
    }

    /// Whether it stands anywhere.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.lines.iter().any(|it| it.contains(words))
    }

    /// The line that has these words.
    #[must_use]
    pub fn line(&self, words: &str) -> Option<&str> {
        let mut lines = self.lines.iter().map(String::as_str);
        lines.rfind(|it| it.contains(words))
    }

    /// Every element, in order; one that was sent again stands where it came last.
    #[must_use]
    pub fn elements(&self) -> Vec<Element> {
        let mut found = Vec::new();
        for line in &self.lines {
            let mut rest = line.as_str();
            while let Some((_, after)) = rest.split_once("[e") {
                let (piece, next) = match after.find("[e") {
                    Some(at) => after.split_at(at),
                    None => (after, ""),
                };
                rest = next;
                let Some((number, words)) = piece.split_once("] ") else {
                    continue;
                };
                let (role, words) = words.split_once(' ').unwrap_or((words, ""));
                found.push(Element {
                    id: format!("e{number}"),
                    role: role.trim_end_matches(':').to_owned(),
                    rest: words.trim_end_matches([' ', '|', ',']).to_owned(),
                });
            }
        }
        found
    }

    /// The element of that role with these words that came last.
    #[must_use]
    pub fn find(&self, role: &str, words: &str) -> Option<Element> {
        let mut all = self.elements().into_iter();
        all.rfind(|it| it.role == role && it.rest.contains(words))
    }

    /// The first of them.
    #[must_use]
    pub fn first(&self, role: &str, words: &str) -> Option<Element> {
        let mut all = self.elements().into_iter();
        all.find(|it| it.role == role && it.rest.contains(words))
    }
}

impl Element {
    /// Its name, between the quotation marks.
    #[must_use]
    pub fn name(&self) -> &str {
        self.rest.split('"').nth(1).unwrap_or_default()
    }
}
