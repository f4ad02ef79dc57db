#include "limelight/run.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#endif

#include "limelight/pool.hpp"
#include "limelight/split.hpp"

namespace limelight {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t alignment = 64;
constexpr auto between_looks = std::chrono::milliseconds(50);

// Below this many multiplications waking another thread costs more than it brings.
constexpr double small_work = 1e6;

// Up to so many queries of a head are worked one by one.
constexpr Index few_queries = 4;

// Large pieces come from the system and go back to it at once; an allocator would keep them.
constexpr std::size_t large = std::size_t{1} << 18;

struct Free {
    std::size_t bytes = 0;
    void operator()(std::byte* memory) const {
#if defined(__unix__) || defined(__APPLE__)
        if (bytes >= large) {
            munmap(memory, bytes);
            return;
        }
#endif
        std::free(memory);
    }
};
using Memory = std::unique_ptr<std::byte, Free>;

Memory allocate(Index bytes) {
    if (bytes == 0) return nullptr;
    const auto size = (static_cast<std::size_t>(bytes) + alignment - 1) / alignment * alignment;
    void* memory = nullptr;
#if defined(__unix__) || defined(__APPLE__)
    if (size >= large) {
        memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        return Memory(static_cast<std::byte*>(memory), Free{size});
    }
#endif
    memory = std::aligned_alloc(alignment, size);
    if (memory == nullptr) throw std::bad_alloc();
    return Memory(static_cast<std::byte*>(memory), Free{size});
}

// Scratch of a size that calls often need stays with its thread. It is taken while in use: a watch
// may itself have something worked, in the same thread.
class Scratch {
public:
    explicit Scratch(Index bytes) {
        if (bytes <= most_kept) std::swap(own_, kept());
        if (own_.size >= bytes) return;
        own_ = {};
        own_ = {allocate(bytes), bytes};
    }
    ~Scratch() {
        if (own_.size <= most_kept && own_.size > kept().size) std::swap(own_, kept());
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    std::byte* start() const { return own_.memory.get(); }

private:
    struct Piece {
        Memory memory;
        Index size = 0;
    };
    static Piece& kept() {
        thread_local Piece piece;
        return piece;
    }

    static constexpr Index most_kept = Index{1} << 18;
    Piece own_;
};

class Run final : public Job {
public:
    Run(const Engine& engine, const Call& call, const Watch& watch)
        : engine_(engine), call_(call), watch_(watch),
          blocks_((call.queries + engine.rows - 1) / engine.rows),
          turns_(new std::atomic<Index>[static_cast<std::size_t>(call.heads)]()) {}

    bool work(int threads) {
        const double products = static_cast<double>(call_.heads) * static_cast<double>(call_.queries) *
                                static_cast<double>(call_.keys) * static_cast<double>(call_.d + call_.d_v);
        if (products < small_work)
            threads = 1;
        else if (threads <= 0)
            threads = available_threads();
        if (takes_parts(call_)) return work_parts(threads);
        Split split(call_, blocks_);
        all_ = call_.heads * blocks_ * split.size();
        if (all_ < threads) threads = static_cast<int>(all_);
        // Values are made ready where there are enough queries to make it worth the while.
        if (call_.results.output != nullptr && call_.queries > engine_.rows) pack(split, threads);
        run_in_threads(threads, [&](int own) { guard([&] { take_blocks(split, own == 0); }); });
        if (failed_.load()) throw std::bad_alloc();
        if (stopped.load()) return false;
        split.finish();
        return watch_(all_, all_);
    }

    void poll(bool is_caller) override {
        if (!is_caller) return;
        const auto now = Clock::now();
        if (now - looked_ < between_looks) return;
        looked_ = now;
        if (!watch_(done_.load(std::memory_order_relaxed), all_)) stopped.store(true);
    }

    bool wait_turn(Index head, Index turn) override {
        const std::atomic<Index>& now = turns_[static_cast<std::size_t>(head)];
        while (now.load(std::memory_order_acquire) != turn) {
            if (stopped.load(std::memory_order_relaxed)) return false;
            std::this_thread::yield();
        }
        return true;
    }

