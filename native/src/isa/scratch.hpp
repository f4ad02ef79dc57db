// What one thread works in: one allocation, divided.
#pragma once

#include "tile.hpp"

namespace limelight {
namespace {

constexpr Index alignment = 64;

// Between pieces, so that those of a multiple of 4 KiB do not all fall on the same cache lines.
constexpr Index gap = 17 * alignment;

// Hands out pieces of an allocation; without one it only adds up what they take.
class Divider {
public:
    explicit Divider(std::byte* start) : start_(start) {}

    template <class T> T* take(Index count) {
        std::byte* piece = start_ == nullptr ? nullptr : start_ + taken_;
        taken_ += divide_up(count * static_cast<Index>(sizeof(T)), alignment) * alignment + gap;
        return reinterpret_cast<T*>(piece);
    }
    Index taken() const { return taken_; }

private:
    std::byte* start_;
    Index taken_ = 0;
};

inline bool wants_strip(const Call& call) {
    const Results& r = call.results;
    return r.top_indices != nullptr || r.received != nullptr || r.picture_sum != nullptr ||
           r.detected != nullptr;
}

// How many tiles of `tile` keys a block of `rows` queries can see of.
inline Index most_tiles(const Call& call, Index rows, Index tile) {
    const Index all = divide_up(call.keys, tile);
    if (call.left >= open_side || call.right >= open_side) return all;
    return least(all, (call.left + call.right + rows) / tile + 2);
}

template <class Feed> struct Scratch {
    using M = Tile<Feed>;
    using T = typename Feed::T;
    using Word = typename Feed::Word;

    Scratch(const Call& call, std::byte* start) {
        Divider divider(start);
        const Index rows = M::rows, tile = M::keys;
        words = divide_up(call.d, Feed::per_word);
        columns = divide_up(call.d_v, M::panel) * M::panel;
        q = divider.take<Word>(words * rows);
        o = divider.take<T>(columns * rows);
        // Results are turned by squares, which may reach behind the last column.
        total = divider.take<T>((columns + M::width) * rows);
        k = divider.take<Word>(tile * words);
        v = divider.take<Word>(tile / Feed::per_word * columns);
        row = divider.take<T>(most(call.d, columns));
        line = divide_up(most(words, columns), M::width) * M::width;
        lines = divider.take<T>(M::width * line);
        if (Feed::per_word > 1) packed = divider.take<Word>(tile / Feed::per_word * rows);
        if (call.mask || call.bias) added = divider.take<T>(tile * rows);
        has_strip = wants_strip(call);
        const Index tiles = has_strip ? most_tiles(call, rows, tile) : 1;
        s = divider.take<T>(tiles * tile * rows);
        high = divider.take<T>(tiles * M::panels * rows);
        origin = divider.take<T>(tiles * rows);
        for (T** each : {&origin_now, &largest, &l_tile, &l, &l_total, &e_tile, &e, &e_total,
                         &distance, &distance_total, &first, &first_origin, &position, &lowest,
                         &highest, &share, &mass, &strange})
            *each = divider.take<T>(rows);
        const Results& r = call.results;
        if (r.top_indices != nullptr) {
            top_high = divider.take<T>(call.top * M::width);
            top_scores = divider.take<double>(call.top * M::width);
            top_weights = divider.take<T>(call.top * M::width);
            top_keys = divider.take<Index>(call.top * M::width);
        }
        if (r.received != nullptr) {
            received = divider.take<T>(divide_up(call.keys, tile) * tile);
            seers = divider.take<std::int32_t>(divide_up(call.keys, tile) * tile);
        }
        if (r.picture_sum != nullptr) {
            bin_stride = call.key_bins + M::width;  // vectors may reach behind the last bin
            const Index touched = rows * call.query_bins / most(call.queries, Index{1}) + 2;
            const Index bins = touched * bin_stride;
            bin_sum = divider.take<T>(bins);
            bin_max = divider.take<T>(bins);
        }
        bytes = divider.taken();
    }

    Index words = 0;    // of a query or key
    Index columns = 0;  // of values, a whole number of panels
    bool has_strip = false;
    Index bytes = 0;

    Word* q = nullptr;  // (words, rows)
    T* o = nullptr;     // (columns, rows): of the current group of tiles
    T* total = nullptr;
    Word* k = nullptr;       // a tile of keys where those of the caller cannot be read in place
    Word* v = nullptr;       // likewise
    T* row = nullptr;        // one row of values on its way
    Index line = 0;          // words of a line
    T* lines = nullptr;      // (width, line): queries on their way in, results on their way out
    Word* packed = nullptr;  // the weights of a tile as words
    T* added = nullptr;      // (keys of a tile, rows): what a mask and a bias add
    T* s = nullptr;          // (keys, rows): scores, then weights; of all tiles, or of one
    T* high = nullptr;       // (panels, rows): the largest score of each panel
    T* origin = nullptr;     // (tiles, rows): what the weights of a tile are relative to
    // (rows)
    T *origin_now = nullptr, *largest = nullptr, *l_tile = nullptr, *l = nullptr,
      *l_total = nullptr, *e_tile = nullptr, *e = nullptr, *e_total = nullptr, *distance = nullptr, *distance_total = nullptr, *first = nullptr,
      *first_origin = nullptr, *position = nullptr, *lowest = nullptr,
      *highest = nullptr, *share = nullptr, *mass = nullptr,
      *strange = nullptr;  // NaN where a row has met one
    T* top_high = nullptr;
    double* top_scores = nullptr;
    T* top_weights = nullptr;
    Index* top_keys = nullptr;
    T* received = nullptr;
    std::int32_t* seers = nullptr;
    Index bin_stride = 0;
    T* bin_sum = nullptr;
    T* bin_max = nullptr;
};

}  // namespace
}  // namespace limelight
