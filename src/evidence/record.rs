//! One refusal, and reading it from a line of a log.

use super::fields::Fields;
use crate::knowledge::capabilities;

/// Which part of the system refused. The words are those of the `denials` JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DenialKind {
    /// SELinux.
    Avc,
    /// A filter of system calls.
    Seccomp,
    /// AppArmor.
    Apparmor,
    /// The kernel's check of a capability, as a trace shows it.
    Capability,
    /// Whoever it was: the container's own log says that something failed.
    Log,
}

/// An SELinux context taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Context {
    /// The whole as written.
    pub text: String,
    /// Its type: `container_t`.
    pub kind: String,
    /// Its categories, `c127,c779`; empty for none.
    pub categories: String,
}

impl Context {
    /// Takes `user:role:type:level` apart.
    pub fn parse(text: &str) -> Option<Context> {
        let mut parts = text.splitn(4, ':');
        let (user, role, kind) = (parts.next()?, parts.next()?, parts.next()?);
        let level = parts.next().unwrap_or("");
        let word =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
        if ![user, role, kind].into_iter().all(word) {
            return None;
        }
        let categories = level.split_once(':').map_or("", |(_, c)| c);
        Some(Context {
            text: text.to_owned(),
            kind: kind.to_owned(),
            categories: categories.to_owned(),
        })
    }

    /// True for a type that confines a container (container-selinux 2.250 container.te; udica's own end in
    /// `.process`).
    pub fn is_container(&self) -> bool {
        let kind = self.kind.as_str();
        matches!(
            kind,
            "svirt_lxc_net_t" | "svirt_t" | "svirt_kvm_net_t" | "svirt_qemu_net_t" | "openshift_t" | "sandbox_t"
        ) || kind.ends_with(".process")
            || (kind.starts_with("container_") && kind.ends_with("_t") && !self.is_engine())
    }

    /// True for what runs unconfined for containers: the engine itself, and privileged containers.
    pub fn is_engine(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "spc_t" | "container_runtime_t" | "docker_t" | "container_runtime_exec_t" | "conmon_t"
        )
    }
}

/// Something that was refused to a container.
#[derive(Clone, Debug, PartialEq)]
pub struct Denial {
    /// Who refused it.
    pub kind: DenialKind,
    /// The line of the log, from 1; the first of them where the same was refused again.
    pub line: u64,
    /// How often the log says the same.
    pub count: u64,
    /// The line as it stands there, cut where it is long.
    pub text: String,
    /// The program, at most 15 characters of its name.
    pub comm: Option<String>,
    /// The path; only its last part where the record has no more.
    pub path: Option<String>,
    /// The object class: `file`, `chr_file`, `capability`.
    pub class: Option<String>,
    /// What was refused: `read`, `sys_admin`.
    pub permissions: Vec<String>,
    /// The context of the program.
    pub source: Option<Context>,
    /// The context of what it wanted.
    pub target: Option<Context>,
    /// True where it was only recorded: `permissive=1`, AppArmor's `ALLOWED`.
    pub let_pass: bool,
    /// The capability that was asked for, without `CAP_`.
    pub capability: Option<&'static str>,
    /// The system call, by its name or as `12 (arch …)`.
    pub syscall: Option<String>,
    /// What AppArmor or the filter calls its rule: the profile, the operation, the action.
    pub rule: Option<String>,
    /// The port of a socket.
    pub port: Option<String>,
    /// The container that the log names, by name or the beginning of its id.
    pub container: Option<String>,
    /// The row of the table of symptoms that the line fits.
    pub symptom: Option<usize>,
}

impl Denial {
    /// A refusal of which nothing is known yet.
    pub(super) fn new(kind: DenialKind) -> Denial {
        Denial {
            kind,
            line: 0,
            count: 1,
            text: String::new(),
            comm: None,
            path: None,
            class: None,
            permissions: Vec::new(),
            source: None,
            target: None,
            let_pass: false,
            capability: None,
            syscall: None,
            rule: None,
            port: None,
            container: None,
            symptom: None,
        }
    }

    /// True where both say the same of the same program and thing.
    pub(super) fn same(&self, other: &Denial) -> bool {
        let key = |d: &Denial| (d.kind, d.let_pass, d.capability, d.symptom);
        key(self) == key(other)
            && self.comm == other.comm
            && self.path == other.path
            && self.class == other.class
            && self.permissions == other.permissions
            && self.source == other.source
            && self.target == other.target
            && self.syscall == other.syscall
            && self.rule == other.rule
            && self.port == other.port
            && self.container == other.container
    }

