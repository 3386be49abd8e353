use super::*;
use crate::fix::{Change, apply};

/// Reads, finds the first container, makes the changes and writes the result.
fn changed(text: &str, make: impl Fn(&crate::container::Container) -> Vec<Change>) -> Result<String, String> {
    let reading = reading(text);
    let c = &reading.containers[0];
    let edits = crate::front::render(&reading, c, &make(c)).map_err(|r| r.0)?;
    Ok(apply(reading.source(), FileId(0), &edits).expect("edits that can be made"))
}

fn unprivileged(c: &crate::container::Container) -> Vec<Change> {
    let mut changes = vec![Change::Add(Key::CapDrop, "all".into())];
    changes.extend(c.privileged.iter().map(|p| Change::Remove(p.place.clone())));
    let binds = c
        .mounts
        .iter()
        .filter(|m| m.value.is_bind() && m.value.relabel == Relabel::None);
    changes.extend(binds.map(|m| Change::Relabel(m.place.clone(), Relabel::Private)));
    changes
}

/// A text before and after one step: `unprivileged` in `cases/<name>`, two texts split by `=====`.
#[test]
fn privileged_makes_way_for_cap_drop_and_labels() {
    for case in CASES.split("\n#### ").filter(|c| !c.trim().is_empty()) {
        let (name, texts) = case.split_once('\n').unwrap();
        let (before, after) = texts.split_once("=====\n").unwrap();
        assert_eq!(changed(before, unprivileged).as_deref(), Ok(after), "{name}");
        let dos = |t: &str| t.replace('\n', "\r\n");
        assert_eq!(
            changed(&dos(before), unprivileged),
            Ok(dos(after)),
            "{name} with carriage returns"
        );
        let bom = |t: &str| format!("\u{feff}{t}");
        assert_eq!(
            changed(&bom(before), unprivileged),
            Ok(bom(after)),
            "{name} with a byte-order mark"
        );
        let cut = |t: &str| t.trim_end().to_owned();
        assert_eq!(
            changed(&cut(before), unprivileged),
            Ok(cut(after)),
            "{name} without a last line end"
        );
    }
}

const CASES: &str = include_str!("../../../../testdata/compose/edits/unprivileged.txt");

fn adding(c: &crate::container::Container) -> Vec<Change> {
    let _ = c;
    vec![Change::Add(Key::CapDrop, "all".into())]
}

fn removing(c: &crate::container::Container) -> Vec<Change> {
    c.privileged.iter().map(|p| Change::Remove(p.place.clone())).collect()
}

#[test]
fn what_others_use_and_what_a_variable_decides_is_left_alone() {
    type Make = fn(&crate::container::Container) -> Vec<Change>;
    let cases: &[(&str, Make, &str)] = &[
        (
            "x: &l [A]\nservices: {a: {image: x, cap_drop: *l}, b: {cap_drop: *l}}\n",
            adding,
            "alias",
        ),
        ("x: &l []\nservices: {a: {image: x, cap_drop: *l}}\n", adding, "alias"),
        (
            "services: {a: {image: x, cap_drop: &l [A]}, b: {cap_drop: *l}}\n",
            adding,
            "anchor",
        ),
        (
            "x: &b {cap_drop: [A]}\nservices: {a: {image: x, <<: *b}, b: {<<: *b}}\n",
            adding,
            "merge key",
        ),
        ("x: &b {image: x}\nservices: {a: *b}\n", adding, "alias"),
        (
            "services: {a: {image: x, cap_drop: A}}\n",
            adding,
            "not written as a list",
        ),
        (
            "services:\n  a:\n    privileged: true\n",
            removing,
            "nothing would be left",
        ),
        (
            "services: {a: {image: x, privileged: &p true}, b: {privileged: *p}}\n",
            removing,
            "`*p`",
        ),
        (
            "services:\n  a:\n    image: x\n    cap_add: [A]\n   user: b\n",
            adding,
            "not valid YAML",
        ),
        ("services: {a: {image: x, image: y}}\n", adding, "appears twice"),
        (
            "services: {a: {image: x, volumes: [$V]}}\n",
            |c| vec![Change::Relabel(c.mounts[0].place.clone(), Relabel::Private)],
            "variable",
        ),
        (
            "services: {a: {image: x, user: $U}}\n",
            |c| vec![Change::Replace(c.user.as_ref().unwrap().place.clone(), "1".into())],
            "variable",
        ),
        (
            "services: {a: {image: x, volumes: [\"./a:/b\\x41\"]}}\n",
            |c| vec![Change::Relabel(c.mounts[0].place.clone(), Relabel::Private)],
            "escapes",
        ),
        (
            "services: {a: {image: x, volumes: [{type: bind, source: /a, target: /b, bind: {propagation: rslave}}]}}\n",
            |c| vec![Change::Relabel(c.mounts[0].place.clone(), Relabel::Private)],
            "no label",
        ),
    ];
    for (text, make, why) in cases {
        let refused = changed(text, make);
        assert!(refused.as_ref().is_err_and(|r| r.contains(why)), "{text}{refused:?}");
    }
}

