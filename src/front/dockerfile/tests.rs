//! Whole files against what is said of them in `testdata/dockerfile/expected.cases`.

mod edits;
mod left;

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::*;
use crate::container::{Container, Relabel, Syntax};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The file's name without `.dockerfile`.
    name: String,
    #[serde(skip)]
    file: String,
    /// The final stage, as [`summary`] says it.
    #[serde(default)]
    image: Option<String>,
    /// The build steps that ask for something, as [`summary`] says them.
    #[serde(default)]
    steps: Vec<String>,
    /// The shell that is handed over, continuations shown as they are.
    #[serde(default)]
    shell: Vec<String>,
    /// The problems, as `line: message`.
    #[serde(default)]
    problems: Vec<String>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/dockerfile");
    let expected = std::fs::read_to_string(folder.join("expected.cases")).unwrap();
    let mut cases: Vec<Case> = serde_yaml::from_str(&expected).unwrap();
    for case in &mut cases {
        let path = folder.join(&case.name).with_extension("dockerfile");
        case.file = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
    cases
}

fn read_text(text: &str) -> Reading {
    let open = |_: &Path| None;
    let surroundings = Surroundings {
        open: &open,
        ..Surroundings::none()
    };
    crate::front::read(
        Kind::Dockerfile,
        &Arc::new(Source::new("Dockerfile", text)),
        &surroundings,
    )
}

fn of_syntax(reading: &Reading, syntax: Syntax) -> Vec<&Container> {
    reading.containers.iter().filter(|c| c.syntax == syntax).collect()
}

fn summary(reading: &Reading, container: &Container) -> String {
    let source = reading.source();
    let mut parts = vec![format!("line {}", source.position(container.head.start).line)];
    let mut say = |name: &str, values: Vec<String>| {
        if !values.is_empty() {
            parts.push(format!("{name} {}", values.join(", ")));
        }
    };
    let shown = |list: &[crate::container::Written<crate::container::Text>]| {
        list.iter().map(|w| w.value.shown()).collect::<Vec<_>>()
    };
    say("named", container.name.iter().map(|w| w.value.shown()).collect());
    say("of", container.image.iter().map(|w| w.value.shown()).collect());
    let user = container.user.iter().map(|w| {
        let line = source.position(w.place.value.start).line;
        format!("{} from line {line}", w.value.shown())
    });
    say("user", user.collect());
    say("ports", shown(&container.ports));
    say("env", shown(&container.environment));
    say("labels", shown(&container.labels));
    say(
        "entrypoint",
        container.entrypoint.iter().map(|w| w.value.shown()).collect(),
    );
    say("command", container.command.iter().map(|t| t.shown()).collect());
    if let Some(build) = &container.build {
        say("security", build.security.iter().map(|w| w.value.shown()).collect());
        say("network", build.network.iter().map(|w| w.value.shown()).collect());
    }
    say("devices", shown(&container.devices));
    let mounts = container.mounts.iter().map(|w| {
        let m = &w.value;
        let side = |t: &Option<crate::container::Text>| t.as_ref().map_or("-".to_owned(), |t| t.shown());
        let mode = if m.read_only { "ro" } else { "rw" };
        format!("{} {} {} {mode}", m.kind.as_str(), side(&m.source), side(&m.target))
    });
    say("mounts", mounts.collect());
    parts.join("; ")
}

/// Every excerpt that the front would hand to the shell front.
fn handed_over(text: &str) -> Vec<Excerpt> {
    let lexed = lexer::lex(text);
    let mut expander = Expander::new(lexed.escape);
    let (stages, _) = stages::stages(&lexed.instructions, &mut expander);
    let mut found = Vec::new();
    for (stage, mut posix) in stages.iter().zip(posix_at_start(&stages)) {
        for i in stage.rest {
            match i.keyword {
                Keyword::Shell if !i.onbuild => posix = run::sets_shell(i),
                Keyword::Label => found.extend(label_commands(i, text, &mut expander).into_iter().map(|l| l.excerpt)),
                _ => {}
            }
            found.extend(run::shell(i, text, posix));
        }
    }
    found
}

