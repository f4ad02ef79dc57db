#include "limelight/peak.hpp"

#include <algorithm>
#include <chrono>

namespace limelight {
namespace {

constexpr Index rounds = 20'000;  // about 0.1 ms

}  // namespace

double peak(const Kernel& kernel, Type type, double seconds) {
    using Clock = std::chrono::steady_clock;
    const Engine& engine = kernel.engines[static_cast<int>(type)];
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    double best = 0;
    do {
        const auto start = Clock::now();
        const double operations = engine.multiply_add(rounds);
        const std::chrono::duration<double> took = Clock::now() - start;
        best = std::max(best, operations / took.count());
    } while (Clock::now() < end);
    return best;
}

}  // namespace limelight
