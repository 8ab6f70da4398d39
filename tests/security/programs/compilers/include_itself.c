/* A file that includes itself twice, and says so each time. */
#warning once more: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789
#ifndef ONCE
#include __FILE__
#include __FILE__
#endif
int main(void) {}
