//! What a program says when it is run: the compiler about a mistake, and the report
//! of a job that stands still.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Which programs are run.
pub enum Runs {
    /// All of them. They lie where this program lies.
    All(PathBuf),
    /// Only the compiler: the others need MPI.
    Compiler,
}

/// How many characters of a message a slide holds in a line, and how many lines.
const COLUMNS: usize = 58;
const LINES: usize = 14;

impl Runs {
    /// All programs.
    ///
    /// # Errors
    ///
    /// If this program does not know where it lies.
    pub fn all() -> Result<Self, String> {
        let me = env::current_exe().map_err(|error| error.to_string())?;
        Ok(Self::All(me.parent().unwrap_or(&me).to_owned()))
    }

    /// The compiler's first message about the file `path`, which it must refuse.
    ///
    /// # Errors
    ///
    /// If there is no compiler, or it takes the file.
    pub fn refusal(&self, root: &Path, path: &str) -> Result<String, String> {
        let file = root.join(path);
        let (folder, name) = (file.parent(), file.file_name());
        let (Some(folder), Some(name)) = (folder, name) else {
            return Err("no file".into());
        };
        let out = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata"]);
        // Wide enough that rustc leaves nothing out.
        rustc.args(["--color", "never", "--diagnostic-width", "140", "--out-dir"]);
        let output = run(rustc.arg(out.path()).arg(name).current_dir(folder))?;
        let says = String::from_utf8_lossy(&output.stderr);
        let first = says.split("\n\n").next().unwrap_or_default().trim_end();
        match output.status.success() || !first.starts_with("error[E") {
            true => Err(format!("the compiler does not refuse it, but says: {says}")),
            false => Ok(for_slide(first)),
        }
    }

    /// What is said about a job of the bank, which must stand still.
    ///
    /// # Errors
    ///
    /// If it ends otherwise.
    pub fn report(&self, root: &Path, job: &str, ranks: &str) -> Result<String, String> {
        let Self::All(programs) = self else { return Ok(String::new()) };
        let mut launch = Command::new(root.join("crates/ranks/launch.sh"));
        launch.args(["-n", ranks]).arg(programs.join("examples/bank")).arg(job);
        for variable in ["STRICT", "DEADLOCK_WATCH", "DEADLOCK_LIMIT_MS"] {
            launch.env_remove(variable);
        }
        let output = run(launch.env("MPIEXEC_TIMEOUT", "60"))?;
        let says = String::from_utf8_lossy(&output.stderr);
        match (output.status.code(), says.find("error: ")) {
            (Some(124), Some(start)) => {
                let folder = format!("{}/", root.display());
                Ok(for_slide(&says[start..].replace(&folder, "")))
            }
            _ => Err(format!("the job does not stand still, but ends thus: {says}")),
        }
    }

    /// Draws the Mandelbrot set into the file `picture`.
    ///
    /// # Errors
    ///
    /// If the program is missing or fails.
    pub fn draw(&self, picture: &Path) -> Result<(), String> {
        let Self::All(programs) = self else { return Ok(()) };
        let mut draw = Command::new(programs.join("mandel-serial"));
        draw.args([
            "--width", "1200", "--height", "1000", "--kernel", "simd", "--runs", "1",
        ]);
        let output = run(draw.arg("--json").arg("--png").arg(picture))?;
        let says = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(says.into_owned()) }
    }

    /// Calls Typst: see `typeset.py`.
    ///
    /// # Errors
    ///
    /// If it refuses the slides.
    pub fn typeset(root: &Path, build: &Path, solved: bool) -> Result<(), String> {
        let python = root.join("target/typst/bin/python");
        let mut typeset = Command::new(python);
        typeset.arg(root.join("crates/talk/typeset.py")).arg(root).arg(build);
        let output = run(typeset.arg(if solved { "solved" } else { "students" }))?;
        let says = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(says.into_owned()) }
    }
}

/// Runs `command` to its end, and keeps what it says on stderr.
fn run(command: &mut Command) -> Result<Output, String> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.output().map_err(|error| format!("cannot run {command:?}: {error}"))
}

/// The first lines of a message, those that are too long broken between two words. What
/// follows begins below the words of the first line, not below signs such as `|  ^^^`.
fn for_slide(message: &str) -> String {
    let mut lines = Vec::new();
    for line in message.trim_end().lines() {
        let mut line = line.to_owned();
        while line.chars().count() > COLUMNS {
            let is_sign = |c: char| " |-^0123456789".contains(c);
            let words = line.find(|c| !is_sign(c)).unwrap_or(0);
            let indent: String =
                line[..words].chars().map(|c| if c == '|' { c } else { ' ' }).collect();
            let end = line.char_indices().nth(COLUMNS).map_or(line.len(), |(end, _)| end);
            let Some(space) = line[..=end].rfind(' ').filter(|&space| space > words)
            else {
                break;
            };
            lines.push(line[..space].trim_end().to_owned());
            let hanging = if indent.contains('|') { "" } else { "    " };
            line = format!("{indent}{hanging}{}", line[space..].trim_start());
        }
        lines.push(line);
    }
    lines.truncate(LINES);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_goes_on_below_its_words() {
        let message = "6 |     let b = || total += 2;\n  |             ^^ ----- second \
                       borrow occurs due to use of `total` in closure\n\n";
        let expected = "6 |     let b = || total += 2;\n  |             ^^ ----- second \
                        borrow occurs due to use\n  |                      of `total` in closure";
        assert_eq!(for_slide(message), expected);
    }

    #[test]
    fn a_message_without_signs_hangs() {
        let message = format!("  rank 0  {} and so on", "x".repeat(46));
        let expected = format!("  rank 0  {}\n      and so on", "x".repeat(46));
        assert_eq!(for_slide(&message), expected);
    }
}
