//! Passwords that a step gives to accounts, written where everybody can read them.

use super::grants::Found;
use crate::container::GrantKind;
use crate::shell::Step;

impl Found {
    /// `chpasswd`, which is fed lines of `account:password`, and `passwd`, which is fed the password.
    pub(super) fn password(&mut self, step: &Step, at: usize, program: &str) {
        let Some(word) = step.words.get(at) else { return };
        let words: Vec<String> = (at + 1..step.words.len()).map(|i| step.shown(i)).collect();
        let has = |flags: &[&str]| words.iter().any(|w| flags.contains(&w.as_str()));
        let fed = step.fed.as_deref().unwrap_or("");
        let accounts: Vec<(String, bool)> = match program {
            // a hash is not the password
            "chpasswd" if has(&["-e", "--encrypted"]) => Vec::new(),
            "chpasswd" => fed
                .replace("\\n", "\n")
                .lines()
                .filter_map(entry)
                .map(|a| (a, false))
                .collect(),
            _ => {
                let account = words.iter().rfind(|w| !w.starts_with('-')).cloned();
                let account = account.unwrap_or_else(|| "root".to_owned());
                let none = has(&["-d", "--delete"]);
                let told = fed.lines().next().is_some_and(is_written_out);
                (none || told).then_some((account, none)).into_iter().collect()
            }
        };
        for (account, none) in accounts {
            self.add(
                GrantKind::KnownPassword { none },
                account,
                word.place.clone(),
                step.certain,
            );
        }
    }
}

/// The account of a line whose password is written out.
fn entry(line: &str) -> Option<String> {
    let (account, password) = line.trim().split_once(':')?;
    (!account.is_empty() && is_written_out(password)).then(|| account.to_owned())
}

/// False for what is only known when the image is built.
fn is_written_out(password: &str) -> bool {
    !password.trim().is_empty() && !password.contains(['$', '`'])
}
