//! `privlint denials`: what each refusal in a log means, which launch it is of, what to write.

use super::args::{DenialsArgs, DenialsFormat};
use super::terminal::Terminal;
use super::{CLEAN, FAILED, files};
use crate::config::Asked;
use crate::engine::{self, MENDING_RULES};
use crate::output::{self, Case};

/// Shows what the logs say; gives the exit code.
pub(crate) fn run(args: &DenialsArgs, terminal: &mut Terminal) -> u8 {
    let mut asked_files = args.files.clone();
    asked_files.evidence.insert(0, args.log.clone());
    let asked = Asked {
        selinux: args.files.selinux,
        engine: args.files.engine,
        ..Asked::default()
    };
    let Some(mut found) = files::gather(&asked_files, &asked, terminal) else {
        return FAILED;
    };
    for job in &mut found.jobs {
        job.settings.rules = MENDING_RULES.iter().copied().collect();
    }
    let logs = std::mem::take(&mut found.logs);
    let reports = files::lint(&found);
    let solved = engine::solve(&logs, &reports);
    let explained = engine::explain(&logs, &reports);
    let case = Case {
        logs: &logs,
        reports: &reports,
        solved: &solved,
        explained: &explained,
    };
    let text = match args.format {
        DenialsFormat::Full => output::denials(case, terminal.paint),
        DenialsFormat::Json => output::pretty(&output::denials_json(case)),
        DenialsFormat::Sarif => output::pretty(&output::denials_sarif(case, &super::check::base())),
        DenialsFormat::Github => output::denials_github(case, &super::check::base()),
    };
    terminal.out(&text);
    if found.failed { FAILED } else { CLEAN }
}
