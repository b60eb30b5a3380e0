//! The person's `Run` key.

use windows_registry::CURRENT_USER;

use super::{AutostartError, trying};

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// `HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)`.
const NOT_FOUND: i32 = 0x8007_0002_u32.cast_signed();

pub(super) fn is_on(entry: &str) -> Result<bool, AutostartError> {
    let read = CURRENT_USER.open(RUN).and_then(|run| run.get_string(entry));
    match read {
        Ok(_) => Ok(true),
        Err(error) if error.code().0 == NOT_FOUND => Ok(false),
        Err(error) => Err(trying(format!(r"HKEY_CURRENT_USER\{RUN} can't be read"))(error)),
    }
}

pub(super) fn write(entry: &str, command: &[String]) -> Result<(), AutostartError> {
    // No word of ours can hold a quote: Windows allows none in paths.
    let command = command
        .iter()
        .map(|word| format!("\"{word}\""))
        .collect::<Vec<_>>()
        .join(" ");
    CURRENT_USER
        .create(RUN)
        .and_then(|run| run.set_string(entry, &command))
        .map_err(trying(format!(r"HKEY_CURRENT_USER\{RUN} can't be written")))
}

pub(super) fn remove(entry: &str) -> Result<(), AutostartError> {
    match CURRENT_USER.create(RUN).and_then(|run| run.remove_value(entry)) {
        Err(error) if error.code().0 != NOT_FOUND => Err(trying(format!(
            r"HKEY_CURRENT_USER\{RUN} can't be written"
        ))(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use windows_registry::CURRENT_USER;

    use super::super::{entry, is_on, set};
    use super::RUN;

    #[test]
    fn is_turned_on_and_off() {
        let profile = "test-autostart";
        assert!(!is_on(profile).unwrap());
        set(profile, true).unwrap();
        assert!(is_on(profile).unwrap());
        let command = CURRENT_USER
            .open(RUN)
            .unwrap()
            .get_string(entry(profile))
            .unwrap();
        let program = std::env::current_exe().unwrap();
        assert_eq!(
            command,
            format!(
                "\"{}\" \"--hidden\" \"--profile\" \"{profile}\"",
                program.display()
            )
        );
        set(profile, false).unwrap();
        set(profile, false).unwrap();
        assert!(!is_on(profile).unwrap());
    }
}