    /// True where the path is only the last part of one.
    pub fn is_name_only(&self) -> bool {
        self.path.as_ref().is_some_and(|path| !path.contains('/'))
    }

    /// True for the classes of the capabilities, which SELinux checks after the kernel has.
    pub fn is_of_capability_class(&self) -> bool {
        let class = self.class.as_deref().unwrap_or("");
        matches!(class, "capability" | "capability2" | "cap_userns" | "cap2_userns")
    }

    /// True where a file, or a folder, was refused.
    pub fn is_of_file_class(&self) -> bool {
        let class = self.class.as_deref().unwrap_or("");
        matches!(class, "file" | "dir" | "lnk_file" | "sock_file" | "fifo_file")
    }

    /// True where it wanted to change something.
    pub fn wants_to_write(&self) -> bool {
        const WRITES: &[&str] = &[
            "write",
            "append",
            "create",
            "add_name",
            "remove_name",
            "unlink",
            "rename",
            "setattr",
            "link",
            "rmdir",
            "w",
            "c",
            "a",
            "d",
        ];
        self.permissions.iter().any(|p| WRITES.contains(&p.as_str()))
    }
}

/// The number and the name of a capability, by what a record calls it: `21`, `sys_admin`, `CAP_SYS_ADMIN`.
pub(super) fn capability(word: &str) -> Option<&'static str> {
    let digits = word.strip_prefix("CAP_").unwrap_or(word);
    if let Ok(number) = digits.parse::<u8>() {
        return capabilities::all()
            .iter()
            .find(|c| c.number == number)
            .map(|c| c.name.as_str());
    }
    let upper = word.to_ascii_uppercase();
    let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
    capabilities::find(name).map(|c| c.name.as_str())
}

/// An SELinux record: what stands after `avc:`.
pub(super) fn avc(text: &str, interpreted: bool) -> Option<Denial> {
    let (_, after) = text.split_once("avc:")?;
    let after = after.trim_start();
    let body = after.strip_prefix("denied")?.trim_start();
    let body = body.strip_prefix('{')?;
    let (permissions, rest) = body.split_once('}')?;
    let mut denial = Denial::new(DenialKind::Avc);
    denial.permissions = permissions.split_whitespace().map(str::to_owned).take(32).collect();
    let fields = Fields::of(rest, interpreted);
    denial.source = fields.get("scontext").and_then(|c| Context::parse(&c));
    denial.target = fields.get("tcontext").and_then(|c| Context::parse(&c));
    denial.class = fields.get("tclass");
    denial.comm = fields.get("comm");
    denial.path = fields.get("path").or_else(|| fields.get("name"));
    denial.let_pass = fields.get("permissive").as_deref() == Some("1");
    denial.port = fields
        .get("src")
        .or_else(|| fields.get("dest"))
        .or_else(|| fields.get("lport"));
    if denial.is_of_capability_class() {
        let number = fields.get("capability").and_then(|n| capability(&n));
        denial.capability = number.or_else(|| denial.permissions.first().and_then(|p| capability(p)));
    }
    (denial.source.is_some() && denial.class.is_some()).then_some(denial)
}

/// A record of AppArmor.
pub(super) fn apparmor(text: &str, interpreted: bool) -> Option<Denial> {
    let (_, after) = text.split_once("apparmor=")?;
    let verdict = after.trim_start_matches('"');
    let denied = verdict.starts_with("DENIED");
    if !denied && !verdict.starts_with("ALLOWED") {
        return None;
    }
    let fields = Fields::of(text, interpreted);
    let mut denial = Denial::new(DenialKind::Apparmor);
    denial.let_pass = !denied;
    denial.comm = fields.get("comm");
    denial.path = fields.get("name");
    denial.class = fields.get("class");
    let operation = fields.get("operation").unwrap_or_default();
    let profile = fields.get("profile").unwrap_or_default();
    let mask = fields.get("denied_mask").or_else(|| fields.get("requested_mask"));
    denial.permissions = mask.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if denial.permissions.len() == 1
        && matches!(operation.as_str(), "open" | "file_perm" | "mknod" | "mkdir" | "unlink")
    {
        denial.permissions = denial.permissions.concat().chars().map(String::from).collect();
    }
    if operation == "capable" {
        let name = fields.get("capname").or_else(|| fields.get("capability"));
        denial.capability = name.and_then(|n| capability(&n));
    }
    denial.permissions.insert(0, operation);
    denial.rule = Some(profile);
    Some(denial)
}

