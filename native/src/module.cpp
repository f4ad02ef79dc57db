// Throw-away: proves the build.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include "limelight/kernel.hpp"
NB_MODULE(_kernel, m) { m.def("isa_names", &limelight::isa_names); }
