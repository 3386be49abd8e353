//! The rules: one function each over a container, and one page each under `rules/`.

mod all_capabilities;
mod all_gpus;
pub mod allowed;
mod api_socket_key;
mod apparmor_unconfined;
mod beside;
mod build_entitlement;
mod build_host_network;
mod cap_drop;
mod capability_conflict;
mod common;
mod desktop_socket;
mod dev_bind_mount;
mod device_cgroup_wildcard;
mod engine_socket;
mod extra_capability;
mod file_capability;
mod home_mount;
mod host_cgroup_namespace;
mod host_escape_capability;
mod host_ipc;
mod host_namespace_entry;
mod host_network;
mod host_path_chown;
mod host_pid;
mod host_root_mount;
mod host_user_namespace;
mod ignored_mount_option;
mod ignored_stack_key;
mod implicit_label_loss;
mod inert_hardening;
mod insecure_build_step;
mod insecure_registry;
mod joined_namespace;
mod known_password;
mod label_disabled;
mod labels;
mod lost_quadlet_line;
mod misplaced_relabel_suffix;
mod missing_cap_drop;
mod missing_no_new_privileges;
mod mounts;
mod namespaces;
mod net_raw;
mod new_privileges;
pub mod page;
mod passwordless_sudo;
mod private_label_on_shared_mount;
mod privileged;
mod privileged_exec;
mod raw_host_device;
mod redundant_capability;
mod refused_value;
mod relabel;
mod relabel_conflict;
mod relabel_home;
mod relabel_socket_or_device;
mod relabel_system_path;
mod relabel_without_confinement;
mod root_exec;
mod root_image;
mod root_user;
mod seccomp_unconfined;
mod selinux_blocked_mount;
mod sensitive_path;
mod setuid_bit;
mod shared_memory_mount;
mod shared_propagation;
mod sharing;
mod strong_capability;
mod sudo_in_image;
mod system_bus_socket;
mod unauthenticated_daemon;
mod unconfined_selinux_type;
mod undropped_capabilities;
mod unknown_capability;
mod unknown_needs;
mod unlabeled_mount;
mod unmasked_system_paths;
mod unset_image_user;
mod unused_image_user;
mod widened_socket_permissions;
mod world_writable_path;
mod writable_cgroups;
mod writable_kernel_path;
mod writable_root_filesystem;
mod writable_sensitive_path;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use crate::container::{Container, Mount};
use crate::fix::{Finding, Label, Severity};
use crate::knowledge::image_name::{ImageName, fits_image};

pub use mounts::Mounts;
use page::Page;
pub(crate) use widened_socket_permissions::may_bring_socket;

/// What a rule may look at.
pub struct Scene<'a> {
    /// The container.
    pub container: &'a Container,
    /// Whether its host is taken for an SELinux host.
    pub selinux: &'a SelinuxHost,
    /// Its mounts, held against each other.
    pub mounts: &'a Mounts,
    /// What else mounts the same host paths, in the order of its mounts.
    pub neighbours: &'a [NeighbourMount],
    /// The mounts of which not every neighbour was looked for, in their order.
    pub unsearched: &'a [usize],
    /// The images that the configuration allows the rule to pass over, as globs over full names.
    pub allowed_images: &'a [String],
    /// The values that the configuration allows the rule to pass over; see [`allowed`].
    pub allowed: &'a [String],
}

/// Whether a container's host is taken for an SELinux host, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelinuxHost {
    /// True for an SELinux host.
    pub on: bool,
    /// False where it may be one and may be none.
    pub sure: bool,
    /// True where a setting says so, and nothing is concluded.
    pub asked: bool,
    /// Why, as a note says it: "the engine is podman"; or the setting: `--selinux=on`.
    pub why: String,
    /// True for a page that does not speak of such hosts: it is followed on every reader's.
    pub of_any_reader: bool,
    /// Host paths that a command of the file labels for containers, as written.
    pub labelled: Vec<String>,
}

