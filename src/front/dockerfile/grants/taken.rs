//! Set-id bits that a later command takes back: `find / -perm /6000 -exec chmod a-s {} +`.

use crate::container::GrantKind;
use crate::shell::Step;

use super::super::modes::takes_set_id;
use super::Found;

/// Tests of `find` that every file passes which a bit was set of.
const PASSED: [&str; 8] = ["-xdev", "-mount", "-perm", "-type", "-follow", "-L", "-H", "-P"];

impl Found {
    /// Forgets the bits that `chmod` takes from all that it is given, where nothing is named.
    pub(super) fn take_back(&mut self, step: &Step, mode: &str) {
        let (user, group) = takes_set_id(mode);
        if !(user || group) {
            return;
        }
        let trees = match step.program(0).as_str() {
            "find" => searched(step),
            // what is handed to it is found elsewhere
            _ => Some(vec!["/".to_owned()]),
        };
        let Some(trees) = trees else { return };
        self.grants.retain(|w| {
            let GrantKind::SetuidBit { group_only, .. } = &w.value.kind else {
                return true;
            };
            let taken = if *group_only { group } else { user };
            !(taken && trees.iter().any(|tree| holds(tree, &w.value.subject)))
        });
    }
}

/// The folders that `find` searches whole; `None` where it leaves out some of their files, or nobody can
/// tell.
fn searched(step: &Step) -> Option<Vec<String>> {
    let words: Vec<String> = (1..step.words.len()).map(|i| step.shown(i)).collect();
    let end = words.iter().position(|word| word == "-exec" || word == "-execdir")?;
    let mut trees = Vec::new();
    let mut words = words.get(..end)?.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-perm" => drop(words.next()),
            "-type" => {
                words.next().filter(|kind| kind.contains('f'))?;
            }
            option if option.starts_with(['-', '(', ')', '!', '\\']) => {
                PASSED.iter().find(|passed| *passed == word)?;
            }
            tree => trees.push(tree.to_owned()),
        }
    }
    Some(trees)
}

/// True where a path, of which only the first of several is told, lies in a folder.
fn holds(tree: &str, subject: &str) -> bool {
    let tree = tree.trim_end_matches('/');
    if tree.is_empty() {
        return true;
    }
    let below = subject.strip_prefix(tree);
    !subject.contains(" more") && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
