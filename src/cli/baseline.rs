//! Baselines: findings that are known, listed in a file by what they mean, and not shown.
//!
//! A finding is known by its file, its rule and its fingerprint, which has no line number in it, so
//! that it stays known when other lines come and go.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::Job;
use crate::discover;
use crate::engine::{Diagnostic, Report};
use crate::output::{Absent, Base, pretty};

/// The file.
#[derive(Debug, Deserialize, Serialize)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

/// A known finding. `message` is for readers, and is not compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
struct Entry {
    file: String,
    rule: String,
    fingerprint: String,
    #[serde(default)]
    message: String,
}

type Key = (String, String, String);

/// A baseline as read.
pub(crate) struct Baseline {
    path: PathBuf,
    /// How many findings of a key are known, and what the first of them says.
    known: BTreeMap<Key, (usize, String)>,
}

impl Baseline {
    /// Reads a baseline.
    pub(crate) fn read(path: &Path) -> Result<Baseline, String> {
        let text = discover::read_text(path)?;
        // where, and not what: the message of the parser may quote the text
        let file: File = serde_json::from_str(&text)
            .map_err(|error| format!("not a baseline (line {}, column {})", error.line(), error.column()))?;
        if file.version != 1 {
            return Err(format!(
                "a baseline of version {}, which this privlint does not know",
                file.version
            ));
        }
        let mut known = BTreeMap::new();
        for entry in file.findings {
            let key = (entry.file, entry.rule, entry.fingerprint);
            known.entry(key).or_insert((0, entry.message)).0 += 1;
        }
        Ok(Baseline {
            path: path.to_path_buf(),
            known,
        })
    }

    /// Takes the known findings out of a report, and gives them.
    pub(crate) fn leave_out(&mut self, report: &mut Report) -> Vec<Diagnostic> {
        let base = base_of(&self.path);
        let file = base.path(&report.reading.source().path);
        let (shown, known) = std::mem::take(&mut report.diagnostics)
            .into_iter()
            .partition(|diagnostic| {
                let key = (
                    place(&base, diagnostic, &file),
                    diagnostic.finding.rule.to_owned(),
                    diagnostic.fingerprint.clone(),
                );
                match self.known.get_mut(&key) {
                    Some((left, _)) if *left > 0 => {
                        *left -= 1;
                        false
                    }
                    _ => true,
                }
            });
        report.diagnostics = shown;
        known
    }

    /// The listed findings that are no more: of files that were checked, or that are gone.
    pub(crate) fn stale(&self, jobs: &[Job]) -> Vec<Absent> {
        let base = base_of(&self.path);
        let checked: Vec<String> = jobs.iter().map(|job| base.path(&job.path)).collect();
        let gone = |file: &str| !base.root.join(file).exists();
        let stale = self
            .known
            .iter()
            .filter(|((file, _, _), (left, _))| *left > 0 && (checked.contains(file) || gone(file)));
        let absent = |((file, rule, fingerprint), (left, message)): (&Key, &(usize, String))| {
            let one = Absent {
                path: base.root.join(file),
                rule: rule.clone(),
                fingerprint: fingerprint.clone(),
                message: message.clone(),
            };
            std::iter::repeat_n(one, *left)
        };
        stale.flat_map(absent).collect()
    }
}

/// Where a baseline has a finding: in its file, or in the folder of the project that it is about.
fn place(base: &Base, diagnostic: &Diagnostic, file: &str) -> String {
    match &diagnostic.of_project {
        Some(folder) => base.path(folder),
        None => file.to_owned(),
    }
}

/// Paths in a baseline are relative to its own folder.
fn base_of(path: &Path) -> Base {
    let whole = discover::absolute(path);
    Base {
        here: discover::absolute(Path::new(".")),
        root: whole.parent().map(Path::to_path_buf).unwrap_or_default(),
    }
}

/// The baseline of the present findings, as text.
pub(crate) fn written(path: &Path, reports: &[Report]) -> String {
    let base = base_of(path);
    let mut findings: Vec<Entry> = Vec::new();
    for report in reports {
        let file = base.path(&report.reading.source().path);
        findings.extend(report.diagnostics.iter().map(|diagnostic| Entry {
            file: place(&base, diagnostic, &file),
            rule: diagnostic.finding.rule.to_owned(),
            fingerprint: diagnostic.fingerprint.clone(),
            message: diagnostic.finding.message.clone(),
        }));
    }
    findings.sort();
    let file = File { version: 1, findings };
    // a value that was built in memory always has text
    pretty(&serde_json::to_value(file).unwrap_or_default())
}
