// Vectors of one instruction set, as GCC and Clang extend the language: the compiler picks the
// instructions; an `Isa` says how wide they are and replaces what its processor does better.
//
// All that kernels are made of lies in an unnamed namespace, since each file of isa/ is compiled
// for another processor: no function of one may be linked in place of another's.
#pragma once

#include <cstdint>
#include <utility>

#include "limelight/call.hpp"

#define LIMELIGHT_INLINE inline __attribute__((always_inline))

namespace limelight {
namespace {

template <class T> struct IntegerOf;
template <> struct IntegerOf<float> { using type = std::int32_t; };
template <> struct IntegerOf<double> { using type = std::int64_t; };

template <class T> constexpr T infinity = static_cast<T>(__builtin_inff());
template <class T> constexpr T log2_e = static_cast<T>(1.4426950408889634074);
template <class T> constexpr T ln_2 = static_cast<T>(0.69314718055994530942);

template <class T> LIMELIGHT_INLINE constexpr T least(T a, T b) { return b < a ? b : a; }
template <class T> LIMELIGHT_INLINE constexpr T most(T a, T b) { return a < b ? b : a; }
LIMELIGHT_INLINE constexpr Index divide_up(Index a, Index b) { return (a + b - 1) / b; }

template <class Isa, class T> struct Lanes {
    static constexpr int width = Isa::bytes / static_cast<int>(sizeof(T));
    using Integer = typename IntegerOf<T>::type;
    typedef T Vector __attribute__((vector_size(Isa::bytes)));
    typedef Integer Integers __attribute__((vector_size(Isa::bytes)));
    typedef T Anywhere __attribute__((vector_size(Isa::bytes), aligned(alignof(T)), may_alias));

    static LIMELIGHT_INLINE Vector load(const T* from) {
        return *reinterpret_cast<const Vector*>(from);
    }
    static LIMELIGHT_INLINE Vector load_anywhere(const T* from) {
        return *reinterpret_cast<const Anywhere*>(from);
    }
    static LIMELIGHT_INLINE void store(T* to, Vector x) { *reinterpret_cast<Vector*>(to) = x; }
    static LIMELIGHT_INLINE void store_anywhere(T* to, Vector x) {
        *reinterpret_cast<Anywhere*>(to) = x;
    }
    static LIMELIGHT_INLINE Vector all(T x) { return x - Vector{}; }
    static LIMELIGHT_INLINE Vector larger(Vector a, Vector b) {
        if constexpr (requires { Isa::larger(a, b); })
            return Isa::larger(a, b);
        else
            return a > b ? a : b;
    }
    static LIMELIGHT_INLINE bool any(Integers x) {
        if constexpr (requires { Isa::any(x); }) {
            return Isa::any(x);
        } else {
            Integer found = 0;
            for (int i = 0; i < width; i++) found |= x[i];
            return found != 0;
        }
    }
    static LIMELIGHT_INLINE T sum(Vector x) {
        T total = 0;
        for (int i = 0; i < width; i++) total += x[i];
        return total;
    }
};

// 2^f on [-1/2, 1/2]: the smallest largest relative error among polynomials that give exactly 1
// at 0: 2.6e-9 and 5.7e-20, below half a unit in the last place of float and double.
template <class T> struct Power;
template <> struct Power<float> {
    static constexpr int terms = 6;
    static constexpr float c[terms] = {0.69314721496802790F,  0.24022652782887737F,
                                       0.055503105510137972F, 0.0096176929729930623F,
                                       0.0013406643902351759F, 0.00015594678161326619F};
    static constexpr float lowest = -126.0F;
    static constexpr float round = 12582912.0F;  // 1.5 * 2^23: adding it rounds to whole numbers
    static constexpr int mantissa = 23;
};
template <> struct Power<double> {
    static constexpr int terms = 12;
    static constexpr double c[terms] = {
        0.69314718055994530797,     0.2402265069591007114,     0.055504108664821733751,
        0.009618129107628561243,    0.0013333558146381738154,  0.00015403530393171834663,
        0.000015252733864845099229, 1.321548700340765072e-6,   1.0178047531180677829e-7,
        7.0548148367630282563e-9,   4.4572393137403012724e-10, 2.5855238444590038444e-11};
    static constexpr double lowest = -1022.0;
    static constexpr double round = 6755399441055744.0;  // 1.5 * 2^52
    static constexpr int mantissa = 52;
};

template <class Isa, class T>
LIMELIGHT_INLINE typename Lanes<Isa, T>::Vector power_of_fraction(
    typename Lanes<Isa, T>::Vector f) {
    using P = Power<T>;
    auto p = Lanes<Isa, T>::all(P::c[P::terms - 1]);
#pragma GCC unroll 16
    for (int i = P::terms - 2; i >= 0; i--) p = p * f + P::c[i];
    return p * f + T{1};
}

// 2^x for x up to 100: 0 where it is too small for a normal number, -inf included; NaN stays.
template <class Isa, class T>
LIMELIGHT_INLINE typename Lanes<Isa, T>::Vector power_of_two(typename Lanes<Isa, T>::Vector x) {
    using L = Lanes<Isa, T>;
    using P = Power<T>;
    const auto within = L::larger(L::all(P::lowest), x);
    if constexpr (requires { Isa::whole(x); }) {
        // The instruction that scales by a power of two goes below the normal numbers by itself.
        const auto bounded = L::larger(L::all(8 * P::lowest), x);
        const auto whole = Isa::whole(bounded);
        return Isa::scale(power_of_fraction<Isa, T>(bounded - whole), whole);
    } else {
        const auto shifted = within + P::round;
        const auto p = power_of_fraction<Isa, T>(within - (shifted - P::round));
        const auto exponent = reinterpret_cast<typename L::Integers>(shifted) << P::mantissa;
        const auto scaled = reinterpret_cast<typename L::Vector>(
            reinterpret_cast<typename L::Integers>(p) + exponent);
        const auto small = x < P::lowest ? typename L::Vector{} : x;  // or NaN
        return x >= P::lowest ? scaled : small;
    }
}

// Sums of `width` vectors as one vector, each from one of them: vectors fold in pairs, so that
// the lanes of a and b are next to each other, Step by Step.
template <class Isa, class T, int Step, int... I>
LIMELIGHT_INLINE typename Lanes<Isa, T>::Vector folded(typename Lanes<Isa, T>::Vector a,
                                                       typename Lanes<Isa, T>::Vector b,
                                                       std::integer_sequence<int, I...> /*lanes*/) {
    constexpr int width = Lanes<Isa, T>::width;
    constexpr auto from = [](int lane, int shift) {
        const int start = lane / (2 * Step) * (2 * Step), inside = lane % (2 * Step);
        return (inside < Step ? start + inside : width + start + inside - Step) + shift;
    };
    return __builtin_shufflevector(a, b, from(I, 0)...) +
           __builtin_shufflevector(a, b, from(I, Step)...);
}

template <class Isa, class T, int Step = 1>
LIMELIGHT_INLINE typename Lanes<Isa, T>::Vector sums(typename Lanes<Isa, T>::Vector* x) {
    constexpr int width = Lanes<Isa, T>::width;
    constexpr auto lanes = std::make_integer_sequence<int, width>{};
    if constexpr (Step == width) {
        return x[0];
    } else {
#pragma GCC unroll 16
        for (int i = 0; i < width / Step / 2; i++)
            x[i] = folded<Isa, T, Step>(x[2 * i], x[2 * i + 1], lanes);
        return sums<Isa, T, 2 * Step>(x);
    }
}

// tanh, from e^2x - 1 near 0, where 1 - 2 / (e^2x + 1) would lose digits.
template <class Isa, class T>
LIMELIGHT_INLINE typename Lanes<Isa, T>::Vector hyperbolic_tangent(
    typename Lanes<Isa, T>::Vector x) {
    using L = Lanes<Isa, T>;
    constexpr int terms = sizeof(T) == 4 ? 11 : 20;
    const auto size = x < 0 ? -x : x;
    const auto power =
        power_of_two<Isa, T>((size > 20 ? L::all(20) : size) * (2 * log2_e<T>));
    const auto far = 1 - 2 / (power + 1);
    const auto t = size + size;
    auto series = L::all(1);
    for (int n = terms; n > 1; n--) series = series * (t / static_cast<T>(n)) + 1;
    const auto less_one = series * t;
    const auto result = size < T{0.625} ? less_one / (less_one + 2) : far;
    const auto signed_result = x < 0 ? -result : result;
    return x == x ? signed_result : x;
}

}  // namespace
}  // namespace limelight
