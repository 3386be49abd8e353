//! Whether a mount lacks an SELinux label, and which one it could be given.

use crate::container::{Base, Container, Key, Labelling, Mount, Namespace, Relabel, Syntax, Text, Written};
use crate::fix::{Change, Finding, Label, Refusal, Safety};
use crate::knowledge::paths::{self, HostPath};
use crate::semantics::UNCONFINED_TYPES;

use super::common::{has_security_option, is_privileged, security_option_of, shortened, spelled};
use super::misplaced_relabel_suffix::misplaced;
use super::{NeighbourMount, Scene, sharing};

/// A bind mount without a label, which SELinux would keep from a confined container.
pub(super) struct Unlabelled<'a> {
    /// The mount.
    pub mount: &'a Written<Mount>,
    /// What can be done.
    pub remedy: Remedy,
    /// Why the label may be the wrong one, in lower case without a full stop.
    pub caveat: Option<&'static str>,
}

/// What can be done about a mount without a label.
pub(super) enum Remedy {
    /// Ask for a label.
    Relabel(Relabel, Safety),
    /// The reader decides.
    Decide(Decision),
}

/// Why no label is asked for here, and what can be done, in lower case without a full stop.
#[derive(Clone)]
pub(super) struct Decision {
    pub why: String,
    pub help: String,
}

impl Unlabelled<'_> {
    /// The change that mends it.
    pub(super) fn change(&self) -> Option<(Change, Safety)> {
        match self.remedy {
            Remedy::Relabel(relabel, safety) => Some((Change::Relabel(self.mount.place.clone(), relabel), safety)),
            Remedy::Decide(_) => None,
        }
    }

    /// Why it cannot be mended here.
    pub(super) fn obstacle(&self) -> Option<String> {
        match &self.remedy {
            Remedy::Relabel(..) => None,
            Remedy::Decide(decision) => Some(decision.why.clone()),
        }
    }

    /// The host path as written.
    pub(super) fn source(&self) -> String {
        source_of(&self.mount.value)
    }
}

/// What has to be said besides where a host namespace goes, and SELinux comes back with it: labels
/// for the mounts that it would keep from the container.
pub(super) fn labels_for_confinement(scene: &Scene) -> Result<Vec<Change>, Refusal> {
    let container = scene.container;
    let comes_back = scene.selinux.on
        && container.syntax.is_launch()
        && !is_privileged(container)
        && is_unconfined_by_namespace(container);
    if !comes_back {
        return Ok(Vec::new());
    }
    if let Some(path) = kept_away(container).first().map(|w| source_of(&w.value)) {
        return Err(Refusal(format!(
            "SELinux would confine it again and deny it access to `{path}`, which must not be labelled for a container; {} avoids that",
            spelled(container, Key::SecurityOpt, "label=disable")
        )));
    }
    let hidden = unlabelled(scene);
    let changes: Vec<Change> = hidden
        .iter()
        .filter_map(|m| m.change())
        .map(|(change, _)| change)
        .collect();
    match hidden.iter().find_map(|m| Some((m.source(), m.obstacle()?))) {
        Some((path, why)) => Err(Refusal(format!("SELinux would then deny it access to `{path}`: {why}"))),
        None => Ok(changes),
    }
}

/// The mounts that SELinux keeps from a confined container and that no label may open: homes, other
/// file systems, sockets, the host's own files.
pub(super) fn kept_away(container: &Container) -> Vec<&Written<Mount>> {
    let binds = container.mounts.iter().filter(|w| w.value.is_bind());
    let kept = binds.filter(|written| {
        let mount = &written.value;
        let Some(path) = mount.path() else { return false };
        let is_in = |trees: &[&str]| trees.iter().any(|tree| paths::is_below(path, tree));
        // confined programs may read some of these: nothing is said of them
        let open = is_in(&["/etc", "/lib/modules", "/proc", "/sys"])
            || mount.read_only && is_in(&["/usr", "/bin", "/sbin", "/lib", "/lib64"]);
        let socket = paths::engine_socket(mount).is_some();
        let class = paths::of_mount(mount);
        !open && !is_open_to_its_type(container, path) && (socket || class.is_some_and(|class| is_kept_away(&class)))
    });
    kept.collect()
}

/// The host path of a mount, as it is written, of bearable length.
pub(super) fn source_of(mount: &Mount) -> String {
    shortened(&mount.source.as_ref().map(Text::shown).unwrap_or_default())
}

