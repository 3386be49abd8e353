//! The YAML tree: every node lies in the text, and every parent around its children.
#![no_main]

use libfuzzer_sys::fuzz_target;
use privlint::front::yaml::Tree;

fuzz_target!(|text: &str| {
    let tree = Tree::parse(text);
    for node in tree.nodes() {
        assert!(text.get(node.span.range()).is_some(), "{:?} is no text of {} bytes", node.span, text.len());
    }
    for id in tree.ids() {
        let resolved = tree.resolve(id);
        let _ = tree.scalar(text, resolved);
        for entry in tree.entries(resolved) {
            let _ = tree.key_text(entry);
        }
    }
});
