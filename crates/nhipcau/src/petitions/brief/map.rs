//! A map of what waits, for who leads a province or the nation: a point at the centre of each commune, or of each province, larger the
//! more waits there, of another shape where something is late. No borders are drawn: the data have none. The table beside it says the
//! same in words, and names those who have no place on a map.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use network::directory::{Agency, Directory};
use network::entry::Level;
use network::names::Origin;
use vietnam::units::{Centre, Centres, Commune, CommuneCode, CommuneKind, Province, ProvinceCode, Units};

use super::figures::Waits;
use crate::agencies;
use crate::procedures::place::{names, province_name};
use crate::words::{BriefWords, Lang};

/// Width of the picture and the most that it is high, in its own units.
const SIDE: f64 = 360.0;
/// Room around the points.
const EDGE: f64 = 14.0;
/// The height of a strip below, for islands far from the rest of their province.
const STRIP: f64 = 30.0;
/// So far from the others, in thousandths of a degree, an island does not fit into the picture of its province.
const AWAY: i32 = 600;
/// So far, a picture of the nation names it: Hoàng Sa and Trường Sa.
const FAR_OUT: i32 = 2_000;

/// Whose something waits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Province(ProvinceCode),
    Commune(CommuneCode),
    /// An agency without a place on this map: a ministry, a department of the province.
    Agency(Origin),
}

/// A point.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where its middle lies.
    pub x: f64,
    /// See `x`.
    pub y: f64,
    /// Half its width.
    pub r: f64,
    /// What waits there.
    pub waits: Waits,
    /// What it says to whoever points at it.
    pub says: String,
}

impl Mark {
    /// The outline of one where something is late: a square on its corner.
    pub fn corners(&self) -> String {
        let (x, y, r) = (self.x, self.y, self.r * 1.25);
        format!("M{:.1} {y:.1}L{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}Z", x - r, y - r, x + r, y + r)
    }
}

/// A name that stands in the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where its middle lies.
    pub x: f64,
    /// The line that it stands on.
    pub y: f64,
    /// The name.
    pub name: String,
}

/// The map and its table.
pub struct Map {
    /// Its words.
    pub w: &'static BriefWords,
    /// What one point stands for.
    pub says: &'static str,
    /// The picture's width and height.
    pub size: (f64, f64),
    /// The nation's communes as an outline of points, under the provinces; empty for one province.
    pub ground: String,
    /// The points, those that are late last.
    pub marks: Vec<Mark>,
    /// Names in the picture.
    pub labels: Vec<Label>,
    /// Where something waits: name, and how much; the latest first.
    pub rows: Vec<(String, Waits)>,
}

/// How places become points: north is up, and a kilometre as long in both directions in the middle of the picture.
struct Frame {
    west: i32,
    north: i32,
    scale: f64,
    squeeze: f64,
}

impl Frame {
    /// One that holds all of these, and its size.
    fn around(centres: impl Iterator<Item = Centre> + Clone) -> Option<(Frame, (f64, f64))> {
        let west = centres.clone().map(|c| c.longitude).min()?;
        let east = centres.clone().map(|c| c.longitude).max()?;
        let south = centres.clone().map(|c| c.latitude).min()?;
        let north = centres.map(|c| c.latitude).max()?;
        let squeeze = (f64::from(north + south) / 2000.0).to_radians().cos();
        let (wide, high) = (f64::from(east - west) * squeeze, f64::from(north - south));
        let scale = (SIDE - 2.0 * EDGE) / wide.max(high).max(1.0);
        let size = (wide * scale + 2.0 * EDGE, high * scale + 2.0 * EDGE);
        Some((Frame { west, north, scale, squeeze }, size))
    }

    fn point(&self, at: Centre) -> (f64, f64) {
        let x = f64::from(at.longitude - self.west) * self.squeeze * self.scale + EDGE;
        (x, f64::from(self.north - at.latitude) * self.scale + EDGE)
    }
}

/// The map for an agency; none where it leads no province and not the nation.
pub fn map(
    directory: &Directory,
    agency: &Origin,
    waits: &BTreeMap<Origin, Waits>,
    lang: Lang,
) -> Option<Map> {
    let own = directory.agency(agency)?;
    match own.level {
        Level::Central => Some(nation(directory, waits, lang)),
        Level::Province => Some(province(directory, own, province_of(own)?, waits, lang)),
        _ => None,
    }
}

/// The province whose government an agency is, by the first label of its domain (Decree 224/2026, Art. 11(4)), or by its name.
fn province_of(agency: &Agency) -> Option<&'static Province> {
    let units = Units::shipped();
    let label = first_label(agency.domain.as_str());
    let by_label = units.provinces().iter().find(|province| first_label(&province.domain()) == label);
    by_label.or_else(|| units.province_named(&agency.name.vi).one())
}

fn first_label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or(domain)
}

