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

#[test]
fn a_list_that_several_fixes_empty_and_fill_stays_a_list() {
    let text = "services:\n  a:\n    image: x.example/a\n    security_opt:\n      - seccomp:unconfined\n      - apparmor:unconfined # why\n    restart: always\n";
    for name in ["compose.yaml", "README.md"] {
        let text = match name {
            "README.md" => format!("# A\n\n```yaml\n{text}```\n"),
            _ => text.to_owned(),
        };
        let folder = Folder::with(&[(name, &text)]);
        folder.run(&["--isolated", "--fix", "--unsafe-fixes", "--strict", "."]);
        let fixed = folder.read(name);
        assert!(
            fixed.contains("    security_opt:\n      # why\n      - no-new-privileges=true\n"),
            "{fixed}"
        );
        let again = folder.run(&["--isolated", "--strict", "--select=syntax-error", "."]);
        assert_eq!(again.code, 0, "{}", again.out);
    }
}

#[test]
fn line_ends_of_a_page_stay_as_they_are() {
    let page = "# t\r\n\r\n```yaml\r\nservices:\r\n  db:\r\n    image: postgres:16\r\n    hostname: db\r\n    privileged: true\r\n    restart: always\r\n```\r\n";
    let folder = Folder::with(&[("README.md", page)]);
    folder.run(&["--isolated", "--fix", "--unsafe-fixes", "--strict", "."]);
    let fixed = folder.read("README.md");
    assert!(
        fixed.contains("cap_drop:\r\n") && !fixed.contains("privileged"),
        "{fixed:?}"
    );
    let without = fixed.replace("\r\n", "");
    assert!(!without.contains(['\r', '\n']), "{fixed:?}");
}

#[test]
fn a_line_that_is_always_wanted_stands_where_a_template_always_writes_it() {
    let text = "[Container]\nImage=docker.io/library/postgres:16\nContainerName=pg\nVolume=pg.volume:/var/lib/postgresql/data\n\n{% if uid is defined -%}\nUserNS=keep-id:uid={{ uid }}\n{%- endif %}\n";
    let folder = Folder::with(&[("pg.container.j2", text)]);
    folder.run(&["--isolated", "--fix", "--unsafe-fixes", "--strict", "."]);
    let fixed = folder.read("pg.container.j2");
    let (before, block) = fixed.split_once("{% if").unwrap();
    assert!(before.contains("DropCapability="), "{fixed}");
    assert_eq!(block, text.split_once("{% if").unwrap().1);
}
