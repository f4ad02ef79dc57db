// A call whose keys are divided, for threads that its queries alone would leave idle: a call over
// each part, and their results merged.
#pragma once

#include <vector>

#include "limelight/call.hpp"

namespace limelight {

class Split {
public:
    // `blocks` of queries each head has. Into how many parts depends on the shape alone, so that
    // the result does not depend on the number of threads. Throws std::bad_alloc.
    Split(const Call& call, Index blocks);

    Index size() const { return parts_.empty() ? 1 : static_cast<Index>(parts_.size()); }
    const Call& operator[](Index part) const {
        return parts_.empty() ? call_ : parts_[static_cast<std::size_t>(part)].call;
    }
    // Merges what all parts have left, in their order, into the results of the call.
    void finish();

private:
    struct Part {
        Call call;
        std::vector<Index> offsets, lengths;
        std::vector<std::byte> room;  // of its results
    };
    void prepare(Part& part, Index first, Index keys) const;
    template <class T> void merge();
    template <class T> void merge_row(Index head, Index query, T* output);

    const Call& call_;
    std::vector<Part> parts_;  // none where it is not divided
};

}  // namespace limelight
