//! Which label a mount is given, and how safely: whose folder it is, how many containers a line
//! starts, who else mounts it, and what nobody looked at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use privlint::container::Starts;
use privlint::engine::{self, Report, Tree, TreeCache};
use privlint::fix::Safety;
use privlint::front::Kind;

use crate::samples::settings;

/// The files of a project; the first is looked at.
pub(crate) type Files<'a> = &'a [(&'a str, &'a str)];

pub(crate) fn with_tree<T>(files: Files, work: impl FnOnce(&Path, Kind, String, &Tree) -> T) -> T {
    let kind = |name: &str| match name.ends_with(".sh") {
        true => Kind::Shell,
        false => Kind::Compose,
    };
    let known: BTreeMap<PathBuf, String> = files.iter().map(|(n, t)| (n.into(), (*t).to_owned())).collect();
    let list: Vec<(PathBuf, Kind)> = files.iter().map(|(name, _)| (name.into(), kind(name))).collect();
    let (name, text) = files[0];
    let tree = Tree {
        open: &|path| known.get(path).cloned(),
        folder: &|_| Vec::new(),
        root: Path::new(""),
        list: &|_| list.clone(),
        cache: &TreeCache::default(),
    };
    work(Path::new(name), kind(name), text.to_owned(), &tree)
}

pub(crate) fn lint(files: Files) -> Report {
    let settings = settings("", Some(true), None);
    with_tree(files, |path, kind, text, tree| {
        engine::lint(path, kind, text, &settings, tree)
    })
}

/// The first file after its fixes.
fn fixed(files: Files, at_least: Safety) -> String {
    let settings = settings("", Some(true), None);
    with_tree(files, |path, kind, text, tree| {
        engine::fix(path, kind, text, &settings, tree, at_least).text
    })
}

/// What stands behind the target `/d` of the first mount after the safe fixes, and after all of them.
fn labels(files: Files) -> [String; 2] {
    [Safety::Safe, Safety::Unsafe].map(|at_least| {
        let text = fixed(files, at_least);
        let (_, behind) = text.split_once(":/d").expect("a mount at /d");
        let option = |c: &char| c.is_ascii_alphabetic() || matches!(c, ':' | ',');
        behind.chars().take_while(option).collect()
    })
}

fn script(text: &str) -> [String; 2] {
    labels(&[("run.sh", text)])
}

#[test]
fn a_line_that_starts_several_containers_shares_what_they_mount() {
    for (text, safe, all) in [
        ("podman run -v ./d:/d --cap-drop=all i", ":Z", ":Z"),
        // left running, or not waited for
        (
            "for n in 1 2; do podman run -d -v ./d:/d --cap-drop=all i; done",
            ":z",
            ":z",
        ),
        (
            "for n in 1 2; do podman run -v ./d:/d --cap-drop=all i & done",
            ":z",
            ":z",
        ),
        (
            "while read n; do podman create -v ./d:/d --cap-drop=all i $n; done",
            ":z",
            ":z",
        ),
        (
            "ls | xargs -P4 -I{} podman run -v ./d:/d --cap-drop=all i {}",
            ":z",
            ":z",
        ),
        (
            "ls | xargs --max-procs=4 podman run -v ./d:/d --cap-drop=all i",
            ":z",
            ":z",
        ),
        ("parallel podman run -v ./d:/d --cap-drop=all i ::: a b", ":z", ":z"),
        (
            "f() { podman run -d -v ./d:/d --cap-drop=all i $1; }\nf a\nf b",
            ":z",
            ":z",
        ),
        ("podman run -d --name node-$1 -v ./d:/d --cap-drop=all i", ":z", ":z"),
        // one after another
        (
            "for n in 1 2; do podman run --rm -v ./d:/d --cap-drop=all i; done",
            "",
            ":Z",
        ),
        (
            "ls | xargs -I{} podman run --rm -v ./d:/d --cap-drop=all i {}",
            "",
            ":Z",
        ),
        (
            "parallel -j 1 podman run --rm -v ./d:/d --cap-drop=all i ::: a b",
            "",
            ":Z",
        ),
        (
            "f() { podman run --rm -v ./d:/d --cap-drop=all i $1; }\nf a\nf b",
            "",
            ":Z",
        ),
        // nobody can say
        ("f() { podman run --rm -v ./d:/d --cap-drop=all i $1; }", "", ":Z"),
        // one of a name, one word, one of two ways
        (
            "for n in 1 2; do podman run -d --name db -v ./d:/d --cap-drop=all i; done",
            ":Z",
            ":Z",
        ),
        (
            "for n in 1; do podman run -d -v ./d:/d --cap-drop=all i; done",
            ":Z",
            ":Z",
        ),
        ("( podman run -v ./d:/d --cap-drop=all i ) &", ":Z", ":Z"),
        (
            "f() { podman run -d -v ./d:/d --cap-drop=all i $1; }\nif t; then f a; else f b; fi",
            ":Z",
            ":Z",
        ),
        (
            "f() { podman run -d -v ./d:/d --cap-drop=all i $1; }\ncase $1 in a) f a;; b) f b;; esac",
            ":Z",
            ":Z",
        ),
    ] {
        assert_eq!(script(text), [safe, all], "{text}");
    }
}

