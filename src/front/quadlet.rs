//! The Quadlet front: `.container`, `.pod`, `.kube`, `.build` and the units that they name, as podman's
//! generator reads them.
//!
//! A unit becomes the command line that the generator would write into the service, and that is read as
//! every other: what podman makes of it is told in one place.

mod argv;
mod family;
mod keys;
mod losses;
mod render;
mod templates;

use std::path::Path;
use std::sync::Arc;

use crate::container::{
    Container, Engine, FileId, Key, Labelling, MountKind, Place, Relabel, Starts, Syntax, Text, Unseen, Written,
};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Source, Span};
use crate::spec;

use super::one_by_one::one_by_one;
use super::reading::{Front, Hint, Kind, Problem, Reading, Surroundings};
use super::systemd::{Assignment, Folder, Style, TOO_LONG, Unit, is_template, is_users};
use argv::Section;
use family::Family;

/// Its row of the table.
pub(super) const FRONT: Front = Front {
    kind: Kind::Quadlet,
    word: "quadlet",
    noun: "a Quadlet",
    by_name,
    looks_like,
    may_matter: looks_like,
    read,
    read_in_place: None,
    render,
};

/// The endings of Quadlets.
const ENDINGS: &[&str] = &[
    "container",
    "pod",
    "kube",
    "volume",
    "network",
    "build",
    "image",
    "quadlets",
];
/// Endings that a template has behind its own.
const TEMPLATES: &[&str] = &[".in", ".j2", ".tmpl", ".template", ".erb"];
/// The sections that only Quadlets have.
const SECTIONS: &[&str] = &["Container", "Pod", "Kube", "Volume", "Network", "Build", "Image"];

/// True for the name of a Quadlet: `web.container`, `web.container.in`, `all.quadlets`.
fn by_name(name: &str) -> bool {
    let name = without_template(name);
    name.rsplit_once('.')
        .is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending))
}

fn without_template(name: &str) -> &str {
    TEMPLATES
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name)
}

/// True for a text with the section of a Quadlet. Other languages have files of the same endings.
fn looks_like(text: &str) -> bool {
    let header = |line: &str| {
        let name = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        name.is_some_and(|name| SECTIONS.contains(&name))
    };
    text.lines().any(header)
}

/// The edits that carry out changes of units, or why they cannot be made.
fn render(reading: &Reading, all: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    one_by_one(reading, all, render::render)
}

/// Reads a file of one unit, or of several.
fn read(source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Quadlet, Arc::clone(source));
    let path = source.path.clone();
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let name = without_template(&name).to_owned();
    if let Some(base) = name.strip_suffix(".conf").and_then(|_| family::laid_over(&path)) {
        read_drop_in(&mut reading, &base, surroundings);
        return reading;
    }
    let parts = match name.ends_with(".quadlets") {
        true => bundle(source.text()),
        false => vec![(name, 0..source.text().len())],
    };
    let units: Vec<(String, Unit)> = parts
        .into_iter()
        .map(|(name, range)| (name, Unit::read(source.text(), range, FileId(0), Style::Quadlet)))
        .collect();
    for (name, unit) in &units {
        let family = Family {
            name: name.clone(),
            folder: folder.clone(),
            beside: &units,
            surroundings,
        };
        note(&mut reading, unit);
        add(&mut reading, unit.clone(), &family, FileId(0));
    }
    reading
}

/// The units of a bundle: each begins behind a line `---`, and a comment `# FileName=` names it.
fn bundle(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut name = None;
    for line in text.split_inclusive('\n') {
        if line.trim() == "---" {
            parts.push((name.take(), start..at));
            start = at + line.len();
        }
        let named = line.trim().trim_start_matches('#').trim_start();
        if line.trim_start().starts_with('#')
            && let Some(value) = named.strip_prefix("FileName=")
        {
            name = Some(value.trim().to_owned());
        }
        at += line.len();
    }
    parts.push((name, start..at));
    // which kind it is the section says
    let named = |(name, range): (Option<String>, std::ops::Range<usize>)| {
        let name = name.unwrap_or_else(|| "unnamed".to_owned());
        let body = text.get(range.clone()).unwrap_or("");
        let section = SECTIONS
            .iter()
            .find(|section| body.lines().any(|l| l.trim() == format!("[{section}]")));
        let ending = section.map_or_else(String::new, |section| format!(".{}", section.to_ascii_lowercase()));
        (format!("{name}{ending}"), range)
    };
    parts.into_iter().map(named).collect()
}

