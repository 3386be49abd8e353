//! Laying one definition over another: documents of a file, files of a project, `extends`.
//!
//! Mappings are merged, lists are joined and then made unique by what names their items, scalars are
//! replaced (compose-go `override/merge.go`, `override/uncity.go`).

use std::collections::HashMap;

use super::value::{Action, Body, Value};
use crate::container::{PieceKind, Text};
use crate::source::Span;

/// Keys that may be written as a mapping or as a list of `name=value`.
const PAIRS: &[&str] = &["environment", "labels", "sysctls"];
/// Keys of which a later value replaces the earlier one as a whole.
const REPLACED: &[&str] = &["command", "entrypoint"];

/// Where each service stands among those of a file, kept from one document that is laid over it to the next.
pub(super) type Index = Option<HashMap<String, usize>>;

/// Lays `over` on `base`, both the value of a whole file.
pub(super) fn files(base: &mut Value, over: Value) {
    documents(base, over, &mut None);
}

/// Lays one more document on those before it.
pub(super) fn documents(base: &mut Value, over: Value, index: &mut Index) {
    let Body::Map(over) = over.body else { return };
    for (name, value) in over {
        match name.as_str() {
            "services" => match entry(base, "services") {
                Some(services) => all_services(services, value, index),
                None => add(base, name, value),
            },
            "include" => match entry(base, "include") {
                Some(Value {
                    body: Body::List(items),
                    ..
                }) => {
                    if let Body::List(more) = value.body {
                        items.extend(more);
                    }
                }
                _ => add(base, name, value),
            },
            _ => match entry(base, &name) {
                Some(old) => merge(old, value),
                None => add(base, name, value),
            },
        }
    }
}

fn all_services(base: &mut Value, over: Value, index: &mut Index) {
    let Some(over) = acted(base, over) else {
        *index = None;
        return;
    };
    if let Body::Map(entries) = over.body {
        let index = index.get_or_insert_with(|| names(base));
        for (name, value) in entries {
            match (index.get(&name), &mut base.body) {
                (Some(&i), Body::Map(services)) => {
                    let reset = value.action == Action::Reset;
                    if let Some((_, old)) = services.get_mut(i) {
                        if reset {
                            old.body = Body::Null;
                            old.action = Action::Reset;
                        } else {
                            service(old, value);
                        }
                    }
                }
                (None, Body::Map(services)) if value.action != Action::Reset => {
                    index.insert(name.clone(), services.len());
                    services.push((name, value));
                }
                _ => {}
            }
        }
    }
}

fn names(value: &Value) -> HashMap<String, usize> {
    let entries = value.entries().iter().enumerate();
    entries.map(|(i, (name, _))| (name.clone(), i)).collect()
}

/// Lays one definition of a service over another.
pub(super) fn service(base: &mut Value, over: Value) {
    let (key, entry, file) = (base.key, base.entry, base.file);
    let Some(over) = acted(base, over) else {
        (base.key, base.entry, base.file) = (key, entry, file);
        return;
    };
    let Body::Map(entries) = over.body else { return };
    normal(base);
    for (name, value) in entries {
        if PAIRS.contains(&name.as_str()) {
            take_back(base, &name, &value);
        }
        let mut value = normal_key(&name, value);
        match self::entry(base, &name) {
            Some(old) if value.action == Action::Merge && REPLACED.contains(&name.as_str()) => *old = value,
            Some(old) => merge(old, value),
            None if value.action == Action::Reset => {}
            None => {
                drop_resets(&mut value);
                add(base, name.clone(), value);
            }
        }
        if entry_is_reset(base, &name)
            && let Body::Map(entries) = &mut base.body
        {
            entries.retain(|(n, _)| *n != name);
        }
    }
    base.complete &= over.complete;
    unique(base);
}

/// Takes the pairs that a later mapping resets by name out of an earlier mapping. An earlier list keeps
/// its own: a reset goes by the way to a key (seen on 2.40).
fn take_back(base: &mut Value, list: &str, over: &Value) {
    let reset = over.entries().iter().filter(|(_, value)| value.action == Action::Reset);
    let names: Vec<&str> = reset.map(|(name, _)| name.as_str()).collect();
    if let Some(Body::List(items)) = entry(base, list).map(|v| &mut v.body)
        && !names.is_empty()
    {
        let made = |item: &Value| {
            let sign = item.text().and_then(|text| text.pieces().get(1));
            sign.is_some_and(|piece| piece.text == "=" && piece.span.is_empty())
        };
        items.retain(|item| !made(item) || by_key(item).is_none_or(|name| !names.contains(&name.as_str())));
    }
}

fn entry_is_reset(base: &Value, name: &str) -> bool {
    base.get(name).is_some_and(|v| v.action == Action::Reset)
}

/// Brings a service into the form that can be merged: `name: value` mappings become lists, a build
/// that is only a path becomes a mapping.
pub(super) fn normal(service: &mut Value) {
    if let Body::Map(entries) = &mut service.body {
        for (name, value) in entries {
            let taken = std::mem::replace(&mut value.body, Body::Null);
            let mut whole = value.clone();
            whole.body = taken;
            *value = normal_key(name, whole);
        }
    }
}

