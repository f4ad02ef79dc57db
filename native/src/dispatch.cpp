// Throw-away: proves the build.
#include "limelight/kernel.hpp"
namespace limelight {
std::vector<std::string> isa_names() {
    std::vector<std::string> names{"portable"};
#ifdef LIMELIGHT_HAVE_AVX2
    names.emplace_back("avx2");
#endif
#ifdef LIMELIGHT_HAVE_AVX512
    names.emplace_back("avx512");
#endif
#ifdef LIMELIGHT_HAVE_AVX512_BF16
    names.emplace_back("avx512_bf16");
#endif
    return names;
}
}
