//! What a message costs: its time by its size, and Hockney's law through them.

use harness::record::{self, Outputs, Setting};
use harness::{Common, Error};
use kernels::fit::Hockney;
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;
use ranks::Message;
use serde_json::{Value, json};

/// The names of what the record says of messages.
pub const FIGURES: [&str; 3] = ["ping_pong", "alpha_s", "beta_s_per_byte"];

/// Measures, and tells what came of it: rank 0 does, the others take part.
///
/// # Errors
///
/// [`Error::Usage`] on one rank; [`Error::Failure`] if a file cannot be
/// written.
pub fn run(
    world: &SimpleCommunicator,
    common: &Common,
    outputs: Option<Outputs>,
) -> Result<(), Error> {
    if world.size() < 2 {
        return Err(Error::usage("--ping-pong needs two ranks at least, as with NP=2"));
    }
    let setting = ranks::setting("mpi-hello", world);
    let (Some((measured, messages)), Some(outputs)) =
        (ranks::ping_pong(world, common), outputs)
    else {
        return Ok(());
    };
    let points: Vec<(f64, f64)> =
        messages.iter().map(|message| (message.bytes as f64, message.seconds)).collect();
    let law = Hockney::fit(&points).ok_or_else(|| {
        Error::failure("the clock is too coarse: a message takes no time by it")
    })?;
    write(&outputs, &messages)?;
    let summary = summary(&setting, &messages, &law, law.deviation(&points));
    let figures = figures(&messages, &law);
    record::publish(common, outputs, &setting, &measured, figures, &summary)
}

/// Writes the columns bytes,seconds.
fn write(outputs: &Outputs, messages: &[Message]) -> Result<(), Error> {
    outputs.write("--out", |file| {
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(["bytes", "seconds"])?;
        for Message { bytes, seconds } in messages {
            csv.write_record([bytes.to_string(), seconds.to_string()])?;
        }
        csv.flush()
    })
}

fn figures(messages: &[Message], law: &Hockney) -> Value {
    let message =
        |message: &Message| json!({ "bytes": message.bytes, "seconds": message.seconds });
    json!({
        "ping_pong": messages.iter().map(message).collect::<Vec<_>>(),
        "alpha_s": law.alpha_s,
        "beta_s_per_byte": law.beta_s_per_byte,
    })
}

/// A table by size, then the law.
fn summary(
    setting: &Setting,
    messages: &[Message],
    law: &Hockney,
    deviation: f64,
) -> String {
    let mpi = setting.mpi.as_deref().unwrap_or("?");
    let mut lines = vec![
        format!("A message between ranks 0 and 1, with {mpi}: median times, one way\n"),
        format!("{:>9}  {:>10}  {:>10}", "bytes", "us", "MB/s"),
    ];
    for Message { bytes, seconds } in messages {
        let rate = match bytes {
            0 => "-".to_owned(),
            _ => format!("{:.1}", *bytes as f64 / seconds / 1e6),
        };
        lines.push(format!("{bytes:>9}  {:>10.2}  {rate:>10}", seconds * 1e6));
    }
    lines.push(format!(
        "\nn bytes take alpha + beta n: {law},\n\
         by least squares on relative errors, which are {:.0} % (root of the mean square)\n\n\
         All sizes, {} ranks:",
        deviation * 100.0,
        setting.workers,
    ));
    lines.join("\n")
}
