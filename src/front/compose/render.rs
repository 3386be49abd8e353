//! Changes of a container as edits of the file that says it.

use std::collections::{BTreeMap, BTreeSet};

use super::page::{Page, refuse};
use super::write::{self, New};
use crate::container::{
    Container, FileId, Key, Labelling, Mount, Place, Relabel, Spelling, Syntax, Text, ViaKind, Written,
};
use crate::fix::{Change, Edit, Refusal};
use crate::front::reading::Reading;
use crate::front::yaml::{Kind, NodeId, Style};
use crate::source::Span;

/// The edits that carry out all changes of some containers. What they have from one place is changed
/// there once; a list that others have as well is left alone.
pub(super) fn render_together(reading: &Reading, all: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    let mut pages: BTreeMap<FileId, Page> = BTreeMap::new();
    for (container, changes) in all {
        let places = changes.iter().filter_map(Change::place).map(|p| p.file);
        for file in places.chain([container.file]) {
            let page = pages.entry(file).or_insert_with(|| Page::new(file, reading.file(file)));
            page.lays_over = file != container.file;
            if let Some(trouble) = page.tree.problems.first() {
                return refuse(format!("Compose refuses the file: {}", trouble.message));
            }
        }
    }
    let mut additions: Vec<(&Container, Key, Vec<String>)> = Vec::new();
    let mut changed: BTreeSet<(FileId, Span)> = BTreeSet::new();
    for (container, change) in all
        .iter()
        .flat_map(|(c, changes)| changes.iter().map(move |change| (*c, change)))
    {
        match change {
            Change::Add(key, value) => {
                // those of one container follow each other
                let mut own = additions.iter_mut().rev();
                let mut own = own.by_ref().take_while(|(c, ..)| std::ptr::eq(*c, container));
                match own.find(|(_, k, _)| k == key) {
                    Some((_, _, values)) => values.push(value.clone()),
                    None => additions.push((container, *key, vec![value.clone()])),
                }
            }
            Change::Remove(place) => {
                let page = page(&mut pages, place.file)?;
                page.remove(place.entry)?;
            }
            Change::Replace(place, _) | Change::Relabel(place, _) if !changed.insert((place.file, place.value)) => {}
            Change::Replace(place, text) => replace(page(&mut pages, place.file)?, place, text)?,
            Change::Relabel(place, label) => {
                let mount = container.mounts.iter().find(|m| m.place.same(place));
                let Some(mount) = mount else {
                    return refuse("the mount is not found where it was read");
                };
                relabel(page(&mut pages, place.file)?, mount, *label)?;
            }
        }
    }
    let mut services = Vec::new();
    for (container, key, _) in &additions {
        let page = page(&mut pages, container.file)?;
        let service = service_node(page, container)?;
        if let Some(Spelling { key: name, .. }) = key.spelling() {
            let own = page.tree.get(service, name).map(|entry| page.tree.resolve(entry.value));
            let list = own.or_else(|| shared_list(page, container, *key));
            page.growing.extend(list);
        }
        services.push(service);
    }
    for page in pages.values_mut() {
        page.spread()?;
        page.keep_anchors()?;
        page.carry_out_removals()?;
    }
    let mut grown: BTreeSet<(NodeId, String)> = BTreeSet::new();
    for ((container, key, values), service) in additions.iter().zip(services) {
        let page = page(&mut pages, container.file)?;
        let served = |list: Span| {
            let has = |c: &Container| items(c, *key).any(|p| p.file == container.file && list.contains(p.entry));
            let users = reading.containers.iter().filter(|c| has(c));
            let users: Vec<&Container> = users.collect();
            !users.is_empty()
                && users
                    .iter()
                    .all(|user| all.iter().any(|(one, _)| std::ptr::eq(*one, *user)))
        };
        let add = Addition {
            container,
            service,
            key: *key,
            served: &served,
        };
        add.write(page, values, &mut grown)?;
    }
    let mut edits: Vec<Edit> = pages.into_values().flat_map(|p| join(p.edits)).collect();
    edits.sort_by_key(|e| (e.file, e.span));
    Ok(edits)
}

