//! The cookie jar, over CDP: what BiDi says of a cookie lacks its partition.

use errand_domain::storage::{Cookie, Partition, SameSite};
use serde_json::{Value, json};

use super::STORAGE_TIMEOUT;
use crate::page::{Error, Page};

impl Page {
    /// Every cookie of the browser, also those that no script can see. Of somebody else's browser
    /// only those of the sites that we visited there.
    pub(super) async fn cookies(&self) -> Result<Vec<Cookie>, Error> {
        let method = "Storage.getCookies";
        let jar = self.cdp().call_within(STORAGE_TIMEOUT, method, json!({}));
        let jar = jar.await?;
        let cookies = jar["cookies"].as_array().into_iter().flatten();
        let mut cookies: Vec<Cookie> = cookies.map(of_browser).collect();
        if self.shared.parts.ours.is_some() {
            let hosts = self.visited_hosts();
            cookies.retain(|cookie| hosts.iter().any(|host| goes_to(&cookie.domain, host)));
        }
        Ok(cookies)
    }

    fn visited_hosts(&self) -> Vec<String> {
        let visits = self.watch().state().visits.clone();
        let urls = visits
            .iter()
            .filter_map(|it| url::Url::parse(&it.origin).ok());
        urls.filter_map(|it| it.host_str().map(str::to_owned))
            .collect()
    }

    /// Puts cookies into the jar. Those that the browser refuses are left out and named.
    pub(super) async fn put_cookies(&self, cookies: &[Cookie]) -> Result<Vec<String>, Error> {
        if cookies.is_empty() {
            return Ok(Vec::new());
        }
        let all: Vec<Value> = cookies.iter().map(to_browser).collect();
        let set = |cookies: Vec<Value>| {
            let params = json!({ "cookies": cookies });
            self.cdp()
                .call_within(STORAGE_TIMEOUT, "Storage.setCookies", params)
        };
        match set(all.clone()).await.map_err(Error::from) {
            Err(Error::Browser { .. }) => {}
            other => return other.map(|_| Vec::new()),
        }
        // One that is refused keeps all others out.
        let mut refused = Vec::new();
        for (cookie, value) in cookies.iter().zip(all) {
            match set(vec![value]).await.map_err(Error::from) {
                Err(Error::Browser { .. }) => {
                    refused.push(format!("{} of {}", cookie.name, cookie.domain));
                }
                other => drop(other?),
            }
        }
        Ok(refused)
    }
}

/// Whether a cookie of that domain is sent to that host.
fn goes_to(domain: &str, host: &str) -> bool {
    match domain.strip_prefix('.') {
        Some(parent) => {
            host == parent
                || host
                    .strip_suffix(parent)
                    .is_some_and(|it| it.ends_with('.'))
        }
        None => host == domain,
    }
}

fn of_browser(cookie: &Value) -> Cookie {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let key = &cookie["partitionKey"];
    Cookie {
        name: text(&cookie["name"]),
        value: text(&cookie["value"]),
        domain: text(&cookie["domain"]),
        path: text(&cookie["path"]),
        expires: cookie["expires"].as_f64().filter(|it| *it >= 0.0),
        http_only: cookie["httpOnly"] == true,
        secure: cookie["secure"] == true,
        same_site: cookie["sameSite"].as_str().and_then(SameSite::of),
        partition: key["topLevelSite"].as_str().map(|site| Partition {
            top_level_site: site.to_owned(),
            has_cross_site_ancestor: key["hasCrossSiteAncestor"] == true,
        }),
        priority: cookie["priority"].as_str().map(str::to_owned),
    }
}

fn to_browser(cookie: &Cookie) -> Value {
    let mut fields = json!({
        "name": cookie.name,
        "value": cookie.value,
        "domain": cookie.domain,
        "path": cookie.path,
        "httpOnly": cookie.http_only,
        "secure": cookie.secure,
    });
    if let Some(at) = cookie.expires {
        fields["expires"] = at.into();
    }
    if let Some(same_site) = cookie.same_site {
        fields["sameSite"] = same_site.as_str().into();
    }
    if let Some(priority) = &cookie.priority {
        fields["priority"] = priority.as_str().into();
    }
    if let Some(partition) = &cookie.partition {
        fields["partitionKey"] = json!({
            "topLevelSite": partition.top_level_site,
            "hasCrossSiteAncestor": partition.has_cross_site_ancestor,
        });
    }
    fields
}
