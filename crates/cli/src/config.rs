//! The settings of `errand serve`: flag before environment before file before default.

pub mod file;
pub mod live;
mod models;
pub mod nearest;
mod value;

use std::{
    borrow::Cow,
    env,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use clap::{ArgMatches, Args, parser::ValueSource};
use errand_domain::text::clip;
use url::Url;

pub use value::{Listen, PublicUrl, Span};

use crate::{exit::Misuse, folder, logging::Format};
use file::File;

/// What a server logs: the database's own remarks are about what is as it should be.
const LOG: &str = "info,sqlx=warn";

/// The heading of what every command takes, so that it does not stand among the command's own.
const EVERYWHERE: &str = "Everywhere";

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Folder of the database, the evidence and the keys [default: the XDG state folder]
    #[arg(
        long,
        env = "ERRAND_DATA_DIR",
        value_name = "DIR",
        global = true,
        help_heading = EVERYWHERE
    )]
    pub data_dir: Option<PathBuf>,
    /// What to log: a level, or targets with levels like "info,errand_browser=debug"
    #[arg(
        long,
        env = "ERRAND_LOG",
        value_name = "FILTER",
        global = true,
        help_heading = EVERYWHERE
    )]
    pub log: Option<String>,
    /// How log lines look
    #[arg(
        long,
        env = "ERRAND_LOG_FORMAT",
        value_name = "FORMAT",
        global = true,
        help_heading = EVERYWHERE
    )]
    pub log_format: Option<Format>,
}

/// What `errand serve` takes besides.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// Settings file [default: errand.toml in the data folder, if it is there]
    #[arg(long, env = "ERRAND_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:50051]
    #[arg(long, env = "ERRAND_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<Listen>,
    /// sqlite:///PATH or postgres://… [default: a SQLite file in the data folder]
    #[arg(
        long,
        env = "ERRAND_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// Certificate chain of the server, PEM
    #[arg(long, env = "ERRAND_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of that certificate, PEM
    #[arg(long, env = "ERRAND_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Refuse clients without a certificate of this authority, PEM
    #[arg(long, env = "ERRAND_TLS_CLIENT_CA", value_name = "FILE")]
    pub tls_client_ca: Option<PathBuf>,
    /// Browsers at once; 0 only queues [default: one per core, at most 4]
    #[arg(long, env = "ERRAND_BROWSERS", value_name = "N")]
    pub browsers: Option<u16>,
    /// Chromium or Chrome to use [default: searched for]
    #[arg(long, env = "ERRAND_CHROMIUM", value_name = "FILE")]
    pub chromium: Option<PathBuf>,
    /// ChromeDriver to use [default: searched for]
    #[arg(long, env = "ERRAND_CHROMEDRIVER", value_name = "FILE")]
    pub chromedriver: Option<PathBuf>,
    /// How others reach this server, for signed links [default: the address listened on]
    #[arg(long, env = "ERRAND_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// How long runs and calls may take to end after SIGTERM [default: 20s]
    #[arg(long, env = "ERRAND_DRAIN", value_name = "TIME")]
    pub drain: Option<Span>,
    /// Who solves captchas: the address of a service of yours [default: a person is asked]
    #[arg(long, env = "ERRAND_CAPTCHA_HOOK", value_name = "URL")]
    pub captcha_hook: Option<PublicUrl>,
    /// How long a paused run waits for a person's answer [default: 30m]
    #[arg(long, env = "ERRAND_PAUSE_TIMEOUT", value_name = "TIME")]
    pub pause_timeout: Option<Span>,
    #[command(flatten)]
    pub live: live::LiveFlags,
}

/// Certificates to listen with.
#[derive(Debug, Clone)]
pub struct Tls {
    pub cert: PathBuf,
    pub key: PathBuf,
    pub client_ca: Option<PathBuf>,
}

/// The settings after all sources were asked.
#[derive(Debug, Clone)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: SocketAddr,
    /// None: SQLite in the data folder.
    pub database_url: Option<String>,
    pub tls: Option<Tls>,
    pub browsers: usize,
    pub chromium: Option<PathBuf>,
    pub chromedriver: Option<PathBuf>,
    pub public_url: Option<Url>,
    pub drain: Duration,
    pub pause_timeout: Duration,
    /// Where captchas are sent.
    pub captcha_hook: Option<Url>,
    pub live: live::Live,
    pub log: String,
    pub log_format: Format,
    /// The models, checked.
    pub llm: errand_llm::Settings,
    /// Key, value and source of every setting, to be shown.
    pub shown: Vec<Shown>,
}