impl SelinuxHost {
    /// True for a path that has a label for containers by a command of the file, itself or with a folder above.
    pub fn is_labelled(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let covers = |above: &String| {
            let rest = path.strip_prefix(above.as_str());
            !above.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.labelled.iter().any(covers)
    }
}

/// A bind mount of another container that covers the same host path as a mount of this one, or a
/// path above or below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeighbourMount {
    /// Index of this container's mount in [`Container::mounts`].
    pub mount: usize,
    /// What the other container is called.
    pub container: String,
    /// The other mount.
    pub other: Mount,
    /// Where it is, if it stands in one of the files of the same reading.
    pub place: Option<Label>,
    /// The file and line of it, for a note: `deploy/run.sh:12`.
    pub at: String,
    /// True when both are in one podman pod, and share a label.
    pub same_pod: bool,
    /// True where SELinux confines the other: one that it does not confine needs no label.
    pub confined: bool,
    /// True where the two run one after another, each in the foreground.
    pub in_turn: bool,
    /// True where the two are hardly run together: one lies above the other and they stand in different
    /// folders, or their files are variants of one project.
    pub far: bool,
    /// True where it depends on the folder that one of the two is run from.
    pub perhaps: bool,
    /// True where the script takes either path on some of its ways only, which need not be the same.
    pub varying: bool,
    /// True where one of the two stands in documentation, which shows a container more than once.
    pub documented: bool,
    /// True where the other comes first in the same file.
    pub comes_first: bool,
}

impl NeighbourMount {
    /// True where a label of one container alone takes the files from the other, or the other way round.
    pub fn takes_away(&self) -> bool {
        self.confined && !self.same_pod && !self.in_turn && !self.far
    }
}

/// Which rules are on unless something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Always on.
    Default,
    /// On where the target is taken for an SELinux host.
    Selinux,
    /// Hardening that is merely absent: on with `--strict`.
    Strict,
}

/// A rule: its page and its function.
pub struct Rule {
    /// Its name, the page's file name: `missing-cap-drop`.
    pub name: &'static str,
    /// The page, as written.
    pub page: &'static str,
    /// Looks at one container; `None` for what the engine itself finds (`syntax-error`, `unused-ignore`).
    pub check: Option<fn(&Scene) -> Vec<Finding>>,
}

