#include "engine.hpp"

namespace limelight {
namespace {

// 128-bit vectors, which every machine of 64 bits has. With 32 registers (NEON) 4 × 6 sums fit,
// with 16 (SSE2, which needs one more for a product before it is added) 2 × 4.
struct Portable {
#if defined(__FMA__) || defined(__aarch64__)
    static constexpr bool fused = true;
#else
    static constexpr bool fused = false;
#endif
    // Where a product is rounded before it is added, sums are kept short.
    static constexpr Index group = 64;
    static constexpr Index chunk = 16;
    static constexpr int bytes = 16;
#if defined(__aarch64__)
    static constexpr int vectors = 3;
    static constexpr int panel = 8;
#else
    static constexpr int vectors = 2;
    static constexpr int panel = 4;
#endif
};

constexpr Engine singles = engine_of<Singles<Portable, float>>();

}  // namespace

extern const Kernel portable = {"portable",
                                [] { return true; },
                                {engine_of<Singles<Portable, double>>(), singles, singles, singles}};

}  // namespace limelight
