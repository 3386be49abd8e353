//! New entries and items, in the style of what stands around them.

use super::page::{Page, refuse};
use crate::fix::Refusal;
use crate::front::yaml::{Entry, Kind, NodeId, Style};
use crate::source::Span;

/// The value of a new entry.
pub(super) enum New {
    Scalar(String),
    List(Vec<String>),
    Map(Vec<(String, String)>),
}

/// Keys in whose company people write a key, the best first.
fn kin(key: &str) -> &'static [&'static str] {
    match key {
        "cap_drop" => &["privileged", "cap_add", "security_opt", "read_only", "user"],
        // the same company as `cap_drop`, so that both are written together when both are new
        "cap_add" => &["privileged", "cap_drop", "security_opt", "read_only", "user"],
        "security_opt" => &["cap_drop", "cap_add", "privileged", "read_only", "user"],
        "devices" => &["device_cgroup_rules", "cap_add", "cap_drop", "privileged", "volumes"],
        "device_cgroup_rules" => &["devices", "cap_add", "privileged"],
        "read_only" | "user" => &["user", "read_only", "security_opt", "cap_drop", "cap_add"],
        "sysctls" => &["ulimits", "cap_drop", "cap_add", "networks", "network_mode"],
        "volumes" => &["tmpfs", "environment", "env_file", "ports"],
        "pid" | "ipc" | "uts" | "network_mode" | "userns_mode" | "cgroup" => &[
            "network_mode",
            "pid",
            "ipc",
            "uts",
            "userns_mode",
            "cgroup",
            "privileged",
        ],
        "bind" => &["target", "source", "type"],
        "selinux" => &["create_host_path", "propagation"],
        _ => &[],
    }
}

/// Keys that people write first.
const FIRST: [&str; 5] = ["container_name", "hostname", "image", "build", "extends"];

/// Adds an entry to a mapping, beside its kin.
pub(super) fn entry(page: &mut Page, map: NodeId, key: &str, new: &New) -> Result<(), Refusal> {
    let entries = page.tree.entries(map).to_vec();
    let Some(beside) = position(page, map, &entries, key) else {
        return refuse("there is nothing to write the key beside");
    };
    let Some(kin) = entries.get(beside) else {
        return refuse("there is nothing to write the key beside");
    };
    let goes = page.is_removed(map, beside);
    if page.tree.node(map).style == Style::Flow {
        return flow_entry(page, map, &entries, beside, key, new);
    }
    let indent = indent(page, kin.entry)?;
    let quote = page.tree.node(kin.key).style;
    let key = if quote == Style::Double {
        format!("\"{key}\"")
    } else {
        key.to_owned()
    };
    let mut lines = Vec::new();
    match new {
        New::Scalar(value) => lines.push(format!(
            "{indent}{key}: {}",
            scalar(value, Style::Plain, false, is_word(value))
        )),
        New::List(values) => {
            let step = list_step(page, map);
            lines.push(format!("{indent}{key}:"));
            lines.extend(
                values
                    .iter()
                    .map(|v| format!("{indent}{step}- {}", scalar(v, Style::Plain, false, false))),
            );
        }
        New::Map(entries) => {
            let step = map_step(page);
            lines.push(format!("{indent}{key}:"));
            let line = |(k, v): &(String, String)| {
                format!("{indent}{step}{k}: {}", scalar(v, Style::Plain, false, is_word(v)))
            };
            lines.extend(entries.iter().map(line));
        }
    }
    if goes && !page.blank_before(kin.entry.start) {
        return refuse("the setting shares its line with what holds it");
    }
    page.insert_lines(kin.entry, goes, &lines);
    Ok(())
}

/// The entry behind which a new one goes: the best of its kin, else what people write first, else the
/// last. What is removed in the same step counts: the new key takes its place.
fn position(page: &Page, map: NodeId, entries: &[Entry], key: &str) -> Option<usize> {
    let at = |wanted: &str| entries.iter().position(|e| page.tree.key_text(e) == Some(wanted));
    let kin = kin(key);
    let leaving = kin.iter().filter_map(|k| at(k)).find(|&i| page.is_removed(map, i));
    leaving
        .or_else(|| kin.iter().find_map(|k| at(k)))
        .or_else(|| FIRST.iter().filter_map(|k| at(k)).max())
        .or(entries.len().checked_sub(1))
}

