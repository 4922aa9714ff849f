//! Addresses in a goal.

use super::token::Token;

/// Endings of files' names, which are no domains.
const FILES: &[&str] = &[
    "pdf", "txt", "csv", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "png", "jpg", "jpeg", "gif",
    "svg", "webp", "mp", "mov", "zip", "gz", "tar", "json", "xml", "yaml", "yml", "md", "html",
    "htm", "css", "js", "ts", "py", "rs", "java", "log", "odt", "ods", "rtf", "ics", "exe", "bin",
    "iso", "wav", "ogg", "avi", "mkv", "epub", "sql", "sh",
];

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
            && !name.contains('@')
            && (text.contains('/') || !FILES.contains(labels.last().unwrap_or(&"")));
        let local = name == "localhost" && !port.is_empty();
        let scheme = if local { "http" } else { "https" };
        (domain || local).then(|| format!("{scheme}://{text}"))
    })
}
