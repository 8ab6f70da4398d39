// A file name by a macro; the error quotes what was included.
#define SECRET "/etc/debian_version"
#include SECRET
int main() {}
