use super::*;
use crate::fix::{Change, apply};

const BASE: &str = "services:\n  a:\n    image: x\n    volumes: ['./a:/a']\n  b: {image: y}\n";
const OVER: &str = "services:\n  a:\n    privileged: true\n  b: {user: x}\n";

#[test]
fn an_override_is_read_with_its_base_from_either_side() {
    let base = reading_with(&[("d/compose.yaml", BASE), ("d/compose.override.yaml", OVER)]);
    let a = &base.containers[0];
    assert_eq!((a.file, a.privileged()), (FileId(0), Tri::Yes));
    let place = &a.privileged[0].place;
    assert_eq!(base.file(place.file).shown_path(), "d/compose.override.yaml");
    assert_eq!(base.file(place.file).slice(place.value), "privileged: true");
    assert_eq!(place.via[0].kind, ViaKind::Override);
    assert_eq!(base.containers.len(), 2);

    let over = reading_with(&[("d/compose.override.yaml", OVER), ("d/compose.yaml", BASE)]);
    assert_eq!(over.containers.len(), 2);
    let a = &over.containers[0];
    assert_eq!((a.file, a.privileged[0].place.file), (FileId(1), FileId(0)));
    assert_eq!(over.file(a.file).slice(a.head), "a");

    // each part of a change is made in the file that says it
    let changes = [
        Change::Remove(a.privileged[0].place.clone()),
        Change::Add(Key::CapDrop, "all".into()),
    ];
    let edits = crate::front::render(&over, a, &changes).unwrap();
    let after = apply(over.source(), FileId(0), &edits).unwrap();
    assert_eq!(after, "services:\n  b: {user: x}\n");
    let after = apply(over.file(FileId(1)), FileId(1), &edits).unwrap();
    assert!(after.contains("image: x\n    cap_drop:\n      - ALL\n"));
}

#[test]
fn a_switch_that_is_set_twice_keeps_both_the_deciding_one_last() {
    let text = "services:\n  b: {image: x, privileged: true}\n  a: {extends: b, privileged: true}\n  c: {extends: b, privileged: false}\n";
    let reading = reading(text);
    let counts: Vec<_> = reading
        .containers
        .iter()
        .map(|c| (c.privileged.len(), c.privileged()))
        .collect();
    assert_eq!(counts, [(1, Tri::Yes), (2, Tri::Yes), (2, Tri::No)]);
    assert_eq!(
        reading
            .source()
            .line_of(reading.containers[1].privileged[1].place.value.start),
        3
    );
}

#[test]
fn only_the_first_of_several_base_files_has_the_override() {
    let second = reading_with(&[
        ("docker-compose.yml", BASE),
        ("compose.yaml", BASE),
        ("compose.override.yaml", OVER),
    ]);
    assert_eq!(second.containers[0].privileged(), Tri::No);
    assert_eq!(second.sources.len(), 1);
}

#[test]
fn what_is_extended_keeps_its_place_and_tells_the_way() {
    let text = "services:\n  a: {extends: {file: ../c.yaml, service: b}, user: root}\n  z: {extends: nowhere}\n";
    let reading = reading_with(&[
        ("d/compose.yaml", text),
        ("c.yaml", "services:\n  b:\n    image: x\n    privileged: true\n"),
    ]);
    let a = &reading.containers[0];
    let place = &a.privileged[0].place;
    assert_eq!(reading.file(place.file).shown_path(), "c.yaml");
    assert_eq!(
        (place.via[0].kind, place.via[0].name.as_str()),
        (ViaKind::Extends, "../c.yaml")
    );
    assert_eq!(reading.source().slice(a.head), "a");
    // what could not be read may hide anything
    assert!(reading.containers[1].may_hide(Key::Privileged) && !a.may_hide(Key::CapDrop));
}

#[test]
fn changes_of_an_extending_service_are_made_where_each_thing_is_written() {
    let text = "services:\n  b: # base\n    image: x\n    privileged: true\n    volumes:\n      - ./b:/b # data\n  a:\n    extends: b\n    cap_drop: [MKNOD]\n";
    let reading = reading(text);
    let a = &reading.containers[1];
    let changes = [
        Change::Remove(a.privileged[0].place.clone()),
        Change::Add(Key::CapDrop, "all".into()),
        Change::Relabel(a.mounts[0].place.clone(), Relabel::Private),
    ];
    let edits = crate::front::render(&reading, a, &changes).unwrap();
    assert_eq!(
        apply(reading.source(), FileId(0), &edits).unwrap(),
        "services:\n  b: # base\n    image: x\n    volumes:\n      - ./b:/b:Z # data\n  a:\n    extends: b\n    cap_drop: [MKNOD, ALL]\n"
    );
}

#[test]
fn included_services_stand_in_their_own_file() {
    let reading = reading_with(&[
        ("compose.yaml", "include: [s/i.yaml]\nservices: {a: {image: x}}\n"),
        ("s/i.yaml", "services: {b: {image: \"y:${T}\"}}\n"),
        ("s/.env", "T=1\n"),
    ]);
    let b = &reading.containers[1];
    assert_eq!(reading.file(b.file).shown_path(), "s/i.yaml");
    assert_eq!(b.via[0].kind, ViaKind::Include);
    assert!(b.image.as_ref().unwrap().value.is("y:1"));
}

