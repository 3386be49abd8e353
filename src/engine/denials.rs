//! Puts what logs say beside the launches that were read: which launch each refusal is of, and which
//! change of the file mends it.

mod label;

use crate::container::{Container, Tri};
use crate::evidence::{self, Advice, Denial, Fit, Listed, Log, Observation};

use super::{Diagnostic, Offer, Report};

/// The rules whose findings say how a launch is mended.
pub const MENDING_RULES: &[&str] = &[
    "privileged",
    "unlabeled-mount",
    "private-label-on-shared-mount",
    "relabel-conflict",
    "label-disabled",
    "implicit-label-loss",
];

/// A launch that a log speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// Its report, among those that were handed in.
    pub report: usize,
    /// Its container, in the report's reading.
    pub container: usize,
    /// What speaks for it.
    pub fit: Fit,
}

/// A refusal with what can be done about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Solved {
    /// The log, among those that were handed in.
    pub log: usize,
    /// The refusal, in the log.
    pub denial: usize,
    /// The launch it is of.
    pub launch: Option<Launch>,
    /// Why no launch is named, in lower case without a full stop.
    pub why_unmatched: Option<String>,
    /// What it means.
    pub advice: Advice,
    /// The proven change of the file that mends it.
    pub offer: Option<Offer>,
}

/// What a listing says of a launch.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The log, among those that were handed in.
    pub log: usize,
    /// The listing, in the log.
    pub observation: usize,
    /// The report and the container of the launch that has what is listed.
    pub launch: Option<(usize, usize)>,
    /// What it says, in one sentence: lower case, no full stop.
    pub text: String,
}

/// The launches of all reports.
fn launches(reports: &[Report]) -> impl Iterator<Item = (usize, usize, &Container)> {
    let numbered = reports.iter().enumerate();
    numbered.flat_map(|(r, report)| {
        let containers = report.reading.containers.iter().enumerate();
        containers
            .filter(|(_, c)| c.syntax.is_launch())
            .map(move |(c, container)| (r, c, container))
    })
}

/// Solves every refusal of the logs.
pub fn solve(logs: &[Log], reports: &[Report]) -> Vec<Solved> {
    let mut solved = Vec::new();
    for (l, log) in logs.iter().enumerate() {
        for (d, denial) in log.denials.iter().enumerate() {
            let mut one = solve_one(denial, logs, reports);
            (one.log, one.denial) = (l, d);
            solved.push(one);
        }
    }
    solved
}

fn solve_one(denial: &Denial, logs: &[Log], reports: &[Report]) -> Solved {
    let (launch, why_unmatched) = match launch_of(denial, logs, reports) {
        Ok(launch) => (Some(launch), None),
        Err(why) => (None, Some(why)),
    };
    let mut solved = Solved {
        log: 0,
        denial: 0,
        launch,
        why_unmatched,
        advice: evidence::advice(denial),
        offer: None,
    };
    label::decide(&mut solved, denial, reports);
    solved
}

/// The launch that most speaks for; else why none does.
fn launch_of(denial: &Denial, logs: &[Log], reports: &[Report]) -> Result<Launch, String> {
    let mut named = denial.clone();
    named.container = named.container.take().or_else(|| by_categories(denial, logs));
    let is_named = |c: &Container| named.container.as_ref().is_some_and(|name| evidence::is_named(c, name));
    let any_named = launches(reports).any(|(_, _, c)| is_named(c));
    let fits = launches(reports).filter(|(_, _, c)| !any_named || is_named(c));
    let mut fits: Vec<Launch> = fits
        .map(|(report, container, c)| Launch {
            report,
            container,
            fit: evidence::fit(&named, c),
        })
        .filter(|launch| launch.fit.weight >= 20)
        .collect();
    fits.sort_by_key(|launch| std::cmp::Reverse(launch.fit.weight));
    let Some(best) = fits.first() else {
        return Err(nothing_fits(denial, reports));
    };
    let alike = fits.iter().skip(1).filter(|l| l.fit.weight == best.fit.weight);
    let alike: Vec<&Launch> = alike.collect();
    if alike.is_empty() {
        return Ok(fits.swap_remove(0));
    }
    let names: Vec<String> = std::iter::once(best)
        .chain(alike)
        .take(4)
        .map(|l| shown(l, reports))
        .collect();
    Err(format!(
        "it may be of {}: a listing of labels (`podman top NAME label`) would tell which",
        names.join(" or of ")
    ))
}

/// The container that a listing gives the categories of the record to.
fn by_categories(denial: &Denial, logs: &[Log]) -> Option<String> {
    let own = &denial.source.as_ref()?.categories;
    let has = |o: &&Observation| matches!(&o.listed, Listed::Label(l) if !own.is_empty() && l.categories == *own);
    logs.iter()
        .flat_map(|log| &log.observations)
        .filter(has)
        .find_map(|o| o.container.clone())
}

fn shown(launch: &Launch, reports: &[Report]) -> String {
    let Some(report) = reports.get(launch.report) else {
        return String::new();
    };
    let Some(container) = report.reading.containers.get(launch.container) else {
        return String::new();
    };
    let source = report.reading.file(container.file);
    format!(
        "`{}` ({}:{})",
        container.called(),
        source.shown_path(),
        source.line_of(container.head.start)
    )
}

fn nothing_fits(denial: &Denial, reports: &[Report]) -> String {
    if launches(reports).next().is_none() {
        return "there is no launch to compare it with".to_owned();
    }
    let mut lacks = Vec::new();
    lacks.extend(denial.comm.as_ref().map(|comm| format!("starts `{comm}`")));
    lacks.extend(denial.path.as_ref().map(|path| format!("mounts `{path}`")));
    match lacks.is_empty() {
        true => "it names no program, path or container that a launch could be known by".to_owned(),
        false => format!("no launch {}", lacks.join(" or ")),
    }
}

