//! Two threads add to one number: the data race of a slide. It must not compile.

use std::thread;

pub fn total() -> u64 {
    let mut total = 0;
    let left = || total += 1;
    let right = || total += 2;
    thread::scope(|scope| {
        scope.spawn(left);
        scope.spawn(right);
    });
    total
}
