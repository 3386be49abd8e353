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
