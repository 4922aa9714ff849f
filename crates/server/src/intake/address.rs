//! Where a run starts: the URL that was given, or the first one in the prompt.

use std::net::{Ipv4Addr, Ipv6Addr};

use errand_domain::address;
use url::{Host, Url};

use crate::violations::quoted;

const MAX_URL_BYTES: usize = 8 * 1024;
const BRACKETS: &[char] = &[
    '<', '>', '(', ')', '[', ']', '{', '}', '"', '\'', '`', '“', '”', '‘', '’', '«', '»',
];
const STOPS: &[char] = &['.', ',', ';', ':', '!', '?', '…'];
/// Words before what is typed or named, and no address however it looks: "username john.smith".
const VALUES: &[&str] = &[
    "as", "choose", "enter", "file", "fill", "input", "name", "password", "put", "select", "type",
    "upload", "user", "username", "value", "with", "write",
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
    let mut before = "";
    prompt
        .split(|it: char| it.is_whitespace() || BRACKETS.contains(&it))
        .filter(|word| !word.is_empty())
        .find_map(|word| {
            let word = word.trim_start_matches(STOPS).trim_end_matches(STOPS);
            let value = VALUES.iter().any(|it| before.eq_ignore_ascii_case(it));
            before = word;
            candidate(word, value)
        })
}

/// `value`: it stands where a value does, so that only a scheme makes it an address.
fn candidate(word: &str, value: bool) -> Option<Result<Url, String>> {
    let url = address::of_word(word)?;
    let bare = url != word;
    (!bare || word.is_ascii() && !value).then(|| parse(&url))
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
            found("On 'shop.example', type 'a.b' into Name").as_deref(),
            Some("https://shop.example/")
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
            "Type 'john.smith' into Username",
            "log in with username john.smith and password \"a.secret\"",
        ] {
            assert_eq!(found(prompt), None, "{prompt}");
        }
    }
}
