//! Addresses of other people's browsers.

use std::fmt;

use url::{Host, Url};

use super::Error;

/// Where somebody else's browser is reached. Shown without what may be a secret: user, password
/// and query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `http` or `https`; its path ends in a slash.
    pub(super) base: Url,
    /// A socket that is given itself: `ws://…/devtools/browser/…`.
    pub(super) socket: Option<Url>,
    /// A WebDriver session that is open there.
    pub(super) session: Option<String>,
}

impl Address {
    /// Reads `http://host:port`, `ws://host:port/devtools/browser/…`, a WebDriver's URL, or that
    /// with `/session/ID` at its end. `https` and `wss` as well.
    ///
    /// # Errors
    /// [`Error::Address`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::Address {
            text: errand_domain::text::clip(text.rsplit('@').next().unwrap_or_default(), 200),
            reason: reason.to_owned(),
        };
        let mut base = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https" | "ws" | "wss") {
            return Err(wrong("its scheme is none of http, https, ws and wss"));
        }
        if base.host().is_none() {
            return Err(wrong("it has no host"));
        }
        base.set_fragment(None);
        let mut socket = None;
        if let Some(scheme) = base.scheme().strip_prefix("ws") {
            let plain = format!("http{scheme}");
            // A socket's own address has a path; without one it is a port to ask.
            if base.path() != "/" || base.query().is_some() {
                socket = Some(base.clone());
            }
            base.set_scheme(&plain)
                .map_err(|()| wrong("its scheme is unknown"))?;
        }
        let mut session = None;
        if socket.is_none() {
            let path = base.path().trim_end_matches('/').to_owned();
            let mut path = path.as_str();
            if path.ends_with("/session") {
                return Err(wrong("after /session/ comes the id of a session"));
            }
            if let Some((before, id)) = path.rsplit_once("/session/") {
                if id.is_empty() || id.contains('/') {
                    return Err(wrong("after /session/ comes the id of a session"));
                }
                session = Some(id.to_owned());
                path = before;
            }
            let path = format!("{path}/");
            base.set_path(&path);
        }
        Ok(Self {
            base,
            socket,
            session,
        })
    }

    /// The host, as it stands there.
    #[must_use]
    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.base.port_or_known_default().unwrap_or(80)
    }

    /// Whether it is on this machine.
    pub(super) fn is_here(&self) -> bool {
        match self.base.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// Where a socket that the other side names is reached from here: on the host, port and way
    /// that it was itself. A driver and its browser on this machine may have two ports.
    pub(super) fn socket_at(&self, named: &str) -> Option<Url> {
        let named = Url::parse(named).ok()?;
        let mut url = self.base.clone();
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme).ok()?;
        if self.is_here() && loopback(&named) {
            url.set_port(named.port_or_known_default()).ok()?;
        }
        let (prefix, path) = (self.base.path(), named.path());
        let path = if path.starts_with(prefix) {
            path.to_owned()
        } else {
            format!("{}{path}", prefix.trim_end_matches('/'))
        };
        url.set_path(&path);
        url.set_query(named.query().or_else(|| self.base.query()));
        Some(url)
    }
}

fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.socket.as_ref().unwrap_or(&self.base).clone();
        shown.set_username("").ok();
        shown.set_password(None).ok();
        shown.set_query(None);
        formatter.write_str(shown.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_it_leads_to_and_keeps_its_secrets() {
        for (text, base, socket, session) in [
            ("http://10.0.0.4:9222", "http://10.0.0.4:9222/", false, None),
            ("ws://[::1]:9222", "http://[::1]:9222/", false, None),
            (
                "wss://b.test/devtools/browser/1?token=x",
                "https://b.test/devtools/browser/1?token=x",
                true,
                None,
            ),
            (
                "https://u:p@grid.test/wd/hub/session/ab-1/",
                "https://u:p@grid.test/wd/hub/",
                false,
                Some("ab-1"),
            ),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.base.as_str(), base);
            assert_eq!(address.socket.is_some(), socket);
            assert_eq!(address.session.as_deref(), session);
            let shown = address.to_string();
            assert!(
                !shown.contains("token") && !shown.contains("u:p"),
                "{shown}"
            );
        }
        for wrong in [
            "",
            "localhost:9222",
            "ftp://x",
            "http://x/session/",
            "http://x/session/a/b",
        ] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_named_socket_is_reached_where_its_namer_was() {
        let at = |base: &str, named: &str| {
            let address = Address::parse(base).unwrap();
            address.socket_at(named).unwrap().to_string()
        };
        let named = "ws://10.1.2.3:4444/session/1/se/cdp";
        assert_eq!(
            at("https://g.test/grid", named),
            "wss://g.test/grid/session/1/se/cdp"
        );
        assert_eq!(
            at("http://127.0.0.1:4444", "ws://localhost:9222/session/1"),
            "ws://127.0.0.1:9222/session/1"
        );
        assert_eq!(
            at("http://g.test:4444", "ws://127.0.0.1:22/x"),
            "ws://g.test:4444/x"
        );
    }
}
