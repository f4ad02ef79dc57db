#include "engine.hpp"

namespace limelight {
namespace {

// 128-bit vectors, which every machine of 64 bits has. With 32 registers (NEON) 4 × 6 sums fit,
// with 16 (SSE2, which needs one more for a product before it is added) 2 × 4.
struct Portable {
    static constexpr Index group = 4;
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
