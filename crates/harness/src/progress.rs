//! Progress bars: for long work, and only if a person watches.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use crate::{Common, program};

/// How long an empty screen worries nobody.
const PATIENCE: Duration = Duration::from_secs(2);

/// A bar that appears when the work has taken two seconds.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    shown: bool,
}

/// A bar over the runs that `common` asks for; with `--json` it stays hidden.
pub fn runs(common: &Common) -> Bar {
    bar(common, u64::from(common.warmup + common.runs), "run")
}

/// A bar over so many rows of a picture; with `--json` it stays hidden.
pub fn rows(common: &Common, rows: usize) -> Bar {
    bar(common, rows as u64, "row")
}

fn bar(common: &Common, steps: u64, step: &str) -> Bar {
    let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::hidden());
    let template = format!("{{bar:40}} {step} {{pos}} of {{len}}, {{eta}} left");
    let style = ProgressStyle::with_template(&template);
    bar.set_style(style.expect("the template is well-formed"));
    // "Shown" already: it is never shown a first time.
    Bar { bar, shown: common.json }
}

impl Bar {
    /// One more of the steps is done.
    pub fn advance(&mut self) {
        self.bar.inc(1);
        if !self.shown && self.bar.elapsed() > PATIENCE {
            self.shown = true;
            if let Some(target) = watched() {
                self.bar.set_draw_target(target);
                self.bar.tick();
            }
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The terminal at which a person watches, if there is one.
fn watched() -> Option<ProgressDrawTarget> {
    if io::stderr().is_terminal() {
        return Some(ProgressDrawTarget::stderr());
    }
    // A launcher stands between an MPI program and the terminal: launch.sh
    // tells whether there is one, and draws what we send it.
    let told = std::env::var("PCR_PROGRESS").is_ok_and(|told| told == "1");
    told.then(|| ProgressDrawTarget::term_like(Box::new(Launcher::default())))
}

/// The terminal behind launch.sh, which knows one thing: a whole line that
/// begins with a carriage return is drawn in place of the one before.
#[derive(Debug, Default)]
struct Launcher {
    line: Mutex<String>,
}

impl TermLike for Launcher {
    fn width(&self) -> u16 {
        80
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.line.lock().expect("nobody panics in here").push_str(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.line.lock().expect("nobody panics in here").clear();
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        let line = std::mem::take(&mut *self.line.lock().expect("nobody panics in here"));
        program::say(&format!("\r{}", line.trim_end()));
        if line.trim().is_empty() {
            // The bar is gone before anything else is printed: stdout and
            // stderr pass through the launcher separately.
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}
