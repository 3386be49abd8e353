//! The text of `$'…'`.

/// The value of what stands in `$'…'`.
pub(super) fn decode_ansi(inner: &str) -> String {
    let mut out = String::new();
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some(escape) = chars.next() else { break };
        let simple = match escape {
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'e' | 'E' => Some('\u{1b}'),
            'f' => Some('\u{c}'),
            'v' => Some('\u{b}'),
            '\\' | '\'' | '"' | '?' => Some(escape),
            _ => None,
        };
        if let Some(simple) = simple {
            out.push(simple);
            continue;
        }
        let (radix, most) = match escape {
            'x' => (16, 2),
            'u' => (16, 4),
            'U' => (16, 8),
            '0'..='7' => (8, 3),
            _ => {
                out.push('\\');
                out.push(escape);
                continue;
            }
        };
        let mut value = if radix == 8 { escape.to_digit(8).unwrap_or(0) } else { 0 };
        let mut left = if radix == 8 { most - 1 } else { most };
        while left > 0
            && let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix))
        {
            value = value.saturating_mul(radix).saturating_add(digit);
            chars.next();
            left -= 1;
        }
        out.push(char::from_u32(value).unwrap_or('\u{fffd}'));
    }
    out
}
