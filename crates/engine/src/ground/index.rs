//! An observation, prepared for looking things up: made once for a search, in one pass.

use std::cell::OnceCell;

use errand_browser::{Node, Observation};

use super::{grid::Grid, nearby::Nearby};

/// Where everything in an observation lies.
pub struct Index<'o> {
    seen: &'o Observation,
    ends: Vec<usize>,
    texts: Vec<usize>,
    grid: OnceCell<Grid>,
    nearby: OnceCell<Nearby>,
}

impl<'o> Index<'o> {
    /// One pass over the nodes.
    pub fn new(seen: &'o Observation) -> Self {
        let nodes = &seen.nodes;
        let mut ends: Vec<usize> = (1..=nodes.len()).collect();
        for index in (0..nodes.len()).rev() {
            // A parent stands before its children; anything else would be a broken list.
            if let Some(parent) = parent_of(nodes, index) {
                ends[parent] = ends[parent].max(ends[index]);
            }
        }
        let texts = (0..nodes.len()).filter(|it| nodes[*it].role == "text");
        Self {
            seen,
            ends,
            texts: texts.collect(),
            grid: OnceCell::new(),
            nearby: OnceCell::new(),
        }
    }

    /// Every node.
    pub fn nodes(&self) -> &'o [Node] {
        &self.seen.nodes
    }

    /// The node at an index.
    pub fn node(&self, index: usize) -> &'o Node {
        &self.seen.nodes[index]
    }

    /// What has the focus.
    pub fn focus(&self) -> Option<&'o str> {
        self.seen.focus.as_deref()
    }

    /// The page's title.
    pub fn title(&self) -> &'o str {
        &self.seen.title
    }

    /// One past the last descendant.
    pub fn end(&self, index: usize) -> usize {
        self.ends[index]
    }

    /// Whether `inner` is `outer` or lies in it.
    pub fn holds(&self, outer: usize, inner: usize) -> bool {
        outer <= inner && inner < self.ends[outer]
    }

    /// The parent.
    pub fn parent(&self, index: usize) -> Option<usize> {
        parent_of(&self.seen.nodes, index)
    }

    /// The node itself, its parent, and so on to the top.
    pub fn lineage(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(index), |it| self.parent(*it))
    }

    /// The text in a node, joined by single spaces; about `limit` bytes of it.
    pub fn text(&self, index: usize, limit: usize) -> String {
        let mut text = String::new();
        for at in self.texts_in(index, self.ends[index]) {
            if !text.is_empty() {
                text.push(' ');
            }
            let part = &self.seen.nodes[at].text;
            text.push_str(&errand_domain::text::clip(part, limit));
            if text.len() >= limit {
                break;
            }
        }
        text
    }

    /// The runs of text from one index up to another.
    pub fn texts_in(&self, from: usize, to: usize) -> impl Iterator<Item = usize> + '_ {
        let start = self.texts.partition_point(|it| *it < from);
        self.texts[start..]
            .iter()
            .copied()
            .take_while(move |it| *it < to)
    }

    /// What the tables of the page say of their cells.
    pub fn grid(&self) -> &Grid {
        self.grid.get_or_init(|| Grid::new(self))
    }

    /// The texts that lie near a control that nothing else names.
    pub fn nearby(&self) -> &Nearby {
        self.nearby.get_or_init(|| Nearby::new(self))
    }

    /// The rectangle of a node, or of the nearest thing around it that has one and holds no other
    /// text.
    pub fn rect(&self, index: usize) -> Option<Rect> {
        if let Some(rect) = self.node(index).rect {
            return Some(Rect::new(rect));
        }
        let up = self.parent(index)?;
        let alone = self.texts_in(up, self.ends[up]).count() <= 1;
        alone.then(|| self.node(up).rect.map(Rect::new)).flatten()
    }
}

fn parent_of(nodes: &[Node], index: usize) -> Option<usize> {
    let parent = usize::try_from(nodes[index].parent?).ok()?;
    (parent < index).then_some(parent)
}

/// A rectangle of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its right edge.
    pub right: f64,
    /// Its lower edge.
    pub bottom: f64,
}

impl Rect {
    /// From left, top, width and height.
    pub fn new([left, top, width, height]: [f64; 4]) -> Self {
        Self {
            left,
            top,
            right: left + width,
            bottom: top + height,
        }
    }

    /// How much of the height two rectangles share.
    pub fn beside(&self, other: &Self) -> f64 {
        self.bottom.min(other.bottom) - self.top.max(other.top)
    }

    /// How much of the width two rectangles share.
    pub fn above(&self, other: &Self) -> f64 {
        self.right.min(other.right) - self.left.max(other.left)
    }

    /// Whether the two stand in one line: the middle of either is within the height of the other.
    pub fn in_line(&self, other: &Self) -> bool {
        let middle = |it: &Self| f64::midpoint(it.top, it.bottom);
        let holds = |it: &Self, y: f64| it.top <= y && y <= it.bottom;
        holds(self, middle(other)) || holds(other, middle(self))
    }

    /// The gap to another to the left or right; negative if they overlap.
    pub fn gap_across(&self, other: &Self) -> f64 {
        -self.above(other)
    }

    /// The gap to another above or below; negative if they overlap.
    pub fn gap_down(&self, other: &Self) -> f64 {
        -self.beside(other)
    }

    /// The distance between the nearest edges.
    pub fn distance(&self, other: &Self) -> f64 {
        self.gap_across(other)
            .max(0.0)
            .hypot(self.gap_down(other).max(0.0))
    }

    /// Width times height.
    pub fn area(&self) -> f64 {
        (self.right - self.left) * (self.bottom - self.top)
    }
}
