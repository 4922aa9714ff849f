//! Places of the viewport instead of elements: what lies there, and what has the focus.

use errand_domain::action::{Action, Gesture, Point, Target};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Error, Page,
    frames::FrameBox,
    target::{Aim, Known, Ready},
};

/// Frames in frames that are looked into.
const MAX_DEPTH: usize = 16;

/// An element that was met by its place, or because it has the focus.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) aim: Aim,
    pub(super) ready: Ready,
    /// Whether it lay there when the page was last pictured.
    pub(super) still: bool,
    /// Its list of options is drawn by the system, outside of the page.
    pub(super) drops_down: bool,
    /// In words.
    pub(super) words: String,
    /// It and the frames around it, the outermost first.
    pub(super) way: Vec<Aim>,
}

#[derive(Debug, Deserialize)]
struct Found {
    id: String,
    name: String,
    src: String,
    drops_down: bool,
    frame: Option<FrameBox>,
    still: bool,
    words: String,
    #[serde(flatten)]
    ready: Ready,
}

impl Page {
    /// Names what an action at a place will meet, as far as it can be told before the page is
    /// touched; other actions have named theirs.
    pub async fn name_met(&self, action: &mut Action) {
        let target = |met: Result<Option<Met>, Error>| match met {
            Ok(Some(met)) => Some(Target::element(met.aim.id)),
            _ => None,
        };
        match action {
            Action::Pointer {
                at,
                gesture,
                target: met,
                ..
            } => {
                *met = target(self.lies_at(*at).await);
                if let Gesture::Drag { path, onto } = gesture
                    && let Some(end) = path.last()
                {
                    *onto = target(self.lies_at(*end).await).map(Box::new);
                }
            }
            Action::TypeFocused { target: met, .. } => *met = target(self.focused().await),
            _ => {}
        }
    }

    /// What lies at a place of the viewport, through frames and shadow roots.
    pub(super) async fn lies_at(&self, at: Point) -> Result<Option<Met>, Error> {
        self.meet("lies", Some(at)).await
    }

    /// What has the focus, through frames and shadow roots.
    pub(super) async fn focused(&self) -> Result<Option<Met>, Error> {
        self.meet("focused", None).await
    }

    async fn meet(&self, command: &str, mut at: Option<Point>) -> Result<Option<Met>, Error> {
        let (mut context, _) = self.current()?;
        let mut met: Option<Met> = None;
        for _ in 0..MAX_DEPTH {
            let input = at.map_or_else(|| json!({}), |at| json!({ "x": at.x, "y": at.y }));
            let found = match self.ask::<Option<Found>>(&context, command, input).await {
                Ok(answer) => answer.map_err(|refusal| refusal.into_error("the page"))?,
                // A frame that is loading or gone: its element is what can be told.
                Err(Error::Browser { .. }) if met.is_some() => None,
                Err(error) => return Err(error),
            };
            let Some(found) = found else {
                break;
            };
            let aim = Aim {
                context: context.clone(),
                id: found.id.clone(),
            };
            let known = Known::met(&context, &found.ready.role, &found.name);
            self.known().entry(found.id.clone()).or_insert(known);
            let mut way = met.as_ref().map_or_else(Vec::new, |it| it.way.clone());
            way.push(aim.clone());
            met = Some(Met {
                aim,
                still: found.still && met.as_ref().is_none_or(|it| it.still),
                ready: found.ready,
                drops_down: found.drops_down,
                words: found.words,
                way,
            });
            let Some(frame) = found.frame else {
                break;
            };
            let inner = self.frame_of(&context, &found.id, &found.src).await;
            let Ok(Some(inner)) = inner else {
                break;
            };
            at = at.map(|at| Point {
                x: (at.x - frame.x) / frame.scale_x,
                y: (at.y - frame.y) / frame.scale_y,
            });
            context = inner;
        }
        Ok(met)
    }

    /// Says so where another document stands than the one that was pictured.
    pub(super) fn is_as_pictured(&self) -> Result<(), Error> {
        let pictured = self.pictured().clone();
        let here = self.document();
        match pictured {
            Some(pictured) if Some(&pictured) != here.as_ref() => Err(Error::Moved {
                what: "another page".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// The current tab's document: the tab, and how many came in it before.
    pub(super) fn document(&self) -> Option<(String, u64)> {
        let state = self.watch().state();
        let tab = state.here()?;
        Some((tab.context.clone(), tab.committed))
    }

    /// Where the wheel could turn something before it is turned.
    pub(super) async fn before_wheel(&self, way: &[Aim]) {
        for aim in way {
            let input = json!({ "element": aim.id });
            let _ = self.ask::<Value>(&aim.context, "wheelArm", input).await;
        }
    }

    /// Whether the wheel turned something, once that has come to rest.
    pub(super) async fn wheel_turned(&self, way: &[Aim]) -> Result<bool, Error> {
        let mut turned = false;
        for aim in way.iter().rev() {
            let input = json!({ "limit": 1_500 });
            match self.ask::<bool>(&aim.context, "wheelTurned", input).await {
                Ok(Ok(it)) => turned |= it,
                Err(error @ (Error::Gone | Error::Crashed { .. } | Error::DialogOpen { .. })) => {
                    return Err(error);
                }
                // A document that went is another matter.
                _ => {}
            }
        }
        Ok(turned)
    }
}
