//! `${…}`: the parameter, and what is done to its value.

use tree_sitter::Node;

use super::statements::{Reader, children};
use super::tree::{Index, Operation, Param, Part, Word};
use super::words::{Quoting, shortened};

impl Reader<'_> {
    /// An expansion in a heredoc, read without the grammar: its length and what it is.
    pub(super) fn missed_expansion(&self, start: usize, end: usize) -> Option<(usize, Part)> {
        let text = self.document.slice(start, end);
        if let Some(inner) = text.strip_prefix('`') {
            let escaped = |at: usize| inner.get(..at).is_some_and(|t| t.ends_with('\\'));
            let close = inner.match_indices('`').find(|(at, _)| !escaped(*at))?.0;
            return Some((close + 2, self.opaque(start, close + 2)));
        }
        let rest = text.strip_prefix('$')?;
        let param = |length: usize, name: &str, operation: Operation| {
            let part = Part::Param(Box::new(Param {
                name: name.to_owned(),
                index: Index::None,
                operation,
                written: shortened(text.get(..length).unwrap_or("")),
                span: self.document.span(start, start + length),
                quoted: true,
            }));
            (length, part)
        };
        if let Some(inner) = rest.strip_prefix('{') {
            let inner = inner.get(..inner.find('}')?)?;
            let name = inner.get(..name_length(inner))?;
            let operation = if name.len() == inner.len() {
                Operation::Plain
            } else {
                Operation::Unknown
            };
            return Some(param(inner.len() + 3, name, operation));
        }
        if let Some(inner) = rest.strip_prefix('(') {
            let mut depth = 1;
            let close = inner.char_indices().find(|(_, c)| {
                match c {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            let length = close?.0 + 3;
            return Some((length, self.opaque(start, length)));
        }
        let plain = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "_@*#?$!".contains(c));
        let name = rest.get(..name_length(rest)).filter(|_| plain)?;
        Some(param(name.len() + 1, name, Operation::Plain))
    }

    /// What a command in a heredoc prints.
    fn opaque(&self, start: usize, length: usize) -> Part {
        Part::Opaque {
            written: shortened(self.document.slice(start, start + length)),
            span: self.document.span(start, start + length),
            quoted: true,
            splits: false,
        }
    }

    /// `${…}`
    pub(super) fn expansion(&mut self, node: Node, quoting: Quoting, word: &mut Word, depth: u32) {
        let written = self.text(node).trim_start();
        let quoted = quoting != Quoting::None;
        let inner = written
            .strip_prefix("${")
            .and_then(|t| t.strip_suffix('}'))
            .unwrap_or("");
        let base = self.begin(node) + 2;
        let param = |name: &str, index: Index, operation: Operation, reader: &Reader| {
            Part::Param(Box::new(Param {
                name: name.to_owned(),
                index,
                operation,
                written: shortened(written),
                span: reader.document.span(reader.begin(node), node.end_byte()),
                quoted,
            }))
        };
        let plain = |name: &str| !name.is_empty() && name_length(name) == name.len() && is_name(name);
        let special = match inner.split_at_checked(1) {
            Some(("#", name)) if plain(name) => Some((name, Operation::Length)),
            Some(("!", name)) if plain(name) => Some((name, Operation::Indirect)),
            _ => None,
        };
        if let Some((name, operation)) = special {
            let part = param(name, Index::None, operation, self);
            word.parts.push(part);
            return;
        }
        if (inner.starts_with('#') && inner.len() > 1) || inner.starts_with('!') {
            let index = if inner.starts_with('!') && inner.ends_with("[@]") {
                Index::All
            } else {
                Index::None
            };
            let part = param("", index, Operation::Unknown, self);
            word.parts.push(part);
            return;
        }
        let name_length = name_length(inner);
        let (name, rest) = inner.split_at_checked(name_length).unwrap_or((inner, ""));
        let (index, rest) = match rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            Some(("@", rest)) => (Index::All, rest),
            Some(("*", rest)) => (Index::Joined, rest),
            Some((at, rest)) => (index_of(at), rest),
            None => (Index::None, rest),
        };
        let (operator, tail) = operator_of(rest);
        let from = base + (inner.len() - tail.len());
        let end = base + inner.len();
        let operation = match operator {
            "" => Operation::Plain,
            ":-" | "-" | ":=" | "=" | ":+" | "+" => {
                let mut default = Word {
                    span: self.span(node),
                    parts: Vec::new(),
                    quoted,
                };
                let read = children(node).iter().any(|kid| kid.kind() == "command_substitution");
                if is_in_backticks(tail) && !read {
                    // with quotes in it, the grammar takes such a command apart
                    default.parts.push(Part::Opaque {
                        written: shortened(tail),
                        span: self.document.span(from, end),
                        quoted,
                        splits: !quoted,
                    });
                } else {
                    self.between(node, from, end, quoting, &mut default, depth);
                }
                if operator.ends_with('+') {
                    Operation::Alternative { word: default.parts }
                } else {
                    Operation::Default {
                        word: default.parts,
                        assign: operator.ends_with('='),
                    }
                }
            }
            ":?" | "?" => Operation::Required,
            "%" | "%%" => Operation::TrimEnd {
                pattern: plain_pattern(tail),
                longest: operator == "%%",
            },
            "#" | "##" => Operation::TrimStart {
                pattern: plain_pattern(tail),
                longest: operator == "##",
            },
            // zsh's `${0:h}`, `${0:A:h}`: the folder of a path
            ":" if matches!(tail, "h" | "A:h" | "a:h" | "P:h") => Operation::TrimEnd {
                pattern: Some("/*".to_owned()),
                longest: false,
            },
            ":" => {
                let mut bounds = tail.splitn(2, ':').map(|n| n.trim().parse::<usize>().ok());
                Operation::Slice {
                    from: bounds.next().flatten(),
                    length: bounds.next(),
                }
            }
            "^^" | ",," => Operation::Case {
                upper: operator == "^^",
            },
            _ => replacement(operator).unwrap_or(Operation::Unknown),
        };
        let part = param(name, index, operation, self);
        word.parts.push(part);
    }
}

