//! What a line of a Makefile that is no recipe says.

use std::ops::Range;

/// How a variable is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=` and `:=` alike: what is filled in is the same but for the order.
    Set,
    /// `?=`
    Default,
    /// `+=`
    Append,
    /// `!=`
    Shell,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// `NAME = value`
    Assignment(String, Operator, Range<usize>),
    /// `define NAME`
    Define(String),
    /// `ifeq` and its like.
    If,
    /// `endif`
    EndIf,
    /// `targets:`, with the command behind `;` where there is one, and what is set for the targets alone.
    Rule {
        targets: String,
        command: Option<Range<usize>>,
        sets: Option<(String, Operator, Range<usize>)>,
    },
    /// Anything else.
    Other,
}

/// Reads a line, its continuations joined.
pub(super) fn read(line: &str) -> Statement {
    let mut at = line.len() - line.trim_start().len();
    let end = comment(line).unwrap_or(line.len());
    let line = line.get(..end).unwrap_or(line);
    loop {
        let rest = line.get(at..).unwrap_or("");
        let word = rest.split_whitespace().next().unwrap_or("");
        let after = || rest.get(word.len()..).unwrap_or("").trim_start();
        match word {
            "override" | "export" | "private" | "unexport" if !after().starts_with(['=', ':', '?', '+']) => {
                at += rest.len() - after().len();
                if after().is_empty() {
                    return Statement::Other;
                }
            }
            "define" => {
                let name = after().split([' ', '\t', '=', ':', '?', '+']).next().unwrap_or("");
                return Statement::Define(name.to_owned());
            }
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => return Statement::If,
            "endif" => return Statement::EndIf,
            "include" | "-include" | "sinclude" | "else" | "vpath" => return Statement::Other,
            _ if word.starts_with("ifeq(") || word.starts_with("ifneq(") => return Statement::If,
            _ => return other(line, at),
        }
    }
}

fn other(line: &str, at: usize) -> Statement {
    if let Some((name, operator, value)) = assignment(line, at) {
        return Statement::Assignment(name, operator, value);
    }
    let Some(colon) = outside(line, at, |c| c == ':') else {
        return Statement::Other;
    };
    let targets = line.get(at..colon).unwrap_or("").trim().to_owned();
    let rest = line.get(colon..).unwrap_or("");
    let start = colon + rest.len() - rest.trim_start_matches(':').len();
    let semicolon = outside(line, start, |c| c == ';');
    let sets = assignment(line, start).filter(|(_, _, value)| semicolon.is_none_or(|at| at > value.start));
    Statement::Rule {
        targets,
        command: semicolon.filter(|_| sets.is_none()).map(|at| at + 1..line.len()),
        sets,
    }
}

/// The assignment that begins at an offset.
fn assignment(line: &str, at: usize) -> Option<(String, Operator, Range<usize>)> {
    let found = outside(line, at, |c| matches!(c, '=' | ':'))?;
    let rest = line.get(found..)?;
    let colons = rest.len() - rest.trim_start_matches(':').len();
    let equals = found + colons;
    if colons > 3 || !line.get(equals..)?.starts_with('=') {
        return None;
    }
    let head = line.get(at..found)?;
    let (name, operator) = match head.chars().next_back() {
        Some('?') if colons == 0 => (head.strip_suffix('?')?, Operator::Default),
        Some('+') if colons == 0 => (head.strip_suffix('+')?, Operator::Append),
        Some('!') if colons == 0 => (head.strip_suffix('!')?, Operator::Shell),
        _ => (head, Operator::Set),
    };
    let name = name.trim();
    let words = ["private", "override", "export"];
    let name = words
        .iter()
        .find_map(|word| name.strip_prefix(word).filter(|n| n.starts_with(' ')))
        .unwrap_or(name);
    let name = name.trim();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    let value = line.get(equals + 1..)?;
    let start = line.len() - value.trim_start().len();
    Some((name.to_owned(), operator, start..start.max(line.trim_end().len())))
}

/// The first character from an offset on, outside of `$(…)`, that is asked for.
fn outside(line: &str, from: usize, asked: impl Fn(char) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in line.char_indices().skip_while(|(at, _)| *at < from) {
        match c {
            '(' | '{' if before == '$' || depth > 0 => depth += 1,
            ')' | '}' if depth > 0 => depth -= 1,
            c if depth == 0 && asked(c) => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

/// Where a comment begins.
fn comment(line: &str) -> Option<usize> {
    let mut before = ' ';
    let mut depth = 0_usize;
    for (at, c) in line.char_indices() {
        match c {
            '#' if before != '\\' && depth == 0 => return Some(at),
            '(' | '{' if before == '$' || depth > 0 => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = c;
    }
    None
}
