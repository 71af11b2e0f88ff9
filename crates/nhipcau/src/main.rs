//! The command `nhipcau`. Everything is in the library; here is only the door.

fn main() -> std::process::ExitCode {
    nhipcau::operate::cli::run()
}
