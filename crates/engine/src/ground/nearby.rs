//! Names by position: the words beside or above a control that nothing else names.

use super::index::{Index, Rect};

/// Furthest that words stand from what they name, in pixels: to the side, and above.
const ASIDE: f64 = 160.0;
const ABOVE: f64 = 36.0;
/// Longest text that is taken for a name.
const MAX_NAME: usize = 80;

/// The texts of a page by their position.
#[derive(Debug, Default)]
pub struct Nearby {
    /// By upper edge.
    texts: Vec<(Rect, usize)>,
    /// Upper edge and node of every control.
    controls: Vec<(Rect, usize)>,
    /// The tallest text.
    tallest: f64,
}

impl Nearby {
    pub(super) fn new(index: &Index<'_>) -> Self {
        let mut found = Self::default();
        for at in 0..index.nodes().len() {
            let node = index.node(at);
            if node.role == "text" {
                let short = !node.text.is_empty() && node.text.len() <= MAX_NAME;
                if let Some(rect) = index.rect(at).filter(|_| short) {
                    found.tallest = found.tallest.max(rect.bottom - rect.top);
                    found.texts.push((rect, at));
                }
            } else if node.interactive
                && let Some(rect) = node.rect
            {
                found.controls.push((Rect::new(rect), at));
            }
        }
        found
            .texts
            .sort_by(|left, right| left.0.top.total_cmp(&right.0.top));
        found
            .controls
            .sort_by(|left, right| left.0.top.total_cmp(&right.0.top));
        found
    }

    /// The text that names a control by where it lies: to the left of it, or above; to the right of
    /// check boxes and radio buttons first. Only a text that no other control is nearer to.
    pub fn name(&self, index: &Index<'_>, control: usize) -> Option<usize> {
        let node = index.node(control);
        let rect = Rect::new(node.rect?);
        let ticks = matches!(&*node.role, "checkbox" | "radio" | "switch");
        let start = rect.top - ABOVE - self.tallest;
        let from = self.texts.partition_point(|(it, _)| it.top < start);
        let near = self.texts[from..]
            .iter()
            .take_while(|(it, _)| it.top <= rect.bottom)
            .filter(|(_, at)| !index.holds(control, *at))
            .filter_map(|(it, at)| Some((reach(&rect, it, ticks)?, it, *at)));
        let (cost, text, at) = near.min_by(|left, right| left.0.total_cmp(&right.0))?;
        let from = self
            .controls
            .partition_point(|(it, _)| it.top < text.top - 200.0);
        let taken = self.controls[from..]
            .iter()
            .take_while(|(it, _)| it.top <= text.bottom + ABOVE)
            .filter(|(_, other)| *other != control)
            .any(|(it, other)| {
                let other = index.node(*other);
                let ticks = matches!(&*other.role, "checkbox" | "radio" | "switch");
                reach(it, text, ticks).is_some_and(|it| it < cost)
            });
        (!taken).then_some(at)
    }
}

/// How far a control has to reach for its name; `None` if the text can't be it.
fn reach(control: &Rect, text: &Rect, ticks: bool) -> Option<f64> {
    if control.in_line(text) {
        let left = control.left - text.right;
        let right = text.left - control.right;
        if (-2.0..=ASIDE).contains(&right) && ticks {
            return Some(right.max(0.0));
        }
        if (-2.0..=ASIDE).contains(&left) {
            return Some(left.max(0.0) + if ticks { ASIDE } else { 0.0 });
        }
        return None;
    }
    let above = control.top - text.bottom;
    let over = control.above(text) > 0.0 && text.left < control.right;
    ((-2.0..=ABOVE).contains(&above) && over).then_some(ASIDE / 2.0 + above.max(0.0))
}
