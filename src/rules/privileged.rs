//! `privileged`: the container has every privilege of the host's root. Mended as a whole: the flag
//! goes, and what it was hiding comes in its place.

use crate::container::{Container, Key, Mount, Namespace, Relabel, Switch, Syntax, Text, Tri, Written};
use crate::fix::{Change, Finding, Fix, Label, Refusal, Safety};
use crate::knowledge::capabilities::defaults;
use crate::knowledge::commands;
use crate::knowledge::images::Required;
use crate::knowledge::needs::{Needs, Trust, needs, required};
use crate::knowledge::paths::{self, HostPath};

use super::common::{
    capability_names, drop_all_but, drop_title, engine, error_table, image, is_privileged, listed, needs_notes,
    nothing_known, safety_without_privilege, selinux_note, spelled, who,
};
use super::labels::{Unlabelled, kept_away, loosening, source_of, unlabelled};
use super::{Scene, beside, label_disabled};

/// Capabilities that no fix grants: each is a way out of the container, or nearly one.
const NEVER_ADDED: &[&str] = &[
    "SYS_ADMIN",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "DAC_READ_SEARCH",
    "SYS_BOOT",
    "SYS_TIME",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "BPF",
    "PERFMON",
    "MKNOD",
];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if !is_privileged(container) {
        return Vec::new();
    }
    let Some(setting) = container.privileged_setting() else {
        return Vec::new();
    };
    if setting.value == Switch::Refused {
        return refused(container, setting).into_iter().collect();
    }
    let needs = needs(container);
    let needs = needs.as_ref();
    // without the flag, and without options that only take SELinux away, it would be confined
    let confines = scene.selinux.on
        && loosening(container).is_some_and(|options| options.is_empty() || !label_disabled::wants_it(container));
    let hidden = if confines { unlabelled(scene) } else { Vec::new() };
    let message = format!(
        "{} {} with every capability and device{}",
        who(container),
        if container.privileged() == Tri::Maybe {
            "may run"
        } else {
            "runs"
        },
        if confines {
            ", and without SELinux confinement"
        } else {
            " of the host"
        },
    );
    let mut finding = Finding::new(
        "privileged",
        message,
        Label::new(&setting.place, grants(container, needs)),
    );
    for (i, mount) in hidden.iter().enumerate() {
        let reason = match i {
            0 => "the likely reason: this mount has no label, so SELinux would deny access to it",
            _ => "and to this one",
        };
        finding.related.push(Label::new(&mount.mount.place, reason));
    }
    explain(scene, needs, &mut finding);
    finding.helps.extend(commands::needs(&container.command));
    let unknown = needs.is_none_or(|n| n.trust == Trust::Guess && required(Some(n)) == Required::No);
    if unknown {
        finding.helps.extend(beside::narrower_ways(container));
    }
    let others = if confines { kept_away(container) } else { Vec::new() };
    let others: Vec<String> = others.into_iter().map(|w| source_of(&w.value)).collect();
    for path in &others {
        finding.notes.push(format!(
            "without the flag, SELinux would deny it access to `{path}`: use {} for this container, and never relabel the host's own files",
            spelled(container, Key::SecurityOpt, "label=disable")
        ));
    }
    if may_be_hidden(scene) && !unknown {
        finding.notes.push(
            "the flag also keeps SELinux away from the mounts, where Docker's daemon has it enabled: `--selinux=off` \
             says that it has not, `--selinux=on` adds the labels"
                .to_owned(),
        );
    }
    let offered = match &setting.value {
        Switch::Unknown => Err(Refusal("whoever runs it decides, through a variable".to_owned())),
        _ => fix(scene, needs, &hidden, &others),
    };
    match offered {
        Ok(fix) => {
            if unknown {
                if needs.is_none() {
                    finding.notes.push(nothing_known(container));
                }
                let drops = |change: &Change| matches!(change, Change::Add(Key::CapDrop, _));
                finding.helps.push(match fix.changes.iter().any(drops) {
                    true => error_table(),
                    false => format!("if it then fails, {WITHOUT_THE_FLAG}"),
                });
            }
            let unchecked = needs.filter(|n| n.trust == Trust::Sure && !n.needs_no_privilege && !n.on_top_of_default);
            if unchecked.is_some() && !works_on_the_host(container) {
                finding.notes.push(format!(
                    "the fix is unsafe because nobody checked whether {} uses more of the flag than its capabilities",
                    image(container)
                ));
            }
            finding.fixes.push(fix);
        }
        Err(refusal) => {
            finding.refused = Some(refusal);
            if unknown {
                finding.helps.push(format!(
                    "remove the flag and start the container; if it fails, {WITHOUT_THE_FLAG}"
                ));
            }
        }
    }
    vec![finding]
}

