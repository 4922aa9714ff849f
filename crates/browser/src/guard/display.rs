//! A screen for one browser: an X server of its own that shows nothing to anybody.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::{fs::OpenOptionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// The X server's name on `PATH`.
pub(crate) const PROGRAM: &str = "Xvfb";
/// How long it may take to be ready. It compiles a keyboard map first.
const START_LIMIT: Duration = Duration::from_secs(15);
/// Name of the file in a browser's folder that tells the number of its display.
const NOTE: &str = "display";
const COOKIE: &str = "MIT-MAGIC-COOKIE-1";

/// A display that runs.
#[derive(Debug)]
pub(super) struct Display {
    pub(super) pid: u32,
    /// What goes into the environment of its clients.
    pub(super) environment: [(&'static str, String); 2],
}

impl Display {
    /// Starts one with a screen of that size in pixels. Its files go into that folder. Nobody
    /// connects to it over a network, nor without the cookie in its file.
    pub(super) fn start(folder: &Path, size: (u32, u32)) -> io::Result<Self> {
        let authority = folder.join("xauthority");
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&authority)?;
        file.write_all(&entry(&cookie()?))?;
        let mut server = Command::new(PROGRAM)
            // It takes a number that is free, and says which.
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen"])
            .args(["0", &format!("{}x{}x24", size.0, size.1), "-auth"])
            .arg(&authority)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let (say, said) = mpsc::sync_channel(1);
        let output = server.stdout.take();
        thread::spawn(move || {
            let mut line = String::new();
            let output = output.map(|it| it.take(64));
            let read = output.map(|it| BufReader::new(it).read_line(&mut line));
            say.send(read.map(|_| line)).ok();
        });
        let said = said.recv_timeout(START_LIMIT).ok().flatten();
        let pid = server.id();
        let number = said.and_then(|line| line.trim().parse::<u32>().ok());
        let noted = |number: &u32| fs::write(folder.join(NOTE), format!("{number} {pid}")).is_ok();
        let Some(number) = number.filter(noted) else {
            server.kill().ok();
            server.wait().ok();
            let text = format!("{PROGRAM} did not say which display it is");
            return Err(io::Error::other(text));
        };
        Ok(Self {
            pid,
            environment: [
                ("DISPLAY", format!(":{number}")),
                ("XAUTHORITY", authority.to_string_lossy().into_owned()),
            ],
        })
    }
}

/// Takes away the socket of the display that a browser in that folder has, if it has one: an X
/// server that is killed leaves it. To be called before it is, for then nobody else has its number.
pub(crate) fn forget(folder: &Path) {
    let note = fs::read_to_string(folder.join(NOTE)).unwrap_or_default();
    let Some((number, pid)) = note.split_once(' ') else {
        return;
    };
    let (Ok(number), Ok(pid)) = (number.parse::<u32>(), pid.parse::<u32>()) else {
        return;
    };
    let socket = PathBuf::from(format!("/tmp/.X11-unix/X{number}"));
    let ended = || {
        let answer = UnixStream::connect(&socket);
        answer.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    };
    if super::processes::users_of(folder).contains(&pid) || ended() {
        fs::remove_file(&socket).ok();
    }
}

fn cookie() -> io::Result<[u8; 16]> {
    let mut cookie = [0; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut cookie)?;
    Ok(cookie)
}

/// A line of an authority file that is good for every display: numbers are of two bytes, the large
/// one first, and each text has its length before it.
fn entry(cookie: &[u8]) -> Vec<u8> {
    const ANY: [u8; 2] = [0xff, 0xff];
    let mut entry = ANY.to_vec();
    for text in [b"".as_slice(), b"", COOKIE.as_bytes(), cookie] {
        let length = u16::try_from(text.len()).unwrap_or_default();
        entry.extend(length.to_be_bytes());
        entry.extend(text);
    }
    entry
}
