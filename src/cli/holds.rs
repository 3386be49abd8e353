//! `--show-settings`: what holds for each file.

use super::args::CheckArgs;
use super::check::fail_on;
use super::files::Job;
use crate::knowledge::own;
use crate::output::{plain, plain_path};
use crate::source::shown_path;

/// The settings, each once, below the files that they hold for.
pub(crate) fn written(args: &CheckArgs, jobs: &[Job]) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for job in jobs {
        let settings = settings(args, job);
        let path = plain_path(&shown_path(&job.path)).into_owned();
        match groups.iter_mut().find(|(known, _)| *known == settings) {
            Some((_, files)) => files.push(path),
            None => groups.push((settings, vec![path])),
        }
    }
    let shown = groups
        .iter()
        .map(|(settings, files)| format!("{}\n{settings}", files.join("\n")));
    shown.collect()
}

/// What holds for a file, for a reader.
fn settings(args: &CheckArgs, job: &Job) -> String {
    let settings = &job.settings;
    let config = job.config.path.as_deref().map_or("none".to_owned(), shown_path);
    let from = match settings.selinux_from.as_str() {
        "" => String::new(),
        from => format!(" ({from})"),
    };
    let with_severity = |rule: &&'static str| match settings.severity.get(rule) {
        Some(severity) => format!("{rule} ({})", severity.as_str()),
        None => (*rule).to_owned(),
    };
    let rules: Vec<String> = settings.rules.iter().map(with_severity).collect();
    let mut lines = vec![
        format!("configuration: {config}"),
        format!("selinux: {:?}{from}", settings.selinux).to_lowercase(),
        format!("engine: {}", settings.engine.as_str()),
        format!("fail-on: {:?}", fail_on(args, job)).to_lowercase(),
        format!("rules: {}", rules.join(", ")),
    ];
    for (rule, values) in settings.allow.iter().filter(|(_, values)| !values.is_empty()) {
        lines.push(format!("{rule} passes over: {}", values.join(", ")));
    }
    for (rule, images) in settings.allow_images.iter().filter(|(_, images)| !images.is_empty()) {
        lines.push(format!("{rule} passes over the images: {}", images.join(", ")));
    }
    if let Some(own) = own::of(settings.knowledge) {
        let names: Vec<&str> = own.entries.iter().map(|entry| entry.name.as_str()).collect();
        lines.push(format!("images: {}", names.join(", ")));
    }
    for project in &settings.projects {
        let files: Vec<String> = project.iter().map(|f| shown_path(f)).collect();
        lines.push(format!("project: {}", files.join(", ")));
    }
    let lines: Vec<String> = lines.iter().map(|line| plain(line).into_owned()).collect();
    format!("  {}\n", lines.join("\n  "))
}
