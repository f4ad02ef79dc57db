#include <vector>

#include "limelight/kernel.hpp"

namespace limelight {

std::span<const Kernel* const> kernels() {
    static const std::vector<const Kernel*> found = [] {
        std::vector<const Kernel*> list;
        const Kernel* const all[] = {
#if defined(LIMELIGHT_HAVE_AVX512_BF16)
            &avx512_bf16,
#endif
#if defined(LIMELIGHT_HAVE_AVX512)
            &avx512,
#endif
#if defined(LIMELIGHT_HAVE_AVX2)
            &avx2,
#endif
            &portable};
        for (const Kernel* each : all)
            if (each->runs_here()) list.push_back(each);
        return list;
    }();
    return found;
}

}  // namespace limelight
