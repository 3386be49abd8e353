//! The front of cloud-init's configuration: it finds the files that `write_files` writes, and leaves them
//! to the fronts of their kinds.

use std::sync::Arc;

use crate::container::{Container, FileId, Via, ViaKind};
use crate::fix::{Change, Edit, Refusal};
use crate::source::Source;

use super::reading::{Form, Front, Kind, Nested, Reading, Seam, Surroundings};
use super::yaml::{NodeId, Tree};

/// Its row of the table.
pub(super) const FRONT: Front = Front {
    kind: Kind::CloudInit,
    word: "cloud-init",
    noun: "a cloud-init configuration",
    by_name,
    looks_like,
    may_matter: |text| text.contains("write_files"),
    read,
    read_in_place: None,
    render,
};

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
    let roots = tree.documents.iter().map(|&root| tree.resolve(root));
    let lists = roots.filter_map(|root| tree.get(root, "write_files"));
    let items = lists.flat_map(|entry| tree.items(tree.resolve(entry.value)).to_vec());
    let files = items.filter_map(|item| written(source, &tree, tree.resolve(item.node)));
    reading.nested = files.take(MAX_FILES).collect();
    reading
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
    nested.provenance.push(Via {
        kind: ViaKind::Embedded,
        name,
        span: content.span,
        file: FileId(0),
    });
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
