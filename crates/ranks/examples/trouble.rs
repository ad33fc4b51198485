//! A job that goes wrong on one rank, in the ways that tests ask for.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use harness::Error;
use kernels::split::block;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use rustix::process::{Signal, getpid, kill_process};

/// Go wrong on one rank while the others wait for it
#[derive(Parser)]
struct Args {
    /// What goes wrong
    #[arg(value_enum)]
    trouble: Trouble,

    /// On which rank
    #[arg(long, default_value_t = 0)]
    rank: i32,
}

#[derive(Clone, Copy, ValueEnum)]
enum Trouble {
    /// An error is returned
    Error,
    /// A command line that is wrong on any machine
    Usage,
    /// A panic
    Panic,
    /// All ranks panic
    PanicEverywhere,
    /// std::process::exit, with a status that says success
    Exit,
    /// The same with a status of its own
    Exit7,
    /// _exit, which no library hears of
    Quit,
    /// A panic in another thread, which its owner meets with a panic
    Thread,
    /// std::process::abort, after a line
    Abort,
    /// SIGKILL, as the system sends it where memory runs out
    Kill,
    /// SIGTERM, as a batch system sends it
    Term,
    /// Memory that is not its own
    Fault,
    /// A stack that has no end
    Overflow,
    /// Memory that is not there
    Memory,
    /// A message that is longer than the room for it
    Truncate,
    /// An error while the other ranks are done
    Late,
    /// Nothing, for a minute
    Sleep,
    /// Every rank asks again and again for what never comes
    Poll,
    /// Nothing; two lines on stderr
    Nothing,
    /// Whole rows are gathered, of ranks with none and of ranks with some
    Rows,
    /// Rows are shared and summed along a line of ranks
    Lines,
}

fn main() -> ExitCode {
    ranks::run(run)
}

fn run(args: Args, world: &SimpleCommunicator) -> Result<(), Error> {
    let troubled = args.rank == world.rank();
    match args.trouble {
        Trouble::Error if troubled => return Err(Error::failure("the file is torn")),
        Trouble::Usage if troubled => return Err(Error::usage("the flags fight")),
        Trouble::Panic if troubled => panic!("the sum is {}", 3),
        Trouble::PanicEverywhere => panic!("the sum is {}", 3),
        Trouble::Exit if troubled => std::process::exit(0),
        Trouble::Exit7 if troubled => std::process::exit(7),
        Trouble::Quit if troubled => quit(),
        Trouble::Thread if troubled => std::thread::scope(|scope| {
            scope.spawn(|| panic!("the sum is {}", 3)).join().unwrap()
        }),
        Trouble::Abort if troubled => {
            eprintln!("my last words");
            std::process::abort()
        }
        Trouble::Kill if troubled => end_by(Signal::KILL),
        Trouble::Term if troubled => end_by(Signal::TERM),
        Trouble::Fault if troubled => fault(),
        Trouble::Overflow if troubled => println!("{}", depth(1)),
        Trouble::Memory if troubled => println!("{}", vec![1_u8; 1 << 60].len()),
        Trouble::Truncate => send_too_much(world, args.rank),
        Trouble::Late if troubled => {
            std::thread::sleep(Duration::from_millis(200));
            return Err(Error::failure("the file is torn"));
        }
        Trouble::Late => return Ok(()),
        Trouble::Sleep => std::thread::sleep(Duration::from_secs(60)),
        Trouble::Poll => while world.any_process().immediate_probe().is_none() {},
        Trouble::Nothing => eprintln!("first\nsecond"),
        Trouble::Rows => gather_rows(world),
        Trouble::Lines => [(0, 3), (5, 0), (1, 4), (7, 1), (20, 3)]
            .into_iter()
            .for_each(|(rows, width)| share_rows(world, rows, width)),
        _ => {}
    }
    world.barrier();
    Ok(())
}

/// The rank `sender` sends two bytes, and the next one has room for one.
fn send_too_much(world: &SimpleCommunicator, sender: i32) {
    let receiver = (sender + 1) % world.size();
    if world.rank() == sender {
        world.process_at_rank(receiver).send(&[1_u8, 2][..]);
    } else if world.rank() == receiver {
        world.process_at_rank(sender).receive_into(&mut [0_u8][..]);
    }
}

fn end_by(signal: Signal) {
    kill_process(getpid(), signal).expect("one may end oneself");
}

/// Leaves without a word to anybody.
#[allow(unsafe_code, reason = "no safe function does this")]
fn quit() {
    unsafe extern "C" {
        fn _exit(status: i32) -> !;
    }
    // SAFETY: it ends the process.
    unsafe { _exit(0) }
}

/// Reads where nothing may be read.
#[allow(unsafe_code, reason = "it is the fault that is tried")]
fn fault() {
    // SAFETY: none: the system ends the process.
    unsafe { std::ptr::without_provenance::<u8>(8).read_volatile() };
}

/// The depth of a stack that is never deep enough.
#[allow(unconditional_recursion, reason = "it is the fault that is tried")]
fn depth(above: u64) -> u64 {
    let frame = std::hint::black_box([above; 512]);
    depth(above + 1) + frame[1]
}

/// Rank r has r rows of three numbers; rank 0 collects them all.
fn gather_rows(world: &SimpleCommunicator) {
    let (rank, size) = (world.rank(), world.size());
    let mine = vec![rank; 3 * rank as usize];
    let (root, part) = (world.process_at_rank(0), ranks::Rows::new(&mine, 3));
    if rank != 0 {
        root.gather_varcount_into(&part);
        return;
    }
    let counts: Vec<i32> = (0..size).collect();
    let starts: Vec<i32> = (0..size).map(|rank| rank * (rank - 1) / 2).collect();
    let mut all = vec![-1; 3 * counts.iter().sum::<i32>() as usize];
    let mut rows = ranks::RowsMut::new(&mut all, 3);
    let mut parts = mpi::datatype::PartitionMut::new(&mut rows, counts, starts);
    root.gather_varcount_into_root(&part, &mut parts);
    let expected = (0..size).flat_map(|rank| vec![rank; 3 * rank as usize]);
    assert!(all.iter().copied().eq(expected), "{all:?}");
}

/// Each rank knows its own block of `rows` rows; in the end all know all of
/// them, and each has the sum of all ranks' rows where its own block is.
fn share_rows(world: &SimpleCommunicator, rows: usize, width: usize) {
    let (rank, ranks) = (world.rank() as usize, world.size() as usize);
    let own = block(rows, ranks, rank);
    let own = own.start * width..own.end * width;
    let all: Vec<u64> = (0..(rows * width) as u64).collect();
    let mut numbers = vec![u64::MAX; rows * width];
    numbers[own.clone()].copy_from_slice(&all[own.clone()]);
    let lacking = (numbers.len() - own.len()) as u64;
    assert_eq!(ranks::all_gather_rows(world, width, &mut numbers), lacking);
    assert_eq!(numbers, all);

    numbers.iter_mut().for_each(|number| *number *= 1 + rank as u64);
    let mut incoming = vec![0; own.len()];
    let received = ranks::reduce_scatter_rows(world, width, &mut numbers, &mut incoming);
    assert_eq!(received, (own.len() * (ranks - 1)) as u64);
    let factor = (ranks * (ranks + 1) / 2) as u64;
    assert!(own.into_iter().all(|i| numbers[i] == all[i] * factor), "{numbers:?}");
}
