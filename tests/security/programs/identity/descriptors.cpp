// Where the descriptors lead that are open when a program begins.
#include <filesystem>
#include <iostream>

int main() {
    for (const auto &entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code error;
        auto target = std::filesystem::read_symlink(entry.path(), error);
        if (!error)
            std::cout << entry.path().filename().string() << " " << target.string() << "\n";
    }
}
