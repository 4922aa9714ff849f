//! A disk without room: a small one of the server's own, gone with the server.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use errand_testing::Site;

use crate::errand::{Errand, Going, run_id, until};

/// Mounts the disk where only this process and its children see it, then becomes the server.
const SCRIPT: &str = r#"mount -t tmpfs -o size=48m tmpfs "$DISK" && exec "$ERRAND" serve \
    --listen 127.0.0.1:0 --data-dir "$DISK/data""#;

struct Small {
    _server: Going,
    /// The disk, as the server sees it.
    disk: PathBuf,
}

/// The arguments, and where the server is.
fn on<'a>(reach: &[&'a str], arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, reach].concat()
}

impl Small {
    fn start(errand: &Errand) -> Self {
        let mount = errand.path("disk");
        fs::create_dir(&mount).unwrap();
        let mut unshare = Command::new("unshare");
        unshare.arg("--mount");
        if !nix::unistd::geteuid().is_root() {
            unshare.arg("--map-root-user");
        }
        unshare.args(["sh", "-c", SCRIPT]).env("DISK", &mount);
        unshare.env("ERRAND", env!("CARGO_BIN_EXE_errand"));
        let server = errand.begin(unshare);
        let root = format!("/proc/{}/root", server.pid());
        let disk = Path::new(&root).join(mount.strip_prefix("/").unwrap());
        until("a server", || disk.join("data/server.json").exists());
        Self {
            _server: server,
            disk,
        }
    }

    /// Flags that lead to the server.
    fn reach(&self) -> [String; 4] {
        let read = |name: &str| fs::read_to_string(self.disk.join("data").join(name)).unwrap();
        let announced: serde_json::Value = serde_json::from_str(&read("server.json")).unwrap();
        let url = announced["url"].as_str().unwrap().to_owned();
        let key = read("api-key").trim().to_owned();
        ["--server".to_owned(), url, "--api-key".to_owned(), key]
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut filler = File::create(self.disk.join("filler")).unwrap();
        while filler.write_all(&[1; 4096]).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.disk.join("filler")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_the_server_works_again_when_there_is_room() {
    let site = Site::start(1).await.unwrap();
    let errand = Errand::new();
    let small = Small::start(&errand);
    let reach = small.reach();
    let reach: Vec<&str> = reach.iter().map(String::as_str).collect();
    let goal = "Extract the main heading";
    let heading = site.url("/heading");
    let run = on(&reach, &["run", goal, "--url", &heading]);

    // Before it begins: nothing is made.
    small.fill();
    let said = errand.run(&run).with(1);
    assert!(said.err.contains("no room"), "{}", said.err);
    let listed = errand.run(&on(&reach, &["runs", "list"])).with(0);
    assert_eq!(listed.out, "");
    small.make_room();
    errand.run(&run).with(0);

    // In the middle: the run ends and says why.
    let slow = site.url("/slow?ms=4000");
    let going = errand.go(&on(&reach, &["run", goal, "--url", &slow]));
    going.says("run tsk_");
    let id = run_id(&going.err());
    let begun = || {
        let shown = errand.run(&on(&reach, &["runs", "timeline", &id])).with(0);
        shown.out.contains("is ready")
    };
    until("a browser", begun);
    small.fill();
    // What the browser had is free again, which is enough to write the end.
    let said = going.end().with(1);
    assert!(said.err.contains("RESOURCE_EXHAUSTED"), "{}", said.err);
    small.make_room();
    errand.run(&on(&reach, &["runs", "verify", &id])).with(0);
    errand.run(&run).with(0);
}
