//! `course handout` and `course solutions`: what the class unpacks.

use std::io::Write;
use std::path::{Path, PathBuf};

use harness::files::{self, Named, Output};
use harness::program;

use crate::project::{self, Project, Tree};
use crate::region::Region;
use crate::{Failure, git, leak, tarball};

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
/// `--solved` is unknown, or the output cannot be written.
pub fn handout(root: &Path, args: &HandoutArgs) -> Result<String, Failure> {
    let project = project::load(root)?;
    refuse_unknown(&project, &args.solved)?;
    let is_solved = |name: &str, region: &Region| {
        args.solved.iter().any(|choice| is_chosen(choice, name, &region.id))
    };
    let tree = project.render(is_solved);
    leak::check(&project, &tree, is_solved)?;
    match &args.folder {
        Some(folder) => {
            tarball::write_folder(folder, &tree)?;
            Ok(format!("{}: {} files\n", folder.display(), tree.len()))
        }
        None => write(root, args.out.as_deref(), "parallel_materials", &tree),
    }
}

/// Writes the same materials with the reference in every region.
///
/// # Errors
///
/// If the project is malformed or the tarball cannot be written.
pub fn solutions(root: &Path, args: &SolutionsArgs) -> Result<String, Failure> {
    let tree = project::load(root)?.render(|_, _| true);
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