/// Which error names what, where the flag alone goes: the capabilities that an engine gives by default stay.
const WITHOUT_THE_FLAG: &str = "the error says what to add: for a path below `/dev`, that device; for `mount`, SYS_ADMIN; \
     for `ip` or `iptables`, NET_ADMIN; for a read-only `/proc/sys`, a sysctl";

/// A word that the engine refuses in the flag's place: nothing starts. Of a Compose file this is said
/// where its syntax is judged.
fn refused(container: &Container, setting: &Written<Switch>) -> Option<Finding> {
    if container.syntax == Syntax::Compose {
        return None;
    }
    let (who, engine) = (who(container), engine(container));
    let exits = if setting.certain { "does" } else { "may" };
    let mut finding = Finding::new(
        "privileged",
        format!("{who} {exits} not start: {engine} refuses this value of `--privileged`"),
        Label::new(&setting.place, "neither true nor false"),
    );
    finding.helps.push(
        "start it without the flag; `--privileged` alone would give it every capability and device of the host"
            .to_owned(),
    );
    Some(finding)
}

/// What stands at the flag.
fn grants(container: &Container, needs: Option<&Needs>) -> String {
    match needs {
        Some(needs)
            if required(Some(needs)) == Required::No
                && needs.trust > Trust::Guess
                && !needs.is_of_another_program() =>
        {
            format!("grants far more than {} uses", image(container))
        }
        _ => "every capability, every device, and no seccomp filter".to_owned(),
    }
}

/// Notes and helps.
fn explain(scene: &Scene, needs: Option<&Needs>, finding: &mut Finding) {
    let container = scene.container;
    if let Some(needs) = needs {
        if required(Some(needs)) == Required::No {
            finding.notes.extend(needs_notes(container, needs, &needs.names()));
        } else if let Some(why) = &needs.entry.privileged.why {
            finding
                .notes
                .push(format!("{} asks for it: {why} ({})", image(container), needs.source()));
        }
        if let Some(instead) = &needs.entry.privileged.instead {
            let lead = if required(Some(needs)) == Required::No {
                ""
            } else {
                "instead: "
            };
            finding.helps.push(format!("{lead}{instead}"));
        }
    }
    if container.syntax == Syntax::Compose && container.build.is_some() {
        finding
            .notes
            .push("it does not apply to the steps of its build: those would need `build.privileged`".to_owned());
    }
    if container.rootless {
        finding.notes.push(
            "podman without sudo is assumed to be rootless: all of this is then limited to what the calling user may do"
                .to_owned(),
        );
    }
    if scene.selinux.on {
        finding.notes.push(selinux_note(scene));
    }
}

