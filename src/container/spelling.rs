//! How each key is called: by an option of a command, and by a key of a service. Messages and fixes
//! both take the names from here.

use super::{Key, Namespace};

/// The names of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// The option of a command that launches one; `None` where it is no option.
    pub flag: Option<&'static str>,
    /// The key of a Compose service.
    pub key: &'static str,
    /// True where the service's key holds a list.
    pub is_list: bool,
}

impl Key {
    /// The line of a Quadlet that says it: `DropCapability=all`. What Quadlets have no key for goes by way
    /// of `PodmanArgs`.
    pub fn unit_line(self, value: &str) -> String {
        let key = match self {
            Key::CapAdd => "AddCapability",
            Key::CapDrop => "DropCapability",
            Key::Mount => "Volume",
            Key::Device => "AddDevice",
            Key::Namespace(Namespace::Network) => "Network",
            Key::Namespace(Namespace::User) => "UserNS",
            Key::User => "User",
            Key::ReadOnly => "ReadOnly",
            Key::Sysctl => "Sysctl",
            Key::ShmSize => "ShmSize",
            Key::Image => "Image",
            Key::Name => "ContainerName",
            Key::SecurityOpt => return security_line(value),
            _ => {
                let flag = self.spelling().and_then(|spelling| spelling.flag).unwrap_or_default();
                let word = match value {
                    "true" => flag.to_owned(),
                    value => format!("{flag}={value}"),
                };
                let quote = if word.contains(' ') { "\"" } else { "" };
                return format!("PodmanArgs={quote}{word}{quote}");
            }
        };
        format!("{key}={value}")
    }

    /// How it is called; `None` for what has no one name.
    pub fn spelling(self) -> Option<Spelling> {
        let (flag, key, is_list) = match self {
            Key::Privileged => ("--privileged", "privileged", false),
            Key::CapAdd => ("--cap-add", "cap_add", true),
            Key::CapDrop => ("--cap-drop", "cap_drop", true),
            Key::SecurityOpt => ("--security-opt", "security_opt", true),
            Key::Mount => ("--volume", "volumes", true),
            Key::Device => ("--device", "devices", true),
            Key::DeviceCgroupRule => ("--device-cgroup-rule", "device_cgroup_rules", true),
            Key::Namespace(Namespace::Pid) => ("--pid", "pid", false),
            Key::Namespace(Namespace::Ipc) => ("--ipc", "ipc", false),
            Key::Namespace(Namespace::Network) => ("--network", "network_mode", false),
            Key::Namespace(Namespace::Uts) => ("--uts", "uts", false),
            Key::Namespace(Namespace::User) => ("--userns", "userns_mode", false),
            Key::Namespace(Namespace::Cgroup) => ("--cgroupns", "cgroup", false),
            Key::User => ("--user", "user", false),
            Key::ReadOnly => ("--read-only", "read_only", false),
            Key::Sysctl => ("--sysctl", "sysctls", true),
            Key::ShmSize => ("--shm-size", "shm_size", false),
            Key::Name => ("--name", "container_name", false),
            Key::Image => {
                return Some(Spelling {
                    flag: None,
                    key: "image",
                    is_list: false,
                });
            }
            Key::Command | Key::Other => return None,
        };
        Some(Spelling {
            flag: Some(flag),
            key,
            is_list,
        })
    }
}

/// The line of a Quadlet for a security option.
fn security_line(value: &str) -> String {
    const KEYS: &[(&str, &str)] = &[
        ("label=type:", "SecurityLabelType"),
        ("label=filetype:", "SecurityLabelFileType"),
        ("label=level:", "SecurityLabelLevel"),
        ("seccomp=", "SeccompProfile"),
        ("mask=", "Mask"),
        ("unmask=", "Unmask"),
    ];
    match value {
        "label=disable" => return "SecurityLabelDisable=true".to_owned(),
        "label=nested" => return "SecurityLabelNested=true".to_owned(),
        "no-new-privileges" | "no-new-privileges=true" | "no-new-privileges:true" => {
            return "NoNewPrivileges=true".to_owned();
        }
        _ => {}
    }
    let own = KEYS
        .iter()
        .find_map(|(prefix, key)| Some((key, value.strip_prefix(prefix)?)));
    match own {
        Some((key, rest)) => format!("{key}={rest}"),
        None => format!("PodmanArgs=--security-opt={value}"),
    }
}
