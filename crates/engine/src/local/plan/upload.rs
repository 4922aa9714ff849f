//! Giving a page a file that the run downloaded, or one that has an address.

use errand_browser::Node;
use errand_domain::{Action, FailureCategory};

use super::{Desk, Plan};
use crate::{
    goal::{Given, Phrase},
    ground::{self, Use},
    local::form::target,
};

/// Gives the file, or the one that was downloaded last.
pub fn plan(desk: &Desk<'_>, file: &Given, field: Option<&Phrase>) -> Plan {
    let file = match which(desk, file) {
        Ok(file) => file,
        Err(reason) => {
            return Plan::Fail {
                category: FailureCategory::InputInvalid,
                reason,
            };
        }
    };
    let give = |node: &Node| {
        let action = Action::Upload {
            target: target(node),
            files: vec![file.clone()],
        };
        desk.act(vec![action], false)
    };
    let takes = |node: &&Node| node.input_type.as_deref() == Some("file") && !node.disabled;
    let mut inputs = desk.seen.nodes.iter().filter(takes);
    let only = inputs.next().filter(|_| inputs.next().is_none());
    match (field, only) {
        (None, Some(node)) => give(node),
        (None, None) => {
            let field = Phrase {
                words: "file".to_owned(),
                ..Phrase::default()
            };
            desk.on(&field, Use::Give, false, |_| Action::Reload)
        }
        (Some(field), _) => match ground::find(desk.seen, field, Use::Give) {
            Ok(node) => give(node),
            Err(doubt) => desk.missing(field, &doubt),
        },
    }
}

/// The file's name among those of the run, or its address.
fn which(desk: &Desk<'_>, file: &Given) -> Result<String, String> {
    let had = || {
        let actions = desk.turn.history.iter();
        actions.flat_map(|it| it.effect.files.iter().map(|it| &it.filename))
    };
    let hint = "download it in the same run, or give its address, as in \"upload \
                https://example.com/cv.pdf to 'Résumé'\"";
    let Given::Named(file) = file else {
        let last = had().last().cloned();
        return last.ok_or_else(|| format!("no file was downloaded in this run; {hint}"));
    };
    if file.starts_with("http://") || file.starts_with("https://") {
        return Ok(file.to_owned());
    }
    let named = had().rfind(|it| it.eq_ignore_ascii_case(file));
    named.cloned().ok_or_else(|| {
        let names: Vec<&str> = had().map(String::as_str).collect();
        let names = match &*names {
            [] => "it downloaded none".to_owned(),
            names => format!("it downloaded {}", names.join(", ")),
        };
        format!("\"{file}\" is not a file of this run, {names}; {hint}")
    })
}
