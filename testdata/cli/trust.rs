//! No lost byte, no hidden file, no voice for a stranger. `.ci/trust` tries the same at length.

use crate::support::{Folder, SOCKET};

const FORMATS: [&str; 10] = [
    "full",
    "concise",
    "json",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "checkstyle",
    "rdjson",
    "markdown",
];

const FIXABLE: &str = "docker run --privileged registry:2\n";

#[test]
fn bytes_of_a_file_come_back_from_standard_output() {
    let text = format!("#!/bin/sh\n# \u{1b}[31m \u{7} \u{9b} \u{202e}\r\n{FIXABLE}");
    let folder = Folder::with(&[("run.sh", &text)]);
    let fixes = ["--unsafe-fixes", "--as=shell"];
    let ran = folder.run_with(&["--fix", "-", fixes[0], fixes[1]], &[], Some(text.as_bytes()));
    let head = text.split("docker").next().unwrap();
    assert!(ran.out.starts_with(head), "{:?}", ran.out);
    assert!(!ran.out.contains("--privileged"), "{:?}", ran.out);
    let diff = folder.run(&["--diff", "--unsafe-fixes"]).out;
    assert!(diff.contains(" # \u{1b}[31m \u{7} \u{9b} \u{202e}\r\n"), "{diff:?}");
    folder.write("changes.diff", &diff);
    let apply = |args: &[&str]| {
        let done = std::process::Command::new("git")
            .args(args)
            .current_dir(&folder.0)
            .output();
        done.is_ok_and(|done| done.status.success())
    };
    assert!(apply(&["init", "-q"]) && apply(&["apply", "changes.diff"]));
    let by_git = folder.read("run.sh");
    folder.write("run.sh", &text);
    folder.run(&["--fix", "--unsafe-fixes"]);
    assert_eq!(by_git, folder.read("run.sh"));
}

