/* Write numbered lines of 16 bytes to a stream: as many bytes as the second argument says (0: for ever). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void emit(FILE *stream, const char *line, long left) {
    fwrite(line, 1, left < 16 ? left : 16, stream);
}

int main(int argc, char **argv) {
    long size = atol(argv[2]);
    for (long number = 0; !size || number * 16 < size; number++) {
        char line[32];
        snprintf(line, sizeof line, "%015ld\n", number);
        if (strcmp(argv[1], "stderr"))
            emit(stdout, line, size ? size - number * 16 : 16);
        if (strcmp(argv[1], "stdout"))
            emit(stderr, line, size ? size - number * 16 : 16);
    }
}
