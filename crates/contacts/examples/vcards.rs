//! Writes a file of made-up contacts, for measurements: `vcards FILE COUNT`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args_os().skip(1);
    let (Some(file), Some(count)) = (words.next(), words.next()) else {
        return Err("vcards FILE COUNT".into());
    };
    let count = count.to_str().unwrap_or_default().parse()?;
    std::fs::write(file, contacts::synthetic::vcards(count))?;
    Ok(())
}
