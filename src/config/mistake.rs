//! Mistakes in a configuration, with their place and what was likely meant.

use std::fmt;

/// A mistake in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as shown.
    pub file: String,
    /// Line and column, from 1, where they are known.
    pub at: Option<(usize, usize)>,
    /// What is wrong, in lower case without a full stop.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl Mistake {
    /// The mistake that the YAML reader found.
    pub(crate) fn from_yaml(file: String, error: &serde_yaml::Error) -> Mistake {
        let text = error.to_string();
        let text = match text.rfind(" at line ") {
            Some(end) => text.get(..end).unwrap_or(&text),
            None => &text,
        };
        Mistake {
            file,
            at: error.location().map(|l| (l.line(), l.column())),
            message: reworded(text),
        }
    }
}

/// serde's words for an unknown key or value in ours, with the nearest of the words it expected.
fn reworded(text: &str) -> String {
    if text.contains("more than one document") {
        return "a configuration is a single document".to_owned();
    }
    if let Some(said) = belongs(text) {
        return said;
    }
    if let Some((before, after)) = text.split_once("missing field `") {
        let key = after.split('`').next().unwrap_or("");
        let place = before.trim_end_matches(": ");
        return match place {
            "" => format!("`{key}` is missing"),
            place => format!("`{key}` is missing in `{place}`"),
        };
    }
    let quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let Some((wrong, expected)) = quoted.split_first() else {
        return text.to_owned();
    };
    let (before, after) = text.split_once('`').unwrap_or(("", ""));
    let (place, what) = before
        .rsplit_once(": ")
        .map_or(("", before), |(place, what)| (place, what));
    let what = match what.trim() {
        "unknown field" => "unknown key",
        "unknown variant" => "unknown value",
        _ => return text.to_owned(),
    };
    let place = if place.is_empty() {
        String::new()
    } else {
        format!(" in `{place}`")
    };
    if expected.is_empty() || after.is_empty() {
        return format!("{what} `{wrong}`{place}");
    }
    format!("{what} `{wrong}`{place}{}", did_you_mean(wrong, expected))
}

/// What belongs where a value of another type stands.
fn belongs(text: &str) -> Option<String> {
    let (before, expected) = text.rsplit_once("expected ")?;
    let (place, _) = before
        .split_once("invalid type")
        .or_else(|| before.split_once("invalid value"))?;
    let what = match expected {
        "a sequence" => "a list belongs",
        "a map" => "keys with their values belong",
        "a string" => "a text belongs",
        "a boolean" => "`true` or `false` belongs",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number belongs",
        _ if expected.starts_with("struct") => "keys with their values belong",
        _ => return None,
    };
    Some(match place.trim_end_matches(": ") {
        "" => format!("{what} here"),
        place => format!("{what} in `{place}`"),
    })
}

/// `; did you mean …` for a word that was likely meant, or the list of what there is when it is short.
pub fn did_you_mean(wrong: &str, known: &[&str]) -> String {
    let near = crate::rules::closest(wrong, known.iter().copied());
    match near {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.len() <= 12 && !known.is_empty() => {
            let list: Vec<String> = known.iter().map(|k| format!("`{k}`")).collect();
            format!("; there is {}", list.join(", "))
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered() {
        assert_eq!(
            reworded("rules.privileged: unknown field `allow-image`, expected `allow-images`"),
            "unknown key `allow-image` in `rules.privileged`; did you mean `allow-images`?"
        );
        assert_eq!(
            reworded("selinux: unknown variant `maybe`, expected one of `auto`, `on`, `off`"),
            "unknown value `maybe` in `selinux`; there is `auto`, `on`, `off`"
        );
        for (said, reworded_as) in [
            (
                "ignores.max-age-days: invalid type: string \"x\", expected u32",
                "a whole number belongs in `ignores.max-age-days`",
            ),
            (
                "select: invalid type: integer `3`, expected a sequence",
                "a list belongs in `select`",
            ),
            (
                "severity: invalid type: sequence, expected a map",
                "keys with their values belong in `severity`",
            ),
            (
                "images[0]: missing field `images`",
                "`images` is missing in `images[0]`",
            ),
        ] {
            assert_eq!(reworded(said), reworded_as);
        }
        assert_eq!(did_you_mean("fail_on", &["fail-on"]), "; did you mean `fail-on`?");
    }
}
