/* What is on the host: a question to the preprocessor leaves no error. */
#include <stdio.h>
int main(void) {
#if __has_include("/etc/debian_version")
    puts("done");
#else
    puts("no");
#endif
}
