// Throw-away: proves the build.
#include "limelight/kernel.hpp"
namespace limelight::avx512 {
using lanes = float __attribute__((vector_size(64)));
float sum(const float* x, int n) {
    lanes total{};
    constexpr int width = 64 / 4;
    int i = 0;
    for (; i + width <= n; i += width) {
        lanes part;
        __builtin_memcpy(&part, x + i, sizeof part);
        total += part;
    }
    float result = 0;
    for (int j = 0; j < width; ++j) result += total[j];
    for (; i < n; ++i) result += x[i];
    return result;
}
}
