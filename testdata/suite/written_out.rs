//! Compose files and Dockerfiles that a script writes by heredoc are read as the files that they become:
//! the same is found on the same lines, and fixes write the same text.

use privlint::engine::Report;
use privlint::fix::Safety;
use privlint::front::Kind;
use privlint::rules;
use rayon::prelude::*;

use crate::samples::{Sample, samples};

/// A way of writing a document in a script.
struct Form {
    name: &'static str,
    /// The operator with the delimiter.
    operator: &'static str,
    /// What stands before every line.
    indent: &'static str,
    /// True where the shell fills in variables, so that what it would take for its own is escaped.
    expands: bool,
}

const FORMS: &[Form] = &[
    Form {
        name: "quoted",
        operator: "<<'END_OF_IT'",
        indent: "",
        expands: false,
    },
    Form {
        name: "tabs",
        operator: "<<-\"END_OF_IT\"",
        indent: "\t\t",
        expands: false,
    },
    Form {
        name: "expanding",
        operator: "<<END_OF_IT",
        indent: "",
        expands: true,
    },
    Form {
        name: "expanding with tabs",
        operator: "<<-END_OF_IT",
        indent: "\t",
        expands: true,
    },
];

/// The script that writes a document, and the line of it that the document's first line is on, less one.
fn wrapped(form: &Form, kind: Kind, text: &str) -> String {
    let file = match kind {
        Kind::Compose => "compose.yaml",
        _ => "Dockerfile",
    };
    let mut script = format!("mkdir -p app\ncat {} > app/{file}\n", form.operator);
    for line in text.split_inclusive('\n') {
        let blank = line.trim_end_matches(['\n', '\r']).is_empty();
        script.push_str(if blank { "" } else { form.indent });
        match form.expands {
            true => script.push_str(&line.replace('\\', "\\\\").replace('$', "\\$").replace('`', "\\`")),
            false => script.push_str(line),
        }
    }
    script.push_str("END_OF_IT\n");
    script
}

/// What is found, with the lines counted from another one.
fn found(report: &Report, offset: u32) -> Vec<String> {
    let mut lines: Vec<String> = report
        .diagnostics
        .iter()
        .map(|d| {
            let at = report
                .reading
                .file(d.finding.primary.file)
                .position(d.finding.primary.span.start);
            format!("{} {} {}", at.line - offset, d.finding.rule, d.finding.message)
        })
        .collect();
    lines.sort();
    lines
}

/// A document as a file and as a heredoc; what differs.
fn difference(sample: &Sample, form: &Form, text: &str) -> Option<String> {
    let script = Sample {
        from: sample.from.clone(),
        path: "run.sh".into(),
        kind: Kind::Shell,
        text: wrapped(form, sample.kind, text),
        settings: sample.settings.clone(),
    };
    let (file, inner) = (sample.lint(text), script.lint(&script.text));
    let (file, inner) = (found(&file, 0), found(&inner, 2));
    if file != inner {
        return Some(format!("{file:#?}\nbecomes\n{inner:#?}"));
    }
    let fixed = sample.fix(text, Safety::Unsafe).text;
    let inner = script.fix(&script.text, Safety::Unsafe);
    if form.expands {
        // not every edit can be made in what the shell takes apart first
        let again = script.fix(&inner.text, Safety::Unsafe).text;
        return (again != inner.text).then(|| format!("a second run changes:\n{}\ninto:\n{again}", inner.text));
    }
    let expected = wrapped(form, sample.kind, &fixed);
    (inner.text != expected).then(|| format!("{expected}\nis written as\n{}", inner.text))
}

/// True for a text that stays what it is in a heredoc of that form, and whose file has no name of its own.
fn fits(sample: &Sample, form: &Form) -> bool {
    let name = sample.path.to_string_lossy();
    let named = name.contains("override") || name.contains("podman");
    let tabs = sample.text.lines().any(|line| line.starts_with('\t')) && form.indent.contains('\t');
    // a text without an instruction is a Dockerfile by its name alone, and scripts write anything
    let named = named || sample.from.contains("no-instruction");
    let document = matches!(sample.kind, Kind::Compose | Kind::Dockerfile);
    document && !named && !tabs && sample.text.ends_with('\n') && !sample.text.starts_with('\u{feff}')
}

/// Every sample under all rules.
fn strict() -> Vec<Sample> {
    let mut samples = samples();
    for sample in &mut samples {
        sample.settings.rules = rules::RULES.iter().map(|r| r.name).collect();
    }
    samples
}

#[test]
fn what_a_script_writes_out_is_read_as_the_file_that_it_becomes() {
    let samples = strict();
    for form in FORMS {
        let fitting: Vec<&Sample> = samples.iter().filter(|s| fits(s, form)).collect();
        assert!(fitting.len() > 100, "only {} samples fit {}", fitting.len(), form.name);
        let fixed = |s: &&&Sample| s.fix(&s.text, Safety::Unsafe).text != s.text;
        let fixable = fitting.iter().filter(fixed).count();
        assert!(fixable > 60, "only {fixable} of them are mended");
        let wrong: Vec<String> = fitting
            .par_iter()
            .filter_map(|sample| {
                let wrong = difference(sample, form, &sample.text)?;
                Some(format!("{} ({}): {wrong}", sample.from, form.name))
            })
            .collect();
        assert!(
            wrong.is_empty(),
            "{} of {}:\n{}",
            wrong.len(),
            fitting.len(),
            wrong.iter().take(6).cloned().collect::<Vec<_>>().join("\n\n")
        );
    }
}

#[test]
fn lines_that_end_in_carriage_returns_stay_so() {
    let samples = strict();
    for form in FORMS.iter().filter(|form| !form.expands) {
        for sample in samples.iter().filter(|s| fits(s, form) && !s.text.contains('\r')) {
            let text = wrapped(form, sample.kind, &sample.text).replace('\n', "\r\n");
            let script = Sample {
                from: sample.from.clone(),
                path: "run.sh".into(),
                kind: Kind::Shell,
                text: text.clone(),
                settings: sample.settings.clone(),
            };
            let fixed = script.fix(&text, Safety::Unsafe).text;
            let plain = script.fix(&text.replace("\r\n", "\n"), Safety::Unsafe).text;
            assert_eq!(fixed, plain.replace('\n', "\r\n"), "{} ({})", sample.from, form.name);
        }
    }
}
