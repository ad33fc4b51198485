//! On which machine what the page shows was measured: at its top, under a figure,
//! and at its foot.

use std::path::Path;

use crate::report::html::escaped;
use crate::report::material::{Material, Origin};

/// What the page is drawn from, for its top.
pub fn sources(material: &Material) -> String {
    let name = |origin| {
        let folder = material.folder(origin).display().to_string();
        format!("<code>{}</code>", escaped(&folder))
    };
    let (here, reference) = (name(Origin::Here), name(Origin::Reference));
    let has = |origin| material.has_any(origin);
    let from = match (has(Origin::Here), has(Origin::Reference)) {
        (_, false) => here,
        (false, true) => format!(
            "{reference}: reference results of another machine; <code>make run</code> \
             measures this one"
        ),
        (true, true) => format!(
            "{here}; what is missing there is shown from {reference}, the results of \
             another machine, and says so"
        ),
    };
    format!(
        "<p class=\"note\">Drawn by <code>make report</code> from what lies in {from}. \
         Nothing was measured for this page; what is called a model is computed from \
         counted iterations.</p>\n"
    )
}

/// What to say of a figure of another machine, among those of this one.
pub fn elsewhere(
    origin: Origin,
    path: &Path,
    command: &str,
    material: &Material,
) -> String {
    if !material.is_foreign(origin) {
        return String::new();
    }
    format!(
        "<p class=\"note\">Measured on another machine: <code>{}</code>. <code>{}</code> \
         measures this one.</p>\n",
        escaped(&path.display().to_string()),
        escaped(command)
    )
}

/// The machines and the versions, as the result files tell them, for the foot.
pub fn machines(material: &Material) -> String {
    let mut html = String::new();
    for (origin, whose) in [
        (Origin::Here, "The machine of the results"),
        (Origin::Reference, "The machine of the reference results"),
    ] {
        // Traces alone do not tell all of that.
        if material.all("cores", origin).is_empty() {
            continue;
        }
        let listed = |column| match &material.all(column, origin)[..] {
            [] => "unknown".to_owned(),
            values => escaped(&values.join(", ")),
        };
        html += &format!(
            "<p>{whose}: {}, cores: {}, hosts: {}. Versions: exercises {}, MPI {}.</p>\n",
            listed("processor"),
            listed("cores"),
            listed("hosts"),
            listed("version"),
            listed("mpi"),
        );
    }
    let rate = material.nanoseconds_per_iteration().map(|ns| {
        format!(" One iteration of the scalar kernel took {ns:.2} ns (median run).")
    });
    let rate = rate.unwrap_or_default();
    html + &format!("<p>Page by plots {}.{rate}</p>\n", env!("CARGO_PKG_VERSION"))
}
