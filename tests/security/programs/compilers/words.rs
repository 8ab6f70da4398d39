// Print the arguments as they came.
fn main() {
    std::env::args().skip(1).for_each(|word| println!("{word}"));
}
