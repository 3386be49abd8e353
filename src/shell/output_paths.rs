//! What `$(…)` prints on some path only: `$([ -t 1 ] && echo -t)`, `` `if a; then echo "-p $port"; fi` ``.

use std::rc::Rc;

use super::eval::Evaluator;
use super::output::{trimmed_end, word_is};
use super::tree::{Link, Redirect, Simple, Statement, StatementKind};
use super::value::Bit;
use crate::container::PieceKind;
use crate::source::Span;

/// Statements that nest in one another.
const MAX_DEPTH: u32 = 6;

impl Evaluator<'_> {
    /// What statements print one after another, with a choice where the path decides; `None` where one of them
    /// may print anything.
    pub(super) fn printed_in_turn(&mut self, block: &[Statement], depth: u32) -> Option<Vec<Bit>> {
        let mut out = Vec::new();
        for statement in block {
            let printed = self.printed_on_paths(statement, depth)?;
            self.follow(&mut out, printed);
        }
        Some(out)
    }

    fn follow(&self, out: &mut Vec<Bit>, printed: Vec<Bit>) {
        if !out.is_empty() && !printed.is_empty() {
            out.push(Bit::Frag(self.frag(
                " ".to_owned(),
                Span::default(),
                PieceKind::Cooked,
                true,
            )));
        }
        out.extend(printed);
    }

    fn printed_on_paths(&mut self, statement: &Statement, depth: u32) -> Option<Vec<Bit>> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let depth = depth + 1;
        match &statement.kind {
            StatementKind::Test { .. } => Some(Vec::new()),
            StatementKind::Simple(simple) if is_quiet(simple) => Some(Vec::new()),
            StatementKind::Simple(simple) if prints(simple) => Some(trimmed_end(self.printed(simple)?)),
            StatementKind::Redirected { body, redirects } if !redirects.iter().any(hides_output) => {
                self.printed_on_paths(body, depth)
            }
            StatementKind::Group(block) => self.printed_in_turn(block, depth),
            StatementKind::Chain(links) => self.printed_in_chain(links, depth),
            StatementKind::If { arms, otherwise } => {
                let mut paths = Vec::new();
                for arm in arms {
                    if !self.printed_in_turn(&arm.condition, depth)?.is_empty() {
                        return None;
                    }
                    paths.push(self.printed_in_turn(&arm.body, depth)?);
                }
                paths.push(match otherwise {
                    Some(block) => self.printed_in_turn(block, depth)?,
                    None => Vec::new(),
                });
                Some(choice(paths))
            }
            StatementKind::Case { arms, .. } => {
                let bodies = arms.iter().map(|arm| self.printed_in_turn(&arm.body, depth));
                let mut paths = bodies.collect::<Option<Vec<_>>>()?;
                if !arms.iter().any(|arm| arm.any) {
                    paths.push(Vec::new());
                }
                Some(choice(paths))
            }
            _ => None,
        }
    }

    fn printed_in_chain(&mut self, links: &[(Link, Statement)], depth: u32) -> Option<Vec<Bit>> {
        let mut printed = Vec::new();
        for (link, statement) in links {
            printed.push((*link, self.printed_on_paths(statement, depth)?));
        }
        // `a && echo x || echo y`: one of the two
        if let [(_, first), (Link::And, then), (Link::Or, otherwise)] = printed.as_slice()
            && first.is_empty()
        {
            return Some(choice(vec![then.clone(), otherwise.clone()]));
        }
        let mut out = Vec::new();
        for (link, bits) in printed {
            let bits = match link {
                Link::First => bits,
                Link::And | Link::Or if bits.is_empty() => bits,
                Link::And | Link::Or => choice(vec![Vec::new(), bits]),
            };
            self.follow(&mut out, bits);
        }
        Some(out)
    }
}

fn choice(paths: Vec<Vec<Bit>>) -> Vec<Bit> {
    match paths.iter().any(|path| !path.is_empty()) {
        true => vec![Bit::Choice(Rc::new(paths))],
        false => Vec::new(),
    }
}

/// True for a command that prints what its words say.
fn prints(simple: &Simple) -> bool {
    let printer = ["echo", "printf", "cat"]
        .iter()
        .any(|p| word_is(simple.words.first(), p));
    printer && simple.assigns.is_empty()
}

/// True for a command that prints nothing.
fn is_quiet(simple: &Simple) -> bool {
    let is = |program: &str| word_is(simple.words.first(), program);
    let option = |letter: char| {
        let mut words = simple.words.iter().skip(1).filter_map(super::output::plain);
        words.any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(letter))
    };
    let silent = ["[", "test", "true", "false", ":"].iter().any(|program| is(program));
    let named = silent || (is("grep") && option('q')) || (is("tty") && option('s'));
    let thrown_away = !simple.words.is_empty() && simple.redirects.iter().any(hides_output);
    simple.assigns.is_empty() && simple.declares.is_none() && (named || thrown_away)
}

/// `>/dev/null`, `> file`: standard output goes elsewhere.
fn hides_output(redirect: &Redirect) -> bool {
    use super::tree::Part;
    match redirect {
        Redirect::File {
            word, writes, aside, ..
        } => {
            // `>&2` is written as a redirect too
            let empty = matches!(word.parts.as_slice(), [Part::Text { text, .. }] if text == "1");
            *writes && !aside && !empty
        }
        Redirect::Here { .. } => false,
    }
}
