//! Parser events to a tree.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, ScanError, StructureStyle};

use super::{Entry, Item, Kind, Mark, Node, NodeId, Style, Tree, Trouble};
use crate::front::reading::Comment;
use crate::source::Span;

/// More nodes than any file that people write; beyond it the rest is not read.
const MAX_NODES: usize = 600_000;
/// Errors after which recovery at the next document is given up.
const MAX_ERRORS: usize = 100;

struct Builder<'a> {
    text: &'a str,
    tree: Tree,
    open: Vec<Frame>,
    /// A scalar or alias whose anchor may still follow.
    pending: Option<NodeId>,
    anchors: HashMap<usize, NodeId>,
}

/// A collection whose end has not come yet.
struct Frame {
    node: NodeId,
    key: Option<NodeId>,
    /// One past the last byte that belongs to what was read of it.
    end: usize,
}

pub(super) fn parse(text: &str) -> Tree {
    let options = granit_parser::options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        block_scalar_eof_without_line_feed: true,
        max_buffered_comment_events: 1_000_000,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder {
        text,
        tree: Tree::default(),
        open: Vec::new(),
        pending: None,
        anchors: HashMap::new(),
    };
    let mut errors = 0;
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => {
                builder.take(event, &span);
                if builder.tree.nodes.len() > MAX_NODES {
                    let at = span.start.byte_offset().unwrap_or(0);
                    builder.trouble(at, format!("more than {MAX_NODES} values, the rest is not read"), true);
                    break;
                }
            }
            Err(error) => {
                builder.fail(&error);
                errors += 1;
                let more = errors < MAX_ERRORS && matches!(parser.proceed_next_document(), Ok(true));
                if !more {
                    break;
                }
            }
        }
    }
    builder.abandon();
    builder.tree.comments.sort_by_key(|c| c.span);
    builder.tree.comments.dedup();
    builder.tree.problems.sort_by_key(|p| p.span);
    builder.tree
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, at: &granit_parser::Span) {
        let span = span_of(at);
        if let Event::Anchor(id, name) = event {
            if let Some(&node) = self.anchors.get(&id)
                && let Some(node) = self.tree.nodes.get_mut(node.0 as usize)
            {
                node.anchor = Some(Box::new(Mark {
                    text: name.into_owned(),
                    span,
                }));
            }
            return;
        }
        if let Event::Comment(..) = event {
            let own_line = self.text.get(..span.start as usize).is_some_and(|before| {
                before
                    .rsplit(['\n', '\r'])
                    .next()
                    .is_some_and(|l| l.trim_start_matches(crate::source::BOM).trim().is_empty())
            });
            self.tree.comments.push(Comment { span, own_line });
            return;
        }
        self.settle();
        let tag = |tag: Option<std::borrow::Cow<'_, granit_parser::Tag>>| {
            tag.map(|tag| {
                Box::new(Mark {
                    text: tag.original(),
                    span: at.tag_span().map_or(Span::at(span.start as usize), |s| span_of(&s)),
                })
            })
        };
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::DocumentEnd => self.abandon(),
            Event::Scalar(value, style, anchor, marked) => {
                let missing = span.is_empty() && style == ScalarStyle::Plain;
                let tag = tag(marked);
                let null = missing
                    || (style == ScalarStyle::Plain
                        && tag.is_none()
                        && matches!(&*value, "~" | "null" | "Null" | "NULL"));
                let kind = match null {
                    true => Kind::Null,
                    false => Kind::Scalar(value.into_owned()),
                };
                let style = match style {
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::BlockScalar,
                    _ => Style::Plain,
                };
                self.pending = Some(self.push(span, kind, style, anchor, tag));
            }
            Event::Alias(id) => {
                let name = self.name_at(span);
                let target = self.anchors.get(&id).copied();
                let target = match target {
                    Some(t) if self.open.iter().any(|f| f.node == t) => {
                        self.tree.problems.push(Trouble::slip(
                            span,
                            format!("the alias `*{name}` stands inside what it names"),
                        ));
                        None
                    }
                    other => other,
                };
                self.pending = Some(self.push(span, Kind::Alias(name, target), Style::Plain, 0, None));
            }
            Event::UnresolvedAlias(name) => {
                self.tree.problems.push(Trouble::slip(
                    span,
                    format!("no anchor `&{name}` stands before this alias"),
                ));
                let kind = Kind::Alias(name.into_owned(), None);
                self.pending = Some(self.push(span, kind, Style::Plain, 0, None));
            }
            Event::SequenceStart(style, anchor, marked) => {
                let tag = tag(marked);
                self.start(span, Kind::Sequence(Vec::new()), style, anchor, tag);
            }
            Event::MappingStart(style, anchor, marked) => {
                let tag = tag(marked);
                self.start(span, Kind::Mapping(Vec::new()), style, anchor, tag);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(Some(span)),
            _ => {}
        }
    }

    fn push(&mut self, span: Span, kind: Kind, style: Style, anchor: usize, tag: Option<Box<Mark>>) -> NodeId {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        self.tree.nodes.push(Node {
            span,
            kind,
            style,
            anchor: None,
            tag,
            complete: true,
        });
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        id
    }

    fn start(&mut self, span: Span, kind: Kind, style: StructureStyle, anchor: usize, tag: Option<Box<Mark>>) {
        let style = match style {
            StructureStyle::Flow => Style::Flow,
            StructureStyle::Block => Style::Block,
        };
        let span = match (&kind, style) {
            (Kind::Sequence(_), Style::Block) => Span::at(self.first_dash(span.start as usize)),
            _ => span,
        };
        let node = self.push(span, kind, style, anchor, tag);
        self.open.push(Frame {
            node,
            key: None,
            end: if style == Style::Flow { span.end } else { span.start } as usize,
        });
    }

    /// Where the first dash of a list stands. For a list at the column of its key the parser's place is past it.
    fn first_dash(&self, at: usize) -> usize {
        if self.text.as_bytes().get(at) == Some(&b'-') {
            return at;
        }
        let Some(key) = self.open.last().and_then(|f| f.key) else {
            return at;
        };
        let mut from = self.tree.node(key).span.end as usize;
        from = self.find(from, b':', true).map_or(from, |c| c + 1);
        while let Some(prop) = self.find(from, b'&', true).or_else(|| self.find(from, b'!', true)) {
            let rest = self.text.get(prop..).unwrap_or("");
            from = prop + rest.find(char::is_whitespace).unwrap_or(rest.len());
        }
        self.find(from, b'-', true).unwrap_or(at)
    }

    /// Hands a finished scalar or alias to what it stands in.
    fn settle(&mut self) {
        if let Some(node) = self.pending.take() {
            self.attach(node);
        }
    }

    /// Ends the innermost collection. Without an end event it was cut off by an error.
    fn close(&mut self, end: Option<Span>) {
        let Some(frame) = self.open.pop() else { return };
        if let (Some(key), None) = (frame.key, end) {
            // an error stands where the value would be: keep the key, so that its name is known
            self.cut_off_value(&frame, key);
        }
        if let Some(node) = self.tree.nodes.get_mut(frame.node.0 as usize) {
            let at = match (node.style, end) {
                (Style::Flow, Some(end)) => end.end as usize,
                _ => frame.end,
            };
            node.span = Span::new(node.span.start as usize, at);
            node.complete = end.is_some();
        }
        self.name_doubles(frame.node);
        self.attach(frame.node);
    }

    /// A key that appears twice in one mapping, which the readers of YAML in Go refuse (seen on Compose 2.40).
    fn name_doubles(&mut self, mapping: NodeId) {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut found = Vec::new();
        for entry in self.tree.entries(mapping) {
            let Some(key) = self.tree.key_text(entry) else { continue };
            if !seen.insert(key) {
                found.push(Trouble::slip(
                    self.tree.node(entry.key).span,
                    format!("the key `{key}` appears twice in one mapping"),
                ));
            }
        }
        self.tree.problems.append(&mut found);
    }

    fn cut_off_value(&mut self, frame: &Frame, key: NodeId) {
        let span = Span::at(self.tree.node(key).span.end as usize);
        let value = self.push(span, Kind::Null, Style::Plain, 0, None);
        if let Some(node) = self.tree.nodes.get_mut(value.0 as usize) {
            node.complete = false;
        }
        let entry = self.tree.node(key).span;
        if let Some(Kind::Mapping(entries)) = self.tree.nodes.get_mut(frame.node.0 as usize).map(|n| &mut n.kind) {
            entries.push(Entry { key, value, entry });
        }
    }

    /// Closes whatever an error left open.
    fn abandon(&mut self) {
        self.settle();
        while !self.open.is_empty() {
            self.close(None);
        }
    }

    fn attach(&mut self, id: NodeId) {
        let Some(frame) = self.open.last_mut() else {
            self.tree.documents.push(id);
            return;
        };
        let parent = frame.node;
        let (from, key) = (frame.end, frame.key);
        let flow = self.tree.node(parent).style == Style::Flow;
        if let Kind::Sequence(_) = self.tree.node(parent).kind {
            let dash = if flow { None } else { self.find(from, b'-', true) };
            let after = dash.map_or(from, |d| d + 1);
            self.fit(id, after);
            let start = dash.unwrap_or_else(|| self.props_start(id));
            let end = (self.tree.node(id).span.end as usize).max(after);
            let item = Item {
                node: id,
                entry: Span::new(start, end),
            };
            self.end_at(end);
            if let Some(Kind::Sequence(items)) = self.tree.nodes.get_mut(parent.0 as usize).map(|n| &mut n.kind) {
                items.push(item);
            }
            return;
        }
        let Some(key) = key else {
            let end = self.tree.node(id).span.end as usize;
            if let Some(frame) = self.open.last_mut() {
                frame.key = Some(id);
                frame.end = end;
            }
            return;
        };
        let key_end = self.tree.node(key).span.end as usize;
        let colon = self.find(key_end, b':', true);
        let after = colon.map_or(key_end, |c| c + 1);
        self.fit(id, after);
        let end = (self.tree.node(id).span.end as usize).max(after);
        let entry = Entry {
            key,
            value: id,
            entry: Span::new(self.props_start(key), end),
        };
        if let Some(frame) = self.open.last_mut() {
            frame.key = None;
        }
        self.end_at(end);
        if let Some(Kind::Mapping(entries)) = self.tree.nodes.get_mut(parent.0 as usize).map(|n| &mut n.kind) {
            entries.push(entry);
        }
    }

    fn end_at(&mut self, end: usize) {
        if let Some(frame) = self.open.last_mut() {
            frame.end = end;
        }
    }

    /// Mends the spans that the parser gives otherwise than the tree promises: a missing value stands
    /// after its colon or dash, a block scalar begins at its `|` and ends with its last visible byte.
    fn fit(&mut self, id: NodeId, after: usize) {
        let node = self.tree.node(id);
        let span = match (&node.kind, node.style) {
            (Kind::Null, _) if node.span.is_empty() => {
                let props = node
                    .anchor
                    .iter()
                    .chain(node.tag.iter())
                    .map(|m| m.span.end as usize)
                    .max();
                Span::at(props.unwrap_or(after).max(after))
            }
            (Kind::Scalar(_), Style::BlockScalar) => {
                let props = node
                    .anchor
                    .iter()
                    .chain(node.tag.iter())
                    .map(|m| m.span.end as usize)
                    .max();
                let from = props.unwrap_or(after).max(after);
                let start = self
                    .find(from, b'|', false)
                    .or_else(|| self.find(from, b'>', false))
                    .unwrap_or(node.span.start as usize);
                let body = self.text.get(start..node.span.end as usize).unwrap_or("");
                Span::new(start, start + body.trim_end().len())
            }
            _ => return,
        };
        if let Some(node) = self.tree.nodes.get_mut(id.0 as usize) {
            node.span = span;
        }
    }

    /// Where a node begins with its anchor and tag.
    fn props_start(&self, id: NodeId) -> usize {
        let node = self.tree.node(id);
        let marks = node.anchor.iter().chain(node.tag.iter()).map(|m| m.span.start);
        marks.chain([node.span.start]).min().unwrap_or(0) as usize
    }

    /// The first visible byte at or after `from`, if it is `wanted`; comments and, where asked, line
    /// ends are passed over.
    fn find(&self, from: usize, wanted: u8, over_lines: bool) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        loop {
            match bytes.get(at)? {
                b' ' | b'\t' => at += 1,
                b'\n' | b'\r' if over_lines => at += 1,
                b'#' if over_lines => at += memchr::memchr2(b'\n', b'\r', bytes.get(at..)?)?,
                &b => return (b == wanted).then_some(at),
            }
        }
    }

    fn name_at(&self, span: Span) -> String {
        let text = self.text.get(span.range()).unwrap_or("");
        text.trim_start_matches('*').to_owned()
    }

    fn fail(&mut self, error: &ScanError) {
        let at = error.marker().byte_offset().unwrap_or(self.text.len());
        self.trouble(at, format!("not valid YAML: {}", error.info()), false);
        self.settle();
        self.cut_off_last();
        self.abandon();
    }

    /// What ended last before an error may have ended by it: a line that is set in too little closes
    /// the collections before it.
    fn cut_off_last(&mut self) {
        let mut next = self.open.last().map(|f| f.node);
        while let Some(node) = next.and_then(|id| self.tree.nodes.get_mut(id.0 as usize)) {
            if !matches!(node.kind, Kind::Mapping(_) | Kind::Sequence(_)) {
                break;
            }
            node.complete = false;
            next = match &node.kind {
                Kind::Mapping(entries) => entries.last().map(|e| e.value),
                Kind::Sequence(items) => items.last().map(|i| i.node),
                _ => None,
            };
        }
    }

    fn trouble(&mut self, at: usize, message: String, bound: bool) {
        let at = at.min(self.text.len());
        let rest = self.text.get(at..).unwrap_or("");
        let len = rest
            .chars()
            .next()
            .filter(|c| !c.is_whitespace())
            .map_or(0, char::len_utf8);
        self.tree.problems.push(Trouble {
            span: Span::new(at, at + len),
            message,
            ends_document: true,
            bound,
        });
    }
}

fn span_of(span: &granit_parser::Span) -> Span {
    let start = span.start.byte_offset().unwrap_or(0);
    Span::new(start, span.end.byte_offset().unwrap_or(start))
}
