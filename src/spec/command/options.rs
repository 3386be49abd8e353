//! The options of a command line, by the grammar that all the clients share (Go's pflag).
//!
//! A name is exact; a switch never takes the next word; letters stand in clusters; the first word
//! that is no option ends the options unless the command allows them anywhere; `--` always does.

use crate::container::{Engine, Key, Piece, PieceKind, Place, Text, Unseen};
use crate::knowledge::flags::{self, Command, Flag, Takes};
use crate::source::Span;
use crate::spec::{Word, holes};

use super::role::{self, Role};

/// Options of one command line that are read; what comes after is unseen.
const MAX_SETTINGS: usize = 20_000;
/// Options of which several settings are kept, the last of them or all deciding.
const SIDE_BY_SIDE: [&str; 13] = [
    "volume",
    "mount",
    "tmpfs",
    "network",
    "pid",
    "ipc",
    "uts",
    "userns",
    "cgroupns",
    "cap-add",
    "cap-drop",
    "security-opt",
    "device",
];

/// Letters of one cluster that are read.
const MAX_CLUSTER: usize = 64;

/// Whose options stand here.
#[derive(Clone, Copy)]
pub(super) enum Grammar {
    /// Those before the subcommand.
    Global(Engine),
    /// Those of a command.
    Command(Command, Engine),
}

impl Grammar {
    fn long(self, name: &str) -> Option<(&'static Flag, Takes)> {
        match self {
            Grammar::Global(engine) => flags::global_long(engine, name),
            Grammar::Command(command, engine) => flags::long(command, engine, name),
        }
    }

    fn short(self, letter: char) -> Option<(&'static Flag, Takes)> {
        match self {
            Grammar::Global(engine) => flags::global_short(engine, letter),
            Grammar::Command(command, engine) => flags::short(command, engine, letter),
        }
    }

    fn interspersed(self) -> bool {
        matches!(self, Grammar::Command(command, _) if command.interspersed())
    }

    /// How many words an option takes that this grammar knows, itself included.
    pub(super) fn length(self, word: &str) -> Option<usize> {
        if let Some(name) = word.strip_prefix("--") {
            let (name, attached) = name.split_once('=').map_or((name, false), |(name, _)| (name, true));
            let (_, takes) = self.long(name)?;
            return Some(if takes.next_word() && !attached { 2 } else { 1 });
        }
        let mut letters = word.strip_prefix('-')?.chars().take(MAX_CLUSTER).peekable();
        letters.peek()?;
        while let Some(letter) = letters.next() {
            let (_, takes) = self.short(letter)?;
            if takes.next_word() {
                return Some(if letters.peek().is_none() { 2 } else { 1 });
            }
        }
        Some(1)
    }

    /// True when a word is an option that this grammar knows.
    pub(super) fn knows(self, word: &str) -> bool {
        match word.strip_prefix("--") {
            Some(name) => self.long(name.split_once('=').map_or(name, |(name, _)| name)).is_some(),
            None => word
                .strip_prefix('-')
                .and_then(|letters| letters.chars().next())
                .is_some_and(|letter| self.short(letter).is_some()),
        }
    }
}

/// One option as given.
pub(super) struct Setting {
    /// Which.
    pub(super) flag: &'static Flag,
    /// How the engine reads it.
    pub(super) takes: Takes,
    /// Its value; `None` for a switch without one.
    pub(super) value: Option<Text>,
    /// `value` is the value (for a switch without one, the option); `entry` is what would be removed.
    /// In a cluster such as `-itv x:/y` it begins at the letter, so that the other letters stay. Where
    /// option and value came by different ways, no one stretch of text holds both, and `entry` is
    /// the value alone.
    pub(super) place: Place,
    /// False when only some path gives it.
    pub(super) certain: bool,
}

/// What was read of a command line's options.
#[derive(Default)]
pub(super) struct Options {
    /// The options, in order.
    pub(super) settings: Vec<Setting>,
    /// What may hide options.
    pub(super) unseen: Vec<Unseen>,
    /// The words that are no options, by their index.
    pub(super) operands: Vec<usize>,
    /// The word before which one more option may stand: the first operand, or the `--` before it.
    pub(super) end: Option<usize>,
    /// True for `--help`: the client only prints.
    pub(super) help: bool,
    /// True when an option is not known: the rest was not read.
    pub(super) stuck: bool,
}

/// Reads the options among `words`, from the word `from` on.
pub(super) fn read(words: &[Word], from: usize, grammar: Grammar) -> Options {
    let mut reader = Reader {
        words,
        next: from,
        grammar,
        out: Options::default(),
    };
    reader.run();
    reader.out
}

