//! YAML as a tree with the bytes of everything: keys, values, whole entries, anchors, tags, comments.
//!
//! The only place that knows the parser. Aliases are kept as nodes that name their target, so a tree
//! is never larger than its text; who follows them brings a budget.

mod kept;
mod key;
mod parse;
mod scalar;

pub use scalar::Scalar;

use std::rc::Rc;

use crate::source::Span;

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// All documents of one text.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    /// The root of each document that has content, in order.
    pub documents: Vec<NodeId>,
    /// Every comment, in order.
    pub comments: Vec<super::Comment>,
    /// What could not be read, in order.
    pub problems: Vec<Trouble>,
}

/// Why part of a text could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where.
    pub span: Span,
    /// What, in lower case without a full stop.
    pub message: String,
    /// True when the rest of that document was not read.
    pub ends_document: bool,
    /// True where it is more than is read, and nothing is wrong with it.
    pub bound: bool,
}

impl Trouble {
    /// Something wrong that the reading goes on behind.
    fn slip(span: Span, message: String) -> Trouble {
        Trouble {
            span,
            message,
            ends_document: false,
            bound: false,
        }
    }
}

/// A value.
#[derive(Clone, Debug)]
pub struct Node {
    /// The bytes of the value: quotes and brackets included, anchor and tag not.
    /// For a missing value the empty span after the colon or dash.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// How it is written.
    pub style: Style,
    /// `&name`.
    pub anchor: Option<Box<Mark>>,
    /// `!tag`, as written.
    pub tag: Option<Box<Mark>>,
    /// False when an error ended the document inside it.
    pub complete: bool,
}

/// A name that decorates a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The anchor's name without `&`; the tag with its `!`.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A scalar, decoded.
    Scalar(String),
    /// Nothing: `key:`, `key: ~`, `key: null`.
    Null,
    /// A list.
    Sequence(Vec<Item>),
    /// Keys and values.
    Mapping(Vec<Entry>),
    /// `*name`, and the latest definition before it; `None` for one that is not defined, or is
    /// still open because the alias stands inside it.
    Alias(String, Option<NodeId>),
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Bare.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|` or `>`
    BlockScalar,
    /// By indentation.
    Block,
    /// In brackets.
    Flow,
}

/// An item of a list.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The value.
    pub node: NodeId,
    /// In block style from the dash, in flow style the value with its anchor and tag.
    pub entry: Span,
}

/// A key with its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The key.
    pub key: NodeId,
    /// The value.
    pub value: NodeId,
    /// From the first byte of the key to the last of the value.
    pub entry: Span,
}

impl Tree {
    /// Reads a text. Never fails: see [`Tree::problems`].
    pub fn parse(text: &str) -> Tree {
        parse::parse(text)
    }

    /// The tree of a text that was perhaps read a moment ago.
    pub fn kept(text: &str) -> Rc<Tree> {
        kept::tree(text)
    }

    /// False only where no mapping of a text has the key: what else would have to be parsed need not be.
    pub fn may_have_key(text: &str, name: &str) -> bool {
        key::may_be_in(text, name)
    }

    /// A node. Ids of another tree give some node or an empty one.
    pub fn node(&self, id: NodeId) -> &Node {
        const NOTHING: &Node = &Node {
            span: Span { start: 0, end: 0 },
            kind: Kind::Null,
            style: Style::Plain,
            anchor: None,
            tag: None,
            complete: true,
        };
        self.nodes.get(id.0 as usize).unwrap_or(NOTHING)
    }

    /// Every node, in the order in which they begin.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The ids of all nodes, in the same order.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// The node behind an alias; the node itself where it is none. An alias without a target gives itself.
    pub fn resolve(&self, id: NodeId) -> NodeId {
        match self.node(id).kind {
            Kind::Alias(_, Some(target)) => target,
            _ => id,
        }
    }

    /// The text of a scalar that is used as a key.
    pub fn key_text(&self, entry: &Entry) -> Option<&str> {
        match &self.node(self.resolve(entry.key)).kind {
            Kind::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping; none for any other node.
    pub fn entries(&self, id: NodeId) -> &[Entry] {
        match &self.node(id).kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for any other node.
    pub fn items(&self, id: NodeId) -> &[Item] {
        match &self.node(id).kind {
            Kind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The entry that a mapping itself writes for a key; the last where it is written twice.
    pub fn get(&self, id: NodeId, key: &str) -> Option<&Entry> {
        self.entries(id).iter().rev().find(|e| self.key_text(e) == Some(key))
    }

    /// A scalar with the bytes of its parts; `None` for other nodes.
    pub fn scalar(&self, text: &str, id: NodeId) -> Option<Scalar> {
        let node = self.node(id);
        match &node.kind {
            Kind::Scalar(value) => Some(Scalar::new(text, node.span, node.style, value)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
