//! From paths to texts with their settings: what every command that reads files begins with.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::args::FileArgs;
use super::terminal::Terminal;
use crate::config::{Asked, Config, Loader, settings};
use crate::discover::{self, Broken, Candidate, Loaded, Passed, SIZE_CAP, Search};
use crate::engine::{self, Ahead, Report, Settings, Tree, TreeCache};
use crate::front::{FRONTS, Kind};
use crate::output::plain_path;
use crate::source::{Source, Span, shown_path};

/// A file to lint.
pub(crate) struct Job {
    /// The path as the user would write it.
    pub(crate) path: PathBuf,
    /// Its text with its kind, or why there is none.
    pub(crate) text: Result<(Kind, String), (Kind, Broken)>,
    /// What holds for it.
    pub(crate) settings: Settings,
    /// Its configuration.
    pub(crate) config: Arc<Config>,
    /// The folder that bounds what may be read beside it.
    pub(crate) root: Arc<PathBuf>,
    /// True for standard input.
    pub(crate) stdin: bool,
}

/// What was found to lint.
pub(crate) struct Jobs {
    /// True when progress may be shown.
    pub(crate) progress: bool,
    /// The files, in order of their shown paths.
    pub(crate) jobs: Vec<Job>,
    /// What came on standard input, as far as it was read, where that is asked for.
    pub(crate) piped: Option<Vec<u8>>,
    /// The files with services of Compose that nothing takes in: not read, unless they were named.
    pub(crate) fragments: Vec<PathBuf>,
    /// What `--evidence` names.
    pub(crate) logs: Vec<crate::evidence::Log>,
    /// True when it was said of named files that no container is in them.
    pub(crate) told: bool,
    /// True when something that was asked for could not be read; it was said.
    pub(crate) failed: bool,
    /// The folders that were given.
    folders: Vec<PathBuf>,
}

impl Jobs {
    /// Makes of the reports of single files what a run says.
    pub(crate) fn settle(&self, reports: &mut [Report]) {
        engine::settle(reports, &|path| discover::project_root(path, &self.folders));
    }
}