struct Reader<'a> {
    words: &'a [Word],
    next: usize,
    grammar: Grammar,
    out: Options,
}

impl<'a> Reader<'a> {
    fn take(&mut self) -> Option<(usize, &'a Word)> {
        let at = self.next;
        let word = self.words.get(at)?;
        self.next += 1;
        Some((at, word))
    }

    fn run(&mut self) {
        while let Some((at, word)) = self.take() {
            if self.out.settings.len() >= MAX_SETTINGS {
                return self.stop(word);
            }
            let prefix = word.text.known_prefix();
            if holes::all_hole(&word.text) {
                if role::of(self.words, at, self.grammar) == Role::Options {
                    self.hidden(word);
                    continue;
                }
            } else if word.text.is("") && matches!(self.grammar, Grammar::Command(Command::Run | Command::Create, _)) {
                // no image has this name: what a variable held is not all that it holds
                self.hidden(word);
                continue;
            } else if word.text.is("--") {
                self.out.end.get_or_insert(at);
                self.out.operands.extend(self.next..self.words.len());
                return;
            } else if prefix.starts_with("--") {
                self.long(word);
                if self.out.stuck || self.out.help {
                    return;
                }
                continue;
            } else if prefix.starts_with('-') && !word.text.is("-") {
                self.cluster(word);
                if self.out.stuck || self.out.help {
                    return;
                }
                continue;
            }
            if role::is_doubtful(self.words, at, self.grammar) {
                self.hidden(word);
                if self
                    .words
                    .iter()
                    .skip(at)
                    .any(|word| word.text.known_prefix().starts_with("--privileged"))
                {
                    self.out.unseen.push(Unseen {
                        place: word.place.clone(),
                        text: word.text.shown(),
                        hides: Some(Key::Privileged),
                    });
                }
            }
            self.out.end.get_or_insert(at);
            self.out.operands.push(at);
            if !self.grammar.interspersed() {
                self.out.operands.extend(self.next..self.words.len());
                return;
            }
        }
    }

    /// A word that may be any options.
    fn hidden(&mut self, word: &Word) {
        let held = word.place.via.first().map(|via| format!("${}", via.name));
        let text = match word.text.is_empty() || word.text.is("") {
            true => held.unwrap_or_else(|| "''".to_owned()),
            // an alias and `xargs` are called with words of their own
            false if word.text.shown() == "…" => "the words that are added".to_owned(),
            false => word.text.shown(),
        };
        self.out.unseen.push(Unseen {
            place: word.place.clone(),
            text,
            hides: None,
        });
    }

    /// An option that is not known: whether it takes the next word cannot be told.
    fn stop(&mut self, word: &Word) {
        self.hidden(word);
        self.out.stuck = true;
    }

    fn long(&mut self, word: &'a Word) {
        let Some(body) = word.text.strip_prefix("--") else {
            return self.stop(word);
        };
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        let Some(name) = name.known().map(|name| name.into_owned()) else {
            return self.hidden(word);
        };
        let Some((flag, takes)) = self.grammar.long(&name) else {
            match (name.as_str(), value) {
                ("help", _) => self.out.help = true,
                // an option of some other version: with its value attached it hides nothing that follows
                (name, Some(_)) if name.starts_with(|c: char| c.is_ascii_alphanumeric()) => self.hidden(word),
                _ => self.stop(word),
            }
            return;
        };
        match value {
            Some(value) => {
                let value_span = attached(word, "--".len() + name.len() + "=".len(), &value);
                let place = Place {
                    value: value_span,
                    ..word.place.clone()
                };
                let before = format!("--{name}=");
                let options = word.options.iter().filter_map(|o| o.strip_prefix(&before)).collect();
                self.push_any(flag, takes, value, options, place, word.certain);
            }
            None if takes.next_word() => self.separate(flag, takes, word, word.place.value.start),
            None => self.push(flag, takes, None, word.place.clone(), word.certain),
        }
    }

    /// The value is the next word. Without one the client refuses the line.
    fn separate(&mut self, flag: &'static Flag, takes: Takes, word: &'a Word, from: u32) {
        let Some((_, value)) = self.take() else { return };
        let mut place = value.place.clone();
        let one_way = word.place.file == value.place.file && word.place.via == value.place.via;
        if one_way && from <= value.place.entry.start {
            place.entry = Span {
                start: from,
                end: value.place.entry.end,
            };
        }
        let certain = word.certain && value.certain;
        self.push_any(flag, takes, value.text.clone(), value.options.clone(), place, certain);
    }

