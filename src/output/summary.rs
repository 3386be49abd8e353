//! What a run came to, in numbers.

use serde::Serialize;

use super::rulebook::count;
use crate::engine::Report;
use crate::fix::{Safety, Severity};

/// What a run came to. The names are those of the check JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files that were checked.
    pub files: usize,
    /// Containers that the files launch.
    pub containers: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are notes.
    pub notes: usize,
    /// Findings that `--fix` mends.
    pub fixable: usize,
    /// Findings that only `--unsafe-fixes` mends.
    pub unsafe_fixable: usize,
    /// Findings that a comment or the baseline leaves out.
    pub ignored: usize,
    /// Findings about documentation and tests that only `--strict` shows.
    pub aside: usize,
    /// Launches of which something that may say anything could not be read.
    pub unseen: usize,
    /// Files that have findings.
    #[serde(skip)]
    pub files_with_findings: usize,
}

impl Summary {
    /// Counts the findings of reports. `files` is the number of files that were checked, also those
    /// of which nothing is reported.
    pub fn of(reports: &[Report], files: usize) -> Summary {
        let mut sum = Summary {
            files,
            ..Summary::default()
        };
        for report in reports {
            sum.containers += report
                .reading
                .containers
                .iter()
                .filter(|c| c.syntax.is_launch())
                .count();
            sum.unseen += report.reading.containers.iter().filter(|c| c.hides_anything()).count();
            sum.ignored += report.ignored.len();
            sum.aside += report.aside;
            sum.files_with_findings += usize::from(!report.diagnostics.is_empty());
            for diagnostic in &report.diagnostics {
                match diagnostic.severity {
                    Severity::Error => sum.errors += 1,
                    Severity::Warning => sum.warnings += 1,
                    Severity::Note => sum.notes += 1,
                }
                match diagnostic.fix.as_ref().map(|f| f.safety) {
                    Some(Safety::Safe) => sum.fixable += 1,
                    Some(Safety::Unsafe) => sum.unsafe_fixable += 1,
                    Some(Safety::Manual) | None => {}
                }
            }
        }
        sum
    }

    /// Number of findings.
    pub fn findings(&self) -> usize {
        self.errors + self.warnings + self.notes
    }

    /// `3 launches could not be read to their end`; nothing where all were.
    pub fn unseen_sentence(&self) -> Option<String> {
        match self.unseen {
            0 => None,
            1 => Some("1 launch could only be read in part".to_owned()),
            n => Some(format!("{n} launches could not be read to their end")),
        }
    }

    /// `12 findings in documentation and tests are not shown (--strict shows them)`; nothing where there are none.
    pub fn aside_sentence(&self) -> Option<String> {
        match self.aside {
            0 => None,
            1 => Some("1 finding in documentation or tests is not shown (--strict shows it)".to_owned()),
            n => Some(format!(
                "{n} findings in documentation and tests are not shown (--strict shows them)"
            )),
        }
    }

    /// `3 errors, 2 warnings in 4 files (2 fixable with --fix, 1 more with --unsafe-fixes)`.
    pub fn sentence(&self) -> String {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let said: Vec<String> = counts
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| count(*n, word))
            .collect();
        let mut text = match (said.as_slice(), self.files) {
            ([], 0) => "nothing was checked: there is no file here that privlint reads".to_owned(),
            ([], files) => format!("nothing found in {}", count(files, "file")),
            (said, _) => format!("{} in {}", said.join(", "), count(self.files_with_findings, "file")),
        };
        let mut asides = Vec::new();
        match (self.fixable, self.unsafe_fixable) {
            (0, 0) => {}
            (safe, 0) => asides.push(format!("{safe} fixable with --fix")),
            (0, unsafe_only) => asides.push(format!("{unsafe_only} fixable with --fix --unsafe-fixes")),
            (safe, more) => asides.push(format!("{safe} fixable with --fix, {more} more with --unsafe-fixes")),
        }
        if self.ignored > 0 {
            asides.push(format!("{} ignored", self.ignored));
        }
        if !asides.is_empty() {
            text.push_str(&format!(" ({})", asides.join(", ")));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_counts_and_says_what_can_be_mended() {
        let mut sum = Summary {
            files: 9,
            errors: 3,
            warnings: 1,
            fixable: 2,
            unsafe_fixable: 1,
            files_with_findings: 4,
            ..Summary::default()
        };
        assert_eq!(
            sum.sentence(),
            "3 errors, 1 warning in 4 files (2 fixable with --fix, 1 more with --unsafe-fixes)"
        );
        sum = Summary {
            files: 1,
            ignored: 2,
            ..Summary::default()
        };
        assert_eq!(sum.sentence(), "nothing found in 1 file (2 ignored)");
    }
}
