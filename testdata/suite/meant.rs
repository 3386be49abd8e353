//! What the fix of each rule means, in the words of what Docker Compose asks an engine for. Taken from
//! what the rules are about, never from what was recorded.

/// One thing that may change for a service: the places where it shows, and what comes or goes there.
///
/// A place is a path in the body of the engine's create call (`User`, `HostConfig.CapDrop`), or in what
/// `config` prints of the service (`config.cap_drop`); a `*` in it stands for the number of an item. The
/// values are patterns in which `*` stands for anything.
pub(crate) enum May {
    /// These values go.
    Lose(Places, Patterns),
    /// These values come.
    Gain(Places, Patterns),
    /// Each value stays but for its label.
    Relabel(&'static str),
}

type Places = &'static [&'static str];
type Patterns = &'static [&'static str];

/// What a rule's fix means.
pub(crate) struct Meaning {
    /// The rule.
    pub(crate) rule: &'static str,
    /// What changes in every service that changes at all. Where nothing has to, nothing may either.
    pub(crate) must: &'static [&'static str],
    /// What may change.
    pub(crate) may: &'static [&'static [May]],
}

use May::{Gain, Lose, Relabel};

const CAP_ADD: Places = &["HostConfig.CapAdd", "config.cap_add"];
const CAP_DROP: Places = &["HostConfig.CapDrop", "config.cap_drop"];
const SECURITY: Places = &["HostConfig.SecurityOpt", "config.security_opt"];
const DEVICES: Places = &["HostConfig.Devices", "config.devices"];
const DEVICE_RULES: Places = &["HostConfig.DeviceCgroupRules", "config.device_cgroup_rules"];
/// The Dockerfile that stands in a build, by its lines.
const INLINE: Places = &["config.build.dockerfile_inline"];
const BINDS: &str = "HostConfig.Binds";

/// Mounts that are there already ask for a label, for another, or for none.
const LABELS: &[May] = &[
    Relabel(BINDS),
    Relabel("config.volumes"),
    Lose(&["config.volumes.*.bind.selinux"], &["z", "Z"]),
    Gain(&["config.volumes.*.bind.selinux"], &["z", "Z"]),
];

/// Without this beside the label of a mount in the long form, Compose before 5.1 passes the label over.
const CREATED: &[May] = &[Gain(&["config.volumes.*.bind.create_host_path"], &["true"])];

/// Capabilities are dropped, and those that are needed are named.
const CAPABILITIES: &[May] = &[Gain(CAP_DROP, &["ALL"]), Gain(CAP_ADD, &["*"])];

/// SELinux confines it again.
const CONFINED: &[May] = &[Lose(SECURITY, &["label=disable", "label=type:*"])];

/// Stands for all rules at once: the fix means what each of them means.
pub(crate) const EVERY: &str = "every-rule";

