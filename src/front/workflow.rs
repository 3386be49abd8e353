//! Workflows of GitHub and of those that read the same, and actions: the containers that jobs run in and
//! beside, and the scripts of their steps.

mod container;
mod expressions;
mod step;

use std::sync::Arc;

use super::reading::{Front, Hint, Kind, Problem, Reading, Surroundings};
use super::yaml::{self, NodeId, Tree};
use crate::container::{Container, FileId};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Source, Span};

/// The row of the table of fronts.
pub(super) const FRONT: Front = Front {
    kind: Kind::Workflow,
    word: "workflow",
    noun: "a workflow or an action",
    // the text tells: other files are called `action.yml` too
    by_name: |_| false,
    looks_like,
    may_matter,
    read,
    read_in_place: None,
    render,
};

/// Words of which a workflow holds one if it launches a container.
const WORDS: [&str; 7] = [
    "docker",
    "podman",
    "nerdctl",
    "container:",
    "services:",
    "compose",
    "privlint",
];

fn may_matter(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let holds = |word: &&str| memchr::memmem::find(lower.as_bytes(), word.as_bytes()).is_some();
    WORDS.iter().any(holds)
}

/// True for a text with jobs that name a runner, or with the steps of an action.
pub(super) fn looks_like(text: &str) -> bool {
    if !(Tree::may_have_key(text, "jobs") || Tree::may_have_key(text, "using")) {
        return false;
    }
    let tree = Tree::kept(text);
    let page = Page { tree: &tree, text };
    page.roots().any(|root| {
        let triggered = page.get(root, "on").is_some();
        let mut jobs = page
            .get(root, "jobs")
            .map(|jobs| page.values(jobs))
            .unwrap_or_default()
            .into_iter();
        let is_job = |job: NodeId| {
            let has = |key: &str| page.get(job, key).is_some();
            has("runs-on") || (triggered && (has("steps") || has("uses")))
        };
        jobs.any(is_job)
            || page
                .get(root, "runs")
                .is_some_and(|runs| page.get(runs, "using").is_some())
    })
}

/// A file under reading.
struct Page<'a> {
    tree: &'a Tree,
    text: &'a str,
}

impl<'a> Page<'a> {
    fn roots(&self) -> impl Iterator<Item = NodeId> + use<'a> {
        let tree = self.tree;
        tree.documents.iter().map(|&root| tree.resolve(root))
    }

    /// The value of a key, behind its alias.
    fn get(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.tree.get(node, key).map(|entry| self.tree.resolve(entry.value))
    }

    /// The values of a mapping, behind their aliases.
    fn values(&self, node: NodeId) -> Vec<NodeId> {
        let entries = self.tree.entries(node).iter();
        entries.map(|entry| self.tree.resolve(entry.value)).collect()
    }

    /// The items of a list, behind their aliases.
    fn items(&self, node: NodeId) -> Vec<NodeId> {
        let items = self.tree.items(node).iter();
        items.map(|item| self.tree.resolve(item.node)).collect()
    }

    fn scalar(&self, node: NodeId) -> Option<yaml::Scalar> {
        self.tree.scalar(self.text, node)
    }

    /// The text of a scalar.
    fn string(&self, node: NodeId) -> Option<&'a str> {
        match &self.tree.node(node).kind {
            yaml::Kind::Scalar(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads a workflow or an action.
fn read(source: &Arc<Source>, _: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Workflow, Arc::clone(source));
    let tree = Tree::kept(source.text());
    let page = Page {
        tree: &tree,
        text: source.text(),
    };
    for root in page.roots() {
        let jobs = page
            .get(root, "jobs")
            .map(|jobs| tree.entries(jobs))
            .unwrap_or_default();
        for entry in jobs {
            job(&page, root, tree.resolve(entry.value), &mut reading);
        }
        reading.selinux_hints.extend(ubuntu(&page, root));
        if let Some(runs) = page.get(root, "runs") {
            action(&page, root, runs, &mut reading);
        }
    }
    reading.problems.extend(tree.problems.iter().map(|problem| Problem {
        file: FileId(0),
        span: problem.span,
        message: problem.message.clone(),
        ends_reading: problem.ends_document,
        bound: problem.bound,
    }));
    reading.comments.extend(tree.comments.iter().copied());
    reading.nodes = nodes(&tree);
    reading
}

/// What a job runs in, beside and itself.
fn job(page: &Page, root: NodeId, job: NodeId, reading: &mut Reading) {
    let inside = page.get(job, "container");
    if let Some(entry) = page.tree.get(job, "container") {
        reading.containers.extend(container::read(page, entry));
    }
    let services = page.get(job, "services").map(|services| page.tree.entries(services));
    for entry in services.unwrap_or_default() {
        reading.containers.extend(container::read(page, entry));
    }
    let around = step::Around {
        scopes: vec![root, job],
        windows: page.get(job, "runs-on").is_some_and(|on| is_windows(page, on)),
        in_container: inside.is_some(),
    };
    for one in page
        .get(job, "steps")
        .map(|steps| page.items(steps))
        .unwrap_or_default()
    {
        step::read(page, one, &around, reading);
    }
}

/// What an action runs: its steps, or its image.
fn action(page: &Page, root: NodeId, runs: NodeId, reading: &mut Reading) {
    let around = step::Around {
        scopes: vec![root],
        windows: false,
        in_container: false,
    };
    for one in page
        .get(runs, "steps")
        .map(|steps| page.items(steps))
        .unwrap_or_default()
    {
        step::read(page, one, &around, reading);
    }
    if page.get(runs, "using").and_then(|using| page.string(using)) == Some("docker")
        && let Some(entry) = page.tree.get(runs, "image")
    {
        reading
            .containers
            .extend(container::of_image(page, entry, page.get(runs, "args")));
    }
}

fn is_windows(page: &Page, on: NodeId) -> bool {
    let words = page.items(on);
    let mut words = words.iter().chain([&on]).filter_map(|&word| page.string(word));
    words.any(|word| word.to_ascii_lowercase().contains("windows"))
}

/// That every job runs on Ubuntu, as most of GitHub's machines are, where SELinux is not in force.
fn ubuntu(page: &Page, root: NodeId) -> Option<Hint> {
    let jobs = page.get(root, "jobs").map(|jobs| page.tree.entries(jobs))?;
    let mut first = None;
    for job in jobs {
        let on = page.get(page.tree.resolve(job.value), "runs-on")?;
        let word = page.string(on).filter(|word| word.starts_with("ubuntu-"))?;
        first.get_or_insert((page.tree.node(on).span, word));
    }
    first.map(|(span, word)| Hint {
        span,
        what: format!("`runs-on: {word}`"),
        labelled: Vec::new(),
    })
}

/// Every entry and item.
fn nodes(tree: &Tree) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for node in tree.nodes() {
        match &node.kind {
            yaml::Kind::Mapping(entries) => spans.extend(entries.iter().map(|e| e.entry)),
            yaml::Kind::Sequence(items) => spans.extend(items.iter().map(|i| i.entry)),
            _ => {}
        }
    }
    spans
}

/// What a workflow itself asks for is for people to change.
fn render(_: &Reading, _: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    Err(Refusal(
        "privlint does not edit the options of a job's container".to_owned(),
    ))
}

#[cfg(test)]
mod tests;
