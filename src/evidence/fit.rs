//! Which launch a refusal speaks of, and which of its mounts.

use super::record::Denial;
use crate::container::{Container, Mount, Text};
use crate::knowledge::image_name::ImageName;
use crate::knowledge::images;

/// How far a refusal speaks of a launch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// How much speaks for it; 0 for nothing.
    pub weight: u32,
    /// What speaks for it, each in lower case without a full stop.
    pub reasons: Vec<String>,
    /// The mount that it is about.
    pub mount: Option<usize>,
    /// The device that it is about.
    pub device: Option<usize>,
}

/// The kernel keeps this much of a program's name.
const COMM_LEN: usize = 15;

/// Something that speaks for a mount.
struct Clue {
    mount: usize,
    weight: u32,
    reason: String,
}

/// How far a refusal speaks of a launch.
pub fn fit(denial: &Denial, container: &Container) -> Fit {
    let mut fit = Fit::default();
    if let Some(name) = &denial.container
        && is_named(container, name)
    {
        fit.say(60, format!("the log names the container `{name}`"));
    }
    of_program(denial, container, &mut fit);
    if let Some(path) = &denial.path {
        of_device(path, container, &mut fit);
        if let Some(clue) = best_mount(denial, path, container) {
            fit.mount = Some(clue.mount);
            fit.say(clue.weight, clue.reason);
        }
    }
    if fit.mount.is_none() && fit.weight > 0 && denial.is_of_file_class() && is_of_host(denial) {
        only_unlabelled(denial, container, &mut fit);
    }
    fit
}

impl Fit {
    fn say(&mut self, weight: u32, reason: String) {
        self.weight += weight;
        self.reasons.push(reason);
    }
}

/// True where a launch has this name, in whatever form a log writes it.
pub(crate) fn is_named(container: &Container, name: &str) -> bool {
    let bare = name
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches(['-', '_']);
    let own = [&container.name, &container.container_name];
    own.into_iter().flatten().filter_map(|w| w.value.known()).any(|own| {
        let own = own.as_ref();
        own == name || own == bare || bare.strip_suffix(own).is_some_and(|rest| rest.ends_with(['-', '_']))
    })
}

/// The program of the record among those that the launch starts.
fn of_program(denial: &Denial, container: &Container, fit: &mut Fit) {
    let Some(comm) = denial.comm.as_deref() else { return };
    let same = |program: &str| {
        let base = program.rsplit('/').next().unwrap_or(program);
        !base.is_empty() && (base == comm || (base.len() > COMM_LEN && base.get(..COMM_LEN) == Some(comm)))
    };
    let words = container
        .command
        .iter()
        .chain(container.entrypoint.iter().map(|w| &w.value));
    if words
        .take(4)
        .filter_map(Text::known)
        .any(|word| word.split_whitespace().any(same))
    {
        fit.say(30, format!("`{comm}` is what it starts"));
        return;
    }
    let Some(image) = container.image.as_ref().and_then(|w| ImageName::parse(&w.value)) else {
        return;
    };
    let known = images::find(&image, container.around.knowledge);
    let of_image = known
        .iter()
        .flat_map(|m| &m.entries)
        .flat_map(|entry| &entry.programs)
        .any(|p| same(p));
    let last = image.name.rsplit('/').next().unwrap_or("");
    let alike = |a: &str, b: &str| a.len() >= 3 && b.starts_with(a);
    if of_image || same(last) {
        fit.say(30, format!("`{comm}` is the program of its image"));
    } else if alike(last, comm) || alike(comm, last) {
        fit.say(20, format!("`{comm}` is named like its image"));
    }
}

fn of_device(path: &str, container: &Container, fit: &mut Fit) {
    let given = |text: &Text| {
        let shown = text.shown();
        shown
            .split(':')
            .take(2)
            .any(|part| part == path || path.strip_prefix(part).is_some_and(|rest| rest.starts_with('/')))
    };
    if path.starts_with("/dev/")
        && let Some(index) = container.devices.iter().position(|w| given(&w.value))
    {
        fit.device = Some(index);
        fit.say(50, format!("it is given the device `{path}`"));
    }
}

