//! `privlint inspect`: every container found and what it may do.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::args::{InspectArgs, ListFormat};
use super::files;
use super::terminal::Terminal;
use super::{CLEAN, FAILED};
use crate::config::Asked;
use crate::engine::{self, Record, Report};
use crate::output::{Paint, Style, plain, plain_path, pretty};

/// Lists the containers; gives the exit code.
pub(crate) fn run(args: &InspectArgs, terminal: &mut Terminal) -> u8 {
    let asked = Asked {
        selinux: args.files.selinux,
        engine: args.files.engine,
        ..Asked::default()
    };
    let Some(mut found) = files::gather(&args.files, &asked, terminal) else {
        return FAILED;
    };
    // only the reading is wanted: no rule is run
    found.jobs.iter_mut().for_each(|job| job.settings.rules.clear());
    if found.jobs.is_empty() && !args.files.quiet {
        terminal.say("privlint: nothing to inspect");
    }
    let mut failed = found.failed;
    for job in &found.jobs {
        if let Err((_, why)) = &job.text {
            terminal.error(&format!("{}: {why}", crate::source::shown_path(&job.path)));
            failed = true;
        }
    }
    let reports = files::lint(&found);
    for report in &reports {
        for problem in report.reading.problems.iter().filter(|_| !args.files.quiet) {
            let source = report.reading.file(problem.file);
            let at = source.position(problem.span.start);
            let (path, message) = (source.shown_path(), &problem.message);
            terminal.error(&format!("{path}:{}:{}: {message}", at.line, at.column));
        }
    }
    let containers: Vec<Value> = records(&reports)
        .into_iter()
        .filter_map(|r| serde_json::to_value(r).ok())
        .collect();
    match args.format {
        ListFormat::Json => terminal.out(&pretty(&json!({"version": 1, "containers": containers}))),
        ListFormat::Table => terminal.out(&table(&containers, terminal.paint)),
    }
    if failed { FAILED } else { CLEAN }
}

/// The containers of a run, each once: a service of a file that another includes or lays over is read
/// with both, and the reading that draws on more files is what runs.
fn records(reports: &[Report]) -> Vec<Record> {
    let mut readings: Vec<&Report> = reports.iter().collect();
    readings.sort_by_key(|report| std::cmp::Reverse(report.reading.sources.len()));
    let mut seen = HashSet::new();
    let mut records: Vec<Record> = Vec::new();
    for report in readings {
        // one command may be several containers (a function that is called twice): only another
        // reading's are the same
        let key = |r: &Record| (r.file.clone(), r.syntax, r.head.start.byte, r.name.clone());
        let own: Vec<Record> = engine::inspect(&report.reading);
        let new: Vec<Record> = own.into_iter().filter(|r| !seen.contains(&key(r))).collect();
        seen.extend(new.iter().map(key));
        records.extend(new);
    }
    records.sort_by(|a, b| (&a.file, a.head.start.byte).cmp(&(&b.file, b.head.start.byte)));
    records
}

/// The containers as lines under a heading.
fn table(containers: &[Value], paint: Paint) -> String {
    let head = ["WHERE", "FORM", "NAME", "IMAGE", "MAY DO"].map(str::to_owned);
    let rows = containers.iter().map(row);
    columns(std::iter::once(head).chain(rows).collect(), paint)
}

/// Rows as aligned columns, the first row strong.
pub(crate) fn columns<const N: usize>(rows: Vec<[String; N]>, paint: Paint) -> String {
    if rows.len() < 2 {
        return String::new();
    }
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for (i, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        let line = cells.join("  ");
        let line = line.trim_end();
        match i {
            0 => out.push_str(&paint.paint(Style::Strong, line)),
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

fn row(container: &Value) -> [String; 5] {
    let text = |value: &Value| match value {
        Value::String(text) => plain(text).into_owned(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let at = |path: &str| container.pointer(path).cloned().unwrap_or(Value::Null);
    [
        format!("{}:{}", plain_path(&text(&at("/file"))), text(&at("/range/start/line"))),
        text(&at("/syntax")),
        text(&at("/name")),
        text(&at("/image")),
        plain(&abilities(container).join(", ")).into_owned(),
    ]
}

/// What a container may do beyond an ordinary one, and what it gave up.
fn abilities(container: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let list = |path: &str| -> Vec<String> {
        let values = container.pointer(path).and_then(Value::as_array);
        let texts = values.into_iter().flatten().map(|v| match v {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        texts.collect()
    };
    match container.pointer("/privileged").and_then(Value::as_str) {
        Some("yes") => out.push("privileged".to_owned()),
        Some("maybe") => out.push("perhaps privileged".to_owned()),
        _ => {}
    }
    for (path, sign) in [("/capabilities/add", '+'), ("/capabilities/drop", '-')] {
        out.extend(list(path).iter().map(|cap| format!("{sign}{cap}")));
    }
    out.extend(list("/security_opt"));
    let namespaces = container.pointer("/namespaces").and_then(Value::as_object);
    for (name, mode) in namespaces.into_iter().flatten() {
        out.push(format!("{name}={}", mode.as_str().unwrap_or("?")));
    }
    out.extend(list("/devices").iter().map(|device| format!("device {device}")));
    let mounts = container.pointer("/mounts").and_then(Value::as_array);
    for mount in mounts.into_iter().flatten() {
        let field = |name: &str| mount.get(name).and_then(Value::as_str);
        if field("kind") != Some("bind") {
            continue;
        }
        let label = match field("relabel") {
            Some("shared") => ":z",
            Some("private") => ":Z",
            _ => "",
        };
        let access = match mount.get("read_only") {
            Some(Value::Bool(true)) => " (read only)",
            _ => "",
        };
        out.push(format!("{}{label}{access}", field("source").unwrap_or("?")));
    }
    let unseen = container.pointer("/unseen").and_then(Value::as_array);
    for hidden in unseen.into_iter().flatten() {
        let text = hidden.get("text").and_then(Value::as_str).unwrap_or("?");
        out.push(format!("unseen {text}"));
    }
    if container.get("evidence").is_some() {
        let shown = |path: &str| match list(path).as_slice() {
            [] => "none".to_owned(),
            names => names.join(" "),
        };
        out.push(format!(
            "granted {}, used {}, proposed {}",
            shown("/evidence/granted"),
            shown("/evidence/used"),
            shown("/evidence/proposed")
        ));
    }
    if out.is_empty() {
        out.push("-".to_owned());
    }
    out
}
