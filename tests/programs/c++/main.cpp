// Reads records from standard input, reports on each, then tries what a program may want of its surroundings.
#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <cctype>
#include <condition_variable>
#include <coroutine>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <future>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <semaphore>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "bigint.hpp"
#include "lib/json.hpp"

namespace fs = std::filesystem;
using namespace std::literals;

std::string join(const auto&... parts) {
    std::ostringstream text;
    (text << ... << parts);
    return text.str();
}

template <class Key, class Value>
class Lru {
public:
    explicit Lru(std::size_t capacity) : capacity(capacity) {}

    std::optional<Value> get(const Key& key) {
        const auto found = places.find(key);
        if (found == places.end()) return std::nullopt;
        items.splice(items.begin(), items, found->second);
        return items.front().second;
    }

    std::optional<Key> put(const Key& key, Value value) {
        if (get(key)) {
            items.front().second = std::move(value);
            return std::nullopt;
        }
        items.emplace_front(key, std::move(value));
        places[key] = items.begin();
        if (items.size() <= capacity) return std::nullopt;
        Key oldest = items.back().first;
        places.erase(oldest);
        items.pop_back();
        return oldest;
    }

private:
    std::size_t capacity;
    std::list<std::pair<Key, Value>> items;
    std::unordered_map<Key, typename std::list<std::pair<Key, Value>>::iterator> places;
};

/// A generator of code points: an ill-formed byte gives U+FFFD.
class CodePoints {
public:
    struct promise_type {
        char32_t current = 0;
        CodePoints get_return_object() { return CodePoints(Handle::from_promise(*this)); }
        std::suspend_always initial_suspend() { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(char32_t point) { return current = point, std::suspend_always{}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
    using Handle = std::coroutine_handle<promise_type>;

    explicit CodePoints(Handle handle) : handle(handle) {}
    CodePoints(CodePoints&& other) noexcept : handle(std::exchange(other.handle, {})) {}
    ~CodePoints() {
        if (handle) handle.destroy();
    }

    bool next() { return handle.resume(), !handle.done(); }
    char32_t value() const { return handle.promise().current; }

private:
    Handle handle;
};

CodePoints decode(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
        if (!size || at + size > text.size()) {
            at++;
            co_yield U'\ufffd';
            continue;
        }
        char32_t point = size == 1 ? lead : lead & (0x7f >> size);
        for (std::size_t i = 1; i < size; i++) point = point << 6 | (text[at + i] & 0x3f);
        at += size;
        co_yield point;
    }
}

std::string describe(std::string_view text) {
    std::size_t points = 0, astral = 0, marks = 0;
    char32_t highest = 0;
    for (auto source = decode(text); source.next(); points++) {
        const char32_t point = source.value();
        astral += point > 0xffff;
        marks += (point >= 0x300 && point < 0x370) || point == 0x200d || (point >= 0x1f3fb && point <= 0x1f3ff);
        highest = std::max(highest, point);
    }
    return join(text.size(), "B ", points, "cp ", astral, " astral ", marks, " marks U+", std::hex, std::uppercase,
                static_cast<unsigned>(highest));
}

struct Node {
    virtual ~Node() = default;
    virtual long long value() const = 0;
    virtual std::string lisp() const = 0;
};

struct Number final : Node {
    explicit Number(long long number) : number(number) {}
    long long value() const override { return number; }
    std::string lisp() const override { return std::to_string(number); }
    long long number;
};

struct Binary final : Node {
    Binary(char sign, std::unique_ptr<Node> left, std::unique_ptr<Node> right)
        : sign(sign), left(std::move(left)), right(std::move(right)) {}

    long long value() const override {
        const long long a = left->value(), b = right->value();
        if ((sign == '/' || sign == '%') && b == 0) throw std::domain_error("division by zero");
        switch (sign) {
        case '+': return a + b;
        case '-': return a - b;
        case '*': return a * b;
        case '/': return a / b;
        default: return a % b;
        }
    }

    std::string lisp() const override { return join("(", sign, " ", left->lisp(), " ", right->lisp(), ")"); }

    char sign;
    std::unique_ptr<Node> left, right;
};

class Parser {
public:
    explicit Parser(const std::string& source) : source(source) {}

    std::unique_ptr<Node> whole() {
        auto tree = level(0);
        if (peek() != EOF) throw std::invalid_argument(join("left over ", static_cast<char>(peek())));
        return tree;
    }

private:
    int peek() { return (source >> std::ws).peek(); }

    std::unique_ptr<Node> level(std::size_t depth) {
        static constexpr std::array signs{"+-"sv, "*/%"sv};
        if (depth == signs.size()) return primary();
        auto tree = level(depth + 1);
        while (peek() != EOF && signs[depth].find(static_cast<char>(peek())) != std::string_view::npos) {
            const char sign = static_cast<char>(source.get());
            tree = std::make_unique<Binary>(sign, std::move(tree), level(depth + 1));
        }
        return tree;
    }

