//! What each name stands for at a point of the script, with the way back at branches.

use std::collections::HashMap;

use super::join;
use super::value::Value;

/// The names, and a log of what was changed since each open branch began.
#[derive(Default)]
pub(super) struct Scope {
    names: HashMap<String, Value>,
    logs: Vec<HashMap<String, Option<Value>>>,
    /// True once an element of a list was set by its key.
    keyed: bool,
}

/// What a branch changed, by name: the value at its end.
pub(super) type Changes = HashMap<String, Option<Value>>;

impl Scope {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.names.get(name)
    }

    pub(super) fn set(&mut self, name: &str, value: Option<Value>) {
        let old = match value {
            Some(value) => self.names.insert(name.to_owned(), value),
            None => self.names.remove(name),
        };
        if let Some(log) = self.logs.last_mut() {
            log.entry(name.to_owned()).or_insert(old);
        }
    }

    /// The names that a script can write, but for its parameters.
    pub(super) fn names(&self) -> Vec<String> {
        let written = |name: &&String| !name.starts_with(['\u{0}', '@']);
        self.names.keys().filter(written).cloned().collect()
    }

    /// The element of a list that was set by its key.
    pub(super) fn element(&self, name: &str, key: &str) -> Option<&Value> {
        if !self.keyed {
            return None;
        }
        self.names.get(&format!("{name}[{key}]"))
    }

    /// The elements of a list that were set by their keys.
    pub(super) fn elements(&self, name: &str) -> Vec<(String, &Value)> {
        if !self.keyed {
            return Vec::new();
        }
        let prefix = format!("{name}[");
        let key = |whole: &str| Some(whole.strip_prefix(&prefix)?.strip_suffix(']')?.to_owned());
        let all = self.names.iter();
        all.filter_map(|(name, value)| Some((key(name)?, value))).collect()
    }

    /// Sets an element of a list by its key.
    pub(super) fn set_element(&mut self, name: &str, key: &str, value: Value) {
        self.keyed = true;
        self.set(&format!("{name}[{key}]"), Some(value));
    }

    /// Forgets the elements that were set by their keys; gives how many names were looked at.
    pub(super) fn forget_elements(&mut self, name: &str) -> usize {
        if !self.keyed {
            return 0;
        }
        let looked_at = self.names.len();
        let prefix = format!("{name}[");
        let keys = self.names.keys().filter(|k| k.starts_with(&prefix));
        for key in keys.cloned().collect::<Vec<_>>() {
            self.set(&key, None);
        }
        looked_at
    }

    /// Opens a branch.
    pub(super) fn open(&mut self) {
        self.logs.push(HashMap::new());
    }

    /// Closes a branch: everything is as it was at its opening, and what it changed is given back.
    pub(super) fn close(&mut self) -> Changes {
        let log = self.logs.pop().unwrap_or_default();
        let mut changes = HashMap::new();
        for (name, old) in log {
            let now = match old {
                Some(old) => self.names.insert(name.clone(), old),
                None => self.names.remove(&name),
            };
            changes.insert(name, now);
        }
        changes
    }

    /// How many branches are open.
    pub(super) fn depth(&self) -> usize {
        self.logs.len()
    }

    /// What was changed since the branch at this depth was opened, those within it included.
    pub(super) fn since(&self, depth: usize) -> Changes {
        let names = self.logs.iter().skip(depth).flat_map(HashMap::keys);
        names
            .map(|name| (name.clone(), self.names.get(name).cloned()))
            .collect()
    }

    /// Goes on from the end of one of several paths. A path that changed nothing is an empty map.
    pub(super) fn meet(&mut self, paths: &[Changes]) {
        let mut names: Vec<&String> = paths.iter().flat_map(HashMap::keys).collect();
        names.sort();
        names.dedup();
        let mut joined = Vec::new();
        for name in names {
            let values: Vec<Option<Value>> = paths
                .iter()
                .map(|path| match path.get(name) {
                    Some(value) => value.clone(),
                    None => self.names.get(name).cloned(),
                })
                .collect();
            joined.push((name.clone(), join::join(name, &values)));
        }
        for (name, value) in joined {
            self.set(&name, value);
        }
    }
}
