//! Where the parts of a file stand, kept from one fix to the next.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use crate::front::yaml::{Kind, NodeId, Style, Tree};
use crate::source::{Source, Span};

/// Where the parts of a file stand: looked up, for a file may hold ten thousand services to be edited.
#[derive(Default)]
pub(in crate::front::compose) struct Index {
    /// Where each entry or item stands: in which collection, and as which of it.
    pub(super) at: HashMap<Span, (NodeId, usize)>,
    /// Which entry holds a collection.
    pub(super) holders: HashMap<NodeId, Span>,
    /// Where each anchor stands that aliases lead to, with those aliases.
    pub(super) anchors: BTreeMap<Span, Vec<NodeId>>,
    /// What aliases lead to.
    pub(super) shared: HashSet<NodeId>,
    /// The scalars that have bytes, by place.
    pub(super) scalars: BTreeMap<Span, NodeId>,
    /// The outermost collections in brackets or braces, by place.
    pub(super) brackets: BTreeMap<u32, Span>,
    /// How far the file sets lists in, and mappings; once it was asked for.
    pub(in crate::front::compose) list_step: OnceCell<Option<usize>>,
    pub(in crate::front::compose) map_step: OnceCell<Option<usize>>,
}

/// A file with its tree and index.
type Read = (Arc<Source>, Rc<Tree>, Rc<Index>);

thread_local! {
    /// What was read last: the fixes of one file are rendered one after another, and lead to a few others.
    static LAST: RefCell<VecDeque<Read>> = const { RefCell::new(VecDeque::new()) };
}

/// Files that are kept.
const KEPT: usize = 4;

/// The tree and index of a file.
pub(super) fn read(source: &Arc<Source>) -> (Rc<Tree>, Rc<Index>) {
    let known = LAST.with_borrow(|last| {
        let (_, tree, index) = last.iter().find(|(known, ..)| Arc::ptr_eq(known, source))?;
        Some((Rc::clone(tree), Rc::clone(index)))
    });
    known.unwrap_or_else(|| {
        let tree = Tree::kept(source.text());
        let index = Rc::new(Index::of(&tree));
        LAST.with_borrow_mut(|last| {
            last.truncate(KEPT - 1);
            last.push_front((Arc::clone(source), Rc::clone(&tree), Rc::clone(&index)));
        });
        (tree, index)
    })
}

impl Index {
    fn of(tree: &Tree) -> Index {
        let mut index = Index::default();
        for id in tree.ids() {
            let node = tree.node(id);
            if node.style == Style::Flow && matches!(node.kind, Kind::Mapping(_) | Kind::Sequence(_)) {
                let around = index.brackets.range(..=node.span.start).next_back();
                if !around.is_some_and(|(_, span)| span.contains(node.span)) {
                    index.brackets.insert(node.span.start, node.span);
                }
            }
            match &node.kind {
                Kind::Mapping(entries) => {
                    for (i, entry) in entries.iter().enumerate() {
                        index.at.entry(entry.entry).or_insert((id, i));
                        index.holders.insert(entry.value, entry.entry);
                    }
                }
                Kind::Sequence(items) => {
                    for (i, item) in items.iter().enumerate() {
                        index.at.insert(item.entry, (id, i));
                        index.holders.insert(item.node, item.entry);
                    }
                }
                Kind::Alias(_, Some(target)) => {
                    index.shared.insert(*target);
                    if let Some(anchor) = &tree.node(*target).anchor {
                        index.anchors.entry(anchor.span).or_default().push(id);
                    }
                }
                Kind::Scalar(_) if !node.span.is_empty() => {
                    index.scalars.entry(node.span).or_insert(id);
                }
                _ => {}
            }
        }
        index
    }
}