#[test]
fn how_many_containers_a_line_starts_is_told() {
    for (text, starts) in [
        ("podman run -d i", Starts::Once),
        ("for n in 1 2; do podman run --rm i; done", Starts::Unknown),
        ("for n in 1 2; do podman run -d i; done", Starts::Many),
        (
            "i=0; until t; do podman run -d --name n$i i; i=$((i+1)); done",
            Starts::Many,
        ),
        ("f() { podman run -d i; }", Starts::Unknown),
        ("docker service create --replicas 3 i", Starts::Many),
    ] {
        assert_eq!(lint(&[("run.sh", text)]).reading.containers[0].starts, starts, "{text}");
    }
    let service = "services: {web: {image: i, volumes: ['./d:/d']";
    for (text, more, starts) in [
        (format!("{service}}}}}\n"), "docker compose up -d\n", Starts::Once),
        (format!("{service}, scale: 2}}}}\n"), "", Starts::Many),
        (
            format!("{service}, deploy: {{replicas: '${{N}}'}}}}}}\n"),
            "",
            Starts::Unknown,
        ),
        (
            format!("{service}}}}}\n"),
            "docker compose up --scale web=3\n",
            Starts::Many,
        ),
        (
            format!("{service}}}}}\n"),
            "docker-compose up --scale=web=$N\n",
            Starts::Many,
        ),
        (
            format!("{service}}}}}\n"),
            "docker service scale app_web=2\n",
            Starts::Many,
        ),
        (
            format!("{service}}}}}\n"),
            "docker service update --replicas 2 --detach app_web\n",
            Starts::Many,
        ),
        (
            format!("{service}}}}}\n"),
            "docker service update app_web --replicas=3\n",
            Starts::Many,
        ),
        (
            format!("{service}}}}}\n"),
            "docker service update --replicas 1 app_web\n",
            Starts::Once,
        ),
        (
            format!("{service}}}}}\n"),
            "docker compose up --scale web=1 --scale db=3\n",
            Starts::Once,
        ),
    ] {
        let files = [("compose.yaml", text.as_str()), ("up.sh", more)];
        assert_eq!(lint(&files).reading.containers[0].starts, starts, "{text}{more}");
        // which file a script above it means is not known
        let below = [("app/compose.yaml", text.as_str()), ("up.sh", more)];
        let once = [("compose.yaml", text.as_str()), ("up.sh", "")];
        let own = lint(&once).reading.containers[0].starts;
        let expected = if own == starts { starts } else { Starts::Unknown };
        assert_eq!(lint(&below).reading.containers[0].starts, expected, "{text}{more}");
    }
}

