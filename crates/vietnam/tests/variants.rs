//! 201 real differences between two lists of commune names: the Statistics Office's of 2025, and the data set that ships.

#![allow(clippy::unwrap_used, clippy::panic)]

use vietnam::text::same;
use vietnam::units::Units;

const VARIANTS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/text/place_name_variants.csv");

#[test]
fn of_201_variants_all_but_the_real_differences_compare_equal() {
    let Ok(mut table) = csv::Reader::from_path(VARIANTS) else {
        println!("skipped: no {VARIANTS}");
        return;
    };
    let mut different = Vec::new();
    let mut count = 0;
    for row in table.records() {
        let row = row.unwrap();
        count += 1;
        if !same(&row[1], &row[2]) {
            different.push((row[1].to_owned(), row[2].to_owned()));
        }
    }
    assert_eq!(count, 201);
    // Ten communes of Đồng Nai became wards in 2026, and one list has a slip of the pen. All else is spelling.
    let (kinds, slips): (Vec<_>, Vec<_>) = different.iter().partition(|(a, b)| {
        a.strip_prefix("Xã ").is_some_and(|name| b.strip_prefix("Phường ") == Some(name))
    });
    assert_eq!(kinds.len(), 10, "{kinds:?}");
    assert_eq!(slips, [&("Xa Ea Kly".to_owned(), "Xã Ea Kly".to_owned())]);
}

#[test]
fn both_spellings_find_the_same_commune() {
    let Ok(mut table) = csv::Reader::from_path(VARIANTS) else {
        println!("skipped: no {VARIANTS}");
        return;
    };
    let units = Units::shipped();
    for row in table.records() {
        let row = row.unwrap();
        let commune = units.commune(row[0].parse().unwrap()).unwrap();
        let province = &units.province(commune.province).unwrap().name;
        for spelling in [&row[1], &row[2]] {
            let query = format!("{spelling}, {province}");
            assert_eq!(units.commune_named(&query).one(), Some(commune), "{query}");
        }
    }
}