/// Every rule that promises a fix.
pub(crate) const MEANT: &[Meaning] = &[
    Meaning {
        rule: "all-capabilities",
        must: &["HostConfig.CapAdd", "HostConfig.CapDrop"],
        may: &[&[Lose(CAP_ADD, &["ALL"])], CAPABILITIES],
    },
    Meaning {
        rule: "api-socket-key",
        must: &["config.use_api_socket"],
        may: &[&[
            Lose(&["config.use_api_socket"], &["true"]),
            Lose(&["HostConfig.Mounts", BINDS], &["*/var/run/docker.sock*"]),
        ]],
    },
    Meaning {
        rule: "apparmor-unconfined",
        must: SECURITY,
        may: &[&[Lose(SECURITY, &["apparmor=unconfined", "apparmor:unconfined"])]],
    },
    Meaning {
        rule: "build-entitlement",
        must: &[],
        may: &[&[
            Lose(&["config.build.privileged"], &["true"]),
            Lose(
                &["config.build.entitlements"],
                &["security.insecure", "network.host", "device"],
            ),
        ]],
    },
    Meaning {
        rule: "build-host-network",
        must: &["config.build.network"],
        may: &[&[Lose(&["config.build.network"], &["host"])]],
    },
    Meaning {
        rule: "capability-conflict",
        must: CAP_ADD,
        may: &[&[Lose(CAP_ADD, &["*NET_RAW", "*SYS_TIME"])]],
    },
    Meaning {
        rule: "dev-bind-mount",
        must: DEVICES,
        may: &[&[
            Gain(DEVICES, &["*/dev/ttyUSB0*"]),
            Lose(&[BINDS, "config.volumes"], &["*/dev/ttyUSB0*"]),
        ]],
    },
    Meaning {
        rule: "device-cgroup-wildcard",
        must: DEVICE_RULES,
        may: &[&[Lose(DEVICE_RULES, &["a [*]:[*] rwm"])]],
    },
    Meaning {
        rule: EVERY,
        must: &[],
        may: &[],
    },
    // what covers nothing, or no longer, changes nothing
    Meaning {
        rule: "expired-ignore",
        must: &[],
        may: &[],
    },
    Meaning {
        rule: "host-cgroup-namespace",
        must: &["HostConfig.CgroupnsMode", "config.cgroup"],
        may: &[&[Lose(&["HostConfig.CgroupnsMode", "config.cgroup"], &["host"])]],
    },
    // with the host's processes or memory goes the lack of SELinux, and mounts then need their labels
    Meaning {
        rule: "host-ipc",
        must: &["HostConfig.IpcMode", "config.ipc"],
        may: &[
            &[
                Lose(&["HostConfig.IpcMode", "config.ipc"], &["host"]),
                Lose(&["HostConfig.ShmSize"], &["0"]),
                Gain(&["HostConfig.ShmSize", "config.shm_size"], &["1073741824"]),
            ],
            LABELS,
        ],
    },
    Meaning {
        rule: "host-pid",
        must: &["HostConfig.PidMode", "config.pid"],
        may: &[&[Lose(&["HostConfig.PidMode", "config.pid"], &["host"])], LABELS],
    },
    // a privileged container has all of it, whatever is listed
    Meaning {
        rule: "inert-hardening",
        must: CAP_DROP,
        may: &[&[
            Lose(CAP_DROP, &["*"]),
            Lose(CAP_ADD, &["*"]),
            Lose(DEVICE_RULES, &["*"]),
            Lose(DEVICES, &["*/dev/loop0*"]),
        ]],
    },
    Meaning {
        rule: "insecure-build-step",
        must: INLINE,
        may: &[&[
            Lose(INLINE, &["RUN --security=insecure make *"]),
            Gain(INLINE, &["RUN make *"]),
        ]],
    },
    Meaning {
        rule: "label-disabled",
        must: SECURITY,
        may: &[CONFINED, &[Gain(SECURITY, &["label=type:container_*"])], LABELS],
    },
    Meaning {
        rule: "missing-cap-drop",
        must: CAP_DROP,
        may: &[CAPABILITIES],
    },
    Meaning {
        rule: "undropped-capabilities",
        must: CAP_DROP,
        may: &[CAPABILITIES],
    },
    Meaning {
        rule: "missing-no-new-privileges",
        must: SECURITY,
        may: &[&[Gain(SECURITY, &["no-new-privileges=true"])]],
    },
    Meaning {
        rule: "new-privileges",
        must: SECURITY,
        may: &[&[Lose(SECURITY, &["no-new-privileges=false"])]],
    },
    Meaning {
        rule: "private-label-on-shared-mount",
        must: &[BINDS],
        may: &[LABELS],
    },
    // what the flag was hiding comes in its place
    Meaning {
        rule: "privileged",
        must: &["HostConfig.Privileged", "config.privileged"],
        may: &[
            &[
                Lose(&["HostConfig.Privileged", "config.privileged"], &["true"]),
                Lose(CAP_ADD, &["ALL"]),
                Gain(DEVICES, &["*/dev/net/tun*"]),
                Gain(&["HostConfig.Sysctls.*", "config.sysctls.*"], &["*"]),
            ],
            CAPABILITIES,
            LABELS,
            CREATED,
            CONFINED,
        ],
    },
    Meaning {
        rule: "privileged-exec",
        must: &[],
        may: &[&[Lose(
            &["config.post_start.*.privileged", "config.pre_stop.*.privileged"],
            &["true"],
        )]],
    },
    Meaning {
        rule: "redundant-capability",
        must: CAP_ADD,
        may: &[&[Lose(CAP_ADD, &["*CHOWN", "*SETUID", "*SETGID", "*KILL"])]],
    },
    // the way that podman's manual advises for a home
    Meaning {
        rule: "relabel-home",
        must: &[BINDS],
        may: &[LABELS, &[Gain(SECURITY, &["label=disable"])]],
    },
    Meaning {
        rule: "relabel-socket-or-device",
        must: &[BINDS],
        may: &[LABELS],
    },
    Meaning {
        rule: "relabel-system-path",
        must: &[BINDS],
        may: &[LABELS],
    },
    Meaning {
        rule: "relabel-without-confinement",
        must: &[BINDS],
        may: &[LABELS],
    },
    Meaning {
        rule: "root-image",
        must: INLINE,
        may: &[&[Lose(INLINE, &["USER root"])]],
    },
    Meaning {
        rule: "root-user",
        must: &["User", "config.user"],
        may: &[&[Lose(&["User", "config.user"], &["root", "0:0"])]],
    },
    Meaning {
        rule: "seccomp-unconfined",
        must: SECURITY,
        may: &[&[Lose(SECURITY, &["seccomp=unconfined", "seccomp:unconfined"])]],
    },
    Meaning {
        rule: "setuid-bit",
        must: INLINE,
        may: &[&[Lose(INLINE, &["RUN chmod 4755 *"]), Gain(INLINE, &["RUN chmod 755 *"])]],
    },
    Meaning {
        rule: "sudo-in-image",
        must: INLINE,
        may: &[&[
            Lose(INLINE, &["RUN sudo make install"]),
            Gain(INLINE, &["RUN make install"]),
        ]],
    },
    Meaning {
        rule: "unconfined-selinux-type",
        must: SECURITY,
        may: &[CONFINED, LABELS],
    },
    Meaning {
        rule: "unlabeled-mount",
        must: &[BINDS],
        may: &[LABELS, CREATED],
    },
    // of Docker's client alone: the hidden paths of /proc and /sys are hidden again
    Meaning {
        rule: "unmasked-system-paths",
        must: &["config.security_opt"],
        may: &[&[
            Lose(SECURITY, &["systempaths=unconfined"]),
            Lose(&["HostConfig.MaskedPaths", "HostConfig.ReadonlyPaths"], &["none"]),
        ]],
    },
    Meaning {
        rule: "unused-image-user",
        must: INLINE,
        may: &[&[Gain(INLINE, &["USER app"])]],
    },
    Meaning {
        rule: "unused-ignore",
        must: &[],
        may: &[],
    },
    Meaning {
        rule: "writable-cgroups",
        must: SECURITY,
        may: &[&[Lose(SECURITY, &["writable-cgroups=true"])]],
    },
];