/// Finds and reads the files that are asked for. `None` when the configuration is wrong: it was said.
pub(crate) fn gather(args: &FileArgs, asked: &Asked, terminal: &mut Terminal) -> Option<Jobs> {
    let logs = super::evidence::read_all(args, terminal)?;
    let today = super::date::today();
    let mut loader = match loader(args) {
        Ok(loader) => loader,
        Err(mistake) => {
            terminal.error(&mistake.to_string());
            return None;
        }
    };
    let (stdin, paths): (Vec<&PathBuf>, Vec<&PathBuf>) = args.paths.iter().partition(|p| p.as_os_str() == "-");
    if args.stdin_filename.is_some() && stdin.is_empty() {
        terminal.error("--stdin-filename names what comes on standard input: give `-` as the path");
        return None;
    }
    let mut paths: Vec<PathBuf> = paths.into_iter().cloned().collect();
    if paths.is_empty() && stdin.is_empty() {
        paths.push(PathBuf::from("."));
    }
    let search = Search {
        exclude: args.exclude.clone(),
        no_gitignore: args.no_gitignore,
        force_exclude: args.force_exclude,
        no_default_excludes: args.no_default_excludes,
    };
    let found = discover::find(&paths, &search);
    let mut failed = !found.obstacles.is_empty();
    let mut is_command = false;
    for obstacle in found.obstacles {
        let meant = meant_command(&obstacle.at);
        is_command |= !meant.is_empty();
        terminal.error(&format!("{}: {}{meant}", obstacle.at, obstacle.why));
    }
    // a screen of findings would hide that another command was meant
    if is_command {
        return None;
    }
    if !args.quiet {
        for file in &found.hiding {
            let file = shown_path(file);
            terminal.say(&format!("privlint: {file} hides files (--no-gitignore to check them)"));
        }
        if !found.vendored.is_empty() {
            terminal.say(&vendored_line(&found.vendored));
        }
    }
    let mut loaded: Vec<(Candidate, Loaded)> = found
        .candidates
        .into_par_iter()
        .map(|candidate| {
            let loaded = discover::load(&candidate, args.kind);
            (candidate, loaded)
        })
        .collect();
    let mut piped = None;
    if !stdin.is_empty() {
        match read_stdin(args) {
            Ok((candidate, read, bytes)) => {
                loaded.push((candidate, read));
                piped = Some(bytes);
            }
            Err(why) => {
                terminal.error(&format!("standard input: {why}"));
                failed = true;
            }
        }
    }
    let mut jobs = Vec::new();
    let (mut fragments, mut wordless) = (Vec::new(), Vec::new());
    let mut mistakes = BTreeSet::new();
    let mut below = BTreeSet::new();
    let mut roots: HashMap<PathBuf, Arc<PathBuf>> = HashMap::new();
    for (candidate, mut loaded) in loaded {
        // a file of a project is Compose whatever it is called
        if matches!(loaded, Loaded::Passed(_))
            && discover::is_yaml(&candidate.path)
            && let Ok(config) = loader.for_file(&candidate.path)
            && !config.projects_of(&candidate.path).is_empty()
        {
            loaded = discover::load(&candidate, Some(Kind::Compose));
        }
        let text = match loaded {
            Loaded::Text(kind, text) => Ok((kind, text)),
            Loaded::Broken(kind, why) => Err((kind, why)),
            Loaded::Passed(Passed::Fragment) if !candidate.named => {
                let left = loader.for_file(&candidate.path);
                if left.is_ok_and(|config| !config.excludes(&candidate.path)) {
                    fragments.push(candidate.path);
                }
                continue;
            }
            Loaded::Passed(Passed::NoWord) if candidate.named && !args.quiet => {
                wordless.push(candidate.path);
                continue;
            }
            Loaded::Passed(why) => {
                failed |= pass(&candidate, why, args, terminal);
                continue;
            }
            Loaded::Failed(obstacle) => {
                terminal.error(&format!("{}: {}", obstacle.at, obstacle.why));
                failed = true;
                continue;
            }
        };
        let config = match loader.for_file(&candidate.path) {
            Ok(config) => config,
            Err(mistake) => {
                mistakes.insert(mistake.to_string());
                continue;
            }
        };
        below.extend(
            config
                .path
                .as_ref()
                .filter(|_| config.is_below)
                .map(|path| shown_path(path)),
        );
        if (!candidate.named || args.force_exclude) && config.excludes(&candidate.path) {
            continue;
        }
        let folder = candidate.path.parent().unwrap_or(Path::new("")).to_path_buf();
        let root = roots
            .entry(folder)
            .or_insert_with(|| Arc::new(discover::tree_root(&candidate.path)));
        jobs.push(Job {
            settings: Settings {
                is_test: discover::is_test(&candidate.path, &paths),
                ..settings(&config, asked, &candidate.path, &today)
            },
            root: Arc::clone(root),
            stdin: candidate.path == stdin_path(args) && !stdin.is_empty(),
            path: candidate.path,
            text,
            config,
        });
    }
    for mistake in &mistakes {
        terminal.error(mistake);
    }
    // a hook passes all that may be read, and most is of other programs
    let told = !wordless.is_empty() && (!args.force_exclude || args.verbose);
    if told {
        terminal.say(&wordless_line(&wordless));
    }
    for file in below.iter().filter(|_| !args.quiet) {
        terminal.say(&format!(
            "privlint: {file} leaves out some of what is below it (--config FILE or --isolated for a gate)"
        ));
    }
    if args.verbose {
        for job in &jobs {
            terminal.say(&format!("{}: read as {}", shown_path(&job.path), job.kind_word()));
        }
        tell_fragments(&fragments, terminal);
    }
    super::evidence::settle(&logs, &mut jobs);
    mistakes.is_empty().then_some(Jobs {
        piped,
        logs,
        progress: !args.quiet && !args.no_progress,
        jobs,
        fragments,
        told,
        failed,
        folders: paths.into_iter().filter(|path| path.is_dir()).collect(),
    })
}

/// The kinds of files that are read, as a reader would list them.
pub(crate) fn kinds() -> String {
    let nouns: Vec<&str> = FRONTS.iter().map(|front| front.noun).collect();
    match nouns.split_last() {
        Some((last, rest)) => format!("{} or {last} that has to do with a container", rest.join(", ")),
        None => String::new(),
    }
}