/// A record of a filter of system calls.
pub(super) fn seccomp(text: &str, interpreted: bool) -> Option<Denial> {
    let fields = Fields::of(text, interpreted);
    let call = fields.get("syscall")?;
    let mut denial = Denial::new(DenialKind::Seccomp);
    denial.comm = fields.get("comm");
    denial.path = fields.get("exe");
    denial.source = fields.get("subj").and_then(|c| Context::parse(&c));
    let arch = fields
        .get("SYSCALL")
        .map(|_| String::new())
        .or_else(|| fields.get("arch"))
        .unwrap_or_default();
    let named = fields
        .get("SYSCALL")
        .or_else(|| super::advice::syscall_name(&arch, &call));
    denial.syscall = Some(named.unwrap_or_else(|| match call.parse::<u32>() {
        Ok(number) => format!("{number} ({arch})"),
        Err(_) => call,
    }));
    let code = fields.get("code").unwrap_or_default();
    denial.let_pass = matches!(code.as_str(), "0x7ffc0000" | "log");
    denial.rule = Some(action(&code).to_owned());
    Some(denial)
}

/// What a filter does, by the action that a record gives (the kernel's include/uapi/linux/seccomp.h).
fn action(code: &str) -> &'static str {
    match code {
        "0x80000000" | "kill_process" | "kill-process" => "the process was killed",
        "0x0" | "0x00000000" | "kill" | "kill_thread" | "kill-thread" => "the thread was killed",
        "0x30000" | "0x00030000" | "trap" => "the process was sent SIGSYS",
        "0x7ffc0000" | "log" => "the call was only recorded",
        _ if code.starts_with("0x5") || code.starts_with("0x0005") || code == "errno" => "the call failed",
        _ => "the filter decided",
    }
}

/// A transition that the policy refused: `SELINUX_ERR`.
pub(super) fn selinux_error(text: &str, interpreted: bool) -> Option<Denial> {
    let fields = Fields::of(text, interpreted);
    let operation = fields
        .get("op")
        .or_else(|| fields.get("seresult").map(|_| "a transition".to_owned()))?;
    let mut denial = Denial::new(DenialKind::Avc);
    let context = |keys: [&str; 3]| {
        let found = keys.into_iter().find_map(|key| fields.get(key))?;
        Context::parse(&found)
    };
    denial.source = context(["scontext", "oldcontext", "subj"]);
    denial.target = context(["newcontext", "tcontext", "invalid_context"]);
    denial.class = fields.get("tclass").or_else(|| Some("process".to_owned()));
    denial.permissions = vec![operation];
    denial.comm = fields.get("comm");
    denial.source.is_some().then_some(denial)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_record_of_the_registry() {
        let text = "type=AVC msg=audit(1603218166.554:4674): avc:  denied  { read } for  pid=223435 \
                    comm=\"registry\" name=\"domain.crt\" dev=\"dm-0\" ino=6582402 \
                    scontext=system_u:system_r:container_t:s0:c127,c779 \
                    tcontext=unconfined_u:object_r:user_home_t:s0 tclass=file permissive=0";
        let denial = avc(text, false).unwrap();
        assert_eq!(denial.comm.as_deref(), Some("registry"));
        assert_eq!(denial.path.as_deref(), Some("domain.crt"));
        assert_eq!(denial.permissions, ["read"]);
        assert_eq!(denial.source.as_ref().unwrap().categories, "c127,c779");
        assert_eq!(denial.target.as_ref().unwrap().kind, "user_home_t");
        assert!(!denial.let_pass && denial.is_name_only() && denial.is_of_file_class());
    }

    #[test]
    fn a_capability_is_known_by_number_and_by_name() {
        assert_eq!(capability("21"), Some("SYS_ADMIN"));
        assert_eq!(capability("cap_chown"), Some("CHOWN"));
        assert_eq!(capability("nonsense"), None);
    }
}