/// True for files that SELinux keeps from containers, and that must not be labelled for them.
pub(super) fn is_kept_away(path: &HostPath) -> bool {
    matches!(
        path,
        HostPath::System(_)
            | HostPath::Refused
            | HostPath::Home
            | HostPath::HomeShared
            | HostPath::HomeSecret
            | HostPath::Socket
            | HostPath::Temporary
            | HostPath::Mounted
    )
}

/// The options that only take SELinux away: `label=disable`, and types that confine nothing. `None`
/// where a label option asks for something else besides.
pub(super) fn loosening(container: &Container) -> Option<Vec<&Written<Text>>> {
    let options = container
        .security_options()
        .filter(|(option, _)| option.key.is("label"));
    let loose = options.map(|(option, written)| {
        let value = option.value?.known()?.into_owned();
        let kind = value.strip_prefix("type:").unwrap_or("");
        (value == "disable" || UNCONFINED_TYPES.contains(&kind)).then_some(written)
    });
    loose.collect()
}

/// True where a host namespace, and no option, takes SELinux away.
pub(super) fn is_unconfined_by_namespace(container: &Container) -> bool {
    let shared = [Namespace::Pid, Namespace::Ipc]
        .into_iter()
        .any(|namespace| container.shares_with_host(namespace));
    shared && !has_security_option(container, "label")
}

/// The mounts of a container that carry no label and could, whether or not it is confined now.
pub(super) fn unlabelled<'a>(scene: &Scene<'a>) -> Vec<Unlabelled<'a>> {
    let mounts = scene.container.mounts.iter().enumerate();
    let by_command = |mount: &Mount| {
        mount
            .source
            .as_ref()
            .is_some_and(|s| scene.selinux.is_labelled(&s.shown()))
    };
    let mounts = mounts.filter(|(_, mount)| !by_command(&mount.value));
    mounts.filter_map(|(index, mount)| judge(scene, index, mount)).collect()
}

/// Tells which other containers mount the same files: those of this file where they are written,
/// a few of the other files by name.
pub(super) fn mounted_too<'a>(others: impl Iterator<Item = &'a NeighbourMount>, finding: &mut Finding) {
    const MOST_NAMED: usize = 3;
    let mut elsewhere = 0;
    for other in others {
        match &other.place {
            // several containers may take one and the same line
            Some(place) if (place.file, place.span) == (finding.primary.file, finding.primary.span) => {}
            Some(place) => {
                if !finding
                    .related
                    .iter()
                    .any(|r| (r.file, r.span) == (place.file, place.span))
                {
                    let message = format!("`{}` mounts it too", shortened(&other.container));
                    let place = place.clone();
                    finding.related.push(Label { message, ..place });
                }
            }
            None => {
                elsewhere += 1;
                if elsewhere <= MOST_NAMED {
                    let mounts = if other.perhaps { "may mount" } else { "mounts" };
                    let note = format!("`{}` {mounts} it too ({})", shortened(&other.container), other.at);
                    finding.notes.push(note);
                }
            }
        }
    }
    if elsewhere > MOST_NAMED {
        let rest = elsewhere - MOST_NAMED;
        finding
            .notes
            .push(format!("{rest} more containers in other files mount it too"));
    }
}

