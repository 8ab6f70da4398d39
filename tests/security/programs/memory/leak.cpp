// Take a little more again and again, and catch what the language has for it.
#include <cstdlib>
#include <iostream>
#include <list>
#include <new>
#include <string>

int main(int argc, char **argv) {
    std::cout << "begun" << std::endl;
    std::list<std::string> kept;
    try {
        for (int left = std::atoi(argv[1]); left > 0; left--) kept.emplace_back(1 << 20, 'x');
    } catch (const std::bad_alloc &) {
        std::cout << "refused" << std::endl;
        return 0;
    }
    std::cout << "filled" << std::endl;
}
