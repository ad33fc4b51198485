//! Has the compiler read a file of this machine into the program.
//! task: mandel-serial 3.6
//! gets: not built
use std::include_str as read;
const SECRET: &str = read!("@SECRET@");
SECRET.len() as f64
