// bfloat16 in pairs: an instruction multiplies two numbers of each lane at a time and adds them up.
#pragma once

#include <immintrin.h>

#include "elements.hpp"

namespace limelight {
namespace {

template <class I> struct Pairs {
    using Isa = I;
    using T = float;
    using L = Lanes<Isa, T>;
    using Vector = typename L::Vector;
    using Word = std::uint32_t;
    static constexpr Index per_word = 2;
    static constexpr int tile = 128;

    static LIMELIGHT_INLINE Vector load(const Word* from) {
        return reinterpret_cast<Vector>(_mm512_load_si512(from));
    }
    static LIMELIGHT_INLINE Vector load_anywhere(const Word* from) {
        return reinterpret_cast<Vector>(_mm512_loadu_si512(from));
    }
    static LIMELIGHT_INLINE Vector all(Word x) {
        return reinterpret_cast<Vector>(_mm512_set1_epi32(static_cast<int>(x)));
    }
    static LIMELIGHT_INLINE Vector add_product(Vector sum, Vector a, Vector b) {
        return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
    }
    // Weights of an even and an odd key, lane by lane next to each other.
    static LIMELIGHT_INLINE void pack(Vector even, Vector odd, Word* to) {
        alignas(64) static constexpr std::uint16_t order[32] = {
            0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
            8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
        const auto both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(odd, even));
        _mm512_store_si512(to, _mm512_permutexvar_epi16(_mm512_load_si512(order), both));
    }

    static Word both(const std::byte* low, const std::byte* high) {
        const Word first = load_as<std::uint16_t>(low);
        return first | (high != nullptr ? Word{load_as<std::uint16_t>(high)} << 16U : Word{0});
    }
    static void read(const std::byte* from, Index stride, Index d, Word* to, Word flip) {
        for (Index i = 0; i < d / 2; i++)
            to[i] = both(from + 2 * i * stride, from + (2 * i + 1) * stride) ^ flip;
        if (d % 2 != 0) to[d / 2] = both(from + (d - 1) * stride, nullptr) ^ flip;
    }
    static void read_query(const std::byte* from, const Operand& q, Index d, T sign, Word* to) {
        read(from, q.column, d, to, sign < 0 ? 0x80008000U : 0U);
    }
    static bool reads_keys(const std::byte* from, const Operand& k, Index d) {
        return d % 2 == 0 && k.column == 2 && k.row % 4 == 0 &&
               reinterpret_cast<std::uintptr_t>(from) % 4 == 0;
    }
    static void read_key(const std::byte* from, const Operand& k, Index d, Word* to) {
        read(from, k.column, d, to, 0U);
    }
    static bool reads_values(const std::byte* /*from*/, const Operand& /*v*/, Index /*d_v*/,
                             Index /*columns*/) {
        return false;
    }
    static void read_values(const std::byte* from, const Operand& v, Index d_v, Index count,
                            Index columns, Word* to) {
        for (Index j = 0; j < count; j += 2) {
            const std::byte* low = from + j * v.row;
            const std::byte* high = j + 1 < count ? low + v.row : nullptr;
            Word* own = to + j / 2 * columns;
            if (v.column == 2 && high != nullptr) {
                for (Index i = 0; i < d_v; i++) own[i] = both(low + 2 * i, high + 2 * i);
            } else {
                for (Index i = 0; i < d_v; i++)
                    own[i] = both(low + i * v.column, high ? high + i * v.column : nullptr);
            }
            for (Index i = d_v; i < columns; i++) own[i] = 0;
        }
    }
    static bool is_odd(Word x) {  // either is NaN or infinite
        return (x & 0x7F80U) == 0x7F80U || (x & 0x7F800000U) == 0x7F800000U;
    }
    static void clear_value(Word* v, Index columns, Index j) {
        const Word other = j % 2 == 0 ? 0xFFFF0000U : 0x0000FFFFU;
        for (Index column = 0; column < columns; column++) v[j / 2 * columns + column] &= other;
    }
    static const Word* words_of(const T* /*weights*/, const Word* packed) { return packed; }

    // Values of all heads as pairs of rows, once for a call that has many blocks of queries.
    static Index pair_rows(const Call& call) { return divide_up(call.keys, tile) * tile / 2; }
    static Index columns_of(const Call& call) { return divide_up(call.d_v, Isa::panel) * Isa::panel; }
    static Index packed_words(const Call& call) {
        return call.key_heads * pair_rows(call) * columns_of(call);
    }
    static void pack_values(const Call& call, Index head, Word* to) {
        read_values(call.v.at(head, 0), call.v, call.d_v, call.keys, columns_of(call),
                    to + call.key_head[head] * pair_rows(call) * columns_of(call));
    }
    static Index packed_row(const Call& call, Index head, Index key) {
        return call.key_head[head] * pair_rows(call) + key / 2;
    }
};

}  // namespace
}  // namespace limelight