#[test]
fn a_relative_path_is_where_the_script_is() {
    for (text, safe, all) in [
        ("podman run -v \"$(pwd)\"/d:/d --cap-drop=all i", ":Z", ":Z"),
        ("podman run -v \"$PWD\":/d --cap-drop=all i", "", ":z"),
        ("podman run -v .:/d --cap-drop=all i", "", ":z"),
        // its own folder
        (
            "cd \"$(dirname \"$0\")\"\npodman run -v .:/d --cap-drop=all i",
            ":z",
            ":z",
        ),
        (
            "cd \"$(dirname \"$0\")\" || exit 1\npodman run -v ./d:/d --cap-drop=all i",
            ":Z",
            ":Z",
        ),
        ("cd \"${0%/*}\"\npodman run -v \"$PWD\":/d --cap-drop=all i", ":z", ":z"),
        (
            "pushd \"$(dirname \"${BASH_SOURCE[0]}\")\"\npodman run -v .:/d --cap-drop=all i",
            ":z",
            ":z",
        ),
        (
            "HERE=$(cd \"$(dirname \"$0\")\" && pwd)\ncd \"$HERE\"\npodman run -v .:/d --cap-drop=all i",
            ":z",
            ":z",
        ),
        // somewhere else
        ("cd /srv/app\npodman run -v ./d:/d --cap-drop=all i", "", ":Z"),
        ("cd $HOME\npodman run -v ./.ssh:/d --cap-drop=all i", "", ":ro"),
        ("cd\npodman run -v $PWD/.ssh:/d --cap-drop=all i", "", ":ro"),
        ("cd $1\npodman run -v ./x:/d --cap-drop=all i", "", ""),
        ("[ -d b ] && cd b\npodman run -v ./x:/d --cap-drop=all i", "", ""),
        ("(cd /tmp/x && podman run -v ./x:/d --cap-drop=all i)", "", ""),
        ("env -C /x podman run -v ./x:/d --cap-drop=all i", "", ""),
        ("sudo -i podman run -v ./x:/d --cap-drop=all i", "", ""),
        ("su - app -c 'podman run -v ./x:/d --cap-drop=all i'", "", ""),
        ("ssh host 'podman run -v ./x:/d --cap-drop=all i'", "", ""),
        ("podman --remote run -v ./x:/d --cap-drop=all i", "", ""),
        (
            "machinectl shell u@ /usr/bin/podman run -v ./x:/d --cap-drop=all i",
            "",
            "",
        ),
        ("multipass exec vm -- podman run -v ./x:/d --cap-drop=all i", "", ""),
        ("tmux new -d -c /x podman run -v ./x:/d --cap-drop=all i", "", ""),
        ("nsenter -t 1 -m podman run -v ./x:/d --cap-drop=all i", "", ""),
        ("cd -\npodman run -v ./x:/d --cap-drop=all i", "", ""),
        // and back
        ("(cd /x && make)\npodman run -v ./d:/d --cap-drop=all i", ":Z", ":Z"),
        ("pushd /x\npopd\npodman run -v ./d:/d --cap-drop=all i", ":Z", ":Z"),
        ("cd /x\ncd -\npodman run -v ./d:/d --cap-drop=all i", ":Z", ":Z"),
        ("cd sub\npodman run -v ./d:/d --cap-drop=all i", ":Z", ":Z"),
        // folders of the host, and one mount below another
        ("podman run -v /scratch:/d --cap-drop=all i", "", ":Z"),
        ("podman run -v ./a:/d -v ./a/b:/e --cap-drop=all i", ":z", ":z"),
    ] {
        assert_eq!(script(text), [safe, all], "{text}");
    }
    let library = "f() { podman run --name db -v ./d:/d --cap-drop=all i; }\nf\n";
    let beside = [("lib/f.sh", library), ("lib/run.sh", ". ./f.sh\n")];
    assert_eq!(labels(&beside), [":Z", ":Z"]);
    let elsewhere = [("lib/f.sh", library), ("run.sh", ". lib/f.sh\n")];
    assert_eq!(labels(&elsewhere), ["", ""], "whoever sources it is in another folder");
}

#[test]
fn who_shares_a_folder_is_looked_for_behind_the_eighth_too() {
    let mounts: String = (0..12).map(|n| format!("      - ./m{n}:/m{n}\n")).collect();
    let also: String = (0..12)
        .map(|n| format!("  also{n}:\n    image: i\n    volumes: ['./m{n}:/x:z']\n"))
        .collect();
    let text = format!("services:\n  web:\n    image: i\n    volumes:\n{mounts}      - ./own:/d\n{also}");
    let fixed = fixed(&[("compose.yaml", text.as_str())], Safety::Unsafe);
    for n in 0..12 {
        assert!(fixed.contains(&format!("./m{n}:/m{n}:z\n")), "{n}: {fixed}");
    }
    assert!(fixed.contains("./own:/d:Z\n"), "{fixed}");
}

