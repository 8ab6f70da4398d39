// A file as an expression, which is what it may even be.
fn main() {
    print!("{}", include!("/etc/debian_version"));
}
