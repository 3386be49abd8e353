//! Files that a script sources.

use std::path::{Path, PathBuf};

use super::calls::MAX_NESTING;
use super::embed::PARSING_WORK;
use super::eval::Evaluator;
use super::fields::Field;
use super::parse;
use crate::container::{FileId, Hole, PieceKind, Via, ViaKind};
use crate::source::Span;

/// Files that one script may source.
const MAX_SOURCED: usize = 24;
/// Sourced files whose names are kept.
const MAX_NAMED: usize = 400;

impl Evaluator<'_> {
    /// Walks a file that is sourced by a literal path; false where it cannot be read.
    pub(super) fn source_file(&mut self, field: &Field, span: Span) -> bool {
        if self.rehearsal.on {
            return true; // it is read once
        }
        let Some(open) = self.open else { return false };
        if self.nesting >= MAX_NESTING {
            return false;
        }
        let mut rest = String::new();
        let mut from_script = false;
        for (i, frag) in field.frags.iter().enumerate() {
            match &frag.piece.kind {
                PieceKind::Hole(Hole::ScriptDirectory) if i == 0 => from_script = true,
                PieceKind::Hole(Hole::WorkingDirectory) if i == 0 => {}
                PieceKind::Hole(_) => return false,
                _ => rest.push_str(&frag.piece.text),
            }
        }
        let holes = field.frags.first().is_some_and(|f| f.piece.is_hole());
        let rest = if holes {
            rest.trim_start_matches('/').to_owned()
        } else {
            rest
        };
        if rest.is_empty() || Path::new(&rest).is_absolute() {
            return false;
        }
        let folder = self.path.parent().map(Path::to_owned).unwrap_or_default();
        let beside = tidy(&folder.join(&rest));
        if self.sources.len() >= MAX_SOURCED {
            // it is not read, but known to be sourced
            if self.sources.len() < MAX_NAMED && !self.sources.iter().any(|(path, _)| *path == beside) {
                self.sources.push((beside, String::new()));
            }
            return false;
        }
        let mut tries = vec![beside];
        if !from_script {
            tries.push(tidy(Path::new(&rest)));
        }
        for path in tries {
            if self.opened.contains(&path) {
                return true;
            }
            let Some(text) = open(&path) else { continue };
            self.opened.insert(path.clone());
            self.work(text.len().saturating_mul(PARSING_WORK));
            let file = FileId(u16::try_from(self.sources.len() + 1).unwrap_or(u16::MAX));
            let parsed = parse::parse_sourced(&text);
            self.sources.push((path, text));
            let outer_file = std::mem::replace(&mut self.file, file);
            self.nesting += 1;
            self.way.insert(
                0,
                Via {
                    kind: ViaKind::Sourced,
                    name: rest.clone(),
                    span,
                    file: outer_file,
                },
            );
            self.until_return(|e| e.block(&parsed.body));
            self.way.remove(0);
            self.nesting -= 1;
            self.file = outer_file;
            return true;
        }
        false
    }
}

/// The path without `.` and `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                if !out.pop() {
                    out.push("..");
                }
            }
            other => out.push(other),
        }
    }
    out
}