/// An agency and those above it.
fn upwards<'a>(directory: &'a Directory, origin: &Origin) -> impl Iterator<Item = &'a Agency> {
    directory.agency(origin).into_iter().chain(directory.ancestors(origin))
}

/// What waits, gathered by where it stands on the map.
fn gathered(
    waits: &BTreeMap<Origin, Waits>,
    whose: impl Fn(&Origin) -> Option<Whose>,
) -> BTreeMap<Whose, Waits> {
    let mut all: BTreeMap<Whose, Waits> = BTreeMap::new();
    for (origin, own) in waits {
        *all.entry(whose(origin).unwrap_or_else(|| Whose::Agency(origin.clone()))).or_default() += *own;
    }
    all
}

fn nation(directory: &Directory, waits: &BTreeMap<Origin, Waits>, lang: Lang) -> Map {
    let (units, w) = (Units::shipped(), lang.brief());
    let of = |origin: &Origin| {
        let government = upwards(directory, origin).find(|agency| agency.level == Level::Province)?;
        Some(Whose::Province(province_of(government)?.code))
    };
    let waits = gathered(waits, of);
    let all = units.communes().iter().filter_map(|commune| Centres::shipped().of(commune.code));
    let mut map = Map::empty(w, w.map_provinces);
    let Some((frame, size)) = Frame::around(all.clone()) else { return map };
    map.size = size;
    map.ground = ground(&frame, all);
    for province in units.provinces() {
        let waits = waits.get(&Whose::Province(province.code)).copied().unwrap_or_default();
        if let Some(at) = middle(units.communes_of(province.code)) {
            map.mark(frame.point(at), (4.0, 2.0, 16.0), waits, province_name(province, lang));
        }
    }
    for commune in units.communes().iter().filter(|commune| is_away(commune, FAR_OUT)) {
        if let Some(at) = Centres::shipped().of(commune.code) {
            let (x, y) = frame.point(at);
            let (_, province) = names(commune, lang);
            map.labels.push(Label { x: x.min(size.0 - 62.0), y: y + 13.0, name: commune.name.clone() });
            map.labels.push(Label { x: x.min(size.0 - 62.0), y: y + 23.0, name: format!("({province})") });
        }
    }
    map.finish(directory, &waits, lang);
    map
}

fn province(
    directory: &Directory,
    own: &Agency,
    province: &Province,
    waits: &BTreeMap<Origin, Waits>,
    lang: Lang,
) -> Map {
    let (units, w) = (Units::shipped(), lang.brief());
    let of = |origin: &Origin| {
        let commune = upwards(directory, origin)
            .take_while(|agency| agency.origin != own.origin)
            .find(|agency| agency.level == Level::Commune)?;
        let unit = units.commune_at(province.code, first_label(commune.domain.as_str()))?;
        Some(Whose::Commune(unit.code))
    };
    let waits = gathered(waits, of);
    let placed = units
        .communes_of(province.code)
        .iter()
        .filter_map(|one| Some((one, Centres::shipped().of(one.code)?)));
    let (far, near): (Vec<_>, Vec<_>) = placed.partition(|(one, _)| is_away(one, AWAY));
    let mut map = Map::empty(w, w.map_communes);
    let Some((frame, size)) = Frame::around(near.iter().map(|(_, at)| *at)) else { return map };
    let strips = far.len() as f64;
    map.size = (size.0, size.1 + strips * STRIP);
    for (commune, at) in near {
        let waits = waits.get(&Whose::Commune(commune.code)).copied().unwrap_or_default();
        map.mark(frame.point(at), (2.6, 1.6, 12.0), waits, names(commune, lang).0);
    }
    for (nth, (commune, _)) in far.into_iter().enumerate() {
        let waits = waits.get(&Whose::Commune(commune.code)).copied().unwrap_or_default();
        let y = size.1 + (nth as f64 + 0.5) * STRIP;
        let (name, _) = names(commune, lang);
        map.labels.push(Label { x: size.0 / 2.0, y: y + 4.0, name: name.clone() });
        map.mark((EDGE, y), (2.6, 1.6, 12.0), waits, name);
    }
    map.finish(directory, &waits, lang);
    map
}

/// A special zone that lies further than this from every other commune of its province, in thousandths of a degree.
fn is_away(commune: &Commune, further: i32) -> bool {
    let Some(at) = Centres::shipped().of(commune.code) else { return false };
    let others =
        Units::shipped().communes_of(commune.province).iter().filter(|other| other.code != commune.code);
    commune.kind == CommuneKind::SpecialZone
        && others.filter_map(|other| Centres::shipped().of(other.code)).all(|other| {
            (at.longitude - other.longitude).abs().max((at.latitude - other.latitude).abs()) > further
        })
}

/// The middle of a province: of its communes but for its islands.
fn middle(communes: &[Commune]) -> Option<Centre> {
    let ashore: Vec<Centre> = communes
        .iter()
        .filter(|commune| commune.kind != CommuneKind::SpecialZone)
        .filter_map(|commune| Centres::shipped().of(commune.code))
        .collect();
    let many = i32::try_from(ashore.len()).ok().filter(|many| *many > 0)?;
    let sum = |of: fn(&Centre) -> i32| ashore.iter().map(of).sum::<i32>() / many;
    Some(Centre { longitude: sum(|at| at.longitude), latitude: sum(|at| at.latitude) })
}

