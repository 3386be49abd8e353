//! The programs that run what stands after them, with their options.

/// The options of a prefix that take the next word, and how many words stand before the command.
pub(super) struct Prefix {
    pub(super) values: &'static [&'static str],
    pub(super) operands: usize,
}

/// What is known of a program that is such a prefix.
pub(super) fn prefix(program: &str) -> Option<Prefix> {
    let values: &'static [&'static str] = match program {
        "sudo" => &[
            "-u",
            "-g",
            "-h",
            "-p",
            "-C",
            "-r",
            "-t",
            "-T",
            "-U",
            "-D",
            "-R",
            "--user",
            "--group",
            "--host",
            "--prompt",
            "--chdir",
            "--chroot",
            "--close-from",
            "--role",
            "--type",
            "--other-user",
            "--command-timeout",
        ],
        "doas" => &["-u", "-C"],
        "env" => &["-u", "--unset", "-C", "--chdir"],
        "exec" => &["-a"],
        "time" => &["-f", "-o", "--format", "--output"],
        "timeout" | "gtimeout" => &["-s", "-k", "--signal", "--kill-after"],
        "nice" => &["-n", "--adjustment"],
        "ionice" => &["-c", "-n", "--class", "--classdata"],
        "chrt" | "taskset" => &[],
        "stdbuf" => &["-i", "-o", "-e", "--input", "--output", "--error"],
        "systemd-run" => &[
            "-p",
            "--property",
            "-u",
            "--unit",
            "-M",
            "--machine",
            "-H",
            "--host",
            "--slice",
            "--uid",
            "--gid",
            "-E",
            "--setenv",
            "--description",
            "--service-type",
            "--working-directory",
            "--on-active",
            "--on-boot",
            "--on-startup",
            "--on-unit-active",
            "--on-calendar",
            "--timer-property",
            "--nice",
            "--path-property",
        ],
        "systemd-inhibit" => &["--what", "--who", "--why", "--mode"],
        "systemd-cat" => &["-t", "-p", "--identifier", "--priority"],
        "xvfb-run" => &["-n", "-s", "-e", "-f", "-p", "-w", "--server-num", "--server-args"],
        "xargs" => &[
            "-a",
            "-d",
            "-E",
            "-I",
            "-L",
            "-n",
            "-P",
            "-s",
            "--arg-file",
            "--delimiter",
            "--max-lines",
            "--max-args",
            "--max-procs",
            "--max-chars",
        ],
        "sshpass" => &["-p", "-f", "-d", "-P"],
        "strace" | "ltrace" => &["-o", "-e", "-p", "-s", "-u"],
        "retry" => &["-n", "-d", "-t", "-s"],
        "nohup" | "setsid" | "command" | "builtin" | "unbuffer" | "chronic" | "dbus-run-session" | "winpty"
        | "tini" | "dumb-init" | "lima" | "caffeinate" | "coproc" | "then" | "do" | "else" | "!" | "sudo-rs"
        | "catchsegv" | "gosu" | "su-exec" | "chroot" | "unshare" | "proxychains" | "torify" | "with-contenv"
        | "nocache" => &[],
        _ => return None,
    };
    let operands = match program {
        "timeout" | "gtimeout" | "gosu" | "su-exec" | "chroot" | "chrt" | "taskset" => 1,
        _ => 0,
    };
    Some(Prefix { values, operands })
}
