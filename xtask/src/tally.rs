//! Reads how many tests passed and failed from what the test programs print.

use std::ops::AddAssign;

/// Tests that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many passed.
    pub passed: u32,
    /// How many didn't.
    pub failed: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// Adds up all summaries in an output: cargo test's and nextest's, vitest's and Playwright's.
    pub fn read(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines().map(plain) {
            let line = line.trim();
            let words: Vec<&str> = line
                .split(|c: char| c.is_whitespace() || ",;()".contains(c))
                .filter(|w| !w.is_empty())
                .collect();
            let summary = line.starts_with("test result:")
                || line.starts_with("Summary [")
                || line.starts_with("Tests ")
                || (words.len() <= 3 && matches!(words.get(1), Some(&("passed" | "failed"))));
            if !summary {
                continue;
            }
            for pair in words.windows(2) {
                let Ok(count) = pair[0].parse::<u32>() else {
                    continue;
                };
                match pair[1] {
                    "passed" => tally.passed += count,
                    // nextest says "timed out" apart; vitest and Playwright count those among the failed.
                    "failed" | "timed" => tally.failed += count,
                    _ => {}
                }
            }
        }
        tally
    }
}

/// Without the colours of a terminal.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        text.push_str(before);
        rest = after
            .find(|c: char| c.is_ascii_alphabetic())
            .map_or("", |end| &after[end + 1..]);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_is_understood() {
        let of = |text| {
            let tally = Tally::read(text);
            (tally.passed, tally.failed)
        };
        assert_eq!(
            of("     Summary [   1.234s] 345 tests run: 343 passed (1 slow), 2 failed, 4 skipped"),
            (343, 2)
        );
        assert_eq!(
            of(
                "test result: ok. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s"
            ),
            (12, 1)
        );
        assert_eq!(
            of(
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m7 passed\u{1b}[39m (8)"
            ),
            (7, 1)
        );
        assert_eq!(
            of("  2 failed\n    [chromium] › a.spec.ts:3:1 › 9 passed here\n  41 passed (12.3s)"),
            (41, 2)
        );
        assert_eq!(
            of(" Test Files  3 passed (3)\n      Tests  30 passed (30)"),
            (30, 0)
        );
        assert_eq!(of("nothing"), (0, 0));
    }
}
