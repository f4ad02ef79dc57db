// Numbers that are the same on every machine, which those of <random>'s distributions are not.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace limelight::testing {

// SplitMix64.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t bits() {
        std::uint64_t x = state_ += 0x9E3779B97F4A7C15U;
        x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
        x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
        return x ^ (x >> 31U);
    }
    // From 0 to below `count`.
    std::int64_t below(std::int64_t count) {
        return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(count));
    }
    // From -1 to 1.
    double signed_unit() { return static_cast<double>(bits() >> 11U) * 0x1p-52 - 1.0; }
    bool one_in(std::int64_t count) { return below(count) == 0; }

    template <class T> T of(std::initializer_list<T> list) {
        return list.begin()[below(static_cast<std::int64_t>(list.size()))];
    }

private:
    std::uint64_t state_;
};

}  // namespace limelight::testing
