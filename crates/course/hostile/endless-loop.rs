//! Never comes back.
//! task: mandel-threads 3.2
//! gets: stood still
loop {
    std::hint::spin_loop();
}
