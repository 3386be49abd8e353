//! Lines of `sudoers` by which somebody becomes root without a password.

/// The accounts, or groups with their `%`, that a text of `sudoers` lets do so.
pub(super) fn without_password(text: &str) -> Vec<String> {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<String> {
    let line = line.trim_start();
    let (before, _) = line.split_once("NOPASSWD")?;
    if line.starts_with('#') || line.starts_with("Defaults") {
        return None;
    }
    // `(postgres)`: somebody else than root
    if let Some((_, rest)) = before.rsplit_once('(') {
        let whom = rest.split([')', ':']).next().unwrap_or("");
        let root = whom.trim().is_empty() || whom.split(',').any(|w| matches!(w.trim(), "ALL" | "root"));
        if !root && !whom.contains('$') {
            return None;
        }
    }
    let account = before.split_whitespace().next().filter(|account| *account != "root")?;
    // `printf` writes `%%` for `%`
    Some(account.replacen("%%", "%", 1))
}

/// The account for which a script of `sed` writes such a line, or takes the `#` off one.
pub(super) fn by_sed(script: &str) -> Option<String> {
    let begins = |at: &usize| {
        let before = script.get(..*at).and_then(|b| b.chars().next_back());
        let after = script.get(at + 1..).and_then(|a| a.chars().next());
        before.is_none_or(|c| !c.is_alphanumeric() && c != '%') && after.is_some_and(|c| "/|#,@!:+".contains(c))
    };
    let at = script.match_indices('s').map(|(at, _)| at).find(begins)?;
    let (address, rest) = (script.get(..at)?, script.get(at + 1..)?);
    let delimiter = rest.chars().next()?;
    let mut parts = rest.split(delimiter).skip(1);
    let (pattern, replacement) = (parts.next()?, parts.next()?);
    let writes = replacement.contains("NOPASSWD");
    let uncomments = pattern.contains("NOPASSWD") && pattern.contains('#') && replacement.contains(['\\', '&']);
    if !(writes || uncomments) || replacement.trim_start().starts_with('#') {
        return None;
    }
    let first = |text: &'_ str| {
        let mut words = text.split(|c: char| c.is_whitespace() || "/#^\\()*$&".contains(c));
        let word = words.find(|w| !w.is_empty() && !matches!(*w, "1" | "2"))?;
        (!word.starts_with("NOPASSWD") && !word.starts_with("ALL")).then(|| word.to_owned())
    };
    let account = match writes {
        true => first(replacement).or_else(|| first(pattern)).or_else(|| first(address)),
        false => first(pattern),
    };
    let account = account.unwrap_or_else(|| "sudoers".to_owned());
    (account != "root").then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_line_is_taken_off() {
        for script in [
            r"s/# \(%wheel ALL=(ALL) NOPASSWD: ALL\)/\1/",
            r"/^%wheel/s/ALL$/NOPASSWD: ALL/",
            r"s/^%wheel\s.*/%wheel ALL=(ALL) NOPASSWD: ALL/g",
            "s|^#%wheel ALL=(ALL) NOPASSWD|%wheel ALL=(ALL) NOPASSWD|",
        ] {
            assert_eq!(by_sed(script).as_deref(), Some("%wheel"), "{script}");
        }
        for script in ["s/NOPASSWD://", "/NOPASSWD/d", "s/^.*NOPASSWD/# &/", "s/x/y/"] {
            assert_eq!(by_sed(script), None, "{script}");
        }
    }
}
