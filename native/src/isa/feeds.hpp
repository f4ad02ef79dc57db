// How numbers reach the products: one at a time, whatever type they came as.
#pragma once

#include "elements.hpp"

namespace limelight {
namespace {

template <class I, class Number> struct Singles {
    using Isa = I;
    using T = Number;
    using L = Lanes<Isa, T>;
    using Word = T;
    static constexpr Index per_word = 1;
    static constexpr int tile = 64;
    static constexpr Type own_type = sizeof(T) == 8 ? Type::f64 : Type::f32;

    static LIMELIGHT_INLINE typename L::Vector load(const Word* from) { return L::load(from); }
    static LIMELIGHT_INLINE typename L::Vector load_anywhere(const Word* from) {
        return L::load_anywhere(from);
    }
    static LIMELIGHT_INLINE typename L::Vector all(Word x) { return L::all(x); }
    static LIMELIGHT_INLINE typename L::Vector add_product(typename L::Vector sum,
                                                           typename L::Vector a,
                                                           typename L::Vector b) {
        return sum + a * b;
    }

    static void read_query(const std::byte* from, const Operand& q, Index d, T sign, Word* to) {
        read_row<T>(from, q.type, q.column, d, to);
        if (sign < 0)
            for (Index i = 0; i < d; i++) to[i] = -to[i];
    }
    static bool lies_as_words(const std::byte* from, const Operand& operand) {
        constexpr auto size = static_cast<Index>(sizeof(Word));
        return operand.type == own_type && operand.column == size && operand.row % size == 0 &&
               reinterpret_cast<std::uintptr_t>(from) % sizeof(Word) == 0;
    }
    static bool reads_keys(const std::byte* from, const Operand& k, Index /*d*/) {
        return lies_as_words(from, k);
    }
    static void read_key(const std::byte* from, const Operand& k, Index d, Word* to) {
        read_row<T>(from, k.type, k.column, d, to);
    }
    static bool reads_values(const std::byte* from, const Operand& v, Index d_v, Index columns) {
        return d_v == columns && lies_as_words(from, v);
    }
    static void read_values(const std::byte* from, const Operand& v, Index d_v, Index count,
                            Index columns, Word* to) {
        for (Index j = 0; j < count; j++) {
            read_row<T>(from + j * v.row, v.type, v.column, d_v, to + j * columns);
            for (Index column = d_v; column < columns; column++) to[j * columns + column] = T{0};
        }
    }
    static bool is_odd(Word x) { return !(x - x == 0); }  // NaN or infinite
    static void clear_value(Word* v, Index columns, Index j) {
        for (Index column = 0; column < columns; column++) v[j * columns + column] = T{0};
    }
    static const Word* words_of(const T* weights, const Word* /*packed*/) { return weights; }
    static Index packed_words(const Call& /*call*/) { return 0; }
    static void pack_values(const Call& /*call*/, Index /*head*/, Word* /*to*/) {}
    static Index packed_row(const Call& /*call*/, Index /*head*/, Index /*key*/) { return 0; }
};

}  // namespace
}  // namespace limelight
