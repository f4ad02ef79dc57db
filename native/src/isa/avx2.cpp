#include "engine.hpp"

#include <immintrin.h>

namespace limelight {
namespace {

// 16 registers: 3 × 4 sums, three queries' vectors and a key.
struct Avx2 {
    static constexpr bool fused = true;
    static constexpr Index group = 512;
    static constexpr Index chunk = 128;
    static constexpr int bytes = 32;
    static constexpr int vectors = 3;
    static constexpr int panel = 4;

    static LIMELIGHT_INLINE __m256 larger(__m256 a, __m256 b) { return _mm256_max_ps(a, b); }
    static LIMELIGHT_INLINE __m256d larger(__m256d a, __m256d b) { return _mm256_max_pd(a, b); }
    static LIMELIGHT_INLINE bool any(Lanes<Avx2, float>::Integers x) {
        return _mm256_movemask_epi8(reinterpret_cast<__m256i>(x)) != 0;
    }
    static LIMELIGHT_INLINE bool any(Lanes<Avx2, double>::Integers x) {
        return _mm256_movemask_epi8(reinterpret_cast<__m256i>(x)) != 0;
    }
    static LIMELIGHT_INLINE std::uint32_t bits(Lanes<Avx2, float>::Integers x) {
        return static_cast<std::uint32_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(x)));
    }
    static LIMELIGHT_INLINE std::uint32_t bits(Lanes<Avx2, double>::Integers x) {
        return static_cast<std::uint32_t>(_mm256_movemask_pd(reinterpret_cast<__m256d>(x)));
    }
};

bool runs_here() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("f16c"); }

constexpr Engine singles = engine_of<Singles<Avx2, float>>();

}  // namespace

extern const Kernel avx2 = {
    "avx2", runs_here, {engine_of<Singles<Avx2, double>>(), singles, singles, singles}};

}  // namespace limelight
