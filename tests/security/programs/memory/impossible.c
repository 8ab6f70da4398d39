/* Ask for more than there is anywhere, and use what comes. */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    volatile size_t size = (size_t)1 << 47;
    puts("begun");
    fflush(stdout);
    char *kept = malloc(size);
    if (!kept)
        return perror("malloc"), 1;
    *kept = 1;
}
