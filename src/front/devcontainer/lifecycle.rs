//! The commands that run on the host before the container is made, and in it afterwards.

use super::json::{Characters, Kind, Node};
use crate::front::reading::{Form, Kind as FileKind, Nested, Seam};
use crate::source::Excerpt;

/// The only command that runs on the host.
const ON_HOST: &str = "initializeCommand";
/// Those that run in the container.
const INSIDE: [&str; 5] = [
    "onCreateCommand",
    "updateContentCommand",
    "postCreateCommand",
    "postStartCommand",
    "postAttachCommand",
];

/// The commands of a file as scripts.
pub(super) fn commands(root: &Node) -> Vec<Nested> {
    let mut found = Vec::new();
    for key in [ON_HOST].into_iter().chain(INSIDE) {
        let Some(member) = root.get(key) else { continue };
        let parallel = member.value.members().iter().map(|one| &one.value);
        for command in parallel.chain([&member.value]) {
            let script = match &command.kind {
                Kind::String(text) => Some((text.excerpt(), Seam::Scalar)),
                Kind::Array(words) => listed(words),
                _ => None,
            };
            found.extend(script.map(|(excerpt, seam)| Nested {
                form: Form::Script,
                inside_image: key != ON_HOST,
                ..Nested::new(FileKind::Shell, excerpt, command.span, seam)
            }));
        }
    }
    found
}

/// A command whose words are listed: a script behind `sh -c`, or the words in quotes.
fn listed(words: &[Node]) -> Option<(Excerpt, Seam)> {
    let words: Vec<&Characters> = words.iter().filter_map(Node::string).collect();
    if let [shell, flag, script, ..] = words.as_slice() {
        let (shell, flag) = (shell.value(), flag.value());
        let name = shell.rsplit('/').next().unwrap_or("");
        let is_shell = matches!(name, "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash");
        if is_shell && flag.starts_with('-') && !flag.starts_with("--") && flag.ends_with('c') {
            return Some((script.excerpt(), Seam::Scalar));
        }
    }
    let mut out = Excerpt::new();
    for word in words {
        out.made(" ");
        let value = word.value();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_=/:.,@+%".contains(c);
        match value.contains('\'') {
            _ if !value.is_empty() && value.chars().all(plain) => out.append(&word.excerpt()),
            true => out.made(&format!("'{}'", value.replace('\'', r"'\''"))),
            false => {
                out.made("'");
                out.append(&word.excerpt());
                out.made("'");
            }
        }
    }
    Some((out, Seam::Words))
}
