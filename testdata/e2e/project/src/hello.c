#include <stdio.h>

int main(void) {
	puts("Hello from version " VERSION ".");
	return 0;
}
