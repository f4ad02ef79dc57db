// From arrays of Python to a call.
#pragma once

#include <nanobind/nanobind.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "limelight/kernel.hpp"

namespace limelight {

constexpr std::size_t axes = 3;  // heads, tokens, dim

// What cannot be: ValueError. Python has checked everything that a caller can get wrong; this
// keeps the kernel within the memory of its arrays.
void demand(bool holds, const char* what);

// Any array: strides in elements.
struct View {
    const std::byte* data = nullptr;
    Type type = Type::f32;
    Index bytes = 0;  // of an element
    std::span<const std::int64_t> shape, strides;

    Index size(std::size_t from_the_end) const { return shape[shape.size() - from_the_end]; }
    Index stride(std::size_t from_the_end) const {
        return strides[strides.size() - from_the_end] * bytes;
    }
    // Row after row, as C has it, so that results can be written to it.
    bool is_contiguous() const;
    // Where each head begins, in bytes, the last of the leading axes running fastest.
    std::vector<Index> starts() const;
    Operand operand(const std::vector<Index>& heads) const;
};

// A call, and the lists that it points into.
struct Prepared {
    Call call;
    std::vector<Index> q, k, v, mask, bias, key_head, lengths, offsets;
    std::vector<double> slopes, sinks;
    std::vector<const std::int32_t*> tokens;

    void arrays(const View& q_given, const View& k_given, const View& v_given);
    // `given` of each batch entry, or null for as many as there are.
    void positions(const Index* given, Index batch, bool bottom_right);
};

const Kernel& kernel_named(const std::string& name);

// Works without the interpreter, so that other threads of it go on; signals and `progress` are
// looked for now and then.
void finish(const Kernel& kernel, const Call& call, int threads, const nanobind::object& progress);

}  // namespace limelight
