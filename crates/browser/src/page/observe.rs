//! What the page looks like: one walk per frame, stitched into one list.

mod mould;

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Error, Page,
    frames::{FrameBox, Place},
    target::Known,
};
use mould::Mould;

use crate::observation::{Datum, Node, Observation, Reading, Tab};

const WALK_TIMEOUT: Duration = Duration::from_secs(15);
const MAX_FRAMES: usize = 40;
const MAX_ROOT_DEPTH: usize = 6;
/// Largest answer of [`Page::read`], in bytes of text and attributes.
const MAX_READ_BYTES: usize = 8 << 20;
/// Nodes of a page before parts are left out, where a [`Look`] does not say.
const DEFAULT_NODES: usize = 1500;

/// Elements whose ids are kept from one look to the next.
const MAX_KNOWN: usize = 5_000;

/// What an engine wants to see.
#[derive(Debug, Clone)]
pub struct Look {
    /// Words of the goal: rows and items that hold them are kept when parts must be left out.
    pub goal_words: Vec<String>,
    /// Most nodes; what is beyond becomes `omitted` nodes that [`Page::read`] expands.
    pub max_nodes: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            goal_words: Vec::new(),
            max_nodes: DEFAULT_NODES,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Walk {
    nodes: Vec<Node>,
    frames: Vec<FrameFound>,
    focus: Option<String>,
    url: String,
    title: String,
    fingerprint: String,
    truncated: bool,
    candidates: usize,
    roots: usize,
    language: String,
    data: Vec<Datum>,
    moulds: Vec<Mould>,
}

impl Walk {
    fn into_observation(self) -> Observation {
        Observation {
            url: self.url,
            title: self.title,
            focus: self.focus,
            fingerprint: self.fingerprint,
            truncated: self.truncated,
            nodes: self.nodes,
            ..Observation::default()
        }
    }
}

#[derive(Debug, Deserialize)]
struct FrameFound {
    id: String,
    #[serde(flatten)]
    at: FrameBox,
}

/// Where a frame's coordinates lie in the tab's viewport, and what part of that can be seen.
#[derive(Debug, Clone, Copy)]
struct Sight {
    x: f64,
    y: f64,
    scale_x: f64,
    scale_y: f64,
    view: [f64; 4],
}

#[derive(Debug, Deserialize)]
struct View {
    width: f64,
    height: f64,
}

struct Wish<'a> {
    words: &'a [String],
    max_nodes: Option<usize>,
    region: Option<&'a str>,
}

impl Page {
    /// Looks at the current tab. While a dialog is open, its message is all there is to see.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] when the page is busy, [`Error::Gone`] when the browser is dead.
    pub async fn observe(&self, look: &Look) -> Result<Observation, Error> {
        let _turn = self.shared.turn.lock().await;
        let (context, _) = self.current()?;
        {
            // Ids of long ago; what is still there is known again at once.
            let mut known = self.known();
            if known.len() > MAX_KNOWN {
                known.clear();
            }
        }
        let words: Vec<String> = look
            .goal_words
            .iter()
            .map(|word| word.to_lowercase())
            .collect();
        let words: Vec<String> = words
            .into_iter()
            .filter(|word| word.len() > 1)
            .take(40)
            .collect();
        let max_nodes = Some(look.max_nodes.max(20));
        let wish = Wish {
            words: &words,
            max_nodes,
            region: None,
        };
        let mut seen = match Box::pin(self.look(&context, &wish)).await {
            // A dialog may open at any moment.
            Err(Error::DialogOpen { .. }) => Observation::default(),
            other => other?.into_observation(),
        };
        self.describe_tabs(&context, &mut seen).await?;
        Ok(seen)
    }

    /// Everything in a region, also what an observation left out or what is scrolled away; the
    /// whole page where no region is named. A region is any id of the last observation.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] or [`Error::Stale`] for the region, [`Error::TooLarge`] beyond 8 MiB.
    pub async fn read(&self, region: Option<&str>) -> Result<Reading, Error> {
        let _turn = self.shared.turn.lock().await;
        let (mut context, _) = self.current()?;
        if let Some(region) = region {
            context = self.context_of(region).ok_or_else(|| Error::NotFound {
                what: region.to_owned(),
            })?;
        }
        let wish = Wish {
            words: &[],
            max_nodes: None,
            region,
        };
        let seen = Box::pin(self.look(&context, &wish)).await?;
        let bytes: usize = seen.nodes.iter().map(weight).sum();
        if bytes > MAX_READ_BYTES {
            let what = region.unwrap_or("page").to_owned();
            return Err(Error::TooLarge {
                what,
                limit: MAX_READ_BYTES,
            });
        }
        Ok(Reading {
            nodes: seen.nodes,
            language: seen.language,
            data: seen.data,
            truncated: seen.truncated,
        })
    }