/// A setting as `--print-config` shows it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub key: Cow<'static, str>,
    pub value: Option<String>,
    pub source: &'static str,
}

impl Config {
    /// Asks every source.
    ///
    /// # Errors
    /// [`Misuse`] if the file can't be used or settings contradict each other.
    pub fn resolve(common: &Common, flags: Flags, matches: &ArgMatches) -> Result<Self, Misuse> {
        match Self::gather(common, flags, matches)? {
            (config, None) => Ok(config),
            (_, Some(broken)) => Err(broken),
        }
    }

    /// Asks every source; a settings file or models that can't be used are left out, and said to
    /// be.
    ///
    /// # Errors
    /// [`Misuse`] if settings contradict each other or nothing names a data folder.
    pub fn gather(
        common: &Common,
        flags: Flags,
        matches: &ArgMatches,
    ) -> Result<(Self, Option<Misuse>), Misuse> {
        let folder = match &common.data_dir {
            Some(folder) => Some(folder.clone()),
            // A file that was named may say where the data folder is, so nothing is guessed yet.
            None if flags.config.is_some() => None,
            None => Some(folder::default()?),
        };
        let (mut file, broken) = match read_file(flags.config.as_deref(), folder.as_deref()) {
            Ok(file) => (file, None),
            Err(broken) => (File::default(), Some(broken)),
        };
        let mut table = Table {
            matches,
            shown: Vec::new(),
        };
        let data_dir = table.pick("data_dir", common.data_dir.clone(), file.data_dir.clone());
        let data_dir = match data_dir {
            Some(folder) => folder,
            None => folder.map_or_else(folder::default, Ok)?,
        };
        table.settle("data_dir", data_dir.display());
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let listen = table.pick("listen", flags.listen, file.listen);
        let listen =
            listen.map_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 50051)), |it| it.0);
        table.settle("listen", listen);
        let database_url = table.pick("database_url", flags.database_url, file.database_url.take());
        table.settle(
            "database_url",
            shown_url(database_url.as_deref(), &data_dir),
        );
        let cert = table.path("tls_cert", flags.tls_cert, file.tls_cert.take());
        let key = table.path("tls_key", flags.tls_key, file.tls_key.take());
        let client_ca = table.path(
            "tls_client_ca",
            flags.tls_client_ca,
            file.tls_client_ca.take(),
        );
        let browsers = table.pick("browsers", flags.browsers, file.browsers);
        let browsers = browsers.map_or_else(|| cores.min(4), usize::from);
        table.settle("browsers", browsers);
        let chromium = table.path("chromium", flags.chromium, file.chromium.take());
        let chromedriver = table.path("chromedriver", flags.chromedriver, file.chromedriver.take());
        let public_url = table.pick("public_url", flags.public_url, file.public_url.take());
        if let Some(url) = &public_url {
            table.settle("public_url", &url.0);
        }
        let drain = table.pick("drain", flags.drain, file.drain);
        let drain = drain.map_or(Duration::from_secs(20), |it| it.0);
        table.settle("drain", format!("{}s", drain.as_secs_f64()));
        let pause_timeout = table.pick("pause_timeout", flags.pause_timeout, file.pause_timeout);
        let pause_timeout = pause_timeout.map_or(Duration::from_secs(30 * 60), |it| it.0);
        table.settle("pause_timeout", format!("{}s", pause_timeout.as_secs_f64()));
        let captcha_hook = table.pick("captcha_hook", flags.captcha_hook, file.captcha_hook.take());
        if let Some(url) = &captcha_hook {
            table.settle("captcha_hook", shown_url(Some(url.0.as_str()), &data_dir));
        }
        let live = live::Live::gather(flags.live, &mut file, &mut table);
        let log = table.pick("log", common.log.clone(), file.log);
        let log = log.unwrap_or_else(|| LOG.to_owned());
        table.settle("log", &log);
        let log_format = table.pick("log_format", common.log_format, file.log_format);
        let log_format = log_format.unwrap_or_default();
        table.settle("log_format", log_format.as_str());
        let (llm, broken) = match models::settings(file.llm, &mut table.shown) {
            Ok(llm) => (llm, broken),
            Err(models) => (errand_llm::Settings::default(), broken.or(Some(models))),
        };
        let config = Self {
            llm,
            listen,
            tls: tls(cert, key, client_ca)?,
            database_url,
            browsers,
            chromium,
            chromedriver,
            public_url: public_url.map(|it| it.0),
            drain,
            pause_timeout,
            captcha_hook: captcha_hook.map(|it| it.0),
            live,
            log,
            log_format,
            data_dir,
            shown: table.shown,
        };
        Ok((config, broken))
    }

    /// The database that is used in the end.
    #[must_use]
    pub fn database(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| folder::database(&self.data_dir))
    }
}

