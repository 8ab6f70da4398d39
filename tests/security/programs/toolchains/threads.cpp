// Threads, futures, parallel work, file systems, exceptions across threads.
#include <atomic>
#include <barrier>
#include <condition_variable>
#include <coroutine>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <latch>
#include <mutex>
#include <numeric>
#include <semaphore>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <vector>

static void check(bool right) {
    if (!right) throw std::runtime_error("wrong");
}

static void threads() {
    std::atomic<int> count = 0;
    std::vector<std::jthread> all;
    std::barrier meeting(20);
    for (int i = 0; i < 20; i++)
        all.emplace_back([&] { meeting.arrive_and_wait(); count++; });
    all.clear();
    check(count == 20);
    std::jthread stoppable([](std::stop_token token) { while (!token.stop_requested()) std::this_thread::yield(); });
    std::atomic<int> flag = 0;
    std::thread waker([&] { flag = 1; flag.notify_all(); });
    flag.wait(0);
    waker.join();
}

static void futures() {
    std::vector<std::future<int>> all;
    for (int i = 0; i < 20; i++)
        all.push_back(std::async(std::launch::async, [i] { return i * i; }));
    int sum = 0;
    for (auto &future : all)
        sum += future.get();
    check(sum == 2470);
    auto failing = std::async(std::launch::async, []() -> int { throw std::logic_error("expected"); });
    try {
        failing.get();
        check(false);
    } catch (const std::logic_error &) {
    }
}

static void locks() {
    std::mutex lock;
    std::condition_variable condition;
    std::unique_lock held(lock);
    check(!condition.wait_for(held, std::chrono::milliseconds(5), [] { return false; }));
    std::shared_mutex shared;
    std::shared_lock first(shared), second(shared);
    std::counting_semaphore<3> semaphore(1);
    check(semaphore.try_acquire() && !semaphore.try_acquire_for(std::chrono::milliseconds(1)));
    std::timed_mutex timed;
    check(timed.try_lock_for(std::chrono::milliseconds(1)));
}

static void files() {
    namespace fs = std::filesystem;
    fs::create_directories("/tmp/a/b/c");
    std::ofstream("/tmp/a/b/file") << "hello";
    fs::copy("/tmp/a", "/tmp/z", fs::copy_options::recursive);
    fs::rename("/tmp/z/b/file", "/tmp/z/moved");
    fs::create_symlink("moved", "/tmp/z/link");
    fs::permissions("/tmp/z/moved", fs::perms::owner_read);
    fs::resize_file("/tmp/a/b/file", 3);
    check(fs::file_size("/tmp/z/link") == 5 && fs::file_size("/tmp/a/b/file") == 3 && fs::equivalent("/tmp/z/link", "/tmp/z/moved"));
    check(fs::space("/tmp").available > 0 && fs::canonical("/tmp/z/../a") == "/tmp/a");
    check(fs::remove_all("/tmp/z") == 5);
}

int main() {
    threads(), std::cout << "threads ok\n";
    futures(), std::cout << "futures ok\n";
    locks(), std::cout << "locks ok\n";
    files(), std::cout << "files ok\n";
}
