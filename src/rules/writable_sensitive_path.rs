//! `writable-sensitive-path`: the host's own files, writable.

use std::cell::LazyCell;

use crate::container::{Container, Mount, Text};
use crate::fix::{Change, Finding, Fix, Label, Refusal, Safety};
use crate::knowledge::paths::{self, HostPath};

use super::Scene;
use super::common::{acts_for, shortened, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // an ordinary user of the host may change no file of the system
    let as_root = LazyCell::new(|| acts_for(container).is_none());
    let mut findings = Vec::new();
    for written in &container.mounts {
        let mount = &written.value;
        let Some(what) = sensitive(mount, &|| *as_root) else {
            continue;
        };
        let source = shortened(&mount.source.as_ref().map(|s| s.shown()).unwrap_or_default());
        let message = format!("{} can change `{source}`: {what}", who(container));
        let mut finding = Finding::new(
            "writable-sensitive-path",
            message,
            Label::new(&written.place, "writable"),
        );
        match is_named(container, mount) {
            true => finding.refused = Some(Refusal("its command names the path, and may write there".to_owned())),
            false => finding.fixes.push(Fix {
                title: "mount it read-only".to_owned(),
                safety: Safety::Unsafe,
                changes: vec![Change::ReadOnly(written.place.clone())],
            }),
        }
        findings.push(finding);
    }
    findings
}

/// True where the container's command names the mount's target or what is below it: `cp agent /hostbin`.
fn is_named(container: &Container, mount: &Mount) -> bool {
    let Some(target) = mount.target.as_ref().and_then(|t| t.known()) else {
        return false;
    };
    let target = target.trim_end_matches('/');
    let names = |word: &Text| {
        let word = word.shown();
        let mut parts = word.split(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\'' | ';'));
        parts.any(|part| {
            part.strip_prefix(target)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    !target.is_empty() && container.command.iter().any(names)
}

/// What is at stake in a mount that may be written to.
fn sensitive(mount: &Mount, as_root: &dyn Fn() -> bool) -> Option<&'static str> {
    let source = mount.path()?;
    if !mount.is_bind() || mount.read_only || mount.overlay || paths::engine_socket(mount).is_some() {
        return None;
    }
    match paths::classify(source) {
        HostPath::System(why) if !["/proc", "/sys", "/run"].iter().any(|p| paths::is_below(source, p)) && as_root() => {
            Some(why)
        }
        HostPath::HomeSecret if paths::is_public_key(source) => None,
        HostPath::HomeSecret => Some("keys and credentials of the user"),
        HostPath::Home if paths::is_below(source, "/root") && as_root() => Some("the home of the host's root"),
        HostPath::Refused if as_root() => refused(source),
        HostPath::Refused => (source.is("/home")).then_some("the home of whoever it acts for"),
        _ => None,
    }
}

fn refused(source: &crate::container::Text) -> Option<&'static str> {
    let path = source.known()?;
    Some(match path.trim_end_matches('/') {
        "/etc" => "the settings and accounts of the host",
        "/etc/passwd" | "/etc/shadow" => "the accounts of the host",
        "/etc/pki" => "the certificates that the host trusts",
        "/boot" => "the host's boot loader and kernels",
        "/usr" | "/bin" | "/sbin" | "/lib" | "/lib64" => "the programs that the host runs",
        "/home" => "the files of every user of the host",
        "/var" | "/var/lib" => "the state of every service of the host",
        "/var/log" => "the host's logs, and the traces of what was done",
        _ => return None,
    })
}
