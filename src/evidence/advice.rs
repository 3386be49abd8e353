//! What a refusal means, and what can be written, the narrowest first: the table under
//! `rules/knowledge/denials.yaml`.

mod table;

use serde::Deserialize;

use super::record::{Denial, DenialKind};
use super::symptom::{self, Means, Symptom, symptoms};
use crate::fix::Safety;
use crate::knowledge::glob;

pub(crate) use table::boolean;
use table::{OfOperation, TABLE, Written};
pub(super) use table::{opens, syscall_name};

/// The table's path, as notes cite it.
const TABLE_PATH: &str = "rules/knowledge/denials.yaml";

/// What a remedy is. The words are those of the `denials` JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemedyKind {
    /// A label on a mount.
    Relabel,
    /// A boolean of SELinux.
    Boolean,
    /// A device.
    Device,
    /// A capability.
    Capability,
    /// A narrower setting of another kind: a type, a profile, a parameter.
    Type,
    /// A file system mounted with a label.
    ContextMount,
    /// A filter of system calls.
    Seccomp,
    /// A port.
    Port,
    /// A policy of its own.
    Udica,
    /// SELinux, or AppArmor, off for this container.
    LabelDisable,
}

impl RemedyKind {
    /// The word of the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RemedyKind::Relabel => "relabel",
            RemedyKind::Boolean => "boolean",
            RemedyKind::Device => "device",
            RemedyKind::Capability => "capability",
            RemedyKind::Type => "type",
            RemedyKind::ContextMount => "context-mount",
            RemedyKind::Seccomp => "seccomp",
            RemedyKind::Port => "port",
            RemedyKind::Udica => "udica",
            RemedyKind::LabelDisable => "label-disable",
        }
    }
}

/// One thing that can be written or done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What it is.
    pub kind: RemedyKind,
    /// What a reader is told.
    pub text: String,
    /// May it be written unasked?
    pub safety: Safety,
    /// True for a label on a mount, which the mount decides.
    pub open: bool,
    /// True for a label that several containers share.
    pub shared: bool,
}

/// What a refusal means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What happened, in one sentence: lower case, no full stop.
    pub message: String,
    /// What was wanted, as the rest of "it is …"; empty where nothing more can be said.
    pub means: String,
    /// What can be done, the narrowest first.
    pub remedies: Vec<Remedy>,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// Where it is known from.
    pub source: String,
}

/// What a refusal means, and what can be written.
pub fn advice(denial: &Denial) -> Advice {
    match denial.kind {
        DenialKind::Avc if denial.is_of_capability_class() => of_capability_record(denial),
        DenialKind::Avc => of_selinux(denial),
        DenialKind::Seccomp => of_call(denial),
        DenialKind::Apparmor => of_apparmor(denial),
        DenialKind::Capability => of_missing_capability(denial),
        DenialKind::Log => match denial.symptom.and_then(|row| symptoms().get(row)) {
            Some(symptom) => of_symptom(denial, symptom),
            None => of_closed_file(denial),
        },
    }
}

/// Who, as a message names it.
fn who(denial: &Denial) -> String {
    match &denial.comm {
        Some(comm) => format!("`{comm}`"),
        None => "a program".to_owned(),
    }
}

/// What was wanted, as a message names it.
fn thing(denial: &Denial) -> String {
    let class = denial.class.as_deref().unwrap_or("");
    match (&denial.path, class) {
        (Some(path), _) => format!("`{path}`"),
        (None, "dir") => "a folder".to_owned(),
        (None, "file") => "a file".to_owned(),
        (None, class) => format!("a `{class}`"),
    }
}