/// Rules with a fix that no fixture shows yet: theirs waits for somebody who can record it.
pub(crate) const WAITING: &[&str] = &[
    "unset-image-user",
    "world-writable-path",
    "writable-kernel-path",
    "writable-sensitive-path",
];

/// Where a finding of a fixture is left in a layout, and why.
pub(crate) const REFUSED: &[(&str, &str)] = &[
    // a comment would have to move into the next key, or be lost
    ("privileged-exec a hook of two, comments", COMMENT_BETWEEN),
    ("privileged-exec a hook of two, tabs in comments", COMMENT_BETWEEN),
    // between braces the Dockerfile is one text in quotes, and its line ends are written `\n`
    ("root-image in a file of its own lines, flow", NOT_PROVEN),
    ("unused-image-user in a file of its own lines, flow", NOT_PROVEN),
];

const COMMENT_BETWEEN: &str = "a comment stands between what is removed and what stays";
const NOT_PROVEN: &str = "the edit could not be verified to change only the intended setting";

impl Meaning {
    /// True where values may come and go at a place.
    pub(crate) fn allows(&self, at: &str, lost: &[&str], gained: &[&str]) -> bool {
        let all = MEANT.iter().filter(|one| self.rule == one.rule || self.rule == EVERY);
        let here: Vec<&May> = all
            .flat_map(|one| one.may)
            .copied()
            .flatten()
            .filter(|may| may.is_at(at))
            .collect();
        let relabels = here.iter().any(|may| matches!(may, Relabel(_)));
        let comes_back = |v: &str, others: &[&str]| relabels && others.iter().any(|o| bare(o) == bare(v));
        let goes = |v: &str| here.iter().any(|may| matches!(may, Lose(_, values) if any(values, v)));
        let comes = |v: &str| here.iter().any(|may| matches!(may, Gain(_, values) if any(values, v)));
        lost.iter().all(|v| goes(v) || comes_back(v, gained)) && gained.iter().all(|v| comes(v) || comes_back(v, lost))
    }
}

impl May {
    fn is_at(&self, at: &str) -> bool {
        match self {
            Lose(places, _) | Gain(places, _) => any(places, at),
            Relabel(place) => *place == at,
        }
    }
}

/// A mount without its label.
fn bare(mount: &str) -> String {
    if mount.starts_with('{') {
        let mut long: serde_json::Value = serde_json::from_str(mount).unwrap();
        if let Some(bind) = long["bind"].as_object_mut() {
            bind.remove("selinux");
        }
        return long.to_string();
    }
    let (rest, options) = mount.rsplit_once(':').unwrap_or((mount, ""));
    let kept: Vec<&str> = options.split(',').filter(|o| !matches!(*o, "z" | "Z")).collect();
    format!("{rest}:{}", kept.join(","))
}

fn any(patterns: &[&str], text: &str) -> bool {
    patterns.iter().any(|pattern| fits(pattern, text))
}

/// `*` stands for anything, `[*]` for itself.
fn fits(pattern: &str, text: &str) -> bool {
    let pattern = pattern.replace("[*]", "\u{0}");
    let mut parts = pattern.split('*').map(|part| part.replace('\u{0}', "*"));
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    let mut parts: Vec<String> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part.as_str()) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}
