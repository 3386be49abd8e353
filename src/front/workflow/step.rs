//! One step: the script that it runs, or the image.

use super::{Page, container, expressions};
use crate::front::reading::{Form, Kind, Nested, Open, Reading, Seam};
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
    if is_shell(page, step, around) {
        reading.nested.extend(script(page, step, run, around));
    }
}

/// True where a shell of the `sh` family runs the step.
fn is_shell(page: &Page, step: NodeId, around: &Around) -> bool {
    let of = |node: NodeId| page.get(node, "shell").and_then(|shell| page.string(shell));
    let default = |&scope: &NodeId| of(page.get(page.get(scope, "defaults")?, "run")?);
    match of(step).or_else(|| around.scopes.iter().rev().find_map(default)) {
        Some(shell) => {
            let program = shell.split_whitespace().next().unwrap_or("");
            let name = program.rsplit('/').next().unwrap_or(program);
            matches!(name, "bash" | "sh" | "dash" | "zsh" | "ksh" | "ash") || name.contains("${{")
        }
        None => !around.windows,
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
