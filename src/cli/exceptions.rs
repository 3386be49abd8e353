//! `privlint exceptions`: every privilege that a comment lets pass, with its reason and its end.

use serde_json::{Value, json};

use super::args::{ExceptionsArgs, ExceptionsFormat};
use super::check::base;
use super::files;
use super::inspect::columns;
use super::terminal::Terminal;
use super::{CLEAN, FAILED};
use crate::config::Asked;
use crate::engine::{Ignored, Report};
use crate::output::{Base, markdown_cell, plain, plain_path, pretty};

/// Lists what is ignored; gives the exit code.
pub(crate) fn run(args: &ExceptionsArgs, terminal: &mut Terminal) -> u8 {
    let asked = Asked {
        selinux: args.files.selinux,
        engine: args.files.engine,
        strict: true,
        ..Asked::default()
    };
    let Some(found) = files::gather(&args.files, &asked, terminal) else {
        return FAILED;
    };
    let reports = files::lint(&found);
    let base = base();
    let exceptions: Vec<Value> = reports
        .iter()
        .flat_map(|report| report.ignored.iter().map(|ignored| exception(report, ignored, &base)))
        .collect();
    let text = match args.format {
        ExceptionsFormat::Json => pretty(&json!({"version": 1, "exceptions": exceptions})),
        ExceptionsFormat::Table => {
            let head = ["WHERE", "RULE", "CONTAINER", "UNTIL", "REASON"].map(str::to_owned);
            columns(
                std::iter::once(head).chain(exceptions.iter().map(row)).collect(),
                terminal.paint,
            )
        }
        ExceptionsFormat::Markdown => markdown(&exceptions),
    };
    terminal.out(&text);
    if exceptions.is_empty() && !args.files.quiet {
        terminal.say("privlint: nothing is ignored");
    }
    if found.failed { FAILED } else { CLEAN }
}

fn exception(report: &Report, ignored: &Ignored, base: &Base) -> Value {
    let finding = &ignored.diagnostic.finding;
    let source = report.reading.file(finding.primary.file);
    let index = ignored.diagnostic.container;
    let container = index.and_then(|i| report.reading.containers.get(i));
    json!({
        "rule": finding.rule,
        "severity": ignored.diagnostic.severity.as_str(),
        "message": finding.message,
        "file": base.path(&source.path),
        "line": source.line_of(finding.primary.span.start),
        "container": container.map(crate::container::Container::called),
        "reason": ignored.reason,
        "until": ignored.until,
        "comment_line": report.reading.source().line_of(ignored.comment.start),
        "fingerprint": ignored.diagnostic.fingerprint,
    })
}

fn row(exception: &Value) -> [String; 5] {
    let text = |key: &str| match exception.get(key) {
        Some(Value::String(text)) => plain(text).into_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => "-".to_owned(),
    };
    [
        format!("{}:{}", plain_path(&text("file")), text("line")),
        text("rule"),
        text("container"),
        text("until"),
        text("reason"),
    ]
}

fn markdown(exceptions: &[Value]) -> String {
    let mut out = String::from("| where | rule | container | until | reason |\n|---|---|---|---|---|\n");
    for exception in exceptions {
        let cells = row(exception).map(|cell| markdown_cell(&cell));
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}
