//! Security options taken apart: one option each, `key=value` or the old `key:value`.

use super::{Container, Engine, Text, Tri, Written};

/// A security option taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityOption {
    /// `label`, `seccomp`, `apparmor`, `no-new-privileges`, `mask`, …, as written; the whole where it cannot be split.
    pub key: Text,
    /// What stands after the separator.
    pub value: Option<Text>,
    /// `=`, or the deprecated `:`, which only counts where the option has no `=`.
    pub separator: Option<char>,
}

impl SecurityOption {
    /// Takes an option apart (docker cli 29.8 `cli/command/container/opts.go`; podman 6.0
    /// `pkg/specgenutil/specgen.go` alike).
    pub fn new(text: &Text) -> SecurityOption {
        for separator in ['=', ':'] {
            if let Some((key, value)) = text.split_once(separator) {
                return SecurityOption {
                    key,
                    value: Some(value),
                    separator: Some(separator),
                };
            }
        }
        SecurityOption {
            key: text.clone(),
            value: None,
            separator: None,
        }
    }

    /// True when it is this key with this value, whatever the separator.
    pub fn says(&self, key: &str, value: &str) -> bool {
        self.key.is(key) && self.value.as_ref().is_some_and(|v| v.is(value))
    }
}

impl Container {
    /// The security options taken apart, each with where it is written, in order.
    pub fn security_options(&self) -> impl Iterator<Item = (SecurityOption, &Written<Text>)> {
        self.security_opt.iter().map(|w| (SecurityOption::new(&w.value), w))
    }

    /// True when its processes can gain no privilege by running a program: the last
    /// `no-new-privileges` that every path sets decides. Without a value it is on. nerdctl knows no
    /// `:` form, and passes over the option where the container is privileged.
    pub fn no_new_privileges(&self) -> bool {
        let nerdctl = self.engine == Engine::Nerdctl;
        if nerdctl && self.privileged() != Tri::No {
            return false;
        }
        let on = |option: SecurityOption| match option.value {
            None => true,
            Some(value) => ["1", "t", "T", "TRUE", "true", "True"]
                .iter()
                .any(|word| value.is(word)),
        };
        self.security_options()
            .filter(|(option, written)| written.certain && option.key.is("no-new-privileges"))
            .filter(|(option, _)| !(nerdctl && option.separator == Some(':')))
            .last()
            .is_some_and(|(option, _)| on(option))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FileId, Place, Syntax};
    use super::*;
    use crate::source::Span;

    fn container(options: &[&str]) -> Container {
        let span = Span::default();
        let mut c = Container::new(Syntax::Command, Engine::Docker, FileId(0), span, span);
        c.security_opt = options
            .iter()
            .map(|o| Written::new(Text::literal(*o, Span::new(0, o.len())), Place::new(span, span)))
            .collect();
        c
    }

    #[test]
    fn the_colon_only_counts_without_an_equals_sign() {
        let c = container(&["label=type:x", "label:disable", "no-new-privileges"]);
        let options: Vec<SecurityOption> = c.security_options().map(|(option, _)| option).collect();
        assert!(
            options
                .iter()
                .any(|o| o.says("label", "type:x") && o.separator == Some('='))
        );
        assert!(
            options
                .iter()
                .any(|o| o.says("label", "disable") && o.separator == Some(':'))
        );
        assert!(options.iter().any(|o| o.value.is_none() && o.separator.is_none()));
    }

    #[test]
    fn the_last_word_about_new_privileges_counts() {
        assert!(container(&["no-new-privileges"]).no_new_privileges());
        assert!(container(&["no-new-privileges:true"]).no_new_privileges());
        assert!(!container(&["no-new-privileges", "no-new-privileges=false"]).no_new_privileges());
        assert!(!container(&[]).no_new_privileges());
        let mut branch = container(&["no-new-privileges"]);
        branch.security_opt.iter_mut().for_each(|w| w.certain = false);
        assert!(!branch.no_new_privileges());
    }
}