    fn cluster(&mut self, word: &'a Word) {
        let Some(mut rest) = word.text.strip_prefix("-") else {
            return self.stop(word);
        };
        for count in 0..MAX_CLUSTER {
            let Some(letter) = rest.known_prefix().chars().next() else {
                if rest.has_hole() {
                    self.hidden(word);
                }
                return;
            };
            let Some((flag, takes)) = self.grammar.short(letter) else {
                if letter == 'h' {
                    self.out.help = true;
                } else {
                    self.stop(word);
                }
                return;
            };
            let from = if count == 0 {
                word.place.value.start
            } else {
                rest.span().start
            };
            let tail = rest.strip_prefix(letter.encode_utf8(&mut [0; 4])).unwrap_or_default();
            let assigned = tail.strip_prefix("=").filter(|value| !value.is_empty());
            let value = match assigned {
                Some(value) => value,
                None if takes.next_word() && tail.is_empty() => return self.separate(flag, takes, word, from),
                None if takes.next_word() => tail,
                None => {
                    let only = count == 0 && tail.is_empty();
                    let plain = rest.pieces().first().is_some_and(|p| p.kind == PieceKind::Literal);
                    let span = match only || !plain {
                        true => word.place.value,
                        false => Span {
                            start: from,
                            end: rest.span().start + 1,
                        },
                    };
                    let place = Place {
                        value: span,
                        entry: span,
                        ..word.place.clone()
                    };
                    self.push(flag, takes, None, place, word.certain);
                    if tail.is_empty() {
                        return;
                    }
                    rest = tail;
                    continue;
                }
            };
            let before = word.text.shown().len().saturating_sub(value.shown().len());
            let place = Place {
                value: attached(word, before, &value),
                entry: Span {
                    start: from,
                    end: word.place.entry.end,
                },
                ..word.place.clone()
            };
            let head: String = word.text.shown().chars().take(before).collect();
            let options = word.options.iter().filter_map(|o| o.strip_prefix(&head)).collect();
            return self.push_any(flag, takes, value, options, place, word.certain);
        }
        self.stop(word);
    }

    /// An option whose value may be one of several: each is said on some path only, where several settings
    /// of the option can stand side by side.
    fn push_any(
        &mut self,
        flag: &'static Flag,
        takes: Takes,
        value: Text,
        options: Vec<Text>,
        place: Place,
        certain: bool,
    ) {
        // in `-v /a:/b$Z` the end may be a label: what a reader has to add there is not known
        let ends_open = !holes::all_hole(&value) && value.pieces().last().is_some_and(Piece::is_hole);
        if options.len() < 2 || ends_open || !SIDE_BY_SIDE.contains(&flag.canonical()) {
            return self.push(flag, takes, Some(value), place, certain);
        }
        for option in labelled(options) {
            self.push(flag, takes, Some(option), place.clone(), false);
        }
    }

    fn push(&mut self, flag: &'static Flag, takes: Takes, value: Option<Text>, place: Place, certain: bool) {
        self.out.settings.push(Setting {
            flag,
            takes,
            value,
            place,
            certain,
        });
    }
}

/// The values without those that another one only adds a label to: the script knows when it is needed.
fn labelled(options: Vec<Text>) -> Vec<Text> {
    let parts = |text: &Text| -> Option<(String, bool)> {
        let known = text.shown();
        let mut parts = known.splitn(3, ':');
        let paths = format!("{}:{}", parts.next()?, parts.next()?);
        let label = parts
            .next()
            .unwrap_or("")
            .split(',')
            .any(|option| matches!(option, "z" | "Z"));
        Some((paths, label))
    };
    let with: Vec<String> = options
        .iter()
        .filter_map(parts)
        .filter(|(_, label)| *label)
        .map(|(p, _)| p)
        .collect();
    let kept = |text: &Text| parts(text).is_none_or(|(paths, label)| label || !with.contains(&paths));
    let mut options: Vec<Text> = options.into_iter().filter(kept).collect();
    // what gives more is told first
    options.sort_by_key(|text| text.shown().split([':', ',']).skip(2).any(|option| option == "ro"));
    options
}

/// The bytes of a value that stands in one word with its option, after `before` bytes of it: up to the
/// end of the word, quotes included, where what comes before is written plainly.
fn attached(word: &Word, before: usize, value: &Text) -> Span {
    let whole = word.place.value;
    let plain = word.text.pieces().first().is_some_and(|p| {
        !p.is_hole() && p.span.start == whole.start && p.text.len() >= before && p.span.len() == p.text.len()
    });
    if plain {
        Span {
            start: whole.start + Span::at(before).start,
            end: whole.end,
        }
    } else if value.is_empty() {
        whole
    } else {
        value.span()
    }
}
