//! The front of cloud-init's configuration: it finds the files that `write_files` writes, and leaves them
//! to the fronts of their kinds, and the commands of `bootcmd` and `runcmd`, each a script of its own.
//!
//! Sources: cloud-init `cloudinit/config/cc_runcmd.py`, `cc_bootcmd.py`, `util.py` `shellify`.

use std::sync::Arc;

use crate::container::{Container, FileId, Via, ViaKind};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Excerpt, Source, Span};

use super::reading::{Form, Front, Kind, Nested, Problem, Reading, Seam, Surroundings};
use super::yaml::{Entry, NodeId, Scalar, Tree};

/// Its row of the table.
pub(super) const FRONT: Front = Front {
    kind: Kind::CloudInit,
    word: "cloud-init",
    noun: "a cloud-init configuration",
    by_name,
    looks_like,
    may_matter: |text| KEYS.iter().any(|key| text.contains(key)),
    read,
    read_in_place: None,
    render,
};

/// The keys with something to read.
const KEYS: [&str; 3] = ["write_files", "bootcmd", "runcmd"];
/// Files written by one configuration that are read.
const MAX_FILES: usize = 400;

/// True for the names that such a file has in its own place. Elsewhere its first line tells.
fn by_name(name: &str) -> bool {
    matches!(name, "user-data" | "vendor-data")
}

/// True for a text that begins as cloud-init asks for it.
fn looks_like(text: &str) -> bool {
    let mut lines = text.split(['\n', '\r']).map(str::trim_end);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with("## template:"));
    first == Some("#cloud-config")
}

/// Nothing of it is changed but what stands in the files it writes.
fn render(_: &Reading, _: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    Err(Refusal("nothing of this kind is changed".to_owned()))
}

/// Reads a configuration.
fn read(source: &Arc<Source>, _: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::CloudInit, Arc::clone(source));
    let tree = Tree::parse(source.text());
    reading.comments.clone_from(&tree.comments);
    let roots: Vec<NodeId> = tree.documents.iter().map(|&root| tree.resolve(root)).collect();
    let lists = roots.iter().filter_map(|&root| tree.get(root, "write_files"));
    let items = lists.flat_map(|entry| tree.items(tree.resolve(entry.value)).to_vec());
    let mut files = items.filter_map(|item| written(source, &tree, tree.resolve(item.node)));
    reading.nested = files.by_ref().take(MAX_FILES).collect();
    reading.problems.extend(files.next().map(|file| Problem {
        file: FileId(0),
        span: file.span,
        message: format!("only the first {MAX_FILES} files of `write_files` are read"),
        ends_reading: true,
        bound: true,
    }));
    for key in ["bootcmd", "runcmd"] {
        let entries = roots.iter().filter_map(|&root| tree.get(root, key));
        reading
            .nested
            .extend(entries.filter_map(|entry| commands(source, &tree, entry, key)));
    }
    reading
}

/// The commands of a list as the script that cloud-init makes of them: a string is a line of it, a list the
/// words of one.
fn commands(source: &Source, tree: &Tree, entry: &Entry, key: &str) -> Option<Nested> {
    let list = tree.resolve(entry.value);
    let mut script = Excerpt::new();
    for item in tree.items(list) {
        let item = tree.resolve(item.node);
        let scalar = |node: NodeId| tree.scalar(source.text(), tree.resolve(node));
        match scalar(item) {
            Some(line) => script.append(&line.excerpt()),
            None => {
                let words = tree.items(item).iter().filter_map(|word| scalar(word.node));
                words.for_each(|word| quoted(&word, &mut script));
            }
        }
        script.made("\n");
    }
    let span = tree.node(list).span;
    let mut nested = Nested::new(Kind::Shell, script, span, Seam::Words);
    nested.form = Form::Script;
    nested.by_root = true;
    nested.provenance.push(embedded(key.to_owned(), span));
    Some(nested).filter(|nested| !nested.excerpt.text().trim().is_empty())
}

/// Appends a word, behind a blank and in quotes where it needs them.
fn quoted(word: &Scalar, script: &mut Excerpt) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@+%".contains(c);
    script.made(" ");
    match word.value() {
        text if !text.is_empty() && text.chars().all(plain) => script.append(&word.excerpt()),
        text if !text.contains('\'') => {
            script.made("'");
            script.append(&word.excerpt());
            script.made("'");
        }
        text => script.made(&format!("'{}'", text.replace('\'', "'\\''"))),
    }
}

fn embedded(name: String, span: Span) -> Via {
    Via {
        kind: ViaKind::Embedded,
        name,
        span,
        file: FileId(0),
    }
}

/// True for a file that a shell runs, by its name or its first line.
fn is_script(name: &str, text: &str) -> bool {
    let first = text.lines().next().unwrap_or("");
    let program = first.strip_prefix("#!").map(str::trim);
    let shells = ["sh", "bash", "dash", "ksh", "zsh"];
    let named = |line: &str| {
        let mut words = line
            .split_whitespace()
            .map(|word| word.rsplit('/').next().unwrap_or(word));
        words
            .find(|word| *word != "env" && !word.starts_with('-'))
            .is_some_and(|word| shells.contains(&word))
    };
    program.map_or_else(|| name.ends_with(".sh"), named)
}