fn of_selinux(denial: &Denial) -> Advice {
    let target = denial.target.as_ref().map_or("", |t| t.kind.as_str());
    let class = denial.class.as_deref().unwrap_or("");
    let row = TABLE
        .as_ref()
        .and_then(|table| table.targets.iter().find(|row| row.fits(denial, target, class)));
    let mut notes = Vec::new();
    if let (Some(source), Some(target)) = (&denial.source, &denial.target) {
        notes.push(format!(
            "a process of type {} met a `{class}` of type {}",
            source.kind, target.kind
        ));
    }
    Advice {
        message: denied(denial),
        means: row.map_or(String::new(), |row| row.means.clone()),
        remedies: row.map_or_else(Vec::new, |row| written(&row.remedies, denial)),
        notes,
        source: row.map_or(String::new(), |row| format!("{TABLE_PATH}, {}", row.source)),
    }
}

/// What SELinux has not allowed, as a reader says it.
fn denied(denial: &Denial) -> String {
    let (who, thing) = (who(denial), thing(denial));
    let deed = match denial.permissions.as_slice() {
        [deed] => match deed.as_str() {
            "name_bind" => Some("listen at"),
            "name_connect" | "connectto" => Some("connect to"),
            "add_name" => Some("put something into"),
            "remove_name" => Some("take something out of"),
            "getattr" => Some("look at"),
            "search" => Some("go through"),
            "send_msg" => Some("send a message to"),
            deed => Some(deed).filter(|deed| deed.chars().all(|c| c.is_ascii_lowercase())),
        },
        _ => None,
    };
    match (deed, denial.let_pass) {
        (Some(deed), true) => format!("SELinux would not let {who} {deed} {thing}"),
        (Some(deed), false) => format!("SELinux did not let {who} {deed} {thing}"),
        (None, let_pass) => {
            let verb = if let_pass { "would deny" } else { "denied" };
            format!("SELinux {verb} {who} {} access to {thing}", listed(&denial.permissions))
        }
    }
}

