//! What a front is given, and what it makes of a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::container::{Container, Engine, FileId, Hole, Knowledge, Text, Via, Written};
use crate::fix::{Change, Edit, Refusal};
use crate::shell::Gap;
use crate::source::{Excerpt, Source, Span};
use crate::spec::command::Scaled;

/// The kinds of files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A Compose file.
    Compose,
    /// A shell script.
    Shell,
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A unit that podman's generator makes a service of.
    Quadlet,
    /// A unit of systemd.
    Unit,
    /// The configuration of a machine by cloud-init.
    CloudInit,
    /// Documentation in Markdown.
    Markdown,
    /// A workflow of GitHub, or an action.
    Workflow,
    /// A Makefile.
    Make,
    /// A `devcontainer.json`, or the manifest of a feature.
    Devcontainer,
}

impl Kind {
    /// True for a kind whose files share their endings with files of other languages: only a text with a
    /// section of its own is one.
    pub fn is_told_by_text(self) -> bool {
        matches!(self, Kind::Quadlet | Kind::Unit)
    }

    /// True for a file that people write around documents of other kinds. One that stands in another
    /// document is left alone.
    pub(super) fn is_host(self) -> bool {
        match self {
            Kind::Markdown | Kind::Workflow | Kind::Make | Kind::Devcontainer => true,
            Kind::Compose | Kind::Shell | Kind::Dockerfile | Kind::Quadlet | Kind::Unit | Kind::CloudInit => false,
        }
    }
}

/// What a front may know beyond the text of the file.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The engine that runs Compose files and words such as `$DOCKER`; [`Engine::Unknown`] when nobody said.
    pub engine: Engine,
    /// What the project knows of images itself.
    pub knowledge: Knowledge,
    /// The sets of Compose files that are laid over each other, each in order, where the user said so
    /// (`-f a -f b`, `-f a -f c`); empty where nobody did. Those count that the file is among.
    pub projects: &'a [Vec<PathBuf>],
    /// Reads a file of the same tree, given a path relative to where the run started: `None` when
    /// it does not exist, cannot be read, is not UTF-8, is too large, or lies outside the tree.
    pub open: &'a dyn Fn(&Path) -> Option<String>,
    /// The paths of the files in a folder of the same tree, in no particular order.
    pub list: &'a dyn Fn(&Path) -> Vec<PathBuf>,
}

impl Surroundings<'_> {
    /// Nothing beyond the text: no other file, no project, an engine that nobody names.
    pub fn none() -> Surroundings<'static> {
        Surroundings {
            engine: Engine::Unknown,
            knowledge: Knowledge::default(),
            projects: &[],
            open: &|_| None,
            list: &|_| Vec::new(),
        }
    }
}

/// What a front made of a file. Reading never fails: what cannot be read is a [`Problem`], and the
/// rest is read on.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the file was read as.
    pub kind: Kind,
    /// The files that spans count in, by [`FileId`]; the first is the file itself.
    pub sources: Vec<Arc<Source>>,
    /// The containers, in the order of their heads.
    pub containers: Vec<Container>,
    /// What could not be read, or only in part.
    pub problems: Vec<Problem>,
    /// The comments of the file itself, in order.
    pub comments: Vec<Comment>,
    /// The nodes that a comment on the line above covers: keys with their values, list items, whole
    /// commands with their continuations, instructions. In order of their starts; the larger first.
    pub nodes: Vec<Span>,
    /// What speaks for an SELinux host in the file itself: `semanage`, `dnf`, a `:Z` …
    pub selinux_hints: Vec<Hint>,
    /// The Compose files that the file deploys with `docker stack deploy`, as they are written.
    pub stacks: Vec<Written<Text>>,
    /// The services of Compose that a script starts several containers of, or may.
    pub scaled: Vec<Scaled>,
    /// The launches of files that a script sources, as the script runs them: each file reports its own.
    pub lent: Vec<Container>,
    /// The services that commands of the file run something of their own in: `docker compose exec db`.
    pub entered: Vec<Written<Text>>,
    /// The documents inside the file that its front found, until they are read.
    pub nested: Vec<Nested>,
    /// Those that were read.
    pub documents: Vec<Document>,
}

/// Words of a file that speak for an SELinux host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where they stand, in the file itself.
    pub span: Span,
    /// What they are, as a reader would be told: "`restorecon`".
    pub what: String,
    /// The host paths that a command gives a label for containers, as written.
    pub labelled: Vec<String>,
}

/// Package managers of distributions that use SELinux.
pub(super) const PACKAGE_MANAGERS: [&str; 5] = ["dnf", "dnf5", "microdnf", "yum", "rpm-ostree"];

