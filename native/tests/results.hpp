// Memory for results, each of exactly its size.
#pragma once

#include <cstring>
#include <memory>
#include <vector>

#include "problem.hpp"

namespace limelight::testing {

class Room {
public:
    // What a kernel writes holds garbage before, what it adds to holds 0.
    explicit Room(const Problem& p) {
        const Wanted& w = p.wanted;
        const Index rows = p.heads * p.queries, statistic = p.type == Type::f64 ? 8 : 4;
        const Index bins = p.heads * w.query_bins * w.key_bins;
        const auto row = [&](bool wanted, const char* name, void*& to) {
            if (wanted) to = take(name, rows * statistic, written);
        };
        if (w.output) results.output = take("output", rows * p.d_v * bytes_of(p.type), written);
        row(w.m, "m", results.m);
        row(w.l, "l", results.l);
        row(w.lse, "lse", results.lse);
        row(w.entropy, "entropy", results.entropy);
        row(w.max_logit, "max_logit", results.max_logit);
        row(w.sink_mass, "sink_mass", results.sink_mass);
        row(w.distance, "distance", results.distance);
        if (w.top > 0) {
            results.top_indices = take<std::int32_t>("top_indices", rows * w.top, written);
            results.top_weights = take("top_weights", rows * w.top * statistic, written);
        }
        if (w.received) {
            results.received = take<double>("received", p.heads * p.keys, added_to);
            results.seers = take<std::int32_t>("seers", p.heads * p.keys, added_to);
        }
        if (w.query_bins > 0) {
            results.picture_sum = take("picture_sum", bins * statistic, added_to);
            results.picture_max = take("picture_max", bins * statistic, added_to);
        }
        if (w.detected) results.detected = take<double>("detected", 4 * p.heads, added_to);
    }

    struct Piece {
        const char* name;
        std::unique_ptr<std::byte[]> memory;
        std::size_t size;
    };

    Results results;
    std::vector<Piece> pieces;

private:
    static constexpr int written = 0xA5, added_to = 0;

    void* take(const char* name, Index bytes, int fill) {
        auto memory = std::unique_ptr<std::byte[]>(new std::byte[at(bytes)]);
        std::memset(memory.get(), fill, at(bytes));
        pieces.push_back({name, std::move(memory), at(bytes)});
        return pieces.back().memory.get();
    }
    template <class T> T* take(const char* name, Index count, int fill) {
        return static_cast<T*>(take(name, count * static_cast<Index>(sizeof(T)), fill));
    }
};

// The name of a result whose bits differ, or null.
inline const char* difference(const Room& a, const Room& b) {
    for (std::size_t i = 0; i < a.pieces.size(); i++) {
        const std::size_t size = a.pieces[i].size;
        if (std::memcmp(a.pieces[i].memory.get(), b.pieces[i].memory.get(), size) != 0)
            return a.pieces[i].name;
    }
    return nullptr;
}

}  // namespace limelight::testing
