//! `errand serve`: store, evidence, runner and edge, put together in one process.

mod idle;
mod start;
mod stop;

use std::{fs::File, path::Path, time::Duration};

use anyhow::{Context as _, anyhow, bail};
use clap::ArgMatches;
use errand_artifacts::{Artifacts, Signer};
use errand_store::Store;
use errand_vault::Secret;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    args,
    config::{self, Common, Config},
    exit::{Exit, Misuse},
    folder::{
        self,
        announcement::{self, Announcement},
        lock::{self, Refused},
        private,
    },
    follow::Interrupts,
    logging, output,
};

/// Runs the service until a signal comes.
///
/// # Errors
/// If settings, folder, database or port can't be used, or a part of the service ends by itself.
pub async fn run(common: &Common, args: args::Serve, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let config = Config::resolve(common, args.flags, matches)?;
    if args.print_config {
        for shown in &config.shown {
            let value = shown
                .value
                .as_deref()
                .map_or_else(|| "-".to_owned(), output::plain);
            output::line(&format!("{:<14} {value}  ({})", shown.key, shown.source))?;
        }
        return Ok(Exit::Completed);
    }
    logging::start(&config.log, config.log_format)?;
    for (name, meant) in config::unknown_variables() {
        let meant = meant.map_or(String::new(), |it| format!("; did you mean {it}?"));
        tracing::warn!("the variable {name} is no setting of errand{meant}");
    }
    let mut signals = Interrupts::listen()?;
    let starting = Server::start(&config, args.idle_exit.map(|it| it.0));
    let server = tokio::select! {
        server = starting => server?,
        () = signals.next() => return Ok(Exit::Interrupted),
    };
    server.run(&config, signals).await
}

/// Reads the certificates that the settings name, and checks them.
///
/// # Errors
/// [`Misuse`] naming the files.
pub fn certificates(config: &Config) -> Result<Option<errand_server::Tls>, Misuse> {
    start::tls(config.tls.as_ref())
}

/// The parts, while they live.
struct Server {
    parts: JoinSet<(&'static str, anyhow::Result<()>)>,
    stop: CancellationToken,
    store: Store,
    idle_exit: Option<Duration>,
    // Locked: clients believe it as long as it is.
    _announcement: File,
    // Dropped last: the folder is free when nothing uses it any more.
    _lock: lock::Lock,
}

impl Server {
    async fn start(config: &Config, idle_exit: Option<Duration>) -> anyhow::Result<Self> {
        let data = &config.data_dir;
        let shown = data.display();
        folder::make(data).with_context(|| format!("can't use the data folder {shown}"))?;
        let lock = take(data, config).await?;
        // An earlier server may have left it; clients must not go there.
        announcement::withdraw(data);
        let tls = certificates(config)?;
        let listener = TcpListener::bind(config.listen).await.map_err(|error| {
            anyhow!(
                "can't listen on {}: {error}; end what listens there, or choose another address \
                 with --listen",
                config.listen
            )
        })?;
        let address = listener.local_addr()?;
        let models = config.models(vec![address])?;
        let store = Store::open(&config.database()).await?;
        let organization = store.ensure_default_organization().await?;
        start::api_key(data, &store, &organization).await?;
        let own = key(&data.join(folder::SIGNING_KEY))?;
        // Servers that share their key share their signatures: a link of one works at the other.
        let signing = match &config.live.secret_key {
            Some(given) => start::signing(&given.0),
            None => own,
        };
        let secret = match &config.live.secret_key {
            Some(given) => given.0,
            None => key(&data.join(folder::SECRET_KEY))?,
        };
        let artifacts = Artifacts::disk(&data.join(folder::ARTIFACTS))?;
        let runner = start::runner(config, address, secret, models.clone(), idle_exit.is_some())?;
        let (runner, handle) =
            errand_runner::Service::new(runner, store.clone(), artifacts.clone());
        let edge = errand_server::Config {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            public_url: config
                .public_url
                .as_ref()
                .map(|it| it.as_str().trim_end_matches('/').to_owned()),
            tls,
            drain: config.drain,
            secret: Secret(secret),
            ..errand_server::Config::default()
        };
        let signer = Signer::new(signing);
        let edge = errand_server::Service::new(edge, store.clone(), artifacts, signer, handle);
        let stop = CancellationToken::new();
        let mut parts = JoinSet::new();
        let stopped = stop.clone();
        parts.spawn(async move {
            Box::pin(runner.run(stopped)).await;
            ("the runner", Ok(()))
        });
        let stopped = stop.clone();
        parts.spawn(async move {
            (
                "the edge",
                edge.serve(listener, stopped)
                    .await
                    .map_err(anyhow::Error::from),
            )
        });
        let announced = Announcement::new(address, config.tls.is_some());
        let announcement = announced
            .publish(data)
            .with_context(|| format!("can't write into {shown}"))?;
        start::greet(config, &announced, &models);
        Ok(Self {
            parts,
            stop,
            store,
            idle_exit,
            _announcement: announcement,
            _lock: lock,
        })
    }

    async fn run(mut self, config: &Config, mut signals: Interrupts) -> anyhow::Result<Exit> {
        let idle = idle::ended(&config.data_dir, &self.store, self.idle_exit);
        // Held until the process ends, so that no client counts on a server that is ending.
        let mut callers = None;
        let fault = tokio::select! {
            () = signals.next() => {
                let drain = config.drain.as_secs_f64();
                tracing::info!("stopping within {drain} s; a second signal leaves at once");
                None
            }
            nobody = idle => {
                tracing::info!("nobody calls and nothing runs: stopping");
                callers = Some(nobody);
                None
            }
            part = self.parts.join_next() => Some(stop::fault(part)),
        };
        announcement::withdraw(&config.data_dir);
        self.stop.cancel();
        let drained = stop::drain(&mut self.parts, config.drain, &mut signals).await;
        self.store.close().await;
        drop(callers);
        match fault {
            Some(fault) => Err(fault),
            None if drained => Ok(Exit::Completed),
            None => Ok(Exit::Failed),
        }
    }
}

async fn take(data: &Path, config: &Config) -> anyhow::Result<lock::Lock> {
    let holder = format!(
        "process {} (asked to listen on {}, since {})",
        std::process::id(),
        config.listen,
        jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC"),
    );
    let own = data.to_owned();
    let shown = data.display();
    match tokio::task::spawn_blocking(move || lock::serve(&own, &holder)).await? {
        Ok(lock) => Ok(lock),
        Err(Refused::Held(holder)) => bail!(
            "the data folder {shown} is in use by {holder}; end that server, or choose another \
             folder with --data-dir"
        ),
        Err(Refused::Io(error)) => {
            Err(error).context(format!("can't lock the data folder {shown}"))
        }
    }
}

fn key(path: &Path) -> anyhow::Result<[u8; 32]> {
    private::key(path).with_context(|| format!("can't use the key file {}", path.display()))
}