/// Package managers of distributions that do without SELinux, unless somebody sets it up.
pub(super) const PACKAGE_MANAGERS_WITHOUT: [&str; 4] = ["apt", "apt-get", "pacman", "apk"];

impl Hint {
    /// True for a run of a package manager of distributions that use SELinux.
    pub fn is_package_manager(&self) -> bool {
        PACKAGE_MANAGERS.contains(&self.what.trim_matches('`'))
    }

    /// True for what speaks against an SELinux host.
    pub fn is_against(&self) -> bool {
        PACKAGE_MANAGERS_WITHOUT.contains(&self.what.trim_matches('`')) || self.what.starts_with("`runs-on")
    }
}

/// Something in a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file that the span counts in.
    pub file: FileId,
    /// Where.
    pub span: Span,
    /// What, in lower case without a full stop.
    pub message: String,
    /// True when what comes after it in the file was not read, or a bound was hit.
    pub ends_reading: bool,
    /// True for a bound of privlint's own: nothing is wrong with the file.
    pub bound: bool,
}

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From its `#` to the end of the line, without the line ending.
    pub span: Span,
    /// True when nothing but blanks stands before it on its line.
    pub own_line: bool,
}

impl Reading {
    /// A reading of a file with nothing found in it yet.
    pub fn new(kind: Kind, source: Arc<Source>) -> Reading {
        Reading {
            kind,
            sources: vec![source],
            containers: Vec::new(),
            problems: Vec::new(),
            comments: Vec::new(),
            nodes: Vec::new(),
            selinux_hints: Vec::new(),
            stacks: Vec::new(),
            scaled: Vec::new(),
            lent: Vec::new(),
            entered: Vec::new(),
            nested: Vec::new(),
            documents: Vec::new(),
        }
    }

    /// The file itself.
    pub fn source(&self) -> &Arc<Source> {
        &self.sources[0]
    }

    /// True for a Compose file, and for one that a Compose file stands in.
    pub fn has_services(&self) -> bool {
        self.kind == Kind::Compose || self.containers.iter().any(|c| c.syntax.is_service())
    }

    /// True for documentation that speaks neither of podman nor of SELinux: it is for every reader's host.
    pub fn is_for_any_host(&self) -> bool {
        self.kind == Kind::Markdown && {
            let text = self.source().text().to_ascii_lowercase();
            !text.contains("podman") && !text.contains("selinux")
        }
    }

    /// The file that an id names; the file itself for an id that names none.
    pub fn file(&self, id: FileId) -> &Arc<Source> {
        self.sources.get(usize::from(id.0)).unwrap_or(&self.sources[0])
    }
}

/// A document inside a file, as the front of the file found it. What it holds is for another front.
#[derive(Clone, Debug)]
pub struct Nested {
    /// What it is.
    pub form: Form,
    /// Its text, with the way to the file.
    pub excerpt: Excerpt,
    /// What it stands in. Of a document that is read in place, nodes outside of it are not its own:
    /// what a front wrote before it, such as variables, stands elsewhere.
    pub span: Span,
    /// How its containers come to be, the step nearest to them first.
    pub provenance: Vec<Via>,
    /// False when only some path leads to it.
    pub certain: bool,
    /// What is not known of its text.
    pub open: Open,
    /// What may be written in it.
    pub seam: Seam,
    /// True for the steps of an image: `dnf` in one is about the image and not the host, and only what
    /// launches say speaks for an SELinux host.
    pub inside_image: bool,
    /// True where root runs it, as a service of the system.
    pub by_root: bool,
    /// True where several may run it at the same time: the instances of a template unit.
    pub many: bool,
    /// True for an example of documentation: a piece of something, of which nobody is told that it is
    /// not whole.
    pub is_example: bool,
    /// Texts elsewhere in the file that several documents take up. A launch in one of them is one launch,
    /// however often it is taken up.
    pub shared: Vec<Span>,
}

impl Nested {
    /// A document of a kind that is all there, in what stands at a span.
    pub fn new(kind: Kind, excerpt: Excerpt, span: Span, seam: Seam) -> Nested {
        Nested {
            form: Form::Kind(kind),
            excerpt,
            span,
            provenance: Vec::new(),
            certain: true,
            open: Open::default(),
            seam,
            inside_image: false,
            by_root: false,
            many: false,
            is_example: false,
            shared: Vec::new(),
        }
    }
}

