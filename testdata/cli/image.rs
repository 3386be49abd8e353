//! `privlint image`: what an image needs, and what is said of a wrong question.

use crate::support::Folder;

fn json(folder: &Folder, args: &[&str]) -> serde_json::Value {
    let ran = folder.run(&[&["image", "--format=json"], args].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"))
}

#[test]
fn an_answer_says_what_to_write_and_what_it_stands_on() {
    let folder = Folder::with(&[]);
    let ran = folder.run(&["image", "postgres:17"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for needle in [
        "postgres:17: starts as root; runs under --user too; listens on 5432",
        "It needs, however it is launched",
        "SETUID\n    on every start: starts as root and switches to postgres with gosu",
        "FSETID",
        "(docker-library/postgres 17/bookworm/docker-entrypoint.sh:45 @ 6edb0a8c4def)",
        "docker run --cap-drop=all --cap-add=CHOWN",
        "AddCapability=",
        "fresh-volume",
        "trust   verified, the weakest of these",
    ] {
        assert!(ran.out.contains(needle), "{needle}\n{}", ran.out);
    }
    let family = json(&folder, &["lscr.io/linuxserver/unheard-of"]);
    assert_eq!((&family["match"], &family["safe"]), (&"family".into(), &false.into()));
    assert_eq!(json(&folder, &["redis-7"])["image"], "redis:7");
}

#[test]
fn the_list_can_be_filtered() {
    let folder = Folder::with(&[]);
    let all = json(&folder, &[])["images"].as_array().unwrap().len();
    assert!(all > 150, "{all}");
    let ran = folder.run(&["image", "--filter", "redis"]);
    assert!(
        ran.code == 0 && ran.out.contains("redis-7") && !ran.out.contains("postgres"),
        "{ran:?}"
    );
    let none = folder.run(&["image", "--filter", "postgrse"]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("did you mean `postgres`?"), "{none:?}");
}

#[test]
fn a_wrong_question_gets_a_clear_error() {
    let folder = Folder::with(&[]);
    for (args, expected) in [
        (
            &["postgers"][..],
            "nothing is known of what `postgers` needs; did you mean `postgres`?",
        ),
        (&["example.org/app"], "nothing is known of what `example.org/app` needs"),
        (&["Post gres"], "`Post gres` is no name of an image"),
        (&["postgres", "--mount", "data"], "`data` is no mount"),
        (&["postgres", "--user", ""], "--user names nobody"),
        (&["postgres", "--env", "=x"], "`=x` names no variable"),
        (&["postgres", "--rootful"], "--rootful is about podman"),
        (
            &["postgres", "--engine", "dockre"],
            "[possible values: auto, docker, podman]",
        ),
        (&["--mount", "a:/b"], "a launch is of an image: give its name"),
        (&["docker:27-dind", "--trial"], "there is nothing to try"),
        (&["postgres", "--trial", "--format", "json"], "cannot be used with"),
    ] {
        let ran = folder.run(&[&["image"], args].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?} {ran:?}");
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
    }
    // programs are told in their own way, and by the same exit code
    let ran = folder.run(&["image", "--format=json", "example.org/app"]);
    let value: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &value["match"]), (2, &"none".into()));
    assert!(value["needs"].is_null() && value["entry"].is_null());
}

#[test]
fn of_a_base_only_its_user_is_known() {
    let ran = Folder::with(&[]).run(&["image", "archlinux"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.starts_with("archlinux: starts as root; its command decides"),
        "{ran:?}"
    );
}

const OWN: &str = "images:
- name: shop
  images: [registry.example.org/team/shop]
  trust: read
  starts-as: root
  as-user: 'yes'
  ports: [8080]
  capabilities:
  - {name: SETUID, when: always, why: becomes shop by setpriv, at: 'docker/start.sh:3'}
  - {name: SETGID, when: always, why: sets the groups of that user first, at: 'docker/start.sh:3'}
  never:
  - {capabilities: [AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, NET_RAW, SETFCAP, SETPCAP, SYS_CHROOT], why: the script only runs setpriv, at: 'docker/start.sh:1-4'}
  sources: [docker/start.sh]
- name: base
  images: [registry.example.org/team/base]
  trust: source
  starts-as: root
  as-user: 'yes'
  sources: [base/Dockerfile]
";

#[test]
fn a_project_knows_its_own_images_and_findings_say_so() {
    let folder = Folder::with(&[
        (".privlint.yaml", OWN),
        ("run.sh", "docker run -d registry.example.org/team/shop:3\n"),
        ("Dockerfile", "FROM registry.example.org/team/base:3\nCMD [\"/app\"]\n"),
    ]);
    let ran = folder.run(&["--selinux=off", "run.sh"]);
    let told = "needs at most SETGID and SETUID (read from its entrypoint; `images` in .privlint.yaml, shop)";
    assert!(ran.out.contains(told), "{ran:?}");
    assert!(
        !folder
            .run(&["--isolated", "run.sh"])
            .out
            .contains("SETUID as it is launched")
    );
    let answer = json(&folder, &["registry.example.org/team/shop"]);
    assert_eq!(
        (&answer["entry"], &answer["configuration"]),
        (&"shop".into(), &".privlint.yaml".into())
    );
    let needs = answer["needs"].as_array().unwrap();
    assert!(needs.iter().all(|row| row["source"] == "docker/start.sh:3"), "{answer}");
    assert!(
        folder
            .run(&["--show-settings"])
            .out
            .contains("\n  images: shop, base\n")
    );
    let fixed = folder.run(&["--fix", "-q", "--selinux=off", "run.sh"]);
    assert_eq!(fixed.code, 0, "{fixed:?}");
    assert_eq!(
        folder.read("run.sh"),
        "docker run -d --cap-drop=all --cap-add=SETGID --cap-add=SETUID registry.example.org/team/shop:3\n"
    );
    // its user is known where others build on it
    let strict = folder.run(&["--strict", "Dockerfile"]);
    assert!(strict.out.contains("`images` in .privlint.yaml, base"), "{strict:?}");
}

#[test]
fn a_mistake_in_what_a_project_knows_is_told_at_its_line() {
    let wrong = OWN.replace("SETPCAP, ", "");
    let folder = Folder::with(&[(".privlint.yaml", &wrong), ("run.sh", "docker run app\n")]);
    let ran = folder.run(&["run.sh"]);
    assert_eq!(ran.code, 2);
    let told = ".privlint.yaml:2:9: images[0]: `shop` does not say why it never uses SETPCAP";
    assert!(ran.err.contains(told), "{ran:?}");
    let ran = folder.run(&["image", "shop"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains(told), "{ran:?}");
}
