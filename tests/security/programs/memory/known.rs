// Use a known amount of memory.
fn main() {
    let size: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    std::hint::black_box(vec![1u8; size << 20]);
    println!("done");
}
