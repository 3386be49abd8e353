//! The files of a project: what is included, extended and overridden, as one.
//!
//! The order is that of compose-go's loader, for each file in turn: documents, `include`, `extends`,
//! then the file is laid over those before it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::detect;
use super::interpolate::Env;
use super::merge;
use super::sets::FileSet;
use super::value::{Action, Body, Level, Lowering, MAX_COST, Value};
use crate::container::{FileId, Via, ViaKind};
use crate::front::reading::{Problem, Surroundings};
use crate::front::yaml::Tree;
use crate::source::{Source, Span, normal_path};

/// Files that one reading draws on at most.
const MAX_FILES: usize = 200;
/// Projects that are included at most, one that is included twice counted twice.
const MAX_INCLUDED: usize = 400;
/// Services that extend each other in a row at most.
pub(super) const MAX_CHAIN: usize = 60;
/// Projects that include each other in a row at most, and files whose services extend each other: each of them
/// is read with all those behind it.
pub(super) const MAX_ROW: usize = 16;

/// Names that Compose looks for, the first it finds is the project (compose-go `cli/options.go`).
const BASES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];
/// Names of the file that Compose lays over it, the first it finds.
const OVERRIDES: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// Loads files, each once.
pub(super) struct Loader<'s> {
    surroundings: &'s Surroundings<'s>,
    pub(super) sources: Vec<Arc<Source>>,
    trees: Vec<Rc<Tree>>,
    by_path: HashMap<PathBuf, FileId>,
    /// Where the relative paths of a file begin, for files of which that is not their own folder.
    pub(super) bases: HashMap<FileId, PathBuf>,
    pub(super) problems: Vec<Problem>,
    pub(super) budget: usize,
    /// How many projects were included, each time counted.
    included: usize,
    /// True once a bound was hit: nothing more is extended.
    pub(super) spent: bool,
    raw: HashMap<FileId, Rc<Value>>,
}

