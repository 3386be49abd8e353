//! Aliases: what a script, or a file of aliases, gives names to.

use std::rc::Rc;

use super::document::Document;
use super::each;
use super::embed::PARSING_WORK;
use super::eval::Evaluator;
use super::fields::Field;
use super::parse;
use super::prefix::Shell;
use super::tree::{Simple, StatementKind};
use super::value::Bit;
use crate::container::{FileId, PieceKind};
use crate::source::Span;

/// Words that an alias gives.
const MAX_WORDS: usize = 400;

/// An alias.
#[derive(Clone)]
pub(super) struct Alias {
    text: Rc<Vec<Bit>>,
    file: FileId,
    span: Span,
    /// True once a command was it.
    used: bool,
}

/// What a command is once its alias is taken for what it stands for.
pub(super) enum Unaliased {
    /// These fields.
    Fields(Vec<(usize, Field)>),
    /// More than one command: a script, its words joined by blanks.
    Script(Vec<Vec<Bit>>),
}

impl Evaluator<'_> {
    /// `alias name=text`
    pub(super) fn define_alias(&mut self, field: &Field, span: Span) {
        let Some(first) = field.frags.first().filter(|f| !f.piece.is_hole()) else {
            return;
        };
        let Some((name, _)) = first.piece.text.split_once('=') else {
            return;
        };
        let text = each::after(&field.frags, name.len() + 1);
        let alias = Alias {
            text: Rc::new(text.into_iter().map(Bit::Frag).collect()),
            file: self.file,
            span,
            used: false,
        };
        self.aliases.insert(name.to_owned(), alias);
    }

    /// The fields with an alias in the first place taken for what it stands for.
    pub(super) fn unaliased(&mut self, fields: Vec<(usize, Field)>) -> Unaliased {
        let Some((index, first)) = fields.first() else {
            return Unaliased::Fields(fields);
        };
        let Some(name) = first.known() else {
            return Unaliased::Fields(fields);
        };
        let Some(alias) = self.aliases.get_mut(&name) else {
            return Unaliased::Fields(fields);
        };
        alias.used = true;
        let text = Rc::clone(&alias.text);
        let (index, span) = (*index, first.frags.first().map_or(alias.span, |f| f.piece.span));
        let Some(words) = self.alias_words(&text, span) else {
            let rest = fields.iter().skip(1);
            let rest = rest.map(|(_, f)| f.frags.iter().cloned().map(Bit::Frag).collect());
            return Unaliased::Script(std::iter::once(text.to_vec()).chain(rest).collect());
        };
        let words = words.into_iter().map(|field| (index, field));
        Unaliased::Fields(words.chain(fields.into_iter().skip(1)).collect())
    }

    /// The words of an alias that is one command; `None` for any other.
    fn alias_words(&mut self, text: &[Bit], used: Span) -> Option<Vec<Field>> {
        let (text, excerpt) = self.alias_text(text)?;
        self.work(text.len().saturating_mul(PARSING_WORK));
        let parsed = parse::parse(&Document {
            text: &text,
            outer: Some(&excerpt),
        });
        let [statement] = &*parsed.body else { return None };
        let StatementKind::Simple(Simple {
            words,
            assigns,
            declares: None,
            redirects,
        }) = &statement.kind
        else {
            return None;
        };
        if !assigns.is_empty() || !redirects.is_empty() {
            return None;
        }
        let mut fields = Vec::new();
        for word in words {
            fields.extend(self.word_fields(word));
        }
        fields.truncate(MAX_WORDS);
        // what it gives stands where it is used
        for frag in fields.iter_mut().flat_map(|field| &mut field.frags) {
            if frag.piece.kind == PieceKind::Literal {
                frag.piece.kind = PieceKind::Cooked;
            }
            frag.piece.span = used;
            frag.file = self.file;
        }
        Some(fields)
    }

    /// Walks the aliases that nothing calls: files of aliases are for the shell that reads them.
    pub(super) fn uncalled_aliases(&mut self) {
        let uncalled = self.aliases.iter().filter(|(_, a)| !a.used && a.file == self.file);
        let mut uncalled: Vec<Alias> = uncalled.map(|(_, alias)| alias.clone()).collect();
        uncalled.sort_by_key(|alias| alias.span.start);
        for alias in uncalled {
            let runs = vec![alias.text.to_vec(), self.unseen_words(alias.span).bits.to_vec()];
            let pace = self.pace.by_others();
            self.embedded(runs, Shell::Same, Vec::new(), alias.span, "alias");
            self.pace.back(pace);
        }
    }
}
