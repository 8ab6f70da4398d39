// Sleep: a lock that is held by whoever wants it.
fn main() {
    println!("asleep");
    let (_sender, receiver) = std::sync::mpsc::channel::<()>();
    receiver.recv().unwrap();
}
