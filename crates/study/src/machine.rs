//! The machine that all of this runs on.

use std::sync::OnceLock;

use sysinfo::{CpuRefreshKind, RefreshKind, System};

/// The model of its processor, as that calls itself: `AMD EPYC 7763`.
pub fn processor() -> &'static str {
    static MODEL: OnceLock<String> = OnceLock::new();
    MODEL.get_or_init(|| {
        let processors = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
        let system = System::new_with_specifics(processors);
        let model = system.cpus().first().map(|cpu| cpu.brand().trim().to_owned());
        // Virtual machines and some boards do not tell.
        model
            .filter(|model| !model.is_empty())
            .unwrap_or("an unknown processor".to_owned())
    })
}

/// The system: its name, and the version of its kernel.
pub fn system() -> String {
    let name = System::name().unwrap_or_default();
    let kernel = System::kernel_version().unwrap_or_default();
    format!("{name}, kernel {kernel}")
}
