//! The command line: one enum, one file a command. Each `--help` teaches.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use super::commands::{
    audit, backup, bulletin, bundle, calendar, check_text, clean, digest, doctor, enrol, erase, feed,
    gazette, init, issue, item, keys, kinds, letter, look, merge, offline, open311, people, procedures,
    publish, reindex, rules, simulate, suggest, upgrade, verify,
};
use super::{bench, demo, nation, rehearsal, serve};

/// Nhịp Cầu joins government portals into one network: what is published once stands everywhere, proven.
///
/// Nhịp Cầu nối các cổng thông tin điện tử của cơ quan nhà nước: đăng một lần, đứng đúng từng chữ ở mọi nơi.
#[derive(Parser)]
#[command(
    name = "nhipcau",
    version,
    after_help = "\
Commands that publish speak to a running node:
  --node URL      its address; else NHIPCAU_NODE; else `url` in the folder's nhipcau.toml;
                  else http://127.0.0.1:8080
  --dir FOLDER    its folder, for admin.token; else NHIPCAU_DIR; else this folder, if it is one
  NHIPCAU_TOKEN   the token itself, where the folder is elsewhere
  --json          what a program may read, on standard output; progress and faults go to
                  standard error

Exit codes: 0 done; 1 refused, failed or not verified (the reason stands on the last line); 2 typed wrongly.
NHIPCAU_LOG=info (or debug) shows what a command does."
)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Start a small nation on this machine: the Government, a ministry, a province with its communes
    Demo(demo::Args),
    /// Start a rehearsal: a node of its own to learn on, from which nothing leaves
    Rehearse(rehearsal::Args),
    /// Make a node: keys, configuration, token, join request
    Init(Box<init::Args>),
    /// Make a new administrator's token for a node
    Token(init::TokenArgs),
    /// Serve the node in a folder
    Serve(serve::Args),
    /// Vouch for a child agency: its join request is written into the parent's log
    Enrol(enrol::Args),
    /// State what is different of a child agency: name, code, accountable unit, node
    Change(enrol::ChangeArgs),
    /// Close a child agency: name its successor, or its last honest size
    Close(enrol::CloseArgs),
    /// Plan, propose and confirm a merger: agencies end and another takes their place
    Merge(Box<merge::MergeArgs>),
    /// Plan and propose a division: an agency ends and several take its place
    Split(Box<merge::SplitArgs>),
    /// Give a portal its own colour and mark
    Look(look::Args),
    /// Say who may work at a portal, and open the way back for whoever cannot sign in
    People(people::Args),
    /// Give and end the keys of programs that send petitions by Open311
    Open311(open311::Args),
    /// Show who did and saw what, and check that nothing of it was changed
    Audit(audit::Args),
    /// Show the calendar of working days; check a newer file against it, and load it
    Calendar(calendar::Args),
    /// Show the keys of logs, make one in a token (PKCS#11), and change a log's key
    Keys(keys::Args),
    /// Teach the kinds of items: their fields, and an example file of each
    Kinds(kinds::Args),
    /// Try whether sealed letters to another portal arrive
    Letter(letter::Args),
    /// Print a day's digest as a draft, with a link to each item of the day
    Digest(digest::Args),
    /// Issue items: a Markdown or JSON file, a folder, JSON lines, or standard input
    Issue(issue::Args),
    /// Import records of the official gazette with their relations
    Gazette(gazette::Args),
    /// Read feeds of other portals as they would be taken over
    Feed(feed::Args),
    /// Import procedures of the national database: new ones, and what has changed
    Procedures(procedures::Args),
    /// Correct an item: a new edition that says what was wrong
    Correct(publish::EditionArgs),
    /// Update an item: a new edition, because the matter went on
    Update(publish::EditionArgs),
    /// Replace an item by another text under the same name
    Replace(publish::EditionArgs),
    /// Withdraw an item from every portal that shows it
    Withdraw(publish::WithdrawArgs),
    /// Propose to erase an item's content everywhere, or confirm it as the second person; final
    Erase(erase::Args),
    /// Order that an item of a portal below be withdrawn, or propose that it be erased
    Order(publish::OrderArgs),
    /// Show an item: what it says, how it stands, where
    Show(item::Args),
    /// Check a proof file, an item's address or a whole portal: authentic? complete? in force?
    Verify(verify::Args),
    /// Count a deadline: working days, days or hours, with every day explained
    Deadline(rules::DeadlineArgs),
    /// Read a document's number, however it was written: 42/2022/NĐ-CP
    Number(rules::NumberArgs),
    /// Find what a reader of a text would stumble over: long sentences, old names, wrong days, personal data
    CheckText(check_text::Args),
    /// Suggest who must answer a message: field, level, agency, kind, urgency, with reasons
    Suggest(Box<suggest::Args>),
    /// Make Markdown of a .docx, of HTML from Word or a web page, or of text in an old encoding
    Clean(clean::Args),
    /// Write the nation's news into one file, for a node without a line
    Export(bundle::ExportArgs),
    /// Take such a file in: everything in it is proven first
    Import(bundle::ImportArgs),
    /// Write a day's bulletin for the loudspeakers: as text, or as sound by espeak-ng and ffmpeg
    Bulletin(bulletin::Args),
    /// Write a portal as plain files that any browser reads without a line or a server
    Offline(offline::Args),
    /// Say in words whether a node is well, and what to do if not
    Doctor(doctor::Args),
    /// Build the search index anew; the node goes on answering
    Reindex(reindex::Args),
    /// Copy a node's data, consistent even while it runs
    Backup(backup::BackupArgs),
    /// Put a checked backup into an empty folder
    Restore(backup::RestoreArgs),
    /// Bring a stopped node's data to this version, after backing them up; --check only says what would be done
    Upgrade(upgrade::Args),
    /// Measure this machine against the budgets: pages, search, the console, appends, catch-up, feeds, petitions, start, memory
    Bench(bench::Args),
    /// Run the whole country in this process and measure it: 52 nodes, 3,373 portals
    Nation(nation::Args),
    /// Live through a day of 3,400 nodes with everything going wrong, in virtual time
    Simulate(simulate::Args),
}

