//! Texts that a script writes to a file, or feeds to a program that reads a document from its input:
//! a Compose file by heredoc, `docker build -`.

mod assemble;

use std::collections::{HashMap, HashSet};

use assemble::assemble;

use super::eval::Evaluator;
use super::fed::fed;
use super::fields::Field;
use super::tree::Simple;
use super::value::Bit;
use super::{cron, prefix, printed};
use crate::container::{FileId, Hole, Via, ViaKind};
use crate::source::{Excerpt, Span};

/// Texts of one script that are kept, and the bytes of them all.
const MAX_HANDED: usize = 400;
const MAX_BYTES: usize = 4 << 20;

/// Who is given a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A file, by its path with holes as they are written.
    File {
        /// The path.
        path: String,
        /// True when the text is added to what the file holds.
        appends: bool,
    },
    /// Compose reads it as its file: `docker compose -f -`.
    Compose,
    /// It is deployed as a stack: `docker stack deploy -c -`.
    Stack,
    /// A build reads it as its Dockerfile: `docker build -`.
    Build,
}

/// A text that a script hands to a file or a program.
#[derive(Clone, Debug)]
pub struct Handed {
    /// Who is given it.
    pub to: Receiver,
    /// The text, with variables that are known filled in. What is not known stands in it as the
    /// variable that [`Gap::number`] names, which nothing sets.
    pub excerpt: Excerpt,
    /// What is not known.
    pub gaps: Vec<Gap>,
    /// What is not known and has lines of its own, which were left out, or stands in front of a line:
    /// with the offset in the excerpt.
    pub left_out: Vec<(u32, Gap)>,
    /// Where values stand in the excerpt that whoever runs the script may set otherwise.
    pub assumed: Vec<Span>,
    /// True when more text comes to the file at other places, or parts of this one are not certain.
    pub grows: bool,
    /// True for a heredoc in which the shell fills nothing in.
    pub verbatim: bool,
    /// True where the text stands in the quotes of a string, or in a script that does.
    pub in_quotes: bool,
    /// The command that hands it over.
    pub span: Span,
    /// How that command came to be run.
    pub via: Vec<Via>,
    /// False when only some path through the script hands it over.
    pub certain: bool,
}

/// A part of a text that is only known when the script runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// As written: `$NAME`, `$(date)`.
    pub text: String,
    /// Where.
    pub span: Span,
    /// What is known of it.
    pub hole: Hole,
    /// Its number among those of the text: what stands for it there is `${privlint_gap_NUMBER}`, with the
    /// name of a variable behind the number.
    pub number: usize,
}

/// A file that a command's output goes to.
pub(super) struct Target {
    /// Its path, holes as they are written.
    path: String,
    appends: bool,
}

impl Target {
    pub(super) fn new(path: &[Bit], appends: bool) -> Target {
        Target {
            path: shown(path),
            appends,
        }
    }
}

/// The file that a command's output goes to.
pub(super) fn first_file(targets: &[Target]) -> Option<Receiver> {
    let Target { path, appends } = targets.first()?;
    Some(Receiver::File {
        path: path.clone(),
        appends: *appends,
    })
}

/// What was handed over so far.
#[derive(Default)]
pub(super) struct HandedOver {
    found: Vec<Known>,
    by_place: HashMap<u32, usize>,
    bytes: usize,
    /// Where texts begin in which nothing is filled in.
    verbatim: HashSet<u32>,
    /// Paths that something is appended to.
    appended: HashSet<String>,
    /// How many commands print what goes to a file together.
    printed: HashMap<String, usize>,
}

struct Known {
    handed: Handed,
    /// The same with every variable left open, for a place that is reached with several values.
    open: Handed,
    /// True when even that is not the same each time.
    lost: bool,
}

impl HandedOver {
    /// Notes that a heredoc is written out as it is.
    pub(super) fn is_verbatim(&mut self, bits: &[Bit]) {
        if let Some(Bit::Frag(first)) = bits.first() {
            self.verbatim.insert(first.piece.span.start);
        }
    }

    pub(super) fn take(&mut self) -> Vec<Handed> {
        let appended = std::mem::take(&mut self.appended);
        let found = std::mem::take(&mut self.found).into_iter().filter(|k| !k.lost);
        let mut found: Vec<Handed> = found.map(|k| k.handed).collect();
        for handed in &mut found {
            if let Receiver::File { path, appends } = &handed.to {
                let several = self.printed.get(path).is_some_and(|count| *count > 1);
                handed.grows |= *appends || several || appended.contains(path);
            }
        }
        found
    }
}