/// Collects where each setting came from.
struct Table<'a> {
    matches: &'a ArgMatches,
    shown: Vec<Shown>,
}

impl Table<'_> {
    fn pick<T>(&mut self, key: &'static str, flag: Option<T>, file: Option<T>) -> Option<T> {
        let source = match (&flag, &file) {
            (Some(_), _) => match self.matches.value_source(key) {
                Some(ValueSource::EnvVariable) => "environment",
                _ => "flag",
            },
            (None, Some(_)) => "file",
            (None, None) => "default",
        };
        self.shown.push(Shown {
            key: key.into(),
            value: None,
            source,
        });
        flag.or(file)
    }

    fn path(
        &mut self,
        key: &'static str,
        flag: Option<PathBuf>,
        file: Option<PathBuf>,
    ) -> Option<PathBuf> {
        let picked = self.pick(key, flag, file);
        if let Some(path) = &picked {
            self.settle(key, path.display());
        }
        picked
    }

    fn settle(&mut self, key: &'static str, value: impl ToString) {
        if let Some(shown) = self.shown.iter_mut().rfind(|it| it.key == key) {
            shown.value = Some(value.to_string());
        }
    }
}

fn read_file(named: Option<&Path>, folder: Option<&Path>) -> Result<File, Misuse> {
    if let Some(path) = named {
        return File::read(path);
    }
    let found = folder
        .map(|it| it.join(file::NAME))
        .filter(|it| it.exists());
    let Some(path) = found else {
        return Ok(File::default());
    };
    let file = File::read(&path)?;
    if file.data_dir.is_some() {
        let path = path.display();
        return Err(Misuse(format!(
            "{path} lies in the data folder, so it can't say where that is: remove data_dir"
        )));
    }
    Ok(file)
}

fn tls(
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
    client_ca: Option<PathBuf>,
) -> Result<Option<Tls>, Misuse> {
    match (cert, key, client_ca) {
        (Some(cert), Some(key), client_ca) => Ok(Some(Tls {
            cert,
            key,
            client_ca,
        })),
        (None, None, None) => Ok(None),
        (Some(_), None, _) => Err(Misuse("tls_cert is set, but tls_key is not".to_owned())),
        (None, Some(_), _) => Err(Misuse("tls_key is set, but tls_cert is not".to_owned())),
        (None, None, Some(_)) => Err(Misuse(
            "tls_client_ca needs tls_cert and tls_key besides".to_owned(),
        )),
    }
}

/// A database's URL without its password.
fn shown_url(url: Option<&str>, data_dir: &Path) -> String {
    let Some(text) = url else {
        return folder::database(data_dir);
    };
    match Url::parse(text) {
        Ok(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some("********"));
            url.to_string()
        }
        Ok(_) => text.to_owned(),
        Err(_) => clip(text.split(':').next().unwrap_or_default(), 20),
    }
}

/// Variables that look like settings, but are none, each with the name that was probably meant.
#[must_use]
pub fn unknown_variables() -> Vec<(String, Option<String>)> {
    const OTHERS: [&str; 6] = [
        "config",
        "server",
        "api_key",
        "ca",
        "client_cert",
        "client_key",
    ];
    // The section of the file has variables of its own.
    let keys = file::KEYS.iter().filter(|it| **it != "llm");
    let models: Vec<String> = models::variables().collect();
    let models = models.iter().map(String::as_str);
    let names: Vec<&str> = keys.chain(&OTHERS).copied().chain(models).collect();
    env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter_map(|name| {
            let key = name.strip_prefix("ERRAND_")?.to_lowercase();
            let meant = nearest::nearest(&key, &names);
            (!names.contains(&key.as_str())).then(|| {
                (
                    name,
                    meant.map(|it| format!("ERRAND_{}", it.to_uppercase())),
                )
            })
        })
        .collect()
}
