// Two ways to have a kernel work a call.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>

#include "limelight/run.hpp"
#include "results.hpp"

namespace limelight::testing {

struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
};

// Of exactly this size, so that the address sanitizer sees what lies beyond, and full of NaN, so
// that what is read before it is written shows.
inline std::unique_ptr<std::byte, Free> exact_memory(Index bytes) {
    void* memory = nullptr;
    if (posix_memalign(&memory, 64, at(bytes)) != 0) std::abort();
    std::memset(memory, 0xFF, at(bytes));
    return std::unique_ptr<std::byte, Free>(static_cast<std::byte*>(memory));
}

// Turns come in order by themselves where there is one thread.
class Alone final : public Job {
public:
    void poll(bool /*is_caller*/) override {}
    bool wait_turn(Index /*head*/, Index /*turn*/) override { return true; }
    void end_turn(Index /*head*/) override {}
};

inline void work_alone(const Kernel& kernel, const Call& call, bool packs) {
    const Engine& engine = kernel.engines[static_cast<int>(call.type)];
    Alone job;
    const auto scratch = exact_memory(engine.scratch(call));
    const auto packed = exact_memory(engine.packed(call));
    packs = packs && engine.packed(call) > 0;
    for (Index head = call.heads - 1; packs && head >= 0; head--)
        if (head == 0 || call.key_head[head] != call.key_head[head - 1])
            engine.pack(call, head, packed.get());
    const Index blocks = (call.queries + engine.rows - 1) / engine.rows;
    for (Index head = 0; head < call.heads; head++)
        for (Index turn = 0; turn < blocks; turn++)
            engine.block(call, job, true, packs ? packed.get() : nullptr, scratch.get(), head,
                         blocks - 1 - turn, turn);
}

inline bool never_stop(Index /*done*/, Index /*all*/) { return true; }

}  // namespace limelight::testing
