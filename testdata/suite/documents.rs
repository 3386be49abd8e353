//! Scripts that write Compose files, Dockerfiles, units and scripts: what is read in them is what the
//! files say once bash has written them, before and after the fixes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use privlint::container::{Container, Facts, Syntax};
use privlint::fix::Safety;
use privlint::front::{self, Kind, Surroundings};
use privlint::source::Source;

use crate::samples::{Sample, settings};

/// What to hold a script against.
enum Becomes {
    /// A file that it writes, or `stdin`: what a program of an engine is fed.
    File(&'static str, Kind),
    /// Scripts that bash can read.
    Script(&'static str),
    /// Nothing: what it writes hangs on what is only known when it runs.
    Unknown,
}

const SCRIPTS: &[(&str, Becomes)] = &[
    ("01-known-variables", Becomes::File("compose.yaml", Kind::Compose)),
    ("02-tabs-into-compose", Becomes::File("stdin", Kind::Compose)),
    ("03-tee", Becomes::File("opt/docker-compose.yml", Kind::Compose)),
    (
        "04-printed-by-a-function",
        Becomes::File("docker-compose.yml", Kind::Compose),
    ),
    ("05-build", Becomes::File("stdin", Kind::Dockerfile)),
    ("06-script", Becomes::Script("run.sh")),
    ("07-unit", Becomes::Unknown),
    ("08-in-quotes", Becomes::File("docker-compose.yml", Kind::Compose)),
    ("09-written-in-a-loop", Becomes::Unknown),
    ("10-lines-that-come-later", Becomes::Unknown),
    ("11-added-to", Becomes::Unknown),
    ("12-script-in-a-script", Becomes::File("compose.yaml", Kind::Compose)),
];

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/documents")
        .join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn read(kind: Kind, name: &str, text: &str) -> Vec<Container> {
    let surroundings = Surroundings::none();
    let reading = front::read(kind, &Arc::new(Source::new(name, text)), &surroundings);
    assert!(reading.problems.is_empty(), "{name}: {:?}", reading.problems);
    reading.containers
}

/// What a document says of its containers, the builds that it is fed to left out.
fn facts(containers: &[Container]) -> Vec<Facts> {
    let of_document = |c: &&Container| matches!(c.syntax, Syntax::Compose | Syntax::Image | Syntax::BuildStep);
    containers.iter().filter(of_document).map(Container::facts).collect()
}

/// Runs a script, with programs in the place of the engines that keep what they are fed; gives the folder.
fn run(script: &str, name: &str) -> PathBuf {
    let top = std::env::temp_dir().join(format!("privlint-documents-{}-{name}", std::process::id()));
    let (bin, here) = (top.join("bin"), top.join("app"));
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::create_dir_all(&here).unwrap();
    let programs = [
        ("docker", "#!/bin/sh\ncat > stdin\n"),
        ("sudo", "#!/bin/sh\nexec \"$@\"\n"),
    ];
    for (program, body) in programs {
        let path = bin.join(program);
        std::fs::write(&path, body).unwrap();
        assert!(Command::new("chmod").arg("755").arg(&path).status().unwrap().success());
    }
    let run = Command::new("bash")
        .args(["-c", script])
        .current_dir(&here)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .output()
        .unwrap();
    assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
    here
}

fn bash_reads(path: &Path) -> bool {
    Command::new("bash").arg("-n").arg(path).status().unwrap().success()
}

#[test]
fn what_is_read_in_a_script_is_what_its_files_say() {
    let has_bash = Command::new("bash").arg("--version").output().is_ok();
    for (name, becomes) in SCRIPTS {
        let (before, after) = (text(&format!("{name}.sh")), text(&format!("{name}.fixed")));
        let sample = Sample {
            from: (*name).to_owned(),
            path: "run.sh".into(),
            kind: Kind::Shell,
            text: before.clone(),
            settings: settings("", Some(true), None),
        };
        assert_ne!(before, after, "{name}");
        assert_eq!(sample.fix(&before, Safety::Unsafe).text, after, "{name}");
        assert_eq!(sample.fix(&after, Safety::Unsafe).text, after, "{name}, again");
        if !has_bash {
            eprintln!("{name} is not run: there is no bash");
            continue;
        }
        for script in [&before, &after] {
            let here = run(script, name);
            match becomes {
                Becomes::File(file, kind) => {
                    let written = std::fs::read_to_string(here.join(file)).unwrap();
                    let says = facts(&read(*kind, file, &written));
                    assert!(!says.is_empty(), "{name}");
                    assert_eq!(facts(&read(Kind::Shell, "run.sh", script)), says, "{name}");
                }
                Becomes::Script(file) => assert!(bash_reads(&here.join(file)), "{name}"),
                Becomes::Unknown => {}
            }
            std::fs::remove_dir_all(here.parent().unwrap()).unwrap();
        }
    }
}
