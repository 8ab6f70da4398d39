/* Never look at stdin. */
#include <stdio.h>

int main(void) { puts("ended"); }
