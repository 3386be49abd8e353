//! `privlint completions`: the generator's scripts, with what it leaves out where a command stands beside paths.

use clap::CommandFactory;
use clap_complete::Shell;

use super::CLEAN;
use super::args::Cli;
use super::terminal::Terminal;

/// Writes a completion script.
pub(crate) fn completions(shell: Shell, terminal: &mut Terminal) -> u8 {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "privlint", &mut bytes);
    let script = String::from_utf8_lossy(&bytes);
    let script = match shell {
        Shell::Fish => for_fish(&script),
        Shell::Zsh => for_zsh(&script),
        _ => script.into_owned(),
    };
    terminal.out_bytes(script.as_bytes());
    CLEAN
}

/// fish: the values of an option before there is a command, and those of an argument without an option.
fn for_fish(script: &str) -> String {
    // an option that waits for its value is refused by argparse, and is no command
    let mut script = script.replacen("2>/dev/null\n    or return\n", "2>/dev/null\n    or return 0\n", 1);
    for command in Cli::command().get_subcommands() {
        for argument in command.get_positionals() {
            let values = argument.get_possible_values();
            let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
            if !names.is_empty() {
                script.push_str(&format!(
                    "complete -c privlint -n \"__fish_privlint_using_subcommand {}\" -f -a \"{}\"\n",
                    command.get_name(),
                    names.join(" ")
                ));
            }
        }
    }
    script
}

/// zsh: the first word is a command or a path, where the generator wants a path and then a command.
fn for_zsh(script: &str) -> String {
    const COMMANDS: &str = "\":: :_privlint_commands\" \\\n";
    const WORDS: &str =
        "_privlint_words() { _alternative 'commands:command:_privlint_commands' 'paths:path:_files' }\n\n";
    let Some((before, after)) = script.split_once(COMMANDS) else {
        return script.to_owned();
    };
    let (head, _paths) = before.trim_end().rsplit_once('\n').unwrap_or((before, ""));
    let command = Cli::command();
    let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let more_paths = format!(
        "[[ ' {} ' == *\" $line[1] \"* ]] || _files\n        case $line[1] in",
        names.join(" ")
    );
    let after = after
        .replace("$line[2]", "$line[1]")
        .replacen("case $line[1] in", &more_paths, 1);
    let script = format!("{head}\n\":: :_privlint_words\" \\\n{after}");
    script.replacen("if [ \"$funcstack[1]\"", &format!("{WORDS}if [ \"$funcstack[1]\""), 1)
}
