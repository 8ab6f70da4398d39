/* Write one file until the kernel sends SIGXFSZ. */
#include <stdio.h>
#include <string.h>

int main(void) {
    static char block[1 << 20];
    FILE *file = fopen("large", "w");
    for (;;)
        if (fwrite(block, sizeof block, 1, file) != 1)
            return 1;
}
