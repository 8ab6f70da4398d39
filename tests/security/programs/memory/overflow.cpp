// Recurse without end, in a thread.
#include <iostream>
#include <thread>

static int recurse(volatile char *before) {
    volatile char frame[4096];
    frame[0] = *before;
    return recurse(frame) + frame[1];
}

int main() {
    std::cout << "begun" << std::endl;
    char first = 1;
    std::thread([&] { return recurse(&first); }).join();
}
