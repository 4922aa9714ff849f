//! Why an input is not carried out.

/// What is wrong with an input, and what would be right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// No viewport has that place.
    #[error(
        "{x},{y} is no place in a viewport: both are CSS pixels from its left upper corner, 0 or more"
    )]
    NoPlace { x: f64, y: f64 },
    /// The viewport ends before it.
    #[error(
        "{x:.0},{y:.0} lies outside of the viewport, which is {width:.0} by {height:.0} CSS pixels"
    )]
    Outside {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
    },
    /// A button is pressed one to three times.
    #[error("a click counts 1 to {} presses, not {times}", super::MAX_CLICKS)]
    Clicks { times: u8 },
    /// The wheel has to turn, and not without end.
    #[error(
        "the wheel can't turn by {dx},{dy}: one of them must not be 0, and none beyond {}",
        super::MAX_WHEEL
    )]
    Wheel { dx: f64, dy: f64 },
    /// No keyboard has that key.
    #[error("\"{name}\" is no key{}", hint(*.nearest))]
    UnknownKey {
        name: String,
        nearest: Option<&'static str>,
    },
    /// Nothing to type or paste.
    #[error("the {what} is empty")]
    Empty { what: &'static str },
    /// Too much of it.
    #[error("the {what} has {bytes} bytes, at most {limit}")]
    TooLong {
        what: &'static str,
        bytes: usize,
        limit: usize,
    },
    /// It can't be gone to.
    #[error("\"{address}\" can't be opened: {reason}")]
    Address { address: String, reason: String },
    /// No tab has such an id.
    #[error("\"{tab}\" is no id of a tab; they look like t1")]
    Tab { tab: String },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || {
            "; keys have the names of KeyboardEvent.key: a single character, or Enter, ArrowDown, …"
                .to_owned()
        },
        |nearest| format!("; did you mean {nearest}?"),
    )
}
