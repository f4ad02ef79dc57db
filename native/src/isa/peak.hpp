// Nothing but multiply-adds, in registers: as fast as this processor's products can be.
#pragma once

#include "lanes.hpp"

namespace limelight {
namespace {

// Works `rounds` of them and returns how many floating-point operations these were.
template <class Feed> double multiply_add(Index rounds) {
    using L = typename Feed::L;
    using T = typename Feed::T;
    constexpr int sums = Feed::Isa::vectors * Feed::Isa::panel;
    typename L::Vector sum[sums];
    for (int i = 0; i < sums; i++) sum[i] = L::all(static_cast<T>(i));
    const auto half = L::all(T{0.5F}), one = L::all(T{1});
    for (Index round = 0; round < rounds; round++) {
        // Each needs the one before, so that none can be left out; they tend to 2.
#pragma GCC unroll 32
        for (int i = 0; i < sums; i++) sum[i] = Feed::add_product(one, sum[i], half);
    }
    for (int i = 1; i < sums; i++) sum[0] += sum[i];
    volatile T seen = L::sum(sum[0]);
    (void)seen;
    return 2.0 * Feed::per_word * L::width * sums * static_cast<double>(rounds);
}

}  // namespace
}  // namespace limelight