#[test]
fn every_file_has_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/dockerfile");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|f| f.unwrap().file_name().into_string().ok());
    let mut files: Vec<String> = files
        .filter_map(|f| Some(f.strip_suffix(".dockerfile")?.to_owned()))
        .collect();
    let mut named: Vec<String> = cases().into_iter().map(|c| c.name).collect();
    files.sort();
    named.sort();
    assert_eq!(files, named);
}

#[test]
fn files_say_what_their_cases_say() {
    for case in cases() {
        let reading = read_text(&case.file);
        let of = |syntax| -> Vec<String> {
            let found = of_syntax(&reading, syntax);
            found.into_iter().map(|c| summary(&reading, c)).collect()
        };
        assert_eq!(of(Syntax::Image), Vec::from_iter(case.image), "image of {}", case.name);
        assert_eq!(of(Syntax::BuildStep), case.steps, "steps of {}", case.name);
        let shell: Vec<String> = handed_over(&case.file).iter().map(|e| e.text().to_owned()).collect();
        if !case.shell.is_empty() {
            assert_eq!(shell, case.shell, "shell of {}", case.name);
        }
        let source = reading.source();
        let problems: Vec<String> = reading
            .problems
            .iter()
            .map(|p| format!("{}: {}", source.position(p.span.start).line, p.message))
            .collect();
        assert_eq!(problems, case.problems, "problems of {}", case.name);
    }
}

#[test]
fn what_is_handed_over_stands_where_it_says() {
    for case in cases() {
        for excerpt in handed_over(&case.file) {
            for (at, c) in excerpt.text().char_indices() {
                let Some(outer) = excerpt.outer_exact(Span::new(at, at + c.len_utf8())) else {
                    continue;
                };
                assert_eq!(
                    case.file.get(outer.range()),
                    Some(c.to_string().as_str()),
                    "{}",
                    case.name
                );
            }
        }
    }
}

#[test]
fn literal_pieces_stand_where_they_say() {
    use crate::container::PieceKind;
    for case in cases() {
        let reading = read_text(&case.file);
        for container in &reading.containers {
            let lists = [&container.ports, &container.environment, &container.labels];
            let texts = lists.into_iter().flatten().map(|w| &w.value);
            let texts = texts.chain(container.user.iter().map(|w| &w.value));
            let texts = texts.chain(container.image.iter().map(|w| &w.value));
            for piece in texts.flat_map(|t| t.pieces()).filter(|p| p.kind == PieceKind::Literal) {
                assert_eq!(reading.source().slice(piece.span), piece.text, "{}", case.name);
            }
        }
    }
}

#[test]
fn every_prefix_and_suffix_is_read() {
    for case in cases() {
        for (at, _) in case.file.char_indices() {
            let (before, after) = case.file.split_at(at);
            for part in [before, after] {
                let reading = read_text(part);
                let end = u32::try_from(part.len()).unwrap();
                assert!(reading.nodes.iter().all(|n| n.end <= end));
                for container in &reading.containers {
                    assert!(container.body.contains(container.head) && container.body.end <= end);
                }
            }
        }
    }
}

#[test]
fn hostile_files_end() {
    for text in [
        "RUN <<A ".to_owned() + &"<<B ".repeat(15_000) + "\nA\n",
        "FROM a\n".to_owned() + &"ENV A=$A$A\n".repeat(5_000) + "USER $A\n",
        "FROM a\nENV A=".to_owned() + &"x".repeat(60_000) + "\n" + &"ENV B=$A\n".repeat(5_000),
        (0..5_000).map(|i| format!("FROM s{} AS s{}\n", i, i + 1)).collect(),
        "\\\n".repeat(100_000),
        "FROM a\nUSER ".to_owned() + &"${A:-\\\n".repeat(100_000),
        "RUN [".to_owned() + &"\"a\",\\\n".repeat(100_000),
        "LABEL ".to_owned() + &"\"".repeat(59_999),
    ] {
        let reading = read_text(&text);
        assert!(reading.containers.len() < 3);
    }
}

#[test]
fn the_look_of_a_dockerfile() {
    for text in ["FROM a", "# c\nARG A=1\nFROM $A\nRUN b", "from a\nrun b \\\n c\n"] {
        assert!(looks_like_dockerfile(text), "{text:?}");
    }
    for text in [
        "",
        "FROM",
        "Dear all,\nfrom now on\n",
        "RUN a",
        "From: me\nTo: you\n",
        "FROM a\nb\nc\nd\ne\nf\n",
    ] {
        assert!(!looks_like_dockerfile(text), "{text:?}");
    }
}

