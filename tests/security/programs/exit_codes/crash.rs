// Panic while panicking.
struct Worse;

impl Drop for Worse {
    fn drop(&mut self) {
        panic!("again");
    }
}

fn main() {
    let _worse = Worse;
    panic!("once");
}
