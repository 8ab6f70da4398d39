// Where the descriptors lead that are open when a program begins.
fn main() {
    for entry in std::fs::read_dir("/proc/self/fd").unwrap().flatten() {
        if let Ok(target) = std::fs::read_link(entry.path()) {
            println!("{} {}", entry.file_name().display(), target.display());
        }
    }
}