/// One fix for all of it, or why there is none.
fn fix(scene: &Scene, needs: Option<&Needs>, hidden: &[Unlabelled], others: &[String]) -> Result<Fix, Refusal> {
    let container = scene.container;
    match required(needs) {
        Required::No => {}
        Required::ByUpstream => {
            return Err(Refusal(format!(
                "what {} needs instead is for you to decide",
                image(container)
            )));
        }
        Required::Yes => return Err(Refusal(format!("{} does not work without it", image(container)))),
    }
    let wanted = needs.map(Needs::names).unwrap_or_default();
    let written = capability_names(&container.cap_add);
    let host_network = container
        .namespace(Namespace::Network)
        .is_some_and(|n| n.value.is("host"));
    // what the engine grants by itself is only left
    let given = defaults(container.engine);
    let grave =
        |name: &&str| (NEVER_ADDED.contains(name) && !given.contains(*name)) || (*name == "NET_ADMIN" && host_network);
    if let Some(name) = wanted.iter().find(|n| grave(n) && !written.iter().any(|w| w == *n)) {
        return Err(Refusal(format!(
            "{} needs {name}, which is for you to grant: {}",
            image(container),
            spelled(container, Key::CapAdd, name)
        )));
    }
    if let Some(path) = others.first() {
        return Err(Refusal(format!(
            "SELinux would then deny it access to `{path}`, which must not be labelled for a container"
        )));
    }
    if let Some((path, why)) = hidden.iter().find_map(|m| Some((m.source(), m.obstacle()?))) {
        return Err(Refusal(format!("SELinux would then deny it access to `{path}`: {why}")));
    }
    if container.mounts.iter().any(|w| mounts_all_devices(&w.value)) {
        return Err(Refusal(
            "it mounts all of `/dev`, and which devices it uses is not known: pass those with `--device`".to_owned(),
        ));
    }
    if let Some(path) = links_to_devices(container) {
        return Err(Refusal(format!(
            "`{path}` holds links, and which devices it uses is not known: pass each by its full name there"
        )));
    }
    let known = needs.is_some_and(|n| n.trust > Trust::Guess);
    let other_reason = !hidden.is_empty() || !written.is_empty() || !container.devices.is_empty();
    if !known && !other_reason {
        return Err(Refusal(nothing_known(container)));
    }
    let mut safety = safety_without_privilege(needs);
    let mut changes = remove_all(container);
    let mut confines = false;
    if scene.selinux.on && !label_disabled::wants_it(container) {
        let loose = loosening(container).unwrap_or_default();
        confines = !loose.is_empty();
        changes.extend(loose.into_iter().map(|w| Change::Remove(w.place.clone())));
    }
    for (change, how) in hidden.iter().filter_map(Unlabelled::change) {
        changes.push(change);
        safety = safety.min(how);
    }
    let on_top = needs.is_some_and(|n| n.on_top_of_default);
    // a drop that the flag made inert takes effect, and what is needed of the default set is not known
    let dropped = capability_names(&container.cap_drop);
    let woken: Vec<&String> = dropped
        .iter()
        .filter(|name| *name == "ALL" || given.contains(name.as_str()))
        .collect();
    if on_top && !woken.is_empty() {
        safety = safety.min(Safety::Unsafe);
    }
    let mut capabilities = drop_all_but(container, &wanted);
    if on_top {
        let granted = defaults(container.engine);
        capabilities.retain(|c| match c {
            Change::Add(Key::CapDrop, _) => false,
            Change::Add(Key::CapAdd, name) => !granted.contains(name.as_str()),
            _ => true,
        });
    }
    changes.extend(capabilities.iter().cloned());
    let devices = devices(container, needs);
    changes.extend(devices.iter().map(|d| Change::Add(Key::Device, d.clone())));
    let sysctls = needs.map(|n| n.entry.sysctls.as_slice()).unwrap_or_default();
    for sysctl in sysctls {
        if !container.sysctls.iter().any(|w| w.value.is(sysctl)) {
            changes.push(Change::Add(Key::Sysctl, sysctl.clone()));
        }
    }
    // a mount or a device that cannot be seen may be one that only the flag lets it use
    let hides = [Key::Mount, Key::Device].into_iter().any(|key| container.may_hide(key));
    if works_on_the_host(container) || hides || may_be_hidden(scene) {
        safety = safety.min(Safety::Unsafe);
    }
    let said = match on_top {
        true if woken.iter().any(|name| *name == "ALL") => drop_title(container, &wanted),
        true if !woken.is_empty() => format!("run with the default capabilities but {}", listed(&woken)),
        true => with_defaults(container, &capabilities),
        false => drop_title(container, &wanted),
    };
    Ok(Fix {
        title: title(hidden, said, &devices, confines),
        safety,
        changes,
    })
}

/// True where nobody says whether the host uses SELinux, and it would hide a mount without the flag: Docker's
/// daemon confines with `selinux-enabled`, which the packages of Fedora and RHEL set.
fn may_be_hidden(scene: &Scene) -> bool {
    let bare = |w: &Written<Mount>| w.value.is_bind() && w.value.relabel == Relabel::None;
    !scene.selinux.on && !scene.selinux.sure && scene.container.mounts.iter().any(bare)
}

