//! `privlint denials`: what each refusal in a log means, which launch it is of, what to write.

use super::args::{DenialsArgs, DenialsFormat};
use super::terminal::Terminal;
use super::{CLEAN, FAILED, evidence, files};
use crate::config::Asked;
use crate::engine::{self, MENDING_RULES, Selinux};
use crate::evidence::Log;
use crate::output::{self, Case};
use crate::source::shown_path;

/// Shows what the logs say; gives the exit code.
pub(crate) fn run(args: &DenialsArgs, terminal: &mut Terminal) -> u8 {
    let mut logs: Vec<Log> = Vec::new();
    for path in std::iter::once(&args.log).chain(&args.evidence) {
        match evidence::read(path, !args.files.quiet && !args.files.no_progress) {
            Ok(log) => logs.push(log),
            Err(why) => {
                terminal.error(&format!("{}: {why}", shown_path(path)));
                return FAILED;
            }
        }
    }
    let asked = Asked {
        selinux: args.files.selinux,
        engine: args.files.engine,
        ..Asked::default()
    };
    let Some(mut found) = files::gather(&args.files, &asked, terminal) else {
        return FAILED;
    };
    let enforcing = logs.iter().find_map(|log| Some((log, log.enforces()?)));
    for job in &mut found.jobs {
        job.settings.rules = MENDING_RULES.iter().copied().collect();
        if let (Selinux::Auto, Some((log, line))) = (job.settings.selinux, enforcing) {
            job.settings.selinux = Selinux::On;
            job.settings.selinux_from = format!("{}:{line}", log.path);
        }
    }
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
    if !args.files.quiet {
        logs.iter()
            .for_each(|log| evidence::tell(log, args.files.verbose, terminal));
    }
    if found.failed { FAILED } else { CLEAN }
}
