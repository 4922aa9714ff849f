//! Pages as indented lines: `role "name" #id key=value … : text`, or `'text'`.

use errand_browser::{Node, Observation};

/// The page that the lines describe. What can be used has an id by its line (`e3`) unless one is
/// given; `@x,y,w,h` is the rectangle.
pub fn page(lines: &str) -> Observation {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<(usize, u32)> = Vec::new();
    for line in lines.lines().filter(|it| !it.trim().is_empty()) {
        let depth = line.len() - line.trim_start().len();
        open.retain(|(other, _)| *other < depth);
        let parent = open.last().map(|it| it.1);
        let at = u32::try_from(nodes.len()).unwrap();
        let line = line.trim();
        if let Some(text) = line.strip_prefix('\'') {
            nodes.push(text_node(text.trim_end_matches('\''), parent));
            continue;
        }
        let (head, text) = match line.split_once(" : ") {
            Some((head, text)) => (head, Some(text)),
            None => (line, None),
        };
        nodes.push(Node {
            parent,
            ..node(head, at)
        });
        open.push((depth, at));
        if let Some(text) = text {
            nodes.push(text_node(text, Some(at)));
        }
    }
    Observation {
        url: "https://example.test/".to_owned(),
        nodes,
        ..Observation::default()
    }
}

fn text_node(text: &str, parent: Option<u32>) -> Node {
    Node {
        parent,
        role: "text".to_owned(),
        text: text.to_owned(),
        ..Node::default()
    }
}

fn node(line: &str, at: u32) -> Node {
    let mut node = Node {
        id: Some(format!("e{at}")),
        in_view: true,
        ..Node::default()
    };
    let mut rest = line;
    if let Some((before, quoted)) = line.split_once('"') {
        let (name, after) = quoted.split_once('"').unwrap();
        name.clone_into(&mut node.name);
        rest = Box::leak(format!("{before} {after}").into_boxed_str());
    }
    for (index, word) in rest.split_whitespace().enumerate() {
        if index == 0 {
            word.clone_into(&mut node.role);
        } else if let Some(id) = word.strip_prefix('#') {
            node.id = Some(id.to_owned());
        } else if let Some(rect) = word.strip_prefix('@') {
            let sides: Vec<f64> = rect.split(',').map(|it| it.parse().unwrap()).collect();
            node.rect = Some([sides[0], sides[1], sides[2], sides[3]]);
        } else {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            let value = value.replace('_', " ");
            match key {
                "label" => node.label = Some(value),
                "placeholder" => node.placeholder = Some(value),
                "description" => node.description = Some(value),
                "value" => node.value = Some(value),
                "field" => node.field = Some(value),
                "href" => node.href = Some(format!("https://example.test/{value}")),
                "hint" => node.hint = Some(value),
                "type" => node.input_type = Some(value),
                "level" => node.level = Some(value.parse().unwrap()),
                "disabled" => node.disabled = true,
                "covered" => node.covered = true,
                "checked" => node.checked = Some(true),
                "unchecked" => node.checked = Some(false),
                "selected" => node.selected = Some(true),
                "expanded" => node.expanded = Some(value == "true"),
                "click" => node.interactive = true,
                other => panic!("{other} in {line}"),
            }
        }
    }
    node.tag = match &*node.role {
        "textbox" | "checkbox" | "radio" | "spinbutton" => "input",
        "combobox" => "select",
        "link" => "a",
        "button" => "button",
        _ => "div",
    }
    .to_owned();
    node.interactive |= matches!(
        &*node.role,
        "textbox" | "checkbox" | "radio" | "combobox" | "link" | "button" | "tab" | "menuitem"
    );
    node
}
