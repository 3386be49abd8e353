//! `name[key]=value`: which element of a list an assignment by its key replaces.

use std::rc::Rc;

use super::eval::Evaluator;
use super::value::{Element, Item, Value, same_bits};

/// The name under which it is kept that a list was declared with `-A`. No script can write it.
fn by_words(name: &str) -> String {
    format!("\u{0}keys of {name}")
}

impl Evaluator<'_> {
    /// Notes that the keys of a list are words, and no sums.
    pub(super) fn has_words_for_keys(&mut self, name: &str) {
        self.scope.set(&by_words(name), Some(Value::scalar(Vec::new())));
    }

    /// The list after `name[key]=value`. What the key is known to name is replaced; otherwise the element
    /// is one more.
    pub(super) fn with_element(&mut self, name: &str, key: &str, appends: bool, mut element: Element) -> Value {
        let mut items = match self.scope.get(name) {
            Some(Value::Array(items)) => items.to_vec(),
            Some(Value::Lost { .. }) => return Value::Lost { solid: false },
            Some(Value::Scalar(bits)) if !bits.is_empty() => vec![Item::One(Element {
                bits: Rc::clone(bits),
                ..element.clone()
            })],
            _ => Vec::new(),
        };
        let at = self.place_of(name, key, &items);
        if let Some(Item::One(old)) = at.and_then(|at| items.get(at))
            && appends
        {
            element.bits = Rc::new(old.bits.iter().chain(element.bits.iter()).cloned().collect());
        }
        if !key.is_empty() {
            let value = Value::Scalar(Rc::clone(&element.bits));
            self.scope.set_element(name, key, value);
        }
        match at.and_then(|at| items.get_mut(at)) {
            Some(item) => *item = Item::One(element),
            None => items.push(Item::One(element)),
        }
        Value::Array(Rc::new(items))
    }

    /// The element that a key names, where it is there already and can be told.
    fn place_of(&self, name: &str, key: &str, items: &[Item]) -> Option<usize> {
        let words = self.scope.get(&by_words(name)).is_some();
        if words && !key.is_empty() {
            let held = self.scope.element(name, key)?;
            return items.iter().position(|item| is(item, held));
        }
        let number = key.parse::<usize>().ok().filter(|_| !words)?;
        // a number that was left out moves all that come after it
        let stands = |(key, value): (String, &Value)| {
            let item = key.parse::<usize>().ok().and_then(|at| items.get(at));
            item.is_some_and(|item| is(item, value))
        };
        let plain = items.iter().take(number + 1).all(|i| matches!(i, Item::One(_)));
        let counted = plain && number < items.len();
        (counted && self.scope.elements(name).into_iter().all(stands)).then_some(number)
    }
}

fn is(item: &Item, value: &Value) -> bool {
    match (item, value) {
        (Item::One(element), Value::Scalar(bits)) => Rc::ptr_eq(&element.bits, bits) || same_bits(&element.bits, bits),
        _ => false,
    }
}
