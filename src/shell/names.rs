//! Which words are engines, and which are said to be.

use super::fields::Field;
use crate::container::{Engine, Hole, PieceKind, Text, ViaKind};

/// The engine that a program's name or path means.
pub(super) fn engine(program: &str) -> Option<&'static str> {
    let base = program.rsplit(['/', '\\']).next().unwrap_or(program);
    match base.strip_suffix(".exe").unwrap_or(base) {
        "docker" | "com.docker.cli" | "nvidia-docker" => Some("docker"),
        "podman" => Some("podman"),
        "podman-remote" => Some("podman-remote"),
        "nerdctl" => Some("nerdctl"),
        _ => None,
    }
}

/// The engine that a path ends in, of which only the end is known.
pub(super) fn engine_in_folder(tail: &str) -> Option<&'static str> {
    let (_, base) = tail.rsplit_once('/')?;
    engine(base)
}

/// The engine whose path a command prints: `$(command -v docker)`, `` `which podman` ``; [`ANY_ENGINE`] where
/// it looks for several.
pub(super) fn engine_looked_up(written: &str) -> Option<&'static str> {
    let inner = written.strip_prefix("$(").or(written.strip_prefix('`'))?;
    let inner = inner.trim_end_matches([')', '`']);
    let command = inner.split(['|', ';']).next().unwrap_or("");
    let mut words = command.split_whitespace();
    let program = words.find(|word| !matches!(*word, "sudo" | "builtin" | "\\command"))?;
    if !matches!(program.rsplit('/').next()?, "command" | "which" | "type" | "whence") {
        return None;
    }
    let named = words.filter(|word| !word.starts_with(['-', '2', '>', '&']) && *word != "/dev/null");
    let named: Vec<_> = named
        .map(|word| engine(word.trim_matches(['"', '\''])))
        .collect::<Option<_>>()?;
    match named.as_slice() {
        [] => None,
        [first, rest @ ..] if rest.iter().all(|other| other == first) => Some(first),
        _ => Some(ANY_ENGINE),
    }
}

/// The engine that a path with an unknown folder leads to.
fn engine_behind_hole(text: &Text) -> Option<&'static str> {
    match text.pieces() {
        [only] if only.kind == PieceKind::Hole(Hole::Other) => engine_looked_up(&only.text),
        [_, .., last] if !last.is_hole() => engine_in_folder(&last.text),
        _ => None,
    }
}

/// True for the name of a variable that is given to an engine: `$DOCKER`, `$CONTAINER_ENGINE`.
pub(super) fn names_engine(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let name = name.trim_matches('_');
    const STEMS: &[&str] = &["DOCKER", "PODMAN", "NERDCTL", "ENGINE", "RUNTIME", "CONTAINER"];
    const TAILS: &[&str] = &[
        "",
        "CMD",
        "COMMAND",
        "BIN",
        "BINARY",
        "EXE",
        "EXEC",
        "EXECUTABLE",
        "CLI",
        "TOOL",
        "ENGINE",
        "RUNTIME",
        "CLIENT",
        "PROG",
        "PROGRAM",
        "PATH",
        "MANAGER",
        "BUILDER",
        "RUNNER",
        "APP",
        "PREFIX",
        "SUDO",
        "PROVIDER",
    ];
    let exact = [
        "CE",
        "OCI_BIN",
        "OCI_RUNTIME",
        "OCI_ENGINE",
        "CRI",
        "OCI_CLI",
        "CONTAINERIZER",
        "DKR",
        "DOCKERCMD",
        "PODMANCMD",
        "CRI_BIN",
        "CRI_CMD",
        "CRI_TOOL",
        "CRI_ENGINE",
        "OCI_CMD",
        "OCI_EXE",
        "OCI_TOOL",
    ];
    if exact.contains(&name) {
        return true;
    }
    STEMS.iter().any(|stem| {
        let Some(at) = name.find(stem) else { return false };
        let tail = name.get(at + stem.len()..).unwrap_or("").trim_start_matches('_');
        // `ENGINE_A`, `DOCKER2`: one of several
        let tail = if tail.len() == 1 { "" } else { tail };
        TAILS.contains(&tail) || tail.split('_').all(|part| TAILS.contains(&part))
    })
}

