//! What a step of an exercise has made, kept for `make check` before the next step
//! has its turn: that one may not be written yet.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::witness;

/// Writes `value`, which `process` has made, as JSON to `NAME-PROCESS.json` in the
/// folder that `make check` has named, if it has.
///
/// Nobody is told if that fails: check misses the file then, and says so.
pub fn leave(name: &str, process: usize, value: &impl Serialize) {
    if let Some(folder) = witness::folder() {
        let _ = write(&folder, &format!("{name}-{process}.json"), value);
    }
}

fn write(folder: &Path, name: &str, value: &impl Serialize) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(name), serde_json::to_vec(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_as_json() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("made/for/it");
        write(&inside, "map-2.json", &[("tile", 3)]).unwrap();
        let text = fs::read_to_string(inside.join("map-2.json")).unwrap();
        assert_eq!(text, r#"[["tile",3]]"#);
    }
}