#[test]
fn what_all_who_share_it_change_alike_is_changed_once() {
    let cases: &[(&str, &str)] = &[
        (
            "x: &l [A]\nservices: {a: {image: x, cap_drop: *l}, b: {cap_drop: *l}}\n",
            "x: &l [A, ALL]\nservices: {a: {image: x, cap_drop: *l}, b: {cap_drop: *l}}\n",
        ),
        (
            "services: {a: {image: x, cap_drop: &l [A]}, b: {image: y, cap_drop: *l}}\n",
            "services: {a: {image: x, cap_drop: &l [A, ALL]}, b: {image: y, cap_drop: *l}}\n",
        ),
        (
            "x: &b {cap_drop: [A]}\nservices: {a: {image: x, <<: *b}, b: {image: y, <<: *b}}\n",
            "x: &b {cap_drop: [A, ALL]}\nservices: {a: {image: x, <<: *b}, b: {image: y, <<: *b}}\n",
        ),
        (
            "services: {a: {image: x, privileged: &p true}, b: {image: y, privileged: *p}}\n",
            "services: {a: {image: x, cap_drop: [ALL]}, b: {image: y, cap_drop: [ALL]}}\n",
        ),
        (
            "services: {a: {image: x, volumes: &v [./a:/a]}, b: {image: y, volumes: *v}}\n",
            "services: {a: {image: x, cap_drop: [ALL], volumes: &v [./a:/a:Z]}, b: {image: y, cap_drop: [ALL], volumes: *v}}\n",
        ),
    ];
    for (before, after) in cases {
        let reading = reading(before);
        let all: Vec<_> = reading.containers.iter().map(|c| (c, unprivileged(c))).collect();
        let edits = render_together(&reading, &all).unwrap_or_else(|r| panic!("{before}{}", r.0));
        let text = apply(reading.source(), FileId(0), &edits);
        assert_eq!(text.as_deref(), Some(*after));
    }
}

