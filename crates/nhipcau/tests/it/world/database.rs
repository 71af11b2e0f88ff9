//! Where the nodes' data live: a file each on SQLite, a database each on PostgreSQL.
//!
//! On PostgreSQL every database is a copy of one template, migrated once per server and schema. The
//! template's name is a hash of the migrations, so a changed schema makes a new one.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};
use tokio::sync::OnceCell;

/// Any number that nobody else on the server locks.
const TEMPLATE_LOCK: i64 = 0x6e68_6970;

/// The address of the server on which nodes keep their data; none for SQLite.
pub fn postgres() -> Option<String> {
    std::env::var("NHIPCAU_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// True if the nodes' data live in PostgreSQL.
pub fn on_postgres() -> bool {
    postgres().is_some()
}

/// The migrations of one engine, as the program has them.
pub async fn migrations(engine: &str) -> Migrator {
    Migrator::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine)).await.unwrap()
}

async fn server() -> PgConnection {
    PgConnection::connect(&postgres().unwrap()).await.unwrap()
}

#[allow(clippy::disallowed_methods, reason = "what is said to the server is no statement of the program")]
async fn say(server: &mut PgConnection, sql: String) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone()))
        .execute(server)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// A statement for the server itself: a database made, copied, dropped.
pub async fn at_server(sql: String) {
    say(&mut server().await, sql).await;
}

/// Every row of every table of a database, as text.
#[allow(clippy::disallowed_methods, reason = "what is asked of the server is no statement of the program")]
pub async fn rows(url: &str) -> String {
    let mut asked = PgConnection::connect(url).await.unwrap();
    let tables: Vec<(String,)> = sqlx::query_as(
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'",
    )
    .fetch_all(&mut asked)
    .await
    .unwrap();
    let mut all = String::new();
    for (table,) in tables {
        let sql = format!("SELECT t::text FROM {table} t");
        let rows: Vec<(String,)> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&mut asked).await.unwrap();
        all.push_str(&table);
        all.extend(rows.into_iter().flat_map(|(row,)| ["\n".to_owned(), row]));
    }
    all
}

/// The last part of a database's address.
pub fn database_name(url: &str) -> &str {
    url.rsplit_once('/').unwrap().1
}

fn address(name: &str) -> String {
    format!("{}/{name}", postgres().unwrap().rsplit_once('/').unwrap().0)
}

/// The name of a migrated, empty database to copy from; made by whichever test comes first.
async fn template() -> String {
    let migrations = migrations("postgres").await;
    let all: Vec<u8> = migrations.iter().flat_map(|m| m.sql.as_str().bytes()).collect();
    let name = format!("nhipcau_template_{}", hex::encode(&Sha256::digest(&all)[..8]));
    let mut server = server().await;
    say(&mut server, format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
    let (there,): (bool,) = sqlx::query_as("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut server)
        .await
        .unwrap();
    if !there {
        // Made under another name first: one that was left half made must not be taken for whole.
        let half = format!("{name}_half");
        say(&mut server, format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)")).await;
        say(&mut server, format!("CREATE DATABASE {half}")).await;
        let mut made = PgConnection::connect(&address(&half)).await.unwrap();
        migrations.run(&mut made).await.unwrap();
        made.close().await.unwrap();
        say(&mut server, format!("ALTER DATABASE {half} RENAME TO {name}")).await;
    }
    // The lock ends with the connection.
    server.close().await.unwrap();
    name
}

/// The address of a fresh database with the program's schema, if the data are to live in PostgreSQL.
pub async fn new_database() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    postgres()?;
    let template = TEMPLATE.get_or_init(template).await;
    let name = format!("nhipcau_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut server = server().await;
    say(&mut server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    say(&mut server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    Some(address(&name))
}

/// Removes what [`new_database`] made.
pub async fn drop_database(url: &str) {
    at_server(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", database_name(url))).await;
}
