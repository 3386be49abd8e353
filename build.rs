//! Makes data of the tables under `rules/knowledge/`, which are written in YAML for those who read and
//! mend them: parsing YAML takes longer than linting a script does. Each table becomes JSON, which the same
//! types read; of the images, which are many, each becomes a text of its own that is read when it is met.

use std::error::Error;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The tables in YAML that every run may ask; those of evidence are read as YAML when a log is given.
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
    std::fs::write(out.join("flags.rs"), flags(&tables.join("run-flags.json"))?)?;
    Ok(())
}

fn read(table: &Path) -> Result<Value, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", table.display());
    let text = std::fs::read_to_string(table)?;
    serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", table.display()).into())
}

/// The options of the engines' commands, as constants.
fn flags(table: &Path) -> Result<String, Box<dyn Error>> {
    let table = read(table)?;
    let commands = table.get("commands").and_then(Value::as_object).ok_or("no commands")?;
    let mut out = format!("static COMMANDS: [(&str, &[Flag]); {}] = [\n", commands.len());
    for (command, flags) in commands {
        out.push_str(&format!("    ({command:?}, &[\n"));
        for flag in flags.as_array().into_iter().flatten() {
            out.push_str(&format!("        {},\n", constant(flag)?));
        }
        out.push_str("    ]),\n");
    }
    Ok(out + "];\n")
}

/// One option, as a constant.
fn constant(flag: &Value) -> Result<String, Box<dyn Error>> {
    let fields = flag.as_object().ok_or("an option is a mapping")?;
    let known = ["name", "short", "alias_of", "docker", "podman", "nerdctl"];
    if let Some(odd) = fields.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("an option has no `{odd}`").into());
    }
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let letter = text("short").and_then(|short| short.chars().next());
    let takes = |engine: &str| match text(engine) {
        None => Ok("None"),
        Some("switch") => Ok("Some(Takes::Switch)"),
        Some("value") => Ok("Some(Takes::Value)"),
        Some("list") => Ok("Some(Takes::List)"),
        Some("csv") => Ok("Some(Takes::Csv)"),
        Some("optional") => Ok("Some(Takes::Optional)"),
        Some(other) => Err(format!("`{other}` is no way to take a value")),
    };
    Ok(format!(
        "Flag {{ name: {:?}, short: {letter:?}, alias_of: {:?}, docker: {}, podman: {}, nerdctl: {} }}",
        text("name").ok_or("an option has no name")?,
        text("alias_of"),
        takes("docker")?,
        takes("podman")?,
        takes("nerdctl")?,
    ))
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
