//! What search is measured beside: SQLite's FTS5, and BM25 over the syllables as they are written.

use std::collections::HashMap;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Row, SqlitePool};

use super::judgements::Item;

/// FTS5 with `unicode61 remove_diacritics 2`, asked for any of the words, ranked by its own bm25().
pub struct Fts(SqlitePool);

impl Fts {
    pub async fn of(items: &[Item]) -> Fts {
        let options: SqliteConnectOptions = "sqlite::memory:".parse().unwrap();
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        let table =
            "CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize=\"unicode61 remove_diacritics 2\")";
        sqlx::raw_sql(table).execute(&pool).await.unwrap();
        sqlx::raw_sql("BEGIN").execute(&pool).await.unwrap();
        for (place, item) in items.iter().enumerate() {
            sqlx::query_as::<_, (i64,)>(
                "INSERT INTO t (rowid, title, body) VALUES ($1, $2, $3) RETURNING rowid",
            )
            .bind(place as i64 + 1)
            .bind(item.whole_title())
            .bind(format!("{}\n{}", item.summary, item.text))
            .fetch_one(&pool)
            .await
            .unwrap();
        }
        sqlx::raw_sql("COMMIT").execute(&pool).await.unwrap();
        Fts(pool)
    }

    pub async fn find(&mut self, typed: &str) -> Vec<usize> {
        let words: Vec<String> = words(typed).map(|word| format!("\"{word}\"")).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let sql =
            format!("SELECT rowid FROM t WHERE t MATCH '{}' ORDER BY rank LIMIT 10", words.join(" OR "));
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&self.0).await.unwrap();
        rows.iter().map(|row| row.get::<i64, _>(0) as usize - 1).collect()
    }
}

/// BM25 (k1 1.2, b 0.75) over syllables with their diacritics, title and text as one.
pub struct Bm25 {
    postings: HashMap<String, Vec<(usize, f64)>>,
    lengths: Vec<f64>,
    mean: f64,
}

impl Bm25 {
    pub fn of(items: &[Item]) -> Bm25 {
        let mut postings: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        let mut lengths = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let mut counts: HashMap<String, f64> = HashMap::new();
            let text = format!("{} {} {}", item.whole_title(), item.summary, item.text);
            for word in words(&text) {
                *counts.entry(word).or_default() += 1.0;
            }
            lengths.push(counts.values().sum());
            for (word, count) in counts {
                postings.entry(word).or_default().push((place, count));
            }
        }
        let mean = lengths.iter().sum::<f64>() / lengths.len().max(1) as f64;
        Bm25 { postings, lengths, mean }
    }

    pub fn find(&self, typed: &str) -> Vec<usize> {
        let mut sums: HashMap<usize, f64> = HashMap::new();
        for word in words(typed) {
            let Some(list) = self.postings.get(&word) else { continue };
            let (n, with) = (self.lengths.len() as f64, list.len() as f64);
            let idf = (1.0 + (n - with + 0.5) / (with + 0.5)).ln();
            for (place, count) in list {
                let norm = 1.2 * (0.25 + 0.75 * self.lengths[*place] / self.mean);
                *sums.entry(*place).or_default() += idf * count * 2.2 / (count + norm);
            }
        }
        let mut all: Vec<(usize, f64)> = sums.into_iter().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        all.into_iter().take(10).map(|(place, _)| place).collect()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let lower = vietnam::text::nfc(text).to_lowercase();
    let words: Vec<String> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect();
    words.into_iter()
}
