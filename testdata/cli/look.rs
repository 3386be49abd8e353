//! How findings look.

use crate::support::Folder;

#[test]
fn findings_about_something_missing_share_a_block_in_full_and_nowhere_else() {
    let services: String = (0..12)
        .map(|i| format!("  s{i}:\n    image: example.org/x:{i}\n"))
        .collect();
    let folder = Folder::with(&[("compose.yaml", &format!("services:\n{services}"))]);
    let select = "--select=missing-cap-drop";
    let full = folder.run(&[select]);
    assert_eq!(full.out.matches("[missing-cap-drop]").count(), 1, "{}", full.out);
    assert!(
        full.out.contains("the same of 11 more containers in this file"),
        "{}",
        full.out
    );
    assert!(
        full.out.contains("also `s8`") && !full.out.contains("also `s9`"),
        "{}",
        full.out
    );
    assert!(full.out.contains("note: also at the lines 20, 22, 24"), "{}", full.out);
    assert_eq!(folder.run(&[select, "--format=concise"]).out.lines().count(), 12);
    assert!(full.err.contains("12 warnings in 1 file"), "{}", full.err);
}

#[test]
fn numbers_have_one_gutter_and_no_line_ends_in_blanks() {
    let filler = "# nothing\n".repeat(98);
    let text = format!(
        "{filler}services:\n  web:\n    image: x\n    cap_drop: [ALL]\n    security_opt: [seccomp=unconfined]\n"
    );
    let folder = Folder::with(&[("compose.yaml", &text)]);
    let out = folder.run(&["--select=seccomp-unconfined"]).out;
    assert!(
        out.contains("\n   --> compose.yaml:103:20\n    |\n103 |     security_opt: ["),
        "{out}"
    );
    assert!(out.lines().all(|line| !line.ends_with(' ')), "{out}");
}

#[test]
fn a_long_command_is_whole_above_its_fix_and_in_it() {
    let script = format!(
        "podman run -e A={} -v ./a:/a --privileged registry:2\n",
        "b".repeat(240)
    );
    let folder = Folder::with(&[("run.sh", &script)]);
    let out = folder.run(&["--select=privileged"]).out;
    assert!(!out.contains("..."), "{out}");
    let lines: Vec<&str> = out.lines().filter(|l| l.contains("podman run -e A=bbb")).collect();
    assert_eq!(lines.len(), 3, "{out}");
}

#[test]
fn a_very_long_line_is_cut_around_what_matters() {
    let script = format!("docker run -e A={} --privileged nginx:1.29\n", "b".repeat(3000));
    let folder = Folder::with(&[("run.sh", &script)]);
    let out = folder.run(&["--select=privileged"]).out;
    assert!(out.contains("run.sh:1:3018"), "{out}");
    assert!(out.contains("...b") && out.contains("--privileged"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() < 420), "{out}");
}
