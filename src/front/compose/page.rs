//! One file that is edited: where its entries stand, and which of them go.

mod index;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use index::{Index, read};

use crate::container::FileId;
use crate::fix::{Edit, Refusal};
use crate::front::reading::Comment;
use crate::front::yaml::{Kind, NodeId, Style, Tree};
use crate::source::{Source, Span};

/// A file with what is to be done in it.
pub(super) struct Page<'a> {
    pub(super) file: FileId,
    pub(super) source: &'a Source,
    pub(super) tree: Rc<Tree>,
    pub(super) index: Rc<Index>,
    /// What goes, by collection.
    pub(super) removed: BTreeMap<NodeId, BTreeSet<usize>>,
    /// Collections that gain something, and so are never emptied.
    pub(super) growing: BTreeSet<NodeId>,
    /// True for a file that only lays over the one that the container stands in: a service that says
    /// nothing more goes with its key.
    pub(super) lays_over: bool,
    pub(super) edits: Vec<Edit>,
}

pub(super) fn refuse<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(why.into()))
}

impl<'a> Page<'a> {
    pub(super) fn new(file: FileId, source: &'a Arc<Source>) -> Page<'a> {
        let (tree, index) = read(source);
        Page {
            file,
            source,
            tree,
            index,
            removed: BTreeMap::new(),
            growing: BTreeSet::new(),
            lays_over: false,
            edits: Vec::new(),
        }
    }

    /// The collection that holds an entry, and its position there.
    pub(super) fn find(&self, entry: Span) -> Option<(NodeId, usize)> {
        self.index.at.get(&entry).copied()
    }

    /// The value of an entry or item, as written there: an alias stays one.
    pub(super) fn value_of(&self, entry: Span) -> Option<NodeId> {
        let (parent, index) = self.find(entry)?;
        let tree = &self.tree;
        let item = tree.items(parent).get(index).map(|i| i.node);
        item.or_else(|| tree.entries(parent).get(index).map(|e| e.value))
    }

    /// The spans of all entries or items of a collection.
    pub(super) fn parts(&self, id: NodeId) -> Vec<Span> {
        match &self.tree.node(id).kind {
            Kind::Mapping(entries) => entries.iter().map(|e| e.entry).collect(),
            Kind::Sequence(items) => items.iter().map(|i| i.entry).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn is_removed(&self, id: NodeId, index: usize) -> bool {
        self.removed.get(&id).is_some_and(|gone| gone.contains(&index))
    }

    pub(super) fn edit(&mut self, span: Span, text: impl Into<String>) {
        self.edits.push(Edit {
            file: self.file,
            span,
            text: text.into(),
        });
    }

    /// Notes that an entry goes.
    pub(super) fn remove(&mut self, entry: Span) -> Result<(), Refusal> {
        let Some((parent, index)) = self.find(entry) else {
            return refuse("the setting is not found where it was read");
        };
        self.removed.entry(parent).or_default().insert(index);
        Ok(())
    }

    /// A list that loses all it holds goes with its key; a mapping that would is left alone.
    pub(super) fn spread(&mut self) -> Result<(), Refusal> {
        loop {
            let emptied = self
                .removed
                .iter()
                .find(|(id, gone)| !self.growing.contains(id) && gone.len() == self.parts(**id).len());
            let Some((&id, _)) = emptied else { return Ok(()) };
            let holder = self.index.holders.get(&id).copied();
            let is_list = matches!(self.tree.node(id).kind, Kind::Sequence(_));
            let key = holder
                .and_then(|h| self.find(h))
                .and_then(|(parent, index)| self.tree.key_text(self.tree.entries(parent).get(index)?));
            let goes = is_list || matches!(key, Some("bind" | "environment" | "labels" | "sysctls" | "deploy"));
            let service = self.lays_over && holder.is_some_and(|h| self.is_service(h));
            match holder {
                Some(holder) if goes || service => {
                    self.removed.remove(&id);
                    self.remove(holder)?;
                    // whoever has the list by an alias is left with nothing as well
                    for alias in self.aliases_of(id) {
                        if let Some(holder) = self.index.holders.get(&alias).copied() {
                            self.remove(holder)?;
                        }
                    }
                }
                _ => return refuse("nothing would be left of what holds the setting"),
            }
        }
    }

    /// The aliases that lead to a node.
    fn aliases_of(&self, id: NodeId) -> Vec<NodeId> {
        let anchor = self.tree.node(id).anchor.as_ref();
        let aliases = anchor.and_then(|anchor| self.index.anchors.get(&anchor.span));
        aliases.cloned().unwrap_or_default()
    }

    /// True for an entry of `services`.
    fn is_service(&self, entry: Span) -> bool {
        let services = self.find(entry).and_then(|(map, _)| self.index.holders.get(&map));
        let holder = services.and_then(|&s| self.find(s));
        holder.is_some_and(|(root, i)| {
            self.tree
                .entries(root)
                .get(i)
                .is_some_and(|e| self.tree.key_text(e) == Some("services"))
        })
    }

    /// Refuses to remove what an alias elsewhere leads to.
    pub(super) fn keep_anchors(&self) -> Result<(), Refusal> {
        let gone: Vec<Span> = self
            .removed
            .iter()
            .flat_map(|(id, indexes)| {
                let parts = self.parts(*id);
                indexes
                    .iter()
                    .filter_map(move |&i| parts.get(i).copied())
                    .collect::<Vec<_>>()
            })
            .collect();
        let inside = |span: Span| gone.iter().any(|g| g.contains(span));
        for whole in &gone {
            let anchors = self.index.anchors.range(Span::at(whole.start as usize)..);
            let going = anchors.take_while(|(anchor, _)| whole.contains(**anchor));
            for node in going.flat_map(|(_, aliases)| aliases).map(|&id| self.tree.node(id)) {
                if let Kind::Alias(name, _) = &node.kind
                    && !inside(node.span)
                {
                    return refuse(format!("the alias `*{name}` elsewhere leads to it"));
                }
            }
        }
        Ok(())
    }

    /// Writes the edits of all removals.
    pub(super) fn carry_out_removals(&mut self) -> Result<(), Refusal> {
        let removed: Vec<(NodeId, BTreeSet<usize>)> = self.removed.iter().map(|(k, v)| (*k, v.clone())).collect();
        for (id, gone) in removed {
            let parts = self.parts(id);
            if self.tree.node(id).style == Style::Flow {
                self.remove_from_flow(&parts, &gone)?;
                continue;
            }
            for &index in &gone {
                let Some(&entry) = parts.get(index) else { continue };
                let next = parts.get(index + 1).filter(|_| !gone.contains(&(index + 1)));
                self.remove_block(entry, next.copied())?;
            }
        }
        Ok(())
    }

    fn remove_from_flow(&mut self, parts: &[Span], gone: &BTreeSet<usize>) -> Result<(), Refusal> {
        let mut index = 0;
        while index < parts.len() {
            if !gone.contains(&index) {
                index += 1;
                continue;
            }
            let first = index;
            while gone.contains(&index) {
                index += 1;
            }
            let (Some(from), Some(to)) = (parts.get(first), parts.get(index - 1)) else {
                return Ok(());
            };
            let before = first.checked_sub(1).and_then(|i| parts.get(i));
            let breaks = |from: u32, to: u32| self.source.slice(Span { start: from, end: to }).contains('\n');
            let span = match (parts.get(index), before) {
                // the last of its line: the line end stays
                (Some(next), Some(before)) if breaks(to.end, next.start) && !breaks(before.end, from.start) => Span {
                    start: before.end,
                    end: to.end,
                },
                (Some(next), _) => Span {
                    start: from.start,
                    end: next.start,
                },
                (None, Some(before)) => Span {
                    start: before.end,
                    end: to.end,
                },
                // everything goes, which only happens where something else comes in its place
                (None, None) => from.to(*to),
            };
            if self.tree.comments.iter().any(|c| span.contains(c.span)) {
                return refuse("a comment stands between what is removed and what stays");
            }
            self.edit(span, "");
        }
        Ok(())
    }

    /// Removes an entry in block style with its lines; comments stay.
    fn remove_block(&mut self, entry: Span, next: Option<Span>) -> Result<(), Refusal> {
        let first = self.source.line_of(entry.start);
        let line = self.source.line_span(first);
        if !self.blank_before(entry.start) {
            // the first key behind a dash: the next one takes its place
            let Some(next) = next else {
                return refuse("the setting shares its line with what holds it");
            };
            let span = Span {
                start: entry.start,
                end: next.start,
            };
            if self.tree.comments.iter().any(|c| span.contains(c.span)) {
                return refuse("a comment stands between what is removed and what stays");
            }
            self.edit(span, "");
            return Ok(());
        }
        let last = self.source.line_of(entry.end.max(entry.start + 1) - 1);
        let mut gone: Vec<Span> = Vec::new();
        for number in first..=last {
            let full = self.source.full_line_span(number);
            let body = self.source.line_span(number);
            let comment = self.comment_on(body);
            match comment {
                Some(c) if c.own_line => {}
                Some(c) => {
                    let start = if number == first {
                        entry.start
                    } else {
                        body.start + u32::try_from(self.source.indent_of(number).len()).unwrap_or(0)
                    };
                    gone.push(Span {
                        start,
                        end: c.span.start,
                    });
                }
                None => match gone.last_mut() {
                    Some(before) if before.end == full.start => before.end = full.end,
                    _ => gone.push(full),
                },
            }
        }
        let text_end = self.source.text().len();
        for mut span in gone {
            let unended = span.end as usize == text_end && !self.source.slice(span).ends_with(['\n', '\r']);
            if unended && span.start == line.start && first > 1 {
                // the last line of a file without a line end: the one before it becomes the last
                span.start = self.source.line_span(first - 1).end;
            }
            self.edit(span, "");
        }
        Ok(())
    }

    /// The comment on a line.
    fn comment_on(&self, line: Span) -> Option<Comment> {
        let comments = &self.tree.comments;
        let next = comments.partition_point(|c| c.span.start < line.start);
        comments.get(next).copied().filter(|c| line.contains(c.span))
    }

    /// True when brackets or braces stand around a span.
    pub(super) fn in_brackets(&self, span: Span) -> bool {
        let before = self.index.brackets.range(..=span.start).next_back();
        before.is_some_and(|(_, brackets)| brackets.contains(span))
    }

    /// The scalar that stands exactly at a span.
    pub(super) fn scalar_at(&self, span: Span) -> Option<NodeId> {
        self.index.scalars.get(&span).copied()
    }

    /// The scalar that a span lies in.
    pub(super) fn scalar_around(&self, span: Span) -> Option<NodeId> {
        let last = Span {
            start: span.start,
            end: u32::MAX,
        };
        let (whole, id) = self.index.scalars.range(..=last).next_back()?;
        whole.contains(span).then_some(*id)
    }

    /// True when some alias leads to the node.
    pub(super) fn is_shared(&self, id: NodeId) -> bool {
        self.index.shared.contains(&id)
    }

    /// True when nothing but blanks stands before an offset on its line.
    pub(super) fn blank_before(&self, offset: u32) -> bool {
        let line = self.source.line_span(self.source.line_of(offset));
        let before = self.source.slice(Span {
            start: line.start,
            end: offset.max(line.start),
        });
        before
            .trim_start_matches(crate::source::BOM)
            .trim_matches([' ', '\t'])
            .is_empty()
    }

    /// The blanks that put a line at the column of an offset.
    pub(super) fn indent_at(&self, offset: u32) -> String {
        let line = self.source.line_span(self.source.line_of(offset));
        let before = self.source.slice(Span {
            start: line.start,
            end: offset.max(line.start),
        });
        let before = before.trim_start_matches(crate::source::BOM);
        before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect()
    }

    /// Adds lines behind an entry in block style, or in its place where it goes.
    pub(super) fn insert_lines(&mut self, entry: Span, goes: bool, lines: &[String]) {
        let end = self.source.line_ending().as_str();
        let (mut at, mut text) = if goes {
            let line = self.source.full_line_span(self.source.line_of(entry.start));
            let start = line.start as usize + if line.start == 0 { self.source.bom_len() } else { 0 };
            (start, lines.iter().map(|l| format!("{l}{end}")).collect::<String>())
        } else {
            let after = self.source.line_span(self.last_line(entry)).end as usize;
            (after, lines.iter().map(|l| format!("{end}{l}")).collect::<String>())
        };
        // a removal that reaches over this place is met at its start: that of a line, or the end of the
        // line before it
        if let Some(removal) = self
            .edits
            .iter()
            .find(|e| e.text.is_empty() && (e.span.start as usize) < at && at < e.span.end as usize)
        {
            at = removal.span.start as usize;
            let starts_line =
                self.source.line_span(self.source.line_of(removal.span.start)).start == removal.span.start;
            text = lines
                .iter()
                .map(|l| {
                    if starts_line {
                        format!("{l}{end}")
                    } else {
                        format!("{end}{l}")
                    }
                })
                .collect();
        }
        self.edit(Span::at(at), text);
    }

    /// The last line of an entry, with the comments below it that stand deeper than it.
    fn last_line(&self, entry: Span) -> u32 {
        let indent = self.indent_at(entry.start).len();
        let mut last = self.source.line_of(entry.end.max(entry.start + 1) - 1);
        let mut number = last + 1;
        while number <= self.source.line_count() {
            let body = self.source.line_span(number);
            let comment = self.comment_on(body).filter(|c| c.own_line);
            let deeper = comment.is_some_and(|c| (c.span.start - body.start) as usize > indent);
            if !deeper {
                break;
            }
            last = number;
            number += 1;
        }
        last
    }
}
