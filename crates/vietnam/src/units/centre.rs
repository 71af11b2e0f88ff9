//! Where communes lie: the centre of each, for drawing a map of points. Borders are not among these data.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::CommuneCode;
use crate::DataError;
use crate::table::{at, rows};

const CENTRES: &str = "units/centres.csv";

/// A place on the earth (WGS 84), in thousandths of a degree: about 100 metres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Centre {
    /// East of Greenwich.
    pub longitude: i32,
    /// North of the equator.
    pub latitude: i32,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    longitude: f64,
    latitude: f64,
}

/// The centres of communes by their codes.
#[derive(Clone, Debug, Default)]
pub struct Centres(HashMap<CommuneCode, Centre>);

impl Centres {
    /// The centres that ship, read once.
    #[must_use]
    pub fn shipped() -> &'static Centres {
        static SHIPPED: LazyLock<Centres> = LazyLock::new(|| {
            Centres::parse(include_str!("../../../../data/units/centres.csv"))
                .expect("the compiled-in table parses: a test reads it")
        });
        &SHIPPED
    }

    /// Centres from a table `code,longitude,latitude` in degrees.
    ///
    /// # Errors
    /// Names the line and what is wrong: a bad code, one twice, a place that lies outside of Viet Nam and its seas.
    pub fn parse(table: &str) -> Result<Centres, DataError> {
        let mut centres = HashMap::new();
        for (line, row) in rows::<Row>(CENTRES, table)? {
            let code: CommuneCode = at(CENTRES, line, row.code.parse())?;
            let centre = at(CENTRES, line, place(row.longitude, row.latitude))?;
            if centres.insert(code, centre).is_some() {
                return at(CENTRES, line, Err(format!("code {code} stands twice")));
            }
        }
        Ok(Centres(centres))
    }

    /// The centre of a commune.
    #[must_use]
    pub fn of(&self, code: CommuneCode) -> Option<Centre> {
        self.0.get(&code).copied()
    }
}

fn place(longitude: f64, latitude: f64) -> Result<Centre, String> {
    if !(102.0..=118.0).contains(&longitude) || !(6.0..=24.0).contains(&latitude) {
        return Err(format!(
            "{longitude}, {latitude}: longitude 102–118 and latitude 6–24 are expected, in degrees"
        ));
    }
    let thousandths = |degrees: f64| (degrees * 1000.0).round() as i32;
    Ok(Centre { longitude: thousandths(longitude), latitude: thousandths(latitude) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::units::Units;

    #[test]
    fn every_commune_lies_somewhere() {
        let units = Units::shipped();
        for commune in units.communes() {
            assert!(Centres::shipped().of(commune.code).is_some(), "{}", commune.full_name());
        }
        assert_eq!(Centres::shipped().0.len(), units.communes().len());
    }

    #[test]
    fn the_special_zones_lie_where_they_are() {
        let zone = |name: &str| {
            let commune = Units::shipped().commune_named(name).one().unwrap();
            Centres::shipped().of(commune.code).unwrap()
        };
        assert_eq!(zone("đặc khu Hoàng Sa"), Centre { longitude: 112_135, latitude: 16_568 });
        assert_eq!(zone("đặc khu Trường Sa"), Centre { longitude: 114_450, latitude: 9_710 });
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = |lines: &str| {
            Centres::parse(&format!("code,longitude,latitude\n{lines}")).unwrap_err().to_string()
        };
        assert!(error("00004,21.0,105.8").contains("line 2: 21, 105.8"));
        assert!(error("00004,105.8,21.0\n00004,105.8,21.0").contains("line 3: code 00004 stands twice"));
        assert!(error("4,105.8,21.0").contains("exactly 5 digits"));
        assert!(error("00004,x,21.0").contains("line 2"));
    }
}
