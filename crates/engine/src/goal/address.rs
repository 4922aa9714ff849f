//! Addresses in a goal.

use super::token::Token;

/// The first address among the tokens: with a scheme, or a bare domain.
pub fn address(tokens: &[Token]) -> Option<String> {
    tokens.iter().find_map(|token| {
        let text = token.text.trim();
        if text.starts_with("http://") || text.starts_with("https://") {
            return Some(text.to_owned());
        }
        let host = text.split(['/', '?', '#']).next().unwrap_or_default();
        let (name, port) = host.split_once(':').unwrap_or((host, ""));
        let labels: Vec<&str> = name.split('.').collect();
        let domain = labels.len() > 1
            && labels.iter().all(|it| !it.is_empty())
            && labels
                .last()
                .is_some_and(|it| it.len() > 1 && it.chars().all(char::is_alphabetic))
            && !name.contains('@');
        let local = name == "localhost" && !port.is_empty();
        let scheme = if local { "http" } else { "https" };
        (domain || local).then(|| format!("{scheme}://{text}"))
    })
}