/// Insertions at one place become one edit, in the order in which they were made.
fn join(edits: Vec<Edit>) -> Vec<Edit> {
    let mut joined: Vec<Edit> = Vec::new();
    for edit in edits {
        let same = joined.iter_mut().find(|e| edit.span.is_empty() && e.span == edit.span);
        match same {
            Some(before) => before.text.push_str(&edit.text),
            None => joined.push(edit),
        }
    }
    joined
}

fn page<'p, 'a>(pages: &'p mut BTreeMap<FileId, Page<'a>>, file: FileId) -> Result<&'p mut Page<'a>, Refusal> {
    pages
        .get_mut(&file)
        .ok_or_else(|| Refusal("the file of the setting is not known".to_owned()))
}

/// The mapping of the service itself.
fn service_node(page: &Page, container: &Container) -> Result<NodeId, Refusal> {
    if container.syntax != Syntax::Compose {
        return refuse("an exec takes nothing more");
    }
    let entry = page
        .find(container.body)
        .and_then(|(parent, index)| page.tree.entries(parent).get(index).copied());
    let Some(entry) = entry.filter(|e| page.tree.node(e.key).span == container.head) else {
        return refuse("the service is not found where it was read");
    };
    let node = page.tree.node(entry.value);
    if !node.complete {
        return refuse("an error in the file cuts the service off");
    }
    match &node.kind {
        Kind::Mapping(entries) if !entries.is_empty() => Ok(entry.value),
        Kind::Alias(name, _) => refuse(format!("the service is the alias `*{name}` of what stands elsewhere")),
        _ => refuse("the service has no keys of its own"),
    }
}

/// Values that a key of a service gains.
struct Addition<'a> {
    container: &'a Container,
    service: NodeId,
    key: Key,
    /// True for the place of a list that serves only containers that are changed together.
    served: &'a dyn Fn(Span) -> bool,
}

impl Addition<'_> {
    /// Writes them. `grown` is what shared lists have been given already.
    fn write(&self, page: &mut Page, values: &[String], grown: &mut BTreeSet<(NodeId, String)>) -> Result<(), Refusal> {
        let (key, service) = (self.key, self.service);
        let Some(Spelling { key: name, is_list, .. }) = key.spelling() else {
            return refuse("there is no key of Compose for it");
        };
        let capability = matches!(key, Key::CapAdd | Key::CapDrop);
        let values: Vec<String> = values
            .iter()
            .map(|v| if capability { v.to_ascii_uppercase() } else { v.clone() })
            .collect();
        let mut share = |page: &mut Page, list: NodeId, why: String| {
            let new: Vec<String> = values
                .iter()
                .filter(|v| grown.insert((list, (*v).clone())))
                .cloned()
                .collect();
            if new.is_empty() {
                return Ok(());
            }
            let node = page.tree.node(list);
            if !is_list || !matches!(node.kind, Kind::Sequence(_)) || !(self.served)(node.span) {
                return refuse(why);
            }
            write::items(page, list, &new)
        };
        let Some(own) = page.tree.get(service, name).copied() else {
            if is_list && comes_by_merge_key(self.container, key) {
                let why = format!("`{name}` comes through a merge key, which a list of its own would replace");
                return match shared_list(page, self.container, key) {
                    Some(list) => share(page, list, why),
                    None => refuse(why),
                };
            }
            let new = match is_list {
                true => New::List(values),
                false => New::Scalar(values.into_iter().next().unwrap_or_default()),
            };
            return write::entry(page, service, name, &new);
        };
        let node = page.tree.node(own.value);
        if node.anchor.is_some() && page.is_shared(own.value) {
            return share(page, own.value, format!("`{name}` is an anchor that others use"));
        }
        match (&node.kind, is_list) {
            (Kind::Alias(alias, _), _) => {
                let why = format!("`{name}` is the alias `*{alias}` of what others may use");
                let list = page.tree.resolve(own.value);
                share(page, list, why)
            }
            (Kind::Sequence(_), true) => write::items(page, own.value, &values),
            (Kind::Mapping(_), true) => {
                for value in &values {
                    let Some((key, value)) = value.split_once('=') else {
                        return refuse(format!("`{name}` is a mapping, and `{value}` is no name and value"));
                    };
                    write::entry(page, own.value, key, &New::Scalar(value.to_owned()))?;
                }
                Ok(())
            }
            (Kind::Null, _) => {
                write::fill_empty(page, &own, &values, is_list);
                Ok(())
            }
            (_, true) => refuse(format!("`{name}` is not written as a list")),
            (_, false) => refuse(format!("`{name}` is already set")),
        }
    }
}

