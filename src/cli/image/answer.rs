//! What is known of an image, put together from what the rules ask.

use std::collections::BTreeSet;

use super::forms::{Form, Formed, Launch};
use crate::container::{Container, Engine, Key};
use crate::fix::Change;
use crate::knowledge::bases::{self, Base};
use crate::knowledge::capabilities::defaults;
use crate::knowledge::condition::Condition;
use crate::knowledge::image_name::ImageName;
use crate::knowledge::images::{self, Entry, Evidence, Match, Required};
use crate::knowledge::needs::{Needs, Trust, needs};
use crate::knowledge::standing::{self, Standing};
use crate::knowledge::verdict::Verdict;

/// What is known of an image.
pub(super) struct Answer {
    pub(super) launch: Launch,
    pub(super) image: ImageName,
    /// What is known of it; `None` where nothing is.
    pub(super) known: Option<Known>,
    /// Who it starts as, where that is known.
    pub(super) base: Option<Base>,
}

/// What an image needs.
pub(super) struct Known {
    pub(super) found: Match,
    pub(super) needs: Needs,
    /// What each of its entries stands on.
    pub(super) standing: Vec<(&'static Entry, Standing)>,
    /// The capabilities that it needs in this launch, or in any where nothing is said of it.
    pub(super) rows: Vec<Row>,
    /// Those whose paths this launch does not take.
    pub(super) spared: Vec<Row>,
    /// Those that are used where they are given, and not missed.
    pub(super) optional: Vec<Row>,
    /// Those that it never uses.
    pub(super) never: Vec<Row>,
    /// What to write, in each form; or why nothing is.
    pub(super) write: Result<Vec<(Form, String)>, String>,
}

/// A capability with what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) capability: String,
    /// The paths on which it is used, as the tables write them.
    pub(super) paths: Vec<String>,
    /// The same, as a reader would say it.
    pub(super) words: Vec<String>,
    pub(super) why: String,
    /// Where that can be read.
    pub(super) source: String,
}

impl Answer {
    /// Asks; an error for a launch that no engine takes.
    pub(super) fn of(launch: Launch) -> Result<Answer, String> {
        let run = Formed::of(&launch, Form::Run).ok_or("this is no launch that can be read")?;
        let reference = run
            .container
            .image
            .as_ref()
            .map(|w| &w.value)
            .ok_or("there is no image")?;
        let no_name = || format!("`{}` is no name of an image", launch.image);
        let image = ImageName::parse(reference).ok_or_else(no_name)?;
        wrong_mount(&launch, &run.container)?;
        let base = bases::find(reference, launch.knowledge);
        let known = match (images::find(&image, launch.knowledge), needs(&run.container)) {
            (Some(found), Some(needs)) => Some(Known::of(&launch, &run.container, &image, found, needs)),
            _ => None,
        };
        Ok(Answer {
            launch,
            image,
            known,
            base,
        })
    }
}

/// What is wrong about the launch, as its engine would say.
fn wrong_mount(launch: &Launch, container: &Container) -> Result<(), String> {
    if let Some(refused) = container.refused().first() {
        return Err(refused.value.why.clone());
    }
    let targets = container.mounts.iter().map(|w| w.value.target.as_ref()?.known());
    let whole = targets.map(|target| target.is_some_and(|t| t.starts_with('/')));
    match launch
        .mounts
        .iter()
        .zip(whole.chain(std::iter::repeat(false)))
        .find(|(_, whole)| !whole)
    {
        Some((mount, _)) => Err(format!("`{mount}` is no mount: it takes a whole path in the container")),
        None => Ok(()),
    }
}

impl Known {
    fn of(launch: &Launch, container: &Container, image: &ImageName, found: Match, needs: Needs) -> Known {
        let names = wanted(launch, &found, &needs);
        let counts = |row: &Row| names.contains(row.capability.as_str());
        let entries = found.entries.iter();
        let standing = entries.map(|entry| (*entry, standing::of(entry, found.own))).collect();
        let mut rows = used(launch, container, image, &found);
        for (name, why) in &needs.capabilities {
            if !rows.iter().any(|row| row.capability == *name) {
                rows.push(by_launch(name, why, needs.entry));
            }
        }
        rows.sort_by(|a, b| a.capability.cmp(&b.capability));
        let every = every(&found, |need| !need.optional);
        Known {
            standing,
            spared: every.into_iter().filter(|row| !counts(row)).collect(),
            rows: rows.into_iter().filter(counts).collect(),
            optional: self::every(&found, |need| need.optional),
            never: never(&found),
            write: write(launch, &found),
            found,
            needs,
        }
    }

    /// How well it is known: as well as the weakest of its entries.
    pub(super) fn trust(&self) -> Evidence {
        let trusts = self.standing.iter().map(|(_, standing)| standing.trust);
        trusts.max().unwrap_or(Evidence::Inferred)
    }

    /// True where a fix that rests on it would be safe.
    pub(super) fn is_safe(&self) -> bool {
        self.needs.trust == Trust::Sure && !self.needs.on_top_of_default
    }
}

