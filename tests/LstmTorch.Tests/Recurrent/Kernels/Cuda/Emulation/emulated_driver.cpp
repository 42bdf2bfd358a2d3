// libcuda and NVRTC for a device that is none: its memory is this process's memory, its compiler is g++, and its threads are fibers
// (emulated_scheduler.h). Only what the host code calls is here, with the names and the layouts of the real libraries.
#include "emulated_scheduler.h"
#include <atomic>
#include <chrono>
#include <cstdio>
#include <dlfcn.h>
#include <elf.h>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <unistd.h>

#ifndef DEVICE_HEADER
#error DEVICE_HEADER must name emulated_device.h
#endif

extern "C" { Emulation* emulation; }

namespace
{
constexpr int Success = 0, InvalidValue = 1, NotFound = 500, LaunchFailed = 719, InvalidImage = 200, CooperativeTooLarge = 720, InvalidClusterSize = 912, CompilationFailed = 6;

struct Function
{
    void (*call)(void**);
    int shared_limit = 48 * 1024;
    bool non_portable_cluster = false;
};

struct Module
{
    void* library;
    std::map<std::string, Function> functions;
};

struct Program
{
    std::string source, log, binary;
};

struct Event
{
    std::chrono::steady_clock::time_point time;
};

Emulation services;
Scheduler scheduler(services);
std::mutex one_at_a_time;
long seed = 1, multiprocessors = 132, major_version = 9, minor_version = 0, largest_cluster = 16, failing_launch = 0, launches = 0;

std::string temporary(const char* ending)
{
    static std::atomic<int> counter;
    const char* folder = getenv("TMPDIR");
    return std::string(folder ? folder : "/tmp") + "/emulated-cuda-" + std::to_string(getpid()) + "-" + std::to_string(counter++) + ending;
}

// For each kernel a function that takes its arguments from the array of pointers to them which a launch gives.
std::string entries_of(const std::string& source)
{
    std::ostringstream entries;
    const std::string word = "__global__";
    for (size_t at = source.find(word); at != std::string::npos; at = source.find(word, at + 1))
    {
        size_t open = source.find('(', at);
        if (source.compare(open - 17, 17, "__launch_bounds__") == 0)
            open = source.find('(', source.find(')', open));
        size_t name = open;
        while (isalnum(source[name - 1]) || source[name - 1] == '_')
            name--;
        std::string function = source.substr(name, open - name), arguments = source.substr(open + 1, source.find(')', open) - open - 1);
        std::istringstream list(arguments);
        std::string argument, call;
        for (int n = 0; std::getline(list, argument, ','); n++)
        {
            size_t end = argument.find_last_not_of(" \t\n") + 1, begin = end;
            while (isalnum(argument[begin - 1]) || argument[begin - 1] == '_')
                begin--;
            call += (n ? ", " : "") + ("*(std::remove_const_t<" + argument.substr(0, begin) + ">*)p[" + std::to_string(n) + "]");
        }

        entries << "extern \"C\" __attribute__((weak)) void " << function << "(" << arguments << ");\nextern \"C\" void entry_" << function << "(void** p) { " << function << "(" << call << "); }\n";
    }

    return entries.str();
}

size_t size_of_library(const void* image)
{
    auto header = (const Elf64_Ehdr*)image;
    return header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
}
}

struct LaunchAttribute { int id; int padding; u32 value[16]; };
struct LaunchConfig
{
    u32 grid[3], block[3], shared_bytes;
    void* stream;
    LaunchAttribute* attributes;
    u32 attribute_count;
};

static int launch(Function* function, dim3 grid, dim3 block, u32 shared_bytes, u32 cluster, bool cooperative, void** arguments)
{
    std::lock_guard<std::mutex> lock(one_at_a_time);
    if (++launches == failing_launch)
        return LaunchFailed;
    if ((int)shared_bytes > function->shared_limit || block.x * block.y * block.z > 1024 || (cluster > 8 && !function->non_portable_cluster))
        return InvalidValue;
    u32 blocks = grid.x * grid.y * grid.z;
    if (cluster && blocks % cluster)
        return InvalidValue;
    if (cooperative && blocks > multiprocessors * (u32)std::max(1L, (long)(232448 / std::max(1u, shared_bytes))))
        return CooperativeTooLarge;

    // The arguments are copied at the launch, as the real driver does: their types are known only to the entry.
    scheduler.random.seed((u32)(seed + launches));
    std::function<void()> kernel = [&] { function->call(arguments); };
    u32 together = cooperative || cluster ? blocks : 1;
    for (u32 first = 0; first < blocks; first += together)
    {
        if (scheduler.run(kernel, grid, block, first, together, cluster, shared_bytes) != Scheduler::Result::Done)
            return LaunchFailed;
    }

    return Success;
}

