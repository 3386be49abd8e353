#![allow(clippy::unwrap_used, clippy::string_slice)]

use super::*;

fn entry<'a>(text: &'a str, tree: &Tree, path: &[&str]) -> (&'a str, NodeId) {
    let mut at = tree.documents[0];
    let mut shown = "";
    for key in path {
        match key.parse::<usize>() {
            Ok(index) => {
                let item = tree.items(at)[index];
                (at, shown) = (item.node, &text[item.entry.range()]);
            }
            Err(_) => {
                let entry = tree.get(at, key).unwrap();
                (at, shown) = (entry.value, &text[entry.entry.range()]);
            }
        }
    }
    (shown, at)
}

fn check(text: &str, path: &[&str], whole: &str, value: &str) {
    let tree = Tree::parse(text);
    let (shown, node) = entry(text, &tree, path);
    assert_eq!(shown, whole, "entry at {path:?}");
    assert_eq!(&text[tree.node(node).span.range()], value, "value at {path:?}");
}

#[test]
fn entries_cover_key_and_value_and_items_their_dash() {
    let text = "a:\n  - x # one\n  -\n    k: v\n    l: &n 'w'\n  - # two\n    m:\nb: |-\n  t1\n  t2\n\nc: [1, {d: \"e\"}, &f g]\n";
    check(text, &["a", "0"], "- x", "x");
    check(text, &["a", "1"], "-\n    k: v\n    l: &n 'w'", "k: v\n    l: &n 'w'");
    check(text, &["a", "1", "l"], "l: &n 'w'", "'w'");
    check(text, &["a", "2"], "- # two\n    m:", "m:");
    check(text, &["a", "2", "m"], "m:", "");
    check(text, &["b"], "b: |-\n  t1\n  t2", "|-\n  t1\n  t2");
    check(text, &["c"], "c: [1, {d: \"e\"}, &f g]", "[1, {d: \"e\"}, &f g]");
    check(text, &["c", "1", "d"], "d: \"e\"", "\"e\"");
    check(text, &["c", "2"], "&f g", "g");
}

#[test]
fn lists_may_stand_at_the_column_of_their_key_and_lines_may_end_in_carriage_returns() {
    let text = "\u{feff}a:\r\n- x\r\n- y # z\r\n\r\nb: 1\r\n";
    check(text, &["a"], "a:\r\n- x\r\n- y", "- x\r\n- y");
    check(text, &["a", "1"], "- y", "y");
    check(text, &["b"], "b: 1", "1");
}

#[test]
fn an_alias_leads_to_the_latest_definition_before_it() {
    let text = "a: &x 1\nb: &x 2\nc: *x\nd: &x 3\ne: *y\nf: &z [*z]\n";
    let tree = Tree::parse(text);
    let (_, c) = entry(text, &tree, &["c"]);
    assert!(matches!(&tree.node(tree.resolve(c)).kind, Kind::Scalar(v) if v == "2"));
    assert_eq!(tree.problems.len(), 2);
    assert!(tree.problems[1].message.contains("inside what it names"));
}

#[test]
fn reading_goes_on_at_the_next_document_and_keeps_what_came_before_the_error() {
    let text = "a: 1\nb: [x, }\n---\nc: 2\n";
    let tree = Tree::parse(text);
    assert_eq!(tree.documents.len(), 2);
    assert_eq!(tree.problems.len(), 1);
    assert!(!tree.node(tree.documents[0]).complete);
    assert!(tree.get(tree.documents[0], "a").is_some());
    assert!(tree.get(tree.documents[1], "c").is_some());
}

fn pieces(text: &str) -> Vec<(String, String, bool)> {
    let tree = Tree::parse(text);
    let (_, node) = entry(text, &tree, &["a"]);
    let scalar = tree.scalar(text, node).unwrap().text();
    scalar
        .pieces()
        .iter()
        .map(|p| {
            let literal = p.kind == crate::container::PieceKind::Literal;
            (p.text.clone(), text[p.span.range()].to_owned(), literal)
        })
        .collect()
}

#[test]
fn scalars_know_which_bytes_stand_for_what() {
    let own = |s: &[(&str, &str, bool)]| {
        s.iter()
            .map(|(a, b, c)| ((*a).into(), (*b).into(), *c))
            .collect::<Vec<_>>()
    };
    assert_eq!(pieces("a: x y\n"), own(&[("x y", "x y", true)]));
    assert_eq!(
        pieces("a: 'it''s'\n"),
        own(&[("it", "it", true), ("'", "''", false), ("s", "s", true)])
    );
    assert_eq!(
        pieces(r#"a: "b\tc""#),
        own(&[("b", "b", true), ("\t", "\\t", false), ("c", "c", true)])
    );
    assert_eq!(
        pieces("a: x\n  y\n"),
        own(&[("x", "x", true), (" ", "\n  ", false), ("y", "y", true)])
    );
    assert_eq!(
        pieces("a: \"x \\\n  y\"\n"),
        own(&[("x ", "x ", true), ("y", "y", true)])
    );
    assert_eq!(
        pieces("a: |\n  x\n   y\n"),
        own(&[("x\n", "x\n", true), (" y\n", " y\n", true)])
    );
    assert_eq!(
        pieces("a: >\n  x\n  y\n"),
        own(&[
            ("x", "x", true),
            (" ", "\n  ", false),
            ("y", "y", true),
            ("\n", "\n", false)
        ])
    );
}

#[test]
fn hostile_nesting_is_a_problem_and_not_a_crash() {
    for text in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(10_000),
        "? ".repeat(10_000),
    ] {
        let tree = Tree::parse(&text);
        assert!(!tree.problems.is_empty());
    }
}

#[test]
fn an_error_cuts_off_what_ended_at_it() {
    let text = "s:\n  a:\n    v:\n      - x\n   c: [y]\n    o: z\n";
    let tree = Tree::parse(text);
    assert!(tree.problems.iter().any(|p| p.ends_document));
    for path in [&["s"][..], &["s", "a"], &["s", "a", "v"]] {
        let (_, node) = entry(text, &tree, path);
        assert!(!tree.node(node).complete, "{path:?}");
    }
}

#[test]
fn a_key_that_stands_twice_is_a_problem() {
    let text = "a: 1\nb: {c: 1, 'c': 2, d: 1}\n<<: *x\n<<: *x\n";
    let doubles = |p: &&Trouble| p.message.contains("appears twice");
    let tree = Tree::parse(text);
    let found: Vec<&Trouble> = tree.problems.iter().filter(doubles).collect();
    let shown: Vec<&str> = found.iter().map(|p| &text[p.span.range()]).collect();
    assert_eq!(shown, ["'c'", "<<"]);
    assert!(found.iter().all(|p| !p.ends_document));
}

#[test]
fn the_lines_of_a_folded_block_stand_where_they_are_written() {
    for text in [
        "a: >\n  one two\n  three\n\n  four\n    more\n  five\n",
        "a: >-\n\n  one\n  two\n\n\nb: 1\n",
        "a: >\r\n  one\r\n  two\r\n",
        "a: >\n  one\n  two\nb: 1\n",
        "a: >+\n  one\n  two\n\nb: 1\n",
    ] {
        let tree = Tree::parse(text);
        let (_, node) = entry(text, &tree, &["a"]);
        let scalar = tree.scalar(text, node).unwrap();
        let words: Vec<&str> = scalar.value().split_whitespace().collect();
        assert!(words.len() > 1);
        for word in words {
            let at = scalar.value().find(word).unwrap();
            let outer = scalar.outer(at..at + word.len());
            assert_eq!(&text[outer.range()], word, "{text:?}");
        }
    }
}
