#include <stdio.h>

int main(void) {
    puts("Hello from one build.");
    return 0;
}
