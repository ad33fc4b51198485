//! Takes all memory that there is.
//! task: mandel-threads 3.4
//! gets: failed, MiB of memory
let mut hoard: Vec<Vec<u8>> = Vec::new();
loop {
    hoard.push(vec![1; 1 << 26]);
}
