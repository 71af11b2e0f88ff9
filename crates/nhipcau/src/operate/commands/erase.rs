//! `erase`: proposed with the node's token, confirmed by a person who proves who they are.

use std::path::PathBuf;

use anyhow::bail;
use serde_json::{Value, json};

use super::call::{Client, Node, reference};
use super::prompt;
use crate::items::publish::Reason;

/// What `erase` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Two people erase: one proposes, another confirms.
  nhipcau erase 5bf19b2e-01a2… --reason \"Lộ dữ liệu cá nhân\" --basis \"Điều 16, Luật …\"
  nhipcau erase 5bf19b2e-01a2… --confirm --login ha.le       asks for the password, and a code if there is one
  nhipcau erase 5bf19b2e-01a2… --drop --login ha.le

Or the second person confirms it in the console. They are a publisher, signer or leader of the portal. \
`nhipcau show` says what waits. A password is never an argument: it is \
asked for at the terminal, or read from --password-file (mode 600; password on its first line, code on its second).

Final: every edition and file vanishes from every node; the log keeps the fact, its date and its basis. An \
erasure that is ordered of a portal below (`nhipcau order erase`) is confirmed here too.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// The item: its reference or its address
    item: String,
    /// Why; readers see it
    #[arg(long, required_unless_present_any = ["confirm", "drop"], conflicts_with_all = ["confirm", "drop"])]
    reason: Option<String>,
    /// The legal basis: article, clause, document
    #[arg(long, required_unless_present_any = ["confirm", "drop"], conflicts_with_all = ["confirm", "drop"])]
    basis: Option<String>,
    /// Confirm what waits, as the second person
    #[arg(long, requires = "login", conflicts_with = "drop")]
    confirm: bool,
    /// Drop what waits
    #[arg(long, requires = "login")]
    drop: bool,
    /// Who confirms or drops it
    #[arg(long)]
    login: Option<String>,
    /// Their password and code from a file that only this user may read
    #[arg(long, requires = "login", value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Do not ask for the reference again; for scripts
    #[arg(long)]
    yes: bool,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Proposes an erasure, confirms it or drops it.
///
/// # Errors
/// The node's refusal, or that the question was answered otherwise.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let reference = reference(&args.item)?;
    let client = args.node.client()?;
    if let Some(login) = args.login.as_deref().filter(|_| args.confirm || args.drop) {
        return decide(&args, &client, &reference, login).await;
    }
    if !args.yes {
        repeated(&client, &reference).await?;
    }
    let reason =
        Reason { reason: args.reason.unwrap_or_default(), basis: args.basis, gone: true, urgent: true };
    let waits = client.post(&format!("/api/v1/items/{reference}/erasure"), &reason, None).await?;
    println!("{}", if args.json { waits.to_string() } else { proposed(&client.base, &waits) });
    Ok(())
}

async fn decide(args: &Args, client: &Client, reference: &str, login: &str) -> anyhow::Result<()> {
    let of = args.node.portal.as_deref().map(|portal| format!("?portal={portal}")).unwrap_or_default();
    let waits = client.get_by_token(&format!("/api/v1/items/{reference}/proposal{of}")).await?;
    if args.confirm && !args.yes {
        eprintln!("{}", waiting(&waits));
        repeated(client, reference).await?;
    }
    let secret = match &args.password_file {
        Some(path) => prompt::from_file(path)?,
        None => prompt::asked(login)?,
    };
    let body = json!({
        "portal": waits["portal"], "at": waits["at"], "confirm": args.confirm,
        "login": login, "password": secret.password, "code": secret.code,
    });
    let done = client.post(&format!("/api/v1/items/{reference}/confirmation"), &body, None).await?;
    let line = match (args.json, args.confirm) {
        (true, _) => done.to_string(),
        (false, true) => {
            format!("Đã xóa theo căn cứ đã nêu, mục số {} · erased, entry {}", done["entry"], done["entry"])
        }
        (false, false) => "Đã bỏ đề xuất; không có gì bị xóa · dropped; nothing was erased".to_owned(),
    };
    println!("{line}");
    Ok(())
}

/// What was proposed, and what comes next: for whoever holds the token and may know nobody who confirms.
pub fn proposed(base: &str, waits: &Value) -> String {
    let text = |name: &str| waits[name].as_str().unwrap_or_default();
    let logins: Vec<&str> =
        waits["confirm"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let reference = text("reference");
    let next = match logins.first() {
        None => "\n  Cổng này chưa có ai xác nhận được; hãy mời người ký đầu tiên · nobody can confirm it yet; invite the first signer:\
                 \n    nhipcau people add LOGIN --name \"…\" --role signer"
            .to_owned(),
        Some(first) => format!(
            "\n  Người thứ hai xác nhận, ở bàn làm việc hoặc tại đây · a second person confirms, in the console or here ({}):\
             \n    {base}{}\n    nhipcau erase {reference} --confirm --login {first}",
            logins.join(", "),
            text("path")
        ),
    };
    format!("Đã đề xuất xóa {reference}; chưa có gì bị xóa · proposed; nothing is erased yet{next}")
}

/// A proposal as somebody reads it before they confirm it, and as `show` tells of it.
pub fn waiting(waits: &Value) -> String {
    let text = |name: &str| waits[name].as_str().unwrap_or_default();
    let who = Some(text("by")).filter(|by| !by.is_empty()).unwrap_or("máy chủ · the node's token");
    format!(
        "Chờ người thứ hai xác nhận xóa · an erasure waits for a second person ({who})\n  {}\n  Căn cứ · basis: {}",
        text("reason"),
        text("basis")
    )
}

/// Says what would vanish, and has the reference typed again.
///
/// # Errors
/// It was not repeated.
pub async fn repeated(client: &Client, reference: &str) -> anyhow::Result<()> {
    // An order may come before its item; then nothing is known of it yet.
    if let Ok(item) = client.get(&format!("/api/v1/items/{reference}")).await {
        let editions = item["editions"].as_array().map_or(0, Vec::len);
        eprintln!(
            "{}\n  {} bản trong sổ {} · editions in that log",
            item["card"]["title"].as_str().unwrap_or_default(),
            editions,
            item["origin"].as_str().unwrap_or_default()
        );
    }
    eprintln!(
        "Xóa là cuối cùng: nội dung sẽ biến mất ở mọi máy chủ. Gõ lại mã để xác nhận · type the reference to confirm:\n{reference}"
    );
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed)?;
    if typed.trim() != reference {
        bail!("not erased: the reference was not repeated (chưa xóa)");
    }
    Ok(())
}
