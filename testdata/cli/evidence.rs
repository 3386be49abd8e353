//! Logs beside the files that launch what they speak of.

use std::io::Write;

use crate::support::{Folder, root};

const RECORD: &str = "type=AVC msg=audit(1603218166.554:4674): avc:  denied  { read } for  pid=223435 comm=\"registry\" name=\"domain.crt\" dev=\"dm-0\" ino=6582402 scontext=system_u:system_r:container_t:s0:c127,c779 tcontext=unconfined_u:object_r:user_home_t:s0 tclass=file permissive=0\n";
const SCRIPT: &str = "podman run -d --name registry -v \"$(pwd)\"/certs:/certs -e REGISTRY_HTTP_TLS_CERTIFICATE=/certs/domain.crt registry:2\n";

fn folder() -> Folder {
    let privileged = SCRIPT.replace(" registry:2", " --privileged registry:2");
    Folder::with(&[
        ("audit.log", RECORD),
        ("registry.sh", SCRIPT),
        ("with/registry.sh", &privileged),
        (
            "top.txt",
            "EFFECTIVE CAPS    LABEL\nfull              unconfined_u:system_r:spc_t:s0\n",
        ),
    ])
}

#[test]
fn the_record_of_the_registry_points_at_the_mount() {
    let ran = folder().run(&["denials", "audit.log", "registry.sh"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in [
        "SELinux did not let `registry` read `domain.crt`",
        "--> registry.sh:1:34",
        "--> audit.log:1:42",
        "REGISTRY_HTTP_TLS_CERTIFICATE names `/certs/domain.crt`",
        "help: `:Z` on the mount of `$(pwd)/certs` (safe)",
        "/certs:/certs:Z",
    ] {
        assert!(ran.out.contains(words), "{words}\n{}", ran.out);
    }
}

#[test]
fn the_document_shows_what_is_really_written() {
    let document = std::fs::read_to_string(root().join("docs/evidence.md")).unwrap();
    let folder = folder();
    folder.write("with-privileged.sh", folder.read("with/registry.sh"));
    for args in [
        ["denials", "audit.log", "registry.sh"],
        ["denials", "top.txt", "with-privileged.sh"],
    ] {
        let ran = folder.run(&args);
        let shown = format!("$ privlint {}\n{}", args.join(" "), ran.out.trim_end());
        assert!(document.contains(&shown), "{shown}");
    }
}

#[test]
fn the_listings_explain_what_the_flag_gives() {
    let ran = folder().run(&["denials", "top.txt", "with/registry.sh"]);
    assert!(
        ran.out
            .contains("every capability: `--privileged` gives them; without it there are 11"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("runs as spc_t: SELinux does not confine it"),
        "{}",
        ran.out
    );
}

#[test]
fn programs_get_the_launch_and_the_remedies() {
    let ran = folder().run(&["denials", "audit.log", "registry.sh", "--format", "json"]);
    let read: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let denial = &read["denials"][0];
    assert_eq!(
        (denial["kind"].as_str(), denial["line"].as_u64()),
        (Some("avc"), Some(1))
    );
    assert_eq!(denial["launch"]["container"], "registry");
    assert_eq!(denial["remedies"][0]["kind"], "relabel");
    assert_eq!(denial["remedies"][0]["safety"], "safe");
    let ran = folder().run(&["denials", "audit.log", "registry.sh", "--format", "github"]);
    assert!(ran.out.starts_with("::warning file=registry.sh,line=1,"), "{}", ran.out);
    let ran = folder().run(&["denials", "audit.log", "registry.sh", "--format", "sarif"]);
    let read: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let result = &read["runs"][0]["results"][0];
    assert_eq!(
        result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"],
        1
    );
}

#[test]
fn a_compressed_log_is_read_as_the_same() {
    let folder = folder();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(RECORD.as_bytes()).unwrap();
    folder.write("audit.log.gz", packed.finish().unwrap());
    let ran = folder.run(&["denials", "audit.log.gz", "registry.sh"]);
    assert!(ran.out.contains("--> audit.log.gz:1:42"), "{}", ran.out);
}

#[test]
fn what_does_not_match_says_what_is_missing() {
    let folder = Folder::with(&[
        ("audit.log", RECORD),
        ("app.sh", "podman run -d --name app -v ./data:/data example.org/app:1\n"),
    ]);
    let ran = folder.run(&["denials", "audit.log", "app.sh"]);
    assert!(
        ran.out.contains("no launch is named: no launch starts `registry`"),
        "{}",
        ran.out
    );
    let ran = folder.run(&["denials", "missing.log", "app.sh"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn a_trace_of_two_lives_makes_the_fix_safe() {
    let life = |which| format!("privlint: life {which} app\n10:00:00 0 1 app 0 CAP_CHOWN 1\nprivlint: stop\n");
    let folder = Folder::with(&[
        ("app.sh", "docker run -d --name app example.org/app:1\n"),
        ("one.log", &life("first")),
        ("two.log", &(life("first") + &life("later") + "privlint: files app\n")),
    ]);
    let ran = folder.run(&["--evidence", "two.log", "app.sh"]);
    assert!(ran.out.contains("--cap-drop=all --cap-add=CHOWN"), "{}", ran.out);
    assert!(ran.out.contains("= safe: `privlint --fix` writes this"), "{}", ran.out);
    assert!(ran.out.contains("two.log:2"), "{}", ran.out);
    let ran = folder.run(&["--evidence", "one.log", "app.sh"]);
    assert!(!ran.out.contains("= safe"), "{}", ran.out);
    let ran = folder.run(&["inspect", "--evidence", "one.log", "app.sh"]);
    assert!(ran.out.contains("used CHOWN, proposed unknown"), "{}", ran.out);
    let ran = folder.run(&["inspect", "--evidence", "two.log", "app.sh"]);
    assert!(ran.out.contains("used CHOWN, proposed CHOWN"), "{}", ran.out);
}

#[cfg(unix)]
#[test]
fn the_commands_of_a_trace_are_read_by_a_shell() {
    let folder = Folder::with(&[]);
    for run in ["podman run --name web nginx", "docker run --rm --pid=host it\\'s"] {
        let words: Vec<&str> = ["trace", "--"].into_iter().chain(run.split(' ')).collect();
        let ran = folder.run(&words);
        assert_eq!(ran.code, 0, "{}", ran.err);
        folder.write("trace.sh", &ran.out);
        let path = folder.0.join("trace.sh");
        let read = std::process::Command::new("sh").arg("-n").arg(&path).output().unwrap();
        assert!(
            read.status.success(),
            "{}{}",
            ran.out,
            String::from_utf8_lossy(&read.stderr)
        );
    }
}

#[test]
fn no_label_is_offered_for_the_system_a_home_or_a_key() {
    let record = |path: &str, kind: &str| {
        let label = format!("scontext=system_u:system_r:container_t:s0:c1,c2 tcontext=system_u:object_r:{kind}:s0");
        format!(
            "type=AVC msg=audit(1.2:3): avc:  denied  {{ read }} for  pid=2 comm=\"registry\" path=\"{path}\" {label} tclass=file permissive=0\n"
        )
    };
    let run = |file: &str, log: &str| {
        let folder = Folder::with(&[("run.sh", file), ("a.log", log)]);
        folder.run(&["denials", "a.log", "run.sh"]).out
    };
    let unknown = "podman run -d --name web -v \"$DATA:/data\" -v \"$H:/h\" registry:2\n";
    let one = "podman run -d --name web -v ./data:/data registry:2\n";
    for (path, kind) in [
        ("/usr/share/zoneinfo/x", "usr_t"),
        ("/etc/passwd", "etc_t"),
        ("/home/me/.ssh/id_rsa", "ssh_home_t"),
        ("/home/me", "user_home_dir_t"),
    ] {
        for file in [unknown, one, "true\n"] {
            let out = run(file, &record(path, kind));
            assert!(out.contains("no label is offered: ") && !out.contains("`:Z`"), "{out}");
        }
    }
    // what a mount brings in is for the mount to say
    assert!(run(one, &record("/data/x", "usr_t")).contains("`:Z` on the mount of `./data`"));
    assert!(run(unknown, &record("domain.crt", "user_home_t")).contains("`:Z` behind the mount"));
}

/// A trace that would prove everything for a container of this name.
fn whole_trace(name: &str) -> String {
    let life = |which| format!("privlint: life {which} {name}\n10:00:00 0 1 app 0 CAP_CHOWN 1\nprivlint: stop\n");
    life("first") + &life("later") + &format!("./usr/bin/ping cap_net_raw=ep\nprivlint: files {name}\n")
}

#[test]
fn a_trace_that_may_have_missed_something_makes_nothing_safe() {
    let run = "docker run -d --name app example.org/app:1\n";
    let whole = whole_trace("app");
    let safe = |log: &str, run: &str| {
        let folder = Folder::with(&[("app.sh", run), ("a.log", log)]);
        folder.run(&["--diff", "--evidence", "a.log", "app.sh"]).out
    };
    // what a file carries is kept, although no check of it was recorded
    assert!(safe(&whole, run).contains("--cap-drop=all --cap-add=CHOWN --cap-add=NET_RAW"));
    let without = |part: &str| {
        whole
            .lines()
            .filter(|l| !l.contains(part))
            .collect::<Vec<_>>()
            .join("\n")
    };
    for log in [
        without("CAP_"),
        without("files"),
        without("stop"),
        whole.replacen("privlint: stop", "Lost 7 events\nprivlint: stop", 1),
        whole_trace("staging-app"),
    ] {
        assert_eq!(safe(&log, run), "", "{log}");
    }
    assert_eq!(safe(&whole, &run.replace("-d", "-d --pid host")), "");
}

#[test]
fn the_check_tells_what_a_log_confirms() {
    let ran = folder().run(&["--evidence", "audit.log", "registry.sh"]);
    assert!(
        ran.out
            .contains("note: SELinux did not let `registry` read `domain.crt` (audit.log:1)"),
        "{}",
        ran.out
    );
}
