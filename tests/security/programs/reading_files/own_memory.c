/* Look through all of one's own memory for words; the input has them in hex, each byte xor 0x55, so that they are not there by being asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char words[16][512];
static int lengths[16], counts[16];

static void look(unsigned char *from, unsigned char *to, int number) {
    for (unsigned char *at = from; at + lengths[number] <= to; at++) {
        int i = 0;
        while (i < lengths[number] && (at[i] ^ 0x55) == words[number][i])
            i++;
        counts[number] += i == lengths[number];
    }
}

int main(void) {
    char line[1100], access[8], name[512];
    unsigned byte;
    int number = 0;
    for (; scanf("%1099s", line) == 1; number++)
        for (char *at = line; sscanf(at, "%2x", &byte) == 1; at += 2)
            words[number][lengths[number]++] = byte;
    unsigned long from, to;
    FILE *maps = fopen("/proc/self/maps", "r");
    long seen = 0;
    while (fgets(line, sizeof line, maps)) {
        *name = 0;
        sscanf(line, "%lx-%lx %7s %*s %*s %*s %511s", &from, &to, access, name);
        if (*access != 'r' || !strncmp(name, "[v", 2))
            continue;
        seen += to - from;
        for (int i = 0; i < number; i++)
            look((void *)from, (void *)to, i);
    }
    for (int i = 0; i < number; i++)
        printf("word %d: %d\n", i, counts[i]);
    printf("bytes: %ld\n", seen);
}
