//! Whether a text may hold a key, without parsing it.

/// False only where no mapping of the text has a key of this name, which is plain letters: a parser that
/// took every alias for what it leads to would find none. A name in an escape is never looked for.
pub(super) fn may_be_in(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let ends_key = |at: usize| {
        let rest = bytes.get(at + name.len()..).unwrap_or(&[]);
        let rest = rest.strip_prefix(b"'").or(rest.strip_prefix(b"\"")).unwrap_or(rest);
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        rest.get(blanks) == Some(&b':')
    };
    let mut there = memchr::memmem::find_iter(bytes, name).peekable();
    if there.peek().is_none() {
        return false;
    }
    // a key may be marked by `?`, and its colon stand in another line; or be an alias of the word
    let apart = || {
        bytes
            .windows(2)
            .any(|pair| pair[0] == b'?' && pair[1].is_ascii_whitespace())
    };
    let alias = || memchr::memchr(b'&', bytes).is_some() && memchr::memchr(b'*', bytes).is_some();
    there.any(ends_key) || apart() || alias()
}

#[cfg(test)]
mod tests {
    use super::super::Tree;
    use super::*;

    /// True where some mapping of the text has the key.
    fn is_in(text: &str, name: &str) -> bool {
        let tree = Tree::parse(text);
        tree.ids().any(|id| tree.get(id, name).is_some())
    }

    #[test]
    fn no_key_that_a_parser_finds_is_passed_over() {
        let keys = [
            "services:",
            "services :",
            "'services':",
            "\"services\": x",
            "? services\n:",
            "?\tservices\n: a",
            "? 'services'\n: {}",
            "{services: a}",
            "{'services':a}",
            "{\"services\" : a}",
            "[services: a]",
            "a: &x services\n*x : b",
            "!!str services: a",
            "&k services: a",
            "services\t: a",
            "a:\n  services: b",
            "- services: b",
            "{? services : b}",
            "? |-\n  services\n: b",
            "x: 1\n---\nservices: {}",
            "\"services\"  :",
        ];
        for text in keys {
            assert!(!is_in(text, "services") || may_be_in(text, "services"), "{text:?}");
        }
        let found = keys.iter().filter(|text| is_in(text, "services")).count();
        assert!(found > 15, "{found} of these are keys to the parser");
        for text in [
            "- services",
            "a: services",
            "# the services",
            "resources: [pods, services]",
            "servicesx: a",
        ] {
            assert!(!is_in(text, "services") && !may_be_in(text, "services"), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nor_in_any_text(text in "([ \n'\"?:{}\\[\\],&*!|>#-]|services|a|x){0,14}") {
            proptest::prop_assert!(!is_in(&text, "services") || may_be_in(&text, "services"));
        }
    }
}
