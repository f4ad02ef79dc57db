// Throw-away: proves the build.
#pragma once
#include <string>
#include <vector>
namespace limelight {
std::vector<std::string> isa_names();
namespace portable { float sum(const float* x, int n); }
namespace avx2 { float sum(const float* x, int n); }
namespace avx512 { float sum(const float* x, int n); }
namespace avx512_bf16 { float sum(const float* x, int n); }
}