extern "C"
{
// Controls of the emulation: seed, multiprocessors, major, minor, largest_cluster, drop_store (the number of a store that is lost, -1 for none),
// failing_launch (the number of a launch, from 1, that fails; 0 for none). Returns 0 if there is no such control.
int emulation_set(const char* name, long value)
{
    std::string control = name;
    if (control == "seed") seed = value;
    else if (control == "multiprocessors") multiprocessors = value;
    else if (control == "major") major_version = value;
    else if (control == "minor") minor_version = value;
    else if (control == "largest_cluster") largest_cluster = value;
    else if (control == "drop_store") scheduler.drop(value);
    else if (control == "failing_launch") failing_launch = value, launches = 0;
    else return 0;
    return 1;
}

int cuInit(u32) { emulation = &services; Scheduler::bind(services); return Success; }
int cuDriverGetVersion(int* version) { *version = 13000; return Success; }
int cuDeviceGet(int* device, int ordinal) { *device = ordinal; return ordinal == 0 ? Success : InvalidValue; }
int cuDeviceGetCount(int* count) { *count = 1; return Success; }
int cuDeviceGetName(char* name, int length, int) { snprintf(name, length, "Emulated device"); return Success; }
int cuDeviceGetAttribute(int* value, int attribute, int)
{
    switch (attribute)
    {
        case 16: *value = (int)multiprocessors; return Success;
        case 75: *value = (int)major_version; return Success;
        case 76: *value = (int)minor_version; return Success;
        case 97: *value = 232448; return Success;
        case 95: *value = 1; return Success;
        default: *value = 0; return Success;
    }
}
int cuDevicePrimaryCtxRetain(void** context, int) { *context = &services; return Success; }
int cuDevicePrimaryCtxRelease_v2(int) { return Success; }
static thread_local void* current_context;
int cuCtxGetCurrent(void** context) { *context = current_context; return Success; }
int cuCtxSetCurrent(void* context) { current_context = context; return Success; }
int cuCtxSynchronize() { return Success; }
int cuStreamSynchronize(void*) { return Success; }

int cuModuleLoadData(void** module, const void* image)
{
    if (std::memcmp(image, ELFMAG, SELFMAG) != 0)
        return InvalidImage;
    std::string file = temporary(".so");
    std::ofstream(file, std::ios::binary).write((const char*)image, (std::streamsize)size_of_library(image));
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    unlink(file.c_str());
    auto bind = library ? (void (*)(Emulation*))dlsym(library, "bind_emulation") : nullptr;
    if (!bind)
        return InvalidImage;
    bind(&services);
    *module = new Module{library, {}};
    return Success;
}
int cuModuleUnload(void* module)
{
    dlclose(((Module*)module)->library);
    delete (Module*)module;
    return Success;
}
int cuModuleGetFunction(void** function, void* module, const char* name)
{
    auto& m = *(Module*)module;
    auto call = (void (*)(void**))dlsym(m.library, (std::string("entry_") + name).c_str());
    if (!call)
        return NotFound;
    auto& f = m.functions[name];
    f.call = call;
    *function = &f;
    return Success;
}
int cuFuncSetAttribute(void* function, int attribute, int value)
{
    if (attribute == 8)
    {
        if (value > 232448)
            return InvalidValue;
        ((Function*)function)->shared_limit = value;
    }
    else if (attribute == 14)
    {
        ((Function*)function)->non_portable_cluster = value != 0;
    }

    return Success;
}
int cuFuncGetAttribute(int* value, int attribute, void*) { *value = attribute == 4 ? 128 : 0; return Success; }
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void*, int threads, size_t shared_bytes)
{
    *blocks = (int)std::min<size_t>(2048 / threads, 233472 / std::max<size_t>(1024, shared_bytes + 1024));
    *blocks = std::max(1, std::min(*blocks, 65536 / (128 * threads)));
    return Success;
}
int cuOccupancyMaxActiveClusters(int* clusters, void* function, const LaunchConfig* config)
{
    int blocks = 1;
    cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, (int)config->block[0], config->shared_bytes);
    u32 size = 1;
    for (u32 n = 0; n < config->attribute_count; n++)
        size = config->attributes[n].id == 4 ? config->attributes[n].value[0] : size;
    if (size > largest_cluster || (size > 8 && !((Function*)function)->non_portable_cluster) || config->grid[0] % size)
        return InvalidClusterSize;
    *clusters = (int)(multiprocessors * blocks / size);
    return Success;
}
int cuLaunchKernelEx(const LaunchConfig* config, void* function, void** arguments, void**)
{
    u32 cluster = 0;
    bool cooperative = false;
    for (u32 n = 0; n < config->attribute_count; n++)
    {
        cluster = config->attributes[n].id == 4 ? config->attributes[n].value[0] : cluster;
        cooperative |= config->attributes[n].id == 2 && config->attributes[n].value[0];
    }

    return launch(
        (Function*)function, {config->grid[0], config->grid[1], config->grid[2]}, {config->block[0], config->block[1], config->block[2]},
        config->shared_bytes, cluster, cooperative, arguments);
}
int cuLaunchKernel(void* function, u32 gx, u32 gy, u32 gz, u32 bx, u32 by, u32 bz, u32 shared_bytes, void*, void** arguments, void**)
{
    return launch((Function*)function, {gx, gy, gz}, {bx, by, bz}, shared_bytes, 0, false, arguments);
}

