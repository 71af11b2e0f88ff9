//! `open311`: keys of programs that send petitions by Open311 GeoReport v2.

use serde_json::{Value, json};

use super::call::Node;

/// What `open311` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples, on the node's machine:\n  \
    nhipcau open311 add \"Ứng dụng Thành phố của tôi\" --dir /var/lib/nhipcau\n  \
    nhipcau open311 list\n  \
    nhipcau open311 end 3f0a9c11d2e4b567\n\n\
    A key is told once; the node keeps its hash. Reading needs none. Programs find the interface at\n\
    /open311/discovery.json of each portal, and send with api_key=KEY.")]
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
    /// The keys that were given
    List,
    /// Give a key
    Add {
        /// Whose program gets it
        name: String,
    },
    /// End a key; what was sent with it stays
    End {
        /// Its id, as `list` shows it
        id: String,
    },
}

/// Carries out what is asked.
///
/// # Errors
/// The node's refusal in its own words, or that it does not answer.
pub async fn run(args: Args) -> anyhow::Result<()> {
    const PATH: &str = "/api/v1/open311/keys";
    let client = args.node.client()?;
    let told = match args.act {
        Act::List => client.get_by_token(PATH).await?,
        Act::Add { name } => client.post(PATH, &json!({ "name": name }), None).await?,
        Act::End { id } => client.post(&format!("{PATH}/{id}"), &json!({ "act": "end" }), None).await?,
    };
    if args.json {
        println!("{told}");
        return Ok(());
    }
    let each: Vec<&Value> = match told["keys"].as_array() {
        Some(all) => all.iter().collect(),
        None => vec![&told],
    };
    if each.is_empty() {
        println!("Chưa cấp khóa nào · no key was given yet: nhipcau open311 add NAME");
    }
    for key in each {
        let text = |field: &str| key[field].as_str().unwrap_or_default();
        let state = match key["ended"].as_str() {
            Some(at) => format!("đã thu hồi · ended {at}"),
            None => format!("từ · since {}", text("made")),
        };
        println!("{}  {}  {state}", text("id"), text("name"));
        if let Some(secret) = key["key"].as_str() {
            println!("  Khóa, chỉ hiện một lần · the key, shown once:\n  {secret}");
        }
    }
    Ok(())
}
