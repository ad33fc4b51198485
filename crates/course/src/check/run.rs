//! One run of a student's program behind the wall, up to its end or the limit.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use harness::program::PANICKED;
use rustix::process::{Pid, Signal, kill_process};

use super::trial::{FOLDER, Start, Trial};
use crate::Failure;

/// Where a built tree lies, and how its programs are started.
#[derive(Clone, Debug)]
pub struct Site {
    /// The tree's top folder.
    pub root: PathBuf,
    /// The folder of the built programs.
    pub programs: PathBuf,
    /// The words in front of every command: those of a sandbox, or none.
    pub wall: Vec<OsString>,
    /// A folder for the runs' files, which has this path behind the wall, too.
    pub scratch: PathBuf,
    /// The seconds that one run may take.
    pub limit_s: u64,
}

/// What a run has left.
#[derive(Debug)]
pub struct Run {
    /// The folder of its files.
    pub folder: PathBuf,
    /// How many ranks it had; 1 for a program without MPI.
    pub ranks: usize,
    /// The exit status, 128 + n for a signal; `None` if the limit ended it.
    pub status: Option<i32>,
    /// What it said on stderr, the beginning of it if it said too much.
    pub said: String,
    /// How long it took.
    pub seconds: f64,
}

impl Run {
    /// The path of a file that the run was told to write.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Whether it came to a good end.
    pub fn is_success(&self) -> bool {
        self.status == Some(0)
    }

    /// Whether a panic ended it.
    pub fn has_panicked(&self) -> bool {
        self.status == Some(PANICKED.into())
    }
}

/// As many bytes of what a program says are kept.
const MOST_SAID: usize = 1 << 20;

/// The time in which a job that is asked to end does so; `launch.sh` gives its ranks six.
const GRACE: Duration = Duration::from_secs(8);

/// Makes the run of `trial`, with a folder of its own.
///
/// # Errors
///
/// If the folder cannot be written, or the first word cannot be started.
pub fn run(trial: &Trial, site: &Site) -> Result<Run, Failure> {
    let scratch = site.scratch.display();
    let cannot = |error: io::Error| Failure::Files(format!("{scratch}: {error}"));
    let folder = tempfile::Builder::new().prefix("run-").tempdir_in(&site.scratch);
    // Whoever gave the site removes it all.
    let folder = folder.map_err(cannot)?.keep();
    for (name, bytes) in &trial.inputs {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(cannot)?;
        fs::write(path, bytes).map_err(cannot)?;
    }
    let words = words(trial, site, &folder);
    let start = Instant::now();
    let (mut command, program) = (Command::new(&words[0]), words[0].display());
    command.args(&words[1..]).stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child =
        child.map_err(|error| Failure::Files(format!("{program}: {error}")))?;
    // Nobody reads stdout: a result is what lies in the folder.
    let _stdout = child.stdout.take().map(keep);
    let said = child.stderr.take().map(keep);
    let status = wait(&mut child, Duration::from_secs(site.limit_s)).map_err(cannot)?;
    let ranks = match trial.start {
        Start::Ranks(ranks) => ranks,
        Start::Alone => 1,
    };
    let seconds = start.elapsed().as_secs_f64();
    let said = said.map(Kept::text).unwrap_or_default();
    Ok(Run { folder, ranks, status: status.map(number_of), said, seconds })
}

/// The whole command.
fn words(trial: &Trial, site: &Site, folder: &Path) -> Vec<OsString> {
    let folder = folder.display().to_string();
    let mut words: Vec<OsString> = Vec::new();
    // A run ends with check, even if check is killed outright.
    if is_on_path("setpriv") {
        words.extend(["setpriv", "--pdeathsig", "TERM"].map(OsString::from));
    }
    words.extend(site.wall.iter().cloned());
    words.push("/usr/bin/env".into());
    // A run is strict: what works by luck fails.
    words.push("STRICT=1".into());
    for (name, value) in &trial.environment {
        words.push(format!("{name}={}", value.replace(FOLDER, &folder)).into());
    }
    if let Start::Ranks(ranks) = trial.start {
        words.push(site.root.join("crates/ranks/launch.sh").into());
        words.extend(["-n".into(), ranks.to_string().into()]);
    }
    if trial.keeps_stdout {
        words.extend([
            "/bin/sh".into(),
            "-c".into(),
            stdout_of_each_rank(&folder).into(),
        ]);
    }
    words.push(site.programs.join(trial.program).into());
    let given = trial.words.split_whitespace();
    words.extend(given.map(|word| word.replace(FOLDER, &folder).into()));
    words
}