/// Every setting that makes it privileged, and any that adds every capability, goes.
fn remove_all(container: &Container) -> Vec<Change> {
    let on = container.privileged.iter().filter(|w| w.value != Switch::Off);
    let mut changes: Vec<Change> = on.map(|w| Change::Remove(w.place.clone())).collect();
    changes.extend(container.adds_all().map(|w| Change::Remove(w.place.clone())));
    changes
}

/// The devices that have to be passed by name: what the image needs, and nodes that are bind-mounted,
/// which the device control group keeps closed without the flag.
fn devices(container: &Container, needs: Option<&Needs>) -> Vec<String> {
    let always = [
        "/dev/null",
        "/dev/zero",
        "/dev/full",
        "/dev/random",
        "/dev/urandom",
        "/dev/tty",
    ];
    let sources = container
        .mounts
        .iter()
        .filter(|w| w.value.is_bind())
        .filter_map(|w| w.value.source.as_ref());
    let mounted = sources
        .filter_map(|s| s.known())
        .filter(|s| s.starts_with("/dev/") && !always.contains(&s.as_ref()) && !s.starts_with("/dev/shm"));
    let needed = needs
        .map(|n| n.entry.devices.as_slice())
        .unwrap_or_default()
        .iter()
        .cloned();
    let mut devices: Vec<String> = needed.chain(mounted.map(|s| s.into_owned())).collect();
    let mut seen = std::collections::BTreeSet::new();
    devices.retain(|d| {
        let passed = |w: &Written<Text>| w.value.shown().split(':').next() == Some(d);
        !container.devices.iter().any(passed) && seen.insert(d.clone())
    });
    devices
}

/// A mounted folder of links to devices: `--device` takes none of these.
fn links_to_devices(container: &Container) -> Option<String> {
    let binds = container.mounts.iter().map(|w| &w.value).filter(|m| m.is_bind());
    let mut sources = binds.filter_map(|m| m.source.as_ref()?.known());
    sources.find(|s| paths::is_folder_of_links(s)).map(|s| s.into_owned())
}

/// True for a mount of the directory of all devices.
fn mounts_all_devices(mount: &Mount) -> bool {
    let source = mount.path().and_then(|s| s.known());
    mount.is_bind() && source.is_some_and(|s| s.trim_end_matches('/') == "/dev")
}

/// True for a container that is given parts of the host which only a privileged one can use.
fn works_on_the_host(container: &Container) -> bool {
    let host = |ns| container.namespace(ns).is_some_and(|n| n.value.is("host"));
    host(Namespace::Pid)
        || host(Namespace::Ipc)
        || container.mounts.iter().map(|w| &w.value).any(|mount| {
            let shared = mount.propagation.as_deref().is_some_and(|p| p.ends_with("shared"));
            let system = mount.path().is_some_and(|s| match paths::classify(s) {
                HostPath::System(_) | HostPath::Refused => !paths::is_below(s, "/etc"),
                HostPath::Device => true,
                _ => false,
            });
            mount.is_bind() && (shared || system)
        })
}

/// What running with the default capabilities, and some more, comes to.
fn with_defaults(container: &Container, changes: &[Change]) -> String {
    let mut names = capability_names(&container.cap_add);
    names.retain(|name| name != "ALL");
    names.extend(changes.iter().filter_map(|change| match change {
        Change::Add(Key::CapAdd, name) => Some(name.clone()),
        _ => None,
    }));
    match names.as_slice() {
        [] => "run with the default capabilities".to_owned(),
        names => format!("run with the default capabilities and {}", listed(names)),
    }
}

/// What a fix does, in the order of its lines; `capabilities` says what of them is left.
fn title(hidden: &[Unlabelled], capabilities: String, devices: &[String], confines: bool) -> String {
    let mut parts = Vec::new();
    if confines {
        parts.push("let SELinux confine it".to_owned());
    }
    match hidden.iter().filter(|m| m.change().is_some()).count() {
        0 => {}
        1 => parts.push("label the mount".to_owned()),
        _ => parts.push("label the mounts".to_owned()),
    }
    parts.push(capabilities);
    if !devices.is_empty() {
        parts.push(format!("pass {}", listed(devices)));
    }
    listed(&parts)
}
