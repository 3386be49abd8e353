//! What a terminal shows: commands behind prompts, and their output.

use super::language::Language;
use crate::source::Excerpt;

/// Programs that a line begins with if it is a command about containers.
const ENGINES: [&str; 5] = ["docker", "podman", "nerdctl", "docker-compose", "podman-compose"];

/// The commands of a block, without its prompts and its output. All of it where no line has a prompt.
pub(super) fn commands(block: &Excerpt, language: Language) -> Excerpt {
    let lines = lines(block.text());
    let angles = is_angled(&lines);
    let Some(roots) = prompts(&lines, language).or(angles.then_some(false)) else {
        return match language {
            Language::Untold => without_output(block, &lines),
            _ => block.clone(),
        };
    };
    let mut kept = Excerpt::new();
    let mut rest = lines.iter().peekable();
    while let Some(&(start, line)) = rest.next() {
        let prompted = prompt(line).filter(|(_, root)| !root || roots);
        let angled = || angle(line).filter(|_| angles).map(|len| (len, false));
        let Some((len, _)) = prompted.or_else(angled) else {
            // a remark between the commands
            if line.trim_start().starts_with('#') {
                kept.append(&block.part(start..start + line.len()));
            }
            continue;
        };
        kept.append(&block.part(start + len..start + line.len()));
        let mut command = Command::default();
        command.follow(line.get(len..).unwrap_or(""));
        while command.is_open()
            && let Some(&(start, line)) = rest.next()
        {
            let lead = continued(line);
            kept.append(&block.part(start + lead..start + line.len()));
            command.follow(line.get(lead..).unwrap_or(""));
        }
    }
    kept
}

/// True where commands stand behind the prompt of root alone.
pub(super) fn is_roots(block: &Excerpt, language: Language) -> bool {
    let lines = lines(block.text());
    let users = |(_, line): &(usize, &str)| prompt(line).is_some_and(|(_, root)| !root);
    prompts(&lines, language) == Some(true) && !lines.iter().any(users)
}

/// A block of which nothing is said, without the lines that a program printed: no command is called
/// `Usage:` or `system_u:system_r:…`.
fn without_output(block: &Excerpt, lines: &[(usize, &str)]) -> Excerpt {
    let mut kept = Excerpt::new();
    let mut command = Command::default();
    for &(start, line) in lines {
        let first = line.split_whitespace().next().unwrap_or("");
        let printed = first.len() > 1 && first.contains(':') && !first.contains(['$', '"', '\'', '/', '=']);
        if printed && !command.is_open() {
            continue;
        }
        kept.append(&block.part(start..start + line.len()));
        command.follow(line);
    }
    kept
}

/// Each line with its ending, and where it begins.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let line = |line| {
        let start = at;
        at += str::len(line);
        (start, line)
    };
    text.split_inclusive('\n').map(line).collect()
}

/// `None` for a text in which no line has a prompt; else whether `# ` is one, that of root.
fn prompts(lines: &[(usize, &str)], language: Language) -> Option<bool> {
    let user = |(_, line): &(usize, &str)| prompt(line).is_some_and(|(_, root)| !root);
    if lines.iter().any(user) {
        let named = |(_, line): &(usize, &str)| matches!(prompt(line), Some((len, true)) if !bare_root(line) || is_command(line.get(len..).unwrap_or("")));
        return Some(language != Language::Shell && lines.iter().any(named));
    }
    let root = |(_, line): &(usize, &str)| {
        prompt(line).is_some_and(|(len, _)| !bare_root(line) || is_command(line.get(len..).unwrap_or("")))
    };
    let bare = |(_, line): &(usize, &str)| is_command(line);
    // `#` begins a comment, unless nothing else is a command
    (language != Language::Shell && lines.iter().any(root) && !lines.iter().any(bare)).then_some(true)
}

/// True for commands behind `> `, where none stands without a prompt.
fn is_angled(lines: &[(usize, &str)]) -> bool {
    lines.iter().any(|(_, line)| angle(line).is_some()) && !lines.iter().any(|(_, line)| is_command(line))
}

/// The length of a `> ` that a command of an engine stands behind.
fn angle(line: &str) -> Option<usize> {
    let rest = line.trim_start().strip_prefix("> ").filter(|rest| is_command(rest))?;
    Some(line.len() - rest.len())
}

