//! Variables: `$NAME`, `${NAME:-default}` and their like, and the `.env` file that Compose reads.
//!
//! What the shell of the day would set is not known. A value from `.env` or a default is taken, with
//! the variable as the way it came; everything else stays a hole. Grammar: compose-go
//! `template/template.go`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::dotenv::{self, Written};
use crate::container::{FileId, Hole, PieceKind, Text, Via, ViaKind};
use crate::front::yaml::Scalar;
use crate::source::Span;

/// Defaults inside defaults at most.
const MAX_DEPTH: usize = 16;

/// Bytes of a value to which variables may be filled in; those that would make it longer stay unknown.
const MAX_LENGTH: usize = 16 * 1024;

/// What is known of the variables of a project.
#[derive(Clone, Debug, Default)]
pub(super) struct Env {
    values: HashMap<String, String>,
}

impl Env {
    /// The variables that the `.env` file of a folder sets.
    pub(super) fn beside(folder: &Path, open: &dyn Fn(&Path) -> Option<String>) -> Env {
        Env::default().under(&[folder.join(".env")], open)
    }

    /// These variables, and those of some files that are not among them: of two files the later one counts
    /// (compose-go `dotenv/env.go`).
    pub(super) fn under(&self, paths: &[PathBuf], open: &dyn Fn(&Path) -> Option<String>) -> Env {
        let read = |env: Env, path: &PathBuf| Env::read(path, &env, open);
        let mut env = paths.iter().fold(self.clone(), read);
        env.values
            .extend(self.values.iter().map(|(k, v)| (k.clone(), v.clone())));
        env
    }

    /// The value of a variable, where it is known.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn read(path: &Path, base: &Env, open: &dyn Fn(&Path) -> Option<String>) -> Env {
        let mut env = base.clone();
        let Some(text) = open(path) else { return env };
        for assignment in dotenv::assignments(text.trim_start_matches(crate::source::BOM)) {
            let value = match assignment.value {
                Written::Bare(value) => env.filled(&value),
                Written::Raw(value) => Some(value),
            };
            match value {
                Some(value) => env.values.insert(assignment.name, value),
                // what it depends on is not known
                None => env.values.remove(&assignment.name),
            };
        }
        env
    }

    /// A value of the file with its variables filled in; `None` for one that depends on something unknown.
    fn filled(&self, raw: &str) -> Option<String> {
        let mut filling = Filling {
            env: self,
            text: Text::new(),
            uses: Vec::new(),
            file: FileId(0),
            filled: 0,
            kind: PieceKind::Cooked,
        };
        filling.plain(raw, Span::default(), 0);
        filling.text.known().map(|known| known.into_owned())
    }
}

/// A scalar with its variables filled in, and the variables whose value was taken.
pub(super) fn fill(scalar: &Scalar, env: &Env, file: FileId) -> (Text, Vec<Via>) {
    let value = scalar.value();
    if !value.contains('$') {
        return (scalar.text(), Vec::new());
    }
    let mut filling = Filling {
        env,
        text: Text::new(),
        uses: Vec::new(),
        file,
        filled: 0,
        kind: PieceKind::Cooked,
    };
    let closed = closings(value);
    let mut from = 0;
    let mut at = 0;
    while let Some(dollar) = value.get(at..).and_then(|rest| rest.find('$')).map(|i| at + i) {
        match reference(value, dollar, &closed) {
            Some((found, len)) => {
                scalar.push_to(from..dollar, &mut filling.text);
                filling.put(&found, scalar.outer(dollar..dollar + len), 0);
                at = dollar + len;
                from = at;
            }
            None => at = dollar + 1,
        }
    }
    scalar.push_to(from..value.len(), &mut filling.text);
    (filling.text, filling.uses)
}

/// A reference to a variable, or an escaped `$`.
enum Reference<'a> {
    Dollar,
    Variable {
        name: &'a str,
        operator: &'a str,
        argument: &'a str,
        written: &'a str,
    },
}

/// The reference that stands at an offset of a text, and its length.
fn reference<'t>(whole: &'t str, at: usize, closed: &HashMap<usize, usize>) -> Option<(Reference<'t>, usize)> {
    let text = whole.get(at..)?;
    let rest = text.strip_prefix('$')?;
    if rest.starts_with('$') {
        return Some((Reference::Dollar, 2));
    }
    let Some(inner) = rest.strip_prefix('{') else {
        let len = dotenv::name_len(rest);
        let name = rest.get(..len).filter(|n| !n.is_empty())?;
        let found = Reference::Variable {
            name,
            operator: "",
            argument: "",
            written: text.get(..1 + len)?,
        };
        return Some((found, 1 + len));
    };
    let end = closed.get(&at)? - (at + 2);
    let inner = inner.get(..end)?;
    let name = inner.get(..dotenv::name_len(inner)).filter(|n| !n.is_empty())?;
    let rest = inner.get(name.len()..)?;
    let operator = [":-", ":?", ":+", "-", "?", "+"]
        .into_iter()
        .find(|op| rest.starts_with(op));
    let operator = match operator {
        Some(operator) => operator,
        None if rest.is_empty() => "",
        None => return None,
    };
    let found = Reference::Variable {
        name,
        operator,
        argument: rest.get(operator.len()..)?,
        written: text.get(..end + 3)?,
    };
    Some((found, end + 3))
}

/// Where the `}` of each `${` of a text stands.
fn closings(text: &str) -> HashMap<usize, usize> {
    let mut closed = HashMap::new();
    let mut open = Vec::new();
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if before == b'$' => open.push(at - 1),
            b'}' => {
                if let Some(start) = open.pop() {
                    closed.insert(start, at);
                }
            }
            _ => {}
        }
        before = byte;
    }
    closed
}

