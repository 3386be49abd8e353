//! The answer for readers.

use super::answer::{Answer, Known, Row};
use super::forms::Form;
use crate::knowledge::bases::{Base, User};
use crate::knowledge::images::{AsUser, Entry, Required, StartsAs};
use crate::knowledge::standing::Standing;
use crate::output::{Paint, Style, plain};

/// The answer.
pub(super) fn written(answer: &Answer, known: &Known, paint: Paint) -> String {
    let mut out = String::new();
    let strong = |text: &str| paint.paint(Style::Strong, text);
    let image = plain(&answer.launch.image).into_owned();
    out.push_str(&format!("{}: {}\n", strong(&image), about(known)));
    for line in remarks(known) {
        out.push_str(&format!("{}\n", plain(&line)));
    }
    let heading = match (answer.launch.open, known.rows.is_empty()) {
        (true, false) => "It needs, however it is launched",
        (true, true) => "It needs no capability, however it is launched",
        (false, false) => "It needs, in this launch",
        (false, true) => "It needs no capability in this launch",
    };
    let on_top = if known.needs.on_top_of_default {
        ", beside the default capabilities"
    } else {
        ""
    };
    if known.needs.privileged == Required::No || !known.rows.is_empty() {
        out.push_str(&format!("\n{}\n", strong(&format!("{heading}{on_top}"))));
        out.push_str(&table(&known.rows));
    }
    for (title, rows) in [
        ("Not in this launch", &known.spared),
        ("Used where it is given, and not missed", &known.optional),
        ("Never", &known.never),
    ] {
        if !rows.is_empty() {
            out.push_str(&format!("\n{}\n{}", strong(title), table(rows)));
        }
    }
    out.push_str(&format!("\n{}\n", strong("Write")));
    match &known.write {
        Ok(written) => {
            let texts: Vec<String> = written.iter().map(|(form, text)| indented(*form, text)).collect();
            out.push_str(&texts.join("\n"));
        }
        Err(why) => out.push_str(&format!("  nothing: {}\n", plain(why))),
    }
    out.push_str(&format!("\n{}\n", strong("How it is known")));
    let several = known.standing.len() > 1;
    for (entry, standing) in &known.standing {
        if several {
            out.push_str(&format!("  {}\n", entry.name));
        }
        for (key, said) in stands_on(entry, standing) {
            out.push_str(&format!("  {key:<8}{}\n", plain(&said)));
        }
    }
    out.push_str(&format!("\n{}\n", strong("Sources")));
    for source in sources(known) {
        out.push_str(&format!("  - {}\n", plain(source)));
    }
    out
}

/// What is said of an image of which only the user is known.
pub(super) fn of_base(image: &str, base: &Base) -> String {
    let user = match &base.user {
        User::Root => "root".to_owned(),
        User::Ordinary(Some(user)) => format!("the user {user}"),
        User::Ordinary(None) => "an ordinary user".to_owned(),
    };
    let sources: Vec<String> = base
        .sources
        .iter()
        .map(|source| format!("  - {}\n", plain(source)))
        .collect();
    format!(
        "{}: starts as {user}; its command decides what it needs, and that is not known\n\nSources\n{}",
        plain(image),
        sources.concat()
    )
}

/// The entry in a line: who starts, where it listens, where its data is.
pub(super) fn about(known: &Known) -> String {
    let entry = known.found.entry;
    let mut parts = vec![match entry.starts_as {
        StartsAs::Root => "starts as root".to_owned(),
        StartsAs::User => "starts as an ordinary user".to_owned(),
        StartsAs::Varies => "starts as root or as an ordinary user, by its tag".to_owned(),
    }];
    if entry.starts_as != StartsAs::User {
        parts.push(match entry.as_user {
            AsUser::Yes | AsUser::Default => "runs under --user too".to_owned(),
            AsUser::Partial => "runs under --user with some preparation".to_owned(),
            AsUser::No => "does not run under --user".to_owned(),
            AsUser::Other => "another image of it runs as an ordinary user".to_owned(),
        });
    }
    if !entry.ports.is_empty() {
        let ports: Vec<String> = entry.ports.iter().map(u16::to_string).collect();
        parts.push(format!("listens on {}", ports.join(", ")));
    }
    if !entry.data.is_empty() {
        parts.push(format!("keeps its data in {}", entry.data.join(", ")));
    }
    parts.join("; ")
}

