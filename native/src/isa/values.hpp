// The sums of the values of a tile, times their weights.
#pragma once

#include "view.hpp"

namespace limelight {
namespace {

template <class Feed> class Values {
public:
    using M = Tile<Feed>;
    using Isa = typename Feed::Isa;
    using T = typename Feed::T;
    using Word = typename Feed::Word;
    using L = Lanes<Isa, T>;
    using Vector = typename L::Vector;
    using Integers = typename L::Integers;

    explicit Values(View<Feed>& view) : view_(view), call_(view.call), scratch_(view.scratch) {}

    // Adds the values of the keys of the tile, up to one that begins a panel or ends the tile.
    template <int C> void add(Index count) {
        Scratch<Feed>& s = scratch_;
        const Index at = view_.now.at, first = view_.now.added;
        view_.now.added = count;
        Index stride = 0;
        const Word* v = view_.tells_hidden() ? finite_values_at(at, count, stride)
                                             : values_at(at, count, stride);
        const Word* words = Feed::words_of(view_.now.weights, s.packed);
        const Index size = divide_up(count, Feed::per_word);
        constexpr Index step = M::panel / Feed::per_word;
        const auto skipped_at = [&](Index from) {
            const Index key = at + from * Feed::per_word;
            return view_.is_seen(from / step) ? 0 : view_.template hidden_vectors<C>(key);
        };
        for (Index from = first / Feed::per_word; from < size;) {
            const int skipped = skipped_at(from);
            Index to = from + step;
            while (to < size && skipped_at(to) == skipped) to += step;
            to = least(to, size);
            if (skipped < C)
                with_count<C>(C - skipped, [&](auto c) {
                    constexpr int skip = (C - c.value) * M::width;
                    M::template values<c.value>(words + from * M::rows + skip, v + from * stride,
                                                stride, to - from, s.columns, s.o + skip);
                });
            from = to;
        }
        if (view_.tells_hidden()) add_odd_values<C>(at, first, count, view_.now.weights);
    }

private:
    const Word* values_at(Index at, Index count, Index& stride) {
        if (view_.packed_values != nullptr) {
            stride = scratch_.columns;
            return view_.packed_values + Feed::packed_row(call_, view_.head, at) * stride;
        }
        const std::byte* from = call_.v.at(view_.head, at);
        if (Feed::reads_values(from, call_.v, call_.d_v, scratch_.columns)) {
            stride = call_.v.row / static_cast<Index>(sizeof(Word));
            return reinterpret_cast<const Word*>(from);
        }
        stride = scratch_.columns;
        Feed::read_values(from, call_.v, call_.d_v, count, scratch_.columns, scratch_.v);
        return scratch_.v;
    }

    // Values of a tile with rows of 0 for those that hold NaN or infinity.
    const Word* finite_values_at(Index at, Index count, Index& stride) {
        stride = scratch_.columns;
        Feed::read_values(call_.v.at(view_.head, at), call_.v, call_.d_v, count, stride,
                          scratch_.v);
        for (Index j = 0; j < count; j++)
            if (!is_finite_value(at + j)) Feed::clear_value(scratch_.v, stride, j);
        return scratch_.v;
    }

    bool is_finite_value(Index key) {
        read_row<T>(call_.v.at(view_.head, key), call_.v.type, call_.v.column, call_.d_v,
                    scratch_.row);
        for (Index column = 0; column < call_.d_v; column++)
            if (!(scratch_.row[column] - scratch_.row[column] == 0)) return false;
        return true;
    }

    // What NaN and infinity add, where a query sees them.
    template <int C> void add_odd_values(Index at, Index first, Index count, const T* weights) {
        for (Index j = first; j < count; j++) {
            if (is_finite_value(at + j)) continue;
            for (Index column = 0; column < call_.d_v; column++) {
                for (int c = 0; c < C; c++) {
                    T* to = scratch_.o + column * M::rows + c * M::width;
                    const Vector weight = L::load(weights + j * M::rows + c * M::width);
                    const Vector own = L::load(to);
                    const Integers hidden = view_.is_hidden(weight);
                    L::store(to, hidden ? own : own + weight * scratch_.row[column]);
                }
            }
        }
    }

    View<Feed>& view_;
    const Call& call_;
    Scratch<Feed>& scratch_;
};

}  // namespace
}  // namespace limelight