struct Filling<'a> {
    env: &'a Env,
    text: Text,
    uses: Vec<Via>,
    file: FileId,
    /// Bytes that variables brought so far.
    filled: usize,
    /// How sure what is filled in is.
    kind: PieceKind,
}

impl Filling<'_> {
    /// Appends what a reference stands for.
    fn put(&mut self, found: &Reference, span: Span, depth: usize) {
        let (name, operator, argument, written) = match *found {
            Reference::Dollar => {
                self.text.push("$".to_owned(), span, PieceKind::Cooked);
                return;
            }
            Reference::Variable {
                name,
                operator,
                argument,
                written,
            } => (name, operator, argument, written),
        };
        let hole = match name {
            "PWD" => Hole::WorkingDirectory,
            "HOME" => Hole::Home,
            _ => Hole::Variable(name.to_owned()),
        };
        let always_set = matches!(hole, Hole::WorkingDirectory | Hole::Home);
        let set = self
            .env
            .values
            .get(name)
            .filter(|v| !v.is_empty() || !operator.starts_with(':'));
        let taken = match (operator, set) {
            ("" | "-" | ":-" | "?" | ":?", Some(value)) if self.filled + value.len() <= MAX_LENGTH => {
                Some(value.clone())
            }
            ("-" | ":-", None) if !always_set && depth < MAX_DEPTH => {
                self.uses.push(self.step(name, span));
                // the shell that runs Compose may set it
                let outer = std::mem::replace(&mut self.kind, PieceKind::Assumed);
                self.plain(argument, span, depth + 1);
                self.kind = outer;
                return;
            }
            // what stands behind `+` is for a variable that is set; one that is not known may be
            ("+" | ":+", set) if self.env.values.contains_key(name) && depth < MAX_DEPTH => {
                self.uses.push(self.step(name, span));
                if set.is_some() {
                    self.plain(argument, span, depth + 1);
                }
                return;
            }
            _ => None,
        };
        match taken {
            Some(value) => {
                self.filled += value.len();
                self.uses.push(self.step(name, span));
                self.text.push(value, span, self.kind.clone());
            }
            None => self.text.push(written.to_owned(), span, PieceKind::Hole(hole)),
        }
    }

    /// Appends a text whose every part comes from the bytes at `span`.
    fn plain(&mut self, text: &str, span: Span, depth: usize) {
        let closed = closings(text);
        let (mut from, mut at) = (0, 0);
        while let Some(dollar) = text.get(at..).and_then(|rest| rest.find('$')).map(|i| at + i) {
            let Some((found, len)) = reference(text, dollar, &closed) else {
                at = dollar + 1;
                continue;
            };
            self.cooked(text.get(from..dollar), span);
            self.put(&found, span, depth);
            at = dollar + len;
            from = at;
        }
        self.cooked(text.get(from..), span);
    }

    fn cooked(&mut self, text: Option<&str>, span: Span) {
        self.text.push(text.unwrap_or("").to_owned(), span, self.kind.clone());
    }

    fn step(&self, name: &str, span: Span) -> Via {
        Via {
            kind: ViaKind::Variable,
            name: name.to_owned(),
            span,
            file: self.file,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::front::yaml::Tree;

    fn filled(yaml: &str, env: &[(&str, &str)]) -> (String, bool, usize) {
        let env = Env {
            values: env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        };
        let tree = Tree::parse(yaml);
        let scalar = tree.scalar(yaml, tree.documents[0]).unwrap();
        let (text, uses) = fill(&scalar, &env, FileId(0));
        (text.shown(), text.has_hole(), uses.len())
    }

    #[test]
    fn defaults_and_env_values_are_taken_and_the_rest_is_a_hole() {
        for (yaml, shown, hole, uses) in [
            ("a$X", "a$X", true, 0),
            ("${X:-d}e", "de", false, 1),
            ("${X-${Y:-d}}", "d", false, 2),
            ("${X:-${PWD}/c}", "${PWD}/c", true, 1),
            ("${X:?must}", "${X:?must}", true, 0),
            ("${X:+y}", "${X:+y}", true, 0),
            ("${SET:+y$SET}${EMPTY:+z}${EMPTY+:ro}", "yv:ro", false, 4),
            ("$$X ${", "$X ${", false, 0),
            ("${PWD:-.}/a", "${PWD:-.}/a", true, 0),
            ("${SET}/$EMPTY", "v/", false, 2),
            ("${EMPTY:-d}${EMPTY-e}", "d", false, 2),
            ("${${X:-d}", "${d", false, 1),
            ("${X:-a${Y:-$ ${ b}c}}", "a$ ${ b}c", false, 2),
        ] {
            let found = filled(yaml, &[("SET", "v"), ("EMPTY", "")]);
            assert_eq!(found, (shown.to_owned(), hole, uses), "{yaml}");
        }
    }

    #[test]
    fn env_files_are_read_as_compose_reads_them() {
        let text = "\u{feff}A=1\nexport B = \"x y\" # c\n# no\nC='$A'\nD=${A}2\nE=v # c\nF=\n1X=2\nG=$UNSET\n";
        let env = Env::beside(Path::new("p"), &|path: &Path| {
            (path == Path::new("p/.env")).then(|| text.to_owned())
        });
        let mut found: Vec<_> = env.values.iter().map(|(k, v)| format!("{k}={v}")).collect();
        found.sort();
        assert_eq!(found, ["A=1", "B=x y", "C=$A", "D=12", "E=v", "F="]);
    }
}
