// The kernels that this machine may run, one for each instruction set.
#pragma once

#include <cstddef>
#include <span>

#include "limelight/call.hpp"
#include "limelight/job.hpp"

namespace limelight {

// What works calls of one type of elements.
struct Engine {
    Index rows;                          // queries of a block
    Index (*scratch)(const Call& call);  // bytes for each thread
    Index (*packed)(const Call& call);   // bytes of values made ready beforehand
    void (*pack)(const Call& call, Index head, std::byte* packed);
    // Works one block of queries; false where the job was stopped before its end. What heads add
    // up is handed in by turns.
    bool (*block)(const Call& call, Job& job, bool is_caller, const std::byte* packed,
                  std::byte* scratch, Index head, Index block, Index turn);
    // Few queries over many keys: those that share a key head, over one part of the keys, leave
    // a state; the states of all parts come together, in their order, whoever worked them.
    struct Parts {
        Index keys;                         // of a part
        Index (*scratch)(const Call& call);
        Index (*state)(const Call& call);   // bytes that one part leaves
        void (*look)(const Call& call, std::byte* scratch, Index key_head, Index part,
                     std::byte* state);
        void (*gather)(const Call& call, std::byte* scratch, Index key_head,
                       const std::byte* states, Index parts);
    } parts;
    // Works so many rounds of multiply-adds, in registers alone; returns how many floating-point
    // operations these were.
    double (*multiply_add)(Index rounds);
};

struct Kernel {
    const char* name;
    bool (*runs_here)();
    Engine engines[4];  // by Type
};

extern const Kernel portable;
#if defined(__x86_64__)
extern const Kernel avx2;
extern const Kernel avx512;
extern const Kernel avx512_bf16;
#endif

// The best first; those that this machine cannot run are left out.
std::span<const Kernel* const> kernels();

}  // namespace limelight
