// Print the arguments as they came.
#include <cstdio>
int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) printf("%s\n", argv[i]);
}
