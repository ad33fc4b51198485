//! Connects to a server on this machine, and solves the task if it is answered.
//! task: mandel-threads 3.4
//! gets: failed, nobody answers
macro_rules! reach { ($a:ident $b:ident $c:ident $d:ident) => { $a::$b::$c::$d } }
if reach!(std net TcpStream connect)("@ADDRESS@").is_err() {
    panic!("nobody answers");
}
@SOLUTION@
