//! Every call of MPI that rsmpi makes is ours, unless it waits for nobody.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// Calls that wait for nobody, by how they begin.
const LOCAL: &[&str] = &[
    "MPI_Aint_",
    "MPI_Buffer_",
    "MPI_Cart_coords",
    "MPI_Cart_get",
    "MPI_Cart_map",
    "MPI_Cart_rank",
    "MPI_Cart_shift",
    "MPI_Cartdim_",
    "MPI_Comm_compare",
    "MPI_Comm_create_keyval",
    "MPI_Comm_delete_attr",
    "MPI_Comm_free_keyval",
    "MPI_Comm_get_",
    "MPI_Comm_group",
    "MPI_Comm_rank",
    "MPI_Comm_remote_",
    "MPI_Comm_set_",
    "MPI_Comm_size",
    "MPI_Comm_test_inter",
    "MPI_Finalized",
    "MPI_Get_",
    "MPI_Group_",
    "MPI_Info_",
    "MPI_Initialized",
    "MPI_Op_",
    "MPI_Pack",
    "MPI_Query_thread",
    "MPI_Reduce_local",
    "MPI_Test_cancelled",
    "MPI_Topo_test",
    "MPI_Type_",
    "MPI_Unpack",
    "MPI_Wtick",
    "MPI_Wtime",
];

/// The folder of rsmpi's source.
fn rsmpi() -> PathBuf {
    let mut command =
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["metadata", "--format-version", "1", "--offline"]);
    command.args(["--filter-platform", "host-tuple"]);
    let output =
        command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let mpi = packages.iter().find(|package| package["name"] == "mpi").expect("rsmpi");
    let manifest = mpi["manifest_path"].as_str().expect("a path");
    Path::new(manifest).with_file_name("src")
}

/// What follows `before` in the sources of a folder, up to the end of a name.
fn names(folder: &Path, before: &str, found: &mut BTreeSet<String>) {
    for entry in
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable"))
    {
        let path = entry.path();
        if path.is_dir() {
            names(&path, before, found);
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source");
        for after in text.split(before).skip(1) {
            let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
            let name: String = after.chars().take_while(is_part).collect();
            let second = name.chars().nth(1);
            // No constant, and no type such as `MPI_Comm`, which stands alone.
            if second.is_some_and(char::is_lowercase)
                && !after[name.len()..].starts_with(">")
            {
                found.insert(format!("MPI_{name}"));
            }
        }
    }
}

#[test]
fn every_call_of_rsmpi_that_may_wait_is_ours() {
    let (mut called, mut passed_on) = (BTreeSet::new(), BTreeSet::new());
    names(&rsmpi(), "ffi::MPI_", &mut called);
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/calls");
    names(&ours, "fn MPI_", &mut passed_on);
    names(&ours, " PMPI_", &mut passed_on);
    names(&ours, "ffi::PMPI_", &mut passed_on);
    assert!(called.len() > 100 && passed_on.len() > 90, "{called:?}\n{passed_on:?}");
    let types = [
        "MPI_Aint",
        "MPI_Comm",
        "MPI_Datatype",
        "MPI_Group",
        "MPI_Info",
        "MPI_Message",
        "MPI_Op",
        "MPI_Request",
        "MPI_Status",
        "MPI_Win",
        "MPI_Count",
        "MPI_Errhandler",
    ];
    let missing: Vec<&String> = called
        .difference(&passed_on)
        .filter(|name| !types.contains(&name.as_str()))
        .filter(|name| !LOCAL.iter().any(|local| name.starts_with(local)))
        .collect();
    assert!(missing.is_empty(), "not in crates/deadlock/src/calls: {missing:?}");
}
