//! Texts of one thing, repeated. Reading takes as long as the text is: what grew with the square of it would
//! take minutes here, and no test looks at a clock. The launch that each holds is found.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use privlint::engine::{self, Report, Tree, TreeCache};
use privlint::front::Kind;

use crate::samples::settings;

fn lint(kind: Kind, name: &str, text: String) -> Report {
    let settings = settings("", Some(true), None);
    let none: HashMap<PathBuf, String> = HashMap::new();
    let tree = Tree {
        open: &|path| none.get(path).cloned(),
        folder: &|_| Vec::new(),
        root: Path::new(""),
        list: &|_| Vec::new(),
        cache: &TreeCache::default(),
    };
    engine::lint(Path::new(name), kind, text, &settings, &tree)
}

#[track_caller]
fn finds(kind: Kind, name: &str, text: String) {
    let report = lint(kind, name, text);
    let found = report.diagnostics.iter().filter(|d| d.finding.rule == "privileged");
    assert_eq!(found.count(), 1, "{name}");
}

const LAUNCH: &str = "docker run --privileged x\n";

#[test]
fn brackets_of_variables_that_nothing_closes() {
    let open = "${".repeat(200_000);
    let text = format!("services: {{a: {{image: '{open}', privileged: true}}}}\n");
    finds(Kind::Compose, "compose.yaml", text);
    finds(
        Kind::Make,
        "Makefile",
        format!("r:\n\t{LAUNCH}X = docker {}\n", "$(".repeat(200_000)),
    );
    finds(Kind::Shell, "a.sh", format!("{LAUNCH}{}\n", "$((".repeat(100_000)));
}

#[test]
fn expressions_in_the_options_of_a_job() {
    let options = format!("--privileged {}", "${{a}} ".repeat(40_000));
    let text = format!("on: push\njobs: {{j: {{runs-on: x, container: {{image: a, options: '{options}'}}}}}}\n");
    finds(Kind::Workflow, ".github/workflows/ci.yml", text);
}

#[test]
fn engines_heredocs_and_functions_of_a_script() {
    finds(
        Kind::Shell,
        "a.sh",
        format!("{LAUNCH}{}", "docker run\n".repeat(80_000)),
    );
    finds(
        Kind::Shell,
        "a.sh",
        format!("{LAUNCH}{}", "cat <<A <<B\nA\nB\n".repeat(50_000)),
    );
    let functions: String = (0..12_000).map(|n| format!("f{n}() {{ :; }}\n")).collect();
    let evals = "eval 'echo a'\n".repeat(12_000);
    finds(Kind::Shell, "a.sh", format!("{LAUNCH}{functions}{evals}"));
}

#[test]
fn commands_in_one_chain_and_templates_that_nothing_closes() {
    let chain = "&& a ".repeat(20_000);
    finds(Kind::Shell, "a.sh", format!("docker run --privileged x {chain}\n"));
    let open = "{{".repeat(100_000);
    let unit = format!("[Service]\nExecStart=docker run --privileged x {open}\n");
    finds(Kind::Unit, "a.service", unit);
    finds(
        Kind::Markdown,
        "a.md",
        format!("```sh\n{LAUNCH}docker run -v {open}\n```\n"),
    );
}

#[test]
fn brackets_within_brackets_of_a_makefile() {
    let nested = format!("{}{}", "$(".repeat(200_000), ")".repeat(200_000));
    finds(Kind::Make, "Makefile", format!("X = docker {nested}\nr:\n\t{LAUNCH}"));
}

#[test]
fn mounts_of_one_container() {
    const MOUNTS: usize = 2_000;
    let all = |line: &dyn Fn(usize) -> String| (0..MOUNTS).map(line).collect::<String>();
    let service = all(&|i| format!("      - ./d{i}:/d{i}\n"));
    let command = all(&|i| format!("  -v ./d{i}:/d{i} \\\n"));
    let unit = all(&|i| format!("Volume=./d{i}:/d{i}\n"));
    let nginx = "image: docker.io/library/nginx\n    cap_drop: [ALL]";
    for (kind, name, text) in [
        (
            Kind::Compose,
            "compose.yaml",
            format!("services:\n  a:\n    {nginx}\n    volumes:\n{service}"),
        ),
        (
            Kind::Shell,
            "run.sh",
            format!("podman run --name a \\\n{command}  nginx\n"),
        ),
        (
            Kind::Quadlet,
            "a.container",
            format!("[Container]\nImage=docker.io/library/nginx\n{unit}"),
        ),
    ] {
        let report = lint(kind, name, text);
        let found = report
            .diagnostics
            .iter()
            .filter(|d| d.finding.rule == "unlabeled-mount");
        assert_eq!(found.filter(|d| d.fix.is_some()).count(), MOUNTS, "{name}");
    }
}

#[test]
fn documents_and_values_that_are_no_capabilities() {
    let documents: String = (0..2_000)
        .map(|i| format!("---\nservices:\n  a{i}:\n    image: nginx\n"))
        .collect();
    let names: String = (0..2_000).map(|i| format!("      - BOGUS_{i}\n")).collect();
    let text = format!("{documents}  z:\n    image: x\n    privileged: true\n    cap_add:\n{names}");
    finds(Kind::Compose, "compose.yaml", text);
}