#[test]
fn what_was_not_looked_at_is_not_nobody() {
    let text = "podman run -v ./d:/d --cap-drop=all i\n";
    let large = format!("podman run -v ./other:/x i\n# {}\n", "x".repeat(300 << 10));
    let files = [("run.sh", text), ("big.sh", large.as_str())];
    assert_eq!(labels(&files), ["", ":Z"]);
    let report = lint(&files);
    let found = report.diagnostics.iter().find(|d| d.finding.rule == "unlabeled-mount");
    let notes = &found.expect("a finding").finding.notes;
    assert!(notes.iter().any(|n| n.contains("not every launch")), "{notes:?}");
    // another folder's file that mounts what holds it
    assert_eq!(
        labels(&[
            ("a/run.sh", text),
            ("b/c.yaml", "services: {x: {image: i, volumes: ['../a:/a']}}\n")
        ]),
        [":z", ":z"]
    );
}

#[test]
fn labels_are_taken_only_by_those_who_run_together() {
    let conflicts = |files: Files| {
        let report = lint(files);
        let found = report.diagnostics.iter();
        found
            .filter(|d| d.finding.rule == "private-label-on-shared-mount")
            .count()
    };
    for (text, count) in [
        // a pair is told once
        ("podman run -d -v ./d:/d:Z a\npodman run -d -v ./d:/d:Z b", 1),
        ("podman run -d -v ./d:/d:z a\npodman run -d -v ./d:/d:Z b", 1),
        // in the foreground, one after another
        ("podman run --rm -v ./d:/d:Z a\npodman run --rm -v ./d:/d:Z b", 0),
        ("podman run --rm -v ./d:/d:Z a\npodman run -d -v ./d:/d:Z b", 0),
        ("podman run -d -v ./d:/d:Z b\npodman run --rm -v ./d:/d:Z a", 1),
        ("for n in 1 2; do podman run --rm -v ./d:/d:Z a; done", 0),
        ("for n in 1 2; do podman run -d -v ./d:/d:Z a; done", 1),
        ("for n in 1 2; do podman run -d -v ./d$n:/d:Z a; done", 0),
        ("for n in $x; do podman run -d -v ./d$n:/d:Z a; done", 0),
        // without confinement nothing is taken
        ("podman run -d -v ./d:/d:Z a\npodman run -d --privileged -v ./d:/d b", 0),
        (
            "podman run -d -v ./d:/d:Z a\npodman run -d --security-opt label=disable -v ./d:/d b",
            0,
        ),
        (
            "podman run -d -v ./d:/d:Z a\npodman run -d --security-opt label=type:my_t -v ./d:/d b",
            1,
        ),
    ] {
        assert_eq!(conflicts(&[("run.sh", text)]), count, "{text}");
    }
    let text = "podman run -d -v ./d:/d:Z a\npodman run -d -v ./d:/d:Z b\npodman run -d -v ./d:/d:Z c\n";
    let fixed = fixed(&[("run.sh", text)], Safety::Safe);
    assert_eq!(fixed.matches("./d:/d:z").count(), 3, "{fixed}");
}

#[test]
fn fixes_that_bring_selinux_back_leave_what_it_would_keep_away() {
    for text in [
        "podman run --pid=host --cap-drop=all -v /home/ada:/h i",
        "podman run --ipc=host --cap-drop=all -v /mnt/films:/f i",
        "podman run --pid=host --cap-drop=all -v /tmp/.X11-unix:/x i",
        "podman run --ipc=host --cap-drop=all -v $SSH_AUTH_SOCK:/s i",
        "podman run --privileged --cap-drop=all -v /media/usb:/u i",
        "podman run --privileged --cap-drop=all -v /dev/serial/by-id:/dev/serial/by-id i",
        "podman run --cap-drop=all --security-opt label=type:container_runtime_t -v /run/user/1000/bus:/b i",
        "docker run --cap-drop=all --cap-add=SYS_ADMIN --device /dev/fuse --security-opt apparmor=unconfined i",
    ] {
        let text = format!("{text}\n");
        assert_eq!(fixed(&[("run.sh", &text)], Safety::Unsafe), text);
    }
    for (text, after) in [
        (
            "podman run --pid=host --cap-drop=all -v ./d:/d i\n",
            "podman run --cap-drop=all -v ./d:/d:Z i\n",
        ),
        (
            "docker run --cap-drop=all --security-opt apparmor=unconfined i\n",
            "docker run --cap-drop=all i\n",
        ),
    ] {
        assert_eq!(fixed(&[("run.sh", text)], Safety::Unsafe), after);
    }
}

