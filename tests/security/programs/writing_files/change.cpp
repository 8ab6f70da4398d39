// Change each of the files of the arguments in every way there is; one line each.
#include <filesystem>
#include <fstream>
#include <iostream>

namespace fs = std::filesystem;

static void attempt(const char *what, const char *path, auto action) {
    try {
        action();
        std::cout << what << " " << path << ": done\n";
    } catch (std::exception &error) {
        std::cout << what << " " << path << ": " << error.what() << "\n";
    }
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *path = argv[i];
        std::ofstream("own") << "evil";
        attempt("write", path, [&] {
            std::fstream file;
            file.exceptions(std::ios::failbit);
            file.open(path, std::ios::in | std::ios::out);
        });
        attempt("truncate", path, [&] { fs::resize_file(path, 0); });
        attempt("chmod", path, [&] { fs::permissions(path, fs::perms::all); });
        attempt("times", path, [&] { fs::last_write_time(path, fs::file_time_type::min()); });
        attempt("copy over", path, [&] { fs::copy_file("own", path, fs::copy_options::overwrite_existing); });
        attempt("rename over", path, [&] { fs::rename("own", path); });
        attempt("remove", path, [&] { fs::remove(path); });
    }
}
