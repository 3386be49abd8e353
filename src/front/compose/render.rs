//! Changes of a container as edits of the file that says it.

mod mounts;

use std::collections::{BTreeMap, BTreeSet};

use super::page::{Page, refuse};
use super::write::{self, New};
use crate::container::{Container, FileId, Key, Mount, Place, Spelling, Syntax, Text, ViaKind, Written};
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
            Change::Replace(place, _) | Change::Relabel(place, _) | Change::ReadOnly(place)
                if !changed.insert((place.file, place.value)) => {}
            Change::Replace(place, text) => replace(page(&mut pages, place.file)?, place, text)?,
            Change::Relabel(place, _) | Change::ReadOnly(place) => {
                let Some(mount) = container.mount_at(place) else {
                    return refuse("the mount is not found where it was read");
                };
                let page = page(&mut pages, place.file)?;
                match change {
                    Change::Relabel(_, label) => mounts::relabel(page, mount, *label)?,
                    _ => mounts::read_only(page, mount)?,
                }
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
