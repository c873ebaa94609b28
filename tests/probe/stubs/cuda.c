/* A library with libcuda's ABI whose answers come from environment variables. STUB_CUDA_GPUS: "name|8.9|bytes|0000:01:00.0" per GPU, ";" between. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *get(const char *name, const char *fallback) { char *value = getenv(name); return value ? value : (char *)fallback; }

static char *field(int index, int number) {
    static char copy[4096];
    char *at, *row;
    strncpy(copy, get("STUB_CUDA_GPUS", ""), sizeof copy - 1);
    for (row = copy; index-- > 0; row = strchr(row, ';') + 1) {}
    if ((at = strchr(row, ';'))) *at = 0;
    for (; number-- > 0; row = strchr(row, '|') + 1) {}
    if ((at = strchr(row, '|'))) *at = 0;
    return row;
}

int cuInit(unsigned flags) {
    if (flags) return 1;
    if (getenv("STUB_CUDA_HANG")) sleep(600);
    return atoi(get("STUB_CUDA_INIT", "0"));
}
int cuDriverGetVersion(int *version) { *version = atoi(get("STUB_CUDA_VERSION", "12040")); return 0; }
int cuDeviceGetCount(int *count) {
    char *at = get("STUB_CUDA_GPUS", "");
    for (*count = *at != 0; (at = strchr(at, ';')); at++) ++*count;
    return 0;
}
int cuDeviceGet(int *device, int index) { *device = index; return 0; }
int cuDeviceGetName(char *text, int size, int device) { snprintf(text, size, "%s", field(device, 0)); return 0; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = strtoull(field(device, 2), 0, 10); return 0; }
int cuDeviceGetPCIBusId(char *text, int size, int device) { snprintf(text, size, "%s", field(device, 3)); return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    int major, minor;
    sscanf(field(device, 1), "%d.%d", &major, &minor);
    *value = attribute == 75 ? major : minor;
    return attribute == 75 || attribute == 76 ? 0 : 1;
}
