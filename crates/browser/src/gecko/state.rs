//! What is known of the browser's tabs, frames and objects.

use std::collections::HashMap;

use serde_json::Value;

use super::network::Intercept;

/// Most of anything that pages make more and more of.
const MAX: usize = 10_000;

#[derive(Default)]
pub(super) struct State {
    /// New tabs are told of as targets.
    pub(super) attaching: bool,
    /// Each frame's parent; none for tabs.
    pub(super) parents: HashMap<String, Option<String>>,
    /// The navigation that each frame's document came by.
    pub(super) loaders: HashMap<String, String>,
    /// The requests of navigations.
    pub(super) documents: HashMap<String, String>,
    /// Tabs with a dialog open.
    pub(super) dialogs: std::collections::HashSet<String>,
    /// Contexts that have a number as an execution context.
    pub(super) worlds: Vec<String>,
    /// Lists of nodes that were asked for.
    pub(super) lists: HashMap<String, Vec<String>>,
    /// Nodes that have a number.
    pub(super) nodes: Vec<String>,
    /// Files on their way: their navigation, and the name that they get.
    pub(super) files: HashMap<String, String>,
    /// Where files go.
    pub(super) folder: Option<std::path::PathBuf>,
    /// Interceptions by tab.
    pub(super) intercepts: HashMap<String, Intercept>,
    pub(super) count: u64,
}

impl State {
    /// Takes up what was there before.
    pub(super) fn take_up(&mut self, tree: &Value) {
        let context = tree["context"].as_str().unwrap_or_default();
        self.created(context, tree["parent"].as_str());
        for child in tree["children"].as_array().into_iter().flatten() {
            self.take_up_below(child, context);
        }
    }

    fn take_up_below(&mut self, tree: &Value, parent: &str) {
        let context = tree["context"].as_str().unwrap_or_default();
        self.created(context, Some(parent));
        for child in tree["children"].as_array().into_iter().flatten() {
            self.take_up_below(child, context);
        }
    }

    /// Whether it is news.
    pub(super) fn created(&mut self, context: &str, parent: Option<&str>) -> bool {
        if self.parents.len() >= MAX {
            return false;
        }
        let parent = parent.map(str::to_owned);
        self.parents.insert(context.to_owned(), parent).is_none()
    }

    pub(super) fn destroyed(&mut self, context: &str) {
        self.parents.remove(context);
        self.loaders.remove(context);
        self.dialogs.remove(context);
        self.intercepts.remove(context);
    }

    /// The tab that a frame is in.
    pub(super) fn top_of(&self, context: &str) -> String {
        let mut at = context;
        for _ in 0..64 {
            match self.parents.get(at) {
                Some(Some(parent)) => at = parent,
                _ => break,
            }
        }
        at.to_owned()
    }

    pub(super) fn is_tab(&self, context: &str) -> bool {
        matches!(self.parents.get(context), Some(None))
    }

    /// The number of a context's world, which stays the same from document to document.
    pub(super) fn world(&mut self, context: &str) -> usize {
        if let Some(at) = self.worlds.iter().position(|it| it == context) {
            return at + 1;
        }
        self.worlds.push(context.to_owned());
        self.worlds.len()
    }

    pub(super) fn world_of(&self, number: &Value) -> Option<String> {
        let at = usize::try_from(number.as_u64()?).ok()?.checked_sub(1)?;
        self.worlds.get(at).cloned()
    }

    /// A name for a list of nodes.
    pub(super) fn keep_list(&mut self, nodes: Vec<String>) -> String {
        if self.lists.len() > 100 {
            self.lists.clear();
        }
        let name = format!("list-{}", self.next());
        self.lists.insert(name.clone(), nodes);
        name
    }

    /// A number for a node.
    pub(super) fn number(&mut self, node: &str) -> usize {
        if let Some(at) = self.nodes.iter().position(|it| it == node) {
            return at + 1;
        }
        if self.nodes.len() > MAX {
            self.nodes.clear();
        }
        self.nodes.push(node.to_owned());
        self.nodes.len()
    }

    pub(super) fn numbered(&self, number: &Value) -> Option<String> {
        let at = usize::try_from(number.as_u64()?).ok()?.checked_sub(1)?;
        self.nodes.get(at).cloned()
    }

    pub(super) fn remember_document(&mut self, navigation: &str, request: &str) {
        if self.documents.len() > MAX {
            self.documents.clear();
        }
        self.documents
            .insert(navigation.to_owned(), request.to_owned());
    }

    pub(super) fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}
