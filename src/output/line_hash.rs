//! `primaryLocationLineHash`: how code scanning knows a finding again after lines moved.
//!
//! A rolling hash over the UTF-16 code units from a line's first: a window of 100 units, blanks and
//! tabs left out, every line ending taken as `\n`, the end of the file as 65535. The value is written
//! in hexadecimal with the count of equal values so far (github/codeql-action, `fingerprints.ts`).

use std::collections::HashMap;

/// Code units that a line's hash covers.
const WINDOW: usize = 100;
/// What the hash is multiplied with at each unit.
const FACTOR: u64 = 37;
/// Stands for the end of the file.
const END: u16 = 65535;

/// The hashes of all lines, the first line's first. Lines end at `\n`, `\r\n` or a lone `\r`, and a
/// final line ending starts one more line.
pub fn line_hashes(text: &str) -> Vec<String> {
    let mut rolling = Rolling {
        window: [(0, None); WINDOW],
        at: 0,
        hash: 0,
        first_factor: (0..WINDOW).fold(1, |f: u64, _| f.wrapping_mul(FACTOR)),
        hashes: Vec::new(),
        counts: HashMap::new(),
    };
    let mut line = 0;
    let mut line_begins = true;
    let mut after_return = false;
    for unit in text.encode_utf16().chain([END]) {
        let is_feed_of_pair = after_return && unit == u16::from(b'\n');
        after_return = unit == u16::from(b'\r');
        if unit == u16::from(b' ') || unit == u16::from(b'\t') || is_feed_of_pair {
            continue;
        }
        let unit = if after_return { u16::from(b'\n') } else { unit };
        let starts = line_begins.then(|| {
            line += 1;
            line - 1
        });
        line_begins = unit == u16::from(b'\n');
        rolling.push(unit, starts);
    }
    for _ in 0..WINDOW {
        rolling.push(0, None);
    }
    rolling.hashes
}

struct Rolling {
    /// The last units, each with the line that it starts.
    window: [(u16, Option<usize>); WINDOW],
    at: usize,
    hash: u64,
    first_factor: u64,
    hashes: Vec<String>,
    counts: HashMap<u64, u32>,
}

impl Rolling {
    fn push(&mut self, unit: u16, starts: Option<usize>) {
        let Some(slot) = self.window.get_mut(self.at) else {
            return;
        };
        let (leaving, line) = std::mem::replace(slot, (unit, starts));
        if let Some(line) = line {
            let count = self.counts.entry(self.hash).or_default();
            *count += 1;
            if self.hashes.len() <= line {
                self.hashes.resize(line + 1, String::new());
            }
            if let Some(hash) = self.hashes.get_mut(line) {
                *hash = format!("{:x}:{count}", self.hash);
            }
        }
        self.hash = self
            .hash
            .wrapping_mul(FACTOR)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.first_factor.wrapping_mul(u64::from(leaving)));
        self.at = (self.at + 1) % WINDOW;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_reference() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        let expected = [
            "271789c17abda88f:1",
            "54703d4cd895b18:1",
            "180aee12dab6264:1",
            "a23a3dc5e078b07b:1",
        ];
        assert_eq!(line_hashes(" a\nb\n  \t\tc\n d"), expected);
        let greeting = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        for ending in ["\n", "\r", "\r\n"] {
            let text = " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n".replace('\n', ending);
            assert_eq!(line_hashes(&text), greeting, "{ending:?}");
        }
    }

    #[test]
    fn equal_lines_are_counted() {
        let hashes = line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(hashes.first().map(String::as_str), Some("a7f2ff13bc495cf2:1"));
        assert_eq!(hashes.get(5).map(String::as_str), Some("a7f2ff13bc495cf2:6"));
        assert_eq!(hashes.get(6).map(String::as_str), Some("a7f2ff1481e87703:1"));
        assert_eq!(hashes.len(), 11);
    }
}
