// Elements of every type, to and from what is computed with.
#pragma once

#include <bit>
#include <cmath>
#include <cstring>

#include "lanes.hpp"

namespace limelight {
namespace {

template <class T> LIMELIGHT_INLINE T load_as(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

LIMELIGHT_INLINE float from_bfloat16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

// The exponent is moved by a multiplication, which normalises small numbers as well.
LIMELIGHT_INLINE float from_float16(std::uint16_t bits) {
    const std::uint32_t moved = (bits & 0x7FFFU) << 13U;
    const float scaled = std::bit_cast<float>(moved) * 0x1p112F;
    const std::uint32_t special = moved >= 0x0F800000U ? 0x7F800000U : 0U;
    const std::uint32_t sign = (bits & 0x8000U) << 16U;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(scaled) | special | sign);
}

LIMELIGHT_INLINE std::uint16_t to_bfloat16(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    if (x != x) return 0x7FC0;
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

// Below the normal numbers an addition rounds; elsewhere ties go to even by hand.
LIMELIGHT_INLINE std::uint16_t to_float16(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
    const std::uint32_t size = bits & 0x7FFFFFFFU;
    if (size > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U);
    if (size >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);
    if (size < 0x38800000U) {
        const float moved = std::bit_cast<float>(size) + 0.5F;
        return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(moved) & 0x7FFU));
    }
    const std::uint32_t rounded = size - 0x38000000U + 0xFFFU + ((size >> 13U) & 1U);
    return static_cast<std::uint16_t>(sign | (rounded >> 13U));
}

template <class T> LIMELIGHT_INLINE T element(const std::byte* from, Type type) {
    switch (type) {
        case Type::f64: return static_cast<T>(load_as<double>(from));
        case Type::f32: return static_cast<T>(load_as<float>(from));
        case Type::f16: return static_cast<T>(from_float16(load_as<std::uint16_t>(from)));
        case Type::bf16: return static_cast<T>(from_bfloat16(load_as<std::uint16_t>(from)));
        case Type::boolean: return load_as<std::uint8_t>(from) != 0 ? T{0} : -infinity<T>;
    }
    return T{0};
}

template <class T, class Read>
LIMELIGHT_INLINE void read_each(const std::byte* from, Index stride, Index count, T* to,
                                Read read) {
    constexpr auto size = static_cast<Index>(sizeof(decltype(read.bits)));
    if (stride == size) {
        for (Index i = 0; i < count; i++) to[i] = read(from + i * size);
    } else {
        for (Index i = 0; i < count; i++) to[i] = read(from + i * stride);
    }
}

template <class T, class Bits, T (*Convert)(Bits)> struct Reader {
    Bits bits;
    LIMELIGHT_INLINE T operator()(const std::byte* from) const {
        return Convert(load_as<Bits>(from));
    }
};

// What a float cannot hold becomes its largest number, so that only -inf means hidden.
template <class T> LIMELIGHT_INLINE T of_double(double x) {
    if constexpr (sizeof(T) == 4) {
        constexpr double most = 0x1.fffffep127;
        if (x > most && x < infinity<double>) return static_cast<T>(most);
        if (x < -most && x > -infinity<double>) return static_cast<T>(-most);
    }
    return static_cast<T>(x);
}
template <class T> LIMELIGHT_INLINE T of_float(float x) { return static_cast<T>(x); }
template <class T> LIMELIGHT_INLINE T of_half(std::uint16_t x) {
    return static_cast<T>(from_float16(x));
}
template <class T> LIMELIGHT_INLINE T of_brain(std::uint16_t x) {
    return static_cast<T>(from_bfloat16(x));
}
// What a bool mask adds to a score.
template <class T> LIMELIGHT_INLINE T of_bool(std::uint8_t x) {
    return x != 0 ? T{0} : -infinity<T>;
}

// Reads `count` elements that are `stride` bytes apart.
template <class T>
inline void read_row(const std::byte* from, Type type, Index stride, Index count, T* to) {
    const auto each = [&](auto read) { read_each(from, stride, count, to, read); };
    switch (type) {
        case Type::f64: return each(Reader<T, double, of_double<T>>{});
        case Type::f32: return each(Reader<T, float, of_float<T>>{});
        case Type::f16: return each(Reader<T, std::uint16_t, of_half<T>>{});
        case Type::bf16: return each(Reader<T, std::uint16_t, of_brain<T>>{});
        case Type::boolean: return each(Reader<T, std::uint8_t, of_bool<T>>{});
    }
}

// Writes `count` results; they are contiguous.
template <class T> inline void write_row(const T* from, Index count, Type type, std::byte* to) {
    switch (type) {
        case Type::f64:
        case Type::f32: std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T)); return;
        case Type::f16:
            for (Index i = 0; i < count; i++) {
                const auto bits = to_float16(static_cast<float>(from[i]));
                std::memcpy(to + 2 * i, &bits, 2);
            }
            return;
        default:
            for (Index i = 0; i < count; i++) {
                const auto bits = to_bfloat16(static_cast<float>(from[i]));
                std::memcpy(to + 2 * i, &bits, 2);
            }
    }
}

LIMELIGHT_INLINE constexpr Index size_of(Type type) {
    switch (type) {
        case Type::f64: return 8;
        case Type::f32: return 4;
        case Type::boolean: return 1;
        default: return 2;
    }
}

}  // namespace
}  // namespace limelight
