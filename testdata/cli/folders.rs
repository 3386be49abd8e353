//! From which folder a relative host path is taken, and who else mounts what it comes to.

use crate::support::Folder;

/// The lines of the files that some fixes change, as they are after them.
fn changed(files: &[(&str, &str)], options: &[&str]) -> Vec<String> {
    let folder = Folder::with(files);
    folder.write(".git/HEAD", "ref: refs/heads/main\n");
    let mut args = vec!["--isolated", "--selinux=on", "--select=unlabeled-mount", "--diff", "."];
    args.extend(options);
    let ran = folder.run(&args);
    let added = ran
        .out
        .lines()
        .filter(|line| line.starts_with('+') && !line.starts_with("+++"));
    added.map(|line| line[1..].trim().to_owned()).collect()
}

fn service(source: &str) -> String {
    format!("services:\n  app:\n    image: app.example/app\n    volumes:\n    - {source}:/d\n")
}

#[test]
fn a_project_that_is_run_from_another_folder_is_told_by_its_files() {
    for (compose, source, other, safe) in [
        // what does not exist is made beside the file
        ("compose.yaml", "./data", "x", true),
        ("deploy/compose.yaml", "./data", "deploy/x", true),
        ("deploy/compose.yaml", "${PWD}/data", "x", true),
        ("deploy/compose.yaml", "./conf", "deploy/conf/app.ini", true),
        ("deploy/compose.yaml", "./var/db", "deploy/var/x", true),
        // it is there as seen from a folder above
        ("deploy/compose.yaml", "./conf", "conf/app.ini", false),
        ("a/b/compose.yaml", "./conf/app.ini", "a/conf/app.ini", false),
        ("a/b/compose.yaml", "${PWD}/conf", "conf/app.ini", false),
        ("deploy/compose.yaml", "./var/db", "var/x", false),
        // there and beside it
        ("deploy/compose.yaml", "./conf", "deploy/conf", true),
        // templates, and what tests read
        ("test/fixtures/compose.yaml", "./data", "x", false),
        ("Test_Data/one/compose.yaml", "./data", "x", false),
        ("{{cookiecutter.name}}/compose.yaml", "./data", "x", false),
        ("test/fixtures/compose.yaml", "./conf", "test/fixtures/conf/x", true),
        ("tests/compose.yaml", "./data", "x", true),
    ] {
        let text = service(source);
        let files = [(compose, text.as_str()), (other, "")];
        let label = vec![format!("- {source}:/d:Z")];
        let expected = if safe { label.clone() } else { Vec::new() };
        assert_eq!(changed(&files, &[]), expected, "{compose} {source} {other}");
        assert_eq!(
            changed(&files, &["--unsafe-fixes"]),
            label,
            "{compose} {source} {other}"
        );
    }
    let beside = service("./conf");
    let both = [
        ("deploy/compose.yaml", beside.as_str()),
        ("deploy/conf/x", ""),
        ("conf/x", ""),
    ];
    assert_eq!(changed(&both, &[]), ["- ./conf:/d:Z"]);
}

#[test]
fn a_path_of_the_caller_is_compared_in_each_folder_that_it_may_be() {
    let compose = |source: &str| ("compose.yaml", service(source));
    for (script, command, service, there, expected) in [
        // the script may be run from the folder of the project
        ("bin/run.sh", "-v \"$PWD/data\":/d", "./data", "x", ["z", "z"]),
        ("bin/run.sh", "-v ./data:/d", "./data", "data/x", ["z", "z"]),
        ("a/b/run.sh", "-v ./data:/d", "./data/db", "x", ["z", "z"]),
        ("bin/run.sh", "-v \"$PWD/data\":/d", "./other", "x", ["Z", "Z"]),
        // the folder itself is unsafe, and holds what the service mounts
        ("bin/run.sh", "-v \"$PWD\":/d", "./data", "x", ["z", ""]),
        // it is in its own folder
        ("bin/run.sh", "-v \"$PWD/data\":/d", "./data", "bin/data/x", ["Z", "Z"]),
        (
            "bin/run.sh",
            "-v \"$(dirname \"$0\")/data\":/d",
            "./data",
            "x",
            ["Z", "Z"],
        ),
    ] {
        let (name, text) = compose(service);
        let command = format!("podman run -d {command} job.example/job\n");
        let files = [(name, text.as_str()), (script, command.as_str()), (there, "")];
        let lines = changed(&files, &[]);
        let letter = |of: &str| {
            let line = lines.iter().find(|line| line.starts_with(of));
            line.map_or(String::new(), |line| {
                let (_, behind) = line.split_once(":/d:").unwrap_or_default();
                behind.chars().take(1).collect()
            })
        };
        assert_eq!(
            [letter("- "), letter("podman")],
            expected,
            "{script} {command} {service} {there}"
        );
    }
}

#[test]
fn a_unit_is_installed_in_another_folder() {
    let unit = |source: &str| format!("[Container]\nImage=app.example/app\nVolume={source}:/d\n");
    let text = unit("./conf");
    let files = [("app.container", text.as_str()), ("conf/x", "")];
    assert!(changed(&files, &[]).is_empty());
    assert_eq!(changed(&files, &["--unsafe-fixes"]), ["Volume=./conf:/d:Z"]);
}

