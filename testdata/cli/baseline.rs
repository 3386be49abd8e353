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
    assert!(ran.out.contains("\"baselineState\": \"new\""), "{}", ran.out);
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
