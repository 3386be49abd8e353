//! The lines of a Makefile: what is set, rules and their recipes. Both sides of a condition are read.

use super::statement::{self, Operator, Statement};
use crate::front::reading::Comment;
use crate::source::{Excerpt, Span};

/// What a Makefile says.
pub(super) struct Makefile {
    /// What is set, in order.
    pub(super) assignments: Vec<Assignment>,
    /// Rules with a recipe.
    pub(super) rules: Vec<Rule>,
    /// True for `.ONESHELL:`.
    pub(super) one_shell: bool,
    /// False where `SHELL` is another language.
    pub(super) has_posix_shell: bool,
    /// Comments outside of recipes.
    pub(super) comments: Vec<Comment>,
    /// Lines that are neither, but may make some: `$(eval …)`.
    pub(super) loose: Vec<Excerpt>,
}

/// A variable that is set.
pub(super) struct Assignment {
    /// Its name.
    pub(super) name: String,
    /// How.
    pub(super) operator: Operator,
    /// To what, as it is written.
    pub(super) value: Excerpt,
    /// True where only some condition, or some target, sets it.
    pub(super) conditional: bool,
    /// True for `define`: lines of a recipe that are called by name.
    pub(super) is_recipe: bool,
    /// Where the value stands.
    pub(super) span: Span,
}

/// A rule.
pub(super) struct Rule {
    /// From its targets to the end of its recipe.
    pub(super) span: Span,
    /// The lines of its recipe.
    pub(super) recipe: Vec<Line>,
}

/// A line of a recipe, with its continuations.
pub(super) struct Line {
    /// As make reads it, without what stands before it and before its continuations.
    pub(super) text: Excerpt,
    /// Where it stands.
    pub(super) span: Span,
    /// True under a condition.
    pub(super) conditional: bool,
}

struct Reader<'a> {
    lines: Vec<(usize, &'a str)>,
    next: usize,
    prefix: char,
    conditions: usize,
    rule: Option<Rule>,
    out: Makefile,
}

/// Reads a Makefile, from an offset on.
pub(super) fn read(text: &str, from: usize) -> Makefile {
    let mut at = from;
    let lines = text.get(from..).unwrap_or("").split_inclusive('\n');
    let lines = lines.map(|line| {
        let start = at;
        at += line.len();
        (start, line)
    });
    let mut reader = Reader {
        lines: lines.collect(),
        next: 0,
        prefix: '\t',
        conditions: 0,
        rule: None,
        out: Makefile {
            assignments: Vec::new(),
            rules: Vec::new(),
            one_shell: false,
            has_posix_shell: true,
            comments: Vec::new(),
            loose: Vec::new(),
        },
    };
    while let Some(&(start, line)) = reader.lines.get(reader.next) {
        reader.line(start, line);
    }
    reader.end_rule();
    reader.out
}