#[test]
fn a_script_that_goes_somewhere_may_go_to_the_project() {
    let compose = service("./data");
    for (script, text, letter) in [
        (
            "tests/run.sh",
            "cd \"$1\"\npodman run --rm -v \"$PWD/data\":/d job.example/job\n",
            "z",
        ),
        (
            "run.sh",
            "for d in tests/*; do (cd $d && podman run --rm -v ./data/in:/d job.example/job); done\n",
            "z",
        ),
        (
            "tests/run.sh",
            "cd \"$1\"\npodman run --rm -v \"$PWD/other\":/d job.example/job\n",
            "Z",
        ),
        // below another folder
        (
            "other/run.sh",
            "cd \"$1\"\npodman run --rm -v \"$PWD/data\":/d job.example/job\n",
            "Z",
        ),
    ] {
        let files = [("tests/a/compose.yaml", compose.as_str()), (script, text)];
        assert_eq!(
            changed(&files, &[]),
            [format!("- ./data:/d:{letter}")],
            "{script} {text}"
        );
    }
}

#[test]
fn folders_that_may_be_the_same_are_no_conflict() {
    let folder = Folder::with(&[
        ("compose.yaml", service("./data").replace(":/d", ":/d:Z").as_str()),
        ("bin/run.sh", "podman run -d -v $PWD/data:/d:Z job.example/job\n"),
    ]);
    folder.write(".git/HEAD", "ref: refs/heads/main\n");
    let args = [
        "--isolated",
        "--selinux=on",
        "--select=private-label-on-shared-mount",
        ".",
    ];
    let apart = folder.run(&args);
    assert_eq!(apart.code, 0, "{}", apart.out);
    folder.write("run.sh", "podman run -d -v $PWD/data:/d:Z job.example/job\n");
    assert_eq!(folder.run(&args).code, 1);
}

#[test]
fn makefiles_and_scripts_that_only_source_are_looked_at_too() {
    let compose = service("./data");
    let make = "run:\n\tpodman run -d -v $(CURDIR)/data:/d job.example/job\n";
    let lines = changed(&[("compose.yaml", compose.as_str()), ("Makefile", make)], &[]);
    assert_eq!(
        lines,
        ["podman run -d -v $(CURDIR)/data:/d:z job.example/job", "- ./data:/d:z"]
    );
    let scaled = "up:\n\tdocker compose up --scale app=3\n";
    let lines = changed(&[("compose.yaml", compose.as_str()), ("Makefile", scaled)], &[]);
    assert_eq!(lines, ["- ./data:/d:z"]);
    let library = ("lib/job.sh", "podman run --rm -v ./data:/d job.example/job\n");
    let labelled = ["podman run --rm -v ./data:/d:Z job.example/job"];
    assert_eq!(changed(&[library, ("x.sh", "echo\n")], &[]), labelled);
    assert_eq!(changed(&[library, ("lib/run.sh", ". ./job.sh\n")], &[]), labelled);
    let elsewhere = changed(&[library, ("run.sh", "#!/bin/sh\nsource lib/job.sh\n")], &[]);
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn a_service_that_a_script_may_start_once_more_gets_no_private_label_unasked() {
    let plain = service("./data");
    let named = plain.replace("    image", "    container_name: app\n    image");
    let published = plain.replace("    image", "    ports: ['80:80']\n    image");
    let private = vec!["- ./data:/d:Z".to_owned()];
    for (text, script, safe) in [
        (&plain, "docker compose up -d", true),
        (&plain, "docker compose -p shop up -d", true),
        (&plain, "docker compose exec app sh", true),
        (&plain, "docker compose run --rm other sh", true),
        (&plain, "docker compose run --rm app migrate", false),
        (&named, "docker compose run --rm app migrate", false),
        (&plain, "docker compose -p \"$STACK\" up -d", false),
        (&plain, "docker-compose --project-name ${STACK} up -d", false),
        (&plain, "docker compose --project-name=\"$STACK\" up -d", false),
        // a host has one of them at most
        (&named, "docker compose -p \"$STACK\" up -d", true),
        (&published, "docker compose -p \"$STACK\" up -d", true),
    ] {
        let script = format!("#!/bin/sh\n{script}\n");
        let files = [("compose.yaml", text.as_str()), ("run.sh", script.as_str())];
        let expected = if safe { private.clone() } else { Vec::new() };
        assert_eq!(changed(&files, &[]), expected, "{text}{script}");
        assert_eq!(changed(&files, &["--unsafe-fixes"]), private, "{text}{script}");
    }
}

#[test]
fn who_starts_containers_shares_its_folders_with_them() {
    let text = service("./stacks").replace(
        "    volumes:\n",
        "    volumes:\n    - /var/run/docker.sock:/var/run/docker.sock\n",
    );
    assert_eq!(changed(&[("compose.yaml", &text)], &[]), ["- ./stacks:/d:z"]);
}

#[test]
fn two_launches_that_may_take_the_same_path_on_some_way_are_not_said_to_lock_each_other_out() {
    let script = |second: &str| {
        format!(
            "if [ -n \"$X\" ]; then V=/srv/a; else V=/srv/b; fi\n\
             docker run -d --name one -v $V:/d:Z one.example/a\n\
             if [ -n \"$Y\" ]; then W=/srv/b; else W=/srv/c; fi\n\
             docker run -d --name two -v {second}:/d:Z two.example/a\n"
        )
    };
    for (second, found) in [("$W", 0), ("/srv/b", 1)] {
        let folder = Folder::with(&[("run.sh", &script(second))]);
        let args = [
            "--isolated",
            "--selinux=on",
            "--format=concise",
            "--select=private-label-on-shared-mount",
            ".",
        ];
        let ran = folder.run(&args);
        assert_eq!(
            ran.out.matches("private-label-on-shared-mount").count(),
            found,
            "{second}: {}",
            ran.out
        );
    }
}
