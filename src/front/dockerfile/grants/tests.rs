//! What commands grant, and what they do not.

use super::*;
use crate::container::FileId;
use crate::shell;
use std::path::Path;

fn found(text: &str) -> Found {
    let mut found = Found::default();
    let steps = shell::steps(&shell::Input {
        text,
        outer: None,
        file: FileId(0),
        path: Path::new(""),
        open: None,
    });
    for step in &steps {
        found.command(step, true);
    }
    found
}

fn shown(text: &str) -> Vec<String> {
    let word = |w: &Written<Grant>| {
        let kind = match &w.value.kind {
            GrantKind::SetuidBit { without, group_only } => {
                let which = if *group_only { "setgid" } else { "setuid" };
                format!("{which} {}", without.as_deref().unwrap_or("-"))
            }
            GrantKind::FileCapability(capabilities) => capabilities.clone(),
            GrantKind::SudoInstalled => "installed".to_owned(),
            GrantKind::SudoUsed { needless } => format!("used {needless}"),
            GrantKind::PasswordlessSudo => "nopasswd".to_owned(),
            GrantKind::GroupMembership(group) => format!("in {group}"),
            GrantKind::WorldWritable { without } => format!("writable {}", without.as_deref().unwrap_or("-")),
            GrantKind::KnownPassword { none } => format!("password {}", if *none { "none" } else { "known" }),
        };
        format!("{kind}: {}", w.value.subject)
    };
    found(text).grants.iter().map(word).collect()
}

#[test]
fn rights_and_passwords_for_everybody() {
    for (text, wanted) in [
        ("chmod -R 777 /data", &["writable 775: /data"][..]),
        ("chmod 0666 /etc/passwd", &["writable 0664: /etc/passwd"]),
        ("chmod a+rwX /data /log", &["writable -: /data and 1 more"]),
        ("chmod ugo=rw /x", &["writable -: /x"]),
        ("chmod 1777 /shared", &[]),
        ("chmod 777 /tmp", &[]),
        ("chmod a+x /x", &[]),
        ("chmod +w /x", &[]),
        ("chmod 775 /x", &[]),
        ("echo root:secret | chpasswd", &["password known: root"]),
        ("echo root:$PASSWORD | chpasswd", &[]),
        ("passwd -d app", &["password none: app"]),
        ("passwd -l root", &[]),
        ("echo secret | passwd --stdin app", &["password known: app"]),
    ] {
        assert_eq!(shown(text), wanted, "{text}");
    }
}

#[test]
fn what_commands_grant() {
    for (text, wanted) in [
        ("chmod u+s /usr/bin/x", &["setuid -: /usr/bin/x"][..]),
        ("chmod -R 4755 /a b && true", &["setuid 755: /a and 1 more"]),
        ("chmod 06755 /usr/bin/x", &["setuid 0755: /usr/bin/x"]),
        ("chmod +s /x", &["setuid -: /x"]),
        ("chmod u=rwxs,go=rx /x", &["setuid -: /x"]),
        ("chmod g+s /usr/local/bin/x", &["setgid -: /usr/local/bin/x"]),
        ("chmod 2755 /usr/sbin/x", &["setgid 755: /usr/sbin/x"]),
        ("sudo chmod 4755 /x", &["used true: chmod", "setuid 755: /x"]),
        ("install -m 4755 x /usr/bin/x", &["setuid 755: /usr/bin/x"]),
        ("install -Dm4755 -o root x /usr/bin/x", &["setuid -: /usr/bin/x"]),
        ("install --mode=u+s x /usr/bin/x", &["setuid -: /usr/bin/x"]),
        (
            "dpkg-statoverride --update --add root app 4750 /usr/bin/x",
            &["setuid 750: /usr/bin/x"],
        ),
        ("find /x -type f -exec chmod u+s {} \\;", &["setuid -: "]),
        (
            "setcap 'cap_net_raw,cap_net_admin+eip' /usr/bin/x",
            &["cap_net_raw,cap_net_admin+eip: /usr/bin/x"],
        ),
        ("/usr/sbin/setcap cap_net_raw=ep $BIN", &["cap_net_raw=ep: $BIN"]),
        ("apt-get update && apt-get install -y curl sudo", &["installed: sudo"]),
        ("apk add --no-cache sudo=1.9", &["installed: sudo"]),
        ("pacman -Syu --noconfirm sudo", &["installed: sudo"]),
        ("sudo -E make", &["used false: make"]),
        ("sudo -u root make", &["used false: make"]),
        ("usermod -aG docker app", &["in docker: app"]),
        ("usermod -a -G video,sudo app", &["in sudo: app"]),
        ("useradd -m -G wheel -s /bin/bash app", &["in wheel: app"]),
        ("useradd app --groups=sudo", &["in sudo: app"]),
        ("adduser app sudo", &["in sudo: app"]),
        ("addgroup app wheel", &["in wheel: app"]),
        ("gpasswd -a app wheel", &["in wheel: app"]),
        ("echo 'app ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers", &["nopasswd: app"]),
        (
            "echo \"$U ALL=(root) NOPASSWD:ALL\" | tee /etc/sudoers.d/u",
            &["nopasswd: $U"],
        ),
        (
            "echo -e \"${U}\\tALL=NOPASSWD: ALL\" > \"/etc/sudoers.d/${U}\"",
            &["nopasswd: ${U}"],
        ),
        ("usermod -aG docker a; usermod -aG docker a", &["in docker: a"]),
        (
            "printf '%%wheel ALL=(ALL) NOPASSWD: ALL\\n' > /etc/sudoers.d/w",
            &["nopasswd: %wheel"],
        ),
        (
            "cat > /etc/sudoers.d/a <<E\n# c\napp ALL = NOPASSWD: /usr/bin/apt\nE\n",
            &["nopasswd: app"],
        ),
        (
            "sed -i 's/^# %wheel ALL=(ALL) NOPASSWD: ALL/%wheel ALL=(ALL) NOPASSWD: ALL/' /etc/sudoers",
            &["nopasswd: %wheel"],
        ),
        ("bash -c 'chmod u+s /usr/bin/x'", &["setuid -: /usr/bin/x"]),
    ] {
        assert_eq!(shown(text), wanted, "{text}");
    }
}

