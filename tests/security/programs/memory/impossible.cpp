// Ask for more than there is anywhere.
#include <iostream>
#include <string>

int main() {
    std::cout << "begun" << std::endl;
    volatile size_t size = (size_t)1 << 47;
    std::cout << std::string(size, 'x').size();
}