impl Reader<'_> {
    fn line(&mut self, start: usize, line: &str) {
        if line.starts_with(self.prefix) && self.rule.is_some() {
            let text = self.recipe_line(true);
            self.add_recipe(start, text);
            return;
        }
        if line.trim_start().starts_with('#') {
            let lead = line.len() - line.trim_start().len();
            self.out.comments.push(Comment {
                span: Span::new(start + lead, start + line.trim_end().len()),
                own_line: true,
            });
        }
        let joined = self.joined();
        match statement::read(joined.text()) {
            Statement::Assignment(name, operator, value) => {
                self.end_rule();
                self.set(name, operator, joined.part(value), self.conditions > 0);
            }
            Statement::Define(name) => {
                self.end_rule();
                self.define(name);
            }
            Statement::If => self.conditions += 1,
            Statement::EndIf => self.conditions = self.conditions.saturating_sub(1),
            Statement::Rule { targets, command, sets } => {
                if let Some((name, operator, value)) = sets {
                    self.set(name, operator, joined.part(value), true);
                    return;
                }
                self.end_rule();
                self.out.one_shell |= targets.split_whitespace().any(|target| target == ".ONESHELL");
                self.rule = Some(Rule {
                    span: Span::new(start, start + line.trim_end().len()),
                    recipe: Vec::new(),
                });
                if let Some(command) = command {
                    let text = joined.part(without_marks(joined.text(), command));
                    self.add_recipe(start, text);
                }
            }
            Statement::Other if joined.text().contains('$') => self.out.loose.push(joined),
            Statement::Other => {}
        }
    }

    fn set(&mut self, name: String, operator: Operator, value: Excerpt, conditional: bool) {
        let text = value.text().trim().to_owned();
        match name.as_str() {
            ".RECIPEPREFIX" => self.prefix = text.chars().next().unwrap_or('\t'),
            "SHELL" => {
                let program = text.split_whitespace().next().unwrap_or("");
                let name = program.rsplit('/').next().unwrap_or(program);
                let other = [
                    "python",
                    "perl",
                    "node",
                    "ruby",
                    "pwsh",
                    "powershell",
                    "cmd",
                    "fish",
                    "nu",
                ];
                self.out.has_posix_shell = !other.iter().any(|other| name.starts_with(other));
            }
            _ => {}
        }
        self.push(name, operator, value, conditional, false);
    }

    fn push(&mut self, name: String, operator: Operator, value: Excerpt, conditional: bool, is_recipe: bool) {
        self.out.assignments.push(Assignment {
            name,
            operator,
            span: value.outer_span_near(Span::new(0, value.text().len())),
            value,
            conditional,
            is_recipe,
        });
    }

    /// The lines up to `endef`.
    fn define(&mut self, name: String) {
        let mut body = Excerpt::new();
        let mut depth = 0;
        while let Some(&(_, line)) = self.lines.get(self.next) {
            let word = line.split_whitespace().next().unwrap_or("");
            match word {
                "define" => depth += 1,
                "endef" if depth == 0 => {
                    self.next += 1;
                    break;
                }
                "endef" => depth -= 1,
                _ => {}
            }
            let text = self.recipe_line(line.starts_with(self.prefix));
            body.append(&text);
        }
        let conditional = self.conditions > 0;
        self.push(name, Operator::Set, body, conditional, true);
    }

    /// A line of a recipe with its continuations, without its marks.
    fn recipe_line(&mut self, prefixed: bool) -> Excerpt {
        let mut text = Excerpt::new();
        let mut first = true;
        while let Some(&(start, line)) = self.lines.get(self.next) {
            self.next += 1;
            let prefix = match line.starts_with(self.prefix) && (prefixed || !first) {
                true => self.prefix.len_utf8(),
                false => 0,
            };
            let range = match first {
                true => without_marks(line, prefix..line.len()),
                false => prefix..line.len(),
            };
            let kept = line.get(range.clone()).unwrap_or("");
            let visible = kept.trim_end_matches(['\r', '\n']);
            text.copy(visible, start + range.start);
            if kept.ends_with('\n') {
                text.copy("\n", start + line.len() - 1);
            }
            first = false;
            if !continues(visible) {
                break;
            }
        }
        text
    }

    /// A line that is no recipe, with its continuations joined by blanks.
    fn joined(&mut self) -> Excerpt {
        let mut text = Excerpt::new();
        let mut first = true;
        while let Some(&(start, line)) = self.lines.get(self.next) {
            self.next += 1;
            let visible = line.trim_end_matches(['\r', '\n']);
            let lead = match first {
                true => 0,
                false => visible.len() - visible.trim_start().len(),
            };
            let goes_on = continues(visible);
            let end = visible.len() - usize::from(goes_on);
            let kept = visible.get(lead..end).unwrap_or("");
            text.copy(kept, start + lead);
            if !goes_on {
                break;
            }
            text.made(" ");
            first = false;
        }
        text
    }

    fn add_recipe(&mut self, start: usize, text: Excerpt) {
        let conditional = self.conditions > 0;
        // a recipe of nothing but marks has no text that says where it ends
        let end = text.outer_near(Span::at(text.text().trim_end().len()).start);
        let end = end.max(Span::at(start).start);
        if let Some(rule) = &mut self.rule {
            let span = Span { end, ..Span::at(start) };
            rule.span.end = rule.span.end.max(end);
            rule.recipe.push(Line {
                text,
                span,
                conditional,
            });
        }
    }

    fn end_rule(&mut self) {
        let rule = self.rule.take().filter(|rule| !rule.recipe.is_empty());
        self.out.rules.extend(rule);
    }
}

/// A range of a line without the blanks and marks (`@`, `-`, `+`) that a recipe may begin with.
fn without_marks(line: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let text = line.get(range.clone()).unwrap_or("");
    let kept = text.trim_start_matches(['@', '-', '+', ' ', '\t']);
    range.end - kept.len()..range.end
}

/// True for a line that ends in a backslash that is not escaped.
fn continues(line: &str) -> bool {
    let slashes = line.len() - line.trim_end_matches('\\').len();
    slashes % 2 == 1
}
