// What a processor could do: for benchmarks.
#pragma once

#include "limelight/kernel.hpp"

namespace limelight {

// Floating-point operations a second that a kernel's multiply-adds for a type reach in this thread,
// in the best of many stretches of about `seconds` in all.
double peak(const Kernel& kernel, Type type, double seconds);

}  // namespace limelight
