//! Who is in the simulated nation: the real directory, one node for each body that runs one.
//!
//! The Government, the ministries and ministerial agencies, and the provinces have nodes; a province's
//! node also hosts the portals of its communes.

use anyhow::Context;
use jiff::civil::Date;
use network::entry::Level;
use network::names::Origin;
use vietnam::agencies::Agencies;
use vietnam::units::Units;

/// One node and what it hosts.
pub struct Member {
    /// Its body.
    pub body: Body,
    /// The communes whose portals it hosts.
    pub communes: Vec<Body>,
}

/// A body with a portal.
pub struct Body {
    /// The portal's domain.
    pub domain: String,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Its level.
    pub level: Level,
}

impl Body {
    /// Its log.
    ///
    /// # Errors
    /// When the domain makes no valid name.
    pub fn origin(&self) -> anyhow::Result<Origin> {
        Ok(format!("{}/log", self.domain).parse()?)
    }
}

impl Member {
    /// The node's name.
    ///
    /// # Errors
    /// When the domain makes no valid name.
    pub fn node(&self) -> anyhow::Result<Origin> {
        Ok(format!("{}/node", self.body.domain).parse()?)
    }

    /// All portals of the node, its own first.
    pub fn portals(&self) -> impl Iterator<Item = &Body> {
        std::iter::once(&self.body).chain(&self.communes)
    }
}

/// How much of the country takes part.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Ministries at most.
    pub ministries: usize,
    /// Provinces at most.
    pub provinces: usize,
    /// Communes of each province at most.
    pub communes: usize,
}

impl Size {
    /// All of it.
    pub const WHOLE: Size = Size { ministries: usize::MAX, provinces: usize::MAX, communes: usize::MAX };

    /// So many nodes: the Government's, a third ministries, the others provinces.
    pub fn of(nodes: usize, communes: Option<usize>) -> Size {
        let ministries = (nodes.saturating_sub(1) / 3).max(2);
        let provinces = nodes.saturating_sub(1 + ministries);
        Size { ministries, provinces, communes: communes.unwrap_or(Size::WHOLE.communes) }
    }
}

/// The nodes of the country as it stands on a day: the Government first, then ministries, then provinces.
///
/// # Errors
/// When the shipped directory lacks something that it must have.
pub fn members(day: Date, size: Size) -> anyhow::Result<Vec<Member>> {
    let (agencies, units) = (Agencies::shipped(), Units::shipped());
    let government =
        agencies.by_domain("chinhphu.vn", day).context("the Government is not in the directory")?;
    let mut members = vec![Member {
        body: Body {
            domain: "chinhphu.vn".into(),
            name: government.portal_name(),
            name_en: government.portal_name_en(),
            level: Level::Central,
        },
        communes: Vec::new(),
    }];
    let ministries = agencies.in_force(day).filter(|a| a.level == vietnam::agencies::Level::Ministry);
    for ministry in ministries.filter(|a| a.domain.is_some()).take(size.ministries) {
        members.push(Member {
            body: Body {
                domain: ministry.domain.clone().context("a ministry without a domain")?,
                name: ministry.name.clone(),
                name_en: ministry.name_en.clone(),
                level: Level::Ministry,
            },
            communes: Vec::new(),
        });
    }
    for province in units.provinces().iter().take(size.provinces) {
        let domain = agencies
            .of_province(province.code, day)
            .and_then(|agency| agency.domain.clone())
            .unwrap_or_else(|| province.domain());
        let communes = units
            .communes_of(province.code)
            .iter()
            .take(size.communes)
            .map(|commune| Body {
                domain: commune.domain_under(&domain),
                name: commune.full_name(),
                name_en: commune.full_name_en(),
                level: Level::Commune,
            })
            .collect();
        members.push(Member {
            body: Body {
                domain,
                name: province.full_name(),
                name_en: province.full_name_en(),
                level: Level::Province,
            },
            communes,
        });
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_has_52_nodes_and_3373_portals() {
        let members = members(jiff::civil::date(2026, 11, 23), Size::WHOLE).unwrap();
        assert_eq!(members.len(), 52);
        let mut domains: Vec<_> = members.iter().flat_map(Member::portals).map(|b| &b.domain).collect();
        assert_eq!(domains.len(), 3_373);
        domains.sort();
        domains.dedup();
        assert_eq!(domains.len(), 3_373, "two portals at one domain");
        assert_eq!(
            members.len(),
            super::members(jiff::civil::date(2026, 11, 23), Size::of(52, None)).unwrap().len()
        );
        for body in members.iter().flat_map(Member::portals) {
            body.origin().unwrap();
        }
    }
}
