//! What the commands of a `RUN` do to privileges: bits and capabilities of files, `sudo`, groups; and
//! the accounts that they make.

use crate::container::{Grant, GrantKind, Place, Text, Written};
use crate::shell::Step;
use crate::source::Span;

use super::modes::{opens_to_all, set_id, without_set_id, without_write_for_others};
use super::sudoers;

/// Grants of one image that are kept: no real file has a tenth of them.
pub(super) const MAX_GRANTS: usize = 400;

/// Words without one of which no command of a step can matter here.
const TELLING: &[&str] = &[
    "chmod",
    "install",
    "setcap",
    "sudo",
    "usermod",
    "useradd",
    "adduser",
    "addgroup",
    "gpasswd",
    "passwd",
    "statoverride",
    "NOPASSWD",
    "cat",
    "tee",
    "printf",
    "echo",
];

/// True for a step that may hold one of the commands that are looked for.
pub(super) fn is_telling(text: &str) -> bool {
    let has = |word: &&str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    TELLING.iter().any(has)
}

/// What has been found so far in the steps of an image.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) grants: Vec<Written<Grant>>,
    pub(super) accounts: Vec<Written<Text>>,
}

impl Found {
    /// Takes in one command; `root` where steps run as root there.
    pub(super) fn command(&mut self, step: &Step, root: bool) {
        let mut at = 0;
        if step.program(0) == "sudo" {
            match self.sudo(step, root) {
                Some(next) => at = next,
                None => return,
            }
        }
        while matches!(
            step.program(at).as_str(),
            "env" | "command" | "exec" | "xargs" | "nice" | "time"
        ) {
            at += 1;
            while step.shown(at).starts_with('-') || step.shown(at).contains('=') {
                at += 1;
            }
        }
        let program = step.program(at);
        match program.as_str() {
            "find" => {
                let exec = (at..step.words.len()).find(|&i| matches!(step.shown(i).as_str(), "-exec" | "-execdir"));
                if let Some(exec) = exec.filter(|&exec| step.program(exec + 1) == "chmod") {
                    self.chmod(step, exec + 2);
                }
            }
            "chmod" => self.chmod(step, at + 1),
            "install" => self.install(step, at + 1),
            "dpkg-statoverride" => self.override_mode(step, at + 1),
            "setcap" => self.setcap(step, at + 1),
            "chpasswd" | "passwd" => self.password(step, at, &program),
            "usermod" | "useradd" | "adduser" | "addgroup" | "gpasswd" => self.account(step, at, &program),
            "rm" => {
                let of_sudo = (at..step.words.len()).any(|i| step.shown(i).contains("sudoers"));
                self.forget(|kind| of_sudo && *kind == GrantKind::PasswordlessSudo);
            }
            _ => self.packages(step, at, &program),
        }
        self.sudoers(step, at, &program);
    }

    /// `COPY --chmod`: a mode that is written in place.
    pub(super) fn copied_mode(&mut self, mode: &str, subject: &str, place: Place) {
        self.mode(mode, subject, place, true, true);
    }

    /// A text that is put into a file of `sudoers`.
    pub(super) fn sudoers_text(&mut self, text: &str, place: &Place) {
        for account in sudoers::without_password(text) {
            self.add(GrantKind::PasswordlessSudo, account, place.clone(), true);
        }
    }

    pub(super) fn add(&mut self, kind: GrantKind, subject: String, place: Place, certain: bool) {
        // the same said twice, by `echo` and by the `tee` it is piped to, is one
        let known = |w: &Written<Grant>| w.value.kind == kind && w.value.subject == subject;
        let repeats = matches!(kind, GrantKind::PasswordlessSudo | GrantKind::GroupMembership(_));
        if self.grants.len() >= MAX_GRANTS || repeats && self.grants.iter().any(known) {
            return;
        }
        self.grants.push(Written {
            value: Grant { kind, subject },
            place,
            certain,
        });
    }

    fn forget(&mut self, gone: impl Fn(&GrantKind) -> bool) {
        self.grants.retain(|w| !gone(&w.value.kind));
    }

