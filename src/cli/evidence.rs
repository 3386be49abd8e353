//! Reading logs: files, compressed ones too, and standard input.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::terminal::Terminal;
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
    if *count > 0 && !verbose {
        terminal.say(&format!(
            "privlint: {path}: {count} records could not be read (-v to see which)"
        ));
    }
    if *count > 0 && verbose {
        let numbers: Vec<String> = lines.iter().map(u64::to_string).collect();
        let more = if *count > lines.len() as u64 { " and more" } else { "" };
        terminal.say(&format!(
            "privlint: {path}: {count} records could not be read: lines {}{more}",
            numbers.join(", ")
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
