// Floating-point formats by their definition in IEEE 754, independent of how kernels convert.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "limelight/call.hpp"

namespace limelight::testing {

struct Format {
    int mantissa;  // bits that are stored
    int lowest;    // exponent of the smallest normal number
    int bits;      // in all

    double decode(std::uint64_t word) const {
        const std::uint64_t sign = word >> (bits - 1) & 1U, one = std::uint64_t{1} << mantissa;
        const auto exponent = static_cast<int>(word >> mantissa & specials());
        const auto fraction = static_cast<double>(word & (one - 1));
        double size = std::ldexp(fraction, lowest - mantissa);
        if (exponent == static_cast<int>(specials()))
            size = fraction == 0 ? std::numeric_limits<double>::infinity()
                                 : std::numeric_limits<double>::quiet_NaN();
        else if (exponent > 0)
            size = std::ldexp(fraction + static_cast<double>(one),
                              exponent - 1 + lowest - mantissa);
        return sign != 0 ? -size : size;
    }

    // To the nearest, ties to even; any NaN becomes a quiet one.
    std::uint64_t encode(double x) const {
        const std::uint64_t sign = std::uint64_t{std::signbit(x)} << (bits - 1);
        const std::uint64_t infinite = specials() << mantissa;
        if (std::isnan(x)) return infinite | std::uint64_t{1} << (mantissa - 1);
        if (std::isinf(x)) return sign | infinite;
        int exponent = 0;
        std::frexp(x, &exponent);
        exponent = x == 0 || exponent - 1 < lowest ? lowest : exponent - 1;
        const double scaled = std::ldexp(std::fabs(x), mantissa - exponent);
        const auto units = static_cast<std::uint64_t>(std::nearbyint(scaled));
        // A carry out of the mantissa runs on into the exponent, which is as it should be.
        const std::uint64_t word =
            (static_cast<std::uint64_t>(exponent - lowest) << mantissa) + units;
        return sign | (word < infinite ? word : infinite);
    }

private:
    std::uint64_t specials() const { return (std::uint64_t{1} << (bits - 1 - mantissa)) - 1; }
};

constexpr Format half = {10, -14, 16};
constexpr Format brain = {7, -126, 16};

inline Index bytes_of(Type type) {
    return type == Type::f64 ? 8 : type == Type::f32 ? 4 : type == Type::boolean ? 1 : 2;
}

inline const char* name_of(Type type) {
    constexpr const char* names[] = {"f64", "f32", "f16", "bf16", "boolean"};
    return names[static_cast<int>(type)];
}

inline void put(std::byte* to, Type type, double x) {
    const auto copy = [to](auto value) { std::memcpy(to, &value, sizeof value); };
    switch (type) {
        case Type::f64: return copy(x);
        case Type::f32: return copy(static_cast<float>(x));
        case Type::f16: return copy(static_cast<std::uint16_t>(half.encode(x)));
        case Type::bf16: return copy(static_cast<std::uint16_t>(brain.encode(x)));
        case Type::boolean: return copy(static_cast<std::uint8_t>(x != 0));
    }
}

inline double get(const std::byte* from, Type type) {
    const auto as = [from](auto value) {
        std::memcpy(&value, from, sizeof value);
        return value;
    };
    switch (type) {
        case Type::f64: return as(double{});
        case Type::f32: return static_cast<double>(as(float{}));
        case Type::f16: return half.decode(as(std::uint16_t{}));
        case Type::bf16: return brain.decode(as(std::uint16_t{}));
        case Type::boolean: return as(std::uint8_t{});
    }
    return 0;
}

inline double rounded(Type type, double x) {
    std::byte memory[8];
    put(memory, type, x);
    return get(memory, type);
}

}  // namespace limelight::testing
