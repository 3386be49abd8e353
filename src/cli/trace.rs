//! `privlint trace`: prints the commands that record what a launch really does. Runs none of them.

use std::path::Path;

use super::terminal::Terminal;
use super::{CLEAN, FAILED};

/// A launch, as far as the commands need it.
struct Launch {
    /// The words, quoted for a shell.
    text: String,
    engine: String,
    /// The container's name, quoted.
    name: String,
    /// False where the name had to be made up.
    named: bool,
    /// True where the launch as given waits for the container's end.
    waits: bool,
    /// True where it may be among the processes of the host.
    among_host: bool,
}

/// The machine that the commands are for.
struct Host<'a> {
    /// True where a program of that name can be found.
    has: &'a dyn Fn(&str) -> bool,
    root: bool,
    /// The kernel's release: `6.14.0-27-generic`.
    kernel: String,
}

/// Prints the commands; gives the exit code.
pub(crate) fn run(words: &[String], terminal: &mut Terminal) -> u8 {
    match launch(words) {
        Ok(launch) => {
            let host = Host {
                has: &is_installed,
                root: is_root(),
                kernel: std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default(),
            };
            terminal.out(&script(&launch, &host));
            CLEAN
        }
        Err(why) => {
            terminal.error(&why);
            FAILED
        }
    }
}

fn launch(words: &[String]) -> Result<Launch, String> {
    if words.iter().any(|w| w.chars().any(char::is_control)) {
        return Err("the command holds a control character".to_owned());
    }
    let base = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    let is_engine = |w: &String| matches!(base(w).as_str(), "podman" | "docker" | "nerdctl");
    let Some(at) = words.iter().position(is_engine) else {
        return Err("the command is no `podman run` or `docker run`".to_owned());
    };
    let engine = words.get(at).map(|w| base(w)).unwrap_or_default();
    let Some(verb) = words.iter().skip(at).position(|w| w == "run").map(|i| i + at) else {
        return Err(format!("the command runs no container: `{engine} run …` does"));
    };
    let mut name = None;
    let mut waits = true;
    let mut among_host = false;
    let mut rest = words.iter().skip(verb + 1).peekable();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--name" => name = rest.peek().map(|w| (*w).clone()),
            "-d" | "--detach" | "-dit" | "-itd" => waits = false,
            "--pid" => among_host |= rest.peek().is_some_and(|w| *w != "private"),
            word if word.starts_with("--pid=") => among_host |= word != "--pid=private",
            word => name = word.strip_prefix("--name=").map(str::to_owned).or(name),
        }
    }
    let mut shown: Vec<String> = words.to_vec();
    let named = name.is_some();
    let name = name.unwrap_or_else(|| "traced".to_owned());
    if !named {
        shown.insert(verb + 1, name.clone());
        shown.insert(verb + 1, "--name".to_owned());
    }
    if waits {
        shown.insert(verb + 1, "-d".to_owned());
    }
    // a second life needs the container
    shown.retain(|w| w != "--rm");
    Ok(Launch {
        text: shell_words::join(&shown),
        engine,
        name: shell_words::quote(&name).into_owned(),
        named,
        waits,
        among_host,
    })
}