fn flow_entry(
    page: &mut Page,
    map: NodeId,
    entries: &[Entry],
    beside: usize,
    key: &str,
    new: &New,
) -> Result<(), Refusal> {
    let style = match entries.get(beside).map(|e| page.tree.node(e.key).style) {
        Some(Style::Double) => Style::Double,
        _ => Style::Plain,
    };
    let word = |v: &str| scalar(v, style, true, is_word(v));
    let key = if style == Style::Double {
        format!("\"{key}\"")
    } else {
        key.to_owned()
    };
    let value = match new {
        New::Scalar(value) => word(value),
        New::List(values) => format!("[{}]", values.iter().map(|v| word(v)).collect::<Vec<_>>().join(", ")),
        New::Map(entries) => {
            let entry = |(k, v): &(String, String)| match style {
                Style::Double => format!("\"{k}\": {}", word(v)),
                _ => format!("{k}: {}", word(v)),
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    };
    let before = (0..=beside).rev().find(|&i| !page.is_removed(map, i));
    let after = (beside..entries.len()).find(|&i| !page.is_removed(map, i));
    match (before.and_then(|i| entries.get(i)), after.and_then(|i| entries.get(i))) {
        (Some(before), _) => page.edit(Span::at(before.entry.end as usize), format!(", {key}: {value}")),
        (None, Some(after)) => page.edit(Span::at(after.entry.start as usize), format!("{key}: {value}, ")),
        (None, None) => return refuse("nothing would be left of what holds the setting"),
    }
    Ok(())
}

/// Adds items to a list.
pub(super) fn items(page: &mut Page, list: NodeId, values: &[String]) -> Result<(), Refusal> {
    let items = page.tree.items(list).to_vec();
    let style = items.last().map_or(Style::Plain, |i| page.tree.node(i.node).style);
    let flow = page.tree.node(list).style == Style::Flow;
    let words: Vec<String> = values.iter().map(|v| scalar(v, style, flow, false)).collect();
    let kept = items
        .iter()
        .enumerate()
        .rev()
        .find(|(i, _)| !page.is_removed(list, *i))
        .map(|(_, item)| *item);
    if !flow {
        let Some(beside) = kept.or(items.first().copied()) else {
            return refuse("there is nothing to write the item beside");
        };
        let indent = indent(page, beside.entry)?;
        let lines: Vec<String> = words.iter().map(|w| format!("{indent}- {w}")).collect();
        page.insert_lines(beside.entry, kept.is_none(), &lines);
        return Ok(());
    }
    let joined = words.join(", ");
    match (kept, items.first()) {
        (Some(kept), _) => page.edit(Span::at(kept.entry.end as usize), format!(", {joined}")),
        (None, Some(first)) => page.edit(Span::at(first.entry.start as usize), joined),
        (None, None) => page.edit(Span::at(page.tree.node(list).span.start as usize + 1), joined),
    }
    Ok(())
}

/// The blanks in front of an entry; YAML allows no tab there, though parsers let some pass.
fn indent(page: &Page, entry: Span) -> Result<String, Refusal> {
    let indent = page.indent_at(entry.start);
    if indent.contains('\t') {
        return refuse("a tab stands in the indentation");
    }
    Ok(indent)
}

/// Gives a value to a key that has none.
pub(super) fn fill_empty(page: &mut Page, entry: &Entry, values: &[String], list: bool) {
    let flow = page
        .find(entry.entry)
        .is_some_and(|(map, _)| page.tree.node(map).style == Style::Flow);
    let words: Vec<String> = values
        .iter()
        .map(|v| scalar(v, Style::Plain, flow || list, is_word(v)))
        .collect();
    let node = page.tree.node(entry.value);
    let (span, missing) = (node.span, node.span.is_empty());
    let value = if list {
        format!("[{}]", words.join(", "))
    } else {
        words.concat()
    };
    page.edit(span, if missing { format!(" {value}") } else { value });
}

/// Blanks between the column of a key and the dashes of its list, as the mapping or else the file has it.
fn list_step(page: &Page, map: NodeId) -> String {
    let step = |e: &Entry| {
        let value = page.tree.node(e.value);
        let block = value.style == Style::Block && matches!(value.kind, Kind::Sequence(_));
        if !block || page.source.line_of(value.span.start) <= page.source.line_of(e.entry.start) {
            return None;
        }
        let (key, dash) = (page.indent_at(e.entry.start), page.indent_at(value.span.start));
        dash.len().checked_sub(key.len())
    };
    let own = page.tree.entries(map).iter().find_map(step);
    let whole = || page.tree.ids().find_map(|m| page.tree.entries(m).iter().find_map(step));
    let found = own.or_else(|| *page.index.list_step.get_or_init(whole));
    " ".repeat(found.unwrap_or_else(|| map_step(page).len()))
}

/// Blanks by which the file sets a nested mapping in.
fn map_step(page: &Page) -> String {
    let step = |e: &Entry| {
        let value = page.tree.node(e.value);
        let block = value.style == Style::Block && matches!(value.kind, Kind::Mapping(_));
        if !block || !page.blank_before(value.span.start) {
            return None;
        }
        let (outer, inner) = (page.indent_at(e.entry.start), page.indent_at(value.span.start));
        inner.len().checked_sub(outer.len())
    };
    let whole = || page.tree.ids().find_map(|m| page.tree.entries(m).iter().find_map(step));
    let found = *page.index.map_step.get_or_init(whole);
    " ".repeat(found.filter(|&n| n > 0).unwrap_or(2))
}

/// True for the words that stand for a switch, which stay bare.
fn is_word(value: &str) -> bool {
    matches!(value, "true" | "false")
}

/// A value as a scalar: bare where YAML reads it as the same string, else in quotes; in the quotes of
/// its neighbours where they have some. `bare` leaves a switch a switch.
pub(super) fn scalar(value: &str, like: Style, flow: bool, bare: bool) -> String {
    let double = || format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    match like {
        _ if bare => value.to_owned(),
        Style::Double => double(),
        Style::Single => format!("'{}'", value.replace('\'', "''")),
        _ if plain(value, flow) => value.to_owned(),
        _ => double(),
    }
}

/// True when a bare value is read as the string that it is.
fn plain(value: &str, flow: bool) -> bool {
    let starts = value.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '$'));
    let inside = |c: char| c.is_ascii_alphanumeric() || "_./:=@+-$".contains(c) || (!flow && "{}~,".contains(c));
    let number = value.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && value.chars().all(|c| c.is_ascii_hexdigit() || "._:xobe+-".contains(c))
        && !value.contains('/');
    let word = matches!(
        value.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "null" | "~" | "" | "." | ".inf" | ".nan"
    );
    starts && value.chars().all(inside) && !value.ends_with(':') && !number && !word
}
