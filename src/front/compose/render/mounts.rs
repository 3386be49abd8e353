//! Options of mounts: labels, and `ro`.

use super::super::page::{Page, refuse};
use super::super::write::{self, New};
use crate::container::{Labelling, Mount, Relabel, Written};
use crate::fix::Refusal;
use crate::front::yaml::{Kind, NodeId, Style};
use crate::source::Span;

/// Asks for a label, for another, or for none.
pub(super) fn relabel(page: &mut Page, mount: &Written<Mount>, label: Relabel) -> Result<(), Refusal> {
    let (written, mount) = (mount, &mount.value);
    let letter = match label {
        Relabel::None => "",
        Relabel::Shared => "z",
        Relabel::Private => "Z",
    };
    match (long_form(page, written), mount.labelling) {
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

/// Lets the container only read there.
pub(super) fn read_only(page: &mut Page, mount: &Written<Mount>) -> Result<(), Refusal> {
    if let Some(option) = mount.value.options.iter().find(|option| option.is("rw")) {
        if page.source.slice(option.span()) != "rw" {
            return refuse("the mount's `rw` is not written out here");
        }
        page.edit(option.span(), "ro");
        return Ok(());
    }
    match long_form(page, mount) {
        Some(item) if page.tree.get(item, "read_only").is_some() => refuse("the mount says `read_only`"),
        Some(item) => write::entry(page, item, "read_only", &New::Scalar("true".to_owned())),
        None => append(page, &mount.value, "ro"),
    }
}

/// The mapping of a mount that is written as one.
fn long_form(page: &Page, mount: &Written<Mount>) -> Option<NodeId> {
    let item = page.tree.resolve(page.value_of(mount.place.entry)?);
    matches!(page.tree.node(item).kind, Kind::Mapping(_)).then_some(item)
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
    append(page, mount, letter)
}

/// One more option of the short form.
fn append(page: &mut Page, mount: &Mount, letter: &str) -> Result<(), Refusal> {
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