/// The list in which the items stand that come to a container through a merge key.
fn shared_list(page: &Page, container: &Container, key: Key) -> Option<NodeId> {
    let mut places = items(container, key).filter(|place| by_merge_key(place) && place.file == page.file);
    let (list, _) = page.find(places.next()?.entry)?;
    matches!(page.tree.node(list).kind, Kind::Sequence(_)).then_some(list)
}

/// Where the items of a list of a container stand.
fn items(container: &Container, key: Key) -> impl Iterator<Item = &Place> {
    let list: &[Written<Text>] = match key {
        Key::CapAdd => &container.cap_add,
        Key::CapDrop => &container.cap_drop,
        Key::SecurityOpt => &container.security_opt,
        Key::Device => &container.devices,
        Key::DeviceCgroupRule => &container.device_cgroup_rules,
        Key::Sysctl => &container.sysctls,
        _ => &[],
    };
    let mounts: &[Written<Mount>] = if key == Key::Mount { &container.mounts } else { &[] };
    list.iter().map(|w| &w.place).chain(mounts.iter().map(|m| &m.place))
}

/// True when a list of the service is not its own: writing one would drop what the merge key brings.
fn comes_by_merge_key(container: &Container, key: Key) -> bool {
    items(container, key).any(by_merge_key)
}

fn by_merge_key(place: &Place) -> bool {
    place.via.first().is_some_and(|step| step.kind == ViaKind::MergeKey)
}

/// Writes another value in the place of one.
fn replace(page: &mut Page, place: &Place, text: &str) -> Result<(), Refusal> {
    let exact = page.scalar_at(place.value);
    let Some(node) = exact.or_else(|| page.value_of(place.entry).map(|v| page.tree.resolve(v))) else {
        return refuse("the value is not found where it was read");
    };
    let written = page.tree.node(node);
    let Kind::Scalar(value) = &written.kind else {
        return refuse("the value is not a single word");
    };
    if value.contains('$') {
        return refuse("the value comes from a variable");
    }
    let (parent, index) = page.find(place.entry).unzip();
    let key = parent
        .zip(index)
        .and_then(|(p, i)| page.tree.key_text(page.tree.entries(p).get(i)?));
    // an entry of a mapping such as `environment` is `name=value` in the model
    let text = key
        .and_then(|k| text.strip_prefix(k)?.strip_prefix('='))
        .unwrap_or(text);
    let flow = parent.is_some_and(|p| page.tree.node(p).style == Style::Flow);
    let new = write::scalar(text, written.style, flow, value == "true" || value == "false");
    let span = written.span;
    page.edit(span, new);
    Ok(())
}

/// Asks for a label, for another, or for none.
fn relabel(page: &mut Page, mount: &Written<Mount>, label: Relabel) -> Result<(), Refusal> {
    let (place, mount) = (&mount.place, &mount.value);
    let letter = match label {
        Relabel::None => "",
        Relabel::Shared => "z",
        Relabel::Private => "Z",
    };
    let long = page.value_of(place.entry).map(|v| page.tree.resolve(v));
    let long = long.filter(|&v| matches!(page.tree.node(v).kind, Kind::Mapping(_)));
    match (long, mount.labelling) {
        (Some(item), _) if label == Relabel::None => match selinux_entry(page, item) {
            Some(entry) => page.remove(entry),
            None => refuse("the mount asks for no label"),
        },
        _ if mount.error.is_some() && label != Relabel::None => refuse("the mount is one that the engine refuses"),
        (_, Labelling::Impossible(why)) if label != Relabel::None => refuse(why),
        (Some(item), _) => label_key(page, item, letter),
        (None, _) => label_suffix(page, mount, letter),
    }
}

