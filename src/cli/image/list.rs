//! The list of what is known.

use serde_json::{Value, json};

use super::args::{ImageArgs, ImageFormat};
use super::refer;
use crate::cli::inspect::columns;
use crate::cli::terminal::Terminal;
use crate::cli::{CLEAN, FAILED};
use crate::container::Knowledge;
use crate::knowledge::images::Entry;
use crate::knowledge::own;
use crate::output::{markdown_cell, plain, pretty};

/// Writes the list, or the part of it that a word filters.
pub(super) fn list(args: &ImageArgs, knowledge: Knowledge, terminal: &mut Terminal) -> Result<u8, String> {
    let word = args.filter.as_deref().unwrap_or("").to_lowercase();
    let fits = |entry: &&Entry| entry.name.contains(&word) || entry.images.iter().any(|image| image.contains(&word));
    let mut entries: Vec<&'static Entry> = refer::entries(knowledge).filter(fits).collect();
    entries.sort_by_key(|entry| &entry.name);
    if entries.is_empty() {
        let hint = refer::meant(&word, knowledge).unwrap_or_default();
        terminal.error(&format!("nothing that is known has `{word}` in its name{hint}"));
        return Ok(FAILED);
    }
    terminal.out(&match args.format {
        ImageFormat::Json => {
            let all: Vec<Value> = entries.iter().map(|entry| value(entry, knowledge)).collect();
            pretty(&json!({"version": 1, "images": all}))
        }
        ImageFormat::Text => {
            let head = ["ENTRY", "STARTS AS", "KNOWN", "IMAGES"].map(str::to_owned);
            let rows = entries
                .iter()
                .map(|entry| row(entry).map(|cell| plain(&cell).into_owned()));
            columns(std::iter::once(head).chain(rows).collect(), terminal.paint)
        }
        ImageFormat::Markdown => {
            let rows = entries
                .iter()
                .map(|entry| row(entry).map(|cell| markdown_cell(&cell)).join(" | "));
            let rows: Vec<String> = rows.map(|row| format!("| {row} |\n")).collect();
            format!(
                "| entry | starts as | known | images |\n|---|---|---|---|\n{}",
                rows.concat()
            )
        }
    });
    Ok(CLEAN)
}

fn row(entry: &Entry) -> [String; 4] {
    [
        entry.name.clone(),
        format!("{:?}", entry.starts_as).to_lowercase(),
        format!("{:?}", entry.trust).to_lowercase(),
        entry.images.join(", "),
    ]
}

fn value(entry: &'static Entry, knowledge: Knowledge) -> Value {
    let own = own::of(knowledge).filter(|own| own.entries.iter().any(|other| std::ptr::eq(other, entry)));
    json!({
        "entry": entry.name,
        "images": entry.images,
        "match": if entry.fallback { "family" } else { "exact" },
        "trust": entry.trust,
        "starts_as": entry.starts_as,
        "privileged": entry.privileged.required,
        "configuration": own.map(|own| &own.file),
    })
}
