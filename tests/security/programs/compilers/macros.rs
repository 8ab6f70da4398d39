// A macro whose input doubles with every call.
#![recursion_limit = "1000"]
macro_rules! explode {
    (() $($x:tt)*) => {};
    ((- $($n:tt)*) $($x:tt)*) => { explode!(($($n)*) $($x)* $($x)*); };
}

fn main() {
    explode!((- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -) x);
}
