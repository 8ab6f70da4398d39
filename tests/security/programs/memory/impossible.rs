// Ask for more than there is anywhere.
fn main() {
    println!("begun");
    std::hint::black_box(vec![0u8; std::hint::black_box(1 << 46)]);
}
