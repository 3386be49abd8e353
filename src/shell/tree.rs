//! A script as a tree of statements and words, free of the parser that made it.
//!
//! All spans are those of the outer file; a text whose bytes do not stand there unchanged is cooked.

use std::rc::Rc;

use crate::container::PieceKind;
use crate::source::Span;

/// Statements in order. Shared, because functions outlive the place they are defined at.
pub(super) type Block = Rc<[Statement]>;

/// A statement and the bytes it covers.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) span: Span,
    pub(super) kind: StatementKind,
}

#[derive(Debug)]
pub(super) enum StatementKind {
    /// A command of words, or assignments alone.
    Simple(Simple),
    /// `a && b || c`: each with the operator before it.
    Chain(Vec<(Link, Statement)>),
    /// `a | b`
    Pipeline(Vec<Statement>),
    /// `{ …; }`, and statements found where something could not be parsed.
    Group(Block),
    /// `( … )`
    Subshell(Block),
    /// `if`, with its `elif`s.
    If { arms: Vec<Arm>, otherwise: Option<Block> },
    /// `case`
    Case { subject: Option<Word>, arms: Vec<CaseArm> },
    /// `for x in …`; without words it runs over the parameters.
    For {
        name: String,
        words: Option<Vec<Word>>,
        body: Block,
    },
    /// `while`, `until`, `for ((…))`
    Loop { condition: Block, body: Block },
    /// A definition.
    Function { name: String, body: Block },
    /// `[ … ]`, `[[ … ]]`, `(( … ))`: only what they run inside matters, and which name `-z` tests.
    Test {
        inner: Vec<Word>,
        empty_name: Option<String>,
    },
    /// A statement with redirects of its own.
    Redirected {
        body: Box<Statement>,
        redirects: Vec<Redirect>,
    },
    /// `… &`
    Background(Box<Statement>),
    /// `unset`
    Unset(Vec<String>),
}

/// How a statement of a chain hangs on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// The first.
    First,
    /// After `&&`.
    And,
    /// After `||`.
    Or,
}

#[derive(Debug)]
pub(super) struct Arm {
    pub(super) condition: Block,
    pub(super) body: Block,
}

#[derive(Debug)]
pub(super) struct CaseArm {
    /// The patterns as written, for `--privileged)`-like arms nothing more is needed.
    pub(super) any: bool,
    pub(super) body: Block,
}

/// A simple command.
#[derive(Debug, Default)]
pub(super) struct Simple {
    /// Assignments before the command, or alone.
    pub(super) assigns: Vec<Assign>,
    /// `export`, `local`, `declare`, …: the assignments are its arguments.
    pub(super) declares: Option<String>,
    /// The command's words.
    pub(super) words: Vec<Word>,
    /// What feeds its standard input.
    pub(super) redirects: Vec<Redirect>,
}

/// `name=value`, `name+=value`, `name=(…)`, `name[i]=value`; a bare name under `local` has no value.
#[derive(Debug)]
pub(super) struct Assign {
    pub(super) name: String,
    pub(super) append: bool,
    /// The subscript of `name[i]=value` where it is written out; empty where it is not.
    pub(super) key: Option<String>,
    pub(super) value: AssignValue,
}

#[derive(Debug)]
pub(super) enum AssignValue {
    /// Nothing: `local x`.
    None,
    Word(Word),
    Array(Vec<Word>),
}

/// What is read from standard input.
#[derive(Debug)]
pub(super) enum Redirect {
    /// A heredoc or here-string, as a word: its parts expand unless the delimiter was quoted.
    Here { word: Word, expands: bool },
    /// A file or another descriptor.
    File {
        word: Word,
        writes: bool,
        /// `>>`
        appends: bool,
        /// True for `2>` and its like: standard output goes elsewhere.
        aside: bool,
    },
}

/// A word.
#[derive(Debug)]
pub(super) struct Word {
    /// The bytes of it, quotes included.
    pub(super) span: Span,
    pub(super) parts: Vec<Part>,
    /// True when it is written with quotes: an empty value is then still a word.
    pub(super) quoted: bool,
}

/// A part of a word.
#[derive(Debug)]
pub(super) enum Part {
    /// Known text.
    Text {
        text: String,
        span: Span,
        kind: PieceKind,
        quoted: bool,
    },
    /// `$x`, `${x…}`
    Param(Box<Param>),
    /// `$(…)`, `` `…` ``, `<(…)`
    Command {
        body: Block,
        written: String,
        span: Span,
        quoted: bool,
        process: bool,
    },
    /// `$((…))` and other values that are one word but not known.
    Opaque {
        written: String,
        span: Span,
        quoted: bool,
        splits: bool,
    },
    /// An unquoted `~` at the start.
    Home { written: String, span: Span },
}

/// An expansion of a parameter.
#[derive(Debug)]
pub(super) struct Param {
    pub(super) name: String,
    pub(super) index: Index,
    pub(super) operation: Operation,
    /// As written.
    pub(super) written: String,
    pub(super) span: Span,
    pub(super) quoted: bool,
}

/// The subscript of an expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Index {
    None,
    /// `[@]`
    All,
    /// `[*]`
    Joined,
    /// `[3]`
    At(usize),
    /// `[-1]`: counted from the end.
    Back(usize),
    /// `[name]`
    Key(String),
    /// Any other.
    Unknown,
}

/// What an expansion does to the value.
#[derive(Debug)]
pub(super) enum Operation {
    /// Nothing.
    Plain,
    /// `${x:-word}`; `assign` for `:=`.
    Default { word: Vec<Part>, assign: bool },
    /// `${x:+word}`
    Alternative { word: Vec<Part> },
    /// `${x:?message}`
    Required,
    /// `${x%pattern}` and `${x%%pattern}` with a literal pattern.
    TrimEnd { pattern: Option<String>, longest: bool },
    /// `${x#pattern}` and `${x##pattern}`.
    TrimStart { pattern: Option<String>, longest: bool },
    /// `${x:1}`, `${x:1:2}` with literal numbers.
    Slice {
        from: Option<usize>,
        length: Option<Option<usize>>,
    },
    /// `${x/a/b}` and `${x//a/b}` with plain words.
    Replace { from: String, to: String, all: bool },
    /// `${x^^}` and `${x,,}`.
    Case { upper: bool },
    /// `${#x}`
    Length,
    /// `${!x}`
    Indirect,
    /// Any other: a value of which nothing is known.
    Unknown,
}
