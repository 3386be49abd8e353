//! Trees of texts that were parsed last: what a file is, is asked of its text by several fronts before one of
//! them reads it, and a base file is read with each of those that include or extend it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::Tree;

/// Trees that each thread keeps, and the bytes of all their texts.
const KEPT: usize = 64;
const KEPT_BYTES: usize = 1 << 20;

thread_local! {
    static LAST: RefCell<VecDeque<(String, Rc<Tree>)>> = const { RefCell::new(VecDeque::new()) };
}

/// The tree of a text, parsed unless it is among the last.
pub(super) fn tree(text: &str) -> Rc<Tree> {
    let known = LAST.with_borrow_mut(|last| {
        let at = last.iter().position(|(known, _)| known == text)?;
        let found = last.remove(at)?;
        let tree = Rc::clone(&found.1);
        last.push_back(found);
        Some(tree)
    });
    known.unwrap_or_else(|| {
        let tree = Rc::new(Tree::parse(text));
        if text.len() <= KEPT_BYTES {
            LAST.with_borrow_mut(|last| keep(last, text, &tree));
        }
        tree
    })
}

fn keep(last: &mut VecDeque<(String, Rc<Tree>)>, text: &str, tree: &Rc<Tree>) {
    last.push_back((text.to_owned(), Rc::clone(tree)));
    let size = |last: &VecDeque<(String, Rc<Tree>)>| last.iter().map(|(text, _)| text.len()).sum::<usize>();
    while last.len() > KEPT || size(last) > KEPT_BYTES {
        last.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parsed_once_while_it_is_among_the_last() {
        let first = tree("a: 1\n");
        assert!(Rc::ptr_eq(&first, &tree("a: 1\n")));
        for n in 0..KEPT {
            tree(&format!("b: {n}\n"));
        }
        assert!(!Rc::ptr_eq(&first, &tree("a: 1\n")));
        let large = "#".repeat(KEPT_BYTES + 1);
        assert!(!Rc::ptr_eq(&tree(&large), &tree(&large)));
    }
}
