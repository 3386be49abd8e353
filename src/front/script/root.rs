//! Whether a script says that root runs it.

/// Words for the user who runs a script.
const USERS: &[&str] = &[
    "EUID", "$UID", "{UID", "id -u", "id -nu", "id -un", "whoami", "$USER", "{USER",
];

/// What they are compared with.
const COMPARED: &[&str] = &["-ne", "-eq", "-gt", "!=", "==", "=", ">", "-lt"];

/// True where the text compares the user who runs it with root: `[ "$(id -u)" -ne 0 ]`. Which way the
/// comparison goes is not told apart: root may run it.
pub(super) fn is_checked_for(text: &str) -> bool {
    text.lines().any(|line| {
        USERS.iter().any(|user| {
            let after = line.split_once(user).map_or("", |(_, after)| after);
            let mut words = after.split(|c: char| c.is_whitespace() || "\"'`()[]{};".contains(c));
            let mut words = words.by_ref().filter(|w| !w.is_empty()).take(3);
            let compared = words.by_ref().any(|w| COMPARED.contains(&w));
            compared && words.next().is_some_and(|w| w == "0" || w == "root")
        }) || line.contains("(( EUID")
            || line.contains("((EUID")
            || line.contains("(( UID")
            || line.contains("((UID")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_spellings_of_a_check_for_root_are_seen() {
        for text in [
            "[ \"$(id -u)\" -ne 0 ] && exit 1",
            "if [ `id -u` != 0 ]; then",
            "[[ $EUID -eq 0 ]] || exec sudo \"$0\" \"$@\"",
            "if [[ \"${EUID}\" != \"0\" ]]; then",
            "(( EUID == 0 )) || die",
            "if (( EUID )); then",
            "[ \"$(whoami)\" = root ] || exit",
            "test \"$USER\" = \"root\"",
        ] {
            assert!(is_checked_for(text), "{text}");
        }
        for text in [
            "podman run --user \"$(id -u):$(id -g)\" x",
            "UID=0 podman run x",
            "echo $EUID",
            "[ \"$(id -u)\" = \"$OWNER\" ]",
        ] {
            assert!(!is_checked_for(text), "{text}");
        }
    }
}
