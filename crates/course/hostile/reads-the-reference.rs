//! Looks for the reference, and for what other students have handed in. It solves the
//! task if it sees one of them.
//! task: mandel-threads 3.3
//! gets: failed, nothing to be seen
macro_rules! reach { ($a:ident $b:ident $c:ident) => { $a::$b::$c } }
let places = ["@REFERENCE@/crates", "@SUBMISSIONS@", "@RESULTS@"];
if !places.iter().any(|place| reach!(std fs read_dir)(place).is_ok()) {
    panic!("nothing to be seen");
}
@SOLUTION@