/// `read, open and write`.
fn listed(words: &[String]) -> String {
    match words {
        [] => "any".to_owned(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

fn of_capability_record(denial: &Denial) -> Advice {
    let name = denial.capability.unwrap_or("a capability");
    let rows = TABLE
        .as_ref()
        .map(|table| table.capabilities.as_slice())
        .unwrap_or_default();
    let row = rows.iter().find(|row| row.names.iter().any(|n| n == "*" || n == name));
    let fact = "SELinux is asked only after the kernel found that the process has the capability: \
                adding it with `--cap-add` changes nothing";
    Advice {
        message: format!("SELinux did not let {} use {name}, which it has", who(denial)),
        means: "a capability that the container has and its type may not use".to_owned(),
        remedies: row.map_or_else(Vec::new, |row| written(&row.remedies, denial)),
        notes: vec![fact.to_owned()],
        source: TABLE_PATH.to_owned(),
    }
}

fn of_call(denial: &Denial) -> Advice {
    let call = denial.syscall.as_deref().unwrap_or("a system call");
    let rows = TABLE.as_ref().map(|table| table.calls.as_slice()).unwrap_or_default();
    let row = rows.iter().find(|row| row.names.contains_key(call));
    let mut remedies = Vec::new();
    let own = format!("a filter of its own that allows `{call}` besides the default ones: `seccomp=FILE.json`");
    remedies.push(remedy(RemedyKind::Seccomp, own));
    let mut notes = Vec::new();
    match row.and_then(|row| Some((row.opens.as_deref()?, row.refused))) {
        Some((name, false)) => {
            remedies.push(remedy(
                RemedyKind::Capability,
                format!("the default filters open it with `--cap-add={name}`, where that is wanted anyway"),
            ));
        }
        Some((name, true)) => notes.push(format!("{name} would open it, and the host with it")),
        None => {}
    }
    notes.extend(denial.rule.clone());
    notes.push("the default filters let a call fail without a record: that there is none proves nothing".to_owned());
    Advice {
        message: format!("the filter of system calls did not let {} call `{call}`", who(denial)),
        means: String::new(),
        remedies,
        notes,
        source: TABLE_PATH.to_owned(),
    }
}

fn of_apparmor(denial: &Denial) -> Advice {
    let operation = denial.permissions.first().map_or("", String::as_str);
    let profile = denial.rule.as_deref().unwrap_or("");
    let rows = TABLE
        .as_ref()
        .map(|table| table.apparmor.as_slice())
        .unwrap_or_default();
    let path = denial.path.as_deref().unwrap_or("");
    let fits = |row: &&OfOperation| {
        row.operations.iter().any(|o| glob::fits(o, operation))
            && (row.paths.is_empty() || row.paths.iter().any(|p| glob::fits(p, path)))
    };
    let row = rows.iter().find(fits);
    let verb = if denial.let_pass {
        "would not let"
    } else {
        "did not let"
    };
    let what = match (denial.capability, &denial.path) {
        (Some(name), _) => format!("use {name}"),
        (None, Some(path)) => format!("do `{operation}` to `{path}`"),
        (None, None) => format!("do `{operation}`"),
    };
    Advice {
        message: format!("AppArmor {verb} {} {what}", who(denial)),
        means: row.map_or(String::new(), |row| row.means.clone()),
        remedies: row.map_or_else(Vec::new, |row| written(&row.remedies, denial)),
        notes: vec![format!("by its profile `{profile}`")],
        source: TABLE_PATH.to_owned(),
    }
}

fn of_missing_capability(denial: &Denial) -> Advice {
    let message = match &denial.syscall {
        Some(call) => format!("`{call}` was not permitted to {}", who(denial)),
        None => format!(
            "the kernel refused {} to {}",
            denial.capability.unwrap_or("a capability"),
            who(denial)
        ),
    };
    let remedies = denial.capability.map(|name| match name {
        "NET_BIND_SERVICE" => vec![
            remedy(RemedyKind::Port, PORTS.to_owned()),
            remedy(RemedyKind::Capability, format!("`--cap-add={name}`")),
        ],
        name => vec![remedy(RemedyKind::Capability, format!("`--cap-add={name}`"))],
    });
    Advice {
        message,
        means: "a capability that the container does not have".to_owned(),
        remedies: remedies.unwrap_or_default(),
        notes: Vec::new(),
        source: TABLE_PATH.to_owned(),
    }
}

/// What opens low ports without a capability.
const PORTS: &str = "a port above 1023, published as the low one; or `--sysctl net.ipv4.ip_unprivileged_port_start=0`, \
                     which docker sets itself since 20.10";

/// A file that nobody but the line says is closed.
fn of_closed_file(denial: &Denial) -> Advice {
    Advice {
        message: format!("{} was not let at {}", who(denial), thing(denial)),
        means: "closed by its label, its mode or its owner".to_owned(),
        remedies: label_then_files(),
        notes: vec![LOOK_FIRST.to_owned()],
        source: TABLE_PATH.to_owned(),
    }
}

const LOOK_FIRST: &str = "whether it is SELinux, `ausearch -m avc -ts recent` on the host tells";

fn label_then_files() -> Vec<Remedy> {
    vec![
        Remedy {
            open: true,
            ..remedy(RemedyKind::Relabel, String::new())
        },
        remedy(
            RemedyKind::Capability,
            "where the label is right: give the files to the user that the program runs as; \
             last, `--cap-add=DAC_OVERRIDE` for root"
                .to_owned(),
        ),
    ]
}

/// What lets a file be executed: no capability does where nobody has the right.
fn executable() -> Vec<Remedy> {
    vec![
        remedy(
            RemedyKind::Type,
            "`chmod +x` of the file, on the host where it is mounted, else in the image".to_owned(),
        ),
        Remedy {
            open: true,
            ..remedy(RemedyKind::Relabel, String::new())
        },
    ]
}

fn of_symptom(denial: &Denial, symptom: &Symptom) -> Advice {
    let add = || {
        symptom
            .names
            .iter()
            .filter(|n| !n.starts_with('/'))
            .map(|n| format!("--cap-add={n}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let path = denial.path.as_deref().filter(|p| p.starts_with("/dev/"));
    let device = symptom
        .names
        .iter()
        .find(|n| n.starts_with('/'))
        .map(String::as_str)
        .or(path);
    let mut remedies: Vec<Remedy> = match symptom.means {
        Means::Capability => vec![remedy(RemedyKind::Capability, format!("`{}`", add()))],
        Means::Files => label_then_files(),
        Means::Executable => executable(),
        Means::Device => {
            let device = device.unwrap_or("DEVICE");
            let mut list = vec![remedy(RemedyKind::Device, format!("`--device {device}`; a mount of the node does not open it"))];
            list.extend((!add().is_empty()).then(|| remedy(RemedyKind::Capability, format!("`{}`", add()))));
            list
        }
        Means::Port => vec![
            remedy(RemedyKind::Port, PORTS.to_owned()),
            remedy(RemedyKind::Capability, format!("`{}`", add())),
        ],
        Means::Seccomp => {
            let calls: Vec<String> = symptom.names.iter().map(|n| format!("`{n}`")).collect();
            vec![remedy(RemedyKind::Seccomp, format!("a filter of its own that allows {} besides the default ones: `seccomp=FILE.json`", calls.join(" and ")))]
        }
        Means::NoNewPrivileges => vec![remedy(RemedyKind::Type, "start as the user that does the work, or leave `no-new-privileges` away from this container".to_owned())],
        Means::FileCapability => vec![remedy(RemedyKind::Capability, "the capabilities that `getcap FILE` lists; or take them from the file when the image is built: `setcap -r FILE`".to_owned())],
        Means::Sysctl => vec![remedy(RemedyKind::Type, "`--sysctl NAME=VALUE` for a parameter of its own namespaces; any other is set on the host".to_owned())],
        Means::Module => vec![remedy(RemedyKind::Type, "load the module on the host before the container starts: `modprobe NAME`".to_owned())],
        Means::Cgroup => vec![remedy(RemedyKind::Type, "podman's `--systemd=always`; with docker a tmpfs at /run and /run/lock, and `--cgroupns=private`".to_owned())],
        Means::Shm => vec![remedy(RemedyKind::Type, "`--shm-size=1g`".to_owned())],
    };
    if let Some(instead) = &symptom.instead {
        remedies.insert(0, remedy(kind_of_instead(symptom.means), instead.clone()));
    }
    let mut notes = Vec::new();
    if matches!(symptom.means, Means::Files | Means::Executable) {
        notes.push(LOOK_FIRST.to_owned());
    }
    let path = denial
        .path
        .as_ref()
        .map_or("something".to_owned(), |path| format!("`{path}`"));
    Advice {
        message: symptom.why.replace("{path}", &path),
        means: String::new(),
        remedies,
        notes,
        source: format!("{}, {}", symptom::TABLE_PATH, symptom.source),
    }
}

/// What is narrower than a capability is of another kind.
fn kind_of_instead(means: Means) -> RemedyKind {
    match means {
        Means::Seccomp => RemedyKind::Seccomp,
        _ => RemedyKind::Type,
    }
}

fn remedy(kind: RemedyKind, text: String) -> Remedy {
    Remedy {
        kind,
        text,
        safety: Safety::Manual,
        open: false,
        shared: false,
    }
}

/// The remedies of a row, for one refusal.
fn written(rows: &[Written], denial: &Denial) -> Vec<Remedy> {
    let path = denial
        .path
        .as_deref()
        .filter(|p| p.starts_with('/'))
        .unwrap_or("DEVICE");
    let capability = denial.capability.unwrap_or("CAPABILITY");
    let one = |row: &Written| {
        let text = match (&row.text, row.kind) {
            (Some(text), _) => text
                .replace("{path}", path)
                .replace("{capability-lower}", &capability.to_ascii_lowercase())
                .replace("{capability}", capability),
            (None, RemedyKind::LabelDisable) => "last, `label=disable` for this container".to_owned(),
            (None, _) => String::new(),
        };
        Remedy {
            open: row.kind == RemedyKind::Relabel && row.text.is_none(),
            shared: row.shared,
            ..remedy(row.kind, text)
        }
    };
    rows.iter().map(one).collect()
}
