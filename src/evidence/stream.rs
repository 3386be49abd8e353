//! A log as a stream: only the lines that may say something are looked at, and none is held.

use std::io::{ErrorKind, Read};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use aho_corasick::packed;

/// Bytes that are read at once. A longer line is cut.
const BLOCK: usize = 1 << 20;
/// Bytes before a line that are kept: the other records of its event.
const BEFORE: usize = 1 << 14;
/// Bytes of a line that are looked at.
pub(super) const LINE_CAP: usize = 1 << 16;

/// What stands in every line that may say something, in logs of audit records.
const RECORDS: &[&str] = &[
    "avc:",
    "SECCOMP",
    // `type=` stands in every line, and would be looked at in each
    "=1326",
    "apparmor=",
    "SELINUX_ERR",
    "=1401",
    "\"AVC\"",
];

/// What stands in such lines of any other text.
const OTHERS: &[&str] = &[
    "ermission denied",
    "ot permitted",
    "SELinux is preventing",
    "ource Context",
    "arget Context",
    "arget Objects",
    "CapInh:",
    "CapPrm:",
    "CapEff:",
    "CapBnd:",
    "CapAmb:",
    "cap_",
    "CAP_",
    "capname",
    "capName",
    "CapName",
    "EFFECTIVE CAPS",
    "LABEL",
    "--> o",
    "SELinux status",
    "Current mode",
    "Enforcing",
    "Permissive",
    "Disabled",
    "_t:s0",
    "EPERM",
    "EACCES",
    "ERMISSION DENIED",
    "ead-only file system",
    "usable sandbox",
    "no-sandbox",
    "no new privileges",
    "uid is not 0",
    "issing required capability",
    "TUN/TAP",
    "ock JVM memory",
    "cannot allocate memory",
    "annot allocate memory",
    "perf_event_paranoid",
    "s6-",
    "AH0215",
    "etpriv:",
    "drop privileges",
    "NAME",
    "privlint:",
    "Lost ",
    "iptables table",
    "must be superuser",
    "must be root",
    "on that device",
    "o space left on device",
    "/dev/net/tun",
    "allowedCapabilities",
    "HANDLE",
];

static FIND_RECORDS: LazyLock<Finder> = LazyLock::new(|| Finder::new(RECORDS));
static FIND_ALL: LazyLock<Finder> = LazyLock::new(|| Finder::new(&[RECORDS, OTHERS].concat()));

/// Finds the first of some words.
struct Finder {
    /// Many times as fast as an automaton; only some processors have it.
    packed: Option<packed::Searcher>,
    automaton: Option<AhoCorasick>,
}

impl Finder {
    fn new(words: &[&str]) -> Finder {
        Finder {
            packed: packed::Searcher::new(words),
            automaton: AhoCorasick::new(words).ok(),
        }
    }

    /// The byte where the first one begins.
    fn find(&self, text: &[u8]) -> Option<usize> {
        match (&self.packed, &self.automaton) {
            (Some(packed), _) => packed.find(text).map(|found| found.start()),
            (None, Some(automaton)) => automaton.find(text).map(|found| found.start()),
            (None, None) => None,
        }
    }
}

/// Takes the lines that may say something.
pub(super) trait Sink {
    /// True where the next line is wanted, whatever stands in it.
    fn wants_next(&self) -> bool;
    /// Takes a line: its number, its bytes without the ending, and what stands before it.
    fn line(&mut self, number: u64, line: &[u8], before: &[u8]);
}

/// Feeds a text to the sink; gives how many lines it has. `tick` is told how many bytes were read.
///
/// # Errors
/// The input cannot be read.
pub(super) fn feed(input: &mut dyn Read, sink: &mut dyn Sink, tick: &dyn Fn(usize)) -> std::io::Result<u64> {
    let mut buffer = Vec::with_capacity(BEFORE + 2 * BLOCK);
    let mut done = 0;
    let mut number = 1;
    let mut cut = false;
    let mut finder = None;
    loop {
        let read = fill(input, &mut buffer)?;
        tick(read);
        let finder = *finder.get_or_insert_with(|| finder_of(&buffer));
        let whole = match read {
            0 => buffer.len(),
            _ => memchr::memrchr(b'\n', buffer.get(done..).unwrap_or(&[])).map_or(done, |at| done + at + 1),
        };
        if whole > done {
            let block = Block {
                text: &buffer,
                done,
                whole,
            };
            number = block.lines(number, finder, cut, sink);
            cut = false;
            done = whole;
        } else if buffer.len() - done > BLOCK {
            // the beginning of an endless line is one line; the rest of it is passed over
            if !cut {
                let line = buffer.get(done..done + LINE_CAP).unwrap_or(&[]);
                sink.line(number, line, &[]);
            }
            cut = true;
            done = buffer.len();
        }
        if read == 0 {
            return Ok(number - 1);
        }
        let keep = done.min(BEFORE);
        buffer.drain(..done - keep);
        done = keep;
    }
}

