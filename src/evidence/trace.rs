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
    /// The lives that the marks of the trace tell of, those of other containers too.
    pub lives: Vec<Life>,
    /// True where the capabilities that files of the container carry are listed.
    pub files_listed: bool,
}

/// One life of a container in a trace, as its marks tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// The container, as the mark names it.
    pub name: Option<String>,
    /// True for the first one, on data as it is created.
    pub first: bool,
    /// True where anything was recorded: nobody runs without asking for a capability.
    pub recorded: bool,
    /// True where the trace went on until it was stopped.
    pub stopped: bool,
    /// True where it was reloaded.
    pub reloaded: bool,
    /// True where the recorder says that it could not keep up.
    pub lost: bool,
}

impl Trace {
    /// True where it saw two lives, the first and a later one, each up to its stop, and the capabilities
    /// of files: a program that carries one fails to start without it, and no check of it is recorded.
    pub fn is_whole(&self) -> bool {
        let whole = |first| {
            self.own_lives().any(|l| l.first == first && l.stopped && l.recorded) && !self.own_lives().any(|l| l.lost)
        };
        self.files_listed && whole(true) && whole(false)
    }

    fn own_lives(&self) -> impl Iterator<Item = &Life> {
        self.lives.iter().filter(|life| life.name == self.container)
    }

    /// What it covers, in words.
    pub fn covers(&self) -> String {
        let count = self.own_lives().count();
        let stopped = self.own_lives().filter(|life| life.stopped).count();
        let mut covers = match (count, stopped) {
            (0, _) => "it does not say how long".to_owned(),
            (1, 1) => "1 life up to its stop".to_owned(),
            (1, _) => "1 life, not up to its stop".to_owned(),
            (n, s) if n == s => format!("{n} lives, each up to its stop"),
            (n, s) => format!("{n} lives, {s} of them up to the stop"),
        };
        if self.own_lives().any(|life| life.reloaded) {
            covers.push_str(", with a reload");
        }
        match self.own_lives().filter(|life| !life.recorded).count() {
            0 => {}
            n if n == count => covers.push_str(", in which nothing was recorded"),
            n => covers.push_str(&format!(", in {n} of which nothing was recorded")),
        }
        if self.own_lives().any(|life| life.lost) {
            covers.push_str(", of which bpftrace lost a part");
        }
        if !self.files_listed {
            covers.push_str(", without the capabilities that files carry");
        }
        covers
    }

    /// Takes a check of a capability that was not refused.
    pub(super) fn saw(&mut self, name: &'static str, line: u64) {
        self.used.entry(name).or_insert(line);
        let open = self.lives.last_mut().filter(|life| !life.stopped);
        open.into_iter().for_each(|life| life.recorded = true);
    }

    /// Takes bpftrace's own word that it could not keep up: `Lost 12 events`.
    pub(super) fn loses(&mut self, text: &str) -> bool {
        let count = text.strip_prefix("Lost ").and_then(|rest| rest.strip_suffix(" events"));
        let lost = count.is_some_and(|n| n.parse::<u64>().is_ok());
        let last = self.lives.last_mut().filter(|_| lost);
        last.into_iter().for_each(|life| life.lost = true);
        lost
    }

    /// Takes a mark that the commands of `privlint trace` leave: `privlint: life first NAME`.
    pub(super) fn mark(&mut self, text: &str) -> bool {
        let Some((_, mark)) = text.split_once("privlint: ") else {
            return false;
        };
        let mut words = mark.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("life"), Some(which @ ("first" | "later")), name) => {
                let name = name.map(str::to_owned);
                self.container = self.container.take().or(name.clone());
                self.lives.push(Life {
                    name,
                    first: which == "first",
                    ..Life::default()
                });
            }
            (Some("files"), name, None) => {
                let own = name.is_some() && name == self.container.as_deref();
                self.files_listed |= own;
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

/// The capabilities that a file carries, as getcap lists them: `/bin/ping cap_net_raw=ep`, and
/// `/bin/ping = cap_net_raw+ep` of old ones.
pub(super) fn carried(line: &str) -> Vec<&'static str> {
    let Some((_, clauses)) = line.split_once(" cap_").filter(|_| line.starts_with(['/', '.'])) else {
        return Vec::new();
    };
    let clauses = format!("cap_{clauses}");
    let lists = clauses
        .split_whitespace()
        .filter_map(|clause| clause.split_once(['=', '+']));
    let names: Option<Vec<_>> = lists.flat_map(|(list, _)| list.split(',')).map(capability).collect();
    names.unwrap_or_default()
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

    fn trace(marks: &[&str]) -> Trace {
        let mut trace = Trace::default();
        for mark in marks {
            match *mark {
                "row" => trace.saw("CHOWN", 1),
                "lost" => assert!(trace.loses("Lost 12 events")),
                mark => assert!(trace.mark(&format!("privlint: {mark}")), "{mark}"),
            }
        }
        trace
    }

    #[test]
    fn marks_tell_of_two_lives() {
        let mut whole = vec!["life first web", "row", "stop", "life later web", "row"];
        assert!(!trace(&[&whole[..], &["files web"]].concat()).is_whole());
        whole.extend(["stop", "files web"]);
        assert!(trace(&whole).is_whole());
        for missing in 0..whole.len() {
            let mut part = whole.clone();
            part.remove(missing);
            assert!(!trace(&part).is_whole(), "{part:?}");
        }
    }

    #[test]
    fn a_trace_that_lost_events_is_not_whole() {
        let life = |which| [which, "row", "stop"];
        let both = [life("life first web"), life("life later web")].concat();
        assert!(trace(&[&both[..], &["files web"]].concat()).is_whole());
        for at in 1..both.len() {
            let mut part = [&both[..], &["files web"]].concat();
            part.insert(at, "lost");
            assert!(!trace(&part).is_whole(), "{part:?}");
        }
    }

    #[test]
    fn lives_of_another_container_are_not_its_own() {
        let mixed = [
            "life first web",
            "row",
            "stop",
            "files web",
            "life later app",
            "row",
            "stop",
        ];
        let trace = trace(&mixed);
        assert!(!trace.is_whole());
        assert_eq!(trace.covers(), "1 life up to its stop");
    }

    #[test]
    fn a_trace_says_what_it_lacks() {
        let empty = ["life first app", "stop", "life later app", "stop"];
        assert_eq!(
            trace(&empty).covers(),
            "2 lives, each up to its stop, in which nothing was recorded, without the capabilities that files carry"
        );
    }

    #[test]
    fn capabilities_of_files_are_read() {
        assert_eq!(carried("./usr/bin/ping cap_net_raw=ep"), ["NET_RAW"]);
        assert_eq!(carried("/bin/x y = cap_chown,cap_kill+ep"), ["CHOWN", "KILL"]);
        assert!(carried("error: cap_chown is missing").is_empty() && carried("/bin/x cap_off=1").is_empty());
    }
}
