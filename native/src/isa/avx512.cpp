#include "avx512.hpp"

#include "engine.hpp"

namespace limelight {
namespace {

bool runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

constexpr Engine singles = engine_of<Singles<Avx512, float>>();

}  // namespace

extern const Kernel avx512 = {
    "avx512", runs_here, {engine_of<Singles<Avx512, double>>(), singles, singles, singles}};

}  // namespace limelight
