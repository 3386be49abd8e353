//! The reports of setroubleshoot, as `sealert` and the journal show them.

use super::gather::{Log, shown};
use super::record::{Context, Denial, DenialKind};

impl Log {
    pub(super) fn close_report(&mut self) {
        if let Some(denial) = self.state.report.take()
            && denial.source.is_some()
            && denial.class.is_some()
        {
            self.keep(denial);
        }
    }

    /// A line of a report of setroubleshoot: true where it is one.
    pub(super) fn report_line(&mut self, number: u64, text: &str, line: &str) -> bool {
        if let Some((_, rest)) = text.split_once("SELinux is preventing ") {
            let mut denial = Denial::new(DenialKind::Avc);
            denial.line = number;
            denial.text = shown(line);
            let program = rest.split(" from ").next().unwrap_or("");
            denial.comm = program.rsplit('/').next().filter(|c| !c.is_empty()).map(str::to_owned);
            let deeds = rest
                .split_once(" from ")
                .and_then(|(_, r)| r.split_once(" access on the "));
            if let Some((deeds, thing)) = deeds {
                denial.permissions = deeds.split(", ").map(str::to_owned).collect();
                let mut words = thing.trim_end_matches('.').splitn(2, ' ');
                denial.class = words
                    .next()
                    .map(|w| if w == "directory" { "dir" } else { w }.to_owned());
                denial.path = words
                    .next()
                    .and_then(|w| w.split_whitespace().next())
                    .map(|w| w.trim_end_matches('.').to_owned());
            }
            self.close_report();
            self.state.report = Some(denial);
            return true;
        }
        let Some(report) = &mut self.state.report else {
            return false;
        };
        let value = |name: &str| text.trim().strip_prefix(name).map(str::trim);
        if let Some(context) = value("Source Context") {
            report.source = Context::parse(context);
        } else if let Some(context) = value("Target Context") {
            report.target = Context::parse(context);
        } else if let Some(object) = value("Target Objects") {
            let mut words = object.split_whitespace();
            report.path = words
                .next()
                .filter(|w| *w != "Unknown")
                .map(str::to_owned)
                .or(report.path.take());
            let class = words.find(|w| w.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
            report.class = class.map(str::to_owned).or(report.class.take());
        } else {
            return false;
        }
        true
    }
}
