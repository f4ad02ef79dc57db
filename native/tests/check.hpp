// What a test program says and returns.
#pragma once

#include <concepts>
#include <cstdio>
#include <string>

namespace limelight::testing {

// Counts claims; a program that made none, or one that does not hold, fails.
class Checks {
public:
    explicit Checks(bool says = true) : says_(says) {}

    void operator()(bool holds, const std::string& claim) {
        (*this)(holds, [&] { return claim; });
    }
    // For the many claims whose words are put together only where they are needed; without words
    // nothing is said.
    template <std::invocable Claim> void operator()(bool holds, const Claim& claim) {
        made_++;
        if (holds) return;
        failed_++;
        if (!says_ || said_ == most_said) return;
        const std::string words = claim();
        if (words.empty()) return;
        said_++;
        std::printf("FAILED %s\n", words.c_str());
    }

    long failed() const { return failed_; }

    int result() const {
        std::printf("%ld checks, %ld failed\n", made_, failed_);
        return made_ > 0 && failed_ == 0 ? 0 : 1;
    }

private:
    static constexpr long most_said = 30;
    bool says_;
    long made_ = 0;
    long failed_ = 0;
    long said_ = 0;
};

// Claims that `work`, given checks of its own, finds something wrong: it is given a planted fault.
template <class F> void finds_fault(Checks& check, const std::string& fault, F work) {
    Checks own(false);
    work(own);
    check(own.failed() > 0, "a planted fault is found: " + fault);
}

}  // namespace limelight::testing