    /// `sudo`: where the command behind it begins; `None` where it becomes somebody else than root.
    fn sudo(&mut self, step: &Step, root: bool) -> Option<usize> {
        let mut at = 1;
        let mut plain = true;
        while let Some(word) = step.words.get(at) {
            let shown = word.text.shown();
            if shown == "--" {
                at += 1;
                break;
            }
            let assigns = shown.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            });
            if !shown.starts_with('-') && !assigns {
                break;
            }
            plain = false;
            let (flag, value) = match shown.split_once('=') {
                Some((flag, value)) if shown.starts_with("--") => (flag.to_owned(), Some(value.to_owned())),
                _ => (shown.clone(), None),
            };
            let cluster = !flag.starts_with("--");
            let takes = matches!(
                flag.as_str(),
                "--user" | "--group" | "--host" | "--prompt" | "--chdir" | "--chroot" | "--role" | "--type"
            ) || (cluster && flag.ends_with(['u', 'g', 'h', 'p', 'C', 'D', 'R', 'r', 't', 'T']));
            let next = value.is_none() && takes;
            if flag == "--user" || (cluster && !assigns && flag.ends_with('u')) {
                let user = value.unwrap_or_else(|| step.shown(at + 1));
                if !matches!(user.as_str(), "root" | "#0" | "0") {
                    return None;
                }
            }
            at += if next { 2 } else { 1 };
        }
        let (first, next) = (step.words.first()?, step.words.get(at)?);
        let here = first.place.via.is_empty() && next.place.via.is_empty() && first.place.file == next.place.file;
        let mut place = first.place.clone();
        if here && next.place.value.start >= place.value.end {
            place.entry = Span {
                start: place.value.start,
                end: next.place.value.start,
            };
        }
        let kind = GrantKind::SudoUsed {
            needless: root && plain && here,
        };
        self.add(kind, step.program(at), place, step.certain);
        Some(at)
    }

    fn chmod(&mut self, step: &Step, from: usize) {
        let mut words = (from..step.words.len()).filter(|&i| !step.shown(i).starts_with('-'));
        let Some(mode) = words.next() else { return };
        let rest: Vec<String> = words.map(|i| step.shown(i)).collect();
        let files: Vec<&str> = rest
            .iter()
            .map(String::as_str)
            .filter(|f| !matches!(*f, ";" | "+" | "{}" | "\\;"))
            .collect();
        let shown = step.shown(mode);
        if files.is_empty() {
            self.take_back(step, &shown);
        }
        let subject = named(&files);
        if let Some(word) = step.words.get(mode) {
            self.mode(
                &shown,
                &subject,
                word.place.clone(),
                step.certain,
                word.place.via.is_empty(),
            );
        }
    }

    fn install(&mut self, step: &Step, from: usize) {
        let mut mode: Option<(String, Place, bool)> = None;
        let mut last = String::new();
        let mut at = from;
        while let Some(word) = step.words.get(at) {
            let shown = word.text.shown();
            at += 1;
            let own = word.place.clone();
            if let Some(value) = shown.strip_prefix("--mode=") {
                mode = Some((value.to_owned(), own, false));
            } else if shown == "--directory" {
                return;
            } else if shown.starts_with("--") {
                if matches!(
                    shown.as_str(),
                    "--owner" | "--group" | "--target-directory" | "--suffix"
                ) {
                    at += 1;
                }
            } else if let Some(cluster) = shown.strip_prefix('-').filter(|c| !c.is_empty()) {
                let letter = cluster.find(['m', 'o', 'g', 't', 'S', 'd']);
                let Some(letter) = letter else { continue };
                let value = cluster.get(letter + 1..).unwrap_or("");
                match cluster.get(letter..letter + 1) {
                    Some("d") => return,
                    Some("m") if value.is_empty() => {
                        let place = step.words.get(at).map(|w| (w.place.clone(), w.place.via.is_empty()));
                        mode = place.map(|(place, here)| (step.shown(at), place, here));
                        at += 1;
                    }
                    Some("m") => mode = Some((value.to_owned(), own, false)),
                    _ if value.is_empty() => at += 1,
                    _ => {}
                }
            } else {
                last = shown;
            }
        }
        if let Some((mode, place, exact)) = mode {
            self.mode(&mode, &last, place, step.certain, exact);
        }
    }

    /// `dpkg-statoverride --update --add root root 4755 /path`
    fn override_mode(&mut self, step: &Step, from: usize) {
        let words: Vec<usize> = (from..step.words.len())
            .filter(|&i| !step.shown(i).starts_with('-'))
            .collect();
        let adds = (from..step.words.len()).any(|i| step.shown(i) == "--add");
        if let ([_, _, mode, file], true) = (words.as_slice(), adds)
            && let Some(word) = step.words.get(*mode)
        {
            self.mode(
                &step.shown(*mode),
                &step.shown(*file),
                word.place.clone(),
                step.certain,
                true,
            );
        }
    }

    /// A mode that is given to a file; `exact` where the place holds nothing but the mode.
    fn mode(&mut self, mode: &str, subject: &str, place: Place, certain: bool, exact: bool) {
        if opens_to_all(mode) && !is_shared_by_design(subject) {
            let without = without_write_for_others(mode).filter(|_| exact);
            let kind = GrantKind::WorldWritable { without };
            self.add(kind, subject.to_owned(), place.clone(), certain);
        }
        let Some((user, group)) = set_id(mode) else { return };
        // the group's bit on a directory only hands down its group: told apart by where programs live
        let program = subject
            .split('/')
            .any(|part| matches!(part, "bin" | "sbin" | "libexec"));
        if !(user || group && program) || subject.ends_with('/') {
            return;
        }
        let kind = GrantKind::SetuidBit {
            without: without_set_id(mode).filter(|_| exact),
            group_only: !user,
        };
        self.add(kind, subject.to_owned(), place, certain);
    }

    fn setcap(&mut self, step: &Step, from: usize) {
        let mut at = from;
        while let Some(word) = step.words.get(at) {
            let text = word.text.shown();
            match text.as_str() {
                "-r" | "-v" | "-h" | "--help" => return,
                "-n" => at += 2,
                flag if flag.starts_with('-') => at += 1,
                _ => {
                    let file = step.shown(at + 1);
                    if !file.is_empty() && text != "=" {
                        self.add(GrantKind::FileCapability(text), file, word.place.clone(), step.certain);
                    }
                    at += 2;
                }
            }
        }
    }

    /// `sudo` installed, or taken away again.
    fn packages(&mut self, step: &Step, at: usize, program: &str) {
        let managers = [
            "apt-get", "apt", "aptitude", "nala", "yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper", "apk", "pacman",
        ];
        if !managers.contains(&program) {
            return;
        }
        let words: Vec<String> = (at + 1..step.words.len()).map(|i| step.shown(i)).collect();
        let is = |verbs: &[&str]| words.iter().any(|w| verbs.contains(&w.as_str()));
        let upper =
            |letter: char| program == "pacman" && words.iter().any(|w| w.starts_with('-') && w.contains(letter));
        let package = words.iter().position(|w| {
            let name = w.split(['=', '<', '>', '~', ':']).next().unwrap_or("");
            matches!(name, "sudo" | "sudo-ldap" | "sudo-rs")
        });
        let Some(word) = package.and_then(|i| step.words.get(at + 1 + i)) else {
            return;
        };
        if is(&["remove", "purge", "autoremove", "del", "erase", "rm"]) || upper('R') {
            self.forget(|kind| *kind == GrantKind::SudoInstalled);
        } else if is(&["install", "add", "in", "reinstall"]) || upper('S') {
            let known = self.grants.iter().any(|w| w.value.kind == GrantKind::SudoInstalled);
            if !known {
                self.add(
                    GrantKind::SudoInstalled,
                    "sudo".to_owned(),
                    word.place.clone(),
                    step.certain,
                );
            }
        }
    }

    /// Lines of `sudoers` that a command writes.
    fn sudoers(&mut self, step: &Step, at: usize, program: &str) {
        let of_sudo = |text: &str| text.contains("NOPASSWD");
        match program {
            "echo" | "printf" => {
                let word = (at + 1..step.words.len()).find(|&i| of_sudo(&step.shown(i)));
                let Some(word) = word.and_then(|i| step.words.get(i)) else {
                    return;
                };
                let words: Vec<String> = (at + 1..step.words.len())
                    .map(|i| step.shown(i))
                    .filter(|w| !matches!(w.as_str(), "-e" | "-n" | "-ne" | "-en"))
                    .collect();
                self.sudoers_text(&unescaped(&words.join(" ")), &word.place);
            }
            "sed" => {
                let scripts = (at + 1..step.words.len()).filter(|&i| of_sudo(&step.shown(i)));
                let words: Vec<_> = scripts.filter_map(|i| step.words.get(i)).collect();
                for word in words {
                    if let Some(account) = sudoers::by_sed(&word.text.shown()) {
                        self.add(GrantKind::PasswordlessSudo, account, word.place.clone(), step.certain);
                    }
                }
            }
            _ => {
                let fed = step.fed.as_deref().filter(|fed| of_sudo(fed));
                let aims = step.writes.iter().any(|file| file.contains("sudoers"))
                    || matches!(program, "tee" | "visudo" | "dd" | "install");
                if let (Some(fed), true, Some(word)) = (fed, aims, step.words.get(at)) {
                    self.sudoers_text(fed, &word.place);
                }
            }
        }
    }
}

/// True for directories that every account writes to on any system.
fn is_shared_by_design(path: &str) -> bool {
    let path = path.split(" and ").next().unwrap_or(path);
    // a directory that `mktemp` made, by the name of the variable
    let name = path.to_ascii_lowercase();
    if name.starts_with('$') && (name.contains("tmp") || name.contains("temp")) {
        return true;
    }
    let shared = ["/tmp", "/var/tmp", "/run/lock", "/var/lock", "/dev"];
    shared.iter().any(|tree| {
        path.strip_prefix(tree)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// A text with the line ends and tabs that `printf` and `echo -e` write.
fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t")
}

/// The files as a message names them.
fn named(files: &[&str]) -> String {
    match files {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    }
}

mod taken;
#[cfg(test)]
mod tests;
