//! What the other files of a tree say that a file's own text does not: who mounts the same paths, and
//! who takes over what is written in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use crate::container::{Container, Engine, Facts, FileId, Starts, ViaKind};
use crate::front::{Kind, Reading};
use crate::source::Span;
use crate::spec::command::Scaled;

use super::around::{Entry, entries};
use super::host_path::path_from;
use super::host_path::{folder_of, whole};
use super::mount_use::{MountUse, mount_uses};
use super::neighbours::Uses;
use super::terminal::{self, Terminals};

/// The files of a tree, given its root, that are read for context, with the kind of each.
pub type ListTree<'a> = dyn Fn(&Path) -> Vec<(PathBuf, Kind)> + Sync + 'a;

/// What was read of trees so far, by root.
#[derive(Debug, Default)]
pub struct TreeCache {
    trees: Mutex<BTreeMap<PathBuf, Arc<Once>>>,
    /// What was read of files before that, by root and path.
    ahead: Mutex<BTreeMap<PathBuf, HashMap<PathBuf, Said>>>,
}

/// What is known of one tree, once it is read.
type Once = OnceLock<Arc<TreeFacts>>;

/// What the files of a tree say of each other.
#[derive(Debug, Default)]
pub(super) struct TreeFacts {
    /// Who mounts what.
    pub(super) mounts: Uses,
    /// True where some of its files were not, or not wholly, read.
    pub(super) cut: bool,
    /// What is run in containers that are there already.
    pub(super) entries: Vec<Entry>,
    /// What other files take over, by the file it is written in.
    borrowed: HashMap<String, Vec<Borrowed>>,
    /// Where each file is deployed as a stack: `deploy.sh:3`.
    stacks: HashMap<String, String>,
    /// The files that a script of another folder sources.
    sourced: HashSet<String>,
    /// The services that scripts start several containers of, with the folder of each script.
    scaled: Vec<(Vec<String>, Scaled)>,
    /// The launches that scripts run from files which they source, by the file.
    launched: HashMap<String, Vec<Launched>>,
    /// The variables that are named for a terminal.
    pub(super) terminals: Terminals,
}

/// A launch of a file, as a script that sources the file runs it.
#[derive(Debug)]
struct Launched {
    head: Span,
    starts: Starts,
    facts: Facts,
}

/// Launches of one file that are kept; where there are more, each counts as run otherwise.
const MOST_LAUNCHED: usize = 2000;

/// Something that a container of another file has from this one, by `extends` or `source`.
#[derive(Clone, Debug)]
pub(super) struct Borrowed {
    /// Where it is written.
    pub(super) span: Span,
    /// Who has it: `` `web` (deploy/compose.yaml) ``.
    pub(super) by: String,
}

impl TreeCache {
    /// The facts of a tree; `read` is asked once for each root.
    pub(super) fn tree(&self, root: &Path, read: impl FnOnce() -> TreeFacts) -> Arc<TreeFacts> {
        let slot = match self.trees.lock() {
            Ok(mut trees) => Arc::clone(trees.entry(root.to_owned()).or_default()),
            Err(_) => Arc::default(),
        };
        Arc::clone(slot.get_or_init(|| Arc::new(read())))
    }

    /// Keeps what a file of a tree says, which was read before the facts of the tree are asked for.
    pub(super) fn keep(&self, root: &Path, said: Said) {
        if let Ok(mut ahead) = self.ahead.lock() {
            ahead
                .entry(root.to_owned())
                .or_default()
                .insert(said.path.clone(), said);
        }
    }

    /// What was kept of the files of a tree.
    pub(super) fn kept(&self, root: &Path) -> HashMap<PathBuf, Said> {
        let mut ahead = self.ahead.lock().ok();
        ahead.as_mut().and_then(|ahead| ahead.remove(root)).unwrap_or_default()
    }
}

/// What one file says that matters to others.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    /// Bytes of it.
    pub(super) size: usize,
    /// Bytes that reading it counts for.
    pub(super) cost: usize,
    /// True where a part of it was not read that may start something.
    cut: bool,
    mounts: Vec<MountUse>,
    entries: Vec<Entry>,
    borrowed: Vec<(String, Borrowed)>,
    stacks: Vec<(String, String)>,
    sourced: Vec<String>,
    scaled: Vec<(Vec<String>, Scaled)>,
    launched: Vec<(String, Launched)>,
    terminals: Terminals,
}

