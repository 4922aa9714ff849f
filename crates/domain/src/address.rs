//! Addresses as people write them into a sentence.

use std::net::Ipv4Addr;

/// Endings of files that people write into goals; as domains they are rare.
const FILES: &[&str] = &[
    "avi", "bin", "bmp", "css", "csv", "doc", "docx", "epub", "exe", "gif", "gz", "htm", "html",
    "ics", "iso", "java", "jpeg", "jpg", "js", "json", "log", "md", "mkv", "mov", "mp3", "mp4",
    "ods", "odt", "ogg", "pdf", "php", "png", "ppt", "pptx", "py", "rs", "rtf", "sh", "sql", "svg",
    "tar", "ts", "tsv", "txt", "wav", "webm", "webp", "xls", "xlsx", "xml", "yaml", "yml", "zip",
];

/// The URL that a word means: with a scheme as it is; a domain with `https://`; an IPv4 address, or
/// `localhost` with a port, with `http://`. Names of files and mail addresses are none.
#[must_use]
pub fn of_word(word: &str) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Some(word.to_owned());
    }
    let authority = word.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return None;
    }
    if host.parse::<Ipv4Addr>().is_ok() || host == "localhost" && port.is_some() {
        return Some(format!("http://{word}"));
    }
    // "docs.rs/tokio" is no file.
    let (_, ending) = host.rsplit_once('.')?;
    let file = FILES.contains(&ending) && host.len() == word.len();
    (is_domain(host) && !file).then(|| format!("https://{word}"))
}

fn is_domain(host: &str) -> bool {
    let Some((rest, last)) = host.rsplit_once('.') else {
        return false;
    };
    let label = |it: &str| {
        (1..=63).contains(&it.len())
            && it
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !it.starts_with('-')
            && !it.ends_with('-')
    };
    last.len() >= 2
        && last.bytes().all(|byte| byte.is_ascii_lowercase())
        && rest.split('.').all(label)
}
