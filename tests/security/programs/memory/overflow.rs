// Recurse without end.
#[allow(unconditional_recursion)]
fn recurse(depth: u64) -> u64 {
    let frame = [depth; 100];
    std::hint::black_box(&frame);
    recurse(depth + 1) + frame[(depth % 100) as usize]
}

fn main() {
    println!("begun");
    recurse(0);
}
