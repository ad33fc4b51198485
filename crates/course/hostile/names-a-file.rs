//! Asks for files without any disguise.
//! task: mandel-serial 3.5
//! gets: refused, std::fs
std::fs::read("/etc/passwd").unwrap().iter().map(|&byte| u64::from(byte)).collect()