/// Reads a drop-in with the unit that it is laid over, where that is at hand.
fn read_drop_in(reading: &mut Reading, base: &Path, surroundings: &Surroundings) {
    let source = Arc::clone(reading.source());
    let own = Unit::read(source.text(), 0..source.text().len(), FileId(0), Style::Quadlet);
    note(reading, &own);
    let family = Family {
        name: base
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default(),
        folder: base.parent().map(Path::to_path_buf).unwrap_or_default(),
        beside: &[],
        surroundings,
    };
    match (surroundings.open)(base) {
        Some(text) => {
            let file = FileId(1);
            let unit = Unit::read(&text, 0..text.len(), file, Style::Quadlet);
            reading.sources.push(Arc::new(Source::new(base.to_path_buf(), text)));
            add(reading, unit, &family, file);
        }
        None => {
            add(reading, own, &family, FileId(0));
            for container in &mut reading.containers {
                container.unseen.push(Unseen {
                    place: container.place(),
                    text: family.name.clone(),
                    hides: None,
                });
            }
        }
    }
}

/// Notes what a unit's own text has beside its container.
fn note(reading: &mut Reading, unit: &Unit) {
    reading.comments.extend(&unit.comments);
    reading.nodes.extend(unit.assignments.iter().map(|line| line.span));
    for (i, (_, header)) in unit.sections.iter().enumerate() {
        let next = unit.sections.get(i + 1).map_or(u32::MAX, |(_, next)| next.start);
        let inside = unit
            .assignments
            .iter()
            .filter(|a| a.span.start > header.start && a.span.start < next);
        let end = inside.map(|a| a.span.end).max().unwrap_or(header.end);
        reading.nodes.push(Span { end, ..*header });
    }
    let launches = ["Container", "Pod", "Build", "Kube"];
    let header = |line: &str| launches.iter().any(|name| line.trim() == format!("[{name}]"));
    let ours = reading.source().text().lines().any(header);
    if let Some((span, why)) = unit.broken.filter(|_| ours) {
        reading.problems.push(Problem {
            file: FileId(0),
            span,
            message: match why == TOO_LONG {
                true => why.to_owned(),
                false => format!("{why}: podman generates no service from this file, nor of the others in its folder"),
            },
            ends_reading: true,
            bound: why == TOO_LONG,
        });
    }
}

/// Adds the container of a unit that stands in `file`, its drop-ins laid over it.
fn add(reading: &mut Reading, mut unit: Unit, family: &Family, file: FileId) {
    let sections = [Section::Container, Section::Pod, Section::Build, Section::Kube];
    let header = |section: &Section| unit.sections.iter().find(|(name, _)| name == section.name());
    let Some((section, head)) = sections
        .into_iter()
        .find_map(|s| header(&s).map(|(_, span)| (s, *span)))
    else {
        return;
    };
    if unit.broken.is_some() {
        return;
    }
    lay_over(reading, &mut unit, family);
    // without either there is no service
    let image = ["Image", "Rootfs"]
        .iter()
        .any(|key| unit.all("Container", key).next_back().is_some_and(is_said));
    let alone = file == FileId(0) && is_drop_in(&reading.source().path);
    if section == Section::Container && !image && !alone {
        return;
    }
    let line = argv::command_line(&unit, section, family, file, head);
    let Some(mut container) = spec::command::read(&line, Engine::Podman) else {
        return;
    };
    if section == Section::Container {
        container.syntax = Syntax::Quadlet;
    }
    let own = unit
        .assignments
        .iter()
        .filter(|a| a.file == file && a.section == section.name());
    container.head = head;
    container.body = own.fold(head, |body, line| Span {
        start: body.start.min(line.span.start),
        end: body.end.max(line.span.end),
    });
    container.slot = None;
    container.stays = !is_job(&unit);
    if is_template(Path::new(&family.name)) {
        container.starts = Starts::Many;
    }
    container.rootless = is_users(&family.folder.join(&family.name), &unit);
    hand_on(&mut container, &unit, section);
    // a text of no name is called by its image
    match by_name(&family.name) {
        true => name(&mut container, family.stem()),
        false => container.name = None,
    }
    bind_in_disguise(&mut container, &unit, section, family);
    container.lost = losses::losses(&unit, section);
    reading.selinux_hints.extend(hints(&container));
    reading.containers.push(container);
}

/// True for a unit that does something once, before others: `Type=oneshot` with `Before=`, or one that counts as
/// started when it has ended.
fn is_job(unit: &Unit) -> bool {
    let says = |section: &str, key: &str, wanted: &[&str]| {
        let mut lines = unit.list(section, key).into_iter();
        lines.any(|line| wanted.is_empty() || wanted.contains(&line.value.text().trim()))
    };
    let once = says("Service", "Type", &["oneshot"]);
    once && (says("Unit", "Before", &[]) || says("Service", "RemainAfterExit", &["yes", "true", "on", "1"]))
}

