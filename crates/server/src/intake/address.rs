//! Where a run starts: the URL that was given, or the first one in the prompt.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::violations::quoted;

const MAX_URL_BYTES: usize = 8 * 1024;
const BRACKETS: &[char] = &[
    '<', '>', '(', ')', '[', ']', '{', '}', '"', '\'', '`', '“', '”', '‘', '’', '«', '»',
];
const STOPS: &[char] = &['.', ',', ';', ':', '!', '?', '…'];
/// Endings of files that people write into goals; as domains they are rare.
const FILES: &[&str] = &[
    "avi", "bmp", "csv", "css", "doc", "docx", "gif", "htm", "html", "jpeg", "jpg", "js", "json",
    "log", "md", "mov", "mp3", "mp4", "ods", "odt", "pdf", "php", "png", "ppt", "pptx", "py", "rs",
    "rtf", "svg", "tar", "ts", "tsv", "txt", "wav", "webm", "webp", "xls", "xlsx", "xml", "yaml",
    "yml", "zip",
];
/// Names under which clouds serve credentials to their machines.
const METADATA_NAMES: &[&str] = &["metadata", "metadata.google.internal", "instance-data"];

/// Reads a URL that a run may start from.
///
/// # Errors
/// What is wrong, for a violation. That a name resolves, and to what, only the run finds out.
pub(crate) fn parse(text: &str) -> Result<Url, String> {
    if text.len() > MAX_URL_BYTES {
        return Err(format!("is longer than {MAX_URL_BYTES} bytes"));
    }
    let url = Url::parse(text.trim()).map_err(|error| {
        format!(
            "{} is no absolute http or https URL ({error}): write https://…",
            quoted(text)
        )
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!(
            "begins with {}:, but must begin with http: or https:",
            url.scheme()
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "has a user name or password in it: leave them out, URLs are logged".to_owned(),
        );
    }
    let Some(host) = url.host() else {
        return Err(format!("{} has no host", quoted(text)));
    };
    if is_metadata(&host) {
        return Err(format!(
            "{host} is a cloud metadata address or link-local: runs may not reach it"
        ));
    }
    Ok(url)
}

/// The first URL or bare domain in a prompt.
pub(crate) fn find(prompt: &str) -> Option<Result<Url, String>> {
    prompt
        .split(|it: char| it.is_whitespace() || BRACKETS.contains(&it))
        .map(|word| word.trim_start_matches(STOPS).trim_end_matches(STOPS))
        .filter(|word| word.is_ascii() || word.contains("://"))
        .find_map(candidate)
}

fn candidate(word: &str) -> Option<Result<Url, String>> {
    let lower = word.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Some(parse(word));
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
        return Some(parse(&format!("http://{word}")));
    }
    is_domain(host).then(|| parse(&format!("https://{word}")))
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
        && !FILES.contains(&last)
        && rest.split('.').all(label)
}

fn is_metadata(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            METADATA_NAMES.contains(&name.trim_end_matches('.').to_ascii_lowercase().as_str())
        }
        Host::Ipv4(address) => is_metadata_v4(*address),
        Host::Ipv6(address) => is_metadata_v6(*address),
    }
}

fn is_metadata_v4(address: Ipv4Addr) -> bool {
    address.is_link_local()
        || address == Ipv4Addr::new(100, 100, 100, 200)
        || address == Ipv4Addr::new(192, 0, 0, 192)
        || address == Ipv4Addr::new(168, 63, 129, 16)
}

fn is_metadata_v6(address: Ipv6Addr) -> bool {
    address.to_ipv4_mapped().is_some_and(is_metadata_v4)
        || address.is_unicast_link_local()
        || address == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
}

#[cfg(test)]
mod tests {
    use super::find;

    fn found(prompt: &str) -> Option<String> {
        find(prompt).and_then(Result::ok).map(|url| url.to_string())
    }

    #[test]
    fn the_first_url_or_domain_is_taken() {
        assert_eq!(
            found("Open example.com.").as_deref(),
            Some("https://example.com/")
        );
        assert_eq!(
            found("go to (https://a.example/x?y=1), then b.example").as_deref(),
            Some("https://a.example/x?y=1")
        );
        assert_eq!(
            found("log in at localhost:8080/portal and look").as_deref(),
            Some("http://localhost:8080/portal")
        );
        assert_eq!(
            found("see 127.0.0.1:9/a").as_deref(),
            Some("http://127.0.0.1:9/a")
        );
    }

    #[test]
    fn files_mails_and_abbreviations_are_no_domains() {
        for prompt in [
            "save invoices.csv",
            "write to bob@example.com",
            "e.g. this",
            "Done.Then go",
        ] {
            assert_eq!(found(prompt), None, "{prompt}");
        }
    }
}
