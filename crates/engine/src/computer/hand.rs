//! From what a model does at the picture to actions on the page.

use errand_browser::{Observation, page::Picture};
use errand_domain::{
    Action,
    action::{Button, Condition, Gesture, Point, ValueSource},
};
use errand_llm::{Button as Pressed, ComputerAction, Point as Pixel};
use serde::{Deserialize, Serialize};

/// Longest wait, in milliseconds.
const MAX_WAIT_MS: u32 = 30_000;
/// Keys that are held while others are pressed.
const MODIFIERS: &[&str] = &["Control", "Shift", "Alt", "Meta"];

/// The pointer, as the model left it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hand {
    /// Where it is.
    at: Option<Point>,
    /// The way it went since the button was pressed.
    down: Option<Vec<Point>>,
}

/// What the model acts on.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    pub picture: &'a Picture,
    pub seen: &'a Observation,
    pub goal: &'a str,
}

impl Hand {
    /// The actions that one of the model's comes to, and what to tell it besides; the error is
    /// worded for the model.
    pub fn take(
        &mut self,
        action: &ComputerAction,
        sight: Sight<'_>,
        actions: &mut Vec<Action>,
    ) -> Result<Option<String>, String> {
        match action {
            ComputerAction::Screenshot => return Ok(None),
            ComputerAction::Click {
                at,
                button,
                count,
                keys,
            } => {
                let button = match button {
                    Pressed::Left => Button::Left,
                    Pressed::Right => Button::Right,
                    Pressed::Middle => Button::Middle,
                    Pressed::Back => {
                        actions.push(Action::Back);
                        return Ok(None);
                    }
                    Pressed::Forward => {
                        actions.push(Action::Forward);
                        return Ok(None);
                    }
                };
                let gesture = Gesture::Click {
                    button,
                    times: *count,
                };
                let at = self.place(*at, sight)?;
                actions.push(self.pointer(at, gesture, keys)?);
            }
            ComputerAction::Move { to, keys } => {
                let to = self.place(Some(*to), sight)?;
                if let Some(way) = &mut self.down {
                    way.push(to);
                    self.at = Some(to);
                    return Ok(Some(
                        "It is dragged along when the button is let go.".to_owned(),
                    ));
                }
                actions.push(self.pointer(to, Gesture::Move, keys)?);
            }
            ComputerAction::Drag { path, keys } => {
                let mut points = Vec::new();
                if path.len() == 1 {
                    points.push(self.place(None, sight)?);
                }
                for point in path {
                    points.push(self.place(Some(*point), sight)?);
                }
                actions.push(self.drag(points, keys)?);
            }
            ComputerAction::Hold { down: true } => {
                let at = self.place(None, sight)?;
                self.down = Some(vec![at]);
                return Ok(Some(
                    "The button is held: move the pointer, then let it go.".to_owned(),
                ));
            }
            ComputerAction::Hold { down: false } => match self.down.take() {
                None => return Err("the button is not pressed".to_owned()),
                Some(way) if way.len() > 1 => actions.push(self.drag(way, &[])?),
                Some(way) => {
                    let gesture = Gesture::Click {
                        button: Button::Left,
                        times: 1,
                    };
                    actions.push(self.pointer(way[0], gesture, &[])?);
                }
            },
            ComputerAction::Scroll { at, dx, dy, keys } => {
                let (right, down) = sight.picture.scale();
                let gesture = Gesture::Scroll {
                    dx: f64::from(*dx) * right,
                    dy: f64::from(*dy) * down,
                };
                let at = match (at, self.at) {
                    (None, None) => middle(sight.picture),
                    _ => self.place(*at, sight)?,
                };
                actions.push(self.pointer(at, gesture, keys)?);
            }
            ComputerAction::Keys { keys, times, .. } => return press(keys, *times, sight, actions),
            ComputerAction::Type { text } => actions.push(Action::TypeFocused {
                text: text.clone(),
                source: match sight.goal.contains(text.trim()) {
                    true => ValueSource::Goal,
                    false => ValueSource::Engine,
                },
                target: None,
            }),
            ComputerAction::Wait { ms } => actions.push(Action::Wait {
                until: Condition::Elapsed,
                timeout_ms: u64::from((*ms).min(MAX_WAIT_MS)),
            }),
            ComputerAction::Pointer => {
                let at = self.at.map(|at| sight.picture.pixel(at));
                return Ok(Some(match at {
                    Some((x, y)) => format!("The pointer is at ({x}, {y})."),
                    None => "The pointer was not moved yet.".to_owned(),
                }));
            }
            ComputerAction::Zoom { .. } => {
                return Err("there is no zoom here; scroll or open what is to be read".to_owned());
            }
            ComputerAction::Unknown { name } => return Err(format!("there is no action {name}")),
        }
        Ok(None)
    }