/// Reads about a block more; gives how many bytes there were.
fn fill(input: &mut dyn Read, buffer: &mut Vec<u8>) -> std::io::Result<usize> {
    let old = buffer.len();
    buffer.resize(old + BLOCK, 0);
    let mut read = 0;
    while read < BLOCK {
        match input.read(buffer.get_mut(old + read..).unwrap_or(&mut [])) {
            Ok(0) => break,
            Ok(n) => read += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(old + read);
    Ok(read)
}

/// An audit log holds records and nothing else: fewer words are looked for, so that it is read faster.
fn finder_of(head: &[u8]) -> &'static Finder {
    let mut lines = head
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .take(20)
        .peekable();
    let record = |line: &[u8]| {
        (line.starts_with(b"type=") || line.starts_with(b"node="))
            && memchr::memmem::find(line, b"msg=audit(").is_some()
    };
    match lines.peek().is_some() && lines.all(record) {
        true => &FIND_RECORDS,
        false => &FIND_ALL,
    }
}

/// Whole lines of the buffer that were not looked at yet.
struct Block<'a> {
    text: &'a [u8],
    done: usize,
    whole: usize,
}

impl Block<'_> {
    /// Hands out the lines; gives the number of the line after them. The first is passed over where it is
    /// the rest of one that was cut.
    fn lines(&self, mut number: u64, finder: &Finder, cut: bool, sink: &mut dyn Sink) -> u64 {
        let mut at = self.done;
        if cut {
            at = self.end_of(at);
            number += 1;
        }
        while at < self.whole {
            if !sink.wants_next() {
                let rest = self.text.get(at..self.whole).unwrap_or(&[]);
                let hit = finder.find(rest);
                let skipped = rest.get(..hit.unwrap_or(rest.len())).unwrap_or(&[]);
                let ends = memchr::memchr_iter(b'\n', skipped).count() as u64;
                if hit.is_none() {
                    return number + ends + u64::from(!rest.ends_with(b"\n"));
                }
                number += ends;
                at += memchr::memrchr(b'\n', skipped).map_or(0, |end| end + 1);
            }
            let end = self.end_of(at);
            let line = self.text.get(at..end).unwrap_or(&[]);
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let line = line.get(..LINE_CAP).unwrap_or(line);
            let before = self.text.get(at.saturating_sub(BEFORE)..at).unwrap_or(&[]);
            sink.line(number, line, before);
            number += 1;
            at = end;
        }
        number
    }

    /// One past the ending of the line that a byte stands in.
    fn end_of(&self, at: usize) -> usize {
        let rest = self.text.get(at..self.whole).unwrap_or(&[]);
        memchr::memchr(b'\n', rest).map_or(self.whole, |end| at + end + 1)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    struct Kept(Vec<(u64, String)>);

    impl Sink for Kept {
        fn wants_next(&self) -> bool {
            false
        }

        fn line(&mut self, number: u64, line: &[u8], _: &[u8]) {
            let shown = String::from_utf8_lossy(line).chars().take(20).collect();
            self.0.push((number, shown));
        }
    }

    fn kept(text: &[u8]) -> (u64, Vec<(u64, String)>) {
        let mut sink = Kept(Vec::new());
        let lines = feed(&mut &text[..], &mut sink, &|_| {}).unwrap();
        (lines, sink.0)
    }

    #[test]
    fn only_lines_that_may_say_something_are_handed_out() {
        let (lines, found) = kept(b"hello\navc: one\r\n\nworld\navc: two");
        assert_eq!(lines, 5);
        assert_eq!(found, [(2, "avc: one".to_owned()), (5, "avc: two".to_owned())]);
        assert_eq!(kept(b"").0, 0);
    }

    #[test]
    fn lines_over_blocks_keep_their_numbers() {
        let mut text = Vec::new();
        for i in 0..60_000 {
            text.extend(format!("line {i} of a log without anything in it, quite long\n").bytes());
            if i % 20_000 == 0 {
                text.extend(format!("avc: {i}\n").bytes());
            }
        }
        let (lines, found) = kept(&text);
        assert_eq!(lines, 60_003);
        let numbers: Vec<u64> = found.iter().map(|(n, _)| *n).collect();
        assert_eq!(numbers, [2, 20_003, 40_004]);
    }

    #[test]
    fn an_endless_line_is_cut() {
        let mut text = b"avc: begin ".to_vec();
        text.extend(vec![b'x'; 5 * BLOCK]);
        text.extend(b"\nplain\navc: after\n");
        let (lines, found) = kept(&text);
        assert_eq!(lines, 3);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], (3, "avc: after".to_owned()));
    }
}
