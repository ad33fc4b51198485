//! A constant that the compiler never finishes.
//! task: mandel-serial 3.5
//! gets: not built, seconds
#[allow(long_running_const_eval)]
const ENDLESS: usize = {
    let mut n = 0_usize;
    while n < usize::MAX {
        n = (n + 1) % 1000;
    }
    n
};
vec![ENDLESS as u64; workers]
