//! `--fix` and `--diff`.

use crate::support::Folder;

/// A command with a safe fix: a mount that carries no label.
const MOUNT: &str =
    "services:\n  web:\n    image: example.org/web:1\n    cap_drop: [ALL]\n    volumes:\n      - ./data:/data\n";
const MOUNT_FIXED: &str =
    "services:\n  web:\n    image: example.org/web:1\n    cap_drop: [ALL]\n    volumes:\n      - ./data:/data:Z\n";

#[test]
fn fix_writes_once_and_then_finds_nothing() {
    let folder = Folder::with(&[("compose.yaml", MOUNT)]);
    let ran = folder.run(&["--selinux=on", "--fix"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert_eq!(folder.read("compose.yaml"), MOUNT_FIXED);
    assert!(ran.err.contains("fixed 1 finding in 1 file"), "{}", ran.err);
    let again = folder.run(&["--selinux=on", "--fix"]);
    assert_eq!((again.code, again.err.as_str()), (0, ""));
    assert_eq!(folder.read("compose.yaml"), MOUNT_FIXED);
    assert_eq!(
        std::fs::read_dir(&folder.0).unwrap().count(),
        1,
        "a temporary file was left"
    );
}

#[test]
fn diff_shows_and_changes_nothing() {
    let folder = Folder::with(&[("compose.yaml", MOUNT)]);
    let ran = folder.run(&["--selinux=on", "--diff"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.starts_with("--- a/compose.yaml\n+++ b/compose.yaml\n@@ "),
        "{}",
        ran.out
    );
    assert!(
        ran.out.ends_with("-      - ./data:/data\n+      - ./data:/data:Z\n"),
        "{}",
        ran.out
    );
    assert_eq!(folder.read("compose.yaml"), MOUNT);
    let nothing = folder.run(&["--selinux=off", "--diff"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (0, ""));
}

#[cfg(unix)]
#[test]
fn modes_links_and_line_endings_stay() {
    use std::os::unix::fs::PermissionsExt;
    let windows = format!("\u{feff}{}", MOUNT.replace('\n', "\r\n"));
    let folder = Folder::with(&[("real/compose.yaml", &windows)]);
    let real = folder.0.join("real/compose.yaml");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o750)).unwrap();
    std::os::unix::fs::symlink("real/compose.yaml", folder.0.join("compose.yaml")).unwrap();
    let ran = folder.run(&["--selinux=on", "--fix", "compose.yaml"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let meta = std::fs::symlink_metadata(folder.0.join("compose.yaml")).unwrap();
    assert!(meta.is_symlink());
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o750);
    let fixed = format!("\u{feff}{}", MOUNT_FIXED.replace('\n', "\r\n"));
    assert_eq!(folder.read("real/compose.yaml"), fixed);
}

#[test]
fn a_fixed_standard_input_goes_to_standard_output() {
    let folder = Folder::with(&[]);
    let args = ["-", "--as=compose", "--fix", "--selinux=on"];
    let ran = folder.run_with(&args, &[], Some(MOUNT.as_bytes()));
    assert_eq!((ran.code, ran.out.as_str()), (0, MOUNT_FIXED), "{}", ran.err);
    let again = folder.run_with(&args, &[], Some(MOUNT_FIXED.as_bytes()));
    assert_eq!(again.out, MOUNT_FIXED);
}

#[test]
fn a_fix_that_would_cause_a_finding_says_which() {
    let folder = Folder::with(&[("run.sh", "docker run -d --name web --cap-add=NET_RAW docker:dind\n")]);
    let ran = folder.run(&["--select=redundant-capability"]);
    let why = "no fix is offered: `net-raw` would then be reported: `web` can impersonate";
    assert!(ran.out.contains(why), "{}", ran.out);
}

#[test]
fn a_diff_knows_what_could_not_be_read() {
    let folder = Folder::with(&[("run.sh", "docker run -d $O example.org/x\n")]);
    assert_eq!(folder.run(&["--diff", "run.sh"]).code, 0);
    assert_eq!(folder.run(&["--diff", "--fail-on-unseen", "run.sh"]).code, 1);
}