impl<'s> Loader<'s> {
    pub(super) fn new(source: &Arc<Source>, tree: Rc<Tree>, surroundings: &'s Surroundings<'s>) -> Loader<'s> {
        let mut loader = Loader {
            surroundings,
            sources: Vec::new(),
            trees: Vec::new(),
            by_path: HashMap::new(),
            bases: HashMap::new(),
            problems: Vec::new(),
            budget: MAX_COST,
            included: 0,
            spent: false,
            raw: HashMap::new(),
        };
        loader.enter(Arc::clone(source), tree);
        loader
    }

    /// The project that the read file belongs to. Of a file that only lays over another, the services
    /// that it touches.
    pub(super) fn project(&mut self) -> Value {
        self.begin();
        let source = self.source(FileId(0));
        let folder = folder_of(&source.path);
        let name = source
            .path
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or("")
            .to_owned();
        let env = Env::beside(&folder, self.surroundings.open);
        let base_name = BASES.iter().find(|b| **b == name || self.exists(&folder.join(b)));
        let over_name = OVERRIDES.iter().find(|o| **o == name || self.exists(&folder.join(o)));
        let is = |candidate: Option<&&str>| candidate.is_some_and(|c| **c == *name);
        let mut chain = vec![normal_path(&source.path)];
        if is(base_name) {
            let mut root = self.file(FileId(0), &env, &mut chain);
            if let Some(over) = over_name.and_then(|o| self.open(&folder.join(o))) {
                self.lay_over(&mut root, over, &env, &mut chain);
            }
            return root;
        }
        if is(over_name)
            && let Some(base) = base_name.and_then(|b| self.open(&folder.join(b)))
        {
            let mut root = self.file(base, &env, &mut chain);
            let touched = self.lay_over(&mut root, FileId(0), &env, &mut chain);
            keep_services(&mut root, &touched);
            return root;
        }
        self.file(FileId(0), &env, &mut chain)
    }

    /// Forgets the project before: another has other variables and another folder.
    fn begin(&mut self) {
        self.raw.clear();
        self.bases.clear();
        self.budget = MAX_COST;
    }

    /// The project of a set that was named, as far as the read file speaks of it. All its files lie in
    /// the folder of the first, as far as Compose is concerned.
    pub(super) fn project_of(&mut self, set: &FileSet) -> Option<Value> {
        self.begin();
        let first = set.files.first()?;
        let env = set.env.under(&[folder_of(first).join(".env")], self.surroundings.open);
        let base = self.open(first)?;
        let mut chain = vec![normal_path(first)];
        let mut root = self.file(base, &env, &mut chain);
        let mut touched = None;
        for file in set.files.iter().skip(1) {
            let Some(over) = self.open(file) else { continue };
            self.bases.insert(over, folder_of(first));
            let names = self.lay_over(&mut root, over, &env, &mut chain);
            if over == FileId(0) {
                touched = Some(names);
            }
        }
        if let Some(names) = touched {
            keep_services(&mut root, &names);
        }
        Some(root)
    }

    /// Lays a later file over a project; gives the names of the services that it speaks of.
    fn lay_over(&mut self, root: &mut Value, over: FileId, env: &Env, chain: &mut Vec<PathBuf>) -> HashSet<String> {
        let mut value = self.file(over, env, chain);
        let mut names = HashSet::new();
        let file_name = self
            .source(over)
            .path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned());
        if let Some(services) = entry_mut(&mut value, "services") {
            for (name, service) in entries_mut(services) {
                names.insert(name.clone());
                if service.file == over {
                    let step = Via {
                        kind: ViaKind::Override,
                        name: file_name.clone().unwrap_or_default(),
                        span: service.key,
                        file: over,
                    };
                    entries_mut(service).iter_mut().for_each(|(_, v)| v.came_by(&step));
                }
            }
        }
        merge::files(root, value);
        names
    }

    /// A file with what it includes, its services with what they extend.
    fn file(&mut self, file: FileId, env: &Env, chain: &mut Vec<PathBuf>) -> Value {
        let mut root = (*self.raw(file, env)).clone();
        let included = self.included(&root, env, chain);
        self.extend_services(&mut root, file, env);
        for project in included {
            adopt(&mut root, project);
        }
        root
    }

    /// The value of a file as it is written: its documents laid over each other.
    pub(super) fn raw(&mut self, file: FileId, env: &Env) -> Rc<Value> {
        if let Some(known) = self.raw.get(&file) {
            return Rc::clone(known);
        }
        let source = self.source(file);
        let tree = self.trees.get(usize::from(file.0)).cloned().unwrap_or_default();
        let mut lowering = Lowering {
            file,
            text: source.text(),
            tree: &tree,
            env,
            budget: &mut self.budget,
            stopped: None,
        };
        let mut whole: Option<Value> = None;
        let mut index = merge::Index::default();
        for &root in &tree.documents {
            let root = tree.resolve(root);
            let old = detect::is_old_layout(&tree, root);
            let mut value = lowering.document(root, if old { Level::OldRoot } else { Level::Root });
            if old {
                let services = value.clone();
                value.body = Body::Map(vec![("services".to_owned(), services)]);
            }
            match &mut whole {
                None => whole = Some(value),
                Some(base) => merge::documents(base, value, &mut index),
            }
        }
        if let Some(span) = lowering.stopped {
            let message = "aliases and nesting make more of this file than is read".to_owned();
            self.limit(file, span, message);
        }
        let whole = Rc::new(whole.unwrap_or_else(|| nothing(file)));
        self.raw.insert(file, Rc::clone(&whole));
        whole
    }

    /// The projects that a file includes.
    fn included(&mut self, root: &Value, env: &Env, chain: &mut Vec<PathBuf>) -> Vec<Value> {
        let Some(include) = root.get("include") else {
            return Vec::new();
        };
        let mut projects = Vec::new();
        for item in include.items().to_vec() {
            let listed = match &item.body {
                Body::Scalar(_) => vec![item.clone()],
                _ => match item.get("path") {
                    Some(path) if path.items().is_empty() => vec![path.clone()],
                    Some(path) => path.items().to_vec(),
                    None => continue,
                },
            };
            if let Some(project) = self.included_project(&item, &listed, env, chain) {
                projects.push(project);
            }
        }
        projects
    }

    /// True unless a project includes itself, or too much is included.
    fn may_include(&mut self, item: &Value, first: &Path, chain: &[PathBuf]) -> bool {
        self.included += 1;
        if chain.iter().any(|path| path == first) {
            let shown = crate::source::shown_path(first);
            self.wrong(item.file, item.span, format!("`{shown}` includes itself"));
            return false;
        }
        if self.included > MAX_INCLUDED {
            if self.included == MAX_INCLUDED + 1 {
                let message = format!("more than {MAX_INCLUDED} projects are included, the rest is not read");
                self.limit(item.file, item.span, message);
            }
            return false;
        }
        if chain.len() > MAX_ROW {
            let message = format!("more than {MAX_ROW} projects include each other in a row");
            self.limit(item.file, item.span, message);
            return false;
        }
        true
    }

    fn included_project(
        &mut self,
        item: &Value,
        listed: &[Value],
        env: &Env,
        chain: &mut Vec<PathBuf>,
    ) -> Option<Value> {
        let here = self.base(item.file);
        let path = |value: &Value| Some(normal_path(&here.join(value.text()?.known()?.as_ref())));
        let first = path(listed.first()?)?;
        if !self.may_include(item, &first, chain) {
            return None;
        }
        let folder = match item.get("project_directory").and_then(path) {
            Some(folder) => folder,
            None => folder_of(&first),
        };
        let files: Vec<PathBuf> = match item.get("env_file") {
            // what a file says of which the name is not known stays open
            Some(files) if files.items().is_empty() => path(files).into_iter().collect(),
            Some(files) => files.items().iter().filter_map(path).collect(),
            None => vec![folder.join(".env")],
        };
        let own_env = env.under(&files, self.surroundings.open);
        let file = self.open(&first)?;
        chain.push(first);
        self.bases.insert(file, folder.clone());
        let mut root = self.file(file, &own_env, chain);
        for over in listed.iter().skip(1) {
            if let Some(over) = path(over).and_then(|p| self.open(&p)) {
                self.bases.insert(over, folder.clone());
                self.lay_over(&mut root, over, &own_env, chain);
            }
        }
        chain.pop();
        let step = Via {
            kind: ViaKind::Include,
            name: listed.first()?.text()?.shown(),
            span: item.span,
            file: item.file,
        };
        if let Some(services) = entry_mut(&mut root, "services") {
            entries_mut(services)
                .iter_mut()
                .for_each(|(_, s)| s.via.insert(0, step.clone()));
        }
        Some(root)
    }

    fn exists(&self, path: &Path) -> bool {
        self.by_path.contains_key(&normal_path(path)) || (self.surroundings.open)(&normal_path(path)).is_some()
    }

    /// Where the relative paths of each file begin.
    pub(super) fn bases(&self) -> Vec<PathBuf> {
        let files = (0..self.sources.len()).map(|i| FileId(u16::try_from(i).unwrap_or(u16::MAX)));
        files.map(|file| self.base(file)).collect()
    }

    /// Where the relative paths of a file begin.
    pub(super) fn base(&self, file: FileId) -> PathBuf {
        let known = self.bases.get(&file).cloned();
        known.unwrap_or_else(|| folder_of(&self.source(file).path))
    }

    pub(super) fn open(&mut self, path: &Path) -> Option<FileId> {
        let path = normal_path(path);
        if let Some(&known) = self.by_path.get(&path) {
            return Some(known);
        }
        if self.sources.len() >= MAX_FILES {
            let message = format!("more than {MAX_FILES} files belong to this project, the rest is not read");
            self.limit(FileId(0), Span::default(), message);
            return None;
        }
        let text = (self.surroundings.open)(&path)?;
        let tree = Tree::kept(&text);
        Some(self.enter(Arc::new(Source::new(path, text)), tree))
    }

    fn enter(&mut self, source: Arc<Source>, tree: Rc<Tree>) -> FileId {
        let id = FileId(u16::try_from(self.sources.len()).unwrap_or(u16::MAX));
        self.by_path.insert(normal_path(&source.path), id);
        self.sources.push(source);
        self.trees.push(tree);
        id
    }

    pub(super) fn source(&self, file: FileId) -> Arc<Source> {
        let found = self.sources.get(usize::from(file.0)).or(self.sources.first());
        found.cloned().unwrap_or_else(|| Arc::new(Source::new("", "")))
    }

    /// Something that Compose refuses.
    pub(super) fn wrong(&mut self, file: FileId, span: Span, message: String) {
        self.problem(file, span, message, false);
    }

    /// Something that is not followed, though Compose may: nothing is wrong with it.
    pub(super) fn limit(&mut self, file: FileId, span: Span, message: String) {
        self.problem(file, span, message, true);
    }

    fn problem(&mut self, file: FileId, span: Span, message: String, bound: bool) {
        let problem = Problem {
            file,
            span,
            message,
            ends_reading: true,
            bound,
        };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// What an included project brings: what the including one does not have itself.
fn adopt(root: &mut Value, project: Value) {
    let Body::Map(entries) = project.body else { return };
    for (group, mut value) in entries {
        if group == "include" {
            continue;
        }
        match entry_mut(root, &group) {
            Some(own) => {
                let names: HashSet<String> = own.entries().iter().map(|(n, _)| n.clone()).collect();
                if let (Body::Map(own), Body::Map(new)) = (&mut own.body, &mut value.body) {
                    own.extend(new.drain(..).filter(|(name, _)| !names.contains(name)));
                }
            }
            None => match &mut root.body {
                Body::Map(groups) => groups.push((group, value)),
                other => *other = Body::Map(vec![(group, value)]),
            },
        }
    }
}

fn keep_services(root: &mut Value, names: &HashSet<String>) {
    if let Some(Body::Map(services)) = entry_mut(root, "services").map(|s| &mut s.body) {
        services.retain(|(name, _)| names.contains(name));
    }
}

pub(super) fn entry_mut<'v>(map: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    entries_mut(map)
        .iter_mut()
        .find(|(name, _)| name == key)
        .map(|(_, v)| v)
}

pub(super) fn entries_mut(map: &mut Value) -> &mut [(String, Value)] {
    match &mut map.body {
        Body::Map(entries) => entries,
        _ => &mut [],
    }
}

/// A value that says nothing.
pub(super) fn nothing(file: FileId) -> Value {
    Value {
        body: Body::Null,
        file,
        span: Span::default(),
        key: Span::default(),
        entry: Span::default(),
        via: Vec::new(),
        action: Action::Merge,
        complete: true,
        earlier: Vec::new(),
    }
}

pub(super) fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}
