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
#define LIMELIGHT_LAMBDA __attribute__((always_inline))

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
    // A bit for each lane that is set.
    static LIMELIGHT_INLINE std::uint32_t bits(Integers x) {
        if constexpr (requires { Isa::bits(x); }) {
            return Isa::bits(x);
        } else {
            std::uint32_t found = 0;
            for (int i = 0; i < width; i++)
                found |= x[i] != 0 ? std::uint32_t{1} << static_cast<unsigned>(i) : 0U;
            return found;
        }
    }
    static LIMELIGHT_INLINE T sum(Vector x) {
        T total = 0;
        for (int i = 0; i < width; i++) total += x[i];
        return total;
    }
};

// 2^f as a polynomial 1 + c₀f + c₁f² + …: the smallest largest relative error among those that
// give exactly 1 at 0. Upward on [0, 1]: 8.2e-8 and 3.2e-18; Around on [-1/2, 1/2]: 2.6e-9 and
// 5.7e-20. A unit in the last place of float and double is 1.2e-7 and 2.2e-16.
template <class T> struct Upward;
template <> struct Upward<float> {
    static constexpr int terms = 5;
    static constexpr float c[terms] = {0.69315131180026918F, 0.24016445020136963F,
                                       0.055799912946571173F, 0.0090170305283189355F,
                                       0.0018671299794448822F};
};
template <> struct Upward<double> {
    static constexpr int terms = 11;
    static constexpr double c[terms] = {
        0.69314718055994592843,     0.24022650695906330182,    0.055504108665602257275,
        0.0096181290995507596166,   0.0013333558629568591173,  0.00015403512309571383816,
        0.000015253175056694234007, 1.3208367274744744092e-6,  1.0253212545571002572e-7,
        6.5595288459525092886e-9,   6.2634670311524986219e-10};
};
template <class T> struct Around;
template <> struct Around<float> {
    static constexpr int terms = 6;
    static constexpr float c[terms] = {0.69314721496802790F,  0.24022652782887737F,
                                       0.055503105510137972F, 0.0096176929729930623F,
                                       0.0013406643902351759F, 0.00015594678161326619F};
    static constexpr float lowest = -126.0F;
    static constexpr float round = 12582912.0F;  // 1.5 * 2^23: adding it rounds to whole numbers
    static constexpr int mantissa = 23;
};
template <> struct Around<double> {
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

template <class Polynomial, class Vector>
LIMELIGHT_INLINE Vector power_of_fraction(Vector f) {
    Vector p = Polynomial::c[Polynomial::terms - 1] - Vector{};
#pragma GCC unroll 16
    for (int i = Polynomial::terms - 2; i >= 0; i--) p = p * f + Polynomial::c[i];
    return p * f + 1;
}

// 2^x for x up to 100; 0 where it is too small, -inf included; NaN stays.
template <class Isa, class T>
LIMELIGHT_INLINE typename Lanes<Isa, T>::Vector power_of_two(typename Lanes<Isa, T>::Vector x) {
    using L = Lanes<Isa, T>;
    using P = Around<T>;
    if constexpr (requires { Isa::fraction(x); }) {
        // One instruction takes the whole part off, 0 of infinity, and one scales by it.
        return Isa::scale(power_of_fraction<Upward<T>>(Isa::fraction(x)), x);
    } else {
        const auto within = L::larger(L::all(P::lowest), x);
        const auto shifted = within + P::round;
        const auto p = power_of_fraction<P>(within - (shifted - P::round));
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

// Rows become columns: at each step lanes change places with lanes of the vector Step behind.
template <class Isa, class T, int Step, int... I>
LIMELIGHT_INLINE void exchange(typename Lanes<Isa, T>::Vector& a, typename Lanes<Isa, T>::Vector& b,
                               std::integer_sequence<int, I...> /*lanes*/) {
    constexpr int width = Lanes<Isa, T>::width;
    const auto first = __builtin_shufflevector(a, b, ((I & Step) ? width + I - Step : I)...);
    b = __builtin_shufflevector(a, b, ((I & Step) ? width + I : I + Step)...);
    a = first;
}

template <class Isa, class T, int Step = 1>
LIMELIGHT_INLINE void transpose(typename Lanes<Isa, T>::Vector* x) {
    constexpr int width = Lanes<Isa, T>::width;
    if constexpr (Step < width) {
#pragma GCC unroll 16
        for (int i = 0; i < width; i++)
            if ((i & Step) == 0)
                exchange<Isa, T, Step>(x[i], x[i + Step], std::make_integer_sequence<int, width>{});
        transpose<Isa, T, 2 * Step>(x);
    }
}

// What bounds scores, as far as T holds it; 0 where it bounds nothing.
template <class T> LIMELIGHT_INLINE T cap_of(double softcap) {
    constexpr double most = sizeof(T) == 4 ? 0x1p127 : 0x1p1023;
    constexpr double smallest = sizeof(T) == 4 ? 0x1p-60 : 0x1p-500;
    if (softcap == 0 || softcap > most) return T{0};
    return static_cast<T>(softcap < smallest ? smallest : softcap);
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
