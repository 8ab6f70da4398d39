// Copy stdin to stdout, byte for byte; then ask for more, twice, and say how much there was.
use std::io::{Read, copy, stdin, stdout};

fn main() {
    let total = copy(&mut stdin(), &mut stdout()).unwrap();
    if stdin().read(&mut [0]).unwrap() + stdin().read(&mut [0]).unwrap() == 0 {
        eprintln!("{total}");
    }
}
