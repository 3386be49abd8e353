//! Which configuration holds for a file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::Gitignore;

use crate::container::Knowledge;
use crate::discover::{self, globs};
use crate::knowledge::own;
use crate::source::shown_path;

use super::{File, Mistake, Selector};

/// The names of a configuration file; the first that exists in a folder wins.
pub const NAMES: [&str; 4] = [".privlint.yaml", "privlint.yaml", ".privlint.yml", "privlint.yml"];

/// A configuration with its globs made ready.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file; `None` where there is none.
    pub path: Option<PathBuf>,
    /// What it says.
    pub file: File,
    /// The number of what it says of images.
    pub knowledge: Knowledge,
    /// True for one that was found below the root and leaves something out.
    pub is_below: bool,
    exclude: Gitignore,
    per_file: Vec<(Gitignore, Vec<Selector>)>,
    projects: Vec<Vec<PathBuf>>,
}

impl Config {
    /// What holds where there is no configuration file.
    pub fn none() -> Config {
        Config {
            path: None,
            knowledge: Knowledge::default(),
            is_below: false,
            file: File::default(),
            exclude: Gitignore::empty(),
            per_file: Vec::new(),
            projects: Vec::new(),
        }
    }

    /// Reads a configuration file.
    ///
    /// # Errors
    /// A file that cannot be read, or says something wrong.
    pub fn read(path: &Path) -> Result<Config, Mistake> {
        let shown = shown_path(path);
        let mistake = |message: String| Mistake {
            file: shown.clone(),
            at: None,
            message,
        };
        let text = discover::read_text(path).map_err(mistake)?;
        let file = File::parse(&text, &shown)?;
        let folder = folder_of(path);
        let ready = |lines: &[String]| {
            let bad = |o: discover::Obstacle| mistake(format!("`{}` is {}", o.at, o.why));
            globs(&folder, lines).map_err(bad)
        };
        let exclude = ready(&file.exclude)?;
        let mut per_file = Vec::new();
        for (glob, selectors) in &file.per_file_ignores {
            per_file.push((ready(std::slice::from_ref(glob))?, selectors.clone()));
        }
        let projects: Vec<Vec<PathBuf>> = file
            .projects
            .iter()
            .map(|files| files.iter().map(|f| discover::absolute(&folder.join(f))).collect())
            .collect();
        for (listed, path) in file.projects.iter().flatten().zip(projects.iter().flatten()) {
            if let Err(error) = std::fs::metadata(path) {
                return Err(mistake(format!(
                    "`{listed}` in `projects`: {}",
                    discover::reason(&error)
                )));
            }
        }
        Ok(Config {
            knowledge: own::keep(&shown, &file.images),
            projects,
            is_below: false,
            path: Some(path.to_path_buf()),
            file,
            exclude,
            per_file,
        })
    }

    /// The same where no rule is off and no value or image is passed over.
    pub fn without_passes(&self) -> Config {
        let mut all = self.clone();
        all.per_file.clear();
        all.file.ignore.clear();
        all.file.rules.clear();
        all
    }

    /// The same where the default rules are selected.
    pub fn without_selection(&self) -> Config {
        let mut all = self.clone();
        all.file.select = None;
        all
    }

    /// True when `exclude` leaves a file out.
    pub fn excludes(&self, path: &Path) -> bool {
        covers(&self.exclude, path)
    }

    /// The rules and groups that are off in a file.
    pub fn ignored_in(&self, path: &Path) -> Vec<Selector> {
        let covering = self.per_file.iter().filter(|(globs, _)| covers(globs, path));
        covering.flat_map(|(_, selectors)| selectors.iter().copied()).collect()
    }

    /// The projects that list a file, as paths that the run can open, the file's own as it is given.
    pub fn projects_of(&self, path: &Path) -> Vec<Vec<PathBuf>> {
        if self.projects.is_empty() {
            return Vec::new();
        }
        let whole = discover::absolute(path);
        let as_given = |file: &PathBuf| match *file == whole {
            true => path.to_path_buf(),
            false => relative(file),
        };
        let listing = self.projects.iter().filter(|files| files.contains(&whole));
        listing.map(|files| files.iter().map(as_given).collect()).collect()
    }

    /// The baseline, where one is named.
    pub fn baseline(&self) -> Option<PathBuf> {
        let name = self.file.baseline.as_ref()?;
        Some(match self.path.as_ref().and_then(|p| p.parent()) {
            Some(folder) => folder.join(name),
            None => PathBuf::from(name),
        })
    }
}