#[test]
fn circles_and_crowds_end_in_a_problem_and_soon() {
    let chain: String = (0..10_000)
        .map(|i| format!("  s{i}: {{image: x, extends: s{}}}\n", i + 1))
        .collect();
    let fans: String = (1..2_000).map(|i| format!("  s{i}: {{extends: s0}}\n")).collect();
    let many: Vec<String> = (0..2_000).map(|i| format!("'/a{i}:/a{i}'")).collect();
    let cases = [
        ("services: {a: {image: x, extends: a}}\n".to_owned(), "extends itself"),
        (
            "services: {a: {extends: b}, b: {extends: a}}\n".to_owned(),
            "extends itself",
        ),
        (
            "include: [compose.yaml]\nservices: {a: {image: x}}\n".to_owned(),
            "includes itself",
        ),
        (format!("services:\n{chain}"), "in a row"),
        (
            format!("services:\n  s0: {{image: x, volumes: [{}]}}\n{fans}", many.join(", ")),
            "more of this file",
        ),
    ];
    for (text, message) in cases {
        let reading = reading_with(&[("compose.yaml", &text)]);
        assert!(
            reading.problems.iter().any(|p| p.message.contains(message)),
            "{message}"
        );
        assert!(!reading.containers.is_empty());
    }
}

#[test]
fn files_in_a_row_are_read_up_to_a_bound() {
    let include = |i: usize| format!("include: [f{i}.yaml]\nservices: {{s{i}: {{image: x}}}}\n");
    let extend = |i: usize| format!("services: {{s: {{image: x, extends: {{file: f{i}.yaml, service: s}}}}}}\n");
    let row = |said: &dyn Fn(usize) -> String, n: usize| {
        let mut files: Vec<(String, String)> = (0..n).map(|i| (format!("f{i}.yaml"), said(i + 1))).collect();
        files.push((
            format!("f{n}.yaml"),
            "services: {s: {image: x, privileged: true}}\n".to_owned(),
        ));
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        reading_with(&files)
    };
    for n in [1, 15] {
        assert_eq!(row(&include, n).containers.len(), n + 1);
        assert_eq!(row(&extend, n).containers[0].privileged(), Tri::Yes);
        assert!(row(&include, n).problems.is_empty() && row(&extend, n).problems.is_empty());
    }
    for reading in [row(&include, 40), row(&extend, 40)] {
        assert!(
            reading
                .problems
                .iter()
                .all(|p| p.bound && p.message.contains("in a row"))
        );
        assert_eq!(reading.problems.len(), 1);
        assert!(!reading.containers.is_empty() && reading.containers.len() < 20);
    }
}

#[test]
fn bounds_are_no_errors_of_the_file() {
    let chain: String = (0..70)
        .map(|i| format!("  s{i}: {{image: x, extends: s{}}}\n", i + 1))
        .collect();
    let bomb: String = (1..9)
        .map(|i| format!("x{i}: &x{i} [{}]\n", format!("*x{}, ", i - 1).repeat(10)))
        .collect();
    let many: Vec<String> = (0..210).map(|i| format!("f{i}.yaml")).collect();
    let others: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "services: {}\n")).collect();
    let crowd = format!("include: [{}]\n", many.join(", "));
    for text in [
        format!("services:\n{chain}  s70: {{image: x}}\n"),
        format!("x0: &x0 [a]\n{bomb}services: {{a: {{image: x, cap_add: *x8}}}}\n"),
        crowd,
    ] {
        let mut files = vec![("compose.yaml", text.as_str())];
        files.extend(&others);
        let reading = reading_with(&files);
        assert!(
            !reading.problems.is_empty() && reading.problems.iter().all(|p| p.bound),
            "{:?}",
            reading.problems
        );
    }
}

#[test]
fn of_the_env_files_of_an_include_the_last_counts() {
    let privileged = |list: &str| {
        let text = format!("include:\n  - {{path: sub/inc.yaml, env_file: {list}}}\n");
        let reading = reading_with(&[
            ("compose.yaml", &text),
            ("a.env", "PRIV=false\n"),
            ("b.env", "PRIV=true\n"),
            ("sub/inc.yaml", "services: {s: {image: x, privileged: \"${PRIV}\"}}\n"),
        ]);
        reading.containers[0].privileged()
    };
    assert_eq!(privileged("[a.env, b.env]"), Tri::Yes);
    assert_eq!(privileged("[b.env, a.env]"), Tri::No);
    assert_eq!(privileged("b.env"), Tri::Yes);
}

#[test]
fn ten_thousand_services_are_read_soon() {
    let services: String = (0..10_000)
        .map(|i| format!("  s{i}:\n    <<: *b\n    image: x\n    volumes: ['./a{i}:/a']\n"))
        .collect();
    let text = format!("x-b: &b {{privileged: true, cap_add: [A, B], environment: {{A: 1}}}}\nservices:\n{services}");
    let reading = reading(&text);
    assert_eq!((reading.containers.len(), reading.problems.len()), (10_000, 0));
    assert!(reading.containers.iter().all(|c| c.privileged() == Tri::Yes));
}
