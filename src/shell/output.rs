//! What `$(…)` gives.

use std::rc::Rc;

use super::eval::Evaluator;
use super::names;
use super::tree::{Block, Link, Part, Simple, Statement, StatementKind, Word};
use super::value::{self, Bit, Frag, Trail};
use crate::container::{Hole, Piece, PieceKind};
use crate::source::Span;

impl Evaluator<'_> {
    /// The value of a command substitution; the commands in it are walked as well.
    pub(super) fn output(&mut self, body: &Block, written: &str, span: Span, process: bool) -> Vec<Bit> {
        let hole = |hole: Hole, solid: bool| Frag {
            piece: Piece {
                text: written.to_owned(),
                span,
                kind: PieceKind::Hole(hole),
            },
            file: self.file,
            trail: Trail::default(),
            solid,
            options: None,
        };
        let (other, loose) = (hole(Hole::Other, true), hole(Hole::Other, false));
        let assigning = self.assigning.take();
        let stdout = self.stdout.take();
        self.scope.open();
        self.within_process(|e| e.block(body));
        self.stdout = stdout;
        let value = if process { None } else { self.value_of(body, 0) };
        let value = value.or_else(|| match process {
            true => None,
            false => self.value_on_paths(body),
        });
        self.scope.close();
        self.assigning = assigning;
        if process {
            return vec![Bit::Frag(other)];
        }
        match value {
            Some(Output::Directory(first, tail)) => {
                let mut beginning = hole_like(&other, first);
                if !tail.is_empty() {
                    // all that is written says the tail too: `$(cd "$(dirname "$0")/.." && pwd)`
                    beginning.piece.text = shortest(&beginning.piece).to_owned();
                }
                let mut bits = vec![Bit::Frag(beginning)];
                if !tail.is_empty() {
                    bits.push(Bit::Frag(self.frag(tail, span, PieceKind::Cooked, true)));
                }
                bits
            }
            Some(Output::Text(text)) if text.is_empty() => Vec::new(),
            Some(Output::Text(text)) => vec![Bit::Frag(self.frag(text, span, PieceKind::Cooked, true))],
            Some(Output::Engines(engines)) => vec![Bit::Choice(Rc::new(
                engines
                    .into_iter()
                    .map(|e| vec![Bit::Frag(self.frag(e, span, PieceKind::Cooked, true))])
                    .collect(),
            ))],
            Some(Output::Bits(bits)) => bits,
            // a path, and of its written form can be told whose
            Some(Output::Word | Output::Engine(_)) => vec![Bit::Frag(other)],
            None => vec![Bit::Frag(loose)],
        }
    }

    fn value_of(&mut self, body: &[Statement], depth: u32) -> Option<Output> {
        if depth > 4 {
            return None;
        }
        let [statement] = body else { return self.guess(body) };
        match &statement.kind {
            StatementKind::Simple(simple) => self.value_of_simple(simple),
            StatementKind::Redirected { body, .. } => self.value_of(std::slice::from_ref(body), depth + 1),
            StatementKind::Group(block) => self.value_of(block, depth + 1),
            StatementKind::Chain(links) => self.value_of_chain(links),
            StatementKind::Pipeline(parts) => {
                let last = parts.last()?;
                let one = matches!(&last.kind, StatementKind::Simple(s) if one_word(s));
                one.then_some(Output::Word)
            }
            _ => None,
        }
    }

    /// What is printed on some path only.
    fn value_on_paths(&mut self, body: &[Statement]) -> Option<Output> {
        let plain = |s: &Statement| matches!(s.kind, StatementKind::Simple(_));
        if body.is_empty() || matches!(body, [one] if plain(one)) {
            return None;
        }
        let bits = self.printed_in_turn(body, 0)?;
        Some(match value::known(&bits).filter(|_| !super::open::is_assumed(&bits)) {
            Some(text) => Output::Text(text),
            None => Output::Bits(bits),
        })
    }

    /// Several statements: `cd …; pwd`.
    fn guess(&mut self, body: &[Statement]) -> Option<Output> {
        let [first, last] = body else { return None };
        match (&first.kind, &last.kind) {
            (StatementKind::Simple(cd), StatementKind::Simple(pwd)) => self.directory(cd, pwd),
            _ => None,
        }
    }

    fn value_of_chain(&mut self, links: &[(Link, Statement)]) -> Option<Output> {
        let simples: Vec<(&Link, &Simple)> = links
            .iter()
            .map(|(link, statement)| match &statement.kind {
                StatementKind::Simple(simple) => Some((link, simple)),
                StatementKind::Redirected { body, .. } => match &body.kind {
                    StatementKind::Simple(simple) => Some((link, simple)),
                    _ => None,
                },
                _ => None,
            })
            .collect::<Option<_>>()?;
        if let [(_, cd), (Link::And, pwd)] = simples.as_slice() {
            return self.directory(cd, pwd);
        }
        let mut engines = Vec::new();
        for (_, simple) in &simples {
            match self.value_of_simple(simple) {
                Some(Output::Text(text) | Output::Engine(text)) if names::engine(&text).is_some() => engines.push(text),
                _ if word_is(simple.words.first(), "command") || word_is(simple.words.first(), "which") => {}
                _ if word_is(simple.words.first(), "true") || word_is(simple.words.first(), "exit") => {}
                _ => return None,
            }
        }
        match engines.len() {
            0 => None,
            1 => engines.pop().map(Output::Engine),
            _ => Some(Output::Engines(engines)),
        }
    }

    /// `cd DIR && pwd`
    fn directory(&mut self, cd: &Simple, pwd: &Simple) -> Option<Output> {
        let prints = word_is(pwd.words.first(), "pwd") || word_is(pwd.words.first(), "echo");
        if !prints || !word_is(cd.words.first(), "cd") {
            return None;
        }
        let target = cd
            .words
            .iter()
            .skip(1)
            .find(|w| !word_is(Some(w), "--") && !word_is(Some(w), "-P"))?;
        let bits = self.value_bits(target);
        self.directory_of(&bits)
    }

    /// A directory that begins with one that has a name of its own.
    fn directory_of(&mut self, bits: &[Bit]) -> Option<Output> {
        let (first, rest) = bits.split_first()?;
        let Bit::Frag(first) = first else { return None };
        match &first.piece.kind {
            PieceKind::Hole(hole @ (Hole::ScriptDirectory | Hole::WorkingDirectory | Hole::Home)) => {
                let tail = value::known(rest)?;
                let tail = if tail == "/." || tail == "/" {
                    String::new()
                } else {
                    tail
                };
                Some(Output::Directory(hole.clone(), tail))
            }
            PieceKind::Hole(_) => Some(Output::Word),
            _ => {
                let text = value::known(bits)?;
                match text.as_str() {
                    "." => Some(Output::Directory(Hole::WorkingDirectory, String::new())),
                    _ if text.starts_with('/') => Some(Output::Text(text)),
                    _ if text.starts_with("..") => Some(Output::Directory(Hole::WorkingDirectory, format!("/{text}"))),
                    _ => Some(Output::Word),
                }
            }
        }
    }

    fn value_of_simple(&mut self, simple: &Simple) -> Option<Output> {
        let program = simple.words.first().and_then(plain)?;
        let last = simple.words.last();
        match program.rsplit('/').next().unwrap_or(program) {
            "pwd" => Some(Output::Directory(Hole::WorkingDirectory, String::new())),
            "dirname" => {
                let bits = self.value_bits(last?);
                if is_script(&bits) {
                    return Some(Output::Directory(Hole::ScriptDirectory, String::new()));
                }
                match value::known(&bits) {
                    Some(text) => {
                        let parent = std::path::Path::new(&text).parent()?.to_string_lossy().into_owned();
                        Some(Output::Text(if parent.is_empty() { ".".to_owned() } else { parent }))
                    }
                    None => match bits.first() {
                        Some(Bit::Frag(f))
                            if matches!(f.piece.kind, PieceKind::Hole(Hole::ScriptDirectory)) && bits.len() == 1 =>
                        {
                            Some(Output::Directory(Hole::ScriptDirectory, "/..".to_owned()))
                        }
                        _ => Some(Output::Word),
                    },
                }
            }
            "realpath" | "readlink" | "greadlink" | "cygpath" => {
                let bits = self.value_bits(last?);
                if is_script(&bits) {
                    // the script itself; what takes its directory asks for it below
                    return Some(Output::Bits(bits));
                }
                self.directory_of(&bits)
            }
            "command" | "type" | "which" | "whence" => {
                let name = last.and_then(plain)?;
                match names::engine(name) {
                    Some(_) => Some(Output::Engine(name.to_owned())),
                    None => Some(Output::Word),
                }
            }
            "echo" | "printf" | "cat" => match self.printed(simple) {
                Some(bits) => {
                    let bits = trimmed_end(bits);
                    Some(match value::known(&bits).filter(|_| !super::open::is_assumed(&bits)) {
                        Some(text) => Output::Text(text),
                        None => Output::Bits(bits),
                    })
                }
                None => None,
            },
            _ if one_word(simple) => Some(Output::Word),
            name => {
                let arguments = simple.words.get(1..).unwrap_or_default();
                self.printed_by(name, arguments)
            }
        }
    }

    /// What a function prints that sets variables and prints, and does nothing else.
    fn printed_by(&mut self, name: &str, arguments: &[Word]) -> Option<Output> {
        let function = self.functions.get(name).filter(|f| !f.busy && f.others.is_empty())?;
        let body = Rc::clone(&function.body);
        let statements: &[Statement] = match &*body {
            [
                Statement {
                    kind: StatementKind::Group(inner),
                    ..
                },
            ] => inner,
            other => other,
        };
        let simples: Vec<&Simple> = statements.iter().map(only_simple).collect::<Option<_>>()?;
        let known = |s: &&Simple| prints_value(s) || s.words.is_empty() || s.declares.is_some();
        if !simples.iter().all(known) || !simples.iter().any(|s| prints_value(s)) {
            return None;
        }
        let mut items = Vec::new();
        for word in arguments {
            self.items_for(word, &mut items);
        }
        self.scope.open();
        self.scope.set("@", Some(value::Value::Array(Rc::new(items))));
        self.locals.push(Vec::new());
        let mut lines: Option<Vec<Bit>> = Some(Vec::new());
        for simple in simples {
            if !prints_value(simple) {
                simple
                    .assigns
                    .iter()
                    .for_each(|assign| self.assign(assign, simple.declares.as_deref()));
                continue;
            }
            let printed = self.printed(simple);
            lines = lines.zip(printed).map(|(mut lines, printed)| {
                if !lines.is_empty() {
                    let blank = self.frag(" ".to_owned(), Span::default(), PieceKind::Cooked, true);
                    lines.push(Bit::Frag(blank));
                }
                lines.extend(trimmed_end(printed));
                lines
            });
        }
        self.locals.pop();
        self.scope.close();
        let bits = lines?;
        Some(match value::known(&bits) {
            Some(text) => Output::Text(text),
            None => Output::Bits(bits),
        })
    }
}

