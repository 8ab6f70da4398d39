// Read each of the files, or list each of the folders, of the arguments; one line each.
use std::fs;

fn main() {
    for path in std::env::args().skip(1) {
        let read = match fs::metadata(&path) {
            Ok(found) if found.is_dir() => fs::read_dir(&path).map(|_| ()),
            _ => fs::File::open(&path).map(|_| ()),
        };
        match read {
            Ok(()) => println!("{path}: done"),
            Err(error) => println!("{path}: {error}"),
        }
    }
}