/// A hint where what was taken for a path is like the name of a command.
fn meant_command(path: &str) -> String {
    use clap::CommandFactory;
    let command = super::args::Cli::command();
    let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    match crate::rules::closest(path, names) {
        Some(name) => format!("; did you mean the command `{name}`?"),
        None => String::new(),
    }
}

/// Says of a named file why it is not read: so that it does not pass for a clean file. True for standard input
/// of no kind, which somebody meant to be checked.
fn pass(candidate: &Candidate, why: Passed, args: &FileArgs, terminal: &mut Terminal) -> bool {
    if !candidate.named {
        return false;
    }
    let path = shown_path(&candidate.path);
    let silent = match why {
        // a hook passes all YAML, and all files without an ending, and most are of other programs
        Passed::NoKind if args.force_exclude && may_be_of_others(&candidate.path) => !args.verbose,
        Passed::NoWord => true,
        Passed::Fragment => args.quiet,
        Passed::NoKind | Passed::NotText | Passed::TooLarge | Passed::NotAFile => args.quiet,
    };
    let is_stdin = args.paths.iter().any(|path| path.as_os_str() == "-") && candidate.path == stdin_path(args);
    if is_stdin && why != Passed::NoWord {
        terminal.error(&format!("standard input: {why}"));
        return true;
    }
    if !silent {
        terminal.say(&format!("privlint: {path} is not read: {why}"));
    }
    false
}

/// True for a name that tells nothing of what is in the file: `LICENSE`, `a.yml`.
fn may_be_of_others(path: &Path) -> bool {
    discover::is_yaml(path) || path.extension().is_none()
}

/// Says of files with a part of a Compose file that they are not read.
pub(crate) fn tell_fragments(fragments: &[PathBuf], terminal: &mut Terminal) {
    for path in fragments {
        terminal.say(&format!(
            "privlint: {} is not read: {}",
            shown_path(path),
            Passed::Fragment
        ));
    }
}

/// That folders of other projects' files were passed over: one line, however many they are.
fn vendored_line(folders: &BTreeSet<PathBuf>) -> String {
    format!(
        "privlint: {} left out: {} (--no-default-excludes to check them)",
        crate::output::rulebook::count(folders.len(), "vendored folder"),
        first_paths(folders.iter(), folders.len())
    )
}

/// That named files have no container in them: one line, however many they are.
fn wordless_line(files: &[PathBuf]) -> String {
    let (verb, them) = match files {
        [_] => ("is", "it"),
        _ => ("are", "them"),
    };
    let named = first_paths(files.iter(), files.len());
    format!("privlint: {named} {verb} not read: nothing about a container in {them}")
}

/// The first of some paths, and how many more there are.
fn first_paths<'a>(paths: impl Iterator<Item = &'a PathBuf>, count: usize) -> String {
    const NAMED: usize = 3;
    let named: Vec<String> = paths
        .take(NAMED)
        .map(|path| plain_path(&shown_path(path)).into_owned())
        .collect();
    match count.saturating_sub(NAMED) {
        0 => named.join(", "),
        n => format!("{} and {n} more", named.join(", ")),
    }
}

fn loader(args: &FileArgs) -> Result<Loader, crate::config::Mistake> {
    match &args.config {
        Some(path) => Config::read(path).map(Loader::only),
        None if args.isolated => Ok(Loader::only(Config::none())),
        None => Ok(Loader::new()),
    }
}

/// The path that standard input is taken to have.
fn stdin_path(args: &FileArgs) -> PathBuf {
    args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("<stdin>"))
}

/// What comes on standard input, what is to be made of it, and its bytes.
fn read_stdin(args: &FileArgs) -> Result<(Candidate, Loaded, Vec<u8>), String> {
    let mut bytes = Vec::new();
    let mut limited = std::io::stdin().lock().take(SIZE_CAP + 1);
    limited.read_to_end(&mut bytes).map_err(|e| discover::reason(&e))?;
    let path = stdin_path(args);
    let named = args.kind.or_else(|| discover::by_name(&path));
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let kind = match &args.stdin_filename {
        _ if named.is_some() => named,
        Some(judged) => discover::by_text(judged, text),
        // people paste commands without a first line: a text that tells nothing is a script if it has an engine's word
        None => discover::by_text(Path::new("stdin.yaml"), text)
            .or_else(|| crate::front::by_content(text))
            .or_else(|| (Kind::Shell.front().may_matter)(text).then_some(Kind::Shell)),
    };
    let loaded = discover::decide(&path, bytes.clone(), kind);
    Ok((Candidate { path, named: true }, loaded, bytes))
}