/// The mount that most speaks for.
fn best_mount(denial: &Denial, path: &str, container: &Container) -> Option<Clue> {
    let mounts = container.mounts.iter().enumerate();
    let clues = mounts.filter_map(|(index, w)| {
        let (weight, reason) = match denial.is_name_only() {
            true => by_name(path, &w.value, container)?,
            false => by_path(path, &w.value)?,
        };
        Some(Clue {
            mount: index,
            weight,
            reason,
        })
    });
    let mut clues: Vec<Clue> = clues.collect();
    clues.sort_by_key(|clue| std::cmp::Reverse(clue.weight));
    let best = clues.first()?.weight;
    // a name that two mounts explain alike explains neither
    (clues.iter().filter(|clue| clue.weight == best).count() == 1).then(|| clues.swap_remove(0))
}

/// A whole path: below the target as the container sees it, or below the source as the host does.
fn by_path(path: &str, mount: &Mount) -> Option<(u32, String)> {
    let below = |folder: &str| {
        let folder = folder.trim_end_matches('/');
        let rest = path.strip_prefix(folder)?;
        (!folder.is_empty() && (rest.is_empty() || rest.starts_with('/'))).then_some(folder.len())
    };
    if let Some(target) = mount.target.as_ref().and_then(Text::known)
        && let Some(depth) = below(&target)
    {
        return Some((
            40 + depth.min(20) as u32,
            format!("`{path}` lies in what is mounted at `{target}`"),
        ));
    }
    let source = mount.path()?.known()?;
    let depth = below(&source)?;
    Some((
        40 + depth.min(20) as u32,
        format!("`{path}` lies in `{source}`, which it mounts"),
    ))
}

/// The last part of a path: the mount's own, or that of a path that the launch names below the mount.
fn by_name(name: &str, mount: &Mount, container: &Container) -> Option<(u32, String)> {
    let target = mount.target.as_ref().and_then(Text::known)?;
    let below = |path: &str| {
        let (folder, last) = path.rsplit_once('/')?;
        let target = target.trim_end_matches('/');
        let rest = folder.strip_prefix(target)?;
        (last == name && (rest.is_empty() || rest.starts_with('/'))).then_some(())
    };
    for written in container.environment.iter().filter_map(|w| w.value.known()) {
        if let Some((variable, value)) = written.split_once('=')
            && below(value).is_some()
        {
            return Some((
                45,
                format!("{variable} names `{value}`, and `{target}` is where it is mounted"),
            ));
        }
    }
    let words = container
        .command
        .iter()
        .chain(&container.health)
        .filter_map(Text::known);
    for word in words {
        let path = word.rsplit('=').next().unwrap_or(&word).to_owned();
        if below(&path).is_some() {
            return Some((
                45,
                format!("its command names `{path}`, and `{target}` is where it is mounted"),
            ));
        }
    }
    let shown = mount.source.as_ref().map(Text::shown).unwrap_or_default();
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_owned();
    if last(&shown) == name {
        return Some((35, format!("`{shown}`, which it mounts, ends in `{name}`")));
    }
    if last(&target) == name {
        return Some((25, format!("`{target}`, where it is mounted, ends in `{name}`")));
    }
    let image = container.image.as_ref().and_then(|w| ImageName::parse(&w.value))?;
    let known = images::find(&image, container.around.knowledge)?;
    let mut data = known
        .entries
        .iter()
        .flat_map(|entry| entry.data.iter().chain(&entry.runs));
    let path = data.find(|path| below(path).is_some() || last(path) == name && path.starts_with(target.as_ref()))?;
    Some((25, format!("its image keeps `{path}` in what is mounted at `{target}`")))
}

/// True where the record is about a label of the host's own files, which a mount brings in.
fn is_of_host(denial: &Denial) -> bool {
    let kind = denial.target.as_ref().map_or("", |t| t.kind.as_str());
    !kind.is_empty() && !kind.starts_with("proc") && !kind.starts_with("sys") && !kind.starts_with("cgroup")
}

/// The only mount that brings files of the host in without a label.
fn only_unlabelled(denial: &Denial, container: &Container, fit: &mut Fit) {
    // a whole path that lies elsewhere is not in it
    let whole = denial.path.as_ref().is_some_and(|path| path.starts_with('/'));
    let open = |text: Option<&Text>| text.and_then(Text::known).is_none();
    let may_hold = |m: &Mount| !whole || open(m.target.as_ref());
    let unlabelled = |m: &Mount| m.is_bind() && m.relabel == crate::container::Relabel::None && may_hold(m);
    let mut found = container
        .mounts
        .iter()
        .enumerate()
        .filter(|(_, w)| unlabelled(&w.value));
    if let (Some((index, _)), None) = (found.next(), found.next()) {
        fit.mount = Some(index);
        fit.say(5, "it is the only mount of a host path without a label".to_owned());
    }
}