impl Evaluator<'_> {
    /// Looks for a text that a command hands to a file or a program.
    pub(super) fn hand_over(
        &mut self,
        fields: &[(usize, Field)],
        at: usize,
        simple: &Simple,
        span: Span,
        targets: Vec<Target>,
    ) {
        if self.steps_met.is_some() || self.file != FileId(0) {
            return;
        }
        let mut words: Vec<String> = fields
            .iter()
            .skip(at)
            .map(|(_, f)| f.known().unwrap_or_default())
            .collect();
        let mut given = None;
        for (spot, (index, _)) in fields.iter().skip(at).enumerate() {
            if let (Some(word), Some(text)) = (simple.words.get(*index), words.get_mut(spot))
                && text.is_empty()
                && let Some(bits) = self.substituted(word)
            {
                // a document that has a name only while the command runs
                "-".clone_into(text);
                given = Some(bits);
            }
        }
        // `$SUDO tee f`
        if words.first().is_some_and(String::is_empty) && words.get(1).is_some_and(|w| base(w) == "tee") {
            words.remove(0);
        }
        let skipped = fields.len().saturating_sub(words.len());
        let Some(program) = words.first().map(|w| base(w).to_owned()) else {
            return;
        };
        let mut targets = targets;
        let own = !targets.is_empty();
        if program == "tee" {
            let appends = words.iter().any(|w| w == "--append" || is_cluster_with(w, 'a'));
            let files = fields.iter().skip(skipped + 1).map(|(_, f)| shown_field(f));
            targets.retain(|target| target.path != "/dev/null");
            let files = files.filter(|f| !f.starts_with('-'));
            targets.splice(0..0, files.map(|path| Target { path, appends }));
        }
        for target in targets.iter().filter(|target| target.appends) {
            self.handed.appended.insert(target.path.clone());
        }
        let mut to = first_file(&targets);
        if let (false, true, Some(Receiver::File { path, .. })) = (own, prints(&program), &self.stdout) {
            *self.handed.printed.entry(path.clone()).or_default() += usize::from(!self.rehearsal.on);
            to.clone_from(&self.stdout);
        }
        let (to, bits) = match program.as_str() {
            "cat" if words.iter().skip(1).all(|w| w == "-") => (to, self.input.take()),
            "tee" => (to, self.input.take()),
            "sed" | "envsubst" if to.is_some() && self.input.is_some() => (to, self.input.take()),
            // what a program reads from its input as if it were a file
            "install" | "cp" if words.iter().any(|w| w == "/dev/stdin") => {
                let path = fields.last().map(|(_, field)| shown_field(field));
                let to = path.map(|path| Receiver::File { path, appends: false });
                (to, self.input.take())
            }
            "crontab" => {
                let input = self.input.take().filter(|_| {
                    words
                        .iter()
                        .skip(1)
                        .all(|w| w == "-" || w == "-u" || !w.starts_with('-'))
                });
                if let Some(bits) = input {
                    self.cron(&bits, false, span);
                }
                return;
            }
            "echo" | "printf" if to.is_some() => (to, self.printed(simple)),
            _ => match fed(&words, fields.get(at).map(|(_, f)| f)) {
                Some(to) => (Some(to), given.or_else(|| self.input.take())),
                None => return,
            },
        };
        if let (Some(to), Some(bits)) = (to, bits) {
            self.keep(to, bits, printed::is_quoted(&program), span);
        }
    }

    /// Hands over a unit that a command is given, unless it was known to go to a file.
    pub(super) fn hand_over_unit(&mut self, name: &str, bits: Vec<Bit>, span: Span) {
        if self.steps_met.is_none() && self.file == FileId(0) {
            let path = name.to_owned();
            self.keep(Receiver::File { path, appends: false }, bits, false, span);
        }
    }

    fn keep(&mut self, to: Receiver, bits: Vec<Bit>, in_quotes: bool, span: Span) {
        if self.rehearsal.on {
            self.rehearsal.met += 1;
            return;
        }
        let to = match to {
            Receiver::File { path, appends } => Receiver::File {
                path: self.outward(path),
                appends,
            },
            other => other,
        };
        let bits: Vec<Bit> = bits.into_iter().map(|bit| self.bit_outward(bit)).collect();
        if let Receiver::File { path, .. } = &to
            && let Some(names_user) = cron::table(path)
        {
            self.cron(&bits, names_user, span);
            return;
        }
        if let Receiver::File { path, .. } = &to
            && let Some(posix) = is_script(path, &bits)
        {
            let name = base(path).to_owned();
            // what is echoed is mostly told to somebody
            if posix && !in_quotes {
                self.written_script(bits, span, &name);
            }
            return;
        }
        if let Receiver::File { path, appends } = &to
            && (*appends || !is_telling(path))
            && !may_be_document(&bits)
        {
            return;
        }
        let in_quotes = in_quotes || self.way.iter().any(|v| v.kind == ViaKind::Embedded);
        let empty = Handed {
            to,
            excerpt: Excerpt::new(),
            gaps: Vec::new(),
            left_out: Vec::new(),
            assumed: Vec::new(),
            grows: false,
            verbatim: first_place(&bits).is_some_and(|at| self.handed.verbatim.contains(&at)),
            in_quotes,
            span,
            via: self.current_way(),
            certain: self.certain,
        };
        let file = self.file;
        let make = |open: bool| assemble(&bits, file, open, empty.clone());
        let Some((place, handed)) = make(false) else { return };
        self.work(bits.len());
        if let Some(&known) = self.handed.by_place.get(&place) {
            let Some(known) = self.handed.found.get_mut(known) else {
                return;
            };
            known.handed.certain |= handed.certain;
            // `tee log | docker compose -f -`: who reads it tells more than the name of a file
            let named = matches!(known.handed.to, Receiver::File { .. });
            if named && !matches!(handed.to, Receiver::File { .. }) {
                known.handed.to.clone_from(&handed.to);
                known.open.to.clone_from(&handed.to);
            }
            if known.handed.excerpt.text() != handed.excerpt.text() {
                let same = make(true).is_some_and(|(_, open)| open.excerpt.text() == known.open.excerpt.text());
                known.lost |= !same;
                let certain = known.handed.certain;
                known.handed = Handed {
                    certain,
                    ..known.open.clone()
                };
            }
            return;
        }
        let Some((_, open)) = make(true) else { return };
        self.handed.bytes += handed.excerpt.text().len();
        if self.handed.found.len() >= MAX_HANDED || self.handed.bytes > MAX_BYTES {
            self.said(span, "this script writes too many files; the rest of them are not read");
            return;
        }
        self.handed.by_place.insert(place, self.handed.found.len());
        self.handed.found.push(Known {
            handed,
            open,
            lost: false,
        });
    }
}