impl Job {
    fn kind_word(&self) -> &'static str {
        let (Ok((kind, _)) | Err((kind, _))) = &self.text;
        kind.front().word
    }

    /// Reads a file of the same tree.
    pub(crate) fn open(&self, path: &Path) -> Option<String> {
        discover::open_in(&self.root, path)
    }

    /// What is done with the job's tree.
    fn in_tree<T>(&self, cache: &TreeCache, work: impl FnOnce(&Tree) -> T) -> T {
        work(&Tree {
            open: &|path: &Path| self.open(path),
            folder: &|folder: &Path| self.folder(folder),
            root: &self.root,
            list: &discover::list_tree,
            cache,
        })
    }

    /// Reads the text before its turn.
    fn read_ahead(&self, cache: &TreeCache) -> Option<Ahead> {
        let (kind, text) = self.text.as_ref().ok()?;
        self.in_tree(cache, |tree| {
            engine::read_ahead(&self.path, *kind, text.clone(), &self.settings, tree)
        })
    }

    /// The files of a folder of the same tree.
    pub(crate) fn folder(&self, folder: &Path) -> Vec<PathBuf> {
        discover::files_in(&self.root, folder)
    }
}

/// Lints every job, in parallel; the reports are in the order of the jobs.
pub(crate) fn lint(found: &Jobs) -> Vec<Report> {
    lint_by(found, engine::lint, engine::lint_ahead)
}

/// Finds what is to be found in every job, and no fix; the reports are in the order of the jobs.
pub(crate) fn find(found: &Jobs) -> Vec<Report> {
    lint_by(found, engine::find, engine::find_ahead)
}

/// Lints a text, or one that was read before.
type Lint = fn(&Path, Kind, String, &Settings, &Tree) -> Report;
type LintAhead = fn(Ahead, &Settings, &Tree) -> Report;

fn lint_by(found: &Jobs, by: Lint, by_ahead: LintAhead) -> Vec<Report> {
    let jobs = &found.jobs;
    let cache = TreeCache::default();
    let ahead: Vec<Mutex<Option<Ahead>>> = match are_read_alike(jobs) {
        true => jobs.par_iter().map(|job| Mutex::new(job.read_ahead(&cache))).collect(),
        false => jobs.iter().map(|_| Mutex::default()).collect(),
    };
    let lint_one = |(job, ahead): (&Job, &Mutex<Option<Ahead>>)| match &job.text {
        Ok((kind, text)) => job.in_tree(&cache, |tree| match ahead.lock().ok().and_then(|mut a| a.take()) {
            Some(ahead) => by_ahead(ahead, &job.settings, tree),
            None => by(&job.path, *kind, text.clone(), &job.settings, tree),
        }),
        Err((kind, why)) => unread(&job.path, *kind, why),
    };
    let mut reports: Vec<Report> = super::progress::watched(found.progress, jobs.len(), |tick| {
        let one = |job: (&Job, &Mutex<Option<Ahead>>)| {
            let report = lint_one(job);
            tick();
            report
        };
        jobs.par_iter().zip(&ahead).map(one).collect()
    });
    found.settle(&mut reports);
    reports
}

/// True where the facts of a tree do not depend on whose settings its files are read with.
fn are_read_alike(jobs: &[Job]) -> bool {
    let engine = jobs.first().map(|job| job.settings.engine);
    let alike = |job: &Job| job.settings.projects.is_empty() && Some(job.settings.engine) == engine;
    jobs.len() > 1 && jobs.iter().all(alike)
}

/// The report of a file whose text cannot be read.
pub(crate) fn unread(path: &Path, kind: Kind, why: &Broken) -> Report {
    match why {
        Broken::NotUtf8(valid) => engine::not_utf8(path, kind, valid.clone()),
        Broken::TooLarge(_) => {
            let source = Arc::new(Source::new(path, ""));
            engine::about_file(source, kind, "syntax-error", &why.to_string(), Span::default())
        }
    }
}