/// What a nested document is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A document of a kind.
    Kind(Kind),
    /// A Compose file that is deployed as a stack.
    Stack,
    /// A script that is read as a file of its own, with the documents that it writes.
    Script,
    /// A text that only its structure tells what it is.
    Structured,
    /// A file, whose name and text say what it is.
    File {
        /// Its path, with holes as they are written.
        path: String,
        /// True when the text is added to what the file holds.
        appends: bool,
    },
}

/// What is not known of a nested document's text.
#[derive(Clone, Debug, Default)]
pub struct Open {
    /// Parts of it.
    pub gaps: Vec<Gap>,
    /// Whole lines that were left out, with their offsets in the text.
    pub left_out: Vec<(u32, Gap)>,
    /// Values that stand in it and that whoever runs the file may set otherwise, in places of the text.
    pub assumed: Vec<Span>,
    /// True when more text comes to it at other places.
    pub grows: bool,
}

impl Open {
    /// Appends to a text what stands for a part of it that is not known.
    pub(super) fn gap(&mut self, text: &mut Excerpt, written: &str, span: Span, hole: Hole) {
        let number = self.gaps.len();
        // what it is called tells whether it may be options or an image
        let mut name: String = written
            .chars()
            .filter(|c| !"${}()<>[] ".contains(*c))
            .take(40)
            .collect();
        name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        if written.starts_with('-')
            || written.contains(" -")
            || written.contains("--")
            || name.chars().all(|c| c == '_')
        {
            name.push_str("_OPTS");
        }
        text.made(&format!("${{privlint_gap_{number}_{name}}}"));
        self.gaps.push(Gap {
            text: written.to_owned(),
            span,
            hole,
            number,
        });
    }

    /// True when the text is known from its first byte to its last.
    pub fn is_whole(&self) -> bool {
        self.gaps.is_empty() && self.left_out.is_empty() && !self.grows
    }
}

/// What may be written in a nested document, because the outer language would take the rest otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seam {
    /// Everything: a heredoc in quotes.
    Verbatim,
    /// A heredoc in which variables are filled in.
    Expansions,
    /// A string of a script, or a script within a script.
    Quotes,
    /// A scalar of a Compose file, which fills in variables: only a block is written in.
    Yaml,
    /// A command line of a unit, in which systemd has quotes, specifiers and variables of its own.
    Unit,
    /// Everything, each line behind what the outer language puts before it: the indentation of a block,
    /// a prompt, the `>` of a quotation.
    Lines,
    /// Words of one line without quotes: a scalar of YAML that is no block, a string of JSON.
    Scalar,
    /// Nothing: each word is an item of a list.
    Words,
    /// Lines of a recipe of make, which takes `$$` for a dollar.
    Make,
}

/// A nested document that was read.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it was read as.
    pub kind: Kind,
    /// What was read of its text, in places of that text; `None` where it was read in place, and is
    /// changed there.
    pub inner: Option<Inner>,
}

/// A nested document that was read as a file of its own.
#[derive(Clone, Debug)]
pub struct Inner {
    /// What was read, in places of its text.
    pub reading: Reading,
    /// Its text, with the way to the outer file.
    pub excerpt: Excerpt,
    /// What it stands in.
    pub span: Span,
    /// What may be written in it.
    pub seam: Seam,
}

/// What is known of a kind of files: one row of the table of fronts.
pub struct Front {
    /// The kind.
    pub kind: Kind,
    /// Its word on the command line, and behind the fence of a code block.
    pub word: &'static str,
    /// What a reader calls such a file, with its article.
    pub noun: &'static str,
    /// True for a file's name that tells the kind.
    pub by_name: fn(&str) -> bool,
    /// True for a text that tells the kind where the name does not.
    pub looks_like: fn(&str) -> bool,
    /// False for a text that holds nothing to look at, as can be seen without reading it.
    pub may_matter: fn(&str) -> bool,
    /// Reads a file.
    pub read: Read,
    /// Reads text of the kind that stands in another file, with the places of that file; `None` for
    /// kinds that are read as files of their own there.
    pub read_in_place: Option<ReadInPlace>,
    /// The edits that carry out changes of containers that were read as this kind.
    pub render: Render,
}

/// A file to what is found in it.
pub type Read = fn(&Arc<Source>, &Surroundings) -> Reading;

/// An excerpt of a file to what is found in it.
pub type ReadInPlace = fn(&Arc<Source>, &Excerpt, &Surroundings) -> Reading;

/// Changes of containers to edits, or why they cannot be made.
pub type Render = fn(&Reading, &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal>;

/// Changes of one container to edits, or why they cannot be made.
pub(super) type RenderOne = fn(&Reading, &Container, &[Change]) -> Result<Vec<Edit>, Refusal>;