/// True for one command in backticks and nothing else.
fn is_in_backticks(text: &str) -> bool {
    let inner = text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    inner.is_some_and(|inner| !inner.contains('`'))
}

fn is_name(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|c| c == '_' || c.is_ascii_alphabetic())
}

/// `/from/to` and `//from/to` of plain words.
fn replacement(operator: &str) -> Option<Operation> {
    let rest = operator.strip_prefix('/')?;
    let (rest, all) = match rest.strip_prefix('/') {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let (from, to) = rest.split_once('/').unwrap_or((rest, ""));
    let special = |c: char| matches!(c, '?' | '[' | '$' | '`' | '\'' | '"' | '\\' | '(' | '*' | '&' | '~');
    let plain = !from.is_empty() && !from.starts_with(['#', '%']) && !rest.contains(special);
    plain.then(|| Operation::Replace {
        from: from.to_owned(),
        to: to.to_owned(),
        all,
    })
}

/// A subscript: a number, one counted from the end, or a name.
fn index_of(at: &str) -> Index {
    if let Ok(number) = at.parse() {
        return Index::At(number);
    }
    match at.strip_prefix('-').and_then(|n| n.parse().ok()) {
        Some(number) => Index::Back(number),
        None => super::statements::plain_key(at).map_or(Index::Unknown, Index::Key),
    }
}

pub(super) fn name_length(inner: &str) -> usize {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match inner.chars().next() {
        Some(c) if c.is_ascii_digit() => inner.chars().take_while(char::is_ascii_digit).count(),
        Some(c) if plain(c) => inner.chars().take_while(|c| plain(*c)).count(),
        Some(c) => c.len_utf8(),
        None => 0,
    }
}

fn operator_of(rest: &str) -> (&str, &str) {
    for operator in [":-", ":=", ":+", ":?", "%%", "##", "-", "=", "+", "?", "%", "#", ":"] {
        if let Some(tail) = rest.strip_prefix(operator) {
            return (operator, tail);
        }
    }
    if rest.is_empty() { ("", "") } else { (rest, "") }
}

/// A pattern of plain characters and `*`.
fn plain_pattern(text: &str) -> Option<String> {
    let special = |c: char| matches!(c, '?' | '[' | '$' | '`' | '\'' | '"' | '\\' | '(');
    (!text.contains(special)).then(|| text.to_owned())
}
