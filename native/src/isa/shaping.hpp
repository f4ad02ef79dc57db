// Scores that are not simply the products.
#pragma once

#include "view.hpp"

namespace limelight {
namespace {

template <class Feed> class Shaping {
public:
    using M = Tile<Feed>;
    using Isa = typename Feed::Isa;
    using T = typename Feed::T;
    using Word = typename Feed::Word;
    using L = Lanes<Isa, T>;
    using Vector = typename L::Vector;
    using Integers = typename L::Integers;

    explicit Shaping(View<Feed>& view) : view_(view), call_(view.call), scratch_(view.scratch) {}

    void begin_tile() { is_prepared_ = false; }

    template <int C> void hide(int vectors, T* scores, T* high) {
        for (int c = 0; c < vectors; c++) {
            for (int j = 0; j < M::panel; j++)
                L::store(scores + j * M::rows + c * M::width, L::all(-infinity<T>));
            L::store(high + c * M::width, L::all(-infinity<T>));
        }
    }

    // Scores of a panel that are not simply the products: scaled, capped, added to, hidden.
    template <int C> void shape(Index p) {
        Scratch<Feed>& s = scratch_;
        const Index at = view_.now.at;
        T* high = view_.now.high + p * M::rows;
        if (!is_prepared_) prepare();
        const T cap = cap_of<T>(call_.softcap);
        const T slope = call_.slopes != nullptr ? static_cast<T>(call_.slopes[view_.head]) : T{0};
        for (int c = view_.template hidden_vectors<C>(at + p * M::panel); c < C; c++) {
            const Index lane = c * M::width;
            const Vector position = L::load(s.position + lane);
            const Vector lowest = L::load(s.lowest + lane);
            const Vector highest = L::load(s.highest + lane);
            Vector largest = L::all(-infinity<T>), strange = L::load(s.strange + lane);
            for (Index j = p * M::panel; j < (p + 1) * M::panel; j++) {
                T* own = view_.now.weights + j * M::rows + lane;
                const auto key = static_cast<T>(j);
                Vector x = L::load(own) * view_.units.in_shape;
                if (cap != 0) x = cap * hyperbolic_tangent<Isa, T>(x / cap);
                if (slope != 0) {
                    const Vector behind = position - key;
                    x -= slope * (behind < 0 ? -behind : behind);
                }
                Integers hidden = (key < lowest) | (key > highest);
                if (s.added != nullptr) {
                    const Vector more = L::load(s.added + j * M::rows + lane);
                    hidden |= more == -infinity<T>;
                    x += more;
                }
                x = hidden ? L::all(-infinity<T>) : x;
                strange = x == x ? strange : x;
                largest = L::larger(largest, x);
                L::store(own, x);
            }
            L::store(high + lane, largest);
            L::store(s.strange + lane, strange);
        }
        if (call_.results.seers != nullptr) count_seers(p);
    }

private:
    // What the panels of a tile are shaped by.
    void prepare() {
        Scratch<Feed>& s = scratch_;
        for (Index row = 0; row < M::rows; row++) {
            s.position[row] = static_cast<T>(view_.position_of(row) - view_.now.at);
            s.lowest[row] = static_cast<T>(most(view_.lowest_of(row) - view_.now.at, Index{0}));
            s.highest[row] =
                static_cast<T>(least(view_.highest_of(row) - view_.now.at, Index{M::keys}));
        }
        if (s.added != nullptr) fetch_added(view_.now.at, view_.now.count);
        is_prepared_ = true;
    }

    void count_seers(Index p) {
        for (Index j = p * M::panel; j < least(view_.now.count, (p + 1) * M::panel); j++) {
            std::int32_t seen = 0;
            for (Index row = 0; row < view_.rows; row++)
                seen += view_.now.weights[j * M::rows + row] == -infinity<T> ? 0 : 1;
            scratch_.seers[view_.now.at + j] += seen;
        }
    }

    // What hides a key wins over what else is added, NaN included. The lanes behind the last query
    // are given its own, or they would see what is hidden from it.
    void fetch_added(Index at, Index count) {
        std::fill(scratch_.added, scratch_.added + M::keys * M::rows, T{0});
        alignas(64) T line[M::keys];
        const Index filled = divide_up(view_.rows, M::width) * M::width;
        for (const Operand* each : {&call_.mask, &call_.bias}) {
            if (!*each) continue;
            for (Index row = 0; row < filled; row++) {
                if (row == 0 || (each->row != 0 && row < view_.rows))
                    read_row<T>(each->at(view_.head, view_.first_row + row) + at * each->column,
                                each->type, each->column, count, line);
                T* to = scratch_.added + row;
                for (Index j = 0; j < count; j++) {
                    const T own = to[j * M::rows];
                    const bool hides = own == -infinity<T> || line[j] == -infinity<T>;
                    to[j * M::rows] = hides ? -infinity<T> : own + line[j];
                }
            }
        }
    }

    View<Feed>& view_;
    const Call& call_;
    Scratch<Feed>& scratch_;
    bool is_prepared_ = false;  // what the panels of the tile are shaped by
};

}  // namespace
}  // namespace limelight
