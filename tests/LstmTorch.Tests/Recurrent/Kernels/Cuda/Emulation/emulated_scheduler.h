// Runs a grid on one thread of the CPU: a fiber for each CUDA thread, and after every point where threads can wait another one, drawn at random.
//
// What it makes likely is what a GPU makes rare: blocks that run far ahead of others or stand still for long, and words that are seen by others
// late and in another order than they were stored. What would hang is found: no fiber can run, and not all have ended.
#pragma once
#include "emulated_device.h"
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <sys/mman.h>
#include <unordered_map>
#include <vector>

extern "C" void switch_fiber(void** from, void* to);
asm(R"(
.text
.globl switch_fiber
switch_fiber:
    pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp
    ret
)");

class Scheduler
{
public:
    enum class Result { Done, Deadlock, Fault };

    std::mt19937 random{1};

    explicit Scheduler(Emulation& services) : services_(services) { current_scheduler() = this; }

    // The store with this number from now on, from 0, is lost; -1 for none.
    void drop(long store) { dropped_ = store, stores_ = 0; }

    // Runs blocks [first, first + blocks.size()) together. cluster: blocks of one cluster, 0 for none.
    Result run(const std::function<void()>& kernel, dim3 grid, dim3 block, u32 first, u32 count, u32 cluster, size_t shared_bytes)
    {
        kernel_ = &kernel;
        grid_ = grid, block_size_ = block;
        u32 threads = block.x * block.y * block.z;
        blocks_.clear(), fibers_.clear(), ready_.clear(), pending_.clear();
        for (u32 b = 0; b < count; b++)
            blocks_.push_back(std::make_unique<Block>(Block{first + b, threads, cluster ? (b / cluster) * cluster : b, cluster ? cluster : 1, Memory(shared_bytes), 0, 0, 0, std::vector<Warp>((threads + 31) / 32)}));
        fibers_.resize((size_t)count * threads);
        for (u32 n = 0; n < fibers_.size(); n++)
        {
            Fiber& fiber = fibers_[n];
            fiber.block = blocks_[n / threads].get();
            fiber.thread = n % threads;
            fiber.stack = take_stack();
            prepare(fiber);
            fiber.block->warps[fiber.thread / 32].lanes++;
            make_ready(&fiber);
        }

        ended_ = 0, fault_ = false, stall_ = 0, stalled_block_ = nullptr;
        while (!ready_.empty())
        {
            commit_some();
            Fiber* fiber = draw();
            running_ = fiber;
            show(*fiber);
            switch_fiber(&main_, fiber->top);
        }

        commit_all();
        bool done = ended_ == fibers_.size();
        for (Fiber& fiber : fibers_)
            stacks_.push_back(fiber.stack);
        return fault_ ? Result::Fault : done ? Result::Done : Result::Deadlock;
    }

    static void bind(Emulation& services)
    {
        services.shared = []() -> void* { return me().running_->block->shared.begin; };
        services.sync_threads = [] { me().sync_threads(); };
        services.sync_cluster = [] { me().sync_cluster(); };
        services.pause = [] { me().pause(); };
        services.any = [](int predicate) { return (int)me().collect(predicate != 0, nullptr, nullptr, nullptr, Kind::Any, 0); };
        services.shuffle = [](u32 value, int lane) { return me().collect(value, nullptr, nullptr, nullptr, Kind::Shuffle, lane); };
        services.multiply_add = [](float* d, const u32* a, const u32* b) { me().collect(0, d, a, b, Kind::Multiply, 0); };
        services.store = [](u32* place, u32 word) { me().store(place, word); };
        services.in_member = [](void* place, u32 member) { return me().in_member(place, member); };
    }

private:
    enum class Kind { Any, Shuffle, Multiply };
    struct Fiber;
    static constexpr size_t StackBytes = 256 * 1024;

    // Shared memory that ends at a page that nobody may touch, and begins as garbage.
    struct Memory
    {
        char *pages = nullptr, *begin = nullptr;
        size_t size = 0;

        explicit Memory(size_t bytes)
        {
            bytes = (bytes + 15) / 16 * 16;
            size_t whole = (bytes + 4095) / 4096 * 4096;
            size = whole + 4096;
            pages = (char*)mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            mprotect(pages + whole, 4096, PROT_NONE);
            begin = pages + whole - bytes;
            std::memset(begin, 0xff, bytes);
        }
        Memory(Memory&& other) noexcept : pages(other.pages), begin(other.begin), size(other.size) { other.pages = nullptr; }
        ~Memory() { if (pages) munmap(pages, size); }
    };

    struct Warp
    {
        u32 lanes = 0, arrived = 0;
        Kind kind{};
        u32 values[32]{};
        int sources[32]{};
        u32 a[32][4]{}, b[32][2]{};
        float* d[32]{};
        u32 results[32]{};
        std::vector<Fiber*> waiting;
    };

