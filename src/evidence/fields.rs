//! The `key=value` words of audit records.

/// The words of a record after its kind. Values keep what stands between their quotes.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields<'a> {
    list: Vec<(&'a str, Value<'a>)>,
    /// True for what `ausearch -i` writes: numbers are names already, and nothing is in hexadecimal.
    interpreted: bool,
}

#[derive(Clone, Copy, Debug)]
struct Value<'a> {
    text: &'a str,
    quoted: bool,
}

/// Words of one record that are looked at.
const WORDS_CAP: usize = 128;

/// The fields whose values the kernel writes in hexadecimal where they hold a blank, a quote or a control
/// character (`audit_log_untrustedstring` in the kernel's kernel/audit.c).
const UNTRUSTED: &[&str] = &["comm", "name", "path", "exe", "proctitle", "cwd", "srcname", "dev"];

impl<'a> Fields<'a> {
    /// Reads the words of a text.
    pub(super) fn of(text: &'a str, interpreted: bool) -> Fields<'a> {
        let mut list = Vec::new();
        let mut rest = text;
        while list.len() < WORDS_CAP {
            // the key is what stands between the last blank and the sign
            let Some((before, after)) = rest.split_once('=') else {
                break;
            };
            let key = before
                .rsplit(|c: char| c.is_whitespace() || matches!(c, '\'' | ':' | ','))
                .next();
            let (value, left) = value(after);
            list.extend(key.map(|key| (key, value)));
            rest = left;
        }
        Fields { list, interpreted }
    }

    /// The value of a key, its hexadecimal form undone.
    pub(super) fn get(&self, key: &str) -> Option<String> {
        let (key, value) = self.list.iter().find(|(k, _)| *k == key)?;
        if value.text.is_empty() || matches!(value.text, "?" | "(null)" | "(none)") {
            return None;
        }
        if !value.quoted && !self.interpreted && UNTRUSTED.contains(key) {
            return Some(unhex(value.text).unwrap_or_else(|| value.text.to_owned()));
        }
        Some(value.text.to_owned())
    }
}

/// A value and what comes after it.
fn value(after: &str) -> (Value<'_>, &str) {
    if let Some(body) = after.strip_prefix('"')
        && let Some((text, rest)) = body.split_once('"')
    {
        return (Value { text, quoted: true }, rest);
    }
    let end = after
        .find(|c: char| c.is_whitespace() || c == '\u{1d}')
        .unwrap_or(after.len());
    let (text, rest) = after.split_at(end);
    let text = text.trim_end_matches(['\'', ',']).trim_start_matches('\'');
    (Value { text, quoted: false }, rest)
}

/// The text that a run of hexadecimal digits stands for; bytes of zero part arguments.
fn unhex(text: &str) -> Option<String> {
    let digits = text.as_bytes();
    if digits.len() < 2 || !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'A'..=b'F' => Some(b - b'A' + 10),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    for pair in digits.chunks(2) {
        let [high, low] = pair else { return None };
        bytes.push(nibble(*high)? << 4 | nibble(*low)?);
    }
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    let bytes: Vec<u8> = bytes.into_iter().map(|b| if b == 0 { b' ' } else { b }).collect();
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_bare_or_hexadecimal() {
        let text = r#"pid=223435 comm="registry" name=6120622E747874 dev="dm-0" path="/a b=c/d" exe=/bin/sh"#;
        let fields = Fields::of(text, false);
        let get = |key| fields.get(key).unwrap_or_default();
        assert_eq!(get("pid"), "223435");
        assert_eq!(get("comm"), "registry");
        assert_eq!(get("name"), "a b.txt");
        assert_eq!(get("path"), "/a b=c/d");
        assert_eq!(get("exe"), "/bin/sh");
        assert_eq!(fields.get("saddr"), None);
    }

    #[test]
    fn what_is_interpreted_is_not_undone() {
        let fields = Fields::of("comm=ABBA name=DEAD.txt", true);
        assert_eq!(fields.get("comm").as_deref(), Some("ABBA"));
    }

    #[test]
    fn the_message_of_a_user_record_ends_in_a_quote() {
        let text = "pid=1 subj=a:b:c:s0 msg='avc:  denied tclass=dbus exe=\"/usr/bin/dbus-broker\" terminal=?'";
        let fields = Fields::of(text, false);
        assert_eq!(fields.get("tclass").as_deref(), Some("dbus"));
        assert_eq!(fields.get("terminal"), None);
    }
}
