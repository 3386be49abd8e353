//! `sensitive-path`: the host's own files, readable.

use std::cell::LazyCell;

use crate::container::Mount;
use crate::fix::{Finding, Label};
use crate::knowledge::paths::{self, HostPath};

use super::Scene;
use super::common::{acts_for, host_note, shortened, who};

/// Files that nearly every container may read without harm.
const HARMLESS: &[&str] = &[
    "/etc/localtime",
    "/etc/timezone",
    "/etc/machine-id",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/os-release",
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust",
    "/etc/passwd",
    "/etc/group",
    "/etc/nsswitch.conf",
];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let as_root = LazyCell::new(|| acts_for(container).is_none());
    let mut findings = Vec::new();
    for written in &container.mounts {
        let Some(what) = sensitive(&written.value, &|| *as_root) else {
            continue;
        };
        let source = shortened(&written.value.source.as_ref().map(|s| s.shown()).unwrap_or_default());
        let message = format!("{} can read `{source}`: {what}", who(container));
        let mut finding = Finding::new("sensitive-path", message, Label::new(&written.place, "read-only"));
        finding.notes.extend(host_note(container));
        finding
            .helps
            .push("mount the one file or directory that it reads".to_owned());
        findings.push(finding);
    }
    findings
}

/// What there is to read in a read-only mount.
fn sensitive(mount: &Mount, as_root: &dyn Fn() -> bool) -> Option<&'static str> {
    let source = mount.path().filter(|_| mount.is_bind() && mount.read_only)?;
    if HARMLESS.iter().any(|path| paths::is_below(source, path)) || paths::engine_socket(mount).is_some() {
        return None;
    }
    match paths::classify(source) {
        HostPath::HomeSecret if paths::is_public_key(source) => return None,
        HostPath::HomeSecret => return Some("keys and credentials of the user"),
        // what follows is open to root alone
        _ if !as_root() => return None,
        HostPath::Home if paths::is_below(source, "/root") => return Some("the home of the host's root"),
        _ => {}
    }
    let trees = [
        ("/etc/shadow", "the password hashes of the host"),
        ("/etc/ssh", "the private keys of the host's ssh server"),
        ("/etc/ssl", "certificates of the host, and private keys beside them"),
        ("/etc/pki", "certificates of the host, and private keys beside them"),
        ("/etc/letsencrypt", "the private keys of the host's web server"),
        ("/etc/kubernetes", "the credentials of the cluster node"),
        ("/var/lib/docker", "the files of every container"),
        ("/var/lib/containers", "the files of every container"),
        ("/var/lib/containerd", "the files of every container"),
        ("/var/lib/kubelet", "the secrets of every pod"),
    ];
    let within = trees
        .iter()
        .find(|(path, _)| paths::is_below(source, path))
        .map(|(_, what)| *what);
    let exact = |path: &str| source.known().is_some_and(|s| s.trim_end_matches('/') == path);
    within
        .or_else(|| exact("/etc").then_some("the settings and password hashes of the host"))
        .or_else(|| exact("/home").then_some("the files of every user of the host"))
        .or_else(|| exact("/var/lib").then_some("the state of every service of the host"))
}
