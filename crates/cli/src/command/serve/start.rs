//! What a start needs besides the parts themselves.

use std::{fs, io, net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context as _, bail};
use errand_browser::AdBlock;
use errand_domain::{KeyId, OrganizationId, log::hex};
use errand_llm::Models;
use errand_store::Store;
use sha2::{Digest as _, Sha256};

use crate::{
    config::{self, Config},
    connection::pem,
    exit::Misuse,
    folder::{self, announcement::Announcement, private},
};

/// How long a run stays with a server that says nothing: after a crash it goes on that much later.
const LEASE: Duration = Duration::from_secs(15);

/// Reads the certificates and checks that they can be served with.
///
/// # Errors
/// [`Misuse`] naming the files.
pub fn tls(files: Option<&config::Tls>) -> Result<Option<errand_server::Tls>, Misuse> {
    let Some(files) = files else { return Ok(None) };
    let tls = errand_server::Tls {
        certificate: pem(&files.cert)?,
        key: pem(&files.key)?,
        client_roots: files.client_ca.as_deref().map(pem).transpose()?,
    };
    tls.check().map_err(|error| {
        let (cert, key) = (files.cert.display(), files.key.display());
        Misuse(format!("{error} (tls_cert {cert}, tls_key {key})"))
    })?;
    Ok(Some(tls))
}

/// Makes the first start's API key, and sees to it that the database knows the one in the folder.
///
/// The file is written before the row: a start that ends in between is mended by the next one. A
/// file that was taken away later is not made again.
///
/// # Errors
/// If the file is no key, or file or database can't be written.
pub async fn api_key(
    data: &Path,
    store: &Store,
    organization: &OrganizationId,
) -> anyhow::Result<()> {
    let path = data.join(folder::API_KEY);
    let shown = path.display();
    let first = !data.join(folder::SIGNING_KEY).exists();
    let found = private::read(&path).with_context(|| format!("can't read {shown}"))?;
    let text = match found {
        Some(text) => text.trim().to_owned(),
        None if first => {
            let secret = hex(&rand::random::<[u8; 32]>());
            let text = format!("errand_{}_{secret}", KeyId::generate());
            private::replace(&path, format!("{text}\n").as_bytes())
                .with_context(|| format!("can't write {shown}"))?;
            tracing::info!("made an API key: {shown}");
            text
        }
        None => {
            tracing::info!("{shown} was taken away; clients need ERRAND_API_KEY");
            return Ok(());
        }
    };
    let parts = text
        .strip_prefix("errand_")
        .and_then(|it| it.rsplit_once('_'));
    let Some((id, secret)) = parts.filter(|(id, secret)| !id.is_empty() && secret.len() == 64)
    else {
        bail!("{shown} does not hold an API key (errand_…); remove it, or put the key back");
    };
    let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
    store
        .add_key(
            organization,
            &KeyId::from(id),
            hash,
            "made at the first start",
        )
        .await?;
    Ok(())
}

/// The key of signed links, for servers that share another one.
#[must_use]
pub fn signing(secret: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"errand signed links")
        .chain_update(secret)
        .finalize()
        .into()
}

/// The settings of the runner. `embedded`: it only lives as long as somebody calls.
///
/// # Errors
/// If the folder of the browsers can't be made.
pub fn runner(
    config: &Config,
    address: SocketAddr,
    secret: [u8; 32],
    models: Models,
    embedded: bool,
) -> anyhow::Result<errand_runner::Config> {
    let program = std::env::current_exe().context("can't find this program's own file")?;
    Ok(errand_runner::Config {
        holder: format!("{}:{}", host(), std::process::id()),
        address: advertised(config, address),
        slots: config.browsers,
        // A server that lives by its callers ends soon after them.
        warm_browsers: if embedded {
            0
        } else {
            config.live.warm_browsers
        },
        browser_memory: config.live.browser_memory,
        per_organization: u32::MAX,
        lease: LEASE,
        drain: config.drain,
        default_timeout: Duration::from_secs(30 * 60),
        pause_timeout: config.pause_timeout,
        park_after: config.live.park_after,
        default_max_steps: 50,
        captcha_hook: config.captcha_hook(address),
        models,
        guard: vec![program.into(), "guard".into()],
        mode: config.live.browser_mode.into(),
        blocking: blocking(config.live.ad_filters.as_deref())?,
        chromium: config.chromium.clone(),
        chromedriver: config.chromedriver.clone(),
        folder: browsers(&config.data_dir)?,
        // Whoever reaches a server on loopback reaches the machine's other services anyway.
        allow_private: config.listen.ip().is_loopback(),
        denied: vec![address],
        secret,
    })
}

/// What the extension `ad-blocker` blocks.
fn blocking(list: Option<&Path>) -> anyhow::Result<AdBlock> {
    let Some(path) = list else {
        return AdBlock::own().context("errand's own filters can't be used");
    };
    let shown = path.display();
    let misuse = |error: &dyn std::fmt::Display| Misuse(format!("ad_filters {shown}: {error}"));
    let text = fs::read_to_string(path).map_err(|error| misuse(&error))?;
    let block = AdBlock::new(&text).map_err(|error| misuse(&error))?;
    let skipped = block.skipped();
    if let Some((line, why)) = skipped.first.first() {
        let count = skipped.count;
        tracing::warn!("{shown}: {count} lines are left out, the first is line {line}: {why}");
    }
    let filters = block.filters();
    tracing::info!("ad-blocker: {filters} filters of {shown}");
    Ok(block)
}

/// How other servers on the same database reach this one.
fn advertised(config: &Config, address: SocketAddr) -> String {
    if let Some(url) = &config.live.advertise_url {
        return url.as_str().trim_end_matches('/').to_owned();
    }
    let scheme = if config.tls.is_some() {
        "https"
    } else {
        "http"
    };
    if address.ip().is_unspecified() {
        return format!("{scheme}://{}:{}", host(), address.port());
    }
    format!("{scheme}://{address}")
}

/// The folder of the browsers' data, empty: guards clear up after a server that was killed, but not
/// after a machine that lost its power.
fn browsers(data: &Path) -> anyhow::Result<std::path::PathBuf> {
    let path = data.join("browsers");
    let made = match fs::remove_dir_all(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => folder::make(&path),
    };
    made.with_context(|| format!("can't use the folder {}", path.display()))?;
    Ok(std::path::absolute(path)?)
}

fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() {
        "localhost".to_owned()
    } else {
        name.to_owned()
    }
}

/// Says where the server is, and what is unusual about it.
pub fn greet(config: &Config, announced: &Announcement, models: &Models) {
    let url = &announced.url;
    let data = config.data_dir.display();
    tracing::info!(
        "errand {} listens on {url}; data folder {data}",
        announced.version
    );
    for (name, words) in models.described() {
        tracing::info!("model {name}: {words}");
    }
    if config.tls.is_none() && !announced.address.ip().is_loopback() {
        tracing::warn!(
            "keys and pages cross the network in plain text: set tls_cert and tls_key, or put a \
             proxy with TLS in front"
        );
    }
}
