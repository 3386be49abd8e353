//! `RUN`: what it asks of the builder, and the shell it hands over.

use std::ops::Range;

use super::expand::{Expander, Scope};
use super::keyword::Keyword;
use super::lexer::{Flag, Heredoc, Instruction};
use super::words::{self, Element};
use crate::container::{
    Build, Container, Engine, FileId, Mount, MountKind, Namespace, NamespaceSetting, Place, Relabel, Syntax, Text,
    Written,
};
use crate::front::reading::Hint;
use crate::source::Excerpt;

/// What a `RUN` asks of the builder; `None` for one that asks for nothing, as most do.
pub(super) fn step(instruction: &Instruction, expander: &mut Expander, engine: Engine) -> Option<Container> {
    let mut container = Container::new(Syntax::BuildStep, engine, FileId(0), instruction.head, instruction.span);
    let mut build = Build::default();
    let mut asks = false;
    for flag in &instruction.flags {
        let Some(value) = written(instruction, flag, expander) else {
            continue;
        };
        match flag.name.as_str() {
            "security" => build.security = Some(value),
            "network" => {
                container.namespaces.push(NamespaceSetting {
                    namespace: Namespace::Network,
                    mode: value.clone(),
                });
                build.network = Some(value);
            }
            "mount" => container.mounts.push(Written::new(mount(&value.value), value.place)),
            "device" => container.devices.push(value),
            _ => continue,
        }
        asks = true;
    }
    container.build = Some(build);
    asks.then_some(container)
}

/// A flag's value without its quotes. Variables stay holes: only `--mount` expands any, and only some.
fn written(instruction: &Instruction, flag: &Flag, expander: &mut Expander) -> Option<Written<Text>> {
    let line = &instruction.line;
    let range = flag.value.as_ref()?;
    let text = expander.expand(line, range, &Scope::default()).text(line);
    let place = Place::new(line.outer(range), line.outer(&flag.word));
    Some(Written::new(text, place))
}

/// A `--mount` of a build step. Its binds come from a stage, an image or the build context, never
/// from the host, so they are no host binds here.
fn mount(text: &Text) -> Mount {
    let mut mount = Mount::new(MountKind::Other("bind".to_owned()), text.clone());
    let (mut read_only, mut asked) = (None, None);
    for field in text.split(',') {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key.shown(), Some(value)),
            None => (field.shown(), None),
        };
        let off = value.as_ref().is_some_and(|v| v.is("false") || v.is("0"));
        match (key.to_ascii_lowercase().as_str(), value) {
            ("type", Some(kind)) => {
                mount.kind = match kind.shown().as_str() {
                    "tmpfs" => MountKind::Tmpfs,
                    other => MountKind::Other(other.to_owned()),
                }
            }
            ("source" | "src", Some(value)) => mount.source = Some(value),
            ("target" | "dst" | "destination", Some(value)) => mount.target = Some(value),
            ("readonly" | "ro", _) => read_only = Some(!off),
            ("rw" | "readwrite", _) => read_only = Some(off),
            // buildah's words for a label (buildah `internal/volumes/volumes.go`)
            ("z", None) => {
                let private = field.is("Z");
                asked = Some((if private { Relabel::Private } else { Relabel::Shared }, field.span()));
            }
            ("relabel", Some(value)) => {
                asked = match value.known().as_deref() {
                    Some("shared") => Some((Relabel::Shared, field.span())),
                    Some("private") => Some((Relabel::Private, field.span())),
                    _ => None,
                }
            }
            _ => mount.options.push(field),
        }
    }
    if let Some((label, span)) = asked {
        (mount.relabel, mount.relabel_span) = (label, Some(span));
    }
    let is_bind = mount.kind == MountKind::Other("bind".to_owned());
    mount.read_only = read_only.unwrap_or(is_bind);
    mount
}

/// A mount that asks for a label, as buildah's may: whoever wrote it builds on an SELinux host.
pub(super) fn relabels(step: &Container) -> Option<Hint> {
    let mount = step.mounts.iter().find(|m| m.value.relabel != Relabel::None)?;
    Some(Hint {
        span: mount.place.entry,
        what: "a build mount that asks for an SELinux label".to_owned(),
        labelled: Vec::new(),
    })
}

/// True where a word of `SHELL` is a shell that is read.
pub(super) fn sets_shell(instruction: &Instruction) -> bool {
    let elements = instruction.json.as_deref().unwrap_or_default();
    elements.iter().any(|e| is_shell(instruction.line.part(&e.inner)))
}

fn is_shell(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "mksh")
}

/// True for a text whose first line does not name an interpreter other than a shell.
fn is_script(text: &str) -> bool {
    interpreter(text).is_none_or(is_shell)
}

/// The interpreter of a `#!` line: `bash` for `#!/usr/bin/env -S bash -e`.
fn interpreter(text: &str) -> Option<&str> {
    let line = text.lines().next()?.strip_prefix("#!")?;
    line.split_whitespace()
        .find(|word| !word.starts_with('-') && !word.contains('=') && !word.ends_with("/env"))
}

