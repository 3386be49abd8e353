//! What names stand for where several paths through a script meet.

use std::rc::Rc;

use super::open;
use super::value::{Bit, Element, Item, MAX_PIECES, MAX_VALUE, Trail, Value, count, only_hole, size};
use crate::container::{FileId, Hole, PieceKind};
use crate::source::Span;

/// Values that paths which meet may give; more of them are not kept apart.
const MAX_OPTIONS: usize = 64;

/// What a name stands for after several paths meet. `None` is a path on which it was never set.
pub(super) fn join(name: &str, values: &[Option<Value>]) -> Option<Value> {
    let joined = joined(name, values);
    let assumed = |value: &Option<Value>| matches!(value, Some(Value::Scalar(bits)) if open::is_assumed(bits));
    match joined {
        // what is not sure on one path is not sure after it
        Some(Value::Scalar(bits)) if values.iter().any(assumed) => {
            Some(Value::scalar(bits.iter().map(open::assumed_bit).collect()))
        }
        joined => joined,
    }
}

fn joined(name: &str, values: &[Option<Value>]) -> Option<Value> {
    let mut distinct: Vec<&Option<Value>> = Vec::new();
    for value in values {
        if distinct.len() > MAX_OPTIONS {
            return Some(Value::Lost { solid: false });
        }
        let known = distinct.iter().any(|d| match (d, value) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => true,
            _ => false,
        });
        if !known {
            distinct.push(value);
        }
    }
    match distinct.as_slice() {
        [] => return None,
        [one] => return (*one).clone(),
        _ => {}
    }
    if distinct.iter().any(|d| matches!(d, Some(Value::Lost { .. }))) {
        return Some(Value::Lost { solid: false });
    }
    if distinct.iter().any(|d| matches!(d, Some(Value::Array(_)))) {
        let own = |items: &[Item]| match items.first() {
            Some(Item::Rest(e)) if matches!(only_hole(&e.bits), Some(Hole::Variable(n)) if n == name) => {
                items.first().cloned()
            }
            _ => None,
        };
        let given = distinct.iter().find_map(|d| match d {
            Some(Value::Array(items)) => own(items),
            _ => None,
        });
        let runs: Vec<Vec<Item>> = distinct
            .iter()
            .map(|d| match d {
                Some(Value::Array(items)) if own(items).is_some() => {
                    given.iter().cloned().chain(items.iter().skip(1).cloned()).collect()
                }
                Some(Value::Array(items)) => items.to_vec(),
                None => given.iter().cloned().collect(),
                Some(Value::Scalar(bits)) if !bits.is_empty() => vec![Item::One(Element {
                    bits: Rc::clone(bits),
                    span: Span::default(),
                    file: FileId::default(),
                    trail: Trail::default(),
                })],
                _ => Vec::new(),
            })
            .collect();
        let runs = told_apart(
            runs,
            |run| match run {
                [Item::Choice(options)] => Some(Rc::clone(options)),
                _ => None,
            },
            Item::same,
        );
        let mut out = Vec::new();
        for run in woven(&runs, Item::same) {
            match run {
                Run::All(items) => out.extend(items),
                Run::Some(options) => out.push(Item::Choice(Rc::new(options))),
            }
        }
        if count(&out) > MAX_PIECES {
            return Some(Value::Lost { solid: false });
        }
        return Some(Value::Array(Rc::new(out)));
    }
    // `OPTS="$OPTS x"` of a name that was never set: what the environment gives comes first on all paths
    let own = |bits: &[Bit]| match bits.first() {
        Some(Bit::Frag(frag)) if matches!(&frag.piece.kind, PieceKind::Hole(Hole::Variable(n)) if n == name) => {
            Some(frag.clone())
        }
        _ => None,
    };
    let given = distinct.iter().find_map(|d| match d {
        Some(Value::Scalar(bits)) => own(bits),
        _ => None,
    });
    let runs: Vec<Vec<Bit>> = distinct
        .iter()
        .map(|d| {
            let given = given.iter().cloned().map(Bit::Frag);
            match d {
                Some(Value::Scalar(bits)) if own(bits).is_some() => given.chain(bits.iter().skip(1).cloned()).collect(),
                Some(Value::Scalar(bits)) => bits.to_vec(),
                _ => given.collect(),
            }
        })
        .collect();
    let runs = told_apart(
        runs,
        |run| match run {
            [Bit::Choice(options)] => Some(Rc::clone(options)),
            _ => None,
        },
        Bit::same,
    );
    let mut out = Vec::new();
    for run in woven(&runs, Bit::same) {
        match run {
            Run::All(bits) => out.extend(bits),
            Run::Some(options) => out.push(Bit::Choice(Rc::new(options))),
        }
    }
    let (pieces, bytes) = size(&out);
    if pieces > MAX_PIECES || bytes > MAX_VALUE {
        return Some(Value::Lost { solid: false });
    }
    Some(Value::scalar(out))
}