/// The command line as `clap` knows it, for the table of commands in the README.
pub fn command() -> clap::Command {
    Command::command()
}

/// Runs the command that was typed. 0 when it went well, 1 when it did not, 2 when it was typed wrongly.
pub fn run() -> ExitCode {
    end_with_the_reader();
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
            What::Rehearse(args) => rehearsal::run(args).await,
            What::Init(args) => init::run(*args).await,
            What::Token(args) => init::token(&args),
            What::Serve(args) => serve::run(args).await,
            What::Enrol(args) => enrol::run(args).await,
            What::Change(args) => enrol::change(args).await,
            What::Close(args) => enrol::close(args).await,
            What::Merge(args) => merge::merge(*args).await,
            What::Split(args) => merge::split(*args).await,
            What::Look(args) => look::run(args).await,
            What::People(args) => people::run(args).await,
            What::Open311(args) => open311::run(args).await,
            What::Audit(args) => audit::run(args).await,
            What::Calendar(args) => calendar::run(args).await,
            What::Keys(args) => keys::run(args).await,
            What::Kinds(args) => kinds::run(&args),
            What::Letter(args) => letter::run(args).await,
            What::Digest(args) => digest::run(args).await,
            What::Issue(args) => issue::run(args).await,
            What::Gazette(args) => gazette::run(args).await,
            What::Feed(args) => feed::run(&args).await,
            What::Procedures(args) => procedures::run(args).await,
            What::Correct(args) => publish::edition(args, "correct").await,
            What::Update(args) => publish::edition(args, "update").await,
            What::Replace(args) => publish::edition(args, "replace").await,
            What::Withdraw(args) => publish::withdraw(args).await,
            What::Erase(args) => erase::run(args).await,
            What::Order(args) => publish::order(args).await,
            What::Show(args) => item::run(args).await,
            What::Verify(args) => verify::run(args).await,
            What::Deadline(args) => rules::deadline(&args),
            What::Number(args) => rules::number(&args),
            What::CheckText(args) => check_text::run(&args),
            What::Suggest(args) => suggest::run(&args),
            What::Clean(args) => clean::run(&args),
            What::Export(args) => bundle::export(args).await,
            What::Import(args) => bundle::import(args).await,
            What::Bulletin(args) => bulletin::run(args).await,
            What::Offline(args) => offline::run(args).await,
            What::Doctor(args) => doctor::run(args).await,
            What::Reindex(args) => reindex::run(args).await,
            What::Backup(args) => backup::backup(args).await,
            What::Restore(args) => backup::restore(args).await,
            What::Upgrade(args) => upgrade::run(args).await,
            What::Bench(args) => bench::run(args).await,
            What::Nation(args) => nation::run(args).await,
            What::Simulate(args) => simulate::run(args).await,
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

/// Whoever reads the output may stop (`| head`): then the program ends as SIGPIPE would end it, and nothing is wrong.
fn end_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |fault| {
        if fault.payload_as_str().is_some_and(|why| why.starts_with("failed printing to stdout")) {
            std::process::exit(141);
        }
        usual(fault);
    }));
}

fn logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("NHIPCAU_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    // What is kept in a file or a journal has no colours.
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
}