/// Every rule, by name.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule { name: "all-capabilities", page: include_str!("../rules/all-capabilities.md"), check: Some(all_capabilities::check) },
    Rule { name: "all-gpus", page: include_str!("../rules/all-gpus.md"), check: Some(all_gpus::check) },
    Rule { name: "api-socket-key", page: include_str!("../rules/api-socket-key.md"), check: Some(api_socket_key::check) },
    Rule { name: "apparmor-unconfined", page: include_str!("../rules/apparmor-unconfined.md"), check: Some(apparmor_unconfined::check) },
    Rule { name: "build-entitlement", page: include_str!("../rules/build-entitlement.md"), check: Some(build_entitlement::check) },
    Rule { name: "build-host-network", page: include_str!("../rules/build-host-network.md"), check: Some(build_host_network::check) },
    Rule { name: "capability-conflict", page: include_str!("../rules/capability-conflict.md"), check: Some(capability_conflict::check) },
    Rule { name: "desktop-socket", page: include_str!("../rules/desktop-socket.md"), check: Some(desktop_socket::check) },
    Rule { name: "dev-bind-mount", page: include_str!("../rules/dev-bind-mount.md"), check: Some(dev_bind_mount::check) },
    Rule { name: "device-cgroup-wildcard", page: include_str!("../rules/device-cgroup-wildcard.md"), check: Some(device_cgroup_wildcard::check) },
    Rule { name: "engine-socket", page: include_str!("../rules/engine-socket.md"), check: Some(engine_socket::check) },
    Rule { name: "expired-ignore", page: include_str!("../rules/expired-ignore.md"), check: None },
    Rule { name: "extra-capability", page: include_str!("../rules/extra-capability.md"), check: Some(extra_capability::check) },
    Rule { name: "file-capability", page: include_str!("../rules/file-capability.md"), check: Some(file_capability::check) },
    Rule { name: "home-mount", page: include_str!("../rules/home-mount.md"), check: Some(home_mount::check) },
    Rule { name: "host-cgroup-namespace", page: include_str!("../rules/host-cgroup-namespace.md"), check: Some(host_cgroup_namespace::check) },
    Rule { name: "host-escape-capability", page: include_str!("../rules/host-escape-capability.md"), check: Some(host_escape_capability::check) },
    Rule { name: "host-ipc", page: include_str!("../rules/host-ipc.md"), check: Some(host_ipc::check) },
    Rule { name: "host-namespace-entry", page: include_str!("../rules/host-namespace-entry.md"), check: Some(host_namespace_entry::check) },
    Rule { name: "host-network", page: include_str!("../rules/host-network.md"), check: Some(host_network::check) },
    Rule { name: "host-path-chown", page: include_str!("../rules/host-path-chown.md"), check: Some(host_path_chown::check) },
    Rule { name: "host-pid", page: include_str!("../rules/host-pid.md"), check: Some(host_pid::check) },
    Rule { name: "host-root-mount", page: include_str!("../rules/host-root-mount.md"), check: Some(host_root_mount::check) },
    Rule { name: "host-user-namespace", page: include_str!("../rules/host-user-namespace.md"), check: Some(host_user_namespace::check) },
    Rule { name: "ignore-without-reason", page: include_str!("../rules/ignore-without-reason.md"), check: None },
    Rule { name: "ignored-mount-option", page: include_str!("../rules/ignored-mount-option.md"), check: Some(ignored_mount_option::check) },
    Rule { name: "ignored-stack-key", page: include_str!("../rules/ignored-stack-key.md"), check: Some(ignored_stack_key::check) },
    Rule { name: "implicit-label-loss", page: include_str!("../rules/implicit-label-loss.md"), check: Some(implicit_label_loss::check) },
    Rule { name: "inert-hardening", page: include_str!("../rules/inert-hardening.md"), check: Some(inert_hardening::check) },
    Rule { name: "insecure-build-step", page: include_str!("../rules/insecure-build-step.md"), check: Some(insecure_build_step::check) },
    Rule { name: "insecure-registry", page: include_str!("../rules/insecure-registry.md"), check: Some(insecure_registry::check) },
    Rule { name: "internal-error", page: include_str!("../rules/internal-error.md"), check: None },
    Rule { name: "joined-namespace", page: include_str!("../rules/joined-namespace.md"), check: Some(joined_namespace::check) },
    Rule { name: "known-password", page: include_str!("../rules/known-password.md"), check: Some(known_password::check) },
    Rule { name: "label-disabled", page: include_str!("../rules/label-disabled.md"), check: Some(label_disabled::check) },
    Rule { name: "lost-quadlet-line", page: include_str!("../rules/lost-quadlet-line.md"), check: Some(lost_quadlet_line::check) },
    Rule { name: "misplaced-relabel-suffix", page: include_str!("../rules/misplaced-relabel-suffix.md"), check: Some(misplaced_relabel_suffix::check) },
    Rule { name: "missing-cap-drop", page: include_str!("../rules/missing-cap-drop.md"), check: Some(missing_cap_drop::check) },
    Rule { name: "missing-no-new-privileges", page: include_str!("../rules/missing-no-new-privileges.md"), check: Some(missing_no_new_privileges::check) },
    Rule { name: "net-raw", page: include_str!("../rules/net-raw.md"), check: Some(net_raw::check) },
    Rule { name: "new-privileges", page: include_str!("../rules/new-privileges.md"), check: Some(new_privileges::check) },
    Rule { name: "passwordless-sudo", page: include_str!("../rules/passwordless-sudo.md"), check: Some(passwordless_sudo::check) },
    Rule { name: "private-label-on-shared-mount", page: include_str!("../rules/private-label-on-shared-mount.md"), check: Some(private_label_on_shared_mount::check) },
    Rule { name: "privileged", page: include_str!("../rules/privileged.md"), check: Some(privileged::check) },
    Rule { name: "privileged-exec", page: include_str!("../rules/privileged-exec.md"), check: Some(privileged_exec::check) },
    Rule { name: "raw-host-device", page: include_str!("../rules/raw-host-device.md"), check: Some(raw_host_device::check) },
    Rule { name: READING_LIMIT, page: include_str!("../rules/reading-limit.md"), check: None },
    Rule { name: "redundant-capability", page: include_str!("../rules/redundant-capability.md"), check: Some(redundant_capability::check) },
    Rule { name: "refused-value", page: include_str!("../rules/refused-value.md"), check: Some(refused_value::check) },
    Rule { name: "relabel-conflict", page: include_str!("../rules/relabel-conflict.md"), check: Some(relabel_conflict::check) },
    Rule { name: "relabel-home", page: include_str!("../rules/relabel-home.md"), check: Some(relabel_home::check) },
    Rule { name: "relabel-socket-or-device", page: include_str!("../rules/relabel-socket-or-device.md"), check: Some(relabel_socket_or_device::check) },
    Rule { name: "relabel-system-path", page: include_str!("../rules/relabel-system-path.md"), check: Some(relabel_system_path::check) },
    Rule { name: "relabel-without-confinement", page: include_str!("../rules/relabel-without-confinement.md"), check: Some(relabel_without_confinement::check) },
    Rule { name: "root-exec", page: include_str!("../rules/root-exec.md"), check: Some(root_exec::check) },
    Rule { name: "root-image", page: include_str!("../rules/root-image.md"), check: Some(root_image::check) },
    Rule { name: "root-user", page: include_str!("../rules/root-user.md"), check: Some(root_user::check) },
    Rule { name: "seccomp-unconfined", page: include_str!("../rules/seccomp-unconfined.md"), check: Some(seccomp_unconfined::check) },
    Rule { name: "selinux-blocked-mount", page: include_str!("../rules/selinux-blocked-mount.md"), check: Some(selinux_blocked_mount::check) },
    Rule { name: "sensitive-path", page: include_str!("../rules/sensitive-path.md"), check: Some(sensitive_path::check) },
    Rule { name: "setuid-bit", page: include_str!("../rules/setuid-bit.md"), check: Some(setuid_bit::check) },
    Rule { name: "shared-memory-mount", page: include_str!("../rules/shared-memory-mount.md"), check: Some(shared_memory_mount::check) },
    Rule { name: "shared-propagation", page: include_str!("../rules/shared-propagation.md"), check: Some(shared_propagation::check) },
    Rule { name: "strong-capability", page: include_str!("../rules/strong-capability.md"), check: Some(strong_capability::check) },
    Rule { name: "sudo-in-image", page: include_str!("../rules/sudo-in-image.md"), check: Some(sudo_in_image::check) },
    Rule { name: "syntax-error", page: include_str!("../rules/syntax-error.md"), check: None },
    Rule { name: "system-bus-socket", page: include_str!("../rules/system-bus-socket.md"), check: Some(system_bus_socket::check) },
    Rule { name: "unauthenticated-daemon", page: include_str!("../rules/unauthenticated-daemon.md"), check: Some(unauthenticated_daemon::check) },
    Rule { name: "unconfined-selinux-type", page: include_str!("../rules/unconfined-selinux-type.md"), check: Some(unconfined_selinux_type::check) },
    Rule { name: "undropped-capabilities", page: include_str!("../rules/undropped-capabilities.md"), check: Some(undropped_capabilities::check) },
    Rule { name: "unknown-capability", page: include_str!("../rules/unknown-capability.md"), check: Some(unknown_capability::check) },
    Rule { name: "unknown-needs", page: include_str!("../rules/unknown-needs.md"), check: Some(unknown_needs::check) },
    Rule { name: "unknown-rule", page: include_str!("../rules/unknown-rule.md"), check: None },
    Rule { name: "unlabeled-mount", page: include_str!("../rules/unlabeled-mount.md"), check: Some(unlabeled_mount::check) },
    Rule { name: "unmasked-system-paths", page: include_str!("../rules/unmasked-system-paths.md"), check: Some(unmasked_system_paths::check) },
    Rule { name: "unreadable-until", page: include_str!("../rules/unreadable-until.md"), check: None },
    Rule { name: "unset-image-user", page: include_str!("../rules/unset-image-user.md"), check: Some(unset_image_user::check) },
    Rule { name: "unused-ignore", page: include_str!("../rules/unused-ignore.md"), check: None },
    Rule { name: "unused-image-user", page: include_str!("../rules/unused-image-user.md"), check: Some(unused_image_user::check) },
    Rule { name: "widened-socket-permissions", page: include_str!("../rules/widened-socket-permissions.md"), check: Some(widened_socket_permissions::check) },
    Rule { name: "world-writable-path", page: include_str!("../rules/world-writable-path.md"), check: Some(world_writable_path::check) },
    Rule { name: "writable-cgroups", page: include_str!("../rules/writable-cgroups.md"), check: Some(writable_cgroups::check) },
    Rule { name: "writable-kernel-path", page: include_str!("../rules/writable-kernel-path.md"), check: Some(writable_kernel_path::check) },
    Rule { name: "writable-root-filesystem", page: include_str!("../rules/writable-root-filesystem.md"), check: Some(writable_root_filesystem::check) },
    Rule { name: "writable-sensitive-path", page: include_str!("../rules/writable-sensitive-path.md"), check: Some(writable_sensitive_path::check) },
];