fn normal_key(name: &str, mut value: Value) -> Value {
    if PAIRS.contains(&name)
        && let Body::Map(entries) = value.body
    {
        value.body = Body::List(entries.into_iter().filter_map(|(key, v)| pair(name, &key, v)).collect());
    } else if name == "tmpfs" && matches!(value.body, Body::Scalar(_)) {
        let item = value.clone();
        value.body = Body::List(vec![item]);
    } else if name == "build" && matches!(value.body, Body::Scalar(_)) {
        let context = value.clone();
        value.body = Body::Map(vec![("context".to_owned(), context)]);
    }
    value
}

/// `key: value` as `key=value`; without a value, an environment entry is the name alone.
pub(super) fn pair(list: &str, key: &str, mut value: Value) -> Option<Value> {
    let mut text = Text::new();
    text.push(key.to_owned(), value.key, PieceKind::Cooked);
    let bare = matches!(value.body, Body::Null) && list == "environment";
    if !bare {
        text.push("=".to_owned(), Span::at(value.key.end as usize), PieceKind::Cooked);
    }
    match &value.body {
        Body::Scalar(own) => text.append(own.clone()),
        Body::Null => {}
        _ => return None,
    }
    value.body = Body::Scalar(text);
    value.key = Span::at(value.key.start as usize);
    Some(value)
}

/// Lists made unique: a later item takes the place of an earlier one with the same name.
pub(super) fn unique(service: &mut Value) {
    let Body::Map(entries) = &mut service.body else { return };
    for (name, value) in entries {
        let named: fn(&Value) -> Option<String> = match name.as_str() {
            "cap_add" | "cap_drop" | "environment" | "labels" | "sysctls" => by_key,
            "tmpfs" => |v| Some(v.text()?.shown()),
            "volumes" | "devices" => by_target,
            "secrets" | "configs" => by_source,
            _ => continue,
        };
        let Body::List(items) = &mut value.body else { continue };
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut kept: Vec<Value> = Vec::with_capacity(items.len());
        for item in items.drain(..) {
            match named(&item) {
                Some(key) => match seen.get(&key).and_then(|&i| kept.get_mut(i)) {
                    Some(old) => *old = item,
                    None => {
                        seen.insert(key, kept.len());
                        kept.push(item);
                    }
                },
                None => kept.push(item),
            }
        }
        *items = kept;
    }
}

fn by_key(item: &Value) -> Option<String> {
    let text = item.text()?;
    Some(
        text.split_once('=')
            .map_or_else(|| text.shown(), |(key, _)| key.shown()),
    )
}

fn by_target(item: &Value) -> Option<String> {
    let target = match item.get("target") {
        Some(target) => target.text()?.shown(),
        None => {
            let parts = item.text()?.split(':');
            parts.get(1).or(parts.first())?.shown()
        }
    };
    Some(clean(&target))
}

/// A target as Compose compares it: without dots and without slashes that say nothing.
fn clean(target: &str) -> String {
    if !target.starts_with('/') {
        let trimmed = target.trim_end_matches('/');
        return if trimmed.is_empty() { target } else { trimmed }.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn by_source(item: &Value) -> Option<String> {
    let named = item.get("target").or_else(|| item.get("source")).unwrap_or(item);
    Some(named.text()?.shown())
}

/// Lays a value over an earlier one of the same key.
fn merge(base: &mut Value, over: Value) {
    let Some(over) = acted(base, over) else { return };
    match (&mut base.body, over.body) {
        (Body::Map(_), Body::Map(entries)) => {
            for (name, value) in entries {
                match entry(base, &name) {
                    Some(old) => merge(old, value),
                    None if value.action == Action::Reset => {}
                    None => add(base, name.clone(), value),
                }
                if entry_is_reset(base, &name)
                    && let Body::Map(entries) = &mut base.body
                {
                    entries.retain(|(n, _)| *n != name);
                }
            }
        }
        (Body::List(items), Body::List(more)) => {
            items.extend(more.into_iter().filter(|v| v.action != Action::Reset));
        }
        (_, Body::Null) => {}
        (Body::Scalar(_), body @ Body::Scalar(_)) => {
            let mut earlier = std::mem::take(&mut base.earlier);
            earlier.push(base.clone());
            *base = Value { body, earlier, ..over };
        }
        (_, body) => *base = Value { body, ..over },
    }
}

/// Carries out `!reset` and `!override`; gives the value back where it is to be merged.
fn acted(base: &mut Value, over: Value) -> Option<Value> {
    match over.action {
        Action::Merge => Some(over),
        Action::Reset => {
            base.action = Action::Reset;
            base.body = Body::Null;
            None
        }
        Action::Override => {
            *base = over;
            base.action = Action::Merge;
            None
        }
    }
}

/// Items that are reset are dropped from their own list, entries from their own mapping.
pub(super) fn drop_resets(value: &mut Value) {
    match &mut value.body {
        Body::List(items) => {
            items.retain(|v| v.action != Action::Reset);
            items.iter_mut().for_each(drop_resets);
        }
        Body::Map(entries) => {
            entries.retain(|(_, v)| v.action != Action::Reset);
            entries.iter_mut().for_each(|(_, v)| drop_resets(v));
        }
        _ => {}
    }
}

fn entry<'a>(map: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    match &mut map.body {
        Body::Map(entries) => entries.iter_mut().find(|(name, _)| name == key).map(|(_, v)| v),
        _ => None,
    }
}

fn add(map: &mut Value, key: String, value: Value) {
    if let Body::Map(entries) = &mut map.body {
        entries.push((key, value));
    } else if matches!(map.body, Body::Null) {
        map.body = Body::Map(vec![(key, value)]);
    }
}
