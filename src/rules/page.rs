//! The page of a rule: YAML front matter, prose, and examples that are the rule's test.

use serde::Deserialize;

use crate::container::Engine;
use crate::fix::Severity;

use super::Group;

/// A rule's page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// What stands between the `---` lines.
    pub front: FrontMatter,
    /// The text of the first heading.
    pub title: String,
    /// The Markdown after the heading, as a reader gets it: without marks and without the words
    /// for the test in the info strings of code blocks.
    pub body: String,
    /// The code blocks that are marked `bad`, `fixed` or `good`, in order.
    pub examples: Vec<Example>,
}

/// The front matter of a page.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// How grave its findings are.
    pub severity: Severity,
    /// When it is on.
    pub group: Group,
    /// When it speaks of documentation and tests.
    #[serde(default)]
    pub examples: Examples,
    /// The best fix that it ever offers.
    pub fix: FixPromise,
    /// The version that it came with.
    pub since: String,
    /// Weaknesses of the CWE list, by number.
    #[serde(default)]
    pub cwe: Vec<u32>,
    /// Where its facts come from: addresses, or a file of an engine's source.
    #[serde(default)]
    pub references: Vec<String>,
}

/// When a rule speaks of documentation and tests. Whoever runs an example completes it, and what a test
/// starts lives for the test: what is merely wide there is not worth a reader's time, what opens the host is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Examples {
    /// As of everything else.
    #[default]
    Told,
    /// With `--strict`, or where the rule is selected by its name.
    Strict,
}

/// The best fix that a rule ever offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FixPromise {
    /// One that `--fix` applies.
    Safe,
    /// One that only `--unsafe-fixes` applies.
    Unsafe,
    /// Advice.
    Manual,
    /// Nothing to mend in the text.
    None,
}

/// The languages that examples are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Compose.
    Yaml,
    /// Shell.
    Sh,
    /// Dockerfile.
    Dockerfile,
    /// Quadlet.
    Quadlet,
}

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleKind {
    /// Gives exactly the marked findings.
    Bad,
    /// What the fix makes of the bad example before it.
    Fixed,
    /// Gives no finding.
    Good,
}

/// An example of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// The language.
    pub language: Language,
    /// What it shows.
    pub kind: ExampleKind,
    /// `selinux=on` or `selinux=off`, where given.
    pub selinux: Option<bool>,
    /// `engine=podman`, where given.
    pub engine: Option<Engine>,
    /// True for a fixed block that only `--unsafe-fixes` reaches.
    pub unsafe_fixes: bool,
    /// The code, without the lines that hold marks.
    pub text: String,
    /// The marks, in order.
    pub marks: Vec<Mark>,
    /// The line of the page, from 1, that the code begins on.
    pub line: u32,
}

impl Example {
    /// What stands above it, for a reader.
    fn caption(&self) -> &'static str {
        match self.kind {
            ExampleKind::Bad => "Flagged",
            ExampleKind::Fixed if self.unsafe_fixes => "After `--fix --unsafe-fixes`",
            ExampleKind::Fixed => "After `--fix`",
            ExampleKind::Good => "Fine",
        }
    }
}

/// A mark: a finding is expected at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The rule, where it is not the page's own.
    pub rule: Option<String>,
    /// The line, from 1, in [`Example::text`].
    pub line: u32,
    /// A part of the message; may be empty.
    pub message: String,
}

impl Page {
    /// Reads a page. The error says what is wrong and at which line.
    pub fn parse(text: &str) -> Result<Page, String> {
        let rest = text
            .strip_prefix("---\n")
            .ok_or("the page does not begin with a `---` line")?;
        let (front, body) = rest.split_once("\n---\n").ok_or("the front matter does not end")?;
        let front: FrontMatter = serde_yaml::from_str(front).map_err(|e| format!("front matter: {e}"))?;
        let mut reader = Reader::default();
        let first = 1 + text.lines().count() - body.lines().count();
        for (i, line) in body.lines().enumerate() {
            reader.line(line, first + i)?;
        }
        if reader.block.is_some() {
            return Err("a code block does not end".to_owned());
        }
        let title = reader.title.ok_or("the page has no `# ` heading")?;
        Ok(Page {
            front,
            title,
            body: reader.body.trim().to_owned() + "\n",
            examples: reader.examples,
        })
    }

    /// The first sentence of the body, without its full stop.
    pub fn summary(&self) -> &str {
        let paragraph = self.body.split("\n\n").next().unwrap_or("");
        let sentence = paragraph.split_once(". ").map_or(paragraph, |(first, _)| first);
        sentence.trim_end().trim_end_matches('.')
    }
}

/// The word behind the first mark of a page: `\ngroup: ` stands in its front matter.
pub(super) fn word<'a>(page: &'a str, mark: &str) -> &'a str {
    let at = memchr::memmem::find(page.as_bytes(), mark.as_bytes());
    let line = at.and_then(|at| page.get(at + mark.len()..)?.lines().next());
    line.unwrap_or("")
}

/// The state of reading the Markdown, line by line.
#[derive(Default)]
struct Reader {
    title: Option<String>,
    body: String,
    examples: Vec<Example>,
    /// The open code block; `None` inside for one that is no example.
    block: Option<Option<Example>>,
}

impl Reader {
    fn line(&mut self, line: &str, number: usize) -> Result<(), String> {
        if let Some(info) = line.strip_prefix("```") {
            return self.fence(info.trim(), number);
        }
        match &mut self.block {
            Some(Some(example)) => {
                if let Some(mark) = mark(line, example)? {
                    example.marks.push(mark);
                    return Ok(());
                }
                example.text.push_str(line);
                example.text.push('\n');
            }
            Some(None) => {}
            None if self.title.is_none() => {
                if let Some(title) = line.strip_prefix("# ") {
                    self.title = Some(title.trim().to_owned());
                }
                return Ok(());
            }
            None => {}
        }
        self.body.push_str(line);
        self.body.push('\n');
        Ok(())
    }