fn covers(globs: &Gitignore, path: &Path) -> bool {
    !globs.is_empty() && discover::excluded(globs, &discover::absolute(path))
}

fn folder_of(path: &Path) -> PathBuf {
    let path = discover::absolute(path);
    path.parent().map(Path::to_path_buf).unwrap_or(path)
}

/// Finds and keeps configurations.
#[derive(Debug, Default)]
pub struct Loader {
    explicit: Option<Arc<Config>>,
    by_folder: HashMap<PathBuf, Result<Arc<Config>, Mistake>>,
}

impl Loader {
    /// A loader that looks upward from each file.
    pub fn new() -> Loader {
        Loader::default()
    }

    /// A loader that knows one configuration and no other.
    pub fn only(config: Config) -> Loader {
        Loader {
            explicit: Some(Arc::new(config)),
            by_folder: HashMap::new(),
        }
    }

    /// The configuration that holds for a file.
    ///
    /// # Errors
    /// The nearest configuration file cannot be read or says something wrong.
    pub fn for_file(&mut self, path: &Path) -> Result<Arc<Config>, Mistake> {
        if let Some(config) = &self.explicit {
            return Ok(Arc::clone(config));
        }
        let folder = folder_of(path);
        if let Some(known) = self.by_folder.get(&folder) {
            return known.clone();
        }
        let root = discover::tree_root(path);
        let found = nearest(&folder, &root);
        let config = match found {
            Some(file) => match self.by_folder.get(&folder_of(&file)) {
                Some(known) => known.clone(),
                None => found_in(&root, &relative(&file)),
            },
            None => Ok(Arc::new(Config::none())),
        };
        self.by_folder.insert(folder, config.clone());
        config
    }
}

/// Reads a configuration that was found, not named: it stands in the tree, and its baseline does too.
fn found_in(root: &Path, file: &Path) -> Result<Arc<Config>, Mistake> {
    let mistake = |message: String| Mistake {
        file: shown_path(file),
        at: None,
        message,
    };
    let leads_out = |path: &Path| path.canonicalize().is_ok() && !discover::leads_inside(root, path);
    if leads_out(file) {
        return Err(mistake("a link that leads out of the tree".to_owned()));
    }
    let beside = |name: &&&str| file.file_name().is_some_and(|own| own != **name);
    let mut others = NAMES.iter().filter(beside);
    if let Some(other) = others.find(|name| folder_of(file).join(name).symlink_metadata().is_ok()) {
        return Err(mistake(format!("`{other}` lies beside it: only one of them can hold")));
    }
    let mut config = Config::read(file)?;
    if config.baseline().is_some_and(|path| leads_out(&path)) {
        return Err(mistake("`baseline` leads out of the tree".to_owned()));
    }
    if let Some(out) = config.projects.iter().flatten().find(|path| leads_out(path)) {
        return Err(mistake(format!(
            "`projects` leads out of the tree: {}",
            shown_path(out)
        )));
    }
    let folder = folder_of(file);
    config.is_below = folder != root && hides(&folder, root, &config.file);
    Ok(Arc::new(config))
}

/// True when a configuration in a folder hides what would be told without it, by the rules of privlint or
/// by the next configuration above.
fn hides(folder: &Path, root: &Path, file: &File) -> bool {
    let above = folder.parent().and_then(|parent| nearest(parent, root));
    let above = above.and_then(|path| found_in(root, &path).ok());
    let hides_of = |above: &Arc<Config>| file.leaves_out(&above.file);
    file.leaves_out(&File::default()) || above.as_ref().is_some_and(hides_of)
}

/// The nearest configuration file from a folder upward to the root.
fn nearest(folder: &Path, root: &Path) -> Option<PathBuf> {
    for at in folder.ancestors() {
        // whatever bears the name is meant to be one: what it is, is said when it is read
        if let Some(name) = NAMES.iter().find(|name| at.join(name).symlink_metadata().is_ok()) {
            return Some(at.join(name));
        }
        if at == root {
            return None;
        }
    }
    None
}

/// The path from where the run started, where it lies below; for messages.
fn relative(path: &Path) -> PathBuf {
    let here = discover::absolute(Path::new("."));
    path.strip_prefix(&here)
        .map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
}
