//! A unit to the command line that podman's generator makes of it: the one that the service runs.

mod special;

use super::family::Family;
use super::keys::{self, How, Key};
use crate::container::{FileId, Hole, PieceKind, Place, Text};
use crate::front::systemd::{Assignment, Chunk, Environment, Quoting, Unit, expand, split};
use crate::source::Span;
use crate::spec::{CommandLine, Word};

/// The kinds of units that run podman on a container, a pod, a build or a file of Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Container,
    Pod,
    Build,
    Kube,
}

impl Section {
    pub(super) fn name(self) -> &'static str {
        match self {
            Section::Container => "Container",
            Section::Pod => "Pod",
            Section::Build => "Build",
            Section::Kube => "Kube",
        }
    }

    /// Its keys.
    pub(super) fn keys(self) -> &'static [Key] {
        match self {
            Section::Container => keys::CONTAINER,
            Section::Pod => keys::POD,
            Section::Build => keys::BUILD,
            Section::Kube => keys::KUBE,
        }
    }
}

/// The words, and where the whole stands.
pub(super) fn command_line(unit: &Unit, section: Section, family: &Family, file: FileId, head: Span) -> CommandLine {
    let mut maker = Maker {
        unit,
        section,
        environment: Environment::of(unit),
        family,
        file,
        head,
        words: Vec::new(),
    };
    maker.run();
    CommandLine {
        words: maker.words,
        file,
        span: head,
        certain: true,
        as_root: true,
        // `./x` is seen from the folder of the unit
        folder: Text::hole("…", Span::default(), Hole::ScriptDirectory),
        ..CommandLine::default()
    }
}

/// True for the words that the generator takes for true.
pub(super) fn is_true(value: &str) -> bool {
    ["1", "yes", "true", "on"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(value))
}

/// A value without the one pair of double quotes that may stand around it, and its place in the text.
pub(super) fn unquoted(value: &str) -> (&str, std::ops::Range<usize>) {
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    match inner.filter(|_| value.len() >= 2) {
        Some(inner) => (inner, 1..1 + inner.len()),
        None => (value, 0..value.len()),
    }
}

struct Maker<'a> {
    unit: &'a Unit,
    section: Section,
    environment: Environment,
    family: &'a Family<'a>,
    file: FileId,
    head: Span,
    words: Vec<Word>,
}

