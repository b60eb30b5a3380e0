//! What a process costs, as the kernel counts it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::demo::wait;

/// Proportional set size in MB (10⁶ bytes, as the budgets count): its own memory, and its share of what it shares with others.
///
/// # Errors
/// When the process is gone.
pub fn pss_mb(pid: u32) -> Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).context("no such process")?;
    let line = text
        .lines()
        .find(|line| line.starts_with("Pss:"))
        .context("no Pss in smaps_rollup")?;
    let kib: f64 = line
        .split_whitespace()
        .nth(1)
        .context("no number after Pss:")?
        .parse()?;
    Ok(kib * 1024.0 / 1e6)
}

/// The PSS once it has stopped changing: what is measured is rest, not the end of a start.
///
/// # Errors
/// When the process is gone.
pub fn settled_pss_mb(pid: u32) -> Result<f64> {
    const STILL: Duration = Duration::from_secs(2);
    let mut last = pss_mb(pid)?;
    let mut since = Instant::now();
    wait::until(Duration::from_secs(60), "memory at rest", || {
        let now = pss_mb(pid)?;
        if (now - last).abs() > 0.05 {
            (last, since) = (now, Instant::now());
        }
        Ok((since.elapsed() >= STILL).then_some(now))
    })
}

/// Time that all threads of a process have run, from the scheduler's own clock.
///
/// # Errors
/// When the process is gone.
pub fn ran(pid: u32) -> Result<Duration> {
    let mut sum = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).context("no such process")? {
        // A thread may end between the two looks.
        let Ok(text) = std::fs::read_to_string(task?.path().join("schedstat")) else {
            continue;
        };
        sum += text
            .split_whitespace()
            .next()
            .and_then(|first| first.parse::<u64>().ok())
            .unwrap_or(0);
    }
    Ok(Duration::from_nanos(sum))
}

/// Share of one core that each process uses over a while, in percent.
///
/// # Errors
/// When one is gone.
pub fn cpu_percent(pids: &[u32], over: Duration) -> Result<Vec<f64>> {
    let before = pids.iter().map(|pid| ran(*pid)).collect::<Result<Vec<_>>>()?;
    let begun = Instant::now();
    // Not waiting for anything: this is the time over which is measured.
    std::thread::sleep(over);
    let elapsed = begun.elapsed().as_secs_f64();
    let after = pids.iter().map(|pid| ran(*pid)).collect::<Result<Vec<_>>>()?;
    Ok(before
        .iter()
        .zip(&after)
        .map(|(a, b)| b.saturating_sub(*a).as_secs_f64() / elapsed * 100.0)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_costs_something() {
        let me = std::process::id();
        assert!(pss_mb(me).unwrap() > 0.1);
        let before = ran(me).unwrap();
        let mut sum = 0_u64;
        for i in 0..20_000_000_u64 {
            sum = std::hint::black_box(sum.wrapping_add(i));
        }
        assert!(ran(me).unwrap() > before);
    }
}
