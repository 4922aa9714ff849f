//! A PostgreSQL of a test's own, which is gone when the test is, however it ends.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use nix::unistd::{User, geteuid};

/// The account that runs the server where the test is root, whom PostgreSQL refuses.
const ACCOUNT: &str = "postgres";
/// How long starting, stopping and restarting may take, each.
const PATIENCE: Duration = Duration::from_secs(60);
const PORTS_TRIED: usize = 5;

/// Keeps the server: starts it, obeys the lines on its input, and when that ends (because the
/// test dropped it, ended or was killed) stops the server and deletes its folder.
const KEEPER: &str = r#"
cd /
control() { "$BIN/pg_ctl" -D "$DATA/data" -l "$DATA/log" -s -w -t 50 "$@" >/dev/null 2>&1; }
say() { if [ "$1" = 0 ]; then echo ok; else tail -n 3 "$DATA/log" | tr '\n' ' '; echo; fi; }
"$BIN/initdb" -D "$DATA/data" -A trust -U postgres -E UTF8 --locale=C -N >"$DATA/log" 2>&1
code=$?
if [ "$code" = 0 ]; then
    control -o "-p $PORT -k $DATA -h 127.0.0.1 $SETTINGS" start
    code=$?
fi
say "$code"
while read -r command; do
    case "$command" in
        restart) control -m fast restart; say $? ;;
        crash) control -m immediate stop; control -o "-p $PORT -k $DATA -h 127.0.0.1 $SETTINGS" start; say $? ;;
        stop) control -m immediate stop; say $? ;;
        start) control -o "-p $PORT -k $DATA -h 127.0.0.1 $SETTINGS" start; say $? ;;
    esac
done
control -m immediate stop
rm -rf "$DATA"
"#;

/// A running server on 127.0.0.1, without passwords, in a folder of its own.
pub struct Postgres {
    port: u16,
    folder: PathBuf,
    databases: AtomicU32,
    keeper: Mutex<Keeper>,
}

struct Keeper {
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Postgres {
    /// Starts a server that does not wait for the disk. It may lose data with the machine, not
    /// with itself, and is quick.
    ///
    /// # Errors
    /// If PostgreSQL is not installed, or does not start.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with("-c fsync=off -c full_page_writes=off")
    }

    /// Starts a server with options of `postgres`, such as `-c work_mem=8MB`.
    ///
    /// # Errors
    /// If PostgreSQL is not installed, or does not start.
    pub fn start_with(settings: &str) -> anyhow::Result<Self> {
        let binaries = binaries()?;
        let mut last = None;
        for _ in 0..PORTS_TRIED {
            match Self::try_start(&binaries, settings) {
                Ok(server) => return Ok(server),
                // Another process may have taken the port since it was found to be spare.
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("no spare port")))
    }

    fn try_start(binaries: &Path, settings: &str) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("errand-pg-")
            .tempdir()?
            .keep();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let mut command = if geteuid().is_root() {
            let user = User::from_name(ACCOUNT)?
                .with_context(|| format!("there is no account {ACCOUNT}"))?;
            chown(&folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
            let mut command = Command::new("runuser");
            command.args(["-u", ACCOUNT, "--", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        let mut child = command
            .args(["-c", KEEPER])
            .env("BIN", binaries)
            .env("DATA", &folder)
            .env("PORT", port.to_string())
            .env("SETTINGS", settings)
            // Ctrl-C is for the test; the keeper then sees the end of its input and cleans up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("can't start the keeper of PostgreSQL")?;
        let input = child.stdin.take();
        let output = child.stdout.take().context("the keeper has no output")?;
        let (say, answers) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output.take(1 << 20))
                .lines()
                .map_while(Result::ok)
            {
                if say.send(line).is_err() {
                    break;
                }
            }
        });
        let keeper = Mutex::new(Keeper {
            child,
            input,
            answers,
        });
        let server = Self {
            port,
            folder,
            databases: AtomicU32::new(0),
            keeper,
        };
        server.answer().context("PostgreSQL did not start")?;
        Ok(server)
    }

    /// The URL of the database `postgres`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and returns its URL.
    ///
    /// # Errors
    /// If the server refuses.
    pub fn database(&self) -> anyhow::Result<String> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let output = Command::new(binaries()?.join("createdb"))
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p"])
            .args([&self.port.to_string(), &name])
            .stdin(Stdio::null())
            .output()?;
        ensure!(
            output.status.success(),
            "createdb: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(self.url_of(&name))
    }

    /// Ends every connection and starts the server anew, on the same port.
    ///
    /// # Errors
    /// If it does not come back.
    pub fn restart(&self) -> anyhow::Result<()> {
        self.command("restart")
    }

    /// Kills the server as a crash would, and starts it anew.
    ///
    /// # Errors
    /// If it does not come back.
    pub fn crash(&self) -> anyhow::Result<()> {
        self.command("crash")
    }

    /// Stops the server until [`Postgres::resume`].
    ///
    /// # Errors
    /// If it does not stop.
    pub fn pause(&self) -> anyhow::Result<()> {
        self.command("stop")
    }

    /// Starts it again.
    ///
    /// # Errors
    /// If it does not come back.
    pub fn resume(&self) -> anyhow::Result<()> {
        self.command("start")
    }

    fn command(&self, command: &str) -> anyhow::Result<()> {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        let input = keeper.input.as_mut().context("the keeper is gone")?;
        writeln!(input, "{command}")?;
        input.flush()?;
        drop(keeper);
        self.answer()
            .with_context(|| format!("PostgreSQL did not {command}"))
    }

    fn answer(&self) -> anyhow::Result<()> {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        match keeper.answers.recv_timeout(PATIENCE) {
            Ok(answer) if answer == "ok" => Ok(()),
            Ok(answer) => bail!("{answer}"),
            Err(_) => bail!("no answer from its keeper within {PATIENCE:?}"),
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let keeper = self
            .keeper
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        drop(keeper.input.take());
        // The keeper bounds its own work; its answers end when it does.
        while keeper.answers.recv_timeout(PATIENCE).is_ok() {}
        let _ = keeper.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder of the newest installed version's binaries.
fn binaries() -> anyhow::Result<PathBuf> {
    let root = Path::new("/usr/lib/postgresql");
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .filter_map(|bin| {
            let version = bin
                .parent()
                .and_then(Path::file_name)
                .and_then(OsStr::to_str);
            Some((version?.parse().ok()?, bin))
        })
        .collect();
    versions.sort();
    let newest = versions.pop().map(|(_, bin)| bin);
    newest.context("PostgreSQL is not installed: apt-get install -y postgresql")
}