/// The runs of a choice.
type Options<T> = Rc<Vec<Vec<T>>>;

/// The runs, with those of a choice between them in its place, each once: what a loop joins at its head
/// comes back from its body as such a choice.
fn told_apart<T: Clone>(
    runs: Vec<Vec<T>>,
    choice: fn(&[T]) -> Option<Options<T>>,
    same: fn(&T, &T) -> bool,
) -> Vec<Vec<T>> {
    if !runs.iter().any(|run| choice(run).is_some()) {
        return runs;
    }
    let mut apart: Vec<Vec<T>> = Vec::new();
    for run in runs {
        let each = choice(&run).map_or_else(|| vec![run], |options| options.to_vec());
        for one in each {
            let is = |other: &Vec<T>| other.len() == one.len() && other.iter().zip(&one).all(|(a, b)| same(a, b));
            if !apart.iter().any(is) {
                apart.push(one);
            }
        }
    }
    apart
}

/// A stretch of runs that were put together.
enum Run<T> {
    /// All of them have it.
    All(Vec<T>),
    /// Each has one of these.
    Some(Vec<Vec<T>>),
}

/// Several runs put together: what they begin and end with alike, and what one of them has whole in
/// all the others, as in `args=(--first "${args[@]}" --last)`.
fn woven<T: Clone>(runs: &[Vec<T>], same: fn(&T, &T) -> bool) -> Vec<Run<T>> {
    let (head, middles, tail) = around(runs, same);
    let mut out = vec![Run::All(head)];
    let shortest = middles.iter().min_by_key(|m| m.len());
    let inside = shortest
        .filter(|core| !core.is_empty() && core.len() <= 200)
        .and_then(|core| {
            let starts: Option<Vec<usize>> = middles
                .iter()
                .map(|m| {
                    m.windows(core.len())
                        .position(|w| w.iter().zip(core).all(|(a, b)| same(a, b)))
                })
                .collect();
            starts.map(|starts| (core, starts))
        });
    match inside {
        Some((core, starts)) => {
            let cut = |run: &[T]| run.to_vec();
            let before = middles
                .iter()
                .zip(&starts)
                .map(|(m, s)| cut(m.get(..*s).unwrap_or_default()));
            out.push(Run::Some(before.collect()));
            out.push(Run::All(core.clone()));
            let after = middles
                .iter()
                .zip(&starts)
                .map(|(m, s)| cut(m.get(s + core.len()..).unwrap_or_default()));
            out.push(Run::Some(after.collect()));
        }
        None => out.push(Run::Some(middles)),
    }
    out.push(Run::All(tail));
    out.retain(|run| match run {
        Run::All(items) => !items.is_empty(),
        Run::Some(options) => options.iter().any(|o| !o.is_empty()),
    });
    out
}

/// What several runs begin and end with alike, and what each has between.
fn around<T: Clone>(runs: &[Vec<T>], same: fn(&T, &T) -> bool) -> (Vec<T>, Vec<Vec<T>>, Vec<T>) {
    let Some(first) = runs.first() else {
        return (Vec::new(), Vec::new(), Vec::new());
    };
    let shortest = runs.iter().map(Vec::len).min().unwrap_or(0);
    let mut head = 0;
    while head < shortest {
        let Some(item) = first.get(head) else { break };
        if !runs.iter().all(|r| r.get(head).is_some_and(|other| same(item, other))) {
            break;
        }
        head += 1;
    }
    let mut tail = 0;
    while tail < shortest - head {
        let Some(item) = first.iter().rev().nth(tail) else {
            break;
        };
        if !runs
            .iter()
            .all(|r| r.iter().rev().nth(tail).is_some_and(|other| same(item, other)))
        {
            break;
        }
        tail += 1;
    }
    let cut = |run: &Vec<T>, from: usize, to: usize| run.get(from..to).map(<[T]>::to_vec).unwrap_or_default();
    let middles = runs.iter().map(|r| cut(r, head, r.len() - tail)).collect();
    (
        cut(first, 0, head),
        middles,
        cut(first, first.len() - tail, first.len()),
    )
}