/// The variable that held a word of which nothing else is known, where its name is that of an engine:
/// `ENGINE_CMD=$1; $ENGINE_CMD run`.
pub(super) fn holder(word: &crate::spec::Word) -> Option<Text> {
    let [piece] = word.text.pieces() else { return None };
    let mut held = word.place.via.iter().filter(|via| via.kind == ViaKind::Variable);
    let named = held.find(|via| piece.is_hole() && names_engine(&via.name))?;
    let hole = Hole::Variable(named.name.clone());
    Some(Text::hole(format!("${}", named.name), piece.span, hole))
}

/// True when the word is an engine, or is said to be one.
pub(super) fn is_engine(text: &Text) -> bool {
    match text.known() {
        Some(known) => engine(&known).is_some(),
        None => match text.pieces() {
            [piece] if matches!(&piece.kind, PieceKind::Hole(Hole::Variable(name)) if names_engine(name)) => true,
            _ => engine_behind_hole(text).is_some(),
        },
    }
}

/// The variable that stands for an engine of which only the path through the script tells the name.
pub(super) const ANY_ENGINE: &str = "CONTAINER_ENGINE";

/// True for a run of fields in which nothing but prefixes such as `sudo -E` stands.
pub(super) fn only_prefixes(run: &[Field]) -> bool {
    let is_prefix =
        |k: &str| k.starts_with('-') || matches!(k, "sudo" | "doas" | "command" | "exec" | "env" | "nohup" | "time");
    let first_is_option = run.first().and_then(Field::known).is_some_and(|k| k.starts_with('-'));
    !first_is_option && run.iter().all(|f| f.known().is_some_and(|k| is_prefix(&k)))
}

/// The engine that a run of fields ends in, when only prefixes such as `sudo` stand before it:
/// [`ANY_ENGINE`] where it may be several.
pub(super) fn engine_of_run(run: &[Field]) -> Option<&'static str> {
    let (last, before) = run.split_last()?;
    if !only_prefixes(before) {
        return None;
    }
    match last.known() {
        Some(known) => engine(&known),
        None => match last.frags.as_slice() {
            [frag] => {
                let any = matches!(&frag.piece.kind, PieceKind::Hole(Hole::Variable(name)) if name == ANY_ENGINE);
                any.then_some(ANY_ENGINE).or_else(|| engine_looked_up(&frag.piece.text))
            }
            _ => None,
        },
    }
}

/// The engine that every one of several runs of fields begins with, where some of them are given options of
/// its own.
pub(super) fn shared_engine(runs: &[Vec<Field>]) -> Option<Field> {
    let first = runs.first()?.first()?;
    let name = first.known().and_then(|known| engine(&known))?;
    let same = |run: &Vec<Field>| run.first().and_then(Field::known).and_then(|known| engine(&known)) == Some(name);
    let options = |run: &Vec<Field>| {
        run.get(1)
            .is_none_or(|next| next.known().is_some_and(|word| word.starts_with('-')))
    };
    let several = runs.iter().any(|run| run.len() > 1);
    (several && runs.iter().all(|run| same(run) && options(run))).then(|| first.clone())
}

/// Commands that print their arguments, or look for them: what they are given is no launch.
pub(super) fn prints(program: &str) -> bool {
    const PRINTERS: &[&str] = &[
        "echo",
        "printf",
        "print",
        "cat",
        "grep",
        "egrep",
        "fgrep",
        "rg",
        "sed",
        "awk",
        "pgrep",
        "pkill",
        "man",
        "help",
        "which",
        "type",
        "hash",
        "alias",
        "test",
        "expr",
        "git",
        "usage",
        "die",
        "say",
        "banner",
        "read",
        "export",
        "whereis",
        "figlet",
        "tee",
        "dialog",
        "whiptail",
        "zenity",
        "jq",
        "yq",
        "basename",
        "dirname",
        "fail",
        "panic",
        "abort",
        "title",
        "header",
        "step",
        "comment",
        "describe",
        "it",
        "ps",
        "history",
        "docker",
        "podman",
        "nerdctl",
        "apt",
        "apt-get",
        "yum",
        "dnf",
        "brew",
        "pip",
        "systemctl",
        "service",
        "kill",
        "killall",
        "true",
        "false",
        ":",
        "set",
        "unset",
        "shift",
        "return",
        "exit",
        "cd",
        "pushd",
        "popd",
        "mapfile",
        "readarray",
        "getopts",
        "source",
        ".",
        "wait",
        "declare",
        "local",
        "readonly",
        "typeset",
        "let",
    ];
    const STEMS: &[&str] = &[
        "log", "info", "warn", "err", "msg", "echo", "print", "debug", "notice", "note", "hint", "display", "success",
    ];
    // `run_logged`, `echo_and_run`: what is printed is run too
    const RUNNERS: &[&str] = &["run", "exec", "cmd", "command", "eval", "call", "invoke", "wrap", "try"];
    let base = program.rsplit('/').next().unwrap_or(program);
    let lower = base.to_ascii_lowercase();
    let runs = RUNNERS.iter().any(|word| lower.contains(word));
    PRINTERS.contains(&base) || (!runs && STEMS.iter().any(|stem| lower.contains(stem)))
}

