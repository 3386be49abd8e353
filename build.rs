//! Makes data of the tables under `rules/knowledge/`, which are written in YAML for those who read and
//! mend them: parsing YAML takes longer than linting a script does. Each table becomes JSON, which the same
//! types read; of the images, which are many, each becomes a text of its own that is read when it is met.

use std::error::Error;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The tables that every run may ask; those of evidence are read as YAML when a log is given.
const TABLES: [&str; 5] = ["bases", "capabilities", "commands", "paths", "sockets"];

fn main() -> Result<(), Box<dyn Error>> {
    let tables = Path::new("rules/knowledge");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    for table in TABLES {
        let json = serde_json::to_string(&read(&tables.join(format!("{table}.yaml")))?)?;
        std::fs::write(out.join(format!("{table}.json")), json)?;
    }
    std::fs::write(out.join("images.rs"), images(&tables.join("images"))?)?;
    Ok(())
}

fn read(table: &Path) -> Result<Value, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", table.display());
    let text = std::fs::read_to_string(table)?;
    serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", table.display()).into())
}

/// The entries of all tables of images, each with what it is found by and its JSON.
fn images(folder: &Path) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut tables: Vec<PathBuf> = entries.collect::<Result<_, _>>()?;
    tables.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    tables.sort();
    let mut slots = Vec::new();
    for table in &tables {
        let entries = read(table)?;
        let entries = entries.as_array().ok_or("a table of images is a list")?;
        for entry in entries {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let name = entry.get("name").and_then(text).ok_or("an entry has no name")?;
            let globs = entry.get("images").and_then(Value::as_array);
            let globs = globs.ok_or_else(|| format!("{name} names no images"))?;
            let globs: Option<Vec<String>> = globs.iter().map(text).collect();
            let globs = globs.ok_or_else(|| format!("{name}: an image is a text"))?;
            let fallback = entry.get("fallback").and_then(Value::as_bool).unwrap_or(false);
            let json = serde_json::to_string(entry)?;
            slots.push(format!("    Slot::new({name:?}, &{globs:?}, {fallback}, {json:?}),\n"));
        }
    }
    Ok(format!(
        "pub(super) static TABLE: [Slot; {}] = [\n{}];\n",
        slots.len(),
        slots.concat()
    ))
}