impl Evaluator<'_> {
    /// A part of a text, as it is written.
    fn bit_outward(&self, bit: Bit) -> Bit {
        match bit {
            Bit::Frag(mut frag) if frag.piece.is_hole() => {
                frag.piece.text = self.outward(frag.piece.text);
                Bit::Frag(frag)
            }
            other => other,
        }
    }
}

fn first_place(bits: &[Bit]) -> Option<u32> {
    match bits.first()? {
        Bit::Frag(frag) => Some(frag.piece.span.start),
        Bit::Choice(_) => None,
    }
}

pub(super) fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// True for programs whose output is a part of the text that a function prints.
fn prints(program: &str) -> bool {
    matches!(
        program,
        "cat" | "echo" | "printf" | "sed" | "awk" | "envsubst" | "jq" | "grep" | "head" | "tail" | "tr" | "cut"
    )
}

/// `-a`, `-ai`
fn is_cluster_with(word: &str, letter: char) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.contains(letter)
}

fn shown(bits: &[Bit]) -> String {
    let text = |bit: &Bit| match bit {
        Bit::Frag(frag) => frag.piece.text.clone(),
        Bit::Choice(_) => "…".to_owned(),
    };
    bits.iter().map(text).collect()
}

fn shown_field(field: &Field) -> String {
    field.frags.iter().map(|f| f.piece.text.as_str()).collect()
}

/// For a file that is a script by its name or its `#!` line: whether a shell of the `sh` family runs it.
fn is_script(path: &str, bits: &[Bit]) -> Option<bool> {
    let start = match bits.first() {
        Some(Bit::Frag(frag)) if !frag.piece.is_hole() => frag.piece.text.as_str(),
        _ => "",
    };
    let first = start.lines().next().unwrap_or("");
    if let Some(line) = first.strip_prefix("#!") {
        let mut programs = line.split_whitespace().map(base);
        let program = programs.find(|w| *w != "env" && !w.starts_with('-') && !w.contains('='));
        return Some(program.is_some_and(prefix::is_shell));
    }
    let name = base(path);
    let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    ending
        .is_some_and(|(_, ending)| matches!(ending, "sh" | "bash" | "zsh" | "ksh"))
        .then_some(true)
}

/// True for a path that may be a document's whatever it holds.
fn is_telling(path: &str) -> bool {
    let name = base(path).to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["compose", "dockerfile", "containerfile"]
        .iter()
        .any(|word| name.contains(word))
        || UNITS.contains(&ending)
}

/// Endings of units that launch something.
const UNITS: [&str; 6] = ["service", "socket", "container", "pod", "kube", "build"];

/// True for a text with a word that a Compose file, a Dockerfile or a unit has.
fn may_be_document(bits: &[Bit]) -> bool {
    let telling = [
        "services",
        "image:",
        "build:",
        "FROM",
        "From",
        "from",
        "[Service]",
        "[Container]",
        "[Pod]",
    ];
    bits.iter().any(|bit| match bit {
        Bit::Frag(frag) => telling.iter().any(|word| frag.piece.text.contains(word)),
        Bit::Choice(_) => false,
    })
}
