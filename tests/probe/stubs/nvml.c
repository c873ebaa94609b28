/* A library with NVML's ABI whose answers come from environment variables, so that NVIDIA's binding runs without a GPU.
   STUB_NVML_GPUS: "name|uuid|8.9|total|used|util|2684|01" per GPU, ";" between them; "!15" for a GPU whose handle fails with that code.
   "?15" for one that gives a handle and then answers nothing else than that code. With -DOLD it has only what older drivers had, with -DANCIENT not even
   what the binding starts with. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct { unsigned long long total, free_, used; } memory_t;
typedef struct { unsigned version; unsigned long long total, reserved, free_, used; } memory2_t;
typedef struct { unsigned gpu, memory; } rates_t;
typedef struct { char old_bus[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; } pci_t;

static char *get(const char *name, const char *fallback) { char *value = getenv(name); return value ? value : (char *)fallback; }

static char *field(long index, int number) {
    static char copy[4096];
    char *at, *row;
    strncpy(copy, get("STUB_NVML_GPUS", ""), sizeof copy - 1);
    for (row = copy; index-- > 0; row = strchr(row, ';') + 1) {}
    if ((at = strchr(row, ';'))) *at = 0;
    for (; number-- > 0 && row; row = strchr(row, '|') ? strchr(row, '|') + 1 : NULL) {}
    if (row && (at = strchr(row, '|'))) *at = 0;
    return row;
}

int nvmlInit_v2(void) {
    fprintf(stdout, "noise of a library on stdout\n");
    fflush(stdout);
    if (getenv("STUB_NVML_CRASH")) raise(SIGSEGV);
    if (getenv("STUB_NVML_HANG")) sleep(600);
    return atoi(get("STUB_NVML_INIT", "0"));
}
#ifndef ANCIENT
int nvmlInitWithFlags(unsigned flags) { (void)flags; return nvmlInit_v2(); }
#endif
int nvmlShutdown(void) { return 0; }
int nvmlSystemGetDriverVersion(char *text, unsigned size) { snprintf(text, size, "%s", get("STUB_NVML_DRIVER", "550.54.14")); return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) {
    char *at = get("STUB_NVML_GPUS", "");
    for (*count = *at != 0; (at = strchr(at, ';')); at++) ++*count;
    return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
    char *first = field(index, 0);
    *handle = (void *)(long)(index + 1);
    return *first == '!' ? atoi(first + 1) : 0;
}
#define INDEX ((long)handle - 1)
#define ANSWER if (*field(INDEX, 0) == '?') return atoi(field(INDEX, 0) + 1)
int nvmlDeviceGetName(void *handle, char *text, unsigned size) { ANSWER; snprintf(text, size, "%s", field(INDEX, 0)); return 0; }
int nvmlDeviceGetUUID(void *handle, char *text, unsigned size) { ANSWER; snprintf(text, size, "%s", field(INDEX, 1)); return 0; }
int nvmlDeviceGetMemoryInfo(void *handle, memory_t *memory) {
    ANSWER;
    memory->total = strtoull(field(INDEX, 3), 0, 10);
    memory->used = strtoull(field(INDEX, 4), 0, 10) + 1000;
    return 0;
}
int nvmlDeviceGetUtilizationRates(void *handle, rates_t *rates) {
    char *busy;
    ANSWER;
    busy = field(INDEX, 5);
    if (*busy == 'N') return 3;
    rates->gpu = atoi(busy);
    rates->memory = 99;
    return 0;
}
int nvmlDeviceGetPciInfo_v3(void *handle, pci_t *pci) {
    ANSWER;
    memset(pci, 0, sizeof *pci);
    pci->id = (unsigned)(strtoul(field(INDEX, 6), 0, 16) << 16 | 0x10de);
    pci->bus = (unsigned)strtoul(field(INDEX, 7), 0, 16);
    return 0;
}
#ifndef OLD
int nvmlSystemGetCudaDriverVersion_v2(int *version) { *version = atoi(get("STUB_NVML_CUDA", "12040")); return 0; }
int nvmlDeviceGetCudaComputeCapability(void *handle, int *major, int *minor) { ANSWER; return sscanf(field(INDEX, 2), "%d.%d", major, minor) == 2 ? 0 : 3; }
int nvmlDeviceGetMemoryInfo_v2(void *handle, memory2_t *memory) {
    ANSWER;
    if (memory->version != (sizeof *memory | 2 << 24)) return 25;
    memory->total = strtoull(field(INDEX, 3), 0, 10);
    memory->used = strtoull(field(INDEX, 4), 0, 10);
    memory->reserved = 1000;
    return 0;
}
#endif
