// Make the calls that stdin names, a line each: name, number, arguments; P points to zeros. Say of each the errno.
use std::io::{self, BufRead};

unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
}

fn main() {
    let zeros = vec![0u8; 4096];
    for line in io::stdin().lock().lines().map(Result::unwrap) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let mut words = [0u64; 6];
        for (word, field) in words.iter_mut().zip(&fields[2..]) {
            *word = if *field == "P" { zeros.as_ptr() as u64 } else { u64::from_str_radix(field, 16).unwrap() };
        }
        let number: i64 = fields[1].parse().unwrap();
        let result = unsafe { syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]) };
        let errno = io::Error::last_os_error().raw_os_error().unwrap();
        println!("{} {}", fields[0], if result < 0 { errno } else { 0 });
    }
}
