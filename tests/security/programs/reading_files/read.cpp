// Read each of the files, or list each of the folders, of the arguments; one line each.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        try {
            if (std::filesystem::is_directory(argv[i]))
                std::filesystem::directory_iterator{argv[i]};
            else if (!std::ifstream(argv[i]))
                throw std::runtime_error(strerror(errno));
            std::cout << argv[i] << ": done\n";
        } catch (std::exception &error) {
            std::cout << argv[i] << ": " << error.what() << "\n";
        }
    }
}
