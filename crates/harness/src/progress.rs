//! Progress bars: for long work, and only where a person watches.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::Common;

/// A bar that appears when the work has taken two seconds.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// One more of the steps is done.
    pub fn advance(&mut self) {
        self.bar.inc(1);
        if self.bar.is_hidden() && self.bar.elapsed() > PATIENCE && watched() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// How long a person looks at an empty screen without wondering.
const PATIENCE: Duration = Duration::from_secs(2);

/// A bar over the runs that `common` asks for.
pub fn runs(common: &Common) -> Bar {
    let steps = if common.json { 0 } else { u64::from(common.warmup + common.runs) };
    let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::hidden());
    let style = ProgressStyle::with_template("{bar:40} run {pos} of {len}, {eta} left");
    bar.set_style(style.expect("the template is well-formed"));
    Bar { bar }
}

fn watched() -> bool {
    std::io::stderr().is_terminal()
}