#[test]
fn bits_are_taken_back_where_the_search_finds_their_files() {
    let set = "chmod 4755 /usr/bin/a; chmod 2755 /usr/sbin/b; ";
    let (user, group) = ("setuid 755: /usr/bin/a", "setgid 755: /usr/sbin/b");
    for (taken, left) in [
        ("find / -xdev -perm /6000 -type f -exec chmod a-s {} +", &[][..]),
        ("find /usr -type f -exec chmod ug-s {} \\;", &[]),
        ("find /opt/other -type f -exec chmod g-s {} +", &[user, group]),
        ("find / -type f -exec chmod g-s {} +", &[user]),
        ("find / -perm -4000 -exec chmod u-s {} +", &[group]),
        ("find /usr/bin/ /opt -exec chmod a-s {} +", &[group]),
        ("find / -type d -exec chmod a-s {} +", &[user, group]),
        ("find / -name 'x*' -exec chmod a-s {} +", &[user, group]),
        ("find $ROOT -exec chmod a-s {} +", &[user, group]),
        ("find / -type f | xargs chmod u-s", &[group]),
    ] {
        assert_eq!(shown(&format!("{set}{taken}")), left, "{taken}");
    }
}

#[test]
fn what_commands_do_not_grant() {
    for text in [
        "chmod a-s /usr/bin/x",
        "chmod u-s /usr/bin/x",
        "chmod -R u-s,g-s /usr",
        "chmod 1777 /tmp",
        "chmod 755 /x",
        "chmod 0755 /x",
        "chmod 2775 /srv/data",
        "chmod g+s /srv/data",
        "chmod $MODE /x",
        "chmod o+s /x",
        "install -d -m 4755 /srv",
        "install -m 755 x /usr/bin/x",
        "install -m 1777 -d /tmp/x",
        "echo chmod u+s /x",
        "setcap -r /usr/bin/x",
        "sudo -u app make",
        "sudo --user=app make",
        "sudo -Hu app make",
        "usermod -aG video app",
        "useradd -g 0 app",
        "useradd -r -u 1000 -d /home/app app",
        "addgroup -g 999 docker",
        "groupadd wheel",
        "grep NOPASSWD /etc/sudoers",
        "sed -i 's/NOPASSWD: //' /etc/sudoers",
        "sed -i '/NOPASSWD/d' /etc/sudoers",
        "echo '# app ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers",
        "echo 'app ALL=(postgres) NOPASSWD: ALL' >> /etc/sudoers",
        "echo 'root ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers",
        "apt-get install -y curl && apt-get purge -y sudo",
        "apt-get install -y sudo && make && apt-get purge -y sudo",
        "chmod 4755 /x; find / -perm /6000 -type f -exec chmod a-s {} +",
        "echo 'b ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/b; rm /etc/sudoers.d/b",
    ] {
        assert_eq!(shown(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn accounts_that_commands_make() {
    for (text, name) in [
        ("useradd --system --no-create-home app", "app"),
        ("useradd -r -u 1000 -g app -d /srv -s /bin/false app", "app"),
        ("useradd app -m -s /bin/bash", "app"),
        ("adduser -D -H -u 1000 -G app app", "app"),
        ("adduser --disabled-password --gecos '' app", "app"),
        ("groupadd x && useradd -ms /bin/bash app", "app"),
    ] {
        let accounts = found(text).accounts;
        let names: Vec<String> = accounts.iter().map(|a| a.value.shown()).collect();
        assert_eq!(names, [name], "{text}");
    }
    assert!(found("adduser app sudo; usermod -u 1 app").accounts.is_empty());
}
