// Threads, scoped and not, with all that they share; processes, sockets, memory of the process.
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::sync::{mpsc, Arc, Barrier, Condvar, Mutex, OnceLock, RwLock};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

fn scopes() {
    let mut numbers = vec![1u64; 1000];
    let sum = AtomicU64::new(0);
    thread::scope(|scope| {
        for chunk in numbers.chunks_mut(100) {
            let sum = &sum;
            scope.spawn(move || {
                chunk.iter_mut().for_each(|n| *n += 1);
                sum.fetch_add(chunk.iter().sum(), Ordering::Relaxed);
            });
        }
    });
    assert_eq!(sum.into_inner(), 2000);
}

fn channels() {
    let (sender, receiver) = mpsc::channel();
    let threads: Vec<_> = (0..20u64).map(|n| { let sender = sender.clone(); thread::spawn(move || sender.send(n * n).unwrap()) }).collect();
    drop(sender);
    assert_eq!(receiver.iter().sum::<u64>(), 2470);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let (sender, receiver) = mpsc::sync_channel::<()>(0);
    assert!(receiver.recv_timeout(Duration::from_millis(5)).is_err());
    drop(sender);
}

fn locks() {
    let shared = Arc::new((Mutex::new(0), Condvar::new(), RwLock::new(0), Barrier::new(4)));
    let threads: Vec<_> = (0..4).map(|_| {
        let shared = shared.clone();
        thread::Builder::new().name("worker".into()).stack_size(256 * 1024).spawn(move || {
            shared.3.wait();
            *shared.2.write().unwrap() += 1;
            *shared.0.lock().unwrap() += 1;
            shared.1.notify_all();
        }).unwrap()
    }).collect();
    let guard = shared.1.wait_while(shared.0.lock().unwrap(), |n| *n < 4).unwrap();
    assert_eq!(*guard, 4);
    drop(guard);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(*shared.2.read().unwrap(), 4);
    static ONCE: OnceLock<u32> = OnceLock::new();
    assert_eq!(*ONCE.get_or_init(|| 42), 42);
    assert!(thread::available_parallelism().unwrap().get() > 0);
    thread::park_timeout(Duration::from_millis(1));
}

fn processes() {
    let mut child = Command::new("tr").args(["a-z", "A-Z"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"abc").unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"ABC");
    assert_eq!(Command::new("sh").args(["-c", "exit 3"]).status().unwrap().code(), Some(3));
    assert_eq!(Command::new("sh").args(["-c", "kill -9 $$"]).status().unwrap().signal(), Some(9));
    assert!(Command::new("true").process_group(0).status().unwrap().success());
    let mut sleeper = Command::new("sleep").arg("100").spawn().unwrap();
    assert!(sleeper.try_wait().unwrap().is_none());
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

fn sockets() {
    let listener = UnixListener::bind("/tmp/socket").unwrap();
    let server = thread::spawn(move || listener.accept().unwrap().0.write_all(b"hello").unwrap());
    let mut text = String::new();
    UnixStream::connect("/tmp/socket").unwrap().read_to_string(&mut text).unwrap();
    server.join().unwrap();
    assert_eq!(text, "hello");
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"x").unwrap();
    drop(writer);
    assert_eq!(reader.read(&mut [0; 2]).unwrap(), 1);
}

fn panics() {
    std::panic::set_hook(Box::new(|_| ()));
    assert!(thread::spawn(|| panic!("expected")).join().is_err());
    assert!(std::panic::catch_unwind(|| panic!("expected")).is_err());
}

fn main() {
    for (name, part) in [("scopes", scopes as fn()), ("channels", channels), ("locks", locks), ("processes", processes), ("sockets", sockets), ("panics", panics)] {
        part();
        println!("{name} ok");
    }
}
