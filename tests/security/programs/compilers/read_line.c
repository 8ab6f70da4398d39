/* The error quotes the line of the file that it is told to be in. */
int main(void) {
# 1 "/etc/debian_version"
    return undeclared;
}
