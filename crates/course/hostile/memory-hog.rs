//! Takes all memory that there is, with as many threads as it can, so that no limit
//! of one allocation is in the way.
//! task: mandel-threads 3.4
//! gets: failed
let mut hoard: Vec<Vec<u8>> = Vec::new();
loop {
    hoard.push(vec![1; 1 << 26]);
}
