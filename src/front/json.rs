//! JSON with comments as a tree with the bytes of everything. The only place that knows the parser.

use jsonc_parser::ast::{Comment as Remark, ObjectPropName, StringLit, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::reading::Comment;
use crate::container::{PieceKind, Text};
use crate::source::{Excerpt, Span};

/// How deep brackets may stand in brackets: the parser calls itself for each.
const MAX_DEPTH: usize = 128;

/// A value.
pub(super) struct Node {
    /// Its bytes, quotes and brackets included.
    pub(super) span: Span,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a value is.
pub(super) enum Kind {
    /// A string.
    String(Characters),
    /// `true` or `false`.
    Boolean(bool),
    /// Keys with their values.
    Object(Vec<Member>),
    /// A list.
    Array(Vec<Node>),
    /// A number, or `null`.
    Other,
}

/// A key with its value.
pub(super) struct Member {
    /// The key.
    pub(super) key: String,
    /// Its bytes, quotes included.
    pub(super) key_span: Span,
    /// From the key to the end of the value.
    pub(super) entry: Span,
    /// The value.
    pub(super) value: Node,
}

/// The text of a string: parts, each with the bytes it comes from, and whether those are the same bytes.
pub(super) struct Characters(Vec<(String, Span, bool)>);

/// What was read of a text.
pub(super) struct Tree {
    /// The value, unless the text is broken.
    pub(super) root: Result<Option<Node>, (Span, String)>,
    /// Its comments, in order.
    pub(super) comments: Vec<Comment>,
    /// True where it is not read because it nests deeper than is followed.
    pub(super) too_deep: bool,
}

impl Node {
    /// The value of a key; of one that is written twice, the last.
    pub(super) fn get(&self, key: &str) -> Option<&Member> {
        self.members().iter().rev().find(|member| member.key == key)
    }

    /// The entries of an object; none for any other value.
    pub(super) fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; none for any other value.
    pub(super) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// The text of a string.
    pub(super) fn string(&self) -> Option<&Characters> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }
}

impl Characters {
    /// What the string says.
    pub(super) fn value(&self) -> String {
        self.0.iter().map(|(text, _, _)| text.as_str()).collect()
    }

    /// The same with its places.
    pub(super) fn text(&self) -> Text {
        let mut out = Text::new();
        for (text, span, literal) in &self.0 {
            let kind = if *literal {
                PieceKind::Literal
            } else {
                PieceKind::Cooked
            };
            out.push(text.clone(), *span, kind);
        }
        out
    }

    /// The same as a document.
    pub(super) fn excerpt(&self) -> Excerpt {
        let mut out = Excerpt::new();
        for (text, span, literal) in &self.0 {
            match literal {
                true => out.copy(text, span.start as usize),
                false => out.made(text),
            }
        }
        out
    }
}

/// Reads a text from an offset on: JSON with comments and commas behind the last item, as editors take it.
pub(super) fn read(text: &str, from: usize) -> Tree {
    let body = text.get(from..).unwrap_or("");
    if too_deep(body) {
        let root = Err((
            Span::at(from),
            format!("more than {MAX_DEPTH} brackets stand in each other"),
        ));
        return Tree {
            root,
            comments: Vec::new(),
            too_deep: true,
        };
    }
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Separate,
        tokens: false,
    };
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let builder = Builder { body, from };
    match parse_to_ast(body, &collect, &options) {
        Err(error) => Tree {
            root: Err((builder.span(error.range()), error.kind().to_string().to_lowercase())),
            comments: Vec::new(),
            too_deep: false,
        },
        Ok(parsed) => {
            let remarks = parsed.comments.iter().flat_map(|map| map.values());
            let mut comments: Vec<Comment> = remarks
                .flat_map(|list| list.iter())
                .map(|c| builder.comment(c))
                .collect();
            comments.sort_by_key(|comment| comment.span);
            comments.dedup_by_key(|comment| comment.span);
            Tree {
                root: Ok(parsed.value.as_ref().map(|value| builder.node(value))),
                comments,
                too_deep: false,
            }
        }
    }
}

fn too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}

struct Builder<'a> {
    body: &'a str,
    from: usize,
}

impl Builder<'_> {
    fn span(&self, range: Range) -> Span {
        Span::new(self.from + range.start, self.from + range.end)
    }

    fn comment(&self, remark: &Remark) -> Comment {
        let range = remark.range();
        let before = self.body.get(..range.start).unwrap_or("");
        let line = before.rsplit('\n').next().unwrap_or("");
        Comment {
            span: self.span(range),
            own_line: line.trim().is_empty(),
        }
    }

    fn node(&self, value: &Value) -> Node {
        let kind = match value {
            Value::StringLit(text) => Kind::String(self.characters(text)),
            Value::BooleanLit(boolean) => Kind::Boolean(boolean.value),
            Value::Array(list) => Kind::Array(list.elements.iter().map(|item| self.node(item)).collect()),
            Value::Object(object) => Kind::Object(
                object
                    .properties
                    .iter()
                    .map(|property| Member {
                        key: property.name.as_str().to_owned(),
                        key_span: self.span(match &property.name {
                            ObjectPropName::String(name) => name.range,
                            ObjectPropName::Word(name) => name.range,
                        }),
                        entry: self.span(property.range),
                        value: self.node(&property.value),
                    })
                    .collect(),
            ),
            Value::NumberLit(_) | Value::NullKeyword(_) => Kind::Other,
        };
        Node {
            span: self.span(value.range()),
            kind,
        }
    }

    /// A string between its quotes: what is escaped is not written as it reads.
    fn characters(&self, text: &StringLit) -> Characters {
        let (start, end) = (text.range.start + 1, text.range.end.saturating_sub(1));
        let raw = self.body.get(start..end).unwrap_or("");
        let mut parts: Vec<(String, Span, bool)> = Vec::new();
        let mut add = |value: String, from: usize, to: usize, literal: bool| {
            if !value.is_empty() {
                parts.push((value, self.span(Range::new(start + from, start + to)), literal));
            }
        };
        let mut done = 0;
        while let Some(at) = raw.get(done..).and_then(|rest| rest.find('\\')).map(|n| done + n) {
            add(raw.get(done..at).unwrap_or("").to_owned(), done, at, true);
            let rest = raw.get(at + 1..).unwrap_or("");
            let (value, len) = escape(rest);
            add(value, at, at + 1 + len, false);
            done = at + 1 + len;
        }
        add(raw.get(done..).unwrap_or("").to_owned(), done, raw.len(), true);
        let whole = Characters(parts);
        match whole.value() == *text.value {
            true => whole,
            // two halves of one character, and the like
            false => Characters(vec![(text.value.to_string(), self.span(text.range), false)]),
        }
    }
}

/// What stands for an escape behind its backslash, and its length.
fn escape(rest: &str) -> (String, usize) {
    let Some(c) = rest.chars().next() else {
        return (String::new(), 0);
    };
    let value = match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let code = rest.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            return match code.and_then(char::from_u32) {
                Some(c) => (c.to_string(), 5),
                None => (String::new(), 1),
            };
        }
        other => other,
    };
    (value.to_string(), c.len_utf8())
}
