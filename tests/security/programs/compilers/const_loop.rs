// A computation without end, at compile time.
#![allow(long_running_const_eval)]
const SUM: u64 = {
    let mut n = 0;
    while n < 1 << 60 {
        n += 1;
    }
    n
};

fn main() {
    println!("{SUM}");
}