    std::unique_ptr<Node> primary() {
        long long number;
        if (std::isdigit(peek()) && source >> number) return std::make_unique<Number>(number);
        if (source.get() != '(') throw std::invalid_argument("unexpected character or end");
        auto tree = level(0);
        if (peek() != ')') throw std::invalid_argument("missing )");
        source.get();
        return tree;
    }

    std::istringstream source;
};

using Roads = std::map<std::string, std::map<std::string, int>>;

class Report {
public:
    std::string line(const std::string& line) {
        const auto blank = line.find(' ');
        const auto handler = handlers.find(line.substr(0, blank));
        if (blank == line.npos || handler == handlers.end()) return unknown++, "unknown";
        try {
            return handler->second(*this, line.substr(blank + 1));
        } catch (const std::logic_error& error) {
            return "fails: "s + error.what();
        }
    }

    Roads roads;
    int unknown = 0;

private:
    using Handler = std::string (*)(Report&, const std::string&);

    static std::string expr(Report&, const std::string& rest) {
        const auto tree = Parser(rest).whole();
        return join(tree->lisp(), " = ", tree->value());
    }

    static std::string put(Report& self, const std::string& rest) {
        const auto blank = rest.find(' ');
        return "put " + self.cache.put(rest.substr(0, blank), std::stoi(rest.substr(blank))).value_or("-");
    }

    static std::string get(Report& self, const std::string& rest) {
        return join("get ", self.cache.get(rest).value_or(-1));
    }

    static std::string edge(Report& self, const std::string& rest) {
        std::string a, b;
        int weight;
        std::istringstream(rest) >> a >> b >> weight;
        for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}}) {
            auto [place, fresh] = self.roads[from].try_emplace(to, weight);
            if (!fresh) place->second = std::min(place->second, weight);
        }
        return a + "-" + b;
    }

    static std::string json(Report&, const std::string& rest) {
        auto table = std::get<Table>(read_json(rest));
        std::erase_if(table, [](const auto& entry) { return entry.first == "name" || entry.first == "pos"; });
        return write_json(table);
    }

    const std::map<std::string, Handler> handlers{
        {"text", [](Report&, const std::string& rest) { return describe(rest); }},
        {"expr", expr}, {"put", put}, {"get", get}, {"edge", edge}, {"json", json},
    };
    Lru<std::string, int> cache{20};
};

std::map<std::string, int> shortest(const Roads& roads, const std::string& start) {
    std::map<std::string, int> known;
    std::priority_queue<std::pair<int, std::string>, std::vector<std::pair<int, std::string>>, std::greater<>> queue;
    for (queue.emplace(0, start); !queue.empty();) {
        const auto [length, here] = queue.top();
        queue.pop();
        if (!known.emplace(here, length).second) continue;
        for (const auto& [there, weight] : roads.at(here)) queue.emplace(length + weight, there);
    }
    return known;
}

template <class T>
class Channel {
public:
    void send(T item) {
        const std::lock_guard guard(lock);
        items.push_back(std::move(item));
        changed.notify_one();
    }

    void close() {
        const std::lock_guard guard(lock);
        closed = true;
        changed.notify_all();
    }

    std::optional<T> receive(std::stop_token stop) {
        std::unique_lock guard(lock);
        if (!changed.wait(guard, stop, [this] { return closed || !items.empty(); }) || items.empty()) return {};
        T item = std::move(items.front());
        items.pop_front();
        return item;
    }

private:
    std::mutex lock;
    std::condition_variable_any changed;
    std::deque<T> items;
    bool closed = false;
};

std::string count_in_threads(std::span<const std::string> lines, int workers) {
    Channel<std::span<const std::string>> channel;
    std::atomic<std::size_t> spaces = 0;
    std::barrier started(workers + 1);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < workers; i++)
            threads.emplace_back([&](std::stop_token stop) {
                started.arrive_and_wait();
                while (const auto chunk = channel.receive(stop))
                    for (const auto& line : *chunk) spaces += std::ranges::count(line, ' ');
            });
        started.arrive_and_wait();
        for (; !lines.empty(); lines = lines.subspan(std::min<std::size_t>(lines.size(), 700)))
            channel.send(lines.first(std::min<std::size_t>(lines.size(), 700)));
        channel.close();
        for (auto& thread : threads) thread.join();
    }
    return join(spaces.load(), " spaces by ", workers, " threads");
}

std::string futures() {
    std::counting_semaphore<2> two(2);
    auto task = [&](unsigned number) {
        two.acquire();
        Natural product(1u);
        for (unsigned factor = 2; factor <= number; factor++) product = product * Natural(factor);
        two.release();
        if (number == 13) throw std::out_of_range("thirteen");
        return product;
    };
    std::vector<std::future<Natural>> pending;
    for (const unsigned number : {200u, 13u, 100u}) pending.push_back(std::async(std::launch::async, task, number));
    std::string result;
    for (auto& future : pending) {
        try {
            result += future.get().str() + " ";
        } catch (const std::out_of_range& error) {
            result += error.what() + " "s;
        }
    }
    Natural a(0u), b(1u);
    for (int i = 0; i < 500; i++) std::swap(a += b, b);
    return result + a.str() + (a < b ? " <" : " >");
}

