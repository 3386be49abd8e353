//! Findings of a whole run: one about a file that another file draws on is told once, and what is not
//! known of the images of a project is one finding.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use crate::container::{Container, FileId};
use crate::fix::Finding;

use super::fingerprint::of_project;
use super::raise::order;
use super::{Diagnostic, Report};

/// The rule whose findings of one project are one.
const UNKNOWN: &str = "unknown-needs";

/// Images that the finding about a project names.
const IMAGES_SHOWN: usize = 5;

/// Takes out of each report the findings that stand in another file of the run and are told by that
/// file's own report: the value of a base service is reported where it is written. Makes one finding of
/// those that say of one project's images that nothing is known of them; `project` gives the folder of
/// the project that a file belongs to. Reports that were settled before may be among them.
pub fn settle(reports: &mut [Report], project: &dyn Fn(&Path) -> PathBuf) {
    tell_once(reports);
    sum_up(reports, project);
}

fn tell_once(reports: &mut [Report]) {
    let mut told = HashSet::new();
    for report in reports.iter() {
        let path = report.reading.source().shown_path();
        for d in report
            .diagnostics
            .iter()
            .filter(|d| d.finding.primary.file == FileId(0))
        {
            told.insert((path.clone(), d.finding.primary.span, d.finding.rule));
        }
        for i in &report.ignored {
            let primary = &i.diagnostic.finding.primary;
            if primary.file == FileId(0) {
                told.insert((path.clone(), primary.span, i.diagnostic.finding.rule));
            }
        }
    }
    let mut elsewhere = HashSet::new();
    for report in reports.iter_mut() {
        let reading = &report.reading;
        report.diagnostics.retain(|d| {
            let primary = &d.finding.primary;
            if primary.file == FileId(0) {
                return true;
            }
            let key = (reading.file(primary.file).shown_path(), primary.span, d.finding.rule);
            !told.contains(&key) && elsewhere.insert(key)
        });
    }
}

/// What is not known of one project.
#[derive(Default)]
struct Unknown {
    /// The first report that has something of it.
    report: usize,
    containers: usize,
    /// How many containers each image has.
    images: BTreeMap<String, usize>,
}

/// Puts one finding in the place of those about single containers, at the first of each project.
fn sum_up(reports: &mut [Report], project: &dyn Fn(&Path) -> PathBuf) {
    let mut projects: BTreeMap<PathBuf, Unknown> = BTreeMap::new();
    for (i, report) in reports.iter_mut().enumerate() {
        let (unknown, others) = std::mem::take(&mut report.diagnostics)
            .into_iter()
            .partition(|d| d.finding.rule == UNKNOWN);
        report.diagnostics = others;
        let each = unknown.into_iter().filter(|d: &Diagnostic| d.of_project.is_none());
        report.unknown_needs.extend(each);
        if report.unknown_needs.is_empty() {
            continue;
        }
        let of = project(&report.reading.source().path);
        let sum = projects.entry(of).or_insert_with(|| Unknown {
            report: i,
            ..Unknown::default()
        });
        for diagnostic in &report.unknown_needs {
            for container in diagnostic.containers(&report.reading) {
                sum.containers += 1;
                *sum.images.entry(image_of(container)).or_default() += 1;
            }
        }
    }
    for (folder, unknown) in projects {
        let Some(report) = reports.get_mut(unknown.report) else {
            continue;
        };
        let Some(mut one) = report.unknown_needs.first().cloned() else {
            continue;
        };
        one.fingerprint = of_project(UNKNOWN);
        one.of_project = Some(folder);
        describe(&mut one.finding, &unknown);
        let place = report
            .diagnostics
            .partition_point(|d| order(&d.finding) < order(&one.finding));
        report.diagnostics.insert(place, one);
    }
}

fn image_of(container: &Container) -> String {
    match (&container.image, &container.build) {
        (_, Some(_)) => "built here".to_owned(),
        (Some(image), None) => format!("`{}`", image.value.shown().lines().next().unwrap_or("")),
        (None, None) => "no image named".to_owned(),
    }
}

/// Says of all of them what was said of the first.
fn describe(finding: &mut Finding, unknown: &Unknown) {
    finding.message = match unknown.containers {
        1 => "1 container drops no capabilities, and nothing is known of what its image needs".to_owned(),
        n => format!("{n} containers drop no capabilities, and nothing is known of what their images need"),
    };
    finding.primary.message = match unknown.containers {
        1 => "this one".to_owned(),
        _ => "the first of them".to_owned(),
    };
    finding.related.clear();
    let whose = if unknown.containers == 1 {
        "its image"
    } else {
        "their images"
    };
    finding.notes = vec![format!("{whose}: {}", images(&unknown.images))];
    let each = if unknown.containers == 1 {
        "shows it"
    } else {
        "lists each of them"
    };
    finding.helps = vec![
        format!(
            "`privlint --select cap-drop` {each}; add `--fix --unsafe-fixes` to drop the capabilities, then start the container \
             twice, and add back the capabilities that its errors name"
        ),
        "`ignore: [unknown-needs]` in .privlint.yaml silences this for the project".to_owned(),
    ];
}

/// The images, those of most containers first.
fn images(images: &BTreeMap<String, usize>) -> String {
    let mut most: Vec<(&String, &usize)> = images.iter().collect();
    most.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
    let named = most.iter().take(IMAGES_SHOWN).map(|(name, count)| match count {
        1 => (*name).clone(),
        n => format!("{name} ({n})"),
    });
    let named: Vec<String> = named.collect();
    match most.len().saturating_sub(IMAGES_SHOWN) {
        0 => named.join(", "),
        more => format!("{}, and {more} more", named.join(", ")),
    }
}
