//! What the info string of a fence says of its text.

/// What a block is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// Shell, with `#` for comments.
    Shell,
    /// What a terminal shows: prompts, commands and their output.
    Session,
    /// A Dockerfile.
    Dockerfile,
    /// A file of some kind that its structure tells: YAML, units.
    Structured,
    /// Markdown that shows Markdown.
    Markdown,
    /// Nothing is said.
    Untold,
    /// A language in which nothing is launched that could be read.
    Other,
}

/// The language that an info string names: `bash title="x"`, `{.bash .copy}`, `sh +x`. The text tells where
/// `docker` stands for both the command and the file.
pub(super) fn of(info: &str, text: &str) -> Language {
    let mut words = info
        .split([' ', '\t', ',', '{', '}', ':', '='])
        .map(|word| word.trim_start_matches('.').to_ascii_lowercase())
        .filter(|word| !word.is_empty() && word != "code-block" && word != "code");
    let Some(word) = words.next() else {
        return Language::Untold;
    };
    match word.as_str() {
        "sh" | "bash" | "shell" | "zsh" | "ksh" | "dash" | "ash" | "shellscript" | "shell-script" | "posix" => {
            Language::Shell
        }
        "console" | "shell-session" | "shellsession" | "sh-session" | "bash-session" | "terminal" | "session" => {
            Language::Session
        }
        "text" | "txt" | "plain" | "plaintext" | "none" | "command" | "commands" | "commandline" | "cli" | "code"
        | "nohighlight" | "linux" => Language::Untold,
        "docker" if is_dockerfile(text) => Language::Dockerfile,
        "docker" | "podman" => Language::Untold,
        "dockerfile" | "containerfile" => Language::Dockerfile,
        "yaml" | "yml" | "compose" | "docker-compose" | "dockercompose" | "ini" | "systemd" | "unit" | "quadlet"
        | "container" | "service" | "conf" | "cfg" | "config" | "desktop" | "properties" | "toml" | "json"
        | "jsonc" | "json5" => Language::Structured,
        "markdown" | "md" => Language::Markdown,
        // the name of a file
        _ => match word.rsplit_once('.') {
            Some((_, ending)) => of(ending, text),
            None => Language::Other,
        },
    }
}

/// True for a text that begins with an instruction.
fn is_dockerfile(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    let word = first.and_then(|line| line.split_whitespace().next()).unwrap_or("");
    [
        "FROM",
        "ARG",
        "RUN",
        "ENV",
        "COPY",
        "ADD",
        "CMD",
        "ENTRYPOINT",
        "USER",
        "EXPOSE",
        "VOLUME",
        "WORKDIR",
    ]
    .contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_of_an_info_string_tells_the_language() {
        for shell in [
            "bash",
            "sh title=\"x\"",
            "{.bash .copy}",
            "sh +x",
            "BASH",
            "shell{1,3}",
            "{code-block} zsh",
        ] {
            assert_eq!(of(shell, ""), Language::Shell, "{shell}");
        }
        assert_eq!(of("docker", "# syntax\nFROM x\n"), Language::Dockerfile);
        assert_eq!(of("docker", "docker run x\n"), Language::Untold);
        assert_eq!(of("", ""), Language::Untold);
        for (info, language) in [
            ("docker-compose.yml", Language::Structured),
            ("web.container", Language::Structured),
            ("scripts/run.sh", Language::Shell),
            ("main.py", Language::Other),
        ] {
            assert_eq!(of(info, ""), language, "{info}");
        }
        for other in ["powershell", "python", "diff", "bat"] {
            assert_eq!(of(other, ""), Language::Other, "{other}");
        }
    }
}
