// Throw-away: proves the build.
#include <cassert>
#include <vector>
#include "limelight/kernel.hpp"
int main() {
    std::vector<float> x(37, 1.0F);
    assert(limelight::portable::sum(x.data(), 37) == 37.0F);
    assert(!limelight::isa_names().empty());
}
