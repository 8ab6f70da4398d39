// Die by the signal that the argument says, in a thread that is not the first.
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

int main(int argc, char **argv) {
    std::thread([&] {
        std::signal(std::stoi(argv[1]), SIG_DFL);
        std::raise(std::stoi(argv[1]));
    }).join();
    return 42;
}