    fn fence(&mut self, info: &str, number: usize) -> Result<(), String> {
        if let Some(block) = self.block.take() {
            self.body.push_str("```\n");
            self.examples.extend(block);
            return Ok(());
        }
        let example = example(info, number)?;
        if let Some(example) = &example {
            self.body.push_str(example.caption());
            self.body.push_str(":\n\n");
        }
        self.body.push_str("```");
        self.body.push_str(info.split(' ').next().unwrap_or(""));
        self.body.push('\n');
        self.block = Some(example);
        Ok(())
    }
}

/// The example that an info string announces; `None` for a block that is only shown.
fn example(info: &str, line: usize) -> Result<Option<Example>, String> {
    let mut words = info.split_whitespace();
    let language = match words.next() {
        Some("yaml") => Language::Yaml,
        Some("sh") => Language::Sh,
        Some("dockerfile") => Language::Dockerfile,
        Some("ini") => Language::Quadlet,
        _ => return Ok(None),
    };
    let kind = match words.next() {
        None => return Ok(None),
        Some("bad") => ExampleKind::Bad,
        Some("fixed") => ExampleKind::Fixed,
        Some("good") => ExampleKind::Good,
        Some(other) => return Err(format!("line {line}: `{other}` is neither bad, fixed nor good")),
    };
    let mut example = Example {
        language,
        kind,
        selinux: None,
        engine: None,
        unsafe_fixes: false,
        text: String::new(),
        marks: Vec::new(),
        line: u32::try_from(line + 1).unwrap_or(u32::MAX),
    };
    for word in words {
        match word {
            "selinux=on" => example.selinux = Some(true),
            "selinux=off" => example.selinux = Some(false),
            "engine=podman" => example.engine = Some(Engine::Podman),
            "engine=docker" => example.engine = Some(Engine::Docker),
            "unsafe" if kind == ExampleKind::Fixed => example.unsafe_fixes = true,
            other => return Err(format!("line {line}: the word `{other}` is not known")),
        }
    }
    Ok(Some(example))
}

/// The mark that a line of code is: `#~^ rule: message part`, one caret a line further up.
fn mark(line: &str, example: &Example) -> Result<Option<Mark>, String> {
    let Some(rest) = line.trim_start().strip_prefix("#~") else {
        return Ok(None);
    };
    let said = rest.trim_start_matches('^');
    let carets = rest.len() - said.len();
    let lines = example.text.lines().count();
    if carets == 0 || carets > lines {
        return Err(format!("the mark `{}` points at no line", line.trim()));
    }
    let said = said.trim();
    let (rule, message) = match said.split_once(": ") {
        Some((rule, message)) if is_rule_name(rule) => (Some(rule.to_owned()), message),
        _ => match said.strip_suffix(':') {
            Some(rule) if is_rule_name(rule) => (Some(rule.to_owned()), ""),
            _ => (None, said),
        },
    };
    Ok(Some(Mark {
        rule,
        line: u32::try_from(lines + 1 - carets).unwrap_or(u32::MAX),
        message: message.to_owned(),
    }))
}

/// True for a word of the shape of a rule's name.
fn is_rule_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PAGE: &str = "---\nseverity: error\ngroup: default\nfix: safe\nsince: 0.1.0\ncwe: [250]\n---\n\n# a-rule\n\nIt does a thing. And more.\n\n```sh bad selinux=on\nrun \\\n  img\n#~^^ may run\n#~^^ other-rule: part: of it\n```\n\n```sh fixed unsafe\nrun img\n```\n\n```text\n#~^ not a mark\n```\n";

    #[test]
    fn a_page_gives_its_front_matter_prose_and_examples() {
        let page = Page::parse(PAGE).unwrap();
        assert_eq!(page.front.severity, Severity::Error);
        assert_eq!(page.front.cwe, [250]);
        assert_eq!((page.title.as_str(), page.summary()), ("a-rule", "It does a thing"));
        assert!(page.body.contains("Flagged:\n\n```sh\nrun \\\n  img\n```") && page.body.contains("#~^ not a mark"));
        let [bad, fixed] = page.examples.as_slice() else {
            panic!("{:?}", page.examples)
        };
        assert_eq!((bad.kind, bad.selinux, bad.line), (ExampleKind::Bad, Some(true), 14));
        assert_eq!(bad.text, "run \\\n  img\n");
        let marks: Vec<_> = bad
            .marks
            .iter()
            .map(|m| (m.rule.as_deref(), m.line, m.message.as_str()))
            .collect();
        assert_eq!(marks, [(None, 1, "may run"), (Some("other-rule"), 1, "part: of it")]);
        assert!(fixed.unsafe_fixes && fixed.kind == ExampleKind::Fixed);
    }

    #[test]
    fn a_page_that_is_wrong_is_refused() {
        for (from, to) in [
            ("cwe", "cew"),
            ("# a-rule", "a-rule"),
            ("#~^^ may", "#~^^^ may"),
            ("sh bad", "sh worse"),
            ("selinux=on", "selinux=yes"),
            ("---\n\n# a", "--\n\n# a"),
            ("not a mark\n```\n", "not a mark\n"),
        ] {
            assert!(Page::parse(&PAGE.replacen(from, to, 1)).is_err(), "{to}");
        }
    }
}
