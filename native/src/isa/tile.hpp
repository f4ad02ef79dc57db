// The two products, over tiles that stay in the caches.
//
// Queries sit in the lanes; a key or a value comes as a scalar that is broadcast, from its own
// row, in its natural layout. So nothing is packed, and no sum runs across lanes. `panel` keys
// (or columns of values) times `vectors` fill the registers with sums. An `Isa` also says after
// how many keys (`group`) and how many features (`chunk`) sums are put aside, so that errors grow
// with the number of these and not of the terms.
#pragma once

#include "lanes.hpp"

namespace limelight {
namespace {

template <class Feed> struct Tile {
    using Isa = typename Feed::Isa;
    using T = typename Feed::T;
    using Word = typename Feed::Word;
    using L = Lanes<Isa, T>;
    using Vector = typename L::Vector;

    static constexpr int width = L::width;
    static constexpr int vectors = Isa::vectors;
    static constexpr int rows = vectors * width;  // queries of a block
    static constexpr int panel = Isa::panel;      // keys, or columns, at a time
    static constexpr int keys = Feed::tile;        // of a tile
    static constexpr int panels = keys / panel;
    static constexpr Index group = Isa::group / keys;  // tiles of one

    // Scores of one panel of keys, handed to `take` while they are in registers. Products are
    // added up by chunks of words, which wait in s (panel, rows).
    template <int C, class Take>
    static LIMELIGHT_INLINE void scores(const Word* q, const Word* k, Index stride, Index words,
                                        Index chunk, T* s, Take take) {
        for (Index from = 0; from < words; from += chunk) {
            const Index to = least(words, from + chunk);
            Vector sum[panel][C];
#pragma GCC unroll 16
            for (int j = 0; j < panel; j++) {
#pragma GCC unroll 4
                for (int c = 0; c < C; c++) sum[j][c] = Vector{};
            }
            const Word* ahead = k + keys * stride;
#pragma GCC unroll 1
            for (Index w = from; w < to; w++) {
                Vector own[C];
#pragma GCC unroll 4
                for (int c = 0; c < C; c++) own[c] = Feed::load(q + w * rows + c * width);
                __builtin_prefetch(ahead + w * panel, 0, 3);
#pragma GCC unroll 16
                for (int j = 0; j < panel; j++) {
                    const Vector key = Feed::all(k[j * stride + w]);
#pragma GCC unroll 4
                    for (int c = 0; c < C; c++)
                        sum[j][c] = Feed::add_product(sum[j][c], key, own[c]);
                }
            }
            if (from > 0) {
#pragma GCC unroll 16
                for (int j = 0; j < panel; j++) {
#pragma GCC unroll 4
                    for (int c = 0; c < C; c++) sum[j][c] += L::load(s + j * rows + c * width);
                }
            }
            if (to == words)
                take(sum);
            else
                keep<C>(sum, s);
        }
    }

    // Stores the scores of a panel.
    template <int C> static LIMELIGHT_INLINE void keep(const Vector (&sum)[panel][C], T* s) {
#pragma GCC unroll 16
        for (int j = 0; j < panel; j++) {
#pragma GCC unroll 4
            for (int c = 0; c < C; c++) L::store(s + j * rows + c * width, sum[j][c]);
        }
    }

    // The largest of each query.
    template <int C>
    static LIMELIGHT_INLINE void largest(const Vector (&sum)[panel][C], Vector (&high)[C]) {
#pragma GCC unroll 4
        for (int c = 0; c < C; c++) {
            high[c] = sum[0][c];
#pragma GCC unroll 16
            for (int j = 1; j < panel; j++) high[c] = L::larger(high[c], sum[j][c]);
        }
    }

    // Adds weights (words, rows) times values (words, columns) to o (columns, rows).
    template <int C>
    static LIMELIGHT_INLINE void values(const Word* weights, const Word* v, Index stride,
                                        Index words, Index columns, T* o) {
        for (Index column = 0; column < columns; column += panel) {
            Vector sum[panel][C];
#pragma GCC unroll 16
            for (int j = 0; j < panel; j++) {
#pragma GCC unroll 4
                for (int c = 0; c < C; c++) sum[j][c] = L::load(o + (column + j) * rows + c * width);
            }
            const Word* row = v + column;
            const Word* ahead = row + keys / Feed::per_word * stride;
#pragma GCC unroll 1
            for (Index w = 0; w < words; w++) {
                Vector own[C];
#pragma GCC unroll 4
                for (int c = 0; c < C; c++) own[c] = Feed::load(weights + w * rows + c * width);
                __builtin_prefetch(ahead, 0, 3);
#pragma GCC unroll 16
                for (int j = 0; j < panel; j++) {
                    const Vector value = Feed::all(row[j]);
#pragma GCC unroll 4
                    for (int c = 0; c < C; c++)
                        sum[j][c] = Feed::add_product(sum[j][c], value, own[c]);
                }
                row += stride;
                ahead += stride;
            }
#pragma GCC unroll 16
            for (int j = 0; j < panel; j++) {
#pragma GCC unroll 4
                for (int c = 0; c < C; c++) L::store(o + (column + j) * rows + c * width, sum[j][c]);
            }
        }
    }
};

}  // namespace
}  // namespace limelight
