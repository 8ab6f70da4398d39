// Sockets that see or make packets of any kind, by the C library.
use std::io::Error;

unsafe extern "C" {
    fn socket(family: i32, kind: i32, protocol: i32) -> i32;
}

fn main() {
    let attempts =
        [("raw", 2, 255), ("raw icmp", 2, 1), ("raw IPv6", 10, 255), ("packet", 17, 0x300), ("netlink", 16, 0)];
    for (name, family, protocol) in attempts {
        if unsafe { socket(family, 3, protocol) } < 0 {
            println!("{name}: {}", Error::last_os_error());
        } else {
            println!("{name}: done");
        }
    }
}
