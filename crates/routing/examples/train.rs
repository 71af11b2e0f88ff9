//! Writes the model that ships, without the rest of the program: `cargo run --release -p routing --example train -- FILE`.

use routing::table::Table;
use routing::train::{Effort, Material, train};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("a file to write is expected")?;
    let table = Table::shipped();
    let bytes = train(table, &Material::shipped(table)?, Effort::default()).to_bytes();
    std::fs::write(out, bytes)?;
    Ok(())
}
