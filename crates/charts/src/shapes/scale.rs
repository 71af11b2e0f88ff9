//! A scale of round numbers over what is shown, always with zero on it.

use crate::Number;

/// Where a scale begins and ends, and its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Its lower end; zero or less.
    pub from: f64,
    /// Its upper end; more than that.
    pub to: f64,
    step: f64,
    decimals: usize,
}

impl Scale {
    /// The scale over values; about five steps of 1, 2 or 5 times a power of ten.
    pub fn of(values: impl Iterator<Item = f64>) -> Scale {
        let (low, high) =
            values.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let reach = if high - low > 0.0 { high - low } else { 1.0 };
        let rough = reach / 5.0;
        let power = rough.log10().floor();
        let ten = 10.0_f64.powf(power);
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|by| by * ten)
            .find(|step| *step >= rough * 0.999_999)
            .unwrap_or(10.0 * ten);
        let decimals = if step < 1.0 { (-step.log10().floor()).max(0.0) as usize } else { 0 };
        let to = (high / step).ceil() * step;
        Scale {
            from: (low / step).floor() * step,
            to: if to > 0.0 || low < 0.0 { to } else { reach },
            step,
            decimals,
        }
    }

    /// Its marks with their numbers.
    pub fn marks(self) -> Vec<(f64, Number)> {
        let count = ((self.to - self.from) / self.step).round() as usize;
        (0..=count.min(20))
            .map(|at| {
                let value = self.from + at as f64 * self.step;
                (value, Number::new(value, self.decimals))
            })
            .collect()
    }

    /// How far along it a value is, 0 to 1.
    pub fn at(self, value: f64) -> f32 {
        ((value - self.from) / (self.to - self.from)) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_have_round_numbers_and_zero() {
        let said = |values: &[f64]| {
            let marks = Scale::of(values.iter().copied()).marks();
            marks.iter().map(|(_, number)| number.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(said(&[12.0, 87.0]), "0 20 40 60 80 100");
        assert_eq!(said(&[0.12, 0.31]), "0,0 0,1 0,2 0,3 0,4");
        assert_eq!(said(&[-300.0, 900.0]), "−500 0 500 1.000");
        assert_eq!(said(&[0.0]), "0,0 0,2 0,4 0,6 0,8 1,0");
        assert_eq!(said(&[-4.0]), "−4 −3 −2 −1 0");
        assert_eq!(said(&[1_200_000.0]), "0 500.000 1.000.000 1.500.000");
    }
}