/// Points without size, each once, as the path of a line with round ends.
fn ground(frame: &Frame, all: impl Iterator<Item = Centre>) -> String {
    let points: BTreeSet<(i32, i32)> =
        all.map(|at| frame.point(at)).map(|(x, y)| (x.round() as i32, y.round() as i32)).collect();
    let mut path = String::with_capacity(points.len() * 10);
    for (x, y) in points {
        // Writing into a string does not fail.
        let _ = write!(path, "M{x} {y}h0");
    }
    path
}

impl Map {
    fn empty(w: &'static BriefWords, says: &'static str) -> Map {
        Map {
            w,
            says,
            size: (SIDE, SIDE),
            ground: String::new(),
            marks: Vec::new(),
            labels: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// A point; its size by what waits there: the least, what each step of a root adds, the most.
    fn mark(&mut self, (x, y): (f64, f64), (least, step, most): (f64, f64, f64), waits: Waits, name: String) {
        let r = (least + step * (waits.open as f64).sqrt()).min(most);
        let says = match waits.open {
            0 => name,
            open => self.w.map_mark(name, open, waits.overdue),
        };
        self.marks.push(Mark { x, y, r, waits, says });
    }

    /// Puts what is late on top, and fills the table.
    fn finish(&mut self, directory: &Directory, waits: &BTreeMap<Whose, Waits>, lang: Lang) {
        self.marks.sort_by_key(|mark| (mark.waits.overdue > 0, mark.waits.open > 0));
        let units = Units::shipped();
        let name = |whose: &Whose| match whose {
            Whose::Province(code) => {
                units.province(*code).map_or_else(String::new, |one| province_name(one, lang))
            }
            Whose::Commune(code) => units.commune(*code).map_or_else(String::new, |one| names(one, lang).0),
            Whose::Agency(origin) => agencies::name(directory.agency(origin), lang, origin.as_str()),
        };
        self.rows = waits.iter().map(|(whose, waits)| (name(whose), *waits)).collect();
        self.rows.sort_by(|(a, of_a), (b, of_b)| {
            (of_b.overdue, of_b.open).cmp(&(of_a.overdue, of_a.open)).then_with(|| a.cmp(b))
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn placed(province: &str) -> Vec<&'static Commune> {
        let units = Units::shipped();
        let code = units.province_named(province).one().unwrap().code;
        units.communes_of(code).iter().collect()
    }

    #[test]
    fn islands_far_out_are_told_apart() {
        let away = |province: &str, further| -> Vec<&str> {
            placed(province).into_iter().filter(|one| is_away(one, further)).map(|one| &*one.name).collect()
        };
        assert_eq!(away("thành phố Đà Nẵng", FAR_OUT), ["Hoàng Sa"]);
        assert_eq!(away("tỉnh Khánh Hòa", FAR_OUT), ["Trường Sa"]);
        assert_eq!(away("thành phố Hải Phòng", AWAY), ["Bạch Long Vĩ"]);
        assert!(away("tỉnh Lào Cai", AWAY).is_empty());
    }

    #[test]
    fn every_commune_of_the_nation_lies_in_the_picture() {
        let all = Units::shipped().communes().iter().filter_map(|one| Centres::shipped().of(one.code));
        let (frame, size) = Frame::around(all.clone()).unwrap();
        for (x, y) in all.map(|at| frame.point(at)) {
            assert!((EDGE - 0.01..=size.0 - EDGE + 0.01).contains(&x), "{x} of {size:?}");
            assert!((EDGE - 0.01..=size.1 - EDGE + 0.01).contains(&y), "{y} of {size:?}");
        }
        assert!(size.0 <= SIDE + 0.01 && size.1 <= SIDE + 0.01);
    }

    #[test]
    fn more_is_larger_and_what_is_late_lies_on_top() {
        let mut map = Map::empty(Lang::Vi.brief(), "");
        let waits = |open, overdue| Waits { open, overdue };
        map.mark((1.0, 1.0), (2.0, 1.0, 8.0), waits(9, 1), "Xã Muộn".into());
        map.mark((2.0, 2.0), (2.0, 1.0, 8.0), waits(100, 0), "Xã Bận".into());
        map.mark((3.0, 3.0), (2.0, 1.0, 8.0), waits(0, 0), "Xã Yên".into());
        let sizes: Vec<f64> = map.marks.iter().map(|mark| mark.r).collect();
        assert_eq!(sizes, [5.0, 8.0, 2.0]);
        assert_eq!(map.marks[0].says, "Xã Muộn: 9 chưa trả lời, 1 quá hạn");
        assert_eq!(map.marks[2].says, "Xã Yên");
    }
}
