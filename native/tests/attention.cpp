// Every kernel of this machine, for every type of elements, computes what attention is.
#include <cstdio>

#include "compare.hpp"
#include "draw.hpp"
#include "work.hpp"

namespace limelight::testing {
namespace {

constexpr Type types[] = {Type::f64, Type::f32, Type::f16, Type::bf16};

bool rounds_weights(const Kernel& kernel, Type type) {
    return type == Type::bf16 && std::string(kernel.name) == "avx512_bf16";
}

void compare(Checks& check, const Problem& problem, bool alone) {
    const Dense dense(problem);
    for (const Kernel* kernel : kernels()) {
        Prepared prepared(problem);
        Room room(problem);
        prepared.call.results = room.results;
        const std::string about = std::string(kernel->name) + " " + problem.say();
        if (alone)
            work_alone(*kernel, prepared.call, problem.queries > 16);
        else
            check(run(*kernel, prepared.call, 1, never_stop), about + ": is not stopped");
        Comparison(check, dense, room, rounds_weights(*kernel, problem.type), about).run();
    }
}

}  // namespace
}  // namespace limelight::testing

int main() {
    using namespace limelight::testing;
    Checks check;
    Random random(1);
    for (const auto type : types)
        for (int i = 0; i < 150; i++) compare(check, draw(random, type), i % 2 == 0);
    return check.result();
}