    async fn look(&self, context: &str, wish: &Wish<'_>) -> Result<Walk, Error> {
        let view: View = self
            .ask(context, "view", json!({}))
            .await?
            .map_err(|refusal| refusal.into_error("the page"))?;
        let sight = Sight {
            x: 0.0,
            y: 0.0,
            scale_x: 1.0,
            scale_y: 1.0,
            view: [0.0, 0.0, view.width, view.height],
        };
        let mut left = MAX_FRAMES;
        self.walk(context, sight, wish, &mut left).await
    }

    /// Walks a frame and all frames in it.
    async fn walk(
        &self,
        context: &str,
        sight: Sight,
        wish: &Wish<'_>,
        left: &mut usize,
    ) -> Result<Walk, Error> {
        // A reading takes what the looks before it found out: it is for words.
        if wish.max_nodes.is_some() {
            self.mark_listeners(context).await;
        }
        let mut walk = self.walk_one(context, sight, wish).await?;
        // A closed root may hold hosts of further ones.
        for _ in 0..MAX_ROOT_DEPTH {
            let adopted = walk.candidates > 0 && self.adopt_roots(context).await?;
            let heard =
                wish.max_nodes.is_some() && walk.roots > 0 && self.mark_roots(context).await;
            if !adopted && !heard {
                break;
            }
            walk = self.walk_one(context, sight, wish).await?;
        }
        self.remember(context, &walk.nodes);
        walk.nodes = mould::cast(walk.nodes, walk.moulds.split_off(0));
        if walk.frames.is_empty() || *left == 0 {
            return Ok(walk);
        }
        let contexts = self.frame_contexts(context).await?;
        let frames = std::mem::take(&mut walk.frames);
        for (found, child) in frames.iter().zip(&contexts) {
            let Some(child) = child else { continue };
            let Some(inner) = sight.into_frame(&found.at) else {
                continue;
            };
            if *left == 0 {
                walk.truncated = true;
                break;
            }
            *left -= 1;
            let url = self.frame_url(&walk.nodes, &found.id);
            let place = Place {
                parent: context.to_owned(),
                element: found.id.clone(),
                url,
            };
            self.places().insert(child.clone(), place);
            self.watch().state().frame_in(child, context);
            let max_nodes = wish
                .max_nodes
                .map(|max| max.saturating_sub(walk.nodes.len()).max(40));
            let inside = Wish {
                words: wish.words,
                max_nodes,
                region: None,
            };
            match Box::pin(self.walk(child, inner, &inside, left)).await {
                Ok(part) => stitch(&mut walk, &found.id, part),
                // A frame that is loading or gone is not the page's end.
                Err(error @ (Error::Gone | Error::Crashed { .. } | Error::DialogOpen { .. })) => {
                    return Err(error);
                }
                Err(error) => tracing::debug!(%error, "a frame could not be looked at"),
            }
        }
        Ok(walk)
    }

    async fn walk_one(&self, context: &str, sight: Sight, wish: &Wish<'_>) -> Result<Walk, Error> {
        let [left, top, right, bottom] = sight.view;
        let mut input = json!({
            "words": wish.words,
            "offset": { "x": sight.x, "y": sight.y, "scaleX": sight.scale_x, "scaleY": sight.scale_y },
            "view": { "left": left, "top": top, "right": right, "bottom": bottom },
        });
        let command = if let Some(region) = wish.region {
            input["region"] = json!(region);
            "read"
        } else {
            input["whole"] = json!(wish.max_nodes.is_none());
            if let Some(max) = wish.max_nodes {
                input["maxNodes"] = json!(max);
            }
            "walk"
        };
        let answer = self
            .ask_within::<Walk>(WALK_TIMEOUT, context, command, input)
            .await?;
        let region = wish.region.unwrap_or("the page");
        answer.map_err(|refusal| refusal.into_error(region))
    }

    /// The frames that the last walk found, in its order.
    async fn frame_contexts(&self, context: &str) -> Result<Vec<Option<String>>, Error> {
        let found = self.ask_objects(context, "frames", json!({})).await?;
        let described = found.ids.iter().map(|object| {
            let params = json!({ "objectId": object });
            self.inspect(context, &found.session, "DOM.describeNode", params)
        });
        let described = futures_util::future::join_all(described).await.into_iter();
        let frames = described.map(|node| Some(node.ok()?["node"]["frameId"].as_str()?.to_owned()));
        Ok(frames.collect())
    }

