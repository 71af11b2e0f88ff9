//! The command line: what each command takes, and what it teaches.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::demo;

/// Nhịp Cầu joins government portals into one network: what is published once stands everywhere, proven.
#[derive(Parser)]
#[command(name = "nhipcau", version, about, long_about = None)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Start a small nation on this machine: the Government, a ministry, a province with its communes
    Demo(demo::Args),
    /// Serve the node in a folder
    Serve(ServeArgs),
}

#[derive(clap::Args)]
struct ServeArgs {
    /// The node's folder, made by `nhipcau init`
    #[arg(long, default_value = ".")]
    dir: PathBuf,
}

/// Runs the command that was typed. 0 when it went well, 1 when it did not, 2 when it was typed wrongly.
pub fn run() -> ExitCode {
    let command = Command::parse();
    logging();
    // The one provider of cryptography for TLS; a second call would find it there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("nhipcau: the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match command.what {
            What::Demo(args) => demo::run(args).await,
            What::Serve(args) => super::serve::run(&args.dir).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nhipcau: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("NHIPCAU_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