/// True where nothing stands before the `#`.
fn bare_root(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// True for a line that begins with an engine, behind `sudo` or not.
fn is_command(line: &str) -> bool {
    let mut words = line
        .split_whitespace()
        .filter(|word| *word != "sudo" && !word.contains('='));
    words.next().is_some_and(|word| ENGINES.contains(&word)) && words.next().is_some()
}

/// The length of the prompt that a line begins with, and whether it is root's.
fn prompt(line: &str) -> Option<(usize, bool)> {
    let trimmed = line.trim_start();
    let lead = line.len() - trimmed.len();
    let marks = [("$ ", false), ("# ", true), ("% ", false), ("❯ ", false), ("➜ ", false)];
    let found = marks.into_iter().filter_map(|(mark, root)| {
        let at = trimmed.find(mark)?;
        let rest = trimmed.get(at + mark.len()..).unwrap_or("");
        let head = trimmed.get(..at)?;
        is_head(head, rest, root).then_some((at, lead + at + mark.len(), root))
    });
    found.min().map(|(_, len, root)| (len, root))
}

/// True for what stands before the mark of a prompt: nothing, `user@host:~/x`, `[root@host ~]`, `bash-5.1`.
fn is_head(head: &str, rest: &str, root: bool) -> bool {
    let mut head = head.trim_end();
    // environments of Python and conda stand before the prompt
    while let Some((_, inner)) = head.strip_prefix('(').and_then(|head| head.split_once(')')) {
        head = inner.trim_start();
    }
    let quiet = !head.contains(['"', '\'', '=', '|', ';', '\\', '`']);
    let mut words = head.split_whitespace();
    let first = words.next().unwrap_or("");
    let shell = ["sh-", "bash-", "zsh-"].iter().any(|shell| {
        let version = first.strip_prefix(shell);
        version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
    });
    let few = words.count() <= 2;
    let at_host = first.contains('@') && few;
    let bracketed = head.starts_with('[') && head.ends_with(']') && few;
    let path = matches!(first, "~" | "/") || (root && first.starts_with('/')) || first.starts_with("~/");
    let host = first == head && first.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && is_command(rest);
    head.is_empty() || (quiet && (shell || at_host || bracketed || (path && few) || host))
}

/// The length of the prompt of a line that continues a command: `> `.
fn continued(line: &str) -> usize {
    let trimmed = line.trim_start();
    match trimmed.strip_prefix("> ") {
        Some(rest) => line.len() - rest.len(),
        None => 0,
    }
}

/// What a command of several lines waits for.
#[derive(Default)]
struct Command {
    continues: bool,
    heredoc: Option<String>,
    quote: Option<char>,
}

impl Command {
    fn is_open(&self) -> bool {
        self.continues || self.heredoc.is_some() || self.quote.is_some()
    }

    /// Takes the next line of the command.
    fn follow(&mut self, line: &str) {
        let line = line.trim_end_matches(['\n', '\r']);
        if let Some(end) = &self.heredoc {
            if line.trim() == end {
                self.heredoc = None;
            }
            return;
        }
        let mut chars = line.chars().peekable();
        let mut before = ' ';
        self.continues = false;
        while let Some(c) = chars.next() {
            match (self.quote, c) {
                (Some('\''), '\'') | (Some('"'), '"') => self.quote = None,
                (Some('\''), _) => {}
                (_, '\\') => self.continues = chars.next().is_none(),
                (None, '\'' | '"') => self.quote = Some(c),
                (None, '#') if before.is_whitespace() => break,
                _ => {}
            }
            before = c;
        }
        if self.quote.is_none() {
            self.heredoc = heredoc(line);
        }
    }
}

/// The word that ends the heredoc that a line begins.
fn heredoc(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("<<")?;
    let rest = rest
        .strip_prefix('-')
        .unwrap_or(rest)
        .trim_start()
        .trim_start_matches(['"', '\'', '\\']);
    let len = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let word = rest.get(..len)?;
    (!word.is_empty() && !rest.starts_with('<')).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str, language: Language) -> String {
        commands(&Excerpt::verbatim(text, 0), language).text().to_owned()
    }

    #[test]
    fn commands_stand_behind_prompts_and_output_does_not() {
        assert_eq!(
            kept("$ docker run x\nhello\n$ ls\na\n", Language::Untold),
            "docker run x\nls\n"
        );
        assert_eq!(
            kept("$ docker run \\\n>  -v a:/a \\\n  x\nout\n", Language::Session),
            "docker run \\\n -v a:/a \\\n  x\n"
        );
        assert_eq!(
            kept("[root@host ~]# podman run x\nout\n", Language::Session),
            "podman run x\n"
        );
        assert_eq!(
            kept("user@host:~/a$ podman run x\n", Language::Session),
            "podman run x\n"
        );
        assert_eq!(kept("# podman run x\nout\n", Language::Untold), "podman run x\n");
        assert_eq!(
            kept("$ cat > f <<EOF\n> a\n> EOF\nout\n", Language::Untold),
            "cat > f <<EOF\na\nEOF\n"
        );
        assert_eq!(
            kept("$ sh -c '\n  docker run x'\nout\n", Language::Shell),
            "sh -c '\n  docker run x'\n"
        );
    }

    #[test]
    fn an_engine_behind_an_angle_is_a_command() {
        assert_eq!(
            kept("> docker run \\\n>  x\nout\n> docker ps -a\n", Language::Untold),
            "docker run \\\n x\ndocker ps -a\n"
        );
        for plain in ["echo x\n> docker\n", "docker run x\n> docker run y\n", "> file\n"] {
            assert_eq!(kept(plain, Language::Untold), plain);
        }
    }

    #[test]
    fn environments_before_a_prompt_may_be_many() {
        for many in [1, 200_000] {
            let text = format!("{}$ docker run x\n", "(a)".repeat(many));
            assert_eq!(kept(&text, Language::Untold), "docker run x\n");
        }
    }

    #[test]
    fn what_a_program_printed_is_no_command() {
        assert_eq!(
            kept(
                "a:b root 1 podman run x\ndocker run \\\n  x:1 y\nUsage: docker run\n",
                Language::Untold
            ),
            "docker run \\\n  x:1 y\n"
        );
    }

    #[test]
    fn a_hash_begins_a_comment_where_commands_have_no_prompt() {
        for text in ["# docker run\ndocker run x\n", "# start it\ndocker run x\n"] {
            assert_eq!(kept(text, Language::Untold), text);
            assert_eq!(kept(text, Language::Session), text);
        }
        assert_eq!(kept("# docker run x\n", Language::Shell), "# docker run x\n");
        assert_eq!(
            kept("# as root\n$ docker run x\n", Language::Shell),
            "# as root\ndocker run x\n"
        );
    }
}
