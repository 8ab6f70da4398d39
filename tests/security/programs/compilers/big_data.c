/* A program file of 4 GiB. */
char data[4UL << 30] = {1};
int main(void) { return data[0] - 1; }
