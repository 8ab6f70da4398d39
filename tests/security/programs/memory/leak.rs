// Take a little more again and again.
fn main() {
    println!("begun");
    let wanted: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut kept = Vec::new();
    for _ in 0..wanted {
        kept.push(vec![1u8; 1 << 20]);
        std::hint::black_box(&kept);
    }
    println!("filled");
}