    /// Looks for closed shadow roots and hands them into the world; says whether there were any.
    async fn adopt_roots(&self, context: &str) -> Result<bool, Error> {
        let found = self.ask_objects(context, "candidates", json!({})).await?;
        let (_, world) = self.world(context).await?;
        let described = found.ids.iter().map(|object| {
            let params = json!({ "objectId": object, "depth": 0, "pierce": true });
            self.inspect(context, &found.session, "DOM.describeNode", params)
        });
        let described = futures_util::future::join_all(described).await;
        let mut hosts = Vec::new();
        let mut roots = Vec::new();
        for (index, node) in described.into_iter().enumerate() {
            let Ok(node) = node else { continue };
            let mut inner = node["node"]["shadowRoots"].as_array().into_iter().flatten();
            let Some(root) = inner.find(|root| root["shadowRootType"] == "closed") else {
                continue;
            };
            let params = json!({
                "backendNodeId": root["backendNodeId"],
                "executionContextId": world,
                "objectGroup": "errand",
            });
            let root = self
                .inspect(context, &found.session, "DOM.resolveNode", params)
                .await?;
            if let Some(object) = root["object"]["objectId"].as_str() {
                hosts.push(index);
                roots.push(object.to_owned());
            }
        }
        if !roots.is_empty() {
            self.tell_objects(context, "adopt", json!({ "hosts": hosts }), &roots)
                .await?;
        }
        let release = json!({ "objectGroup": "errand" });
        self.inspect(
            context,
            &found.session,
            "Runtime.releaseObjectGroup",
            release,
        )
        .await?;
        Ok(!roots.is_empty())
    }

    fn frame_url(&self, nodes: &[Node], element: &str) -> String {
        let node = nodes
            .iter()
            .find(|node| node.id.as_deref() == Some(element));
        node.and_then(|node| node.src.clone()).unwrap_or_default()
    }

    fn remember(&self, context: &str, nodes: &[Node]) {
        let mut known = self.known();
        for node in nodes {
            if let Some(id) = &node.id {
                known.insert(id.clone(), Known::new(context, node));
            }
        }
    }

    async fn describe_tabs(&self, context: &str, seen: &mut Observation) -> Result<(), Error> {
        let targets = self.cdp().call("Target.getTargets", json!({})).await?;
        let title = |context: &str| -> String {
            let infos = targets["targetInfos"].as_array().into_iter().flatten();
            let mut infos = infos.filter(|info| info["targetId"] == context);
            let title = infos.next().and_then(|info: &Value| info["title"].as_str());
            errand_domain::text::clip(&title.unwrap_or_default().replace('\0', "\u{fffd}"), 300)
        };
        let state = self.watch().state();
        seen.tabs = state
            .tabs
            .iter()
            .map(|tab| Tab {
                id: tab.id.clone(),
                url: if tab.context == context && !seen.url.is_empty() {
                    seen.url.clone()
                } else {
                    tab.url.clone()
                },
                title: title(&tab.context),
                current: tab.context == context,
            })
            .collect();
        if let Some(tab) = state.tab(context) {
            seen.status = tab.status;
            if let Some(dialog) = &tab.dialog {
                seen.dialog = Some(dialog.clone());
                seen.nodes.clear();
                seen.url.clone_from(&tab.url);
            }
        }
        Ok(())
    }
}

impl Sight {
    fn into_frame(self, at: &FrameBox) -> Option<Self> {
        let (x, y) = (self.x + at.x * self.scale_x, self.y + at.y * self.scale_y);
        let (width, height) = (at.width * self.scale_x, at.height * self.scale_y);
        if width < 4.0 || height < 4.0 {
            return None;
        }
        let [left, top, right, bottom] = self.view;
        let view = [
            left.max(x),
            top.max(y),
            right.min(x + width),
            bottom.min(y + height),
        ];
        Some(Self {
            x,
            y,
            scale_x: self.scale_x * at.scale_x,
            scale_y: self.scale_y * at.scale_y,
            view,
        })
    }
}

/// Puts a frame's nodes right behind the frame's own node.
fn stitch(walk: &mut Walk, frame: &str, part: Walk) {
    let Some(at) = walk
        .nodes
        .iter()
        .position(|node| node.id.as_deref() == Some(frame))
    else {
        return;
    };
    let index = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let (host, added) = (index(at), index(part.nodes.len()));
    for node in &mut walk.nodes[at + 1..] {
        if let Some(parent) = &mut node.parent
            && *parent > host
        {
            *parent += added;
        }
    }
    let inner = part.nodes.into_iter().map(|mut node| {
        node.parent = Some(node.parent.map_or(host, |parent| parent + host + 1));
        node
    });
    walk.nodes.splice(at + 1..at + 1, inner);
    walk.truncated |= part.truncated;
    walk.fingerprint = format!("{}{}", walk.fingerprint, part.fingerprint);
    if part.focus.is_some() && walk.focus.as_deref().is_none_or(|focus| focus == frame) {
        walk.focus = part.focus;
    }
}

fn weight(node: &Node) -> usize {
    let options: usize = node
        .options
        .iter()
        .map(|it| it.label.len() + it.value.len() + 8)
        .sum();
    let optional = [
        &node.value,
        &node.href,
        &node.src,
        &node.label,
        &node.description,
        &node.hint,
    ];
    let optional: usize = optional.into_iter().flatten().map(String::len).sum();
    let marks: usize = node.marks.iter().map(|it| it.text.len() + 20).sum();
    node.text.len() + node.name.len() + optional + options + marks + 40
}
