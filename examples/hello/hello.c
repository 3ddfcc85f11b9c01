#include <stdio.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <sys/utsname.h>
#endif

int main(void) {
#ifdef _WIN32
    /* Print the build of Windows that the container runs on. */
    OSVERSIONINFOEXA info = {.dwOSVersionInfoSize = sizeof info};
    LONG(WINAPI *version)(void *) =
        (LONG(WINAPI *)(void *))(void (*)(void))GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetVersion");
    if (version && version(&info) == 0) {
        printf("Hello from Windows %lu.%lu.%lu.\n", info.dwMajorVersion, info.dwMinorVersion, info.dwBuildNumber);
        return 0;
    }
    puts("Hello from Windows.");
#else
    struct utsname name;
    if (uname(&name) != 0) return 1;
    printf("Hello from %s on %s.\n", name.sysname, name.machine);
#endif
    return 0;
}
