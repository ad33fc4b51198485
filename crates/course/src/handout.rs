//! `course handout` and `course solutions`: what the class unpacks.

use std::io::Write;
use std::path::{Path, PathBuf};

use harness::files::{self, Named, Output};
use harness::program;

use crate::project::{self, File, Project, Tree};
use crate::region::Region;
use crate::{Failure, answers, git, leak, offline, tarball, update};

/// The command line of `course handout`.
#[derive(clap::Args, Debug)]
pub struct HandoutArgs {
    /// The tarball [default: parallel_materials.tar.gz in the project's folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a folder, which must be new or empty, instead of a tarball
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    folder: Option<PathBuf>,
    /// Keep the solution of a region: ID, CRATE:ID or all (may be repeated)
    #[arg(long, value_name = "REGION", requires = "folder")]
    solved: Vec<String>,
    /// Carry over what was written in an older handout: a folder or a .tar.gz, which
    /// is only read. In an unpacked handout it goes into this very folder, elsewhere
    /// into --folder or --out
    #[arg(long, value_name = "OLD", conflicts_with_all = ["solved", "offline"])]
    update: Option<PathBuf>,
    /// Add the libraries' sources and wheels of MPI, for a room without a network
    #[arg(long)]
    offline: bool,
}

/// The command line of `course solutions`.
#[derive(clap::Args, Debug)]
pub struct SolutionsArgs {
    /// The tarball [default: parallel_solutions.tar.gz in the project's folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the class' materials: a stub in place of every region.
///
/// # Errors
///
/// If the project is malformed, a solution would be given away, a name in
/// `--solved` is unknown, an older handout or a library cannot be read, or the
/// output cannot be written.
pub fn handout(root: &Path, args: &HandoutArgs) -> Result<String, Failure> {
    if let Some(old) = &args.update
        && let Some(tree) = project::handout(root)?
    {
        return update_here(root, tree, old, args);
    }
    let project = project::load(root)?;
    refuse_unknown(&project, &args.solved)?;
    let is_solved = |name: &str, region: &Region| {
        args.solved.iter().any(|choice| is_chosen(choice, name, &region.id))
    };
    let mut tree = with_answers(&project, project.render(is_solved))?;
    leak::check(&project, &tree, is_solved)?;
    let mut report = String::new();
    if let Some(old) = &args.update {
        if args.folder.is_none() && args.out.is_none() {
            let message = "--update needs --folder or --out: the class' tarball is no place \
                           for one student's code";
            return Err(Failure::CommandLine(message.into()));
        }
        let hearts = project::hearts(&tree)?;
        report = update::carry(&mut tree, &hearts, old)?;
    }
    if args.offline {
        report = offline::add(&mut tree)?;
    }
    let written = match &args.folder {
        Some(folder) => {
            tarball::write_folder(folder, &tree)?;
            format!("{}: {} files\n", folder.display(), tree.len())
        }
        None => write(root, args.out.as_deref(), "parallel_materials", &tree)?,
    };
    Ok(report + &written)
}

/// Carries what was written in `old` over into the handout `tree` in the folder `root`.
fn update_here(
    root: &Path,
    mut tree: Tree,
    old: &Path,
    args: &HandoutArgs,
) -> Result<String, Failure> {
    if args.folder.is_some() || args.out.is_some() {
        let message =
            "--update changes this very folder here: leave --folder and --out out";
        return Err(Failure::CommandLine(message.into()));
    }
    let before = tree.clone();
    let hearts = project::hearts(&tree)?;
    let report = update::carry(&mut tree, &hearts, old)?;
    for (path, file) in
        tree.iter().filter(|(path, file)| before.get(*path) != Some(*file))
    {
        Output::create(&root.join(path))?.write(|out| out.write_all(&file.bytes))?;
    }
    Ok(report)
}

/// `tree` with the file that students write their answers in.
fn with_answers(project: &Project, mut tree: Tree) -> Result<Tree, Failure> {
    if let Some(text) = answers::template(project)? {
        let file = File { bytes: text.into(), is_executable: false };
        tree.insert(answers::FILE.into(), file);
    }
    Ok(tree)
}

/// Writes the same materials with the reference in every region.
///
/// # Errors
///
/// If the project is malformed or the tarball cannot be written.
pub fn solutions(root: &Path, args: &SolutionsArgs) -> Result<String, Failure> {
    let project = project::load(root)?;
    let tree = with_answers(&project, project.render(|_, _| true))?;
    write(root, args.out.as_deref(), "parallel_solutions", &tree)
}

/// Writes `tree` as a tarball with the one folder `name`; says what it wrote.
fn write(
    root: &Path,
    out: Option<&Path>,
    name: &str,
    tree: &Tree,
) -> Result<String, Failure> {
    let out = out.map_or_else(|| root.join(format!("{name}.tar.gz")), Path::to_path_buf);
    let sources: Vec<PathBuf> = tree.keys().map(|path| root.join(path)).collect();
    let sources: Vec<Named> =
        sources.iter().map(|path| ("the project's file", path.as_path())).collect();
    files::distinct(&sources, &[("--out", &out)])?;
    let output = Output::create(&out)?;
    let time_s = git::commit_time_s(root)?;
    if git::has_changes(root)? {
        program::say(&format!("note: uncommitted changes go into {}", out.display()));
    }
    let bytes = tarball::pack(name, tree, time_s).map_err(|error| error.to_string())?;
    output.write(|file| file.write_all(&bytes))?;
    Ok(format!("{}: {} files\n", out.display(), tree.len()))
}

/// Whether `choice`, a value of `--solved`, means the region `id` of the crate `name`.
fn is_chosen(choice: &str, name: &str, id: &str) -> bool {
    choice == "all" || choice == id || choice.split_once(':') == Some((name, id))
}

fn refuse_unknown(project: &Project, choices: &[String]) -> Result<(), Failure> {
    let is_known = |choice: &String| {
        project.regions().any(|(name, _, region)| is_chosen(choice, name, &region.id))
    };
    match choices.iter().find(|choice| !is_known(choice)) {
        Some(choice) => {
            Err(Failure::CommandLine(format!("--solved {choice}: no such region")))
        }
        None => Ok(()),
    }
}
