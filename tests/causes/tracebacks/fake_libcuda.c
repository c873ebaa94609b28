/* A libcuda.so.1 whose cuInit answers the code of FAKE_CUDA_CODE, to see what each framework makes of it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static int number(const char *name, int otherwise) { const char *text = getenv(name); return text ? atoi(text) : otherwise; }
static int code(void) { return number("FAKE_CUDA_CODE", 0); }

int cuInit(unsigned flags) { return code(); }
int cuDriverGetVersion(int *version) { *version = number("FAKE_CUDA_VERSION", 13030); return 0; }
int cuDeviceGetCount(int *count) { *count = 0; return code(); }
int cuGetErrorName(int error, const char **text)
{
    switch (error) {
    case 2: *text = "CUDA_ERROR_OUT_OF_MEMORY"; break;
    case 3: *text = "CUDA_ERROR_NOT_INITIALIZED"; break;
    case 34: *text = "CUDA_ERROR_STUB_LIBRARY"; break;
    case 46: *text = "CUDA_ERROR_DEVICE_UNAVAILABLE"; break;
    case 100: *text = "CUDA_ERROR_NO_DEVICE"; break;
    case 101: *text = "CUDA_ERROR_INVALID_DEVICE"; break;
    case 802: *text = "CUDA_ERROR_SYSTEM_NOT_READY"; break;
    case 803: *text = "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"; break;
    case 804: *text = "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"; break;
    case 999: *text = "CUDA_ERROR_UNKNOWN"; break;
    default: *text = 0; return 1;
    }
    return 0;
}
int cuGetErrorString(int error, const char **text)
{
    switch (error) {
    case 2: *text = "out of memory"; break;
    case 3: *text = "initialization error"; break;
    case 34: *text = "CUDA driver is a stub library"; break;
    case 46: *text = "CUDA-capable device(s) is/are busy or unavailable"; break;
    case 100: *text = "no CUDA-capable device is detected"; break;
    case 101: *text = "invalid device ordinal"; break;
    case 802: *text = "system not yet initialized"; break;
    case 803: *text = "system has unsupported display driver / cuda driver combination"; break;
    case 804: *text = "forward compatibility was attempted on non supported HW"; break;
    case 999: *text = "unknown error"; break;
    default: *text = 0; return 1;
    }
    return 0;
}
static int unmade(void) { return code(); }
int cuGetProcAddress(const char *name, void **found, int version, unsigned long long flags)
{
    if (!strcmp(name, "cuGetProcAddress") && version >= 12000) { *found = dlsym(RTLD_DEFAULT, "cuGetProcAddress_v2"); if (*found) return 0; }
    Dl_info self;
    void *handle = dladdr((void *)cuInit, &self) ? dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD) : 0;
    void *known = handle ? dlsym(handle, name) : 0;
    *found = known ? known : (void *)unmade;
    return 0;
}
int cuGetProcAddress_v2(const char *name, void **found, int version, unsigned long long flags, int *status)
{
    if (!strcmp(name, "cuGetProcAddress")) { *found = (void *)cuGetProcAddress_v2; if (status) *status = 0; return 0; }
    if (status) *status = 0;
    return cuGetProcAddress(name, found, version, flags);
}