/// True for a program that is named as one that runs what it is given: `run_cmd`, `retry`, `docker-exec`.
pub(super) fn runs(program: &str) -> bool {
    const WORDS: [&str; 14] = [
        "run", "runs", "exec", "execute", "cmd", "command", "eval", "call", "invoke", "try", "retry", "do", "launch",
        "start",
    ];
    let base = program.rsplit('/').next().unwrap_or(program).to_ascii_lowercase();
    !prints(program) && base.split(['_', '-', '.']).any(|part| WORDS.contains(&part))
}

/// True where the engine is a choice, and podman is in it.
pub(super) fn may_choose_podman(line: &crate::spec::CommandLine) -> bool {
    let Some(word) = line.words.first() else { return false };
    let any = word.text.pieces().iter();
    let mut any = any.filter(|p| matches!(&p.kind, PieceKind::Hole(Hole::Variable(name)) if name == ANY_ENGINE));
    let known = |text: &Text| text.known().is_some_and(|known| engine(&known) == Some("podman"));
    let looked_up = engine_behind_hole(&word.text) == Some(ANY_ENGINE);
    any.next().is_some() || looked_up || word.options.iter().any(known)
}

/// The engine of a command line: [`Engine::Unknown`] for a word such as `$DOCKER`, `None` for
/// every other program.
pub(super) fn engine_of(line: &crate::spec::CommandLine) -> Option<Engine> {
    let program = &line.words.first()?.text;
    let known = match program.known() {
        Some(known) => engine(&known)?,
        None => match engine_behind_hole(program) {
            Some(ANY_ENGINE) => return Some(Engine::Unknown),
            Some(known) => known,
            None => return is_engine(program).then_some(Engine::Unknown),
        },
    };
    Some(match known {
        "docker" => Engine::Docker,
        "nerdctl" => Engine::Nerdctl,
        _ => Engine::Podman,
    })
}

impl super::eval::Evaluator<'_> {
    /// True where the script calls podman by another name, or may: a choice of engines, `docker() {
    /// podman "$@"; }`, `DOCKER_HOST` with podman's socket.
    pub(super) fn may_be_podman(&self, simple: &super::tree::Simple) -> bool {
        use super::tree::{AssignValue, Part, StatementKind};
        use super::value::{Bit, Value};
        let names_podman = |part: &Part| matches!(part, Part::Text { text, .. } if text.contains("podman"));
        let beside = simple.assigns.iter().filter(|a| a.name == "DOCKER_HOST");
        let beside = beside.into_iter().any(|a| match &a.value {
            AssignValue::Word(word) => word.parts.iter().any(names_podman),
            _ => false,
        });
        let set = match self.scope.get("DOCKER_HOST") {
            Some(Value::Scalar(bits)) => bits.iter().any(|bit| match bit {
                Bit::Frag(frag) => frag.piece.text.contains("podman"),
                Bit::Choice(_) => true,
            }),
            _ => false,
        };
        let runs_podman = |block: &super::tree::Block| {
            let mut inner: Vec<&super::tree::Statement> = block.iter().collect();
            while let Some(statement) = inner.pop() {
                match &statement.kind {
                    StatementKind::Group(block) => inner.extend(block.iter()),
                    StatementKind::Simple(simple) if simple.words.iter().any(|w| w.parts.iter().any(names_podman)) => {
                        return true;
                    }
                    _ => {}
                }
            }
            false
        };
        let function = self.functions.get("docker");
        beside || set || function.is_some_and(|f| runs_podman(&f.body) || f.others.iter().any(|(b, _)| runs_podman(b)))
    }
}
