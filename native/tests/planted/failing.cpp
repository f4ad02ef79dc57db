// Ends with another number than 0, or no test would mean anything.
#include "../check.hpp"

int main() {
    limelight::testing::Checks check;
    check(true, "a claim that holds");
    check(false, "a claim that does not hold");
    return check.result();
}