#[test]
fn other_changes_are_written_where_the_values_stand() {
    type Make = fn(&crate::container::Container) -> Vec<Change>;
    let cases: &[(&str, Make, &str)] = &[
        // the last item takes its key with it
        (
            "services:\n  a:\n    cap_add: # why\n      - A # because\n    image: x\n",
            |c| vec![Change::Remove(c.cap_add[0].place.clone())],
            "services:\n  a:\n    # why\n      # because\n    image: x\n",
        ),
        // and the aliases that lead to the list
        (
            "services: {a: {image: x, cap_add: &c [A]}, b: {image: y, cap_add: *c}}\n",
            |c| vec![Change::Remove(c.cap_add[0].place.clone())],
            "services: {a: {image: x}, b: {image: y}}\n",
        ),
        // the comma behind it parts the items
        (
            "services: {a: {image: x, volumes: [/a:/a:Z, ./b:/b]}}\n",
            |c| vec![Change::Relabel(c.mounts[0].place.clone(), Relabel::None)],
            "services: {a: {image: x, volumes: [/a:/a, ./b:/b]}}\n",
        ),
        (
            "services:\n  a:\n    image: x\n    cap_add: [A, B, C]\n",
            |c| {
                vec![
                    Change::Remove(c.cap_add[2].place.clone()),
                    Change::Remove(c.cap_add[0].place.clone()),
                ]
            },
            "services:\n  a:\n    image: x\n    cap_add: [B]\n",
        ),
        (
            "services: {a: {image: x, cap_add: [A]}}\n",
            |c| {
                vec![
                    Change::Remove(c.cap_add[0].place.clone()),
                    Change::Add(Key::CapAdd, "b".into()),
                ]
            },
            "services: {a: {image: x, cap_add: [B]}}\n",
        ),
        (
            "services:\n  a:\n    image: x\n    cap_add:\n      - A\n",
            |c| {
                vec![
                    Change::Remove(c.cap_add[0].place.clone()),
                    Change::Add(Key::CapAdd, "b".into()),
                ]
            },
            "services:\n  a:\n    image: x\n    cap_add:\n      - B\n",
        ),
        (
            "services:\n  a:\n    image: x\n    volumes: ['./a:/a:ro,Z', './b:/b:Z', \"./c:/c:z,ro\"]\n",
            |c| {
                let none = |i: usize| Change::Relabel(c.mounts[i].place.clone(), Relabel::None);
                vec![
                    none(0),
                    Change::Relabel(c.mounts[1].place.clone(), Relabel::Shared),
                    none(2),
                ]
            },
            "services:\n  a:\n    image: x\n    volumes: ['./a:/a:ro', './b:/b:z', \"./c:/c:ro\"]\n",
        ),
        (
            "services:\n  a:\n    image: x\n    user: 'root'\n    pid: host\n",
            |c| {
                vec![
                    Change::Replace(c.user.as_ref().unwrap().place.clone(), "1000".into()),
                    Change::Remove(c.namespaces[0].mode.place.clone()),
                    Change::Add(Key::ReadOnly, "true".into()),
                    Change::Add(Key::SecurityOpt, "no-new-privileges=true".into()),
                    Change::Add(Key::CapAdd, "chown".into()),
                    Change::Add(Key::CapDrop, "all".into()),
                    Change::Add(Key::CapAdd, "setuid".into()),
                ]
            },
            "services:\n  a:\n    image: x\n    user: '1000'\n    read_only: true\n    security_opt:\n      - no-new-privileges=true\n    cap_add:\n      - CHOWN\n      - SETUID\n    cap_drop:\n      - ALL\n",
        ),
        (
            "services:\n  a:\n    image: x\n    volumes:\n      - type: bind\n        source: ./a\n        target: /a\n        bind:\n          selinux: z\n",
            |c| vec![Change::Relabel(c.mounts[0].place.clone(), Relabel::None)],
            "services:\n  a:\n    image: x\n    volumes:\n      - type: bind\n        source: ./a\n        target: /a\n",
        ),
        (
            "services:\n  a:\n    image: x\n    post_start:\n      - privileged: true\n        command: y\n",
            |_| {
                let reading = reading(
                    "services:\n  a:\n    image: x\n    post_start:\n      - privileged: true\n        command: y\n",
                );
                vec![Change::Remove(reading.containers[1].privileged[0].place.clone())]
            },
            "services:\n  a:\n    image: x\n    post_start:\n      - command: y\n",
        ),
        (
            "x: &b\n  privileged: true\n  tty: true\nservices:\n  a:\n    <<: *b\n    image: x\n",
            removing,
            "x: &b\n  tty: true\nservices:\n  a:\n    <<: *b\n    image: x\n",
        ),
    ];
    for (text, make, after) in cases {
        assert_eq!(changed(text, make).as_deref(), Ok(*after), "{text}");
    }
}
