// What is asked of a kernel: arrays where they lie, options, and where results go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace limelight {

using Index = std::int64_t;

constexpr Index open_side = std::numeric_limits<Index>::max() / 4;

enum class Type : std::uint8_t { f64, f32, f16, bf16, boolean };

// Rows of one array for every head; strides and offsets in bytes. A stride of 0 repeats.
struct Operand {
    const std::byte* data = nullptr;  // null where it was not given
    const Index* heads = nullptr;     // where each head begins
    Index row = 0;
    Index column = 0;
    Type type = Type::f32;

    explicit operator bool() const { return data != nullptr; }
    const std::byte* at(Index head, Index r) const { return data + heads[head] + r * row; }
};

// Contiguous results; null where not wanted. Statistics are double for double inputs, else float.
struct Results {
    void* output = nullptr;  // (heads, queries, d_v), of the type of the inputs
    void* m = nullptr;       // (heads, queries), as all statistics of rows
    void* l = nullptr;
    void* lse = nullptr;
    void* entropy = nullptr;
    void* max_logit = nullptr;
    void* sink_mass = nullptr;
    void* distance = nullptr;
    std::int32_t* top_indices = nullptr;  // (heads, queries, top)
    void* top_weights = nullptr;
    double* received = nullptr;      // (heads, keys)
    std::int32_t* seers = nullptr;   // (heads, keys)
    void* picture_sum = nullptr;     // (heads, query bins, key bins)
    void* picture_max = nullptr;     // the same
    double* detected = nullptr;      // (heads, 4): previous, duplicate, induction, all weight
};

struct Call {
    Index heads = 0;  // of all batch entries
    Index queries = 0;
    Index keys = 0;
    Index d = 0;
    Index d_v = 0;
    Type type = Type::f32;
    Operand q, k, v;
    Operand mask;  // added to scores, or bool; (queries, keys) by broadcast strides
    Operand bias;
    Index key_heads = 0;                     // that queries share
    const Index* key_head = nullptr;         // of each head: which of them
    const double* slopes = nullptr;          // of each head
    const double* sinks = nullptr;           // of each head
    const Index* lengths = nullptr;          // of each head: keys that are no padding
    const Index* offsets = nullptr;          // of each head: the position of its first query
    const std::int32_t* const* tokens = nullptr;  // of each head: the token at each key
    Index left = open_side;
    Index right = open_side;
    double scale = 1.0;
    double softcap = 0.0;
    Index top = 0;
    Index query_bins = 0;
    Index key_bins = 0;
    Results results;
};

}  // namespace limelight
