//! On which machine what the page shows was measured: at its top, under a figure,
//! and at its foot.

use std::path::Path;

use maud::{Markup, html};

use crate::report::material::{Material, Origin};

/// What the page is drawn from, for its top.
pub fn sources(material: &Material) -> Markup {
    let name = |origin| html! { code { (material.folder(origin).display()) } };
    let (here, reference) = (name(Origin::Here), name(Origin::Reference));
    let has = |origin| material.has_any(origin);
    html! {
        p class="note" {
            code { "make report" } " drew this page from the files in "
            @match (has(Origin::Here), has(Origin::Reference)) {
                (_, false) => { (here) }
                (false, true) => {
                    (reference) ": reference results of another machine; "
                    code { "make run" } " measures this one"
                }
                (true, true) => {
                    (here) "; where one is missing there, the page takes it from "
                    (reference) ", the results of another machine, and says so"
                }
            }
            ". It measured nothing: what it calls a model is computed from counted \
             iterations."
        }
    }
}

/// What to say of a figure of another machine, among those of this one.
pub fn elsewhere(
    origin: Origin,
    path: &Path,
    command: &str,
    material: &Material,
) -> Markup {
    html! {
        @if material.is_foreign(origin) {
            p class="note" {
                "Measured on another machine: " code { (path.display()) } ". "
                code { (command) } " measures this one."
            }
        }
    }
}

/// The machines and the versions, as the result files tell them, for the foot.
pub fn machines(material: &Material) -> Markup {
    let all = [
        (Origin::Here, "The machine of the results"),
        (Origin::Reference, "The machine of the reference results"),
    ];
    // Traces alone do not tell all of that.
    let known = all.into_iter().filter(|all| !material.all("cores", all.0).is_empty());
    html! {
        @for (origin, whose) in known {
            @let listed = |column| match &material.all(column, origin)[..] {
                [] => "unknown".to_owned(),
                values => values.join(", "),
            };
            p {
                (whose) ": " (listed("processor")) ", instructions: " (listed("instructions"))
                ", cores: " (listed("cores"))
                ", hosts: " (listed("hosts")) ". Versions: exercises "
                (listed("version")) ", MPI " (listed("mpi")) "."
            }
        }
        p {
            "Page by plots " (env!("CARGO_PKG_VERSION")) "."
            @if let Some(ns) = material.nanoseconds_per_iteration() {
                " One iteration of the scalar kernel took " (format!("{ns:.2}"))
                " ns (median run)."
            }
        }
    }
}