    struct Block
    {
        u32 number, threads, first_of_cluster, cluster;
        Memory shared;
        u32 at_barrier, at_cluster_barrier, ended;
        std::vector<Warp> warps;
        std::vector<Fiber*> waiting, waiting_for_cluster;
    };

    struct Fiber
    {
        Block* block;
        u32 thread;
        char* stack;
        void* top;
    };

    static Scheduler*& current_scheduler() { static Scheduler* scheduler; return scheduler; }
    static Scheduler& me() { return *current_scheduler(); }

    char* take_stack()
    {
        if (stacks_.empty())
            return (char*)mmap(nullptr, StackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        char* stack = stacks_.back();
        stacks_.pop_back();
        return stack;
    }

    static void begin()
    {
        Scheduler& scheduler = me();
        (*scheduler.kernel_)();
        scheduler.end();
    }

    void prepare(Fiber& fiber)
    {
        void** top = (void**)(fiber.stack + StackBytes - 64);
        *--top = nullptr;                   // keeps the stack as the calling convention wants it
        *--top = (void*)&Scheduler::begin;
        for (int n = 0; n < 6; n++)
            *--top = nullptr;
        fiber.top = top;
    }

    void show(const Fiber& fiber)
    {
        u32 t = fiber.thread, b = fiber.block->number;
        services_.thread = {t % block_size_.x, t / block_size_.x % block_size_.y, t / block_size_.x / block_size_.y};
        services_.block = {b % grid_.x, b / grid_.x % grid_.y, b / grid_.x / grid_.y};
        services_.block_size = block_size_, services_.grid_size = grid_;
    }

    void make_ready(Fiber* fiber) { ready_.push_back(fiber); }

    // Now and then one block, or one of its warps, stands still for a while.
    Fiber* draw()
    {
        if (--stall_ <= 0)
        {
            // Long enough for the others to go on by a step of time.
            stall_ = (int)(random() % (60 * fibers_.size()));
            const Block& block = *blocks_[random() % blocks_.size()];
            stalled_block_ = random() % 4 == 0 ? nullptr : &block;
            stalled_warp_ = random() % 2 == 0 ? -1 : (int)(random() % block.warps.size());
        }

        size_t n = random() % ready_.size();
        for (int tries = 0; tries < 64 && is_stalled(*ready_[n]); tries++)
            n = random() % ready_.size();
        Fiber* fiber = ready_[n];
        ready_[n] = ready_.back();
        ready_.pop_back();
        return fiber;
    }

    bool is_stalled(const Fiber& fiber) const
    {
        return fiber.block == stalled_block_ && (stalled_warp_ < 0 || (int)(fiber.thread / 32) == stalled_warp_);
    }

    void wait() { switch_fiber(&running_->top, main_); }

    void pause()
    {
        if (random() % 8 != 0 && pending_.empty())
            return;
        make_ready(running_);
        wait();
    }

    void end()
    {
        ended_++;
        Block& block = *running_->block;
        block.ended++;
        release_block(block);
        wait();
    }

    void release_block(Block& block)
    {
        if (block.at_barrier == 0 || block.at_barrier + block.ended < block.threads)
            return;
        block.at_barrier = 0;
        for (Fiber* fiber : block.waiting)
            make_ready(fiber);
        block.waiting.clear();
    }

    void sync_threads()
    {
        Block& block = *running_->block;
        block.at_barrier++;
        block.waiting.push_back(running_);
        release_block(block);
        wait();
    }

    void sync_cluster()
    {
        Block& block = *running_->block;
        block.at_cluster_barrier++;
        block.waiting_for_cluster.push_back(running_);
        u32 arrived = 0, all = 0;
        for (u32 b = 0; b < block.cluster; b++)
        {
            arrived += blocks_[block.first_of_cluster + b]->at_cluster_barrier;
            all += blocks_[block.first_of_cluster + b]->threads;
        }

        if (arrived == all)
        {
            commit_all();
            for (u32 b = 0; b < block.cluster; b++)
            {
                Block& other = *blocks_[block.first_of_cluster + b];
                other.at_cluster_barrier = 0;
                for (Fiber* fiber : other.waiting_for_cluster)
                    make_ready(fiber);
                other.waiting_for_cluster.clear();
            }
        }

        wait();
    }

    u32 collect(u32 value, float* d, const u32* a, const u32* b, Kind kind, int source)
    {
        Fiber* fiber = running_;
        Warp& warp = fiber->block->warps[fiber->thread / 32];
        u32 lane = fiber->thread % 32;
        if (warp.arrived > 0 && warp.kind != kind)
            std::abort();               // lanes of one warp are at different places
        warp.kind = kind;
        warp.values[lane] = value, warp.sources[lane] = source, warp.d[lane] = d;
        if (a)
            std::memcpy(warp.a[lane], a, 16), std::memcpy(warp.b[lane], b, 8);
        warp.waiting.push_back(fiber);
        if (++warp.arrived == warp.lanes)
        {
            finish(warp);
            warp.arrived = 0;
            for (Fiber* other : warp.waiting)
            {
                if (other != fiber)
                    make_ready(other);
            }

            warp.waiting.clear();
            return warp.results[lane];
        }

        wait();
        return warp.results[lane];
    }

    static void finish(Warp& warp)
    {
        if (warp.kind == Kind::Any)
        {
            u32 any = 0;
            for (u32 lane = 0; lane < warp.lanes; lane++)
                any |= warp.values[lane];
            for (u32& result : warp.results)
                result = any;
        }
        else if (warp.kind == Kind::Shuffle)
        {
            for (u32 lane = 0; lane < warp.lanes; lane++)
                warp.results[lane] = warp.values[warp.sources[lane]];
        }
        else
        {
            multiply(warp);
        }
    }

    // m16n8k8 in TF32: operands without their last 13 bits. Tensor cores cut sums where float32's additions round them: after four products of K at a
    // time on an A100 (Fasi and others, "Numerical behavior of NVIDIA tensor cores", 2021), which is the coarsest of those that are known.
    static void multiply(Warp& warp)
    {
        float A[16][8], B[8][8];
        auto cut = [](u32 x) { return number(x & 0xffffe000u); };
        for (int lane = 0; lane < 32; lane++)
        {
            int g = lane / 4, q = lane % 4;
            A[g][q] = cut(warp.a[lane][0]), A[g + 8][q] = cut(warp.a[lane][1]);
            A[g][q + 4] = cut(warp.a[lane][2]), A[g + 8][q + 4] = cut(warp.a[lane][3]);
            B[q][g] = cut(warp.b[lane][0]), B[q + 4][g] = cut(warp.b[lane][1]);
        }

        for (int lane = 0; lane < 32; lane++)
        {
            int g = lane / 4, q = lane % 4;
            for (int e = 0; e < 4; e++)
            {
                for (int k = 0; k < 8; k += 4)
                {
                    double sum = warp.d[lane][e];
                    for (int n = k; n < k + 4; n++)
                        sum += (double)A[g + (e / 2) * 8][n] * B[n][2 * q + e % 2];
                    warp.d[lane][e] = toward_zero(sum);
                }
            }
        }
    }

    static float toward_zero(double x)
    {
        float nearest = (float)x;
        return std::isfinite(nearest) && std::fabs((double)nearest) > std::fabs(x) ? std::nextafter(nearest, 0.f) : nearest;
    }

    void store(u32* place, u32 word)
    {
        if (stores_++ == dropped_)
            return;
        if (pending_places_.count(place))
            std::abort();               // two stores to one place with nobody who could have seen the first
        pending_places_[place] = 1;
        pending_.push_back({place, word});
    }

    void commit(size_t n)
    {
        *(volatile u32*)pending_[n].place = pending_[n].word;
        for (const auto& block : blocks_)
        {
            // The memory of a block that has ended is another block's by now.
            char* place = (char*)pending_[n].place;
            fault_ |= block->ended == block->threads && place >= block->shared.pages && place < block->shared.pages + block->shared.size;
        }

        pending_places_.erase(pending_[n].place);
        pending_[n] = pending_.back();
        pending_.pop_back();
    }

    void commit_some()
    {
        // As fast as they come on average, with long and short delays.
        for (u32 n = random() % 8; n > 0 && !pending_.empty(); n--)
            commit(random() % pending_.size());
    }

    void commit_all()
    {
        while (!pending_.empty())
            commit(pending_.size() - 1);
    }

    void* in_member(void* place, u32 member)
    {
        Block& block = *running_->block;
        return blocks_[block.first_of_cluster + member]->shared.begin + ((char*)place - block.shared.begin);
    }

    struct Store { u32* place; u32 word; };

    Emulation& services_;
    const std::function<void()>* kernel_ = nullptr;
    dim3 grid_, block_size_;
    std::vector<std::unique_ptr<Block>> blocks_;
    std::vector<Fiber> fibers_;
    std::vector<Fiber*> ready_;
    std::vector<Store> pending_;
    std::unordered_map<u32*, int> pending_places_;
    std::vector<char*> stacks_;
    Fiber* running_ = nullptr;
    void* main_ = nullptr;
    size_t ended_ = 0;
    long stores_ = 0, dropped_ = -1;
    int stall_ = 0, stalled_warp_ = -1;
    const Block* stalled_block_ = nullptr;
    bool fault_ = false;
};