impl Said {
    /// What a file of the tree below `root` says, its host paths settled.
    pub(super) fn of(reading: &Reading, root: &Path) -> Said {
        let here = folder_of(&reading.source().path);
        let text = reading.source().text();
        // brackets upon brackets take a parser far longer than what people write
        let brackets = text.bytes().filter(|b| b"([{$`<".contains(b)).count() > text.len() / 4;
        let hostile = brackets || !reading.problems.is_empty();
        // Compose starts nothing of a file that is broken; what a bound leaves out may start
        let mut ends = reading.problems.iter().filter(|p| p.ends_reading);
        let mut terminals = Terminals::new();
        terminal::note(text, &mut terminals);
        let mut sourced = Vec::new();
        if reading.kind == Kind::Shell {
            let others = reading.sources.iter().skip(1).filter(|s| folder_of(&s.path) != here);
            sourced.extend(others.map(|s| whole(&s.path)));
        }
        let scaled = reading.scaled.iter().map(|one| (here.clone(), one.clone()));
        Said {
            path: reading.source().path.clone(),
            kind: reading.kind,
            size: text.len(),
            cost: if hostile { 32 * text.len() } else { text.len() },
            cut: ends.any(|p| reading.kind == Kind::Shell || p.bound),
            mounts: mount_uses(reading),
            entries: entries(reading),
            borrowed: borrowed(reading),
            stacks: stacks(reading, &here, &folder_of(&root.join("file"))),
            sourced,
            scaled: scaled.collect(),
            launched: launched(reading),
            terminals,
        }
    }
}

/// The files that a script deploys as stacks, with the place where it does.
fn stacks(reading: &Reading, here: &[String], root: &[String]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in &reading.stacks {
        let by = format!(
            "{}:{}",
            reading.source().shown_path(),
            reading.source().line_of(file.place.value.start)
        );
        // it is run where it stands, or at the root of the tree
        for folder in [here, root] {
            found.extend(path_from(&file.value, folder).map(|path| (path, by.clone())));
        }
    }
    found
}

/// The launches that a script runs from files which it sources.
fn launched(reading: &Reading) -> Vec<(String, Launched)> {
    let lent = reading.lent.iter().filter(|c| c.syntax.is_launch());
    let launched = lent.map(|container| {
        let launched = Launched {
            head: container.head,
            starts: container.starts,
            facts: what_matters(container),
        };
        (whole(&reading.file(container.file).path), launched)
    });
    launched.collect()
}

/// What a file's containers have from other files.
fn borrowed(reading: &Reading) -> Vec<(String, Borrowed)> {
    let mut found = Vec::new();
    for container in &reading.containers {
        let taken = |kind| matches!(kind, ViaKind::Extends | ViaKind::Sourced);
        let mut by = None;
        for place in container.places() {
            if place.file != container.file && place.via.iter().any(|v| taken(v.kind)) {
                let by =
                    by.get_or_insert_with(|| format!("`{}` ({})", container.called(), reading.source().shown_path()));
                let borrowed = Borrowed {
                    span: place.value,
                    by: by.clone(),
                };
                found.push((whole(&reading.file(place.file).path), borrowed));
            }
        }
    }
    found
}

/// The facts of a tree while its files are read.
#[derive(Default)]
pub(super) struct Gathered {
    stacks: HashMap<String, String>,
    sourced: HashSet<String>,
    scaled: Vec<(Vec<String>, Scaled)>,
    pub(super) cut: bool,
    mounts: Vec<MountUse>,
    entries: Vec<Entry>,
    borrowed: HashMap<String, Vec<Borrowed>>,
    launched: HashMap<String, Vec<Launched>>,
    terminals: Terminals,
}

