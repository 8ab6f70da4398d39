// Make the calls that stdin names, a line each: name, number, arguments; P points to zeros. Say of each the errno.
#include <cerrno>
#include <iostream>
#include <sstream>
#include <string>
#include <unistd.h>

static char zeros[4096];

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream fields(line);
        std::string name, word;
        long number;
        unsigned long words[6] = {};
        fields >> name >> number;
        for (int i = 0; fields >> word; i++)
            words[i] = word == "P" ? (unsigned long)zeros : std::stoul(word, nullptr, 16);
        long result = syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
        std::cout << name << " " << (result < 0 ? errno : 0) << "\n";
    }
}
