// A file as a string.
fn main() {
    print!("{}", include_str!("/etc/debian_version"));
}
