//! `doctor` and `health`

use anyhow::bail;
use centrex_relay::doctor::{Finding, examine, health};
use centrex_relay::settings::Settings;

use super::{block_on, output};

pub fn run(settings: &Settings, json: bool) -> anyhow::Result<()> {
    let findings = block_on(async { Ok(examine(settings).await) })?;
    if json {
        output::json(&findings)?;
    } else {
        for Finding { what, state, detail } in &findings {
            output::line(&format!("{:<8} {what}: {detail}", state.word()));
        }
    }
    let failed = findings
        .iter()
        .filter(|finding| finding.state.is_failure())
        .count();
    if failed > 0 {
        bail!("{failed} of {} checks failed", findings.len());
    }
    Ok(())
}

pub fn health(settings: &Settings) -> anyhow::Result<()> {
    block_on(async { Ok(health::ask(settings.admin_listen).await) })??;
    output::line("ready");
    Ok(())
}
