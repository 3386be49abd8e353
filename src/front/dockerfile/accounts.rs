//! Commands that make accounts, and that put them into groups.

use super::grants::Found;
use crate::container::{GrantKind, Written};
use crate::shell::Step;

/// Groups that lead to root: by `sudo` or `su`, by the engine, by the disks.
const LEADING_TO_ROOT: &[&str] = &["sudo", "wheel", "admin", "docker", "lxd", "disk"];

/// Options of the programs that make accounts, by which the next word is a value.
const TAKES_VALUE: &[&str] = &[
    "--base-dir",
    "--comment",
    "--conf",
    "--expiredate",
    "--firstuid",
    "--gecos",
    "--gid",
    "--groups",
    "--home",
    "--home-dir",
    "--inactive",
    "--ingroup",
    "--key",
    "--lastuid",
    "--login",
    "--password",
    "--prefix",
    "--root",
    "--selinux-user",
    "--shell",
    "--skel",
    "--uid",
];

/// Letters of the same, as GNU and busybox have them.
const VALUE_LETTERS: &str = "bcdefgGhkKpPRsuZ";

impl Found {
    /// Programs that make accounts, and put them into groups.
    pub(super) fn account(&mut self, step: &Step, program_at: usize, program: &str) {
        let mut operands = Vec::new();
        let mut groups: Vec<(String, usize)> = Vec::new();
        let mut at = program_at + 1;
        while at < step.words.len() {
            let shown = step.shown(at);
            let flag = shown.split('=').next().unwrap_or("");
            if program == "gpasswd" && matches!(flag, "-a" | "--add") {
                operands.push(at + 1);
                at += 2;
            } else if let Some(value) = shown.strip_prefix("--groups=") {
                groups.push((value.to_owned(), at));
                at += 1;
            } else if shown.starts_with("--") {
                let takes = TAKES_VALUE.contains(&shown.as_str());
                if shown == "--groups" {
                    groups.push((step.shown(at + 1), at + 1));
                }
                at += if takes { 2 } else { 1 };
            } else if let Some(cluster) = shown.strip_prefix('-').filter(|c| !c.is_empty()) {
                let letter = cluster.find(|c| VALUE_LETTERS.contains(c));
                let rest = letter.and_then(|i| cluster.get(i + 1..)).unwrap_or("");
                let is_groups = letter.is_some_and(|i| cluster.get(i..i + 1) == Some("G"));
                let next = letter.is_some() && rest.is_empty();
                if is_groups {
                    groups.push(if next {
                        (step.shown(at + 1), at + 1)
                    } else {
                        (rest.to_owned(), at)
                    });
                }
                at += if next { 2 } else { 1 };
            } else {
                operands.push(at);
                at += 1;
            }
        }
        let makes = matches!(program, "useradd" | "adduser");
        if let ("adduser" | "addgroup" | "gpasswd", [_, group]) = (program, operands.as_slice()) {
            groups.push((step.shown(*group), *group));
        } else if makes && let Some(word) = operands.first().and_then(|&i| step.words.get(i)) {
            self.accounts.push(Written::new(word.text.clone(), word.place.clone()));
        }
        let Some(account) = operands.first().map(|&i| step.shown(i)) else {
            return;
        };
        for (names, word) in groups {
            let leading = names.split(',').find(|name| LEADING_TO_ROOT.contains(name));
            if let (Some(group), Some(word)) = (leading, step.words.get(word)) {
                let kind = GrantKind::GroupMembership(group.to_owned());
                self.add(kind, account.clone(), word.place.clone(), step.certain);
            }
        }
    }
}