#[test]
fn what_is_not_mended_comes_back_from_standard_output_too() {
    let folder = Folder::with(&[(".privlint.yaml", "exclude: [left.sh]\n")]);
    let large = [vec![b'#'; 11 << 20], FIXABLE.as_bytes().to_vec()].concat();
    let cases: [(&[&str], &[u8]); 8] = [
        (&["--stdin-filename=README.md"], b"# no word of it\n"),
        (&["--stdin-filename=left.sh", "--force-exclude"], FIXABLE.as_bytes()),
        (&["--stdin-filename=no.kind"], b"a: b\n"),
        (
            &["--as=shell"],
            b"\xff\xfe # no text\ndocker run --privileged registry:2\n",
        ),
        (&["--as=compose"], b"services: [\n"),
        (&["--as=shell"], b""),
        (&["--as=shell", "--statistics"], b"docker run -v /:/host x\n"),
        (&["--as=shell"], &large),
    ];
    for fix in ["--fix", "--fix-only"] {
        for (args, text) in cases {
            let args = [&[fix, "-"], args].concat();
            if fix == "--fix-only" && args.contains(&"--statistics") {
                continue;
            }
            folder.write("input", text);
            let input = std::fs::File::open(folder.0.join("input")).unwrap();
            let done = crate::support::privlint(&folder.0)
                .args(&args)
                .stdin(input)
                .output()
                .unwrap();
            let err = String::from_utf8_lossy(&done.stderr);
            assert!(
                done.stdout == text,
                "{args:?}: {} of {} bytes\n{err:.300}",
                done.stdout.len(),
                text.len()
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn no_format_carries_what_a_terminal_or_a_runner_obeys() {
    let folder = Folder::with(&[]);
    let names = [
        "##[error]a",
        " ::error::b",
        "c\n::error::d",
        "e\u{1b}[2J",
        "f\u{9b}",
        "g\u{202e}",
        "`@h`",
        "i\\j",
    ];
    for (name, text) in names.iter().zip(names.iter().cycle().skip(3)) {
        let line = text.replace(['\n', '`'], " ");
        let script = format!("#!/bin/sh\n{line}\ndocker run --privileged '{line}'\n{line}\n{FIXABLE}{line}\n");
        folder.write(&format!("{name}/run.sh"), script);
    }
    let obeyed = |text: &str| {
        let lines = text.split(['\n', '\r']);
        let mut wrong = lines.filter(|line| {
            let ours = line.starts_with("::error file=")
                || line.starts_with("::notice file=")
                || line.starts_with("::warning file=");
            line.contains("##[")
                || line.trim_start().starts_with("::") && !ours
                || line
                    .chars()
                    .any(|c| (c.is_control() && c != '\t') || ('\u{202a}'..='\u{202e}').contains(&c))
        });
        wrong.next().map(str::to_owned)
    };
    for format in FORMATS {
        let ran = folder.run(&["-v", &format!("--format={format}")]);
        assert_eq!(ran.code, 1, "{format}: {}", ran.err);
        assert_eq!((obeyed(&ran.out), obeyed(&ran.err)), (None, None), "{format}");
    }
    for args in [
        ["--show-files"].as_slice(),
        &["--show-settings"],
        &["inspect"],
        &["exceptions"],
    ] {
        assert_eq!(obeyed(&folder.run(args).out), None, "{args:?}");
    }
    let listed = folder.run(&["--show-files"]).out;
    assert_eq!(
        listed.lines().collect::<std::collections::BTreeSet<_>>().len(),
        names.len()
    );
    // a diff has bytes of the files in it, but no command and no name with a line of its own
    let diff = folder.run(&["--diff", "--unsafe-fixes"]);
    assert!(!diff.out.contains("##[") && diff.code == 2, "{}", diff.err);
    assert!(
        !diff
            .out
            .split(['\n', '\r'])
            .any(|line| line.trim_start().starts_with("::")),
        "{}",
        diff.out
    );
    assert!(diff.out.contains("+++ \"b/c\\012::error::d/run.sh\""), "{}", diff.out);
}

#[cfg(unix)]
#[test]
fn nothing_in_a_repository_leads_out_of_it() {
    let secret = "token: hunter2\nprivileged: [\n";
    let outside = Folder::with(&[("secret", secret)]);
    for name in [
        ".privlint.yaml",
        ".gitignore",
        ".ignore",
        "base.json",
        "compose.yaml",
        "x/.gitignore",
    ] {
        for target in [outside.0.join("secret").as_path(), "/dev/zero".as_ref()] {
            let folder = Folder::with(&[(".git/HEAD", ""), ("x/compose.yaml", SOCKET)]);
            if name == "base.json" {
                folder.write(".privlint.yaml", "baseline: base.json\n");
            }
            std::os::unix::fs::symlink(target, folder.0.join(name)).unwrap();
            for args in [[].as_slice(), &[name], &["--fix"]] {
                let ran = folder.run(args);
                assert!(
                    !format!("{}{}", ran.out, ran.err).contains("hunter2"),
                    "{name} {args:?}: {ran:?}"
                );
                assert!(ran.code > 0, "{name} {args:?}: {ran:?}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_file_and_holds_nothing_up() {
    let folder = Folder::with(&[("x/compose.yaml", SOCKET)]);
    for name in [".privlint.yaml", ".gitignore", "compose.yaml"] {
        let made = std::process::Command::new("mkfifo").arg(folder.0.join(name)).status();
        assert!(made.unwrap().success());
        let ran = folder.run(&["compose.yaml"]);
        assert_eq!(ran.code, 2, "{name}: {ran:?}");
        std::fs::remove_file(folder.0.join(name)).unwrap();
    }
}

#[test]
fn what_git_tracks_is_read_whatever_is_ignored() {
    let folder = Folder::with(&[("a/compose.yaml", SOCKET), ("b/compose.yaml", SOCKET)]);
    let git = |args: &[&str]| {
        let done = std::process::Command::new("git")
            .args(args)
            .current_dir(&folder.0)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "a"]);
    folder.write(".gitignore", "*\n");
    assert_eq!(folder.run(&["--show-files"]).out, "a/compose.yaml\n");
    assert_eq!(folder.run_at("a", &["--show-files"]).out, "compose.yaml\n");
    assert_eq!(folder.run(&["--show-files", "--exclude=a"]).out, "");
    // without an index, a file below the root that hides something is named
    let bare = Folder::with(&[
        (".git/HEAD", ""),
        ("a/compose.yaml", SOCKET),
        ("a/.gitignore", "*.yaml\n"),
    ]);
    let ran = bare.run(&[]);
    assert!(ran.err.contains("a/.gitignore hides files"), "{}", ran.err);
    assert_eq!(bare.run(&["--no-gitignore"]).code, 1);
}

#[test]
fn a_configuration_below_the_root_that_leaves_something_out_is_named() {
    let files = [
        (".git/HEAD", ""),
        ("a/compose.yaml", SOCKET),
        ("a/.privlint.yaml", "ignore: [engine-socket]\n"),
    ];
    let folder = Folder::with(&files);
    let ran = folder.run(&[]);
    assert!(
        ran.code == 0 && ran.err.contains("a/.privlint.yaml leaves out"),
        "{ran:?}"
    );
    let ran = folder.run(&["--isolated"]);
    assert!(ran.code == 1 && !ran.err.contains(".privlint.yaml"), "{ran:?}");
    // what holds for the whole repository is its own business, and so is what leaves nothing out
    let folder = Folder::with(&[
        (".git/HEAD", ""),
        ("a/compose.yaml", SOCKET),
        (".privlint.yaml", "ignore: [privileged]\n"),
    ]);
    assert!(!folder.run(&[]).err.contains("leaves out"));
}

#[test]
fn whatever_a_configuration_below_the_root_hides_is_named() {
    let privileged = "services:\n  web:\n    image: example.org/x\n    privileged: true\n";
    let unlabelled = "services:\n  web:\n    image: example.org/x\n    volumes: [./d:/d]\n";
    for (name, text, more, config) in [
        (
            "compose.yaml",
            privileged,
            "services:\n  web:\n    privileged: !reset false\n",
            "projects: [[compose.yaml, z.yaml]]\n",
        ),
        ("podman-compose.yml", unlabelled, "", "engine: docker\n"),
    ] {
        let folder = Folder::with(&[(".git/HEAD", ""), ("sub/z.yaml", more), (&format!("sub/{name}"), text)]);
        let before = folder.run(&[]);
        folder.write("sub/.privlint.yaml", config);
        let ran = folder.run(&[]);
        assert!(before.out.len() > ran.out.len(), "{}", ran.out);
        assert!(ran.err.contains("sub/.privlint.yaml leaves out"), "{}", ran.err);
    }
    // it also hides by not asking for what the one at the root asks for
    let folder = Folder::with(&[
        (".git/HEAD", ""),
        (".privlint.yaml", "select: [default, strict]\n"),
        ("sub/.privlint.yaml", "# nothing\n"),
        ("sub/compose.yaml", SOCKET),
    ]);
    assert!(folder.run(&[]).err.contains("sub/.privlint.yaml leaves out"));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_read_and_told_apart() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::with(&[]);
    for name in [b"a\xff.sh".as_slice(), b"a\xfe.sh", br"a\xff.sh", b"$'a\\xff.sh"] {
        std::fs::write(folder.0.join(std::ffi::OsStr::from_bytes(name)), FIXABLE).unwrap();
    }
    let listed = folder.run(&["--show-files"]).out;
    let mut lines: Vec<&str> = listed.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, [r"$'$\'a\\xff.sh'", r"$'a\xfe.sh'", r"$'a\xff.sh'", r"a\xff.sh"]);
    let ran = folder.run(&["--fix", "--unsafe-fixes", "-q"]);
    assert_eq!(ran.err, "");
    for entry in std::fs::read_dir(&folder.0).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("--privileged"), "{text}");
    }
    assert!(!folder.run(&["--format=sarif"]).out.contains("%EF%BF%BD"));
}

#[test]
fn a_comment_is_not_unused_where_a_part_was_not_read() {
    let text = "services:\n  a:\n    image: x\n    # privlint: ignore[privileged] needed\n    privileged: [\n  b: }\n";
    let folder = Folder::with(&[("compose.yaml", text)]);
    let ran = folder.run(&["--format=concise"]);
    assert!(
        ran.out.contains("syntax-error") && !ran.out.contains("unused-ignore"),
        "{}",
        ran.out
    );
    folder.run(&["--fix", "--unsafe-fixes"]);
    assert_eq!(folder.read("compose.yaml"), text);
}

#[test]
fn what_a_fix_of_another_file_mended_is_not_reported() {
    let base = "services:\n  a:\n    image: registry:2\n    privileged: true\n";
    let folder = Folder::with(&[
        ("compose.yaml", base),
        (
            "compose.override.yaml",
            "services:\n  a:\n    volumes: [\"/etc:/d:Z\"]\n",
        ),
    ]);
    let shown = ["--selinux=on", "--format=concise", "-q"];
    let rules = |out: &str| out.matches("relabel-system-path").count();
    assert_eq!(rules(&folder.run(&shown).out), 1);
    let fixed = folder.run(&[&shown[..], &["--fix", "--unsafe-fixes"]].concat());
    assert_eq!(rules(&fixed.out), 0, "{}", fixed.out);
    // what a run says is left is what the next one finds
    let again = folder.run(&shown);
    assert_eq!((fixed.code, fixed.out), (again.code, again.out));
}

#[cfg(unix)]
#[test]
fn what_could_not_be_written_is_not_counted() {
    let folder = Folder::with(&[("a.sh", FIXABLE), ("b.sh", FIXABLE)]);
    std::fs::hard_link(folder.0.join("b.sh"), folder.0.join("c.txt")).unwrap();
    let ran = folder.run(&["--fix", "--unsafe-fixes"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("fixed 1 finding in 1 file") && ran.err.contains("several names"),
        "{}",
        ran.err
    );
    assert_eq!(folder.read("b.sh"), FIXABLE);
    assert!(ran.out.contains("b.sh") && !ran.out.contains("a.sh:"), "{}", ran.out);
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_ended_leaves_whole_files_and_nothing_else() {
    let files: Vec<String> = (0..12).map(|n| format!("d{n}/run.sh")).collect();
    for (wait, signal) in (0..24).zip(["INT", "TERM", "KILL"].into_iter().cycle()) {
        let pairs: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), FIXABLE)).collect();
        let folder = Folder::with(&pairs);
        let mut child = crate::support::privlint(&folder.0)
            .args(["--fix", "--unsafe-fixes", "-q"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(8 * wait));
        let _ = std::process::Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .output();
        child.wait().unwrap();
        let mut strays = 0;
        for entry in walkdir::WalkDir::new(&folder.0).into_iter().filter_map(Result::ok) {
            strays += usize::from(entry.file_name().to_string_lossy().starts_with(".privlint-"));
        }
        assert!(
            strays == 0 || (signal == "KILL" && strays == 1),
            "{strays} after {signal}"
        );
        for file in &files {
            let text = folder.read(file);
            assert!(
                text == FIXABLE || (text.ends_with("registry:2\n") && !text.contains("--privileged")),
                "{text:?}"
            );
        }
    }
}