int cuMemsetD32Async(u64 place, u32 value, size_t count, void*)
{
    for (size_t n = 0; n < count; n++)
        ((u32*)place)[n] = value;
    return Success;
}
int cuMemsetD32Async_v2(u64 place, u32 value, size_t count, void* stream) { return cuMemsetD32Async(place, value, count, stream); }
int cuMemcpyDtoHAsync_v2(void* to, u64 from, size_t bytes, void*) { std::memcpy(to, (void*)from, bytes); return Success; }
int cuMemHostAlloc(void** memory, size_t bytes, u32) { *memory = calloc(1, bytes); return Success; }
int cuMemHostGetDevicePointer_v2(u64* device, void* host, u32) { *device = (u64)host; return Success; }
int cuMemFreeHost(void* memory) { free(memory); return Success; }

int cuEventCreate(void** event, u32) { *event = new Event; return Success; }
int cuEventRecord(void* event, void*) { ((Event*)event)->time = std::chrono::steady_clock::now(); return Success; }
int cuEventSynchronize(void*) { return Success; }
int cuEventElapsedTime(float* milliseconds, void* from, void* to)
{
    *milliseconds = std::chrono::duration<float, std::milli>(((Event*)to)->time - ((Event*)from)->time).count();
    return Success;
}
int cuEventElapsedTime_v2(float* milliseconds, void* from, void* to) { return cuEventElapsedTime(milliseconds, from, to); }
int cuEventDestroy_v2(void* event) { delete (Event*)event; return Success; }
int cuGetErrorString(int error, const char** text)
{
    *text = error == LaunchFailed ? "unspecified launch failure" : error == InvalidValue ? "invalid argument" : error == NotFound ? "named symbol not found"
        : error == InvalidImage ? "device kernel image is invalid" : error == CooperativeTooLarge ? "too many blocks in cooperative launch" : "no error";
    return Success;
}

// cuBLAS: matrices by columns.
int cublasCreate_v2(void** handle) { *handle = handle; return Success; }
int cublasSetMathMode(void*, int) { return Success; }
int cublasSgemm_v2(void*, int transpose_a, int transpose_b, int m, int n, int k, const float* alpha, const float* a, int lda, const float* b, int ldb,
    const float* beta, float* c, int ldc)
{
    for (int column = 0; column < n; column++)
    for (int row = 0; row < m; row++)
    {
        double sum = 0;
        for (int i = 0; i < k; i++)
            sum += (double)a[transpose_a ? (size_t)row * lda + i : (size_t)i * lda + row] * b[transpose_b ? (size_t)i * ldb + column : (size_t)column * ldb + i];
        float* place = c + (size_t)column * ldc + row;
        *place = (float)(*alpha * sum + (*beta == 0 ? 0 : (double)*beta * *place));
    }
    return Success;
}

int nvrtcVersion(int* major, int* minor) { *major = 13, *minor = 0; return Success; }
const char* nvrtcGetErrorString(int error) { return error == CompilationFailed ? "NVRTC_ERROR_COMPILATION" : "NVRTC_SUCCESS"; }
int nvrtcCreateProgram(void** program, const char* source, const char*, int, const char* const*, const char* const*)
{
    *program = new Program{source, "", ""};
    return Success;
}
int nvrtcCompileProgram(void* program, int count, const char* const* options)
{
    auto& p = *(Program*)program;
    std::string source = temporary(".cpp"), library = temporary(".so"), log = temporary(".log");
    std::string command = "g++ -std=c++17 -O1 -shared -fPIC -w -fno-strict-aliasing -ffp-contract=off -DEMULATED_MODULE -include '" DEVICE_HEADER "'";
    for (int n = 0; n < count; n++)
    {
        if (std::strncmp(options[n], "-D", 2) == 0)
            command += std::string(" '") + options[n] + "'";
    }

    // A kernel that its defines leave out is weak and undefined; its entry is never called.
    std::ofstream(source) << p.source << "\n#include <type_traits>\n" << entries_of(p.source);
    command += " -o '" + library + "' '" + source + "' > '" + log + "' 2>&1";
    int status = system(command.c_str());
    std::ifstream lines(log), binary(library, std::ios::binary);
    p.log.assign(std::istreambuf_iterator<char>(lines), {});
    p.binary.assign(std::istreambuf_iterator<char>(binary), {});
    unlink(source.c_str()), unlink(library.c_str()), unlink(log.c_str());
    return status == 0 ? Success : CompilationFailed;
}
int nvrtcGetProgramLogSize(void* program, size_t* size) { *size = ((Program*)program)->log.size() + 1; return Success; }
int nvrtcGetProgramLog(void* program, char* log) { std::strcpy(log, ((Program*)program)->log.c_str()); return Success; }
int nvrtcGetCUBINSize(void* program, size_t* size) { *size = ((Program*)program)->binary.size(); return Success; }
int nvrtcGetCUBIN(void* program, char* binary)
{
    auto& b = ((Program*)program)->binary;
    std::memcpy(binary, b.data(), b.size());
    return Success;
}
int nvrtcDestroyProgram(void** program) { delete (Program*)*program; *program = nullptr; return Success; }
}