/// The shell in a `RUN`, in what the image starts or is asked for its health with, or in a script that
/// a `COPY` writes, ready to be read.
pub(super) fn shell(instruction: &Instruction, file: &str, posix: bool) -> Vec<Excerpt> {
    match instruction.keyword {
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint if posix => run(instruction, file).into_iter().collect(),
        Keyword::Healthcheck if posix => health(instruction, file).into_iter().collect(),
        Keyword::Copy | Keyword::Add => instruction
            .heredocs
            .iter()
            .filter(|doc| match interpreter(body(doc, file)) {
                Some(interpreter) => is_shell(interpreter),
                None => writes_script(instruction, doc),
            })
            .map(|doc| Excerpt::verbatim(body(doc, file), doc.body.range().start))
            .collect(),
        _ => Vec::new(),
    }
}

/// True where a heredoc without a `#!` line becomes a file that is named as a script of a shell.
fn writes_script(instruction: &Instruction, doc: &Heredoc) -> bool {
    let line = &instruction.line;
    let target = line
        .part(&instruction.args)
        .split_whitespace()
        .next_back()
        .unwrap_or("");
    let name = match target.ends_with('/') {
        // in a folder the file is called as the heredoc is
        true => line.part(&doc.word).trim_start_matches(['<', '-']),
        false => target,
    };
    let name = name.trim_matches(['"', '\'']);
    [".sh", ".bash"].iter().any(|end| name.ends_with(end))
}

fn run(instruction: &Instruction, file: &str) -> Option<Excerpt> {
    if let Some(elements) = &instruction.json {
        return Some(exec_form(instruction, elements));
    }
    let line = &instruction.line;
    match instruction.heredocs.as_slice() {
        // the heredoc alone is the script
        [only] if only.word == instruction.args => {
            let text = body(only, file);
            is_script(text).then(|| Excerpt::verbatim(text, only.body.range().start))
        }
        docs => {
            let mut excerpt = Excerpt::new();
            line.excerpt(&instruction.args, file, &mut excerpt);
            if !docs.is_empty() {
                let from = line.outer(&instruction.args).range().end;
                let rest = from..instruction.span.range().end;
                excerpt.copy(file.get(rest).unwrap_or(""), from);
            }
            Some(excerpt)
        }
    }
}

/// The command of a `HEALTHCHECK`, in the JSON form or as shell.
fn health(instruction: &Instruction, file: &str) -> Option<Excerpt> {
    let line = &instruction.line;
    let rest = line.part(&instruction.args).get(..3)?;
    if !rest.eq_ignore_ascii_case("CMD") {
        return None;
    }
    let range = words::trimmed(line.text(), instruction.args.start + 3..instruction.args.end);
    if let Some(elements) = words::json(line.text(), &range) {
        return Some(exec_form(instruction, &elements));
    }
    let mut excerpt = Excerpt::new();
    line.excerpt(&range, file, &mut excerpt);
    Some(excerpt)
}

fn body<'a>(doc: &Heredoc, file: &'a str) -> &'a str {
    file.get(doc.body.range()).unwrap_or("")
}

/// The elements as words of a shell, quoted where a shell would read them otherwise. The blanks
/// between them stand nowhere in the file, so that an edit of more than one word has no place.
fn exec_form(instruction: &Instruction, elements: &[Element]) -> Excerpt {
    let line = &instruction.line;
    let mut excerpt = Excerpt::new();
    for element in elements {
        excerpt.made(" ");
        let part = line.part(&element.inner);
        let value = element.cooked.as_deref().unwrap_or(part);
        if element.cooked.is_none() && !part.is_empty() && part.chars().all(is_plain) {
            copy_flat(instruction, &element.inner, &mut excerpt);
        } else if element.cooked.is_some() || value.contains('\'') {
            excerpt.made(&format!("'{}'", value.replace('\'', r"'\''")));
        } else {
            excerpt.made("'");
            copy_flat(instruction, &element.inner, &mut excerpt);
            excerpt.made("'");
        }
    }
    excerpt
}

/// True for a character that means itself to a shell.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=' | '/' | ':' | '.' | ',' | '@' | '+' | '%')
}

/// Copies a part without its continuations, which the JSON form takes out before anyone reads it.
fn copy_flat(instruction: &Instruction, range: &Range<usize>, excerpt: &mut Excerpt) {
    let mut text = Text::new();
    instruction.line.literal(range, &mut text);
    for piece in text.pieces() {
        excerpt.copy(&piece.text, piece.span.range().start);
    }
}

/// True for text that may launch a container, by a word that an engine is called by.
pub(super) fn mentions_engine(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["docker", "podman", "nerdctl", "container"]
        .iter()
        .any(|word| memchr::memmem::find(lower.as_bytes(), word.as_bytes()).is_some())
}

/// True for a label's value that is a command: an engine's name and more words.
pub(super) fn begins_with_engine(value: &str) -> bool {
    let word = value.split_whitespace().next().unwrap_or("");
    let name = word.rsplit('/').next().unwrap_or(word);
    matches!(name, "docker" | "podman") && words::trimmed(value, 0..value.len()).len() > word.len()
}
