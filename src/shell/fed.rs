//! Programs of the engines that read a document from their input.

use super::fields::Field;
use super::handed::{Receiver, base};
use super::{names, prefix};

/// The program that reads a document from its input, by its words; an unknown one is empty.
pub(super) fn fed(words: &[String], program: Option<&Field>) -> Option<Receiver> {
    let name = base(words.first()?);
    let mut rest = words.iter().map(String::as_str).skip(1);
    match name {
        "docker-compose" | "podman-compose" => return compose_reads_input(rest).then_some(Receiver::Compose),
        "buildah" => {
            let is_build = rest.next().is_some_and(|w| matches!(w, "bud" | "build"));
            return (is_build && build_reads_input(rest)).then_some(Receiver::Build);
        }
        _ if names::engine(name).is_some() || program.is_some_and(prefix::is_engine_field) => {}
        _ => return None,
    }
    let mut word = rest.next()?;
    while word.starts_with('-') {
        // the options of the client that take a value: `-H`, `--context`, `-c`, `-l`
        let takes = matches!(
            word,
            "-H" | "--host"
                | "-n"
                | "--namespace"
                | "-c"
                | "--context"
                | "-l"
                | "--log-level"
                | "--config"
                | "--connection"
                | "--url"
                | "--root"
        );
        word = if takes { rest.nth(1)? } else { rest.next()? };
    }
    if matches!(word, "buildx" | "image" | "builder" | "stack") {
        let next = rest.next()?;
        return match (word, next) {
            ("stack", "deploy" | "up") => stack_reads_input(rest).then_some(Receiver::Stack),
            ("buildx" | "image" | "builder", "build" | "b") => build_reads_input(rest).then_some(Receiver::Build),
            _ => None,
        };
    }
    match word {
        "compose" => compose_reads_input(rest).then_some(Receiver::Compose),
        "build" => build_reads_input(rest).then_some(Receiver::Build),
        _ => None,
    }
}

/// True where `-f -` is the one file that Compose is given.
fn compose_reads_input<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    let mut files = Vec::new();
    let mut words = words;
    while let Some(word) = words.next() {
        match word {
            "-f" | "--file" => files.extend(words.next()),
            "-p"
            | "--project-name"
            | "--env-file"
            | "--profile"
            | "--project-directory"
            | "--ansi"
            | "--progress"
            | "--parallel" => drop(words.next()),
            _ => match word.strip_prefix("--file=").or_else(|| word.strip_prefix("-f")) {
                Some(file) => files.push(file),
                None if word.starts_with('-') => {}
                None => break,
            },
        }
    }
    is_input(&files)
}

fn is_input(files: &[&str]) -> bool {
    matches!(files, ["-" | "/dev/stdin"])
}

fn stack_reads_input<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    let mut files = Vec::new();
    let mut words = words;
    while let Some(word) = words.next() {
        match word {
            "-c" | "--compose-file" => files.extend(words.next()),
            _ => files.extend(word.strip_prefix("--compose-file=").or_else(|| word.strip_prefix("-c"))),
        }
    }
    is_input(&files)
}

/// True for `build -` and `build -f - .`.
fn build_reads_input<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    let mut before = "";
    for word in words {
        let file = matches!(before, "-f" | "--file");
        let input = is_input(&[word]);
        let other = matches!(
            before,
            "-o" | "--output" | "--iidfile" | "--metadata-file" | "-t" | "--tag" | "--cidfile" | "--build-arg"
        );
        if (input && (file || !other)) || matches!(word, "-f-" | "--file=-") {
            return true;
        }
        before = word;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(line: &str) -> Option<Receiver> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        fed(&words, None)
    }

    #[test]
    fn a_dash_for_a_file_is_the_input() {
        for line in [
            "docker compose -f - up -d",
            "docker --context x compose -p y -f- config",
            "docker-compose --file=- up",
            "podman-compose -f - up",
            "/usr/bin/docker compose --profile a -f /dev/stdin up",
        ] {
            assert_eq!(reads(line), Some(Receiver::Compose), "{line}");
        }
        for line in ["docker stack deploy --compose-file - s", "docker stack up -c- s"] {
            assert_eq!(reads(line), Some(Receiver::Stack), "{line}");
        }
        for line in [
            "docker build -",
            "docker build -t x -q -",
            "podman build -f - .",
            "docker buildx build --file=- .",
            "docker image build -f- .",
            "buildah bud -f - .",
            "nerdctl -n x build -f /dev/stdin .",
        ] {
            assert_eq!(reads(line), Some(Receiver::Build), "{line}");
        }
        for line in [
            "docker compose up",
            "docker compose -f a.yaml -f - up",
            "docker compose exec -T db sh -f -",
            "docker compose logs -f -",
            "docker build -o - .",
            "docker build .",
            "docker run -i x -",
            "docker import -",
            "kubectl apply -f -",
            "docker",
        ] {
            assert_eq!(reads(line), None, "{line}");
        }
    }
}
