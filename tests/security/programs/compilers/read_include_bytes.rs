// A file as bytes, its name put together.
fn main() {
    print!("{}", String::from_utf8_lossy(include_bytes!(concat!("/", "/etc/debian_version"))));
}
