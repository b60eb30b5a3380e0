//! Figures beside their budgets.

use crate::run::say;

/// One row: what was measured, its budget, and the samples.
pub struct Row {
    what: String,
    budget: Budget,
    samples: Vec<f64>,
    unit: &'static str,
}

/// What is promised.
pub enum Budget {
    /// Nothing: the figure is there to compare with.
    None,
    /// The sample at this share of the sorted samples (0.5 the median, 1.0 the largest) is at most the limit.
    AtMost {
        /// Which sample.
        share: f64,
        /// Its limit.
        limit: f64,
    },
}

impl Row {
    /// A row; the samples may be in any order.
    pub fn new(what: impl Into<String>, budget: Budget, unit: &'static str, mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        Self {
            what: what.into(),
            budget,
            samples,
            unit,
        }
    }

    /// The sample at a share of the sorted samples; 0 without any.
    pub fn at(&self, share: f64) -> f64 {
        percentile(&self.samples, share)
    }

    /// Whether the promise was kept; `None` without one.
    pub fn is_kept(&self) -> Option<bool> {
        match self.budget {
            Budget::None => None,
            Budget::AtMost { share, limit } => Some(!self.samples.is_empty() && self.at(share) <= limit),
        }
    }
}

/// The sample below which that share of the sorted samples lies (nearest rank).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a few hundred samples"
)]
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// Prints the rows; returns how many promises were not kept.
pub fn print(rows: &[Row]) -> usize {
    say(format!(
        "{:58} {:>16} {:>9} {:>9} {:>9} {:>9} {:>5}",
        "what", "budget", "min", "median", "p99", "max", "n"
    ));
    for row in rows {
        let budget = match row.budget {
            Budget::None => "—".to_owned(),
            Budget::AtMost { share, limit } if share >= 1.0 => format!("≤ {limit:.2} {}", row.unit),
            Budget::AtMost { share, limit } => format!("p{:.0} ≤ {limit:.2} {}", share * 100.0, row.unit),
        };
        let verdict = match row.is_kept() {
            None => "",
            Some(true) => "kept",
            Some(false) => "NOT KEPT",
        };
        let digits = if row.unit == "%" { 3 } else { 2 };
        let [min, median, p99, max] =
            [0.0, 0.5, 0.99, 1.0].map(|share| format!("{:.digits$}", row.at(share)));
        let n = row.samples.len();
        say(format!(
            "{:58} {budget:>16} {min:>9} {median:>9} {p99:>9} {max:>9} {n:>5}  {} {verdict}",
            row.what, row.unit
        ));
    }
    rows.iter().filter(|row| row.is_kept() == Some(false)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_nearest_ranks() {
        let samples: Vec<f64> = (1..=100).map(f64::from).collect();
        let row = Row::new(
            "x",
            Budget::AtMost {
                share: 0.99,
                limit: 99.0,
            },
            "ms",
            samples.into_iter().rev().collect(),
        );
        assert_eq!(
            [row.at(0.0), row.at(0.5), row.at(0.99), row.at(1.0)],
            [1.0, 50.0, 99.0, 100.0]
        );
        assert_eq!(row.is_kept(), Some(true));
        let late = Row::new(
            "x",
            Budget::AtMost {
                share: 1.0,
                limit: 99.0,
            },
            "ms",
            vec![1.0, 100.0],
        );
        assert_eq!(late.is_kept(), Some(false));
        assert_eq!(
            Row::new(
                "x",
                Budget::AtMost {
                    share: 1.0,
                    limit: 1.0
                },
                "ms",
                Vec::new()
            )
            .is_kept(),
            Some(false)
        );
    }
}
