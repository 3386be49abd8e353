//! Baselines.

use crate::support::{Folder, SOCKET};

#[test]
fn what_is_listed_is_not_shown_and_what_is_new_is() {
    let folder = Folder::with(&[("a/compose.yaml", SOCKET)]);
    let ran = folder.run(&["--write-baseline", "known.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let ran = folder.run(&["--baseline", "known.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    // lines above come and go, and a second finding is new
    let moved = SOCKET.replace("services:\n", "# one\n\n# two\nservices:\n");
    let second = format!(
        "{moved}  two:\n    image: example.org/two:1\n    cap_drop: [ALL]\n    security_opt: [seccomp=unconfined]\n"
    );
    folder.write("a/compose.yaml", &second);
    let ran = folder.run(&["--baseline", "known.json", "--format=concise"]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    assert!(ran.out.contains("[seccomp-unconfined]"), "{}", ran.out);
    let ran = folder.run(&["--baseline", "known.json", "--format=sarif"]);
    let states = |text: &str| -> Vec<(String, String)> {
        let log: serde_json::Value = serde_json::from_str(text).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        let word = |r: &serde_json::Value, key: &str| r[key].as_str().unwrap().to_owned();
        results
            .iter()
            .map(|r| (word(r, "baselineState"), word(r, "ruleId")))
            .collect()
    };
    let named = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    assert_eq!(
        states(&ran.out),
        named(&[("new", "seccomp-unconfined"), ("unchanged", "engine-socket")])
    );
    folder.write("a/compose.yaml", second.replace("/var/run/docker.sock:", "data:"));
    folder.write(".privlint.yaml", "baseline: known.json\n");
    let ran = folder.run(&["--format=sarif"]);
    assert_eq!(
        states(&ran.out),
        named(&[("new", "seccomp-unconfined"), ("absent", "engine-socket")])
    );
    assert!(ran.out.contains("\"uri\": \"a/compose.yaml\""), "{}", ran.out);
}

#[test]
fn paths_are_those_from_the_baseline_and_the_configuration_may_name_it() {
    let folder = Folder::with(&[
        (".git/HEAD", ""),
        ("a/compose.yaml", SOCKET),
        (".privlint.yaml", "baseline: known.json\n"),
    ]);
    assert_eq!(folder.run(&["--isolated", "--write-baseline", "known.json"]).code, 0);
    assert_eq!(folder.run(&[]).code, 0);
    let below = Folder(folder.0.join("a"));
    let ran = below.run(&["compose.yaml"]);
    std::mem::forget(below);
    assert_eq!(ran.code, 0, "{}", ran.out);
}

#[test]
fn what_is_no_longer_there_is_told() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    folder.run(&["--write-baseline", "known.json"]);
    folder.write(
        "compose.yaml",
        SOCKET.replace("/var/run/docker.sock:/var/run/docker.sock", "data:/data"),
    );
    let ran = folder.run(&["--baseline", "known.json"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(
        ran.err.contains("known.json lists 1 finding no longer there"),
        "{}",
        ran.err
    );
    for broken in ["", "{}", "{\"version\": 2, \"findings\": []}"] {
        folder.write("known.json", broken);
        assert_eq!(folder.run(&["--baseline", "known.json"]).code, 2, "{broken}");
    }
    assert_eq!(folder.run(&["--baseline", "missing.json"]).code, 2);
}

#[test]
fn a_log_with_too_many_results_is_cut_of_the_least_grave_and_says_so() {
    let strong = "SYS_PTRACE NET_ADMIN BPF SYSLOG SYS_BOOT SYS_TIME PERFMON MAC_ADMIN SYS_RESOURCE IPC_OWNER";
    let mut script = String::new();
    for n in 0..2510 {
        script.push_str(&format!("docker run --name c{n}"));
        for capability in strong.split(' ') {
            script.push_str(&format!(" --cap-add={capability}"));
        }
        script.push_str(" example.org/x:1\n");
    }
    script.push_str("docker run --cap-add=SYS_ADMIN example.org/x:1\n");
    let folder = Folder::with(&[("run.sh", &script)]);
    let args = [
        "--select=strong-capability,host-escape-capability",
        "--format=sarif=log.sarif",
    ];
    let ran = folder.run(&args);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err
            .contains("code scanning takes 25000 results, so 101 findings are not in the SARIF log"),
        "{}",
        ran.err
    );
    let log: serde_json::Value = serde_json::from_str(&folder.read("log.sarif")).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let errors = results.iter().filter(|r| r["level"] == "error").count();
    assert_eq!((results.len(), errors), (25_000, 1));
}
