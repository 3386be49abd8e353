//! The command line: reads what is asked, does it, and gives the exit code.
//!
//! 0: nothing at or above `--fail-on`. 1: findings. 2: privlint could not finish. Findings go to
//! standard output, all else to standard error.

mod age;
mod args;
mod baseline;
mod check;
mod completions;
mod danger;
mod date;
mod denials;
mod diffing;
mod evidence;
mod exceptions;
mod files;
mod fixing;
mod holds;
mod ignoring;
mod image;
mod inspect;
mod order;
mod pages;
mod progress;
mod revealed;
mod setup;
mod statistics;
mod terminal;
mod told;
mod trace;
mod watch;
mod words;
mod write;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Command};
pub use image::pages as image_pages;
use terminal::Terminal;

/// Nothing to complain of.
const CLEAN: u8 = 0;
/// Findings.
const FOUND: u8 = 1;
/// privlint could not finish.
const FAILED: u8 = 2;

/// Bytes of stack for the threads that read files: fronts descend into nested text, within bounds.
const STACK: usize = 16 * 1024 * 1024;

/// Runs privlint with the arguments of a process, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(command_first(args.into_iter().collect())) {
        Ok(cli) => cli,
        Err(error) => {
            // help and version are no mistakes; writing them to a closed pipe is none either
            let code = if error.use_stderr() { FAILED } else { CLEAN };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    // a panic is a bug that is told in one line, never a backtrace in a reader's terminal
    std::panic::set_hook(Box::new(|_| {}));
    let worked = catch_unwind(AssertUnwindSafe(|| on_large_stack(cli)));
    std::process::ExitCode::from(worked.unwrap_or_else(|panic| {
        let mut terminal = Terminal::new(args::ColorWhen::Auto);
        let what = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        terminal.error(&format!(
            "internal error: {what}; please report it with the file it happened on"
        ));
        FAILED
    }))
}

/// The arguments with `--color WHEN` behind the subcommand that it stands before: an option that comes first
/// begins a check, which takes the subcommand for a path.
fn command_first(mut args: Vec<OsString>) -> Vec<OsString> {
    let width = match args.get(1).and_then(|first| first.to_str()) {
        Some("--color") => 2,
        Some(first) if first.starts_with("--color=") => 1,
        _ => return args,
    };
    let command = args.get(1 + width).and_then(|word| word.to_str());
    if command.is_some_and(|word| Cli::command().find_subcommand(word).is_some()) {
        args[1..2 + width].rotate_right(1);
    }
    args
}

fn on_large_stack(cli: Cli) -> u8 {
    // the default pool serves where threads cannot be made
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(pool) => pool.install(|| dispatch(cli)),
        Err(_) => dispatch(cli),
    }
}

fn check_once_or_on(args: &args::CheckArgs, terminal: &mut Terminal) -> u8 {
    match args.watch {
        true => watch::run(args, terminal),
        false => check::run(args, terminal),
    }
}

fn dispatch(cli: Cli) -> u8 {
    let mut terminal = Terminal::new(cli.color);
    let code = match cli.command {
        None => check_once_or_on(&cli.check, &mut terminal),
        Some(Command::Check(args)) => check_once_or_on(&args, &mut terminal),
        Some(Command::Inspect(args)) => inspect::run(&args, &mut terminal),
        Some(Command::Exceptions(args)) => exceptions::run(&args, &mut terminal),
        Some(Command::Denials(args)) => denials::run(&args, &mut terminal),
        Some(Command::Trace { words }) => trace::run(&words, &mut terminal),
        Some(Command::Explain { rule }) => pages::explain(&rule, &mut terminal),
        Some(Command::Rules { format }) => pages::rules(format, &mut terminal),
        Some(Command::Completions { shell }) => completions::completions(shell, &mut terminal),
        Some(Command::Image(args)) => image::run(&args, &mut terminal),
        Some(Command::Man) => setup::man(&mut terminal),
        Some(Command::Init) => setup::init(&mut terminal),
    };
    terminal.finish(code)
}
