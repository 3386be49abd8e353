//! A name for a finding that survives edits elsewhere in the file.

use std::collections::HashMap;

use crate::container::FileId;
use crate::fix::Finding;
use crate::front::Reading;

/// A hash (FNV-1a, 64 bits, in hexadecimal) over the rule, the container and the value found. The
/// n-th finding with equal parts in a file carries `:n` from the second on.
pub(super) fn fingerprint(
    reading: &Reading,
    finding: &Finding,
    container: Option<usize>,
    seen: &mut HashMap<u64, u32>,
) -> String {
    let called = container
        .and_then(|i| reading.containers.get(i))
        .map(|c| c.called())
        .unwrap_or_default();
    let value = reading.file(finding.primary.file).slice(finding.primary.span);
    let missing = finding.missing.map(|key| format!("{key:?}")).unwrap_or_default();
    // the folders are left out: how they are written depends on where the run started
    let path = match finding.primary.file {
        FileId(0) => String::new(),
        other => {
            let name = reading.file(other).path.file_name();
            name.map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
        }
    };
    let hash = hash(&[finding.rule, &path, &called, value, &missing]);
    let nth = seen.entry(hash).or_insert(0);
    *nth += 1;
    match *nth {
        1 => format!("{hash:016x}"),
        n => format!("{hash:016x}:{n}"),
    }
}

/// The name of a finding about a project as a whole: its rule alone, since a project has one of each.
pub(super) fn of_project(rule: &str) -> String {
    format!("{:016x}", hash(&[rule, "project"]))
}

fn hash(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash ^= u64::from(byte);
            hash = hash.wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}