/// The rule of the bounds of reading: nothing is wrong with the file, so the exit code does not know it.
pub const READING_LIMIT: &str = "reading-limit";

/// The pages, in the order of the rules, each read when it is first asked for: a run that finds nothing
/// reads none. One that could not be read is absent, which a test rules out.
static PAGES: [OnceLock<Option<Page>>; RULES.len()] = [const { OnceLock::new() }; RULES.len()];

/// What every run asks of a page, by rule: as its lines say it, for reading the YAML of all pages takes
/// longer than most runs. A test holds that both say the same.
static FRONTS: LazyLock<BTreeMap<&'static str, (Severity, Group)>> = LazyLock::new(|| {
    let front = |rule: &Rule| {
        let severity = match page::word(rule.page, "\nseverity: ") {
            "error" => Severity::Error,
            "note" => Severity::Note,
            _ => Severity::Warning,
        };
        let group = match page::word(rule.page, "\ngroup: ") {
            "selinux" => Group::Selinux,
            "strict" => Group::Strict,
            _ => Group::Default,
        };
        (rule.name, (severity, group))
    };
    RULES.iter().map(front).collect()
});

impl Rule {
    /// The page, read.
    pub fn read_page(&self) -> Option<&'static Page> {
        let at = RULES.iter().position(|rule| rule.name == self.name)?;
        let page = PAGES.get(at)?.get_or_init(|| Page::parse(self.page).ok());
        page.as_ref()
    }

    /// How grave its findings are, by its page.
    pub fn severity(&self) -> Severity {
        FRONTS.get(self.name).map_or(Severity::Warning, |front| front.0)
    }

    /// When it is on, by its page.
    pub fn group(&self) -> Group {
        FRONTS.get(self.name).map_or(Group::Default, |front| front.1)
    }

    /// The first sentence of its page, without its full stop.
    pub fn summary(&self) -> &'static str {
        self.read_page().map_or("", |page| page.summary())
    }

    /// True unless the rule is about Linux, and the container is one of Windows.
    fn holds_for(&self, container: &Container) -> bool {
        const EVERYWHERE: &[&str] = &[
            "api-socket-key",
            "build-entitlement",
            "build-host-network",
            "ignored-stack-key",
            "insecure-build-step",
            "refused-value",
        ];
        EVERYWHERE.contains(&self.name) || !container.is_windows()
    }

    /// What it finds in a container, unless the configuration passes over the container's image or
    /// the value.
    pub fn findings(&self, scene: &Scene) -> Vec<Finding> {
        match self.check {
            Some(check) if !is_allowed(scene) && self.holds_for(scene.container) => {
                let mut findings = check(scene);
                findings.retain(|finding| !allowed::is_allowed(scene, finding));
                findings
            }
            _ => Vec::new(),
        }
    }
}

/// True where the configuration passes over the container's image.
fn is_allowed(scene: &Scene) -> bool {
    let image = scene.container.image.as_ref().and_then(|w| ImageName::parse(&w.value));
    image.is_some_and(|image| scene.allowed_images.iter().any(|glob| fits_image(glob, &image)))
}

/// The rule of a name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// The rule whose name is most like a mistyped one.
pub fn nearest(name: &str) -> Option<&'static str> {
    closest(name, RULES.iter().map(|rule| rule.name))
}

/// The known word that is most like a mistyped one, for "did you mean".
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 4);
    let word = word.to_lowercase().replace('_', "-");
    let near = known
        .into_iter()
        .map(|k| (strsim::osa_distance(&word, k), k))
        .filter(|(d, _)| *d <= limit);
    near.min_by_key(|(d, _)| *d).map(|(_, k)| k)
}

#[cfg(test)]
mod tests;
