//! `people`: who may work at a portal of this node, and the way back for whoever cannot sign in.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::call::{Client, Node};

/// What `people` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples, on the node's machine:\n  \
    nhipcau people add lan.tran --name \"Trần Thị Lan\" --role editor --dir /var/lib/nhipcau\n  \
    nhipcau people add chu.tich --name \"…\" --role leader --portal xa-a.laocai.gov.vn --dir /var/lib/nhipcau\n  \
    nhipcau people link lan.tran        a new one-time link: the way back for a lost password or device\n  \
    nhipcau people reset lan.tran       the way back for lost second factors; make sure that it is they who ask\n  \
    nhipcau people appoint lan.tran --role publisher --until 2026-12-31\n  \
    nhipcau people dismiss lan.tran --role editor\n\n\
    Roles: editor writes; publisher approves and issues; signer answers for official documents; clerk handles\n\
    petitions; leader may approve anything; administrator keeps accounts and issues nothing. A link works once,\n\
    for three days; give it to the person by a way that only they read.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// Print the answer as JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    act: Act,
}

#[derive(clap::Subcommand)]
enum Act {
    /// Who works at the portal, and as what
    List,
    /// Make an account and a one-time link to choose a password
    Add {
        /// What is typed to sign in: a-z, digits and . - _ @
        login: String,
        /// The person's name
        #[arg(long)]
        name: String,
        #[command(flatten)]
        roles: Roles,
    },
    /// Make a new one-time link; the account's sessions end when it is used
    Link {
        /// Whose
        login: String,
    },
    /// Give an account roles
    Appoint {
        /// Whom
        login: String,
        #[command(flatten)]
        roles: Roles,
    },
    /// Take roles away
    Dismiss {
        /// Whom
        login: String,
        /// Which
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
    },
    /// Take every second factor of an account away: authenticator app, recovery codes, passkeys
    Reset {
        /// Whose
        login: String,
    },
    /// Close an account: signed out everywhere, and not let in again
    Close {
        /// Whose
        login: String,
    },
    /// Open a closed account again
    Open {
        /// Whose
        login: String,
    },
}

#[derive(clap::Args)]
struct Roles {
    /// editor, publisher, signer, clerk, leader or administrator; may be repeated
    #[arg(long = "role", required = true)]
    roles: Vec<String>,
    /// The roles hold in the agencies under this one too
    #[arg(long)]
    below: bool,
    /// First day, 2026-11-26; today if absent
    #[arg(long)]
    since: Option<Date>,
    /// Last day; until further notice if absent
    #[arg(long)]
    until: Option<Date>,
}

/// Carries out what is asked.
///
/// # Errors
/// The node's refusal in its own words, or that it does not answer.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let client = args.node.client()?;
    let portal = args.node.portal.clone();
    let change = async |login: &str, act: &str, roles: Option<Value>| {
        let mut body = json!({ "portal": portal, "act": act });
        if let Some(roles) = roles {
            body["roles"] = roles;
        }
        client.post(&format!("/api/v1/people/{login}"), &body, None).await
    };
    let done = match args.act {
        Act::List => return list(&client, portal.as_deref(), args.json).await,
        Act::Add { login, name, roles } => {
            let person = json!({ "login": login, "name": name, "roles": roles.roles, "below": roles.below,
                "since": roles.since, "until": roles.until });
            client.post("/api/v1/people", &json!({ "portal": portal, "person": person }), None).await?
        }
        Act::Link { login } => change(&login, "link", None).await?,
        Act::Appoint { login, roles } => {
            let given = json!({ "roles": roles.roles, "below": roles.below, "since": roles.since, "until": roles.until });
            change(&login, "appoint", Some(given)).await?
        }
        Act::Dismiss { login, roles } => {
            change(&login, "appoint", Some(json!({ "roles": roles, "dismiss": true }))).await?
        }
        Act::Reset { login } => change(&login, "reset", None).await?,
        Act::Close { login } => change(&login, "close", None).await?,
        Act::Open { login } => change(&login, "open", None).await?,
    };
    if args.json {
        println!("{done}");
        return Ok(());
    }
    let text = |field: &str| done[field].as_str().unwrap_or_default();
    match done["link"].as_str() {
        Some(link) => println!(
            "{}\n  Liên kết dùng một lần, đến {} · one-time link:\n  {}{link}",
            text("login"),
            text("until"),
            address(&client, portal.as_deref()),
        ),
        None => println!("{}: đã xong · done", text("login")),
    }
    Ok(())
}

/// Where the link is opened: at the portal's own host, with the scheme and port of its node.
fn address(client: &Client, portal: Option<&str>) -> String {
    let base = &client.base;
    match (portal, base.split_once("://")) {
        (Some(domain), Some((scheme, authority))) => {
            let port = authority.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
            format!("{scheme}://{domain}{}", port.map(|(_, port)| format!(":{port}")).unwrap_or_default())
        }
        _ => base.clone(),
    }
}

async fn list(client: &Client, portal: Option<&str>, json: bool) -> anyhow::Result<()> {
    let path = match portal {
        Some(domain) => format!("/api/v1/people?portal={domain}"),
        None => "/api/v1/people".to_owned(),
    };
    let people = client.get_by_token(&path).await?;
    if json {
        println!("{people}");
        return Ok(());
    }
    let all = people.as_array().cloned().unwrap_or_default();
    if all.is_empty() {
        println!("Chưa có ai · nobody yet: nhipcau people add LOGIN --name NAME --role administrator");
    }
    for person in all {
        let roles: Vec<String> = person["roles"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|held| {
                let until = held["until"].as_str().map(|day| format!(" → {day}")).unwrap_or_default();
                let below = if held["below"] == true { " (+ dưới · below)" } else { "" };
                format!("{}{below}{until}", held["role"].as_str().unwrap_or_default())
            })
            .collect();
        let closed = if person["closed"] == true { " – đã khóa · closed" } else { "" };
        println!(
            "{:<24} {}{closed}: {}",
            person["login"].as_str().unwrap_or_default(),
            person["name"].as_str().unwrap_or_default(),
            roles.join(", ")
        );
    }
    Ok(())
}
