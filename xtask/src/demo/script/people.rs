//! A caller with a name, and what opens for one.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{KNOWN, SOON, Stage};
use crate::demo::observe;
use crate::demo::product::{ACCOUNT, LINE};
use crate::demo::simulator::shows_number;
use crate::demo::timeline::Observation;
use crate::demo::wait;

const NAME: &str = "Élodie Exemple";
const COMPANY: &str = "Menuiserie Modèle";

/// Writes down each time it runs for a call, in one line and at once.
const PROGRAM: &str = "#!/bin/sh\n\
    printf '%s|%s|%s|%s|%s\\n' \"$CENTREX_E164\" \"$CENTREX_NAME\" \"$CENTREX_COMPANY\" \"$CENTREX_DIRECTION\" \"$CENTREX_STATE\" \
    >> \"${0%/*}/ran\"\n";
/// Writes down each address that it is to open.
const HANDLER: &str = "#!/bin/sh\nprintf '%s %s\\n' \"$#\" \"$1\" >> \"${0%/*}/opened\"\n";

impl Stage<'_> {
    /// A vCard file is imported; then the one who stands in it calls.
    pub(super) fn known_caller_named(&mut self) -> Result<Observation> {
        let file = self.desktop.home().join("contacts.vcf");
        let national = format!("0{}", KNOWN.trim_start_matches("+33"));
        let card = format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:demo-1\r\nFN:{NAME}\r\nN:Exemple;Élodie;;;\r\nORG:{COMPANY}\r\n\
             TEL;TYPE=WORK,VOICE:{national}\r\nEND:VCARD\r\n"
        );
        std::fs::write(&file, card)?;
        let text = file.to_str().context("no path in UTF-8")?;
        let said = self.product.agent_says(&["contacts", "import", text, "--yes"])?;
        let (call, mark) = self.let_ring(KNOWN)?;
        let (shot, id) = self.note(mark, KNOWN);
        let (shot, id) = (shot?, id?);
        ensure!(
            shot.summary.contains(NAME),
            "the notification is headed “{}”",
            shot.summary
        );
        let lines: Vec<&str> = shot.body.lines().collect();
        ensure!(
            lines.contains(&COMPANY)
                && lines.iter().any(|line| shows_number(line, KNOWN))
                && lines.iter().any(|line| shows_number(line, LINE)),
            "company, number or line is missing in {lines:?}"
        );
        observe::wait_bubble(self.screen(), SOON)?;
        let picture = observe::wait_still(self.screen(), self.screen().area(), SOON)?;
        self.answer_and_end(&call, mark, id)?;
        let row = self.kept(&call, |row| row.state == "ended" && row.name.is_some())?;
        let detail = json!({
            "call_id": call, "summary": shot.summary, "body": shot.body, "import": said.lines().last(), "journal": row,
        });
        Ok(Observation {
            picture: Some(picture),
            ..Observation::at(
                "Notify on the session bus, and the notification on the screen",
                shot.at,
                detail,
            )
        })
    }

    /// The settings file is edited by hand: from then on each ringing call runs a program and opens an address, once.
    pub(super) fn screen_pop_opened(&mut self) -> Result<Observation> {
        let folder = self.desktop.home().join("pop");
        std::fs::create_dir_all(&folder)?;
        let program = script(&folder, "record", PROGRAM)?;
        let handler = script(&folder, "crm", HANDLER)?;
        self.handle_scheme(&handler)?;
        let file = self.product.settings();
        let before = std::fs::read_to_string(&file)?;
        let pop = format!(
            "{before}\n[pop]\nwhen = \"ringing\"\nschemes = [\"crm\"]\nurl = \"crm:fiche?numero={{e164}}&nom={{name}}\"\nprogram = {program:?}\n",
            program = program.display().to_string(),
        );
        // As an editor does: whole or not at all.
        let fresh = file.with_extension("new");
        std::fs::write(&fresh, pop)?;
        std::fs::rename(&fresh, &file)?;
        wait::until(SOON, "the settings in force", || {
            let answer = self.product.control(&json!({ "type": "snapshot" }))?;
            Ok((answer["snapshot"]["settings"]["pop_when"] == "ringing").then_some(()))
        })?;
        let (call, mark) = self.let_ring(KNOWN)?;
        let (shot, id) = self.note(mark, KNOWN);
        let (_, id) = (shot?, id?);
        let ran = lines(&folder.join("ran"), "the program's line")?;
        let opened = lines(&folder.join("opened"), "the opened address")?;
        let picture = observe::wait_still(self.screen(), self.screen().area(), SOON)?;
        self.answer_and_end(&call, mark, id)?;
        // Everything that the call could set off has been heard; each ran once.
        self.kept(&call, |row| row.state == "ended")?;
        std::fs::write(&file, before)?;
        let [again_ran, again_opened] = ["ran", "opened"].map(|name| read(&folder.join(name)));
        let [again_ran, again_opened] = [again_ran?, again_opened?];
        ensure!(
            ran == [format!("{KNOWN}|{NAME}|{COMPANY}|incoming|ringing")] && again_ran == ran,
            "the program ran with {again_ran:?}"
        );
        ensure!(
            opened == ["1 crm:fiche?numero=%2B33199004455&nom=%C3%89lodie%20Exemple"]
                && again_opened == opened,
            "opened were {again_opened:?}"
        );
        let detail = json!({ "call_id": call, "program_ran_with": ran, "opened": opened });
        Ok(Observation {
            picture: Some(picture),
            ..Observation::now(
                "what the program and the scheme's handler wrote into files",
                detail,
            )
        })
    }

    fn answer_and_end(&self, call: &str, mark: usize, note: u32) -> Result<()> {
        self.product.simulator.answer_call(ACCOUNT, call)?;
        self.wait_withdrawn(mark, note)?;
        self.product.simulator.caller_hangs_up(ACCOUNT, call)?;
        self.ended(call)
    }

    /// Makes a program the one that the person chose for `crm:` addresses.
    fn handle_scheme(&self, handler: &Path) -> Result<()> {
        let home = self.desktop.home();
        let applications = home.join(".local/share/applications");
        std::fs::create_dir_all(&applications)?;
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=CRM\nExec={} %u\nMimeType=x-scheme-handler/crm;\n",
            handler.display()
        );
        std::fs::write(applications.join("crm.desktop"), entry)?;
        let chosen = "[Default Applications]\nx-scheme-handler/crm=crm.desktop\n";
        let list = home.join(".config/mimeapps.list");
        let known = std::fs::read_to_string(&list).unwrap_or_default();
        ensure!(
            known.is_empty(),
            "the demo's home has chosen programs already: {known}"
        );
        std::fs::write(list, chosen)?;
        Ok(())
    }
}

fn script(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700))?;
    Ok(file)
}

/// Waits until a file holds a whole line, and gives all of them.
fn lines(file: &Path, what: &str) -> Result<Vec<String>> {
    wait::until(SOON, what, || {
        let lines = read(file)?;
        Ok((!lines.is_empty()).then_some(lines))
    })
}

/// The whole lines of a file; none while it isn't there.
fn read(file: &Path) -> Result<Vec<String>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text
            .split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n'))
            .map(str::to_owned)
            .collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("can't read {}", file.display())),
    }
}