std::string ending(int status) {
    return WIFSIGNALED(status) ? join("SIG", sigabbrev_np(WTERMSIG(status))) : std::to_string(WEXITSTATUS(status));
}

pid_t spawn(std::vector<std::string> command) {
    std::cout.flush();
    const pid_t pid = fork();
    if (pid) return pid;
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
}

std::string wait_for(pid_t pid) {
    int status;
    return waitpid(pid, &status, 0) == pid ? ending(status) : "lost";
}

std::string run_children(const std::string& self, const std::vector<std::string>& lines) {
    const pid_t sleeper = spawn({"sleep", "60"});
    kill(sleeper, SIGINT);
    const auto slept = wait_for(sleeper);
    const auto shell = wait_for(spawn({"sh", "-c", "echo 'err from sh' >&2; exit 42"}));
    const auto itself = wait_for(spawn({self, "--child", "ünïcode"}));
    const auto terminated = wait_for(spawn({self, "--terminate"}));
    std::unique_ptr<FILE, int (*)(FILE*)> sort(popen("LC_ALL=C sort -u | cksum", "w"), pclose);
    for (const auto& line : lines) std::fprintf(sort.get(), "%s\n", line.c_str());
    const auto sorted = ending(pclose(sort.release()));
    return join("sleeper ", slept, " shell ", shell, " itself ", itself, " terminate ", terminated, " sort ", sorted);
}

std::string work_with_files() {
    std::string pattern = (fs::temp_directory_path() / "report-XXXXXX").string();
    const fs::path folder = mkdtemp(pattern.data());
    const fs::path first = folder / "naïve 日本.txt";
    std::ofstream(first) << "one\ntwo\nthree\n";
    fs::permissions(first, fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink(first.filename(), folder / "link");
    std::fstream file(first, std::ios::in | std::ios::out);
    file.seekp(4) << "TWO" << std::flush;
    std::string tail(5, ' ');
    file.seekg(-6, std::ios::end).read(tail.data(), 5);
    file.close();
    fs::rename(first, folder / "moved.txt");
    fs::create_directories(folder / "deep" / "er");
    fs::copy_file(folder / "moved.txt", folder / "deep" / "er" / "copy");
    fs::resize_file(folder / "deep" / "er" / "copy", 1 << 20);
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        names.push_back(entry.path().lexically_relative(folder).string() + (entry.is_symlink() ? "@" : ""));
    std::ranges::sort(names);
    std::string listing = join(tail, " ", fs::file_size(folder / "deep/er/copy"));
    for (const auto& name : names) listing += " " + name;
    std::error_code error;
    std::ignore = fs::file_size(folder / "link", error);
    return join(listing, " ", error == std::errc::no_such_file_or_directory, " removed ", fs::remove_all(folder));
}

std::string failures() {
    std::string names;
    const std::array<void (*)(), 6> attempts{
        [] { (void)std::vector<int>(3).at(3); },
        [] { (void)std::get<bool>(Json(7LL)); },
        [] { (void)read_json("{\"a\": [1, 2}"); },
        [] { (void)std::stoi("many"); },
        [] { (void)fs::file_size("/nowhere"); },
        [] { throw std::bad_alloc(); },
    };
    for (const auto attempt : attempts) {
        try {
            attempt();
        } catch (const JsonError& error) {
            names += join("json ", error.at, ";");
        } catch (const fs::filesystem_error& error) {
            names += join(error.code().message(), ";");
        } catch (const std::exception& error) {
            names += error.what() + ";"s;
        }
    }
    return names;
}

int main(int count, char* arguments[]) {
    std::ios::sync_with_stdio(false);
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (!words.empty() && words[0] == "--terminate") {
        std::set_terminate([] { std::cerr << "terminating\n"; std::abort(); });
        throw 1;
    }
    if (!words.empty() && words[0] == "--child") {
        std::cout << "child has " << describe(words.at(1)) << '\n';
        return 5;
    }
    for (const auto& word : words) std::cout << "«" << std::setw(12) << word << "»\n";
    std::cout << std::getenv("GREETING") << ' ' << fs::equivalent(std::getenv("HOME"), fs::current_path()) << '\n';
    std::vector<std::string> lines;
    for (std::string line; std::getline(std::cin, line);) lines.push_back(line);
    Report report;
    for (int number = 1; const auto& line : lines) std::cout << number++ << ' ' << report.line(line) << '\n';
    for (const auto& [node, length] : shortest(report.roads, "n0")) std::cout << node << ':' << length << ' ';
    std::cout << '\n' << count_in_threads(lines, 3) << '\n' << futures() << '\n';
    std::cout << run_children(arguments[0], lines) << '\n' << work_with_files() << '\n' << failures() << '\n';
    std::cerr << report.unknown << " lines were not understood\n";
    return 7;
}
