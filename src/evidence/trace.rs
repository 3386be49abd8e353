//! Traces of what was really asked of the kernel: the capabilities that a container used, and the calls
//! that failed.

use std::collections::BTreeMap;

use super::record::{Denial, DenialKind, capability};

/// What a trace saw of a container.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The container that the trace names.
    pub container: Option<String>,
    /// The capabilities that were asked for, each with the first line that says so.
    pub used: BTreeMap<&'static str, u64>,
    /// The lives that the marks of the trace tell of.
    pub lives: Vec<Life>,
}

/// One life of a container in a trace, as its marks tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// True for the first one, on data as it is created.
    pub first: bool,
    /// True where the trace went on until it was stopped.
    pub stopped: bool,
    /// True where it was reloaded.
    pub reloaded: bool,
}

impl Trace {
    /// True where it saw two lives, the first and a later one, each up to its stop.
    pub fn is_whole(&self) -> bool {
        let whole = |first| self.lives.iter().any(|life| life.first == first && life.stopped);
        whole(true) && whole(false)
    }

    /// What it covers, in words.
    pub fn covers(&self) -> String {
        let stopped = self.lives.iter().filter(|life| life.stopped).count();
        let reloads = self.lives.iter().filter(|life| life.reloaded).count();
        let reload = if reloads > 0 { ", with a reload" } else { "" };
        match (self.lives.len(), stopped) {
            (0, _) => "it does not say how long".to_owned(),
            (1, 1) => format!("1 life up to its stop{reload}"),
            (1, _) => format!("1 life, not up to its stop{reload}"),
            (n, s) if n == s => format!("{n} lives, each up to its stop{reload}"),
            (n, s) => format!("{n} lives, {s} of them up to the stop{reload}"),
        }
    }

    /// Takes a mark that the commands of `privlint trace` leave: `privlint: life first NAME`.
    pub(super) fn mark(&mut self, text: &str) -> bool {
        let Some((_, mark)) = text.split_once("privlint: ") else {
            return false;
        };
        let mut words = mark.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("life"), Some(which @ ("first" | "later")), name) => {
                self.lives.push(Life {
                    first: which == "first",
                    ..Life::default()
                });
                self.container = self.container.take().or(name.map(str::to_owned));
            }
            (Some("reload"), None, None) => self.lives.last_mut().into_iter().for_each(|life| life.reloaded = true),
            (Some("stop"), None, None) => self.lives.last_mut().into_iter().for_each(|life| life.stopped = true),
            _ => return false,
        }
        true
    }
}

/// A check of a capability, as a tool shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    /// The capability.
    pub(super) name: &'static str,
    /// The program.
    pub(super) comm: String,
    /// The container, where the tool names it.
    pub(super) container: Option<String>,
    /// True where the tool says that it was refused.
    pub(super) refused: bool,
}

/// A row of bcc's `capable`, of `capable.bt` and of Inspektor Gadget's table: `… COMM 12 CAP_NET_ADMIN …`.
pub(super) fn row(line: &str) -> Option<Check> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|w| w.starts_with("CAP_"))?;
    let name = capability(words.get(at)?)?;
    let number = words.get(at.checked_sub(1)?)?;
    if number.parse::<u8>().is_err() || at < 3 {
        return None;
    }
    Some(Check {
        name,
        comm: (*words.get(at - 2)?).to_owned(),
        container: None,
        refused: words.iter().skip(at).any(|w| matches!(*w, "Deny" | "DENY" | "denied")),
    })
}

/// A call of an strace that failed for want of a right: `chown("/data", 999, 999) = -1 EPERM (…)`.
pub(super) fn strace(line: &str) -> Option<Denial> {
    let (call, error) = line.rsplit_once(" = -1 ")?;
    let eperm = error.starts_with("EPERM");
    if !eperm && !error.starts_with("EACCES") {
        return None;
    }
    let (before, arguments) = call.split_once('(')?;
    let name = before.split_whitespace().last()?;
    let mut denial = Denial::new(if eperm { DenialKind::Capability } else { DenialKind::Log });
    denial.syscall = Some(name.to_owned());
    denial.path = arguments.split('"').nth(1).map(str::to_owned);
    if eperm {
        denial.capability = asked_by(name).or_else(|| super::advice::opens(name));
    } else if name == "bind" {
        denial.kind = DenialKind::Capability;
        denial.capability = capability("NET_BIND_SERVICE");
    } else {
        denial.class = Some("file".to_owned());
    }
    Some(denial)
}

/// The capability that a call asks for where it fails with EPERM (capabilities(7)).
fn asked_by(call: &str) -> Option<&'static str> {
    let name = match call {
        "chown" | "fchown" | "lchown" | "fchownat" => "CHOWN",
        "chmod" | "fchmod" | "fchmodat" | "utime" | "utimes" | "utimensat" | "futimesat" => "FOWNER",
        "setgid" | "setregid" | "setresgid" | "setgroups" | "setfsgid" => "SETGID",
        "setuid" | "setreuid" | "setresuid" | "setfsuid" => "SETUID",
        "kill" | "tkill" | "tgkill" => "KILL",
        "capset" => "SETPCAP",
        "mlock" | "mlockall" | "mlock2" => "IPC_LOCK",
        "setpriority" | "sched_setscheduler" | "sched_setaffinity" | "ioprio_set" => "SYS_NICE",
        "setrlimit" | "prlimit64" => "SYS_RESOURCE",
        "socket" => "NET_RAW",
        "mknod" | "mknodat" => "MKNOD",
        "setxattr" | "fsetxattr" => "SETFCAP",
        _ => return None,
    };
    capability(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_capable_are_read() {
        let check = row("22:11:23  999    2676   redis-server     7    CAP_SETUID           1").unwrap();
        assert_eq!(
            (check.name, check.comm.as_str(), check.refused),
            ("SETUID", "redis-server", false)
        );
        assert_eq!(
            row("TIME      UID    PID    COMM             CAP  NAME                 AUDIT"),
            None
        );
    }

    #[test]
    fn failed_calls_name_their_capability() {
        let denial = strace("[pid 12] chown(\"/data\", 999, 999) = -1 EPERM (Operation not permitted)").unwrap();
        assert_eq!(
            (denial.capability, denial.path.as_deref()),
            (Some("CHOWN"), Some("/data"))
        );
        let denial = strace("openat(AT_FDCWD, \"/x/y\", O_RDONLY) = -1 EACCES (Permission denied)").unwrap();
        assert_eq!((denial.capability, denial.path.as_deref()), (None, Some("/x/y")));
        assert_eq!(
            strace("openat(AT_FDCWD, \"/x\", O_RDONLY) = -1 ENOENT (No such file)"),
            None
        );
    }

    #[test]
    fn marks_tell_of_two_lives() {
        let mut trace = Trace::default();
        for mark in ["life first registry", "stop", "life later registry"] {
            assert!(trace.mark(&format!("privlint: {mark}")));
        }
        assert!(!trace.is_whole() && trace.container.as_deref() == Some("registry"));
        assert!(trace.mark("privlint: stop") && trace.is_whole());
    }
}
