//! The binary: everything is in the library.

fn main() -> std::process::ExitCode {
    privlint::cli::run(std::env::args_os())
}