fn judge<'a>(scene: &Scene<'a>, index: usize, written: &'a Written<Mount>) -> Option<Unlabelled<'a>> {
    let mount = &written.value;
    if !mount.is_bind()
        || mount.relabel != Relabel::None
        || mount.overlay
        || mount.error.is_some()
        || misplaced(mount).is_some()
    {
        return None;
    }
    let (source, written_source) = (mount.path()?, mount.source.as_ref()?);
    if is_open_to_its_type(scene.container, source) {
        return None;
    }
    let (label, caveat) = sharing::label(scene, index);
    let caveat = caveat.or_else(|| strayed(scene.container, mount));
    let own = match caveat {
        None => Safety::Safe,
        Some(_) => Safety::Unsafe,
    };
    let remedy = match paths::of_mount(mount)? {
        HostPath::Project => Remedy::Relabel(label, own),
        HostPath::ProjectItself => Remedy::Relabel(Relabel::Shared, Safety::Safe),
        // whoever runs the script may be anywhere
        HostPath::CallersFolder => Remedy::Relabel(Relabel::Shared, Safety::Unsafe),
        // a checkout around the project: others work in it too
        HostPath::AboveProject if paths::is_around_project(source) => Remedy::Relabel(Relabel::Shared, Safety::Unsafe),
        HostPath::AboveProject | HostPath::BelowHome => Remedy::Relabel(label, Safety::Unsafe),
        // the policy lets containers read most of /etc
        HostPath::Elsewhere if paths::is_below(source, "/etc") => return None,
        HostPath::Elsewhere if paths::is_below(source, "/run") => Remedy::Decide(of_other_services(source)),
        HostPath::Elsewhere if paths::is_below(source, "/var") => Remedy::Decide(of_other_services(source)),
        HostPath::Elsewhere => Remedy::Relabel(label, Safety::Unsafe),
        HostPath::Unknown if names_a_path(source) => Remedy::Decide(unknown(written_source)),
        _ => return None,
    };
    let remedy = match remedy {
        Remedy::Relabel(..) if paths::has_unknown_part(source) => Remedy::Decide(unknown(written_source)),
        Remedy::Relabel(..) => match (mount.relabel_lost, mount.labelling) {
            (Some(why), Labelling::Impossible(_)) | (None, Labelling::Impossible(why)) => {
                Remedy::Decide(no_place(written_source, why))
            }
            // the label stands there and is lost: what is shared by whoever wrote it stays shared
            (Some(_), _) if mount.options.iter().any(|o| o.is("z")) => match remedy {
                Remedy::Relabel(_, safety) => Remedy::Relabel(Relabel::Shared, safety),
                decide => decide,
            },
            _ => remedy,
        },
        decide => decide,
    };
    let remedy = match remedy {
        Remedy::Relabel(relabel, _) if scene.selinux.of_any_reader => Remedy::Decide(of_reader(mount, relabel)),
        other => other,
    };
    let caveat = caveat.filter(|_| matches!(remedy, Remedy::Relabel(relabel, _) if relabel == label));
    Some(Unlabelled {
        mount: written,
        remedy,
        caveat,
    })
}

/// Why the folder may not be the project's, although the path is relative.
fn strayed(container: &Container, mount: &Mount) -> Option<&'static str> {
    match mount.base {
        Base::Above(_) if container.syntax.is_service() => Some(
            "the path is not beside this file but below a folder above it: the project is run from there, or another program reads the file",
        ),
        Base::Nowhere if container.syntax == Syntax::Quadlet => {
            Some("the path begins in the folder that the unit is installed in, of which nothing is known")
        }
        Base::Nowhere => Some(
            "the path is not there, and the file stands among templates or test data: where it is used is not known",
        ),
        _ => None,
    }
}

/// True for the host's logs in a container that is given a type of the policy for them.
fn is_open_to_its_type(container: &Container, source: &Text) -> bool {
    let types = ["type:container_logreader_t", "type:container_logwriter_t"];
    security_option_of(container, "label", &types).is_some() && paths::is_below(source, "/var/log")
}

fn unknown(source: &Text) -> Decision {
    let source = shortened(&source.shown());
    Decision {
        why: format!("where `{source}` leads is only known when it runs"),
        help: format!(
            "write `:Z` after the target if `{source}` belongs to this container alone, `:z` if others use it; \
             if it leads to files of the host, mount a copy or a named volume instead"
        ),
    }
}

fn of_reader(mount: &Mount, relabel: Relabel) -> Decision {
    let word = if relabel == Relabel::Private { "Z" } else { "z" };
    let written = mount.text.shown();
    let advice = match mount.labelling {
        Labelling::Suffix if mount.options.is_empty() => format!("`{}`", shortened(&format!("{written}:{word}"))),
        Labelling::Suffix => format!("`{}`", shortened(&format!("{written},{word}"))),
        _ => format!("the label `{word}`"),
    };
    Decision {
        why: "the page is for every reader's host, and not every host uses SELinux".to_owned(),
        help: format!("on a host with SELinux, the mount has to be {advice}"),
    }
}

fn of_other_services(source: &Text) -> Decision {
    let source = shortened(&source.shown());
    Decision {
        why: "other services of the host may use the directory, and a label for containers would take it from them"
            .to_owned(),
        help: format!(
            "if only containers use `{source}`, write `:z` after the target; if the host does, mount a copy, or turn SELinux off for this container with `label=disable`"
        ),
    }
}

fn no_place(source: &Text, why: &str) -> Decision {
    let source = shortened(&source.shown());
    Decision {
        why: why.to_owned(),
        help: format!(
            "give the files the label on the host: `chcon -R -t container_file_t {source}`; or mount them in a form \
             that takes `:z`"
        ),
    }
}

/// True for a variable that a path follows, `$DATA/x`; a lone `$DATA` may be the name of a volume.
fn names_a_path(source: &Text) -> bool {
    source.leading_hole().is_some() && source.pieces().iter().any(|p| !p.is_hole() && p.text.starts_with('/'))
}
