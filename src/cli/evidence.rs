//! Reading logs: files, compressed ones too, and standard input.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::args::FileArgs;
use super::files::Job;
use super::terminal::Terminal;
use crate::container::Traced;
use crate::engine::Selinux;
use crate::evidence::Log;
use crate::source::shown_path;

/// Reads a log.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(path: &Path, progress: bool) -> Result<Log, String> {
    let why = |error: std::io::Error| crate::discover::reason(&error);
    if path.as_os_str() == "-" {
        return Log::read("<stdin>", &mut std::io::stdin().lock(), &|_| {}).map_err(why);
    }
    let mut file = File::open(path).map_err(why)?;
    if file.metadata().is_ok_and(|meta| meta.is_dir()) {
        return Err("is a folder".to_owned());
    }
    let size = file.metadata().map_or(0, |meta| meta.len());
    let mut magic = [0; 2];
    let is_gz = matches!(file.read(&mut magic), Ok(2)) && magic == [0x1f, 0x8b];
    if file.seek(SeekFrom::Start(0)).is_err() {
        // a pipe gives its bytes once
        let mut rest = magic.as_slice().chain(file);
        return Log::read(&shown_path(path), &mut rest, &|_| {}).map_err(why);
    }
    let total = if is_gz { 0 } else { size };
    super::progress::counted(progress, total, |tick| match is_gz {
        true => Log::read(&shown_path(path), &mut MultiGzDecoder::new(file), tick),
        false => Log::read(&shown_path(path), &mut file, tick),
    })
    .map_err(why)
}

/// Reads what `--evidence` names; `None` where one cannot be read: it was said.
pub(crate) fn read_all(args: &FileArgs, terminal: &mut Terminal) -> Option<Vec<Log>> {
    let mut logs = Vec::new();
    for path in &args.evidence {
        match read(path, !args.quiet && !args.no_progress) {
            Ok(log) => logs.push(log),
            Err(why) => {
                terminal.error(&format!("{}: {why}", shown_path(path)));
                return None;
            }
        }
    }
    if !args.quiet {
        logs.iter().for_each(|log| tell(log, args.verbose, terminal));
    }
    Some(logs)
}

/// What logs settle for every file: that the hosts use SELinux, unless the user has said; what traces saw.
pub(crate) fn settle(logs: &[Log], jobs: &mut [Job]) {
    let enforcing = logs.iter().find_map(|log| Some((log, log.enforces()?)));
    let traced: Vec<Traced> = logs.iter().filter_map(traced).collect();
    for job in jobs {
        job.settings.traced.extend(traced.iter().cloned());
        if let (Selinux::Auto, Some((log, line))) = (job.settings.selinux, enforcing) {
            job.settings.selinux = Selinux::On;
            job.settings.selinux_from = format!("{}:{line}", log.path);
        }
    }
}

/// What the trace of a log saw of the container that it names.
fn traced(log: &Log) -> Option<Traced> {
    let trace = log.trace.as_ref()?;
    let first = trace.used.values().min().copied().unwrap_or(1);
    Some(Traced {
        container: trace.container.clone()?,
        used: trace.used.keys().copied().collect(),
        whole: trace.is_whole(),
        covers: trace.covers(),
        at: format!("{}:{first}", log.path),
    })
}

/// Says what of a log could not be used.
pub(crate) fn tell(log: &Log, verbose: bool, terminal: &mut Terminal) {
    let path = &log.path;
    if log.is_silent() {
        terminal.say(&format!(
            "privlint: {path}: nothing in its {} lines is evidence that privlint reads",
            log.lines
        ));
    }
    let (count, lines) = &log.unread;
    let records = if *count == 1 { "record" } else { "records" };
    if *count > 0 && !verbose {
        terminal.say(&format!(
            "privlint: {path}: {count} {records} could not be read (-v to see which)"
        ));
    }
    if *count > 0 && verbose {
        let numbers: Vec<String> = lines.iter().map(u64::to_string).collect();
        let more = if *count > lines.len() as u64 { " and more" } else { "" };
        terminal.say(&format!(
            "privlint: {path}: {count} {records} could not be read: {} {}{more}",
            if lines.len() == 1 { "line" } else { "lines" },
            numbers.join(", ")
        ));
    }
    if log.trace.as_ref().is_some_and(|trace| trace.container.is_none()) {
        terminal.say(&format!(
            "privlint: {path}: the trace does not say of which container it is (`privlint trace` prints commands that do)"
        ));
    }
    if log.others > 0 {
        terminal.say(&format!(
            "privlint: {path}: {} more records are of programs of the host, not of containers",
            log.others
        ));
    }
    if log.dropped > 0 {
        terminal.say(&format!(
            "privlint: {path}: {} more refusals are not shown",
            log.dropped
        ));
    }
}