/// What a substitution is known to give.
enum Output {
    /// A directory with a name of its own, and what comes after it.
    Directory(Hole, String),
    Text(String),
    /// The path of this engine.
    Engine(String),
    /// One of these engines.
    Engines(Vec<String>),
    Bits(Vec<Bit>),
    /// One word of which nothing is known.
    Word,
}

fn hole_like(frag: &Frag, hole: Hole) -> Frag {
    let mut frag = frag.clone();
    frag.piece.kind = PieceKind::Hole(hole);
    frag
}

fn only_simple(statement: &Statement) -> Option<&Simple> {
    match &statement.kind {
        StatementKind::Simple(simple) => Some(simple),
        StatementKind::Group(block) => match &**block {
            [one] => only_simple(one),
            _ => None,
        },
        _ => None,
    }
}

fn prints_value(simple: &Simple) -> bool {
    ["echo", "printf", "cat"]
        .iter()
        .any(|p| word_is(simple.words.first(), p))
}

pub(super) fn plain(word: &Word) -> Option<&str> {
    match word.parts.as_slice() {
        [Part::Text { text, .. }] => Some(text),
        _ => None,
    }
}

pub(super) fn word_is(word: Option<&Word>, text: &str) -> bool {
    word.and_then(plain) == Some(text)
}

