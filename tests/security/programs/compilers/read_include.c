/* The error quotes what was included. */
#include "/etc/debian_version"
int main(void) {}
