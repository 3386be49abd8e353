//! Whether a script says that root runs it, or does what only root may.

/// Words for the user who runs a script.
const USERS: &[&str] = &[
    "EUID", "$UID", "{UID", "id -u", "id -nu", "id -un", "whoami", "$USER", "{USER",
];

/// What they are compared with.
const COMPARED: &[&str] = &["-ne", "-eq", "-gt", "!=", "==", "=", ">", "-lt"];

/// Commands that only root has a use for.
const ADMINISTRATION: &[&str] = &[
    "adduser",
    "apk",
    "apt",
    "apt-get",
    "chown",
    "dnf",
    "dpkg",
    "firewall-cmd",
    "groupadd",
    "hostnamectl",
    "iptables",
    "mkfs",
    "modprobe",
    "mount",
    "nft",
    "pacman",
    "rpm",
    "semanage",
    "setenforce",
    "setsebool",
    "snap",
    "sysctl",
    "systemctl",
    "timedatectl",
    "ufw",
    "umount",
    "useradd",
    "usermod",
    "yum",
    "zypper",
];

/// Their arguments with which anybody may call them.
const FOR_ALL: &[&str] = &[
    "--user",
    "list",
    "show",
    "search",
    "status",
    "is-active",
    "is-enabled",
    "-q",
    "-qa",
    "-l",
];

/// True where root may run the script: it asks who runs it, or does by itself what only root may.
pub(super) fn may_run(text: &str) -> bool {
    is_checked_for(text) || text.lines().any(administers)
}

/// True for a line with a command of administration, not behind `sudo`, or one that writes below `/etc`.
fn administers(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with('#') || line.starts_with("RUN ") {
        return false;
    }
    let writes = [">/etc/", "> /etc/"].iter().any(|to| line.contains(to)) && !line.contains("sudo");
    let mut commands = line.split([';', '|', '&', '(', '{']).map(|command| {
        let words = command.split_whitespace();
        words.skip_while(|word| matches!(*word, "then" | "do" | "else" | "if" | "!" | "while"))
    });
    writes
        || commands.any(|mut words| {
            let first = words.next().is_some_and(|word| ADMINISTRATION.contains(&word));
            first
                && !words
                    .next()
                    .is_none_or(|word| FOR_ALL.contains(&word) || word.starts_with('<'))
        })
}

/// True where the text compares the user who runs it with root: `[ "$(id -u)" -ne 0 ]`. Which way the
/// comparison goes is not told apart: root may run it.
fn is_checked_for(text: &str) -> bool {
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

    #[test]
    fn what_only_root_may_do_is_done_by_root() {
        for text in [
            "podman run x\nchown 1000 certs/domain.key",
            "systemctl enable --now podman.socket",
            "if true; then dnf -y install podman; fi",
            "set -e; apt-get update && apt-get install -y podman",
            "cat > /etc/systemd/system/x.service <<EOF",
        ] {
            assert!(may_run(text), "{text}");
        }
        for text in [
            "podman run -v ./certs:/certs x",
            "sudo dnf -y install podman",
            "systemctl --user enable --now x",
            "podman unshare chown 1000 certs",
            "# apt install podman",
            "podman run x apt-get update",
            "echo hello | sudo tee /etc/x",
            "mount",
        ] {
            assert!(!may_run(text), "{text}");
        }
    }
}