#[test]
fn links_are_what_they_point_to() {
    let top = std::env::temp_dir().join(format!("privlint-links-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&top);
    std::fs::create_dir_all(top.join("scripts/real")).expect("a folder");
    #[cfg(unix)]
    for (target, link) in [("/var/log", "logs"), ("scripts/real", "own"), ("/srv/x", "out")] {
        std::os::unix::fs::symlink(target, top.join(link)).expect("a link");
    }
    let label = |text: &str, at_least| {
        let settings = settings("", Some(true), None);
        let tree = Tree {
            open: &|_| None,
            folder: &|_| Vec::new(),
            root: &top,
            list: &|_| Vec::new(),
            cache: &TreeCache::default(),
        };
        let text = format!("{text} --cap-drop=all i\n");
        engine::fix(
            &top.join("scripts/run.sh"),
            Kind::Shell,
            text,
            &settings,
            &tree,
            at_least,
        )
        .text
    };
    if cfg!(unix) {
        for (mount, safe, all) in [
            ("../logs", "/d ", "/d:ro "),
            ("./logs", "/d ", "/d:ro "),
            ("./out/y", "/d ", ":/d:Z "),
            ("./own", "/d:Z ", "/d:Z "),
        ] {
            let text = format!("sudo podman run -v {mount}:/d");
            assert!(
                label(&text, Safety::Safe).contains(safe),
                "{mount} {}",
                label(&text, Safety::Safe)
            );
            assert!(
                label(&text, Safety::Unsafe).contains(all),
                "{mount} {}",
                label(&text, Safety::Unsafe)
            );
        }
        // up from its own folder, and still in the project
        let up = "cd \"$(dirname \"$0\")/..\"\npodman run -v ./data:/d";
        assert!(label(up, Safety::Safe).contains("/d:Z "));
        let out = "cd \"$(dirname \"$0\")/../..\"\npodman run -v ./data:/d";
        assert!(label(out, Safety::Safe).contains("/d "));
    }
    std::fs::remove_dir_all(&top).expect("removed");
}

#[test]
fn one_that_has_ended_takes_nothing_from_the_next() {
    let told = |text: &str| {
        let report = lint(&[("run.sh", text)]);
        let mut rules = report.diagnostics.iter().map(|d| d.finding.rule);
        rules.any(|rule| rule == "private-label-on-shared-mount")
    };
    let first = "podman run --rm -v /tmp/x/d:/d:Z busybox touch /d/x\n";
    let server = "podman run -d -v /tmp/x/d:/d:Z --name web web\n";
    let named = "podman run -v /tmp/x/d:/d:Z --name build clang make\npodman rm -f build\n";
    assert!(!told(&format!("{first}{server}")), "the first has ended");
    assert!(told(&format!("{server}{first}")), "the server runs on");
    assert!(!told(&format!("{named}{first}")), "each is waited for");
    assert!(told(&format!(
        "{server}podman run -d -v /tmp/x/d:/d:Z --name api api\n"
    )));
    assert!(!told(
        "podman run -d -v /path/to/d:/d:Z a\npodman run -d -v /path/to/d:/d:Z b\n"
    ));
}

#[test]
fn a_name_with_an_unknown_part_may_be_several_containers() {
    let launch = |name: &str| format!("podman run -d --name {name} -v ./x:/d web\n");
    assert_eq!(script(&launch("web")), [":Z", ":Z"]);
    assert_eq!(script(&launch("\"$NAME\"")), [":Z", ":Z"]);
    assert_eq!(script(&launch("web-$1")), [":z", ":z"]);
    assert_eq!(script(&launch("web-$STAGE")), ["", ":Z"]);
}
