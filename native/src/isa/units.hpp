// What scores are counted in, and what a pass over the keys must take care of.
#pragma once

#include "elements.hpp"

namespace limelight {
namespace {

// Calls f with std::integral_constant<int, count>; count is from 1 to most.
template <int Most, class F> LIMELIGHT_INLINE void with_count(int count, F f) {
    if constexpr (Most > 1) {
        if (count < Most) return with_count<Most - 1>(count, f);
    }
    f(std::integral_constant<int, Most>{});
}

// Scores are kept as the product q·k gives them where nothing is added to them; what they are
// multiplied by joins the way to base 2, which costs nothing.
template <class T> struct Units {
    explicit Units(const Call& call) {
        const bool adds = (call.mask && call.mask.type != Type::boolean) || call.bias ||
                          call.slopes != nullptr || call.softcap != 0.0 || call.scale == 0.0;
        shaped = adds;
        sign = !adds && call.scale < 0 ? T{-1} : T{1};
        in_shape = adds ? static_cast<T>(call.scale) : T{1};
        to_score = adds ? 1.0 : std::fabs(call.scale);
        to_log2 = static_cast<T>(to_score * 1.4426950408889634074);
    }
    bool shaped = false;  // every tile is
    T sign = 1;           // of queries
    T in_shape = 1;
    double to_score = 1;
    T to_log2 = 1;
};

// A weight may grow to 2^2 before everything is taken relative to a new maximum: ordinary scores
// then settle at once. With more, ln l and e/l would grow together and cancel in the entropy.
template <class T> constexpr T slack = 2;

// Up to here what a maximum is rounded by, on its way to base 2, is far below the slack.
template <class T> constexpr T most_usual = sizeof(T) == 4 ? T{0x1p16F} : T{0x1p40F};

// What a pass over the keys must take care of; ordinarily nothing, and then again what it met:
// NaN or infinity where something may be hidden, or scores so huge that rounding shows.
enum class Care { none, hidden, huge };

}  // namespace
}  // namespace limelight
