//! `--security-opt` and Compose's `security_opt`: one option each, `key=value` or the old `key:value`.

use crate::container::Text;

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

/// Takes a security option apart (docker cli 29.8 `cli/command/container/opts.go`; podman 6.0
/// `pkg/specgenutil/specgen.go` alike).
pub fn security_option(text: &Text) -> SecurityOption {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn the_colon_only_counts_without_an_equals_sign() {
        let split = |t: &str| {
            let option = security_option(&Text::literal(t, Span::new(0, t.len())));
            (option.key.shown(), option.value.map(|v| v.shown()), option.separator)
        };
        assert_eq!(
            split("label=type:x"),
            ("label".into(), Some("type:x".into()), Some('='))
        );
        assert_eq!(
            split("label:disable"),
            ("label".into(), Some("disable".into()), Some(':'))
        );
        assert_eq!(split("no-new-privileges"), ("no-new-privileges".into(), None, None));
    }
}