/// True for a line with a value.
fn is_said(line: &Assignment) -> bool {
    !argv::unquoted(line.value.text()).0.is_empty()
}

fn is_drop_in(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "conf")
}

/// Lays the drop-ins of a unit over it.
fn lay_over(reading: &mut Reading, unit: &mut Unit, family: &Family) {
    let (paths, more) = family.drop_ins();
    if more {
        reading.problems.push(Problem {
            file: FileId(0),
            span: Span::default(),
            message: format!("only the first {} drop-ins of this unit are read", family::MAX_DROP_INS),
            ends_reading: true,
            bound: true,
        });
    }
    for path in paths {
        let known = reading.sources.iter().position(|source| source.path == path);
        let (text, at) = match known {
            Some(at) => (reading.sources[at].text().to_owned(), at),
            None => {
                let Some(text) = (family.surroundings.open)(&path) else {
                    continue;
                };
                reading.sources.push(Arc::new(Source::new(path, text.clone())));
                (text, reading.sources.len() - 1)
            }
        };
        let file = FileId(u16::try_from(at).unwrap_or(u16::MAX));
        let over = Unit::read(&text, 0..text.len(), file, Style::Quadlet);
        unit.assignments.extend(over.assignments);
    }
}

/// A unit is called by its file; what podman calls its container is another name.
fn name(container: &mut Container, stem: &str) {
    let place = container.place();
    let named = Written::new(Text::cooked(stem, container.head), place);
    let called = container.name.replace(named);
    container.container_name = called.filter(|called| !called.place.value.is_empty());
}

/// The generator hands on `PodmanArgs=` and `GlobalArgs=` as they are: a relative path in them is seen from
/// the folder that the service runs in, not from that of the unit.
fn hand_on(container: &mut Container, unit: &Unit, section: Section) {
    let folder = match unit.all(section.name(), "SetWorkingDirectory").next() {
        Some(_) => Folder::Unknown.path(),
        None => Folder::of(unit, "Service", container.rootless).path(),
    };
    let keys = ["PodmanArgs", "GlobalArgs"];
    let lines: Vec<&Assignment> = keys.iter().flat_map(|key| unit.list(section.name(), key)).collect();
    let from_there = |place: &Place| {
        let holds = |line: &&Assignment| line.file == place.file && line.span.contains(place.value);
        lines.iter().any(holds)
    };
    for written in container
        .mounts
        .iter_mut()
        .filter(|w| w.value.is_bind() && from_there(&w.place))
    {
        written.value.leads_to = spec::command::leads_to(&written.value, &folder, false);
    }
}

/// Volumes of a `.volume` that binds a folder of the host.
fn bind_in_disguise(container: &mut Container, unit: &Unit, section: Section, family: &Family) {
    for line in unit.list(section.name(), "Volume") {
        let source = line.value.text().split_once(':').map_or("", |(source, _)| source);
        let Some(folder) = family.bound_folder(source).filter(|_| source.ends_with(".volume")) else {
            continue;
        };
        let own = |place: &Place| place.file == line.file && line.span.contains(place.value);
        for written in container.mounts.iter_mut().filter(|w| own(&w.place)) {
            let mount = &mut written.value;
            mount.kind = MountKind::Bind;
            let span = mount.source.as_ref().map_or_else(Span::default, Text::span);
            mount.source = Some(Text::cooked(folder.clone(), span));
            mount.labelling = Labelling::Impossible("its `.volume` says what is mounted, and takes no label");
        }
    }
}

/// What in a unit speaks for an SELinux host.
fn hints(container: &Container) -> Vec<Hint> {
    let hint = |span: Span, what: String| Hint {
        span,
        what,
        labelled: Vec::new(),
    };
    let mut found = Vec::new();
    for mount in container.mounts.iter().filter(|w| w.place.file == FileId(0)) {
        if let Some(span) = mount.value.relabel_span {
            let letter = if mount.value.relabel == Relabel::Shared {
                "z"
            } else {
                "Z"
            };
            found.push(hint(span, format!("`{letter}` on a mount")));
        }
    }
    for option in container.security_opt.iter().filter(|w| w.place.file == FileId(0)) {
        if option.value.known_prefix().starts_with("label=") {
            let line = Key::SecurityOpt.unit_line(&option.value.shown());
            found.push(hint(option.place.value, format!("`{line}`")));
        }
    }
    found
}

#[cfg(test)]
mod tests;