/// Adds to each finding about a mount what a log has recorded of it.
pub fn confirm(logs: &[Log], reports: &mut [Report]) {
    for solved in solve(logs, reports) {
        let Some(launch) = &solved.launch else { continue };
        let Some(log) = logs.get(solved.log) else { continue };
        let Some(denial) = log.denials.get(solved.denial) else {
            continue;
        };
        let Some(report) = reports.get_mut(launch.report) else {
            continue;
        };
        let container = report.reading.containers.get(launch.container);
        let mount = launch.fit.mount.and_then(|m| container?.mounts.get(m));
        let Some(place) = mount.map(|w| w.place.clone()) else {
            continue;
        };
        let note = format!("{} ({}:{})", solved.advice.message, log.path, denial.line);
        let at_mount =
            |d: &&mut Diagnostic| d.finding.primary.file == place.file && d.finding.primary.span == place.value;
        for diagnostic in report.diagnostics.iter_mut().filter(at_mount) {
            diagnostic.finding.notes.insert(0, note.clone());
        }
    }
}

/// Says what the listings of the logs mean for the launches.
pub fn explain(logs: &[Log], reports: &[Report]) -> Vec<Explained> {
    let mut out = Vec::new();
    for (l, log) in logs.iter().enumerate() {
        for (o, observation) in log.observations.iter().enumerate() {
            let launch = match observation.listed {
                Listed::Capabilities(_) | Listed::Label(_) => listed_of(observation, reports),
                _ => None,
            };
            let container = launch.and_then(|(r, c)| reports.get(r)?.reading.containers.get(c));
            out.push(Explained {
                log: l,
                observation: o,
                launch,
                text: sentence(&observation.listed, container),
            });
        }
    }
    out
}

/// The launch that a listing is of: the one that it names, else the only one that has just this.
fn listed_of(observation: &Observation, reports: &[Report]) -> Option<(usize, usize)> {
    let only = |fits: &dyn Fn(&Container) -> bool| {
        let mut found = launches(reports).filter(|(_, _, c)| fits(c));
        let first = found.next()?;
        found.next().is_none().then_some((first.0, first.1))
    };
    if let Some(name) = &observation.container {
        return only(&|c| evidence::is_named(c, name));
    }
    only(&|c| match &observation.listed {
        Listed::Capabilities(names) => c.effective_capabilities().is_some_and(|own| own == *names),
        Listed::Label(label) => c.selinux().confined == label.is_container(),
        _ => false,
    })
    .or_else(|| only(&|_| true))
}

/// What a listing says, and what of it the launch explains.
fn sentence(listed: &Listed, container: Option<&Container>) -> String {
    match listed {
        Listed::Capabilities(names) => capabilities_sentence(names, container),
        Listed::Label(label) => label_sentence(label, container),
        Listed::Mode(mode) => match mode.as_str() {
            "enforcing" => "SELinux enforces its policy: what it refuses fails".to_owned(),
            "permissive" => "SELinux only records what it would refuse".to_owned(),
            _ => "SELinux is off: no label is missing".to_owned(),
        },
        Listed::Boolean(name, on) => {
            let word = if *on { "on" } else { "off" };
            match evidence::boolean(name) {
                Some((opens, default)) => {
                    format!("`{name}` is {word} (by default {default}): it opens {opens} to every container")
                }
                None => format!("`{name}` is {word}"),
            }
        }
        Listed::File(name, label) if label.kind == "container_file_t" && label.categories.is_empty() => {
            format!("`{name}` has the label that all containers share")
        }
        Listed::File(name, label) if label.kind == "container_file_t" => {
            format!("`{name}` has the label of one container alone ({})", label.categories)
        }
        Listed::File(name, label) => format!("`{name}` is of type {}, which is not for containers", label.kind),
    }
}

fn capabilities_sentence(names: &std::collections::BTreeSet<&'static str>, container: Option<&Container>) -> String {
    let all = crate::knowledge::capabilities::all().len();
    let count = match names.len() {
        0 => "no capability".to_owned(),
        n if n == all => "every capability".to_owned(),
        1 => "1 capability".to_owned(),
        n => format!("{n} capabilities"),
    };
    let Some(container) = container else {
        return format!("a container has {count}");
    };
    let who = format!("`{}`", container.called());
    let granted = container.effective_capabilities();
    if container.privileged() == Tri::Yes && names.len() == all {
        let usual = crate::knowledge::capabilities::defaults(container.engine).len();
        return format!("{who} has {count}: `--privileged` gives them; without it there are {usual}");
    }
    match granted {
        Some(granted) if granted == *names => format!("{who} has {count}, as it is written"),
        Some(granted) => format!(
            "{who} has {count}; as it is written there would be {}: it runs another text, or as a user",
            granted.len()
        ),
        None => format!("{who} has {count}"),
    }
}

fn label_sentence(label: &evidence::Context, container: Option<&Container>) -> String {
    let confined = label.is_container();
    let who = container.map_or("a container".to_owned(), |c| format!("`{}`", c.called()));
    let why = container.and_then(|c| c.selinux().why);
    match (confined, why) {
        (true, _) if label.categories.is_empty() => format!("{who} runs as {}: SELinux confines it", label.kind),
        (true, _) => format!(
            "{who} runs as {} with the categories {}: SELinux confines it, and keeps it from files without a label for it",
            label.kind, label.categories
        ),
        (false, Some(why)) => format!(
            "{who} runs as {}: SELinux does not confine it, because of {why}",
            label.kind
        ),
        (false, None) => format!("{who} runs as {}: SELinux does not confine it", label.kind),
    }
}
