//! The report: all figures, as JSON and as a page for a terminal.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::Args;
use super::absence::{Absence, CatchUp};
use super::burden::{Burden, load, readable};
use super::figures::{Spread, milliseconds};
use super::live::{Condition, DeadRelay, Weather};
use super::news::Reach;
use super::world::World;

/// Issue and withdrawal on every portal: half of all, and 99 in a hundred, in milliseconds.
const BUDGET: (f64, f64) = (300.0, 1_000.0);
/// The long absence made good, in milliseconds.
const LONG_ABSENCE: f64 = 120_000.0;

/// All figures of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Nodes.
    pub nodes: usize,
    /// Portals.
    pub portals: usize,
    /// True if numbers were scaled down.
    pub quick: bool,
    /// Milliseconds to make, start and enrol all of them.
    pub set_up_ms: f64,
    /// Load of the machine before anything was measured.
    pub load: f64,
    /// Each kind of weather.
    pub conditions: Vec<Condition>,
    /// The dead relay.
    pub dead: Option<DeadRelay>,
    /// The absences.
    pub absences: Vec<Absence>,
    /// What it costs.
    pub burden: Burden,
}

impl Report {
    /// Nothing measured yet.
    pub(super) fn begin(args: &Args, world: &World, took: Duration) -> Report {
        Report {
            nodes: world.nodes.len(),
            portals: world.nodes.iter().map(|node| node.member.portals().count()).sum(),
            quick: args.quick,
            set_up_ms: milliseconds(took),
            load: load(),
            conditions: Vec::new(),
            dead: None,
            absences: Vec::new(),
            burden: Burden::default(),
        }
    }

    /// What must not be, in words: portals that lack something, pages that say something else.
    pub fn wrong(&self) -> Vec<String> {
        let missing: u64 = self.reaches().map(|(_, reach)| reach.missing).sum();
        let pages: u64 = self.reaches().map(|(_, reach)| reach.pages.wrong).sum();
        let absent: u64 = self.absences.iter().map(|a| a.relay.missing + a.node.missing).sum();
        let mut wrong = Vec::new();
        if missing > 0 {
            wrong.push(format!("{missing} lượt cổng chưa hiển thị · portals did not show what they should"));
        }
        if pages > 0 {
            wrong.push(format!("{pages} trang nói khác · pages say something else"));
        }
        if absent > 0 {
            wrong.push(format!("{absent} sổ hoặc mục khác bản gốc · logs or items differ after an absence"));
        }
        wrong
    }

    /// Every series of acts with its name.
    pub fn reaches(&self) -> impl Iterator<Item = (&'static str, &Reach)> {
        let conditions = self.conditions.iter().flat_map(|c| {
            [
                ("khẩn · urgent", &c.urgent),
                ("thường · normal", &c.normal),
                ("đính chính · correction", &c.correction),
                ("gỡ · withdrawal", &c.withdrawal),
            ]
        });
        let dead = self
            .dead
            .iter()
            .flat_map(|d| [("lúc đứt · at the cut", &d.at_the_cut), ("sau đó · afterwards", &d.afterwards)]);
        conditions.chain(dead)
    }