/// A folder that has a name of its own, as briefly as a script can say it.
fn shortest(piece: &Piece) -> &str {
    match piece.kind {
        PieceKind::Hole(Hole::ScriptDirectory) => "$(dirname \"$0\")",
        PieceKind::Hole(Hole::WorkingDirectory) => "$PWD",
        PieceKind::Hole(Hole::Home) => "$HOME",
        _ => &piece.text,
    }
}

/// `$0`, `${BASH_SOURCE[0]}`
fn is_script(bits: &[Bit]) -> bool {
    matches!(value::only_hole(bits), Some(Hole::Variable(name)) if name == "0" || name == "BASH_SOURCE")
}

/// Commands whose output is one word.
fn one_word(simple: &Simple) -> bool {
    const TOOLS: &[&str] = &[
        "basename",
        "dirname",
        "realpath",
        "readlink",
        "mktemp",
        "id",
        "date",
        "hostname",
        "uname",
        "nproc",
        "whoami",
        "getconf",
        "arch",
        "tty",
        "uuidgen",
        "wc",
        "cut",
        "head",
        "tail",
        "tr",
        "sha256sum",
        "md5sum",
        "git",
        "awk",
        "sed",
        "jq",
        "yq",
        "stat",
        "getent",
        "logname",
        "seq",
        "cat",
        "xargs",
        "sort",
        "pwgen",
        "openssl",
        "shasum",
    ];
    let Some(program) = simple.words.first().and_then(plain) else {
        return false;
    };
    let base = program.rsplit('/').next().unwrap_or(program);
    let lists = matches!(
        base,
        "cat" | "awk" | "sed" | "head" | "tail" | "xargs" | "sort" | "seq" | "tr" | "jq" | "yq"
    );
    TOOLS.contains(&base) && !lists
}

/// Line ends at the end are dropped.
pub(super) fn trimmed_end(mut bits: Vec<Bit>) -> Vec<Bit> {
    while let Some(Bit::Frag(frag)) = bits.last_mut() {
        if frag.piece.is_hole() {
            break;
        }
        let kept = frag.piece.text.trim_end_matches('\n').len();
        if kept == frag.piece.text.len() {
            break;
        }
        let text = frag.piece.text.get(..kept).unwrap_or("").to_owned();
        if text.is_empty() {
            bits.pop();
            continue;
        }
        frag.piece = frag.piece.cut(0, &text);
        break;
    }
    bits
}
