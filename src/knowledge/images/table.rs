//! All tables of images together, each entry read when it is met: a launch meets one or two of them.

use std::sync::OnceLock;

use super::Entry;

/// An entry that is read when it is met, with what it is found by.
pub(super) struct Slot {
    pub(super) name: &'static str,
    pub(super) images: &'static [&'static str],
    pub(super) fallback: bool,
    json: &'static str,
    entry: OnceLock<Option<Entry>>,
}

impl Slot {
    const fn new(name: &'static str, images: &'static [&'static str], fallback: bool, json: &'static str) -> Slot {
        Slot {
            name,
            images,
            fallback,
            json,
            entry: OnceLock::new(),
        }
    }

    /// The entry; `None` for one that could not be read, which a test rules out.
    pub(super) fn entry(&self) -> Option<&Entry> {
        self.entry.get_or_init(|| serde_json::from_str(self.json).ok()).as_ref()
    }
}

// all tables together, `TABLE`, as `build.rs` makes them of the YAML
include!(concat!(env!("OUT_DIR"), "/images.rs"));

/// Everything that is known.
pub fn all() -> Vec<&'static Entry> {
    TABLE.iter().filter_map(Slot::entry).collect()
}
