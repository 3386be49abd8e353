//! Compose projects, as they are met on the command line.

use crate::support::Folder;

const BASE: &str = "services:
  a:
    image: registry:2
    privileged: true
    volumes: ['./d:/d']
  b:
    image: example.org/b
    cap_drop: [ALL]
    pid: host
";

/// The lines of a run in the concise format.
fn found(folder: &Folder, args: &[&str]) -> Vec<String> {
    let all = [&["--format=concise", "--selinux=off"], args].concat();
    let ran = folder.run(&all);
    let lines = ran.out.lines();
    lines
        .map(|line| line.split_once("] ").map_or(line, |(start, _)| start).to_owned())
        .collect()
}

#[test]
fn a_file_is_judged_in_each_project_that_lists_it() {
    let folder = Folder::with(&[
        (
            ".privlint.yaml",
            "projects: [[base.yaml, prod.yaml], [base.yaml, dev.yaml]]\n",
        ),
        ("base.yaml", BASE),
        // what one of them takes back is still there in the other
        (
            "prod.yaml",
            "services:\n  a:\n    privileged: !reset false\n    cap_drop: [ALL]\n",
        ),
        ("dev.yaml", "services:\n  b:\n    ipc: host\n"),
    ]);
    let all = [
        "base.yaml:4:5: error[privileged",
        "base.yaml:9:5: error[host-pid",
        "dev.yaml:3:5: warning[host-ipc",
    ];
    assert_eq!(found(&folder, &["."]), all);
    assert_eq!(found(&folder, &["base.yaml"]), all);
    let ran = folder.run(&["base.yaml", "--selinux=on"]);
    assert!(
        ran.out.contains("also serves `a` in another project of this file"),
        "{}",
        ran.out
    );
    let ran = folder.run(&["inspect", "--format=json", "base.yaml"]);
    let records: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let said: Vec<(&str, &str)> = records["containers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["name"].as_str().unwrap(), c["privileged"].as_str().unwrap()))
        .collect();
    // each service as often as it differs
    assert_eq!(said, [("a", "no"), ("a", "yes"), ("b", "no"), ("b", "no")]);
}

#[test]
fn the_files_that_an_env_file_names_are_one_project() {
    let folder = Folder::with(&[
        (".git/HEAD", ""),
        (".env", "COMPOSE_FILE=deploy/base.yaml:deploy/more.yaml\n"),
        ("deploy/base.yaml", BASE),
        (
            "deploy/more.yaml",
            "services:\n  a:\n    privileged: false\n    cap_drop: [ALL]\n    network_mode: host\n",
        ),
    ]);
    let all = [
        "deploy/base.yaml:9:5: error[host-pid",
        "deploy/more.yaml:5:5: warning[host-network",
    ];
    assert_eq!(found(&folder, &["."]), all);
    for (args, count) in [(["base.yaml"], 2), (["more.yaml"], 1)] {
        let all = [&["--format=concise", "--selinux=off"], &args[..]].concat();
        let ran = folder.run_at("deploy", &all);
        assert_eq!(ran.out.lines().count(), count, "{}", ran.out);
    }
    // the variables of whoever runs privlint say nothing
    let ran = folder.run_with(
        &["--format=concise", "--selinux=off", "."],
        &[("COMPOSE_FILE", "deploy/base.yaml")],
        None,
    );
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
}

#[test]
fn what_one_service_has_from_another_is_told_by_the_one_that_says_it() {
    let folder = Folder::with(&[(
        "compose.yaml",
        "services:
  a:
    image: example.org/a
    cap_drop: [ALL]
    pid: service:c
  b:
    extends: c
  c:
    image: example.org/c
    cap_drop: [ALL]
    pid: host
",
    )]);
    let ran = folder.run(&["--format=json", "--selinux=off"]);
    let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let findings = said["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    let finding = &findings[0];
    assert!(finding["message"].as_str().unwrap().starts_with("`c` "), "{finding}");
    assert_eq!(finding["range"]["start"]["line"], 11);
    let related: Vec<&str> = finding["related"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["message"].as_str().unwrap())
        .collect();
    assert_eq!(related, ["also in `a`", "also in `b`"]);
}

#[test]
fn a_file_that_a_script_deploys_is_judged_as_a_stack() {
    let app = "services:
  a:
    image: example.org/a
    cap_drop: [ALL]
    privileged: true
";
    let script = "#!/bin/sh\ncd \"$(dirname \"$0\")\"\nFILE=app.yaml\ndocker stack deploy -c $FILE -c \"$EXTRA\" app\n";
    let files = [
        (".git/HEAD", ""),
        ("deploy/up.sh", script),
        ("deploy/app.yaml", app),
        ("other/app.yaml", app),
    ];
    let folder = Folder::with(&files);
    let stack = "deploy/app.yaml:5:5: warning[ignored-stack-key";
    assert_eq!(found(&folder, &["."]), ["other/app.yaml:5:5: error[privileged", stack],);
    // the same where only the file is named
    assert_eq!(found(&folder, &["deploy/app.yaml"]), [stack]);
    let ran = folder.run(&["--selinux=off", "deploy/app.yaml"]);
    assert!(
        ran.out.contains("`docker stack deploy` in deploy/up.sh:4"),
        "{}",
        ran.out
    );
    let ran = folder.run(&["inspect", "--format=json", "deploy/app.yaml"]);
    let records: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let record = &records["containers"][0];
    assert_eq!(record["privileged"], "no");
    assert_eq!(record["stack"]["passed_over"][0], "privileged");
}

#[test]
fn a_file_that_may_be_a_stack_is_judged_as_compose_with_a_word_about_it() {
    let folder = Folder::with(&[(
        "app.yaml",
        "services:
  a:
    image: example.org/a
    cap_drop: [ALL]
    pid: host
    deploy:
      mode: global
",
    )]);
    let ran = folder.run(&["--selinux=off"]);
    let word = "`docker stack deploy` ignores `pid`; `deploy.mode` says that this file may be a stack";
    assert!(
        ran.out.contains("error[host-pid]") && ran.out.contains(word),
        "{}",
        ran.out
    );
    let ran = folder.run(&["--selinux=off", "--fix", "--unsafe-fixes"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(!folder.read("app.yaml").contains("pid:"));
}

#[test]
fn a_service_that_another_file_includes_shares_its_mounts_with_nobody() {
    let folder = Folder::with(&[
        (".git/HEAD", ""),
        (
            "compose.yaml",
            "include: [sub/more.yaml]\nservices: {a: {image: example.org/a, cap_drop: [ALL]}}\n",
        ),
        ("compose.override.yaml", "services: {b: {read_only: true}}\n"),
        (
            "sub/more.yaml",
            "services: {b: {image: example.org/b, cap_drop: [ALL], volumes: [./d:/d]}}\n",
        ),
    ]);
    for path in [".", "sub/more.yaml"] {
        let ran = folder.run(&["--selinux=on", "--diff", path]);
        assert!(ran.out.contains("./d:/d:Z"), "{path}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_label_that_older_versions_lose_is_kept_by_the_key_beside_it() {
    let folder = Folder::with(&[(
        "compose.yaml",
        "services:
  a:
    image: example.org/a
    cap_drop: [ALL]
    volumes:
      - type: bind
        source: ./d
        target: /d
        bind:
          selinux: z
      - {type: bind, source: ./e, target: /e, bind: {selinux: Z}}
",
    )]);
    assert_eq!(folder.run(&["--selinux=on", "--fix"]).code, 0);
    let fixed = folder.read("compose.yaml");
    // whoever wrote that others use it knows
    assert!(
        fixed.contains("        bind:\n          selinux: z\n          create_host_path: true\n"),
        "{fixed}"
    );
    assert!(fixed.contains("bind: {selinux: Z, create_host_path: true}}"), "{fixed}");
}

#[test]
fn two_fixes_that_empty_a_list_take_its_key_too() {
    let list = "security_opt: ANCHOR
      - seccomp=unconfined # one

      # two
      - apparmor=unconfined
";
    let text = |anchor: &str, rest: &str| {
        let list = list.replace(" ANCHOR", anchor);
        format!("services:\n  a:\n    image: example.org/a\n    cap_drop: [ALL]\n    {list}{rest}")
    };
    let folder = Folder::with(&[("a.yaml", &text("", "    restart: always\n")), ("b.yaml", "")]);
    folder.write(
        "b.yaml",
        text(
            " &all",
            "  b: {image: example.org/b, cap_drop: [ALL], security_opt: *all}\n",
        ),
    );
    folder.run(&["--fix", "--unsafe-fixes", "--selinux=off"]);
    assert_eq!(
        folder.read("a.yaml"),
        "services:\n  a:\n    image: example.org/a\n    cap_drop: [ALL]\n      # one\n      # two\n    restart: always\n"
    );
    // an empty value is none that Compose takes: it goes with those who have it from there, or stays
    let shared = folder.read("b.yaml");
    assert!(
        !shared.contains("security_opt:\n") && !shared.contains("&all\n"),
        "{shared}"
    );
}

#[test]
fn services_without_their_key_are_said_to_be_unread() {
    let service = "image: nginx\n  privileged: true\n  volumes: ['/:/h']\n";
    let folder = Folder::with(&[
        ("compose.yaml", BASE),
        ("parts/web.yml", &format!("web:\n  {service}")),
        (
            "parts/all.yaml",
            &format!("version: '2'\nweb:\n  {service}db:\n  build: .\n  restart: always\n"),
        ),
        ("agent.yml", &format!("x-a: 1\nagent:\n  {service}  user: root\n")),
        (
            ".gitlab-ci.yml",
            "build:\n  image: golang\n  script: [docker build .]\n",
        ),
        ("values.yaml", "image:\n  repository: nginx\nservice:\n  ports: [80]\n"),
    ]);
    let unread = |args: &[&str]| -> Vec<String> {
        let ran = folder.run(args);
        let lines = ran.err.lines().filter(|line| line.contains("without a `services:`"));
        lines.map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect()
    };
    let parts = ["agent.yml", "parts/all.yaml", "parts/web.yml"];
    assert_eq!(unread(&["--show-files"]), parts);
    assert_eq!(unread(&["-v"]), parts);
    assert_eq!(unread(&["inspect", "-v"]), parts);
    assert!(unread(&[]).is_empty());
    assert_eq!(unread(&["parts/web.yml"]), ["parts/web.yml"]);
    assert!(!folder.run(&["--show-files"]).out.contains("parts"));
    let read = folder.run(&["--as=compose", "--format=concise", "parts/web.yml"]);
    assert!(read.out.contains("parts/web.yml:3:3: error[privileged]"), "{read:?}");
}
