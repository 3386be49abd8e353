//! What keeps its label, whatever a container is refused: the files of the system, homes, sockets.

use super::record::Denial;
use crate::container::Text;
use crate::knowledge::paths::{self, HostPath};
use crate::source::Span;

/// Types of files that a label for containers would take from the host. Other types are as often those of
/// a folder of data.
const TYPES: &[(&str, &str)] = &[
    ("usr_t", "the system's programs and data"),
    ("lib_t", "the system's libraries"),
    ("bin_t", "the system's programs"),
    ("etc_t", "the system's settings"),
    ("etc_runtime_t", "the system's settings"),
    ("passwd_file_t", "the system's accounts"),
    ("shadow_t", "the system's passwords"),
    ("net_conf_t", "the system's network settings"),
    ("locale_t", "the system's locales and time zones"),
    ("boot_t", "the system's boot loader and kernels"),
    ("root_t", "the root folder of the system"),
    ("home_root_t", "the folder of all homes"),
    ("user_home_dir_t", "a home itself"),
    ("home_bin_t", "programs of a home"),
    ("ssh_home_t", "keys of a home"),
    ("gpg_secret_t", "keys of a home"),
];

/// Why a label is not to be offered for what a record names, as far as no mount says more: the rest of
/// "no label is offered: …".
pub fn keeps_label(denial: &Denial) -> Option<String> {
    let whose = by_path(denial).or_else(|| {
        let kind = denial.target.as_ref()?.kind.as_str();
        let (_, what) = TYPES.iter().find(|(name, _)| *name == kind)?;
        Some(format!("{kind} is the type of {what}"))
    })?;
    Some(format!(
        "{whose}, which the host needs as it is; where it is a folder of data that is mounted, \
         `privlint denials LOG PATH` with the launch shows the mount to label"
    ))
}

fn by_path(denial: &Denial) -> Option<String> {
    let path = denial.path.as_deref().filter(|path| path.starts_with('/'))?;
    let what = match paths::classify(&Text::cooked(path, Span::default())) {
        HostPath::System(what) => what,
        HostPath::Refused => "one of the folders that an engine refuses to label",
        HostPath::Home => "a home itself",
        HostPath::HomeShared => "a folder of a home that many programs share",
        HostPath::HomeSecret => "keys and credentials of a home",
        HostPath::Socket => "a socket",
        HostPath::Device => "a device",
        _ => return None,
    };
    Some(format!("on a host `{path}` is {what}"))
}

#[cfg(test)]
mod tests {
    use super::super::record::{Context, DenialKind};
    use super::*;

    fn kept(path: &str, kind: &str) -> Option<String> {
        let mut denial = Denial::new(DenialKind::Avc);
        denial.path = Some(path.to_owned());
        denial.target = Context::parse(&format!("system_u:object_r:{kind}:s0"));
        keeps_label(&denial)
    }

    #[test]
    fn the_system_homes_and_keys_keep_their_labels() {
        for (path, kind) in [
            ("/usr/share/zoneinfo/x", "usr_t"),
            ("/etc/passwd", "etc_t"),
            ("/home/me/.ssh/id_rsa", "ssh_home_t"),
            ("/home/me", "user_home_dir_t"),
            // one of the two is enough
            ("/usr/share/zoneinfo/x", "default_t"),
            ("/data/x", "usr_t"),
            ("id_rsa", "ssh_home_t"),
            ("/run/app.sock", "var_run_t"),
        ] {
            assert!(kept(path, kind).is_some(), "{path} {kind}");
        }
        for (path, kind) in [
            ("domain.crt", "user_home_t"),
            ("/home/me/project/x", "user_home_t"),
            ("/srv/data/x", "var_t"),
            ("/data/x", "default_t"),
        ] {
            assert_eq!(kept(path, kind), None, "{path} {kind}");
        }
    }
}