/// A file of the list, as it is written out.
fn written(source: &Source, tree: &Tree, file: NodeId) -> Option<Nested> {
    let value = |key: &str| {
        let entry = tree.get(file, key)?;
        tree.scalar(source.text(), tree.resolve(entry.value))
    };
    if value("encoding").is_some_and(|encoding| !encoding.value().starts_with("text")) {
        return None;
    }
    let (path, content) = (value("path")?, value("content")?);
    let name = path.value().rsplit('/').next().unwrap_or("").to_owned();
    let mut nested = Nested::new(Kind::CloudInit, content.excerpt(), content.span, Seam::Yaml);
    nested.form = Form::File {
        path: path.value().to_owned(),
        appends: value("append").is_some_and(|append| append.value() == "true"),
    };
    if is_script(&name, content.value()) {
        nested.form = Form::Script;
    }
    nested.provenance.push(embedded(name, content.span));
    Some(nested)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::Tri;
    use crate::fix::apply;
    use crate::front;

    const TEXT: &str = "#cloud-config\nwrite_files:\n  - path: /etc/systemd/system/web.service\n    content: |\n      [Service]\n      ExecStart=/usr/bin/docker run --privileged web:1\n  - path: /etc/motd\n    content: docker run --privileged x\n  - path: /etc/containers/systemd/db.container\n    content: |\n      [Container]\n      Image=db:1\n      PodmanArgs=--privileged\nruncmd:\n  - echo\n";

    fn read_text(text: &str) -> Reading {
        let source = Arc::new(Source::new("user-data", text));
        front::read(Kind::CloudInit, &source, &Surroundings::none())
    }

    #[test]
    fn commands_and_scripts_are_read_as_the_shell_gets_them() {
        for text in [
            "runcmd: [\"docker run -d --privileged x\"]\n",
            "bootcmd: [[docker, run, --privileged, x]]\n",
            "runcmd:\n  - [sh, -c, 'I=x; docker run --privileged $I']\n",
            "runcmd:\n  - export I=x\n  - |\n    set -e\n    docker run --privileged $I\n",
            "write_files:\n  - path: /usr/local/bin/up\n    content: |\n      #!/bin/sh\n      docker run --privileged x\n",
            "write_files:\n  - path: /opt/up.sh\n    content: |\n      docker run --privileged x\n",
        ] {
            let reading = read_text(&format!("#cloud-config\n{text}"));
            assert_eq!(reading.containers.len(), 1, "{text}");
            let container = &reading.containers[0];
            assert!(container.image.as_ref().unwrap().value.is("x"), "{text}");
            let place = container.privileged[0].place.value;
            assert_eq!(reading.source().slice(place), "--privileged", "{text}");
        }
        let other = "write_files:\n  - path: /opt/up\n    content: |\n      #!/usr/bin/python3\n      docker run x\n";
        assert!(read_text(&format!("#cloud-config\n{other}")).containers.is_empty());
    }

    #[test]
    fn files_beyond_the_bound_are_said() {
        let many = |count: usize| {
            let files = "  - {path: /etc/motd, content: x}\n".repeat(count);
            read_text(&format!("#cloud-config\nwrite_files:\n{files}"))
                .problems
                .len()
        };
        assert_eq!((many(MAX_FILES), many(MAX_FILES + 1)), (0, 1));
    }

    #[test]
    fn units_are_found_in_what_it_writes_and_mended_there() {
        let surroundings = Surroundings::none();
        assert!(looks_like(TEXT) && !looks_like("a: 1\n#cloud-config\n"));
        let source = Arc::new(Source::new("user-data.yaml", TEXT));
        let reading = front::read(Kind::CloudInit, &source, &surroundings);
        let images: Vec<String> = reading
            .containers
            .iter()
            .filter_map(|c| Some(c.image.as_ref()?.value.shown()))
            .collect();
        assert_eq!(images, ["web:1", "db:1"]);
        assert!(
            reading
                .containers
                .iter()
                .all(|c| c.privileged() == Tri::Yes && !c.rootless)
        );
        let changes = |c: &Container| {
            let gone = c.privileged.iter().map(|w| Change::Remove(w.place.clone()));
            gone.chain([Change::Add(crate::container::Key::CapDrop, "all".to_owned())])
                .collect()
        };
        let all: Vec<(&Container, Vec<Change>)> = reading.containers.iter().map(|c| (c, changes(c))).collect();
        let edits = front::render_together(&reading, &all).unwrap();
        let text = apply(&source, FileId(0), &edits).unwrap();
        let expected = TEXT
            .replace("docker run --privileged web", "docker run --cap-drop=all web")
            .replace("PodmanArgs=--privileged", "DropCapability=all");
        assert_eq!(text, expected);
    }
}
