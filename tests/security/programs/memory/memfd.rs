// A file that is nowhere, mapped and filled; its descriptor was closed long ago.
unsafe extern "C" {
    fn memfd_create(name: *const i8, flags: u32) -> i32;
    fn ftruncate(fd: i32, size: i64) -> i32;
    fn mmap(at: *mut u8, size: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
    fn close(fd: i32) -> i32;
}

fn main() {
    println!("begun");
    let wanted: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    for _ in 0..wanted / 20 {
        unsafe {
            let fd = memfd_create(c"x".as_ptr().cast(), 0);
            assert_eq!(ftruncate(fd, 20 << 20), 0);
            let map = mmap(std::ptr::null_mut(), 20 << 20, 3, 1, fd, 0);
            close(fd);
            std::ptr::write_bytes(map, 1, 20 << 20);
        }
    }
    println!("filled");
}
