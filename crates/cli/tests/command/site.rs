//! `errand demo-site`.

use nix::sys::signal::Signal;

use crate::errand::{Errand, until};

#[test]
fn the_demo_site_says_where_it_is_on_one_line() {
    let errand = Errand::new();
    let site = errand.go(&["demo-site", "--listen", "127.0.0.1:0", "--seed", "7"]);
    until("an address", || site.out().ends_with('\n'));
    let out = site.out();
    assert_eq!(out.lines().count(), 1);
    let address = out
        .trim()
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let said = errand.run(&["demo-site", "--listen", address]).with(1);
    assert!(said.err.contains("--listen"), "{}", said.err);
    assert_eq!(said.out, "");
    site.signal(Signal::SIGINT);
    site.end().with(0);
}