    /// The place of a pixel, or where the pointer is.
    fn place(&self, at: Option<Pixel>, sight: Sight<'_>) -> Result<Point, String> {
        let Some(Pixel { x, y }) = at else {
            return self
                .at
                .ok_or_else(|| "the pointer is nowhere yet; name a place".to_owned());
        };
        let Picture { width, height, .. } = sight.picture;
        sight.picture.place(x, y).ok_or_else(|| {
            format!("({x}, {y}) is outside of the picture, which is {width} by {height} pixels")
        })
    }

    fn pointer(&mut self, at: Point, gesture: Gesture, keys: &[String]) -> Result<Action, String> {
        self.at = Some(at);
        Ok(Action::Pointer {
            at,
            gesture,
            held: held(keys)?,
            target: None,
        })
    }

    fn drag(&mut self, points: Vec<Point>, keys: &[String]) -> Result<Action, String> {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Err("a drag needs two places".to_owned());
        };
        if points.len() < 2 {
            return Err("a drag needs two places".to_owned());
        }
        let (first, last) = (*first, *last);
        let gesture = Gesture::Drag {
            path: points[1..].to_vec(),
            onto: None,
        };
        let action = self.pointer(first, gesture, keys)?;
        self.at = Some(last);
        Ok(action)
    }
}

fn held(keys: &[String]) -> Result<Vec<String>, String> {
    match keys.iter().find(|it| !MODIFIERS.contains(&it.as_str())) {
        None => Ok(keys.to_vec()),
        Some(key) => Err(format!(
            "{key} can't be held meanwhile; Control, Shift, Alt and Meta can"
        )),
    }
}

/// Keys, or what they would do to the browser around the page, which hears none of them.
fn press(
    keys: &[String],
    times: u8,
    sight: Sight<'_>,
    actions: &mut Vec<Action>,
) -> Result<Option<String>, String> {
    let is_modifier = |it: &&String| MODIFIERS.contains(&it.as_str());
    let modifiers: Vec<&String> = keys.iter().filter(is_modifier).collect();
    let mut others: Vec<&String> = keys.iter().filter(|it| !is_modifier(it)).collect();
    if others.is_empty() {
        others = modifiers.last().copied().into_iter().collect();
    }
    if others.is_empty() {
        return Err("no key is named".to_owned());
    }
    for key in &others {
        let mut chord: Vec<&str> = modifiers.iter().map(|it| it.as_str()).collect();
        chord.retain(|it| it != key);
        chord.push(key);
        let chord = chord.join("+");
        let tab = |forward| neighbour(sight.seen, forward);
        let around = match chord.as_str() {
            "Alt+ArrowLeft" => Action::Back,
            "Alt+ArrowRight" => Action::Forward,
            "F5" | "Control+r" => Action::Reload,
            "Control+Tab" | "Control+PageDown" => Action::SwitchTab { tab: tab(true)? },
            "Control+Shift+Tab" | "Control+PageUp" => Action::SwitchTab { tab: tab(false)? },
            "Control+w" => {
                let here = sight.seen.tabs.iter().find(|it| it.current);
                Action::CloseTab {
                    tab: here.map(|it| it.id.clone()).unwrap_or_default(),
                }
            }
            "Control+l" | "Control+t" | "Control+n" => {
                return Err(format!(
                    "{chord} does nothing here: there is no address bar"
                ));
            }
            _ => {
                actions.push(Action::PressKeys {
                    target: None,
                    keys: vec![chord; usize::from(times.max(1))],
                });
                continue;
            }
        };
        actions.push(around);
    }
    Ok(None)
}

/// The tab beside the current one.
fn neighbour(seen: &Observation, forward: bool) -> Result<String, String> {
    let count = seen.tabs.len();
    let here = seen.tabs.iter().position(|it| it.current).unwrap_or(0);
    if count < 2 {
        return Err("there is no other tab".to_owned());
    }
    let next = if forward { here + 1 } else { here + count - 1 };
    Ok(seen.tabs[next % count].id.clone())
}

fn middle(picture: &Picture) -> Point {
    let half = |size: u32| i32::try_from(size / 2).unwrap_or(0);
    let middle = picture.place(half(picture.width), half(picture.height));
    middle.unwrap_or_default()
}