    void end_turn(Index head) override {
        turns_[static_cast<std::size_t>(head)].fetch_add(1, std::memory_order_release);
    }

private:
    // Few queries leave most lanes of a block empty; then keys are divided, not queries.
    static bool takes_parts(const Call& call) {
        const Results& r = call.results;
        return call.queries <= few_queries && call.keys > 0 && r.top_indices == nullptr &&
               r.received == nullptr && r.picture_sum == nullptr && r.detected == nullptr &&
               r.distance == nullptr && r.sink_mass == nullptr;
    }

    bool work_parts(int threads) {
        const Engine::Parts& own = engine_.parts;
        const Index parts = (call_.keys + own.keys - 1) / own.keys;
        const Index bytes = own.state(call_);
        all_ = parts * call_.key_heads;
        if (all_ < threads) threads = static_cast<int>(all_);
        const Memory states = allocate(all_ * bytes);
        run_in_threads(threads, [&](int number) {
            guard([&] {
                const Scratch scratch(own.scratch(call_));
                for (Index i = next_++; i < all_ && !stopped.load(); i = next_++) {
                    own.look(call_, scratch.start(), i / parts, i % parts, states.get() + i * bytes);
                    done_.fetch_add(1, std::memory_order_relaxed);
                    poll(number == 0);
                }
            });
        });
        if (failed_.load()) throw std::bad_alloc();
        if (stopped.load()) return false;
        const Scratch scratch(own.scratch(call_));
        for (Index head = 0; head < call_.key_heads; head++)
            own.gather(call_, scratch.start(), head, states.get() + head * parts * bytes, parts);
        return watch_(all_, all_);
    }

    template <class F> void guard(F f) {
        try {
            f();
        } catch (const std::bad_alloc&) {
            failed_.store(true);
            stopped.store(true);
        }
    }

    void pack(const Split& split, int threads) {
        packed_bytes_ = engine_.packed(split[0]);
        packed_ = allocate(packed_bytes_ * split.size());
        if (packed_ == nullptr) return;
        std::vector<Index> first(static_cast<std::size_t>(call_.key_heads), -1);
        for (Index head = call_.heads - 1; head >= 0; head--)
            first[static_cast<std::size_t>(call_.key_head[head])] = head;
        std::atomic<Index> next{0};
        run_in_threads(threads, [&](int /*own*/) {
            for (Index i = next++; i < call_.key_heads * split.size(); i = next++) {
                const Index head = first[static_cast<std::size_t>(i / split.size())];
                const Index part = i % split.size();
                if (head >= 0) engine_.pack(split[part], head, packed_of(part));
            }
        });
    }

    std::byte* packed_of(Index part) const {
        return packed_ == nullptr ? nullptr : packed_.get() + part * packed_bytes_;
    }

    // Head by head, and part by part, so that keys and values stay in the caches; the last queries
    // first, which see most where it is causal.
    void take_blocks(const Split& split, bool is_caller) {
        const Scratch scratch(engine_.scratch(split[0]));
        for (Index i = next_++; i < all_ && !stopped.load(); i = next_++) {
            const Index turn = i % blocks_, part = i / blocks_ % split.size();
            const Index head = i / blocks_ / split.size();
            if (!engine_.block(split[part], *this, is_caller, packed_of(part), scratch.start(), head,
                               blocks_ - 1 - turn, turn))
                return;
            done_.fetch_add(1, std::memory_order_relaxed);
        }
    }

    const Engine& engine_;
    const Call& call_;
    const Watch& watch_;
    const Index blocks_;
    Index all_ = 0;
    std::unique_ptr<std::atomic<Index>[]> turns_;
    std::atomic<Index> next_{0};
    std::atomic<Index> done_{0};
    std::atomic<bool> failed_{false};
    Memory packed_;
    Index packed_bytes_ = 0;  // of one part
    Clock::time_point looked_ = Clock::now();
};

}  // namespace

bool run(const Kernel& kernel, const Call& call, int threads, const Watch& watch) {
    const Engine& engine = kernel.engines[static_cast<int>(call.type)];
    return Run(engine, call, watch).work(threads);
}

}  // namespace limelight