impl Maker<'_> {
    fn run(&mut self) {
        self.own("podman");
        for line in self.list("ContainersConfModule") {
            self.each(&line, "--module=");
        }
        for line in self.list("GlobalArgs") {
            self.arguments(&line, "");
        }
        self.verb();
        for key in self.section.keys() {
            self.key(key);
        }
        for line in self.list("PodmanArgs") {
            self.arguments(&line, "");
        }
        self.operands();
    }

    fn verb(&mut self) {
        let words: &[&str] = match self.section {
            Section::Container => &["run", "--replace", "--rm"],
            Section::Pod => &["pod", "create", "--infra-conmon-pidfile=%t/%N.pid", "--replace"],
            Section::Build => &["build"],
            Section::Kube => &["kube", "play", "--replace", "--service-container=true"],
        };
        words.iter().for_each(|word| self.own(word));
        match self.section {
            Section::Container => self.ways_of_running(),
            Section::Pod => {
                let policy = self.last("ExitPolicy");
                let policy = policy.map_or_else(|| "stop".to_owned(), |line| line.value.text().to_owned());
                self.own(&format!("--exit-policy={policy}"));
                let name = self.family.pod_name(self.unit);
                self.own(&format!("--infra-name={name}-infra"));
                self.named("PodName", name);
            }
            Section::Build | Section::Kube => {}
        }
    }

    /// What the generator says of every container.
    fn ways_of_running(&mut self) {
        self.named("ContainerName", self.family.container_name());
        match self.last("CgroupsMode") {
            Some(line) => self.single(&line, "--cgroups="),
            None => self.own("--cgroups=split"),
        }
        let once = self.unit.all("Service", "Type").next_back();
        if once.is_some_and(|line| line.value.text() == "oneshot") {
            return;
        }
        let notify = self
            .last("Notify")
            .map(|line| line.value.text().to_owned())
            .unwrap_or_default();
        let from = match notify.as_str() {
            word if word.eq_ignore_ascii_case("healthy") => "healthy",
            word if is_true(word) => "container",
            _ => "conmon",
        };
        self.own(&format!("--sdnotify={from}"));
        self.own("-d");
    }

    fn named(&mut self, key: &'static str, otherwise: String) {
        match self.last(key) {
            Some(line) => self.single(&line, "--name="),
            None => self.own(&format!("--name={otherwise}")),
        }
    }

    fn operands(&mut self) {
        match self.section {
            Section::Container => {
                match (self.last("Image"), self.last("Rootfs")) {
                    (Some(line), _) => self.image(&line),
                    (None, Some(line)) => {
                        self.own("--rootfs");
                        self.single(&line, "");
                    }
                    (None, None) => return,
                }
                if let Some(line) = self.any("Exec") {
                    self.arguments(&line, "");
                }
            }
            Section::Build => {
                if let Some(line) = self.last("SetWorkingDirectory")
                    && !matches!(line.value.text().to_ascii_lowercase().as_str(), "file" | "unit")
                {
                    self.single(&line, "");
                }
            }
            Section::Kube => {
                if let Some(line) = self.last("Yaml") {
                    self.single(&line, "");
                }
            }
            Section::Pod => {}
        }
    }

    fn list(&self, key: &'static str) -> Vec<Assignment> {
        self.unit.list(self.section.name(), key).into_iter().cloned().collect()
    }

    /// The last line of a key.
    fn any(&self, key: &'static str) -> Option<Assignment> {
        self.unit.all(self.section.name(), key).next_back().cloned()
    }

    /// The same, unless it is empty.
    fn last(&self, key: &'static str) -> Option<Assignment> {
        self.any(key).filter(|line| !unquoted(line.value.text()).0.is_empty())
    }

    fn key(&mut self, key: &'static Key) {
        match key.how {
            How::Last => {
                if let Some(line) = self.last(key.name) {
                    self.single(&line, key.option);
                }
            }
            How::LastOrEmpty => {
                if let Some(line) = self.any(key.name) {
                    self.single(&line, key.option);
                }
            }
            How::Lines => self.list(key.name).iter().for_each(|line| self.each(line, key.option)),
            How::Words => self
                .list(key.name)
                .iter()
                .for_each(|line| self.split(line, key.option, Quoting::Words)),
            How::Arguments => self
                .list(key.name)
                .iter()
                .for_each(|line| self.arguments(line, key.option)),
            How::Pairs => self.pairs(key),
            How::Switch => {
                if let Some(line) = self.any(key.name) {
                    let off = if is_true(unquoted(line.value.text()).0) {
                        ""
                    } else {
                        "=false"
                    };
                    self.said(&line, &format!("{}{off}", key.option));
                }
            }
            How::Flag => {
                if let Some(line) = self.any(key.name).filter(|line| is_true(unquoted(line.value.text()).0)) {
                    self.said(&line, key.option);
                }
            }
            How::Special => self.special(key),
            How::Nothing => {}
        }
    }

    fn arguments(&mut self, line: &Assignment, option: &str) {
        self.split(line, option, Quoting::Arguments);
    }

    fn split(&mut self, line: &Assignment, option: &str, quoting: Quoting) {
        for word in split(line.value.text(), quoting).unwrap_or_default() {
            let entry = line.outer(word.range.start, word.range.end);
            match self.variable(&word.chunks).filter(|_| option.is_empty()) {
                Some(words) => words.iter().for_each(|text| self.split_off(line, entry, text)),
                None => self.chunks(line, option, &word.chunks, entry),
            }
        }
    }

    /// The words of a variable that is all of a word, where the unit sets it: the service splits it.
    fn variable(&self, chunks: &[Chunk]) -> Option<Vec<String>> {
        let [chunk] = chunks else { return None };
        let known = self.environment.get(chunk.text.strip_prefix('$')?)?;
        let words = split(known, Quoting::Words).ok()?;
        Some(words.iter().map(super::super::systemd::Word::text).collect())
    }

    /// A word that the service makes of a variable; the whole of it stands where the variable is used.
    fn split_off(&mut self, line: &Assignment, entry: Span, text: &str) {
        let place = Place {
            file: line.file,
            value: entry,
            entry,
            via: Vec::new(),
        };
        self.words.push(Word {
            text: Text::cooked(text, entry),
            place,
            certain: true,
            splits: false,
            options: Vec::new(),
        });
    }

    /// A line whose value is taken as it is written.
    fn each(&mut self, line: &Assignment, option: &str) {
        self.raw(line, option, 0..line.value.text().len());
    }

    /// A line whose value may stand in double quotes.
    fn single(&mut self, line: &Assignment, option: &str) {
        let (_, range) = unquoted(line.value.text());
        self.raw(line, option, range);
    }

    fn raw(&mut self, line: &Assignment, option: &str, range: std::ops::Range<usize>) {
        let chunk = Chunk {
            text: line.value.text().get(range.clone()).unwrap_or("").to_owned(),
            range,
            literal: true,
        };
        self.chunks(line, option, &[chunk], line.span);
    }

    /// A word of the command line: an option with its value, which `entry` is what removal removes.
    fn chunks(&mut self, line: &Assignment, option: &str, chunks: &[Chunk], entry: Span) {
        let (value, splits) = expand(chunks, &line.value, &self.environment);
        // a word of its own has quotes that are a part of it
        let whole = match option.is_empty() && entry != line.span {
            true => entry,
            false => value.span(),
        };
        let at = Span::at(
            if value.is_empty() {
                line.value_span()
            } else {
                value.span()
            }
            .start as usize,
        );
        let mut text = Text::new();
        text.push(option.to_owned(), at, PieceKind::Cooked);
        text.append(value);
        let place = Place {
            file: line.file,
            value: if whole.is_empty() { line.value_span() } else { whole },
            entry,
            via: Vec::new(),
        };
        self.words.push(Word {
            text,
            place,
            certain: true,
            splits,
            options: Vec::new(),
        });
    }

    /// What a line says by being there.
    fn said(&mut self, line: &Assignment, word: &str) {
        self.made(line, word);
    }

    /// A word that a line becomes, and that is not written there.
    fn made(&mut self, line: &Assignment, word: &str) {
        let place = Place {
            file: line.file,
            value: line.value_span(),
            entry: line.span,
            via: Vec::new(),
        };
        self.words.push(Word {
            text: Text::cooked(word, line.value_span()),
            place,
            certain: true,
            splits: false,
            options: Vec::new(),
        });
    }

    /// A word of the generator's own.
    fn own(&mut self, word: &str) {
        let place = Place {
            file: self.file,
            value: self.head,
            entry: self.head,
            via: Vec::new(),
        };
        self.words.push(Word {
            text: Text::cooked(word, self.head),
            place,
            certain: true,
            splits: false,
            options: Vec::new(),
        });
    }
}
