//! Writes where it may not.
//! task: mandel-serial 3.6
//! gets: refused, unsafe
unsafe { *(1 as *mut f64) = 1.0 };
1.0
