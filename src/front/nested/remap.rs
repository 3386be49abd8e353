//! What was read of a text that stands inside another file, moved to where it stands there.

use crate::container::{
    Build, Container, FileId, Mount, NamespaceSetting, PieceKind, Place, Slot, Stage, Text, Unseen, Via, Written,
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
            let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, after) = tail.split_at_checked(digits).unwrap_or((tail, ""));
            match self.numbered(number) {
                Some(gap) => out.push_str(gap.text.trim_matches(['$', '{', '}'])),
                None => out.push_str(GAP),
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
            (PieceKind::Literal, Some(_)) => PieceKind::Literal,
            _ => PieceKind::Cooked,
        };
        out.push(part.to_owned(), self.outer.outer_span_near(span), kind);
    }

    /// True for a text that is one reference and nothing else.
    fn is_gap(&self, text: &str) -> bool {
        matches!(self.next_gap(text), Some(("", _, "")))
    }

    fn numbered(&self, number: &str) -> Option<&Gap> {
        let number: usize = number.parse().ok()?;
        let at = self.gaps.binary_search_by_key(&number, |gap| gap.number).ok()?;
        self.gaps.get(at)
    }

    /// What stands before the first reference in a text, and after it.
    fn next_gap<'t>(&self, text: &'t str) -> Option<(&'t str, &Gap, &'t str)> {
        let (before, tail) = text.split_once(OPEN)?;
        let (number, after) = tail.split_once('}')?;
        Some((before, self.numbered(number)?, after))
    }

    fn written(&self, written: &mut Written<Text>) {
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
        let Container {
            syntax: _,
            engine: _,
            maybe_podman: _,
            rootless: _,
            file,
            head,
            body,
            via,
            certain: _,
            name,
            container_name,
            image,
            entrypoint,
            command,
            privileged,
            cap_add,
            cap_drop,
            security_opt,
            mounts,
            volumes_from,
            devices,
            device_cgroup_rules,
            gpus,
            namespaces,
            user,
            read_only,
            group_add,
            sysctls,
            ports,
            environment,
            labels,
            runtime,
            shm_size,
            pod,
            options,
            api_socket,
            removed_on_exit: _,
            init: _,
            terminal: _,
            open_environment: _,
            health,
            around: _,
            replicas: _,
            starts: _,
            stays: _,
            build,
            built: _,
            stack,
            stage,
            grants,
            unseen,
            slot,
        } = container;
        *file = self.file;
        self.span(head);
        self.span(body);
        via.iter_mut().for_each(|via| self.via(via));
        let singles = [name, container_name, image, entrypoint, user, runtime, shm_size, pod];
        singles.into_iter().flatten().for_each(|w| self.written(w));
        command.iter_mut().chain(health).for_each(|text| self.text(text));
        let lists = [
            cap_add,
            cap_drop,
            security_opt,
            volumes_from,
            devices,
            device_cgroup_rules,
            gpus,
            group_add,
            sysctls,
            ports,
            environment,
            labels,
        ];
        lists.into_iter().flatten().for_each(|w| self.written(w));
        let switches = privileged.iter_mut().chain(read_only).chain(api_socket);
        switches.for_each(|w| self.place(&mut w.place));
        mounts.iter_mut().for_each(|m| self.mount(m));
        for NamespaceSetting { mode, .. } in namespaces {
            self.written(mode);
        }
        options.iter_mut().for_each(|words| self.words(words));
        build.iter_mut().for_each(|build| self.build(build));
        stage.iter_mut().for_each(|stage| self.stage(stage));
        let passed_over = stack.iter_mut().flat_map(|stack| &mut stack.passed_over);
        passed_over.for_each(|w| self.place(&mut w.place));
        for grant in grants {
            self.place(&mut grant.place);
            self.words(&mut grant.value.subject);
        }
        for Unseen { place, text, .. } in unseen {
            self.place(place);
            self.words(text);
        }
        if let Some(Slot { file, at, .. }) = slot {
            *file = self.file;
            *at = self.outer.outer_near(*at);
        }
    }

    fn build(&self, build: &mut Build) {
        let Build {
            context,
            dockerfile,
            inline,
            args,
            target,
            security,
            network,
            privileged,
            entitlements,
        } = build;
        let singles = [context, dockerfile, target, security, network];
        singles.into_iter().flatten().for_each(|w| self.written(w));
        inline.iter_mut().for_each(|text| self.text(text));
        args.iter_mut().chain(entitlements).for_each(|w| self.written(w));
        privileged.iter_mut().for_each(|w| self.place(&mut w.place));
    }

    fn stage(&self, stage: &mut Stage) {
        let made = stage.earlier_users.iter_mut().chain(&mut stage.accounts);
        made.for_each(|w| self.written(w));
        stage.user_stage.iter_mut().for_each(|words| self.words(words));
    }
}
