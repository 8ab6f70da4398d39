// A program of 4 GiB.
static BYTES: [u8; 1 << 32] = [1; 1 << 32];

fn main() {
    println!("{}", BYTES[std::env::args().count()]);
}
