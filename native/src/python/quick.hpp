// The common call, with as little around it as can be.
#pragma once

#include <nanobind/nanobind.h>

#include <optional>
#include <string>

namespace limelight {

// What attention gives for plain arrays of NumPy, or tensors of `torch` where it is loaded, in
// `out` where that is not None. None where it is not such a call: the long way finds out why.
nanobind::object attend_quickly(const std::string& kernel, nanobind::handle q, nanobind::handle k,
                                nanobind::handle v, nanobind::handle out, nanobind::handle torch,
                                std::optional<double> scale, bool causal, bool bottom_right,
                                int threads);

}  // namespace limelight
