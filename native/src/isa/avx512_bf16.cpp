#include "avx512.hpp"
#include "engine.hpp"
#include "pairs.hpp"

namespace limelight {
namespace {

bool runs_here() { return avx512.runs_here() && __builtin_cpu_supports("avx512bf16"); }

}  // namespace

extern const Kernel avx512_bf16 = {"avx512_bf16",
                                   runs_here,
                                   {engine_of<Singles<Avx512, double>>(),
                                    engine_of<Singles<Avx512, float>>(),
                                    engine_of<Singles<Avx512, float>>(),
                                    engine_of<Pairs<Avx512>>()}};

}  // namespace limelight
