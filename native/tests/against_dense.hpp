// Works a problem with every kernel of this machine and compares.
#pragma once

#include "compare.hpp"
#include "work.hpp"

namespace limelight::testing {

constexpr Type types[] = {Type::f64, Type::f32, Type::f16, Type::bf16};

inline bool rounds_weights(const Kernel& kernel, Type type) {
    return type == Type::bf16 && std::string(kernel.name) == "avx512_bf16";
}

// Alone: block by block in memory of exactly the size that a kernel asks for; else as callers do.
enum class Way { run, alone };

inline void against_dense(Checks& check, const Problem& problem, Way way) {
    const Dense dense(problem);
    for (const Kernel* kernel : kernels()) {
        Prepared prepared(problem);
        Room room(problem);
        prepared.call.results = room.results;
        const std::string about = std::string(kernel->name) + " " + problem.say();
        if (way == Way::alone)
            work_alone(*kernel, prepared.call, problem.queries > 16);
        else
            check(run(*kernel, prepared.call, 1, never_stop), about + ": is not stopped");
        Comparison(check, dense, room, rounds_weights(*kernel, problem.type), about).run();
    }
}

}  // namespace limelight::testing
