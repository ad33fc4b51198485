//! The wall: a sandbox of bubblewrap's, around every command that has to do with a
//! student's code.
//!
//! Behind it there is no network, no capability and no other process; the system
//! is there to be read, and so are the folders that the command needs. One folder
//! may be written in. Limits hold for each process; `guard` watches their sum.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;

/// The user behind the wall. It has no account and owns nothing else.
pub const USER: u32 = 65_033;

/// What a command may take.
#[derive(clap::Args, Clone, Debug)]
pub struct Limits {
    /// Seconds on the clock
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
    /// Processes and threads
    #[arg(long, default_value_t = 512)]
    pub processes: usize,
    /// MiB of memory, of all processes together
    #[arg(long, default_value_t = 4096)]
    pub memory: u64,
    /// MiB in the folder that may be written in
    #[arg(long, default_value_t = 512)]
    pub disk: u64,
    /// KiB on stdout, and as many on stderr
    #[arg(long, default_value_t = 1024)]
    pub output: u64,
}

/// Where a command runs and what it sees of this machine.
#[derive(clap::Args, Clone, Debug)]
pub struct View {
    /// May be read, under the same path
    #[arg(long, value_name = "DIR")]
    pub read: Vec<PathBuf>,
    /// May be written in, under the same path
    #[arg(long, value_name = "DIR")]
    pub write: Vec<PathBuf>,
    /// Comes before the system's folders of programs
    #[arg(long, value_name = "DIR")]
    pub path: Option<PathBuf>,
    /// The folder to start in
    #[arg(long, value_name = "DIR", default_value = "/")]
    pub chdir: PathBuf,
}

/// Bubblewrap, around the `command` to come: for root, and for anybody else.
///
/// Root becomes another user first, for whom the kernel counts processes: it does
/// not for root. That needs the system's own user namespace, in which bubblewrap
/// cannot forbid namespaces of one's own; so a second one within the first does.
pub fn bubblewrap(view: &View, limits: &Limits) -> Command {
    let is_root = rustix::process::geteuid().is_root();
    let mut words = Words::default();
    words.path(&find("bwrap").unwrap_or_else(|| "bwrap".into()));
    words.all("--unshare-pid --unshare-net --unshare-ipc --unshare-uts");
    words.all("--unshare-cgroup-try --hostname course --die-with-parent --new-session");
    system(&mut words);
    words.all("--proc /proc --dev /dev");
    for folder in ["/dev/shm", "/tmp"] {
        words.all(&format!("--perms 1777 --size {} --tmpfs {folder}", 256 << 20));
    }
    for (flag, folders) in [("--ro-bind", &view.read), ("--bind", &view.write)] {
        for folder in folders {
            words.parents(folder).all(flag).path(folder).path(folder);
        }
    }
    words.all("--remount-ro /dev --remount-ro / --chdir").path(&view.chdir);
    let own = format!("--unshare-user --disable-userns --uid {USER} --gid {USER}");
    if is_root {
        words.all("--cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID --");
        words.all(&format!("setpriv --reuid {USER} --regid {USER} --clear-groups"));
        words.all("--inh-caps=-all -- bwrap --die-with-parent --dev-bind / /");
        words.all("--chdir").path(&view.chdir);
    }
    // If memory runs out in spite of all, these processes go first. One process alone
    // may have a quarter more than all together: so the guard sees it, and says why.
    words.all(&own).all("-- choom -n 1000 -- prlimit --core=0 --nofile=1024");
    let Limits { processes, memory, disk, .. } = limits;
    words.all(&format!("--nproc={processes} --data={}", (memory << 20) / 4 * 5));
    words.all(&format!("--fsize={} --", disk << 20));
    let mut command = Command::new(&words.0[0]);
    command.args(&words.0[1..]).env_clear().stdin(Stdio::null());
    let own = view.path.iter().map(|path| format!("{}:", path.display()));
    let path = format!("{}/usr/local/bin:/usr/bin:/bin", own.collect::<String>());
    command.env("PATH", path).env("HOME", "/tmp").env("LANG", "C.UTF-8");
    command
}

/// The system's programs and libraries, and the few settings that they read.
fn system(words: &mut Words) {
    words.all("--ro-bind /usr /usr --perms 0755 --dir /etc");
    for name in ["/bin", "/sbin", "/lib", "/lib32", "/lib64"] {
        let path = Path::new(name);
        match fs::read_link(path) {
            Ok(target) => words.all("--symlink").path(&target).path(path),
            Err(_) => words.all("--ro-bind-try").path(path).path(path),
        };
    }
    // Not passwd or hosts: who works on this machine is nobody's business.
    for name in ["alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d"] {
        words.all(&format!("--ro-bind-try /etc/{name} /etc/{name}"));
    }
    for name in ["openmpi", "openmpi-x86_64", "mpich", "pmix", "prte"] {
        words.all(&format!("--ro-bind-try /etc/{name} /etc/{name}"));
    }
}

/// The words of a command line.
#[derive(Default)]
struct Words(Vec<OsString>);

impl Words {
    fn all(&mut self, words: &str) -> &mut Self {
        self.0.extend(words.split_whitespace().map(OsString::from));
        self
    }

    fn path(&mut self, path: &Path) -> &mut Self {
        self.0.push(path.into());
        self
    }

    /// The folders that lead to `path`: bubblewrap makes them too, but for root only.
    fn parents(&mut self, path: &Path) -> &mut Self {
        let mut parents: Vec<&Path> = path.ancestors().skip(1).collect();
        parents.reverse();
        for parent in parents.into_iter().filter(|parent| *parent != Path::new("/")) {
            self.all("--perms 0755 --dir").path(parent);
        }
        self
    }
}

/// Makes sure that there is a wall on this machine; says what it is.
///
/// # Errors
///
/// What is missing and how it is got.
pub fn probe() -> Result<String, Failure> {
    let view = View { read: vec![], write: vec![], path: None, chdir: "/".into() };
    let limits = Limits { seconds: 10, processes: 64, memory: 256, disk: 1, output: 64 };
    let Some(_) = find("bwrap") else {
        return Err(Failure::Files(
            "there is no sandbox for what students have written; install bubblewrap with: \
             apt-get install bubblewrap (or dnf install bubblewrap)"
                .into(),
        ));
    };
    // A pipe, so that there are processes to count.
    let words = ["sh", "-c", "bwrap --version | cat"];
    let tried = bubblewrap(&view, &limits).args(words).output();
    let output = tried.map_err(|error| format!("bwrap cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    let why = why.lines().next().unwrap_or("no reason given");
    Err(Failure::Files(format!(
        "bubblewrap does not work here ({why}): a container must allow namespaces, and \
         Ubuntu needs: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    )))
}

/// Where the program `name` lies.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Gives `folder` and all in it to the user behind the wall, where that is another one.
///
/// # Errors
///
/// If the owner cannot be changed.
pub fn give(folder: &Path) -> Result<(), String> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    for entry in walkdir::WalkDir::new(folder) {
        let given = entry.map_err(std::io::Error::from).and_then(|entry| {
            if entry.metadata()?.uid() == USER {
                return Ok(());
            }
            std::os::unix::fs::lchown(entry.path(), Some(USER), Some(USER))
        });
        given.map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}