/// The capabilities that it needs: in this launch, or whatever the launch is.
fn wanted(launch: &Launch, found: &Match, needs: &Needs) -> BTreeSet<&'static str> {
    let mut names: BTreeSet<&'static str> = needs.names().into_iter().collect();
    if launch.open {
        let used = found.entries.iter().flat_map(|entry| &entry.capabilities);
        names.extend(used.filter(|need| !need.optional).map(|need| need.name.as_str()));
    }
    names
}

/// One row for each capability, of the paths that the launch may take.
fn used(launch: &Launch, container: &Container, image: &ImageName, found: &Match) -> Vec<Row> {
    let mut rows = Vec::new();
    for entry in &found.entries {
        for need in entry.capabilities.iter().filter(|need| !need.optional) {
            let taken = need.carried || need.when.verdict(container, entry, image) == Verdict::Counts;
            if launch.open || taken {
                add(&mut rows, entry, need);
            }
        }
    }
    rows
}

/// The rows of some capabilities, whatever the launch.
fn every(found: &Match, which: fn(&images::CapabilityNeed) -> bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for entry in &found.entries {
        entry
            .capabilities
            .iter()
            .filter(|need| which(need))
            .for_each(|need| add(&mut rows, entry, need));
    }
    rows
}

fn add(rows: &mut Vec<Row>, entry: &Entry, need: &images::CapabilityNeed) {
    let source = need.at.clone().unwrap_or_else(|| entry.sources.join("; "));
    let (path, words) = match (need.carried, &need.when) {
        (true, Condition::Always) => ("always".to_owned(), "carried by its program".to_owned()),
        (_, when) => (when.to_string(), when.in_words()),
    };
    let push = |list: &mut Vec<String>, text: String| {
        if !list.contains(&text) {
            list.push(text);
        }
    };
    match rows.iter_mut().find(|row| row.capability == need.name) {
        Some(row) => {
            push(&mut row.paths, path);
            push(&mut row.words, words);
            for (all, one) in [(&mut row.why, &need.why), (&mut row.source, &source)] {
                if !all.contains(one.as_str()) {
                    *all = format!("{all}; {one}");
                }
            }
        }
        None => rows.push(Row {
            capability: need.name.clone(),
            paths: vec![path],
            words: vec![words],
            why: need.why.clone(),
            source,
        }),
    }
}

/// A capability that no path of the entry names: its program carries it, or the launch brings it along.
fn by_launch(name: &str, why: &str, entry: &Entry) -> Row {
    Row {
        capability: name.to_owned(),
        paths: vec!["always".to_owned()],
        words: vec![Condition::Always.in_words()],
        why: why.to_owned(),
        source: entry.sources.join("; "),
    }
}

fn never(found: &Match) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for never in found.entries.iter().flat_map(|entry| &entry.never) {
        for capability in &never.capabilities {
            let row = Row {
                capability: capability.clone(),
                paths: Vec::new(),
                words: Vec::new(),
                why: never.why.clone(),
                source: never.at.clone(),
            };
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
    }
    rows.sort_by(|a, b| a.capability.cmp(&b.capability));
    rows
}

/// What to write, in each form.
fn write(launch: &Launch, found: &Match) -> Result<Vec<(Form, String)>, String> {
    let mut written = Vec::new();
    for form in Form::ALL {
        let Some(formed) = Formed::of(launch, form) else {
            continue;
        };
        let Some(needs) = needs(&formed.container) else {
            continue;
        };
        let entry = needs.entry;
        match needs.privileged {
            Required::No => {}
            Required::ByUpstream => {
                return Err("what it needs instead of `--privileged` is for you to decide".to_owned());
            }
            Required::Yes => return Err("it does not work without `--privileged`".to_owned()),
        }
        if needs.trust == Trust::Guess || needs.is_of_another_program() {
            let doubt = needs.doubt.as_deref().unwrap_or(entry.trust.as_words());
            return Err(format!("what it needs here is not known: {doubt}"));
        }
        let names = wanted(launch, found, &needs);
        let changes = changes(&formed.container, &needs, &names);
        written.extend(formed.with(&changes).map(|text| (form, text)));
    }
    match written.is_empty() {
        true => Err("nothing can be written for it".to_owned()),
        false => Ok(written),
    }
}

/// Drops every capability but those, and gives what else it needs. What docker grants and this engine does
/// not is left out, as in every fix: it works without.
fn changes(container: &Container, needs: &Needs, names: &BTreeSet<&str>) -> Vec<Change> {
    let given = defaults(container.engine);
    let of_docker = defaults(Engine::Docker);
    let mut changes = Vec::new();
    if !needs.on_top_of_default {
        changes.push(Change::Add(Key::CapDrop, "all".to_owned()));
    }
    let kept = names.iter().filter(|name| match given.contains(**name) {
        true => !needs.on_top_of_default,
        false => !of_docker.contains(**name),
    });
    changes.extend(kept.map(|name| Change::Add(Key::CapAdd, (*name).to_owned())));
    let whole = needs.entry.devices.iter().filter(|device| !device.contains('*'));
    changes.extend(whole.map(|device| Change::Add(Key::Device, device.clone())));
    let sysctls = needs.entry.sysctls.iter();
    changes.extend(sysctls.map(|sysctl| Change::Add(Key::Sysctl, sysctl.clone())));
    changes
}
