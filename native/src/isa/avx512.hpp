// 512-bit vectors: 32 registers hold 3 × 8 sums, three queries' vectors and a key.
#pragma once

#include <immintrin.h>

#include "lanes.hpp"

namespace limelight {
namespace {

struct Avx512 {
    static constexpr bool fused = true;
    static constexpr Index group = 512;
    static constexpr Index chunk = 128;
    static constexpr int bytes = 64;
    static constexpr int vectors = 3;
    static constexpr int panel = 8;

    using F = Lanes<Avx512, float>;
    using D = Lanes<Avx512, double>;

    static LIMELIGHT_INLINE __m512 larger(__m512 a, __m512 b) { return _mm512_max_ps(a, b); }
    static LIMELIGHT_INLINE __m512d larger(__m512d a, __m512d b) { return _mm512_max_pd(a, b); }
    static LIMELIGHT_INLINE bool any(F::Integers x) {
        const auto bits = reinterpret_cast<__m512i>(x);
        return _mm512_test_epi32_mask(bits, bits) != 0;
    }
    static LIMELIGHT_INLINE bool any(D::Integers x) {
        const auto bits = reinterpret_cast<__m512i>(x);
        return _mm512_test_epi64_mask(bits, bits) != 0;
    }
    static LIMELIGHT_INLINE std::uint32_t bits(F::Integers x) {
        return _mm512_movepi32_mask(reinterpret_cast<__m512i>(x));
    }
    static LIMELIGHT_INLINE std::uint32_t bits(D::Integers x) {
        return _mm512_movepi64_mask(reinterpret_cast<__m512i>(x));
    }
    // x less the whole number below it.
    static LIMELIGHT_INLINE __m512 fraction(__m512 x) {
        return _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    }
    static LIMELIGHT_INLINE __m512d fraction(__m512d x) {
        return _mm512_reduce_pd(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    }
    // x times 2 to the whole number below `by`.
    static LIMELIGHT_INLINE __m512 scale(__m512 x, __m512 by) { return _mm512_scalef_ps(x, by); }
    static LIMELIGHT_INLINE __m512d scale(__m512d x, __m512d by) {
        return _mm512_scalef_pd(x, by);
    }
};

}  // namespace
}  // namespace limelight
