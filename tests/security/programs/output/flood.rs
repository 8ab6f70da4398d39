// Write numbered lines of 16 bytes to a stream: as many bytes as the second argument says (0: for ever).
use std::io::Write;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let size: usize = args[2].parse().unwrap();
    let mut number = 0;
    while size == 0 || number * 16 < size {
        let mut block: Vec<u8> = (number..number + 1000).flat_map(|n| format!("{n:015}\n").into_bytes()).collect();
        if size > 0 {
            block.truncate(size - number * 16);
        }
        if args[1] != "stderr" {
            std::io::stdout().write_all(&block).unwrap();
            std::io::stdout().flush().unwrap();
        }
        if args[1] != "stdout" {
            std::io::stderr().write_all(&block).unwrap();
        }
        number += 1000;
    }
}