/// A script that runs its words with stdout, and the host's name, in files of the rank.
fn stdout_of_each_rank(folder: &str) -> String {
    let folder = folder.replace('\'', "'\\''");
    format!(
        "rank=${{OMPI_COMM_WORLD_RANK:-${{PMI_RANK:-0}}}}; cd '{folder}' && \
         uname -n >host-$rank && exec \"$0\" \"$@\" >said-$rank"
    )
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The status at the end; `None` if the limit was reached and the run ended for that.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let until = |child: &mut Child, end: Instant| -> io::Result<Option<ExitStatus>> {
        while Instant::now() < end {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(None)
    };
    if let Some(status) = until(child, Instant::now() + limit)? {
        return Ok(Some(status));
    }
    if let Some(id) = Pid::from_raw(child.id() as i32) {
        let _ = kill_process(id, Signal::TERM);
    }
    if until(child, Instant::now() + GRACE)?.is_none() {
        child.kill()?;
        child.wait()?;
    }
    Ok(None)
}

fn number_of(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// What a thread reads from a pipe: the beginning is kept, the rest thrown away.
struct Kept {
    bytes: Arc<Mutex<Vec<u8>>>,
    reading: thread::JoinHandle<()>,
}

fn keep(mut pipe: impl Read + Send + 'static) -> Kept {
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bytes);
    let reading = thread::spawn(move || {
        let mut buffer = [0; 1 << 14];
        while let Ok(read) = pipe.read(&mut buffer) {
            if read == 0 {
                break;
            }
            let mut kept = kept.lock().expect("nobody panics with it");
            let room = MOST_SAID.saturating_sub(kept.len());
            kept.extend_from_slice(&buffer[..read.min(room)]);
        }
    });
    Kept { bytes, reading }
}

impl Kept {
    /// What has been read. A process that the run left behind may hold the pipe open:
    /// then that is not waited for.
    fn text(self) -> String {
        let end = Instant::now() + Duration::from_secs(1);
        while !self.reading.is_finished() && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
        }
        let bytes = self.bytes.lock().expect("nobody panics with it");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(scratch: &Path) -> Site {
        let (root, programs) = ("/".into(), "/bin".into());
        Site { root, programs, wall: vec![], scratch: scratch.into(), limit_s: 1 }
    }

    fn ended(program: &'static str, words: &str) -> Run {
        let folder = tempfile::tempdir().unwrap();
        let trial = Trial::new("", (program, Start::Alone), words, |_| {
            unreachable!("not judged")
        });
        run(&trial, &site(folder.path())).unwrap()
    }

    #[test]
    fn a_run_that_does_not_end_is_ended() {
        let run = ended("sleep", "60");
        assert_eq!(run.status, None);
        assert!(run.seconds < 5.0, "{run:?}");
    }

    #[test]
    fn the_status_is_the_programs_or_that_of_a_signal() {
        assert_eq!(ended("false", "x").status, Some(1));
        let folder = tempfile::tempdir().unwrap();
        let wall = ["/bin/sh", "-c", "kill -KILL $$"].map(OsString::from).to_vec();
        let site = Site { wall, ..site(folder.path()) };
        let trial = Trial::new("", ("true", Start::Alone), "x", |_| Ok(vec![]));
        assert_eq!(run(&trial, &site).unwrap().status, Some(128 + 9));
    }

    #[test]
    fn what_a_run_says_is_kept_up_to_a_size() {
        let run = ended("ls", "/no/such/file");
        assert!(run.said.contains("/no/such/file"), "{run:?}");
        let folder = tempfile::tempdir().unwrap();
        let wall = ["/bin/sh", "-c", "yes >&2 & sleep 0.2; kill $!; exit 3", "sh"];
        let site =
            Site { wall: wall.map(OsString::from).to_vec(), ..site(folder.path()) };
        let trial = Trial::new("", ("true", Start::Alone), "x", |_| Ok(vec![]));
        let run = super::run(&trial, &site).unwrap();
        assert_eq!((run.status, run.said.len()), (Some(3), MOST_SAID));
    }

    #[test]
    fn words_stand_behind_the_wall_and_name_the_runs_folder() {
        let folder = Path::new("/scratch/run-1");
        let site = Site {
            wall: vec!["wall".into(), "--net=none".into()],
            ..site(Path::new("/scratch"))
        };
        let trial = Trial::new(
            "",
            ("mandel-mpi", Start::Ranks(3)),
            "--out FOLDER/out.npy",
            |_| unreachable!("not judged"),
        );
        let trial = trial.with("PCR_WITNESS", "FOLDER/witness");
        let words = words(&trial, &site, folder);
        let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        let words = words.join(" ");
        let expected = "wall --net=none /usr/bin/env STRICT=1 \
                        PCR_WITNESS=/scratch/run-1/witness //crates/ranks/launch.sh -n 3 \
                        /bin/mandel-mpi --out /scratch/run-1/out.npy";
        assert!(words.ends_with(&expected.replacen("//", "/", 1)), "{words}");
    }
}
