//! One step: the script that it runs, or the image.

use super::{Page, container, expressions};
use crate::container::FileId;
use crate::front::reading::{Form, Kind, Nested, Open, Problem, Reading, Seam};
use crate::front::yaml::{NodeId, Style};
use crate::source::Excerpt;

/// What stands around a step.
pub(super) struct Around {
    /// What may set variables and a shell for it, the outermost first.
    pub(super) scopes: Vec<NodeId>,
    /// True where the runner is Windows: its shell is another.
    pub(super) windows: bool,
    /// True where the job runs in a container.
    pub(super) in_container: bool,
}

/// Reads a step.
pub(super) fn read(page: &Page, step: NodeId, around: &Around, reading: &mut Reading) {
    if let Some(entry) = page.tree.get(step, "uses") {
        let arguments = page.get(step, "with").and_then(|with| page.get(with, "args"));
        reading.containers.extend(container::of_image(page, entry, arguments));
    }
    let Some(run) = page.get(step, "run") else { return };
    match shell(page, step, around) {
        Shell::Posix => reading.nested.extend(script(page, step, run, around)),
        Shell::Unknown(name) => {
            let launches = page
                .string(run)
                .is_some_and(|text| ENGINES.iter().any(|engine| text.contains(engine)));
            reading.problems.extend(launches.then(|| Problem {
                file: FileId(0),
                span: page.tree.node(run).span,
                message: format!("it is not known what the shell `{name}` makes of this step, and it is not read"),
                ends_reading: true,
                bound: true,
            }));
        }
        Shell::Other => {}
    }
}

/// What runs a step.
enum Shell {
    /// A shell of the `sh` family.
    Posix,
    /// Another language.
    Other,
    /// A program of which nothing is known.
    Unknown(String),
}

/// Shells of the `sh` family.
const SHELLS: [&str; 6] = ["bash", "sh", "dash", "zsh", "ksh", "ash"];
/// Other languages, by how their programs begin.
const OTHERS: [&str; 13] = [
    "pwsh",
    "powershell",
    "cmd",
    "python",
    "node",
    "perl",
    "ruby",
    "fish",
    "nu",
    "R",
    "php",
    "deno",
    "julia",
];
/// Words without one of which a step launches nothing.
const ENGINES: [&str; 3] = ["docker", "podman", "nerdctl"];

/// What runs the step: the first shell among the words, as in `script -q -e -c "bash {0}"`.
fn shell(page: &Page, step: NodeId, around: &Around) -> Shell {
    let of = |node: NodeId| page.get(node, "shell").and_then(|shell| page.string(shell));
    let default = |&scope: &NodeId| of(page.get(page.get(scope, "defaults")?, "run")?);
    match of(step).or_else(|| around.scopes.iter().rev().find_map(default)) {
        Some(shell) => {
            let words = shell.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
            let names = words.map(|word| word.rsplit('/').next().unwrap_or(word));
            let mut known = names.filter(|name| !name.is_empty()).peekable();
            let first = known.peek().map_or("", |name| *name).to_owned();
            let other = |name: &str| OTHERS.iter().any(|other| name.starts_with(other));
            let is_posix = |name: &str| SHELLS.contains(&name.trim_end_matches(".exe"));
            match known.find(|name| is_posix(name) || other(name)) {
                Some(name) if is_posix(name) => Shell::Posix,
                Some(_) => Shell::Other,
                None if first.contains("${{") => Shell::Posix,
                None => Shell::Unknown(first),
            }
        }
        None if around.windows => Shell::Other,
        None => Shell::Posix,
    }
}

/// The script of a step, behind what is set for it.
fn script(page: &Page, step: NodeId, run: NodeId, around: &Around) -> Option<Nested> {
    let scalar = page.scalar(run)?;
    let mut scopes = around.scopes.clone();
    scopes.push(step);
    let body = scalar.excerpt();
    let (mut out, mut open) = (Excerpt::new(), Open::default());
    let folder = page
        .get(step, "working-directory")
        .and_then(|folder| page.scalar(folder));
    if let Some(folder) = folder {
        set("cd ", page, &scopes, &folder.excerpt(), &mut out, &mut open);
    }
    for name in crate::shell::variables_in(body.text()) {
        let value = expressions::variable(page, &scopes, name).and_then(|node| page.scalar(node));
        if let Some(value) = value {
            set(
                &format!("{name}="),
                page,
                &scopes,
                &value.excerpt(),
                &mut out,
                &mut open,
            );
        }
    }
    expressions::fill(page, &scopes, &body, &mut out, &mut open);
    let block = page.tree.node(run).style == Style::BlockScalar;
    Some(Nested {
        form: Form::Script,
        open,
        inside_image: around.in_container,
        ..Nested::new(
            Kind::Shell,
            out,
            scalar.span,
            if block { Seam::Lines } else { Seam::Scalar },
        )
    })
}

/// Adds a line that sets something to a value, where quotes can hold it.
fn set(what: &str, page: &Page, scopes: &[NodeId], value: &Excerpt, out: &mut Excerpt, open: &mut Open) {
    let text = value.text();
    let filled = !expressions::find(text).is_empty();
    let forbidden: &[char] = if filled { &['"', '`', '\\', '\n'] } else { &['\'', '\n'] };
    if text.contains(forbidden) || (filled && text.replace("${{", "").contains('$')) {
        return;
    }
    let quote = if filled { "\"" } else { "'" };
    out.made(&format!("{what}{quote}"));
    expressions::fill(page, scopes, value, out, open);
    out.made(&format!("{quote}\n"));
}
