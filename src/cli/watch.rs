//! `--watch`: checks again whenever a file changes, until it is stopped.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::args::CheckArgs;
use super::terminal::Terminal;
use super::{CLEAN, FAILED, check};
use crate::discover::{self, Search};
use crate::source::shown_path;

/// Between two looks at the files.
const INTERVAL: Duration = Duration::from_millis(400);

/// Every file that may be read, with the size in bytes and the time of its last change.
type Stamp = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// Runs checks until nobody reads any more; gives the exit code.
pub(crate) fn run(args: &CheckArgs, terminal: &mut Terminal) -> u8 {
    if args.files.paths.iter().any(|path| path.as_os_str() == "-") {
        terminal.error("--watch watches files, and standard input is none");
        return FAILED;
    }
    for path in &args.files.paths {
        if let Err(error) = std::fs::metadata(path) {
            terminal.error(&format!("{}: {}", shown_path(path), discover::reason(&error)));
            return FAILED;
        }
    }
    let mut seen: Option<Stamp> = None;
    while terminal.is_open() {
        let now = stamp(args);
        if seen.as_ref() != Some(&now) {
            if seen.is_some() && terminal.is_terminal {
                terminal.out("\x1b[2J\x1b[H");
            }
            check::run(args, terminal);
            terminal.say("privlint: watching for changes, stop with Ctrl-C");
            seen = Some(now);
        }
        std::thread::sleep(INTERVAL);
    }
    terminal.finish(CLEAN)
}

fn stamp(args: &CheckArgs) -> Stamp {
    let mut paths = args.files.paths.clone();
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    let search = Search {
        exclude: args.files.exclude.clone(),
        no_gitignore: args.files.no_gitignore,
        force_exclude: args.files.force_exclude,
        no_default_excludes: args.files.no_default_excludes,
    };
    let candidates = discover::find(&paths, &search).candidates;
    let configured = args.files.config.iter().chain(&args.baseline).cloned();
    let files = candidates.into_iter().map(|c| c.path).chain(configured);
    files
        .map(|path| {
            let about = std::fs::metadata(&path).ok();
            let size = about.as_ref().map_or(0, std::fs::Metadata::len);
            let changed = about.and_then(|a| a.modified().ok());
            (path, size, changed)
        })
        .collect()
}
