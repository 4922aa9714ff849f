//! The guard on its own, as `errand guard` runs it.

use std::process::ExitCode;

fn main() -> ExitCode {
    errand_browser::guard::run(std::env::args_os().skip(1))
}
