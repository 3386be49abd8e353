//! `privlint inspect`: every container found and what it may do.

use std::collections::HashSet;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::args::{InspectArgs, ListFormat};
use super::danger::{self, Danger};
use super::files;
use super::terminal::Terminal;
use super::{CLEAN, FAILED};
use crate::config::{Asked, Selector};
use crate::container::Engine;
use crate::engine::{self, Record, Report};
use crate::knowledge::capabilities::defaults;
use crate::output::{Paint, Style, plain, plain_path, pretty};
use crate::rules::Group;

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
    // the rules tell the danger, whatever a configuration or a comment lets pass
    let rules = Selector::Group(Group::Default).rules();
    for job in &mut found.jobs {
        job.settings.rules = rules.iter().copied().collect();
        job.settings.rules_of_examples.clone_from(&job.settings.rules);
        job.settings.no_ignores = true;
    }
    if found.jobs.is_empty() && !found.told && !args.files.quiet {
        terminal.say("privlint: nothing to inspect");
    }
    let mut failed = found.failed;
    for job in &found.jobs {
        if let Err((_, why)) = &job.text {
            terminal.error(&format!("{}: {why}", crate::source::shown_path(&job.path)));
            failed = true;
        }
    }
    let reports = files::find(&found);
    for report in &reports {
        for problem in report.reading.problems.iter().filter(|_| !args.files.quiet) {
            let source = report.reading.file(problem.file);
            let at = source.position(problem.span.start);
            let (path, message) = (source.shown_path(), &problem.message);
            terminal.error(&format!("{path}:{}:{}: {message}", at.line, at.column));
        }
    }
    let mut containers: Vec<(Danger, Value)> = Vec::new();
    for (danger, record) in records(&reports) {
        if let Ok(mut value) = serde_json::to_value(record) {
            value["danger"] = danger.as_str().into();
            containers.push((danger, value));
        }
    }
    match args.format {
        ListFormat::Json => {
            let all: Vec<&Value> = containers.iter().map(|(_, value)| value).collect();
            terminal.out(&pretty(&json!({"version": 1, "containers": all})));
        }
        ListFormat::Table => {
            containers.sort_by_key(|(danger, _)| std::cmp::Reverse(*danger));
            let width = terminal.width();
            terminal.out(&table(&containers, width, terminal.paint));
        }
    }
    if failed { FAILED } else { CLEAN }
}

/// The containers of a run with their danger, each once: a service of a file that another includes or
/// lays over is read with both, and the reading that draws on more files is what runs.
fn records(reports: &[Report]) -> Vec<(Danger, Record)> {
    let mut readings: Vec<&Report> = reports.iter().collect();
    readings.sort_by_key(|report| std::cmp::Reverse(report.reading.sources.len()));
    let mut seen = HashSet::new();
    let mut records: Vec<(Danger, Record)> = Vec::new();
    for report in readings {
        // one command may be several containers (a function that is called twice): only another
        // reading's are the same
        let key = |r: &Record| (r.file.clone(), r.syntax, r.head.start.byte, r.name.clone());
        let own = danger::of(report).into_iter().zip(engine::inspect(&report.reading));
        let new: Vec<(Danger, Record)> = own.filter(|(_, r)| !seen.contains(&key(r))).collect();
        seen.extend(new.iter().map(|(_, r)| key(r)));
        records.extend(new);
    }
    records.sort_by(|(_, a), (_, b)| (&a.file, a.head.start.byte).cmp(&(&b.file, b.head.start.byte)));
    records
}

/// The containers as lines under a heading.
fn table(containers: &[(Danger, Value)], width: Option<usize>, paint: Paint) -> String {
    let head = ["DANGER", "WHERE", "FORM", "NAME", "IMAGE", "MAY DO"].map(str::to_owned);
    let rows = containers.iter().map(|(danger, value)| row(*danger, value));
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(rows).collect();
    match width {
        Some(width) => columns(fitted(rows, width), paint),
        None => columns(rows, paint),
    }
}

/// Characters that a name, an image or a place takes in a terminal at most.
const CELL: usize = 32;

/// Characters that the last column has in a terminal at least.
const LAST: usize = 24;

/// Rows that fit a terminal: long cells are cut in the middle, and the last column goes on below.
fn fitted(rows: Vec<[String; 6]>, width: usize) -> Vec<[String; 6]> {
    let mut out = Vec::new();
    let rows: Vec<[String; 6]> = rows
        .into_iter()
        .map(|[danger, place, form, name, image, may]| {
            [
                danger,
                cut(&place, CELL),
                form,
                cut(&name, CELL / 2),
                cut(&image, CELL),
                may,
            ]
        })
        .collect();
    let before: usize = (0..5)
        .map(|n| {
            rows.iter()
                .filter_map(|row| Some(row.get(n)?.chars().count() + 2))
                .max()
                .unwrap_or(0)
        })
        .sum();
    let room = width.saturating_sub(before).max(LAST);
    for [danger, place, form, name, image, may] in rows {
        let mut lines = wrapped(&may, room).into_iter();
        let first = lines.next().unwrap_or_default();
        out.push([danger, place, form, name, image, first]);
        out.extend(lines.map(|line| {
            let [a, b, c, d, e] = std::array::from_fn(|_| String::new());
            [a, b, c, d, e, line]
        }));
    }
    out
}

/// A text of so many characters at most, without its middle.
fn cut(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most / 3).collect();
    let tail: String = text.chars().skip(count - (most - most / 3 - 1)).collect();
    format!("{head}…{tail}")
}

/// A list as lines of so many characters at most, broken between its items where that is possible.
fn wrapped(list: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in list.split_inclusive(", ") {
        let item = cut(item, room);
        match lines.last_mut() {
            Some(line) if (line.clone() + &item).trim_end().chars().count() <= room => line.push_str(&item),
            _ => lines.push(item),
        }
    }
    lines
}

/// Rows as aligned columns, the first row strong.
pub(crate) fn columns<const N: usize>(rows: Vec<[String; N]>, paint: Paint) -> String {
    if rows.len() < 2 {
        return String::new();
    }
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    let mut out = String::new();
    for (i, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())))
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

fn row(danger: Danger, container: &Value) -> [String; 6] {
    let text = |value: &Value| match value {
        Value::String(text) => plain(text).into_owned(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let at = |path: &str| container.pointer(path).cloned().unwrap_or(Value::Null);
    [
        danger.as_str().to_owned(),
        format!("{}:{}", plain_path(&text(&at("/file"))), text(&at("/range/start/line"))),
        text(&at("/syntax")),
        text(&at("/name")),
        text(&at("/image")),
        plain(&abilities(container).join(", ")).into_owned(),
    ]
}

/// That a container keeps the capabilities which the engine gives to root, and how many those are.
fn kept(container: &Value, effective: &[String]) -> Option<String> {
    let text = |path: &str| container.pointer(path).and_then(Value::as_str);
    let engine = match text("/runtime") {
        Some("podman") => Engine::Podman,
        _ => Engine::Docker,
    };
    let kept = defaults(engine)
        .iter()
        .filter(|d| effective.iter().any(|e| e == *d))
        .count();
    let plain = text("/privileged") == Some("no") && kept > 0;
    plain.then(|| format!("{kept} default capabilities"))
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
    out.extend(kept(container, &list("/capabilities/effective")));
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
        let known = |path: &str| container.pointer(path).is_some_and(|value| !value.is_null());
        let shown = |path: &str| match list(path).as_slice() {
            [] if known(path) => "none".to_owned(),
            [] => "unknown".to_owned(),
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