fn selinux_entry(page: &Page, item: NodeId) -> Option<Span> {
    let bind = page.tree.get(item, "bind")?;
    Some(page.tree.get(bind.value, "selinux")?.entry)
}

/// `bind.selinux`. Compose before 5.1 only honours it beside `create_host_path: true`.
fn label_key(page: &mut Page, item: NodeId, letter: &str) -> Result<(), Refusal> {
    let create = ("create_host_path".to_owned(), "true".to_owned());
    let label = ("selinux".to_owned(), letter.to_owned());
    let Some(bind) = page.tree.get(item, "bind").copied() else {
        return write::entry(page, item, "bind", &New::Map(vec![create, label]));
    };
    match &page.tree.node(bind.value).kind {
        Kind::Mapping(entries) if !entries.is_empty() => {}
        Kind::Alias(name, _) => return refuse(format!("`bind` is the alias `*{name}`")),
        _ => return refuse("`bind` is not a mapping with keys"),
    }
    if page.tree.get(bind.value, "create_host_path").is_none() {
        write::entry(page, bind.value, "create_host_path", &New::Scalar(create.1))?;
    }
    match page.tree.get(bind.value, "selinux").copied() {
        Some(entry) => {
            let node = page.tree.node(entry.value);
            if !matches!(node.kind, Kind::Scalar(_)) {
                return refuse("`selinux` is not a single word");
            }
            let (span, text) = (node.span, write::scalar(letter, node.style, false, false));
            if page.source.slice(span) != text {
                page.edit(span, text);
            }
            Ok(())
        }
        None => write::entry(page, bind.value, "selinux", &New::Scalar(label.1)),
    }
}

/// `:Z`, or `,Z` behind other options.
fn label_suffix(page: &mut Page, mount: &Mount, letter: &str) -> Result<(), Refusal> {
    if let Some(span) = mount.relabel_span {
        if !matches!(page.source.slice(span), "z" | "Z") {
            return refuse("the label is not written as a letter of its own");
        }
        if !letter.is_empty() {
            page.edit(span, letter);
            return Ok(());
        }
        let bytes = page.source.text().as_bytes();
        let before = (span.start as usize).checked_sub(1).and_then(|i| bytes.get(i));
        // a comma behind the last option parts the items of a list between brackets
        let last = mount.text.pieces().last().is_some_and(|last| last.span.end <= span.end);
        let after = bytes.get(span.end as usize).filter(|_| !last);
        let gone = match (before, after) {
            (Some(b','), _) => Span::new(span.start as usize - 1, span.end as usize),
            (_, Some(b',')) => Span::new(span.start as usize, span.end as usize + 1),
            (Some(b':'), _) => Span::new(span.start as usize - 1, span.end as usize),
            _ => return refuse("the label is not written as an option of its own"),
        };
        page.edit(gone, "");
        return Ok(());
    }
    if letter.is_empty() {
        return refuse("the mount asks for no label");
    }
    let Some(last) = mount.text.pieces().last() else {
        return refuse("the mount is empty");
    };
    let written = page.source.slice(last.span);
    let literal = written.ends_with(last.text.as_str());
    if !literal && !written.starts_with('$') {
        return refuse("the mount is written with escapes");
    }
    let end = last.span.end as usize;
    if mount.options.is_empty() {
        page.edit(Span::at(end), format!(":{letter}"));
        return Ok(());
    }
    // between brackets a bare comma would end the item
    let scalar = page.scalar_around(last.span).map(|id| page.tree.node(id));
    let bare = scalar.filter(|node| node.style == Style::Plain);
    match bare.map(|node| node.span).filter(|&span| page.in_brackets(span)) {
        Some(span) if page.source.slice(span).contains('\'') => refuse("the mount has a quote in it"),
        Some(span) => {
            page.edit(Span::at(span.start as usize), "'");
            page.edit(Span::at(end), format!(",{letter}'"));
            Ok(())
        }
        None => {
            page.edit(Span::at(end), format!(",{letter}"));
            Ok(())
        }
    }
}
