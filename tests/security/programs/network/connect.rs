// Reach each of the arguments, such as tcp/127.0.0.1/80, and send a word; one line each.
use std::io::{Result, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

fn reach(kind: &str, address: SocketAddr) -> Result<()> {
    if kind == "tcp" {
        return TcpStream::connect_timeout(&address, Duration::from_secs(5))?.write_all(b"secret");
    }
    let any = if address.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
    UdpSocket::bind(any)?.send_to(b"secret", address).map(|_| ())
}

fn main() {
    for target in std::env::args().skip(1) {
        let parts: Vec<&str> = target.split('/').collect();
        let address = SocketAddr::new(parts[1].parse::<IpAddr>().unwrap(), parts[2].parse().unwrap());
        match reach(parts[0], address) {
            Ok(()) => println!("{target}: done"),
            Err(error) => println!("{target}: {error}"),
        }
    }
}