#[test]
fn commands_inside_a_file_stand_where_they_are_written() {
    let text = concat!(
        "FROM docker:28 AS a\r\n# privlint\r\nRUN --network=none make && \\\r\n  # why\r\n  docker run \\\r\n    --privileged x\r\n",
        "RUN <<E\r\ndnf install y\r\npodman run -v ./d:/d:Z y # z\r\nE\r\n",
        "LABEL install=\"podman run \\\r\n --privileged IMAGE\"\r\n",
        "CMD [\"docker\", \"run\", \"--privileged\", \"z\"]\r\n",
    );
    let reading = read_text(text);
    let source = reading.source();
    let found: Vec<(u32, &str, &str, usize)> = of_syntax(&reading, Syntax::Command)
        .into_iter()
        .map(|c| {
            let head = source.position(c.head.start).line;
            (head, source.slice(c.head), c.via[0].name.as_str(), c.privileged.len())
        })
        .collect();
    assert_eq!(
        found,
        [
            (5, "docker run", "RUN", 1),
            (9, "podman run", "RUN", 0),
            (11, "podman run", "LABEL install", 1),
            (13, "docker\", \"run", "CMD", 1),
        ]
    );
    for container in of_syntax(&reading, Syntax::Command) {
        for flag in &container.privileged {
            assert_eq!(source.slice(flag.place.value), "--privileged");
        }
    }
    let comments: Vec<&str> = reading.comments.iter().map(|c| source.slice(c.span)).collect();
    assert_eq!(comments, ["# privlint", "# why", "# z"]);
    // `dnf` is the image's, the label is the host's
    let hints: Vec<&str> = reading.selinux_hints.iter().map(|h| source.slice(h.span)).collect();
    assert!(
        hints.iter().all(|hint| hint.contains('Z')) && !hints.is_empty(),
        "{hints:?}"
    );
}

#[test]
fn a_label_on_a_build_mount_speaks_for_selinux() {
    let reading = read_text("FROM a\nRUN --mount=type=bind,target=/b,z c\nRUN dnf install d\n");
    let hints: Vec<&str> = reading
        .selinux_hints
        .iter()
        .map(|h| reading.source().slice(h.span))
        .collect();
    assert_eq!(hints, ["--mount=type=bind,target=/b,z"]);
}

#[test]
fn a_label_of_a_build_mount_is_read() {
    for (field, label) in [
        ("z", Relabel::Shared),
        ("Z", Relabel::Private),
        ("relabel=shared", Relabel::Shared),
        ("relabel=private", Relabel::Private),
        ("relabel=none", Relabel::None),
    ] {
        let reading = read_text(&format!("FROM a\nRUN --mount=type=cache,target=/x,{field} c\n"));
        let step = reading
            .containers
            .iter()
            .find(|c| c.syntax == Syntax::BuildStep)
            .unwrap();
        assert_eq!(step.mounts[0].value.relabel, label, "{field}");
    }
}

#[test]
fn a_comment_behind_a_step_is_one_of_the_file() {
    let reading = read_text("FROM a\nRUN --security=insecure ls # privlint: ignore[x] y\nRUN b # c\n");
    let comments: Vec<_> = reading
        .comments
        .iter()
        .map(|c| (reading.source().slice(c.span), c.own_line))
        .collect();
    assert_eq!(comments, [("# privlint: ignore[x] y", false)]);
}

#[test]
fn a_heredoc_that_becomes_a_script_by_its_name_is_read() {
    for (target, read) in [
        ("<<EOF /run.sh", 1),
        ("<<EOF /run.txt", 0),
        ("<<EOF /bin/", 0),
        ("--chmod=755 <<\"EOF\" \"/run.bash\"", 1),
    ] {
        let reading = read_text(&format!("FROM a\nCOPY {target}\ndocker run --privileged b\nEOF\n"));
        let launches = reading.containers.iter().filter(|c| c.syntax == Syntax::Command);
        assert_eq!(launches.count(), read, "{target}");
    }
    let named = read_text("FROM a\nCOPY <<go.sh /bin/\ndocker run --privileged b\ngo.sh\n");
    assert_eq!(named.containers.len(), 2);
}

