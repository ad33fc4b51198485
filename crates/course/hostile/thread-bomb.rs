//! Starts threads until there are no more.
//! task: mandel-threads 3.2
//! gets: failed | stood still
loop {
    let _ = thread::Builder::new().spawn(|| loop {
        thread::park();
    });
}
