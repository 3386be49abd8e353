//! Lines of a crontab that a script writes: each runs a command.

use super::eval::Evaluator;
use super::prefix::Shell;
use super::reads::lines;
use super::value::{Bit, Frag};
use crate::source::Span;

/// Lines of one table that are followed.
const MAX_LINES: usize = 200;

/// True for a file that cron reads, and whether its lines name a user before the command.
pub(super) fn table(path: &str) -> Option<bool> {
    if path.contains("/cron.d/") || path == "/etc/crontab" {
        return Some(true);
    }
    path.contains("/spool/cron").then_some(false)
}

impl Evaluator<'_> {
    /// Walks the commands of a table.
    pub(super) fn cron(&mut self, bits: &[Bit], names_user: bool, span: Span) {
        for line in lines(bits).into_iter().take(MAX_LINES) {
            let Some(Bit::Frag(first)) = line.first() else { continue };
            let Some(skip) = command_at(&first.piece.text, names_user).filter(|_| !first.piece.is_hole()) else {
                continue;
            };
            let rest = first.piece.text.get(skip..).unwrap_or("");
            let mut command = vec![Bit::Frag(Frag {
                piece: first.piece.cut(skip, rest),
                ..first.clone()
            })];
            command.extend(line.iter().skip(1).cloned());
            let pace = self.pace.by_others();
            self.embedded(vec![command], Shell::Foreign, Vec::new(), span, "crontab");
            self.pace.back(pace);
        }
    }
}

/// Where the command of a line begins, behind its five times or `@reboot`, and the user.
fn command_at(line: &str, names_user: bool) -> Option<usize> {
    let times = match line.trim_start().chars().next()? {
        '@' => 1,
        '*' | '0'..='9' => 5,
        _ => return None,
    };
    let mut at = line.len() - line.trim_start().len();
    for _ in 0..times + usize::from(names_user) {
        let rest = line.get(at..)?;
        let word = rest.find([' ', '\t'])?;
        let blanks = rest.get(word..)?;
        at += word + (blanks.len() - blanks.trim_start().len());
    }
    (at < line.len()).then_some(at)
}