#[test]
fn a_health_check_is_read_as_shell() {
    let text = concat!(
        "FROM docker:28\n",
        "HEALTHCHECK --interval=5s CMD docker run --privileged a || \\\n  exit 1\n",
        "HEALTHCHECK cmd [\"docker\", \"exec\", \"--privileged\", \"b\", \"c\"]\n",
        "HEALTHCHECK NONE\n",
    );
    let reading = read_text(text);
    let source = reading.source();
    let flags: Vec<(u32, &str)> = reading
        .containers
        .iter()
        .flat_map(|c| &c.privileged)
        .map(|w| (source.position(w.place.value.start).line, source.slice(w.place.value)))
        .collect();
    assert_eq!(flags, [(2, "--privileged"), (4, "--privileged")]);
    assert_eq!(reading.problems, []);
}

/// Keywords and flags stand where an independent parser finds them, in the files that it takes.
#[test]
fn keywords_and_flags_stand_where_another_parser_finds_them() {
    use parse_dockerfile::Instruction as Other;
    let mut compared = 0;
    for case in cases() {
        let Ok(parsed) = parse_dockerfile::parse(&case.file) else {
            continue;
        };
        let mut theirs = Vec::new();
        for instruction in &parsed.instructions {
            match instruction {
                Other::From(from) => theirs.push(from.from.span.clone()),
                Other::User(user) => theirs.push(user.user.span.clone()),
                Other::Run(run) => {
                    theirs.push(run.run.span.clone());
                    theirs.extend(run.options.iter().map(|flag| flag.span()));
                }
                _ => {}
            }
        }
        // theirs do not count a byte-order mark
        let mark = case.file.len() - case.file.trim_start_matches(crate::source::BOM).len();
        let unmarked = |span: Span| span.range().start - mark..span.range().end - mark;
        let mut ours = Vec::new();
        for i in lexer::lex(&case.file).instructions.iter().filter(|i| !i.onbuild) {
            if matches!(i.keyword, Keyword::From | Keyword::User | Keyword::Run) {
                ours.push(unmarked(i.head));
            }
            if i.keyword == Keyword::Run {
                ours.extend(i.flags.iter().map(|f| unmarked(i.line.outer(&f.word))));
            }
        }
        assert_eq!(ours, theirs, "{}", case.name);
        compared += ours.len();
    }
    assert!(compared > 40, "only {compared} spans were compared");
}

#[test]
fn the_shell_of_a_step_gets_what_env_and_arg_say() {
    let text = "FROM docker:dind
ENV OPTS=\"--privileged\" IMG=alpine:3
ARG SOCK=/var/run/docker.sock
ARG IMG=other
ARG UNSET
RUN docker run $OPTS -v ${SOCK}:/s $IMG
RUN docker run $UNSET \"$IMGS\"
ENV OPTS=$OPTS-x
RUN docker run $OPTS a
CMD docker run -v $SOCK:/s $IMG
";
    let reading = read_text(text);
    let commands: Vec<&Container> = reading
        .containers
        .iter()
        .filter(|c| c.syntax == Syntax::Command)
        .collect();
    let image = |c: &Container| c.image.as_ref().map(|i| i.value.shown());
    let source = |c: &Container| c.mounts[0].value.source.as_ref().unwrap().shown();
    assert_eq!(commands[0].privileged(), crate::container::Tri::Yes);
    // `ENV` stands over a later `ARG`
    assert_eq!(image(commands[0]).as_deref(), Some("alpine:3"));
    assert_eq!(source(commands[0]), "/var/run/docker.sock");
    let place = &commands[0].privileged[0].place;
    assert_eq!(reading.source().slice(place.value), "--privileged");
    assert_eq!(reading.source().line_of(place.value.start), 2);
    assert!(!commands[1].unseen.is_empty());
    // one that is put together is not known
    assert!(!commands[2].unseen.is_empty() && commands[2].privileged() == crate::container::Tri::No);
    // the arguments of the build are gone when the image runs
    assert_eq!(source(commands[3]), "$SOCK");
    assert_eq!(image(commands[3]).as_deref(), Some("alpine:3"));
}