    fn budgets(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |what: &str, met: bool, found: String| {
            let word = if met { "đạt · met     " } else { "chưa · missed  " };
            writeln!(f, "  {word} {what}: {found}")
        };
        let fair = self.conditions.iter().find(|c| c.weather == Weather::Fair);
        for (what, reach) in
            fair.iter().flat_map(|c| [("khẩn · urgent issue", &c.urgent), ("gỡ · withdrawal", &c.withdrawal)])
        {
            let Spread { p50, p99, .. } = reach.shown;
            line(
                &format!(
                    "{what} → {} cổng · portals, p50 < {} ms, p99 < {} ms",
                    reach.portals, BUDGET.0, BUDGET.1
                ),
                p50 < BUDGET.0 && p99 < BUDGET.1,
                format!("{p50:.0} ms, {p99:.0} ms"),
            )?;
        }
        for absence in self.absences.iter().filter(|absence| absence.days > 1) {
            let worst = absence.relay.shown_ms.max(absence.node.shown_ms);
            let what = format!("vắng {} ngày · days of absence < {} s", absence.days, LONG_ABSENCE / 1e3);
            line(&what, worst < LONG_ABSENCE, format!("{:.1} s", worst / 1e3))?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} máy chủ · nodes, {} cổng · portals; dựng trong · set up in {:.0} s; tải · load {:.1}",
            self.nodes,
            self.portals,
            self.set_up_ms / 1e3,
            self.load
        )?;
        if self.quick {
            writeln!(f, "Bản nhanh: số lượng đã giảm · --quick: numbers are scaled down")?;
        }
        for condition in &self.conditions {
            writeln!(f, "\n{}", weather(condition.weather))?;
            let four = [&condition.urgent, &condition.normal, &condition.correction, &condition.withdrawal];
            for (name, reach) in
                ["khẩn · urgent", "thường · normal", "đính chính · correction", "gỡ · withdrawal"]
                    .iter()
                    .zip(four)
            {
                series(f, name, reach)?;
            }
        }
        if let Some(dead) = &self.dead {
            writeln!(
                f,
                "\nMáy chủ Chính phủ chết; các máy đổi nguồn · the Government's node is dead; nodes change source"
            )?;
            series(f, "lúc đứt · at the cut", &dead.at_the_cut)?;
            series(f, "sau đó · afterwards", &dead.afterwards)?;
            writeln!(
                f,
                "  trở lại, có đủ sau · back, and whole again after {:.0} ms; tải · load {:.1}",
                dead.back_ms, dead.load
            )?;
        }
        for absence in &self.absences {
            writeln!(
                f,
                "\nVắng {} ngày · days of absence: {} mục · entries trong · in {} sổ · logs, ghi · written {:.0}/s",
                absence.days, absence.entries, absence.logs, absence.written_per_second
            )?;
            catch_up(f, "Chính phủ, từ các máy · Government, from all", &absence.relay)?;
            catch_up(f, "một bộ, từ Chính phủ · a ministry, from it", &absence.node)?;
        }
        let burden = &self.burden;
        writeln!(
            f,
            "\nBộ nhớ · memory {} (cao nhất · peak {}), {} mỗi máy · a node",
            readable(burden.memory),
            readable(burden.memory_peak),
            readable(burden.memory / (self.nodes as u64).max(1))
        )?;
        writeln!(
            f,
            "Đĩa · disk: trung bình · mean {}, nhiều nhất · most {} ({})",
            readable(burden.disk.mean),
            readable(burden.disk.most),
            burden.disk.whose
        )?;
        writeln!(f, "\nNgưỡng · budgets")?;
        self.budgets(f)
    }
}

fn weather(weather: Weather) -> String {
    match weather {
        Weather::Fair => "Không lỗi · no faults".to_owned(),
        Weather::Lost { per_thousand } => {
            format!("Mất {} % kết nối · {0} % of connections lost", per_thousand / 10)
        }
    }
}

fn series(f: &mut fmt::Formatter<'_>, name: &str, reach: &Reach) -> fmt::Result {
    writeln!(
        f,
        "  {name}: {} lượt · acts × {} cổng · portals; thiếu · missing {}; trang đọc · pages read {}, sai · wrong {}; \
         {} mỗi máy · a node; tải · load {:.1}",
        reach.acts,
        reach.portals,
        reach.missing,
        reach.pages.read,
        reach.pages.wrong,
        readable(reach.wire.per_node),
        reach.load
    )?;
    writeln!(f, "    ban hành · issued      {}", reach.issued)?;
    writeln!(f, "    lưu · stored           {}", reach.stored)?;
    writeln!(f, "    hiển thị · shown       {}", reach.shown)?;
    writeln!(f, "    cổng cuối · last one   {}", reach.everywhere)
}

fn catch_up(f: &mut fmt::Formatter<'_>, name: &str, one: &CatchUp) -> fmt::Result {
    writeln!(
        f,
        "  {name}: lưu · stored {:.1} s ({:.0}/s), hiển thị · shown {:.1} s ({:.0}/s), khác · differing {}, {} qua mạng · on the wire; tải · load {:.1}",
        one.stored_ms / 1e3,
        one.stored_per_second,
        one.shown_ms / 1e3,
        one.shown_per_second,
        one.missing,
        readable(one.wire.bytes),
        one.load
    )
}
