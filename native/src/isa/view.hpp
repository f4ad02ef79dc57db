// The queries of a block: what they see, and where their state lies.
#pragma once

#include "scratch.hpp"
#include "units.hpp"

namespace limelight {
namespace {

template <class Feed> struct View {
    using M = Tile<Feed>;
    using Isa = typename Feed::Isa;
    using T = typename Feed::T;
    using Word = typename Feed::Word;
    using L = Lanes<Isa, T>;
    using Vector = typename L::Vector;
    using Integers = typename L::Integers;

    View(const Call& asked, const Word* packed, std::byte* memory)
        : call(asked), units(asked), scratch(asked, memory), packed_values(packed) {}

    Index position_of(Index row) const {
        return call.offsets[head] + first_row + least(row, rows - 1);
    }
    Index lowest_of(Index row) const {
        return most(position_of(row) - call.left, Index{0});
    }
    Index highest_of(Index row) const {
        return least(position_of(row) + call.right, call.lengths[head] - 1);
    }

    // NaN may have that sign as well.
    static Integers is_hidden(Vector weight) {
        return (reinterpret_cast<Integers>(weight) < 0) & (weight == 0);
    }

    // Whether the weight of a hidden key is -0.
    bool tells_hidden() const { return care != Care::none; }

    // What the weights of a tile are multiplied by to be shares of their rows.
    Vector factor_of(Index number, int c) const {
        const Index lane = c * M::width;
        const Vector own = L::load(scratch.origin + number * M::rows + lane);
        const Vector down = between(L::load(scratch.origin_now + lane), own);
        const Vector share = L::load(scratch.share + lane);
        return own == -infinity<T> ? 0 * share : power_of_two<Isa, T>(down) * share;
    }

    // The share of their rows that keys of these scores have.
    Vector weight_of(Vector scores, int c) const {
        const Index lane = c * M::width;
        const Vector origin = L::load(scratch.origin_now + lane);
        const Vector down = between(origin, in_scores() ? scores : scores * units.to_log2);
        return power_of_two<Isa, T>(down) * L::load(scratch.share + lane);
    }

    // Whether every query sees the whole of a panel of the tile, and nothing is to be shaped.
    bool is_seen(Index panel) const {
        return now.seen_from <= panel && panel < now.seen_to;
    }

    // Whether somebody looks at the weights of a tile, beyond the products with the values.
    bool keeps_weights() const {
        const Results& r = call.results;
        return Feed::per_word == 1 || scratch.has_strip || r.distance != nullptr ||
               (r.sink_mass != nullptr && now.at == 0);
    }

    // Leading vectors of which no query sees a key so far ahead: causality leaves a triangle.
    template <int C> int hidden_vectors(Index key) const {
        int found = 0;
        while (found < C && highest_of((found + 1) * M::width - 1) < key) found++;
        return found;
    }

    // Whether origins are scores. Ordinarily they are rounded to base 2, so that a weight takes one
    // fused multiplication and addition; not where scores are huge, or there is no such thing.
    bool in_scores() const { return !Isa::fused || care == Care::huge; }

    // From one origin to another, to base 2.
    Vector between(Vector from, Vector to) const {
        return in_scores() ? (to - from) * units.to_log2 : to - from;
    }

    const Call& call;
    const Units<T> units;
    Scratch<Feed> scratch;
    const Word* packed_values;
    // Features whose products are added up at once; few keys do not average errors away.
    const Index chunk = call.keys <= 64 ? least(Index{32}, Isa::chunk) : Isa::chunk;
    Index head = 0;
    Index first_row = 0;
    Index rows = 0;
    Index begin = 0;  // the first key of the first tile
    Index end = 0;    // behind the last key that any query sees
    Care care = Care::none;
    bool huge = false;  // a score was, and care is to be taken of it
    struct {
        Index at = 0, count = 0;           // its keys
        Index seen_from = 0, seen_to = 0;  // panels that every query sees, as they are
        Index added = 0;                   // keys whose values have been added
        T *weights = nullptr, *high = nullptr;
    } now;  // the tile that is being worked
};

}  // namespace
}  // namespace limelight
