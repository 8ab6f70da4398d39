/* Say whether the compiler executed owned.sh; then execute it, which shows that it works. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#pragma GCC plugin "owned.so"
#pragma comment(linker, "owned.sh")
int main(void) {
    puts(access("owned", F_OK) ? "no" : "done");
    if (system("sh ./owned.sh")) return 1;
    puts(access("owned", F_OK) ? "no" : "done");
}