/// What else a reader has to know.
pub(super) fn remarks(known: &Known) -> Vec<String> {
    let entry = known.found.entry;
    let mut lines = Vec::new();
    if let Some(own) = known.found.own {
        lines.push(format!("By `images` in {}, entry {}.", own.file, entry.name));
    }
    let several: Vec<&str> = known.found.entries.iter().map(|e| e.name.as_str()).collect();
    if several.len() > 1 {
        lines.push(format!(
            "It may be any of {}: what follows is enough for each.",
            several.join(", ")
        ));
    }
    if !known.is_safe() {
        let doubt = known
            .needs
            .doubt
            .as_deref()
            .unwrap_or("which of the default capabilities it needs is not known");
        lines.push(format!("Not sure: {doubt}."));
    }
    lines.extend(known.needs.facts.iter().map(|fact| format!("Note: {fact}.")));
    for unknown in known.found.entries.iter().flat_map(|e| &e.unknown) {
        lines.push(format!("Not known {}: {}.", unknown.when.in_words(), unknown.why));
    }
    let said = &entry.privileged;
    let why = said.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    match known.needs.privileged {
        Required::No => {}
        Required::ByUpstream => lines.push(format!("Its project asks for --privileged{why}.")),
        Required::Yes => lines.push(format!("It has to run privileged{why}.")),
    }
    lines.extend(said.instead.as_ref().map(|instead| format!("Instead: {instead}.")));
    lines
}

/// Rows as lines: the capability, the path, the reason, and where that is read. What is said of several
/// capabilities stands there once.
fn table(rows: &[Row]) -> String {
    let mut said: Vec<(Vec<&str>, &Row)> = Vec::new();
    for row in rows {
        let same = |other: &Row| (&other.words, &other.why, &other.source) == (&row.words, &row.why, &row.source);
        match said.iter_mut().find(|(_, other)| same(other)) {
            Some((names, _)) => names.push(&row.capability),
            None => said.push((vec![&row.capability], row)),
        }
    }
    let mut out = String::new();
    for (names, row) in said {
        let paths = row.words.join(", ");
        let paths = if paths.is_empty() { paths } else { format!("{paths}: ") };
        out.push_str(&format!(
            "  {}\n    {}{}\n",
            names.join(" "),
            plain(&paths),
            plain(&row.why)
        ));
        // several sources stand below
        if !row.source.contains("; ") {
            out.push_str(&format!("    ({})\n", plain(&row.source)));
        }
    }
    out
}

fn indented(form: Form, text: &str) -> String {
    let lines = text.trim_end().lines();
    let body: String = lines.map(|line| format!("    {}\n", plain(line))).collect();
    format!("  {}:\n{body}", title(form))
}

/// A form as a reader calls it.
pub(super) fn title(form: Form) -> &'static str {
    match form {
        Form::Run => "command",
        Form::Compose => "Compose",
        Form::Quadlet => "Quadlet",
    }
}

/// The four things that an entry stands on, and what they are worth together.
pub(super) fn stands_on(entry: &Entry, standing: &Standing) -> Vec<(&'static str, String)> {
    let how = match (standing.known.as_words(), &entry.uncertain) {
        (words, Some(why)) => format!("{words}; {why}"),
        (words, None) => words.to_owned(),
    };
    let mut paths: Vec<String> = Vec::new();
    for (who, ran) in [("as root", &standing.rooted), ("rootless", &standing.rootless)] {
        if !ran.is_empty() {
            paths.push(format!("{who}: {}", ran.join(", ")));
        }
    }
    if !standing.on.is_empty() && !standing.untried.is_empty() {
        paths.push(format!("not run: {}", standing.untried.join(", ")));
    }
    if paths.is_empty() {
        paths.push("none was run".to_owned());
    }
    let on = standing
        .on
        .iter()
        .map(|on| format!("{}; {}; {}", on.entrypoint, on.program, on.engine));
    let mut on: Vec<String> = on.collect();
    if on.is_empty() {
        on.push("nothing ran; the commits that were read stand under the sources".to_owned());
    }
    let when = match standing.dates.as_slice() {
        [] => "no day is written down".to_owned(),
        days => days.join(", "),
    };
    vec![
        ("how", how),
        ("paths", paths.join("; ")),
        ("on", on.join(" / ")),
        ("when", when),
        (
            "trust",
            format!("{:?}, the weakest of these", standing.trust).to_lowercase(),
        ),
    ]
}

/// The sources of all entries, each once.
pub(super) fn sources(known: &Known) -> Vec<&'static String> {
    let mut sources: Vec<&String> = Vec::new();
    for source in known.found.entries.iter().flat_map(|entry| &entry.sources) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}
