//! Set-id bits of file modes, and the right of every account to write, in numbers and in letters.

/// Which set-id bits a mode sets: the user's, the group's. `None` where it sets neither.
pub(super) fn set_id(mode: &str) -> Option<(bool, bool)> {
    if mode.len() >= 4 && mode.len() <= 6 && mode.chars().all(|c| c.is_digit(8)) {
        let bits = u32::from_str_radix(mode, 8).ok()?;
        let (user, group) = (bits & 0o4000 != 0, bits & 0o2000 != 0);
        return (user || group).then_some((user, group));
    }
    let (mut user, mut group) = (false, false);
    for clause in mode.split(',') {
        let who_end = clause.find(['+', '-', '='])?;
        let (who, rest) = clause.split_at(who_end);
        if !who.chars().all(|c| "ugoa".contains(c)) {
            return None;
        }
        let all = who.is_empty() || who.contains('a');
        let mut sets = false;
        for c in rest.chars() {
            match c {
                '+' | '=' => sets = true,
                '-' => sets = false,
                's' if sets => {
                    user |= all || who.contains('u');
                    group |= all || who.contains('g');
                }
                'r' | 'w' | 'x' | 'X' | 't' | 's' | 'u' | 'g' | 'o' => {}
                _ => return None,
            }
        }
    }
    (user || group).then_some((user, group))
}

/// Which set-id bits a mode takes away: the user's, the group's.
pub(super) fn takes_set_id(mode: &str) -> (bool, bool) {
    let (mut user, mut group) = (false, false);
    for clause in mode.split(',') {
        let Some((who, what)) = clause.split_once('-') else {
            continue;
        };
        if !who.chars().all(|c| "ugoa".contains(c)) || !what.contains('s') {
            continue;
        }
        let all = who.is_empty() || who.contains('a');
        user |= all || who.contains('u');
        group |= all || who.contains('g');
    }
    (user, group)
}

/// A mode in numbers without its set-id bits.
pub(super) fn without_set_id(mode: &str) -> Option<String> {
    let bits = u32::from_str_radix(mode, 8).ok()? & 0o1777;
    Some(match mode.starts_with('0') {
        true => format!("0{bits:03o}"),
        false => format!("{bits:03o}"),
    })
}

/// True for a mode that lets every account write, and does not keep them from taking each other's files
/// away: `777`, `a+w`, not `1777`.
pub(super) fn opens_to_all(mode: &str) -> bool {
    if mode.len() >= 3 && mode.chars().all(|c| c.is_digit(8)) {
        return u32::from_str_radix(mode, 8).is_ok_and(|bits| bits & 0o002 != 0 && bits & 0o1000 == 0);
    }
    let opens = |clause: &str| {
        let Some(at) = clause.find(['+', '=']) else {
            return false;
        };
        let (who, rest) = clause.split_at(at);
        // without a letter the umask decides, which leaves others out
        who.contains(['a', 'o']) && rest.chars().take_while(|c| *c != '-').any(|c| c == 'w')
    };
    mode.split(',').any(opens) && !mode.contains('t')
}

/// A mode in numbers without the right of others to write.
pub(super) fn without_write_for_others(mode: &str) -> Option<String> {
    let bits = u32::from_str_radix(mode, 8).ok()? & !0o002;
    Some(format!("{bits:0width$o}", width = mode.len()))
}
