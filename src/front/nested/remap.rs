//! What was read of a text that stands inside another file, moved to where it stands there.

use crate::container::{
    Container, FieldMut, FileId, Mount, PieceKind, Place, Slot, Stage, Switch, Text, Unseen, Via, Written,
};
use crate::shell::Gap;
use crate::source::{Excerpt, Span};

/// Begins the names that stand for gaps.
const GAP: &str = "privlint_gap_";
/// Begins a reference to one.
const OPEN: &str = "${privlint_gap_";

/// Moves spans from a text to the file that it was taken out of.
pub(in crate::front) struct Mover<'a> {
    /// The text, with the way out.
    pub(in crate::front) outer: &'a Excerpt,
    /// The file it stands in.
    pub(in crate::front) file: FileId,
    /// What the text leaves open, which is shown as the file has it.
    pub(in crate::front) gaps: &'a [Gap],
    /// Where the text has values that may be others.
    pub(in crate::front) assumed: &'a [Span],
}

impl Mover<'_> {
    /// A span, for pointing at.
    pub(in crate::front) fn span(&self, span: &mut Span) {
        *span = self.outer.outer_span_near(*span);
    }

    /// A place with the way that its value came.
    pub(in crate::front) fn place(&self, place: &mut Place) {
        place.file = self.file;
        self.span(&mut place.value);
        self.span(&mut place.entry);
        place.via.iter_mut().for_each(|via| self.via(via));
    }

    fn via(&self, via: &mut Via) {
        via.file = self.file;
        self.span(&mut via.span);
        self.words(&mut via.name);
    }

    /// Words for a reader: what stands for a gap gives way to what is written there.
    pub(in crate::front) fn words(&self, words: &mut String) {
        if !words.contains(GAP) {
            return;
        }
        let mut out = String::new();
        let mut rest = words.as_str();
        while let Some((before, gap, after)) = self.next_gap(rest) {
            out.push_str(before);
            out.push_str(&gap.text);
            rest = after;
        }
        // the bare name, as the name of a variable
        while let Some((before, tail)) = rest.split_once(GAP) {
            out.push_str(before);
            let digits = tail.len()
                - tail
                    .trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_')
                    .len();
            let (number, after) = tail.split_at_checked(digits).unwrap_or((tail, ""));
            match self.numbered(number) {
                Some(gap) => out.push_str(gap.text.trim_matches(['$', '{', '}'])),
                // it is one of a text further out
                None => {
                    out.push_str(GAP);
                    out.push_str(number);
                }
            }
            rest = after;
        }
        out.push_str(rest);
        *words = out;
    }

    /// A literal piece stays one only where its bytes stand there unchanged.
    pub(in crate::front) fn text(&self, text: &mut Text) {
        let mut out = Text::new();
        for piece in text.pieces() {
            let mut rest = piece.text.as_str();
            let mut at = piece.span.start as usize;
            let split = piece.text.contains(GAP) && (!piece.is_hole() || self.is_gap(rest));
            while split && let Some((before, gap, after)) = self.next_gap(rest) {
                self.push(before, at, &piece.kind, piece.span, &mut out);
                out.push(gap.text.clone(), gap.span, PieceKind::Hole(gap.hole.clone()));
                at += rest.len() - after.len();
                rest = after;
            }
            if split {
                self.push(rest, at, &piece.kind, piece.span, &mut out);
                continue;
            }
            let mut words = piece.text.clone();
            self.words(&mut words);
            let kind = match (&piece.kind, self.outer.outer_exact(piece.span)) {
                (PieceKind::Literal | PieceKind::Cooked, _) if self.may_differ(piece.span) => PieceKind::Assumed,
                (PieceKind::Literal, None) => PieceKind::Cooked,
                (kind, _) => kind.clone(),
            };
            out.push(words, self.outer.outer_span_near(piece.span), kind);
        }
        *text = out;
    }

    /// A part of a piece that gaps stand in.
    fn push(&self, part: &str, at: usize, kind: &PieceKind, whole: Span, out: &mut Text) {
        let span = match kind {
            PieceKind::Literal => Span::new(at, at + part.len()),
            _ => whole,
        };
        let kind = match (kind, self.outer.outer_exact(span)) {
            _ if self.may_differ(span) => PieceKind::Assumed,
            (PieceKind::Literal, Some(_)) => PieceKind::Literal,
            _ => PieceKind::Cooked,
        };
        out.push(part.to_owned(), self.outer.outer_span_near(span), kind);
    }

    /// True where the text has a value that may be another.
    fn may_differ(&self, span: Span) -> bool {
        self.assumed
            .iter()
            .any(|value| value.start < span.end && span.start < value.end)
    }

    /// A switch, which is not certain where another value would turn it.
    fn switch(&self, switch: &mut Written<Switch>) {
        switch.certain &= !self.may_differ(switch.place.value);
        self.place(&mut switch.place);
    }

    /// True for a text that is one reference and nothing else.
    fn is_gap(&self, text: &str) -> bool {
        matches!(self.next_gap(text), Some(("", _, "")))
    }

    fn numbered(&self, number: &str) -> Option<&Gap> {
        // behind the number stands the variable's name
        let number: usize = number.split('_').next()?.parse().ok()?;
        let at = self.gaps.binary_search_by_key(&number, |gap| gap.number).ok()?;
        self.gaps.get(at)
    }

    /// What stands before the first reference in a text, and after it.
    fn next_gap<'t>(&self, text: &'t str) -> Option<(&'t str, &Gap, &'t str)> {
        let mut from = 0;
        loop {
            let start = from + text.get(from..)?.find(OPEN)?;
            from = start + OPEN.len();
            let (number, after) = text.get(from..)?.split_once('}')?;
            // others are of a text further out
            if let Some(gap) = self.numbered(number) {
                return Some((text.get(..start)?, gap, after));
            }
        }
    }

    /// A text with its place.
    pub(in crate::front) fn written(&self, written: &mut Written<Text>) {
        self.place(&mut written.place);
        self.text(&mut written.value);
    }

    fn mount(&self, written: &mut Written<Mount>) {
        self.place(&mut written.place);
        let mount = &mut written.value;
        self.text(&mut mount.text);
        let sides = mount.source.iter_mut().chain(&mut mount.target);
        let lists = sides.chain(&mut mount.options).chain(&mut mount.passed_over);
        lists.for_each(|text| self.text(text));
        mount.relabel_span.iter_mut().for_each(|span| self.span(span));
        if let Some(refused) = &mut mount.error {
            self.words(&mut refused.why);
            refused.instead.iter_mut().for_each(|words| self.words(words));
            refused.span.iter_mut().for_each(|span| self.span(span));
        }
        mount.propagation.iter_mut().for_each(|words| self.words(words));
    }

    /// All that is said of a container.
    pub(in crate::front) fn container(&self, container: &mut Container) {
        container.file = self.file;
        self.span(&mut container.head);
        self.span(&mut container.body);
        container.via.iter_mut().for_each(|via| self.via(via));
        container.written_in.iter_mut().for_each(|place| self.place(place));
        for field in container.fields_mut() {
            match field {
                FieldMut::Text(text) => text.iter_mut().for_each(|w| self.written(w)),
                FieldMut::Texts(list) => list.iter_mut().for_each(|w| self.written(w)),
                FieldMut::Words(words) => words.iter_mut().for_each(|text| self.text(text)),
                FieldMut::Inline(text) => text.iter_mut().for_each(|text| self.text(text)),
                FieldMut::Switches(list) => list.iter_mut().for_each(|w| self.switch(w)),
                FieldMut::Switch(switch) => switch.iter_mut().for_each(|w| self.switch(w)),
                FieldMut::Mounts(list) => list.iter_mut().for_each(|w| self.mount(w)),
                FieldMut::Namespaces(list) => list.iter_mut().for_each(|s| self.written(&mut s.mode)),
                FieldMut::Grants(list) => list.iter_mut().for_each(|grant| {
                    self.place(&mut grant.place);
                    self.words(&mut grant.value.subject);
                }),
                FieldMut::Lost(list) => list.iter_mut().for_each(|w| self.place(&mut w.place)),
                FieldMut::PassedOver(list) => list.iter_mut().for_each(|w| self.place(&mut w.place)),
                FieldMut::Options(options) => options.iter_mut().for_each(|words| self.words(words)),
                FieldMut::Stage(stage) => self.stage(stage),
            }
        }
        for Unseen { place, text, .. } in &mut container.unseen {
            self.place(place);
            self.words(text);
        }
        if let Some(Slot { file, at, .. }) = &mut container.slot {
            *file = self.file;
            *at = self.outer.outer_near(*at);
        }
    }

    fn stage(&self, stage: &mut Stage) {
        let made = stage.earlier_users.iter_mut().chain(&mut stage.accounts);
        made.for_each(|w| self.written(w));
        stage.user_stage.iter_mut().for_each(|words| self.words(words));
    }
}
