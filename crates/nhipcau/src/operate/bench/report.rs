//! What was measured, beside its budget.

use clap::ValueEnum;
use serde::Serialize;

use super::Part;

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The part of the bench.
    pub part: String,
    /// What was measured, in words.
    pub what: String,
    /// The figure; none where it could not be measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    /// Its unit.
    pub unit: &'static str,
    /// What it is measured by; none for what only stands beside a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// Whether the budget is met; none where there is none, or nothing to judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
    /// How it came about, or why it could not be measured and what to do.
    pub beside: String,
}

/// A bound, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
}

impl Budget {
    fn met_by(self, figure: f64) -> bool {
        match self {
            Budget::AtLeast(bound) => figure >= bound,
            Budget::AtMost(bound) => figure <= bound,
        }
    }
}

impl Line {
    /// A figure with a budget.
    pub fn judged(part: Part, what: &str, measured: f64, unit: &'static str, budget: Budget) -> Line {
        Line {
            budget: Some(budget),
            met: Some(budget.met_by(measured)),
            ..Line::noted(part, what, measured, unit)
        }
    }

    /// A figure that stands beside others.
    pub fn noted(part: Part, what: &str, measured: f64, unit: &'static str) -> Line {
        Line {
            part: name(part),
            what: what.to_owned(),
            measured: Some(measured),
            unit,
            budget: None,
            met: None,
            beside: String::new(),
        }
    }

    /// What could not be measured, and why.
    pub fn missing(part: Part, what: &str, unit: &'static str, budget: Budget, why: &str) -> Line {
        Line {
            measured: None,
            met: None,
            beside: why.to_owned(),
            ..Line::judged(part, what, 0.0, unit, budget)
        }
    }

    /// A part that failed.
    pub fn failed(part: Part, error: &anyhow::Error) -> Line {
        Line {
            measured: None,
            beside: format!("không đo được · could not be measured: {error:#}"),
            ..Line::noted(part, "", 0.0, "")
        }
    }

    /// The same line with a remark.
    pub fn beside(self, words: impl Into<String>) -> Line {
        Line { beside: words.into(), ..self }
    }
}

/// A part's name on the command line.
pub fn name(part: Part) -> String {
    part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// Everything of one run.
#[derive(Debug, Serialize)]
pub struct Report {
    version: &'static str,
    /// True if the program was built without optimisation: then no figure means anything.
    unoptimised: bool,
    /// True for a rehearsal with tiny numbers.
    quick: bool,
    cores: usize,
    lines: Vec<Line>,
}

impl Report {
    /// Nothing measured yet.
    pub fn begin(quick: bool) -> Report {
        Report {
            version: env!("CARGO_PKG_VERSION"),
            unoptimised: cfg!(debug_assertions),
            quick,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            lines: Vec::new(),
        }
    }

    /// Takes lines in.
    pub fn add(&mut self, lines: Vec<Line>) {
        self.lines.extend(lines);
    }

    /// The report for programs.
    ///
    /// # Errors
    /// Never with figures that are numbers.
    pub fn json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// Prints lines as they are measured, under a heading before the first.
    pub fn print(&self, lines: &[Line], first: bool) {
        if first {
            println!("nhipcau {} · {} lõi · cores", self.version, self.cores);
            if self.unoptimised || self.quick {
                println!("CHẠY THỬ, số đo không có ý nghĩa · A REHEARSAL, the figures mean nothing");
            }
        }
        for line in lines {
            let figure = line.measured.map_or("–".to_owned(), |n| format!("{} {}", number(n), line.unit));
            let budget = match line.budget {
                Some(Budget::AtLeast(n)) => format!("≥ {}", number(n)),
                Some(Budget::AtMost(n)) => format!("≤ {}", number(n)),
                None => String::new(),
            };
            let verdict = match (line.met, line.budget) {
                (Some(true), _) => "đạt · met",
                (Some(false), _) => "CHƯA ĐẠT · NOT MET",
                (None, Some(_)) => "KHÔNG ĐO ĐƯỢC · NOT MEASURED",
                (None, None) => "",
            };
            println!("\n{:<9} {}", line.part, line.what);
            println!("          {figure:<24}{budget:<16}{verdict}");
            if !line.beside.is_empty() {
                println!("          {}", line.beside);
            }
        }
    }

    /// Prints the sum.
    pub fn close(&self) {
        let count = |met| self.lines.iter().filter(|line| line.met == met && line.budget.is_some()).count();
        println!(
            "\n{} đạt · met, {} chưa đạt · not met, {} không đo được · not measured",
            count(Some(true)),
            count(Some(false)),
            count(None)
        );
    }
}

/// A figure with as many digits as mean something.
fn number(figure: f64) -> String {
    match figure.abs() {
        n if n >= 100.0 => format!("{figure:.0}"),
        n if n >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_judged_only_where_something_was_measured() {
        let at = |figure| Line::judged(Part::Pages, "ratio", figure, "×", Budget::AtLeast(0.9));
        assert_eq!((at(0.9).met, at(0.89).met), (Some(true), Some(false)));
        let missing = Line::missing(Part::Pages, "ratio", "×", Budget::AtLeast(0.9), "nginx is not here");
        assert_eq!((missing.measured, missing.met), (None, None));
    }
}