impl Gathered {
    /// What one file says.
    pub(super) fn add(&mut self, said: Said) {
        self.cut |= said.cut;
        for (name, only) in said.terminals {
            let known = self.terminals.entry(name).or_insert(true);
            *known &= only;
        }
        self.mounts.extend(said.mounts);
        self.entries.extend(said.entries);
        self.sourced.extend(said.sourced);
        self.scaled.extend(said.scaled);
        for (path, by) in said.stacks {
            self.stacks.entry(path).or_insert(by);
        }
        for (path, launch) in said.launched {
            let launched = self.launched.entry(path).or_default();
            if launched.len() <= MOST_LAUNCHED {
                launched.push(launch);
            }
        }
        for (path, borrowed) in said.borrowed {
            self.borrowed.entry(path).or_default().push(borrowed);
        }
    }

    /// What all of them say.
    pub(super) fn facts(self) -> TreeFacts {
        TreeFacts {
            mounts: Uses::of(self.mounts),
            entries: self.entries,
            borrowed: self.borrowed,
            stacks: self.stacks,
            sourced: self.sourced,
            scaled: self.scaled,
            launched: self.launched,
            terminals: self.terminals,
            cut: self.cut,
        }
    }
}

impl TreeFacts {
    /// Where a file is deployed as a stack.
    pub(super) fn stacked_by(&self, file: &Path) -> Option<&str> {
        self.stacks.get(&whole(file)).map(String::as_str)
    }

    /// True where a script of another folder sources the file.
    pub(super) fn is_sourced_elsewhere(&self, file: &Path) -> bool {
        self.sourced.contains(&whole(file))
    }

    /// How often a service of a Compose file is started, as scripts say that ask for several of it: one
    /// beside the file, or below its folder, means that file; one above it may mean another. Of a service that
    /// is `unique`, by a name or a port of the host, a second project has none.
    pub(super) fn starts(&self, file: &Path, service: &str, unique: bool) -> Starts {
        if self.scaled.is_empty() {
            return Starts::Once;
        }
        let folder = folder_of(file);
        let named = |name: &str| name == service || name.strip_suffix(service).is_some_and(|s| s.ends_with('_'));
        let meant = |one: &Scaled| one.service.as_deref().map_or(!unique, named);
        let scripts = self.scaled.iter().filter(|(_, one)| meant(one));
        let said = scripts.filter_map(|(script, one)| match script.starts_with(&folder) {
            true => Some(one.starts),
            false => folder.starts_with(script).then_some(Starts::Unknown),
        });
        said.max().unwrap_or(Starts::Once)
    }

    /// True where a script that sources the file starts several containers by a launch of it.
    pub(super) fn starts_several(&self, file: &Path, launch: Span) -> bool {
        let launched = self.launched.get(&whole(file)).map_or(&[][..], Vec::as_slice);
        launched
            .iter()
            .any(|other| other.head == launch && other.starts == Starts::Many)
    }

    /// True where a script that sources the file runs a launch of it with options that the file itself
    /// does not run it with.
    pub(super) fn is_run_otherwise(&self, own: &Reading, launch: &Container) -> bool {
        let Some(launched) = self.launched.get(&whole(&own.source().path)) else {
            return false;
        };
        let here = own
            .containers
            .iter()
            .filter(|c| c.file == FileId(0) && c.head == launch.head);
        let here: Vec<Facts> = here.map(what_matters).collect();
        let mut there = launched.iter().filter(|other| other.head == launch.head);
        launched.len() > MOST_LAUNCHED || there.any(|other| !here.contains(&other.facts))
    }

    /// What other files take over from a file.
    pub(super) fn borrowed_from(&self, file: &Path) -> &[Borrowed] {
        self.borrowed.get(&whole(file)).map_or(&[], Vec::as_slice)
    }
}

/// What of a launch decides what it needs: not who runs it, nor what it is called.
fn what_matters(launch: &Container) -> Facts {
    const OTHERS: [&str; 8] = [
        "entrypoint",
        "environment",
        "group_add",
        "pod",
        "ports",
        "runtime",
        "sysctls",
        "volumes_from",
    ];
    let mut facts = launch.facts();
    facts.engine = Engine::Unknown;
    facts.name = None;
    facts.others.retain(|(name, _)| OTHERS.contains(name));
    facts
}
