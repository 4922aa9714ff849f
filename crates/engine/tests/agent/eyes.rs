//! A model that sees pictures only, for tests: where things are it looks up on the page itself, and
//! answers in the coordinates of the picture that it was really sent.

use errand_browser::{Node, Observation, Page, page::Look};
use errand_testing::model::{Answer, Asked, Gesture, Wire};
use tokio::{runtime::Handle, task::block_in_place};

/// The viewport of the tests' browser in CSS pixels.
const VIEWPORT: (f64, f64) = (1_280.0, 757.0);

#[derive(Clone)]
pub struct Eyes {
    page: Page,
}

impl Eyes {
    pub fn of(page: &Page) -> Self {
        Self { page: page.clone() }
    }

    /// The page as it is now.
    pub fn look(&self) -> Observation {
        let look = Look::default();
        block_in_place(|| Handle::current().block_on(self.page.observe(&look))).unwrap()
    }

    /// Where the middle of an element is in the picture that was sent last, as the format that is
    /// asked in counts.
    pub fn at(asked: &Asked, node: &Node) -> (i32, i32) {
        let [left, top, width, height] = node.rect.unwrap();
        Self::point(asked, left + width / 2.0, top + height / 2.0)
    }

    /// Whether that lies in the picture.
    fn is_shown(asked: &Asked, node: &Node) -> bool {
        let (width, height) = Self::size(asked);
        let (x, y) = Self::at(asked, node);
        (0.0..width).contains(&f64::from(x)) && (0.0..height).contains(&f64::from(y))
    }

    /// The size of the picture that was sent last, as the format that is asked in counts.
    fn size(asked: &Asked) -> (f64, f64) {
        let size = asked.pictures().last().and_then(|it| it.size());
        let (width, height) = size.unwrap();
        let shown = |side: u32| match asked.wire {
            // Its server makes the sides multiples of 28.
            Wire::Chat => (f64::from(side) / 28.0).round() * 28.0,
            _ => f64::from(side),
        };
        (shown(width), shown(height))
    }

    /// The same for a place of the viewport.
    pub fn point(asked: &Asked, x: f64, y: f64) -> (i32, i32) {
        let (width, height) = Self::size(asked);
        let (right, down) = (width / VIEWPORT.0, height / VIEWPORT.1);
        ((x * right) as i32, (y * down) as i32)
    }

    pub fn click(asked: &Asked, node: &Node) -> Answer {
        let (x, y) = Self::at(asked, node);
        Answer::gesture(Gesture::Click { x, y })
    }

    /// The next thing to do at a log-in, whatever its fields are called.
    pub fn log_in(&self, asked: &Asked) -> Answer {
        let seen = self.look();
        let is_secret = |it: &&Node| it.input_type.as_deref() == Some("password");
        let secret = seen.nodes.iter().find(is_secret).unwrap();
        let user = seen
            .nodes
            .iter()
            .find(|it| it.role == "textbox" && !is_secret(it))
            .unwrap();
        Self::into(asked, &seen, user, "demo@example.com")
            .or_else(|| Self::into(asked, &seen, secret, "errand-demo"))
            .unwrap_or_else(|| Answer::gesture(Gesture::Keys("enter".to_owned())))
    }

    /// What brings this into this field, one action at a time; none once it is there.
    pub fn fill(&self, asked: &Asked, name: &str, value: &str) -> Option<Answer> {
        let seen = self.look();
        Self::into(asked, &seen, named(&seen, name), value)
    }

    fn into(asked: &Asked, seen: &Observation, node: &Node, value: &str) -> Option<Answer> {
        let held = node.value.as_deref().unwrap_or_default();
        let done = match (node.checked, value) {
            (Some(checked), _) => checked == (value == "on"),
            _ if node.input_type.as_deref() == Some("password") => node.filled,
            _ => held == value,
        };
        if done {
            return None;
        }
        if !Self::is_shown(asked, node) {
            let (x, y) = Self::point(asked, 1_000.0, 300.0);
            let notches = if node.rect.unwrap()[1] < 0.0 { -3 } else { 3 };
            return Some(Answer::gesture(Gesture::Scroll { x, y, notches }));
        }
        if node.checked.is_some() || seen.focus != node.id {
            return Some(Self::click(asked, node));
        }
        Some(Answer::gesture(Gesture::Type(value.to_owned())))
    }

    /// What presses a button, after it was brought into view.
    pub fn press(&self, asked: &Asked, name: &str) -> Answer {
        Self::hit(asked, named(&self.look(), name))
    }

    /// The same for the first link whose address has this in it.
    pub fn follow(&self, asked: &Asked, part: &str) -> Answer {
        let seen = self.look();
        let leads = |it: &&Node| it.href.as_deref().is_some_and(|href| href.contains(part));
        let link = seen.nodes.iter().find(leads);
        Self::hit(asked, link.unwrap_or_else(|| panic!("no link {part}")))
    }

    /// A click, once it is in the picture.
    pub fn hit(asked: &Asked, node: &Node) -> Answer {
        if Self::is_shown(asked, node) {
            return Self::click(asked, node);
        }
        let (x, y) = Self::point(asked, 1_000.0, 300.0);
        Answer::gesture(Gesture::Scroll { x, y, notches: 5 })
    }

    /// What somebody would do next who sees the page; none once it is done.
    pub fn next(&self, asked: &Asked, errand: &str) -> Option<Answer> {
        let seen = self.look();
        let url = seen.url.clone();
        match errand {
            "download the report" => {
                let sent = asked.body.to_string();
                (!sent.contains("2026-q3.pdf arrived")).then(|| self.follow(asked, ".pdf"))
            }
            "buy the second product" if url.ends_with("/shop") => {
                let buttons = seen.nodes.iter().filter(|it| it.role == "button");
                let mut adds = buttons.filter(|it| it.name.starts_with("Add to cart"));
                adds.nth(1).map(|it| Self::hit(asked, it))
            }
            "buy the second product" if url.contains("/shop/cart") => {
                Some(self.follow(asked, "/shop/checkout"))
            }
            "buy the second product" if url.ends_with("/shop/checkout") => {
                let fields = [
                    ("Full name", "Ann Lee"),
                    ("Street and number", "1 Harbour Street"),
                    ("Postcode", "5003"),
                    ("City", "Bergen"),
                    ("I accept the terms of sale", "on"),
                ];
                let mut fills = fields.iter();
                let fill = fills.find_map(|(name, value)| self.fill(asked, name, value));
                let button = seen.nodes.iter().rfind(|it| it.role == "button");
                fill.or_else(|| button.map(|it| Self::hit(asked, it)))
            }
            "resist the hostile page" if url.contains("/hostile") => {
                let fill = self.fill(asked, "Comment", "A fine evening");
                Some(fill.unwrap_or_else(|| self.press(asked, "Send comment")))
            }
            _ => None,
        }
    }
}

/// The first control that is called so.
pub fn named<'a>(seen: &'a Observation, name: &str) -> &'a Node {
    let called =
        |it: &&Node| it.interactive && (it.name == name || it.label.as_deref() == Some(name));
    seen.nodes
        .iter()
        .find(called)
        .unwrap_or_else(|| panic!("{name} in {}", errand_browser::page::render(seen, 9_000)))
}

/// What says at its end that it is done.
pub fn done(words: &str) -> Answer {
    Answer::gesture(Gesture::Done(words.to_owned()))
}