/// True where a program of that name can be found.
fn is_installed(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([Path::new("/usr/share/bcc/tools").to_owned()]);
    folders.into_iter().any(|folder| folder.join(tool).is_file())
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// The commands, as a script to read and then to run.
fn script(launch: &Launch, host: &Host) -> String {
    let has = host.has;
    let sudo = if host.root { "" } else { "sudo " };
    let Launch { engine, name, .. } = launch;
    let mut out = String::from("# privlint runs none of this. Read it, then run it on the host of the container.\n");
    if !launch.named {
        out.push_str("# The launch got a name, so that the trace can say whose it is.\n");
    }
    if launch.waits {
        out.push_str("# The launch got -d, so that the trace can go on beside it.\n");
    }
    out.push_str("log=privlint-evidence.log\n: >\"$log\"\n\n");
    out.push_str("# 1. Every capability that is asked for, in two lives: the first on new data, and a later one.\n");
    out.push_str(&record(launch, host, sudo));
    out.push_str("\n# 2. What it has, what it runs as, and what it says.\n");
    out.push_str(&format!("{engine} start {name}\n"));
    out.push_str(&match engine.as_str() {
        "podman" => format!("podman top {name} capeff label >>\"$log\"\n"),
        engine => {
            format!("grep CapEff \"/proc/$({engine} inspect -f '{{{{.State.Pid}}}}' {name})/status\" >>\"$log\"\n")
        }
    });
    out.push_str("# Which of its files carry capabilities: such a program fails to start without them.\n");
    let process = format!("$({engine} inspect -f '{{{{.State.Pid}}}}' {name})");
    let list = "cd \"/proc/$0/root\" && getcap -r . 2>/dev/null && echo \"privlint: files $1\"";
    out.push_str(&format!("{sudo}sh -c '{list}' \"{process}\" {name} >>\"$log\"\n"));
    out.push_str(&format!("{engine} logs {name} >>\"$log\" 2>&1\n"));
    out.push_str("\n# 3. What SELinux, AppArmor or a filter of system calls has refused.\n");
    out.push_str(&match has("ausearch") {
        true => format!("{sudo}ausearch -m avc,user_avc,seccomp,selinux_err -ts recent >>\"$log\"\n"),
        false => format!("{sudo}journalctl -k --since=-10min >>\"$log\"    # ausearch is not installed\n"),
    });
    if has("semodule") {
        let hidden = "Some refusals leave no record:";
        out.push_str(&format!(
            "# {hidden} `{sudo}semodule -DB` shows them all, `{sudo}semodule -B` hides them again.\n"
        ));
    }
    if has("getsebool") {
        out.push_str("sestatus >>\"$log\"; getsebool -a | grep -E '^(container|virt)_' >>\"$log\"\n");
    }
    out.push_str("\n# 4. What it means.\nprivlint denials \"$log\"\nprivlint inspect --evidence \"$log\"\n");
    out
}

/// The commands that record capabilities over two lives.
fn record(launch: &Launch, host: &Host, sudo: &str) -> String {
    let Launch { text, engine, name, .. } = launch;
    if launch.among_host {
        let why = "# With --pid its processes are told from no others: what they ask for is not recorded.";
        return format!("{why}\n{text}\n");
    }
    if !(host.has)("bpftrace") {
        return format!("# bpftrace is not installed; with it, this would record them.\n{text}\n");
    }
    let checks = if has_tracepoint(&host.kernel) {
        BY_TRACEPOINT
    } else {
        BY_KPROBE
    };
    let mut out = String::from("# It is ready within seconds; where it is not, the log says why.\n");
    out.push_str(&format!("record='{checks}{PROCESSES}'\n"));
    for (life, start) in [("first", text.clone()), ("later", format!("{engine} start {name}"))] {
        out.push_str(&format!("echo 'privlint: life {life}' {name} >>\"$log\"\n"));
        out.push_str(&format!("{sudo}bpftrace -e \"$record\" >>\"$log\" 2>&1 &\n"));
        let begun = format!("sed -n '/^privlint: life {life}/,$p' \"$log\"");
        out.push_str(&format!(
            "until {begun} | grep -q '^privlint: ready'; do sleep 1; done; sleep 1\n{start}\n"
        ));
        out.push_str(
            "# Use it now as it is used. If you ever reload it, do so, and: echo 'privlint: reload' >>\"$log\"\n",
        );
        out.push_str(&format!("{engine} stop {name}; sleep 1; {sudo}kill -INT $!; wait\n"));
        out.push_str("echo 'privlint: stop' >>\"$log\"\n");
    }
    out
}

/// What records the checks of capabilities that were granted, as the kernel tells of them since 6.14. Both
/// ways print what `capable.bt` prints, of programs in a process id namespace of their own.
const BY_TRACEPOINT: &str = include_str!("trace/tracepoint.bt");
/// What records them in an older kernel.
const BY_KPROBE: &str = include_str!("trace/kprobe.bt");
/// What tells the processes of containers from others, for both.
const PROCESSES: &str = include_str!("trace/processes.bt");

/// True where the kernel has a tracepoint for checks of capabilities.
fn has_tracepoint(release: &str) -> bool {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    let version = (numbers.next().and_then(Result::ok), numbers.next().and_then(Result::ok));
    version >= (Some(6), Some(14))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        shell_words::split(text).unwrap()
    }

    fn host(has: &dyn Fn(&str) -> bool, root: bool) -> Host<'_> {
        Host {
            has,
            root,
            kernel: "6.14.0-27-generic".to_owned(),
        }
    }

    #[test]
    fn the_kernel_decides_where_checks_are_seen() {
        for (release, has) in [
            ("6.18.44-x", true),
            ("6.14.0\n", true),
            ("7.0", true),
            ("6.9.1", false),
            ("", false),
        ] {
            assert_eq!(has_tracepoint(release), has, "{release}");
        }
        let old = Host {
            kernel: "5.14.0-427.el9.x86_64".to_owned(),
            ..host(&|_| true, true)
        };
        let one = launch(&words("podman run -d --name web nginx")).unwrap();
        assert!(script(&one, &old).contains("kretprobe:cap_capable"));
        assert!(script(&one, &host(&|_| true, true)).contains("tracepoint:capability:cap_capable"));
        // the script stands in single quotes
        assert!(![BY_TRACEPOINT, BY_KPROBE, PROCESSES].concat().contains('\''));
    }

    #[test]
    fn the_launch_gets_a_name_and_goes_on_beside_the_trace() {
        let one = launch(&words("podman run --rm -v ./a:/a registry:2")).unwrap();
        assert_eq!(one.text, "podman run -d --name traced -v ./a:/a registry:2");
        let one = launch(&words("sudo docker run -d --name web nginx")).unwrap();
        assert_eq!(
            (one.text.as_str(), one.engine.as_str()),
            ("sudo docker run -d --name web nginx", "docker")
        );
        assert!(launch(&words("podman ps")).is_err() && launch(&words("ls")).is_err());
    }

    #[test]
    fn only_tools_that_are_there_are_called() {
        let one = launch(&words("podman run -d --name web nginx")).unwrap();
        let none = script(&one, &host(&|_| false, false));
        assert!(none.contains("bpftrace is not installed") && !none.contains("ausearch -m"));
        let all = script(&one, &host(&|_| true, true));
        assert!(all.contains("privlint: life first") && all.contains("ausearch -m") && !all.contains("sudo"));
        assert!(all.contains("getcap -r . 2>/dev/null && echo \"privlint: files $1\"'"));
    }

    #[test]
    fn processes_of_the_host_are_not_recorded() {
        let script = |line: &str| script(&launch(&words(line)).unwrap(), &host(&|_| true, true));
        for line in ["podman run --pid host --name web nginx", "docker run --pid=host nginx"] {
            assert!(!script(line).contains("record="), "{line}");
        }
        assert!(script("podman run --pid=private --name web nginx").contains("record="));
    }
}
