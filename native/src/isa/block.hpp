// One block of queries of one head, over all the keys that it sees, tile by tile.
#pragma once

#include <algorithm>

#include "finish.hpp"
#include "limelight/job.hpp"
#include "shaping.hpp"
#include "weighing.hpp"

namespace limelight {
namespace {

template <class Feed> class Block {
public:
    using M = Tile<Feed>;
    using Isa = typename Feed::Isa;
    using T = typename Feed::T;
    using Word = typename Feed::Word;
    using L = Lanes<Isa, T>;
    using Vector = typename L::Vector;
    using Integers = typename L::Integers;

    Block(const Call& asked, Job& job, bool is_caller, const Word* packed_values,
          std::byte* memory)
        : view(asked, packed_values, memory), job_(job), is_caller_(is_caller) {}

    // Works `rows` queries of a head from the first; false where the job was stopped.
    bool run(Index of_head, Index first, Index count) {
        view.head = of_head;
        view.first_row = first;
        view.rows = count;
        bool done = true;
        with_count<M::vectors>(static_cast<int>(divide_up(view.rows, M::width)), [&](auto c) {
            done = pass<c.value>(begins_with_care() ? Care::hidden : Care::none);
            // What is hidden may be NaN, and 0 · NaN is not 0: then it is told from what is seen.
            if (done && view.huge)
                done = pass<c.value>(Care::huge);
            else if (done && view.care == Care::none && !is_finite<c.value>())
                done = pass<c.value>(Care::hidden);
            if (done) finish<c.value>();
        });
        return done;
    }

    View<Feed> view;

private:
    // A sink that is not finite makes NaN of what is seen, and 0 of what is hidden.
    bool begins_with_care() const {
        return call_.sinks != nullptr && !(call_.sinks[view.head] < infinity<double>);
    }

    template <int C> bool pass(Care care) {
        view.care = care;
        view.huge = false;
        load_queries();
        clear();
        view.begin = view.lowest_of(0) / M::keys * M::keys;
        view.end = most(view.highest_of(view.rows - 1) + 1, view.begin);
        if (call_.results.seers != nullptr)
            std::fill(scratch_.seers + view.begin, scratch_.seers + view.end, 0);
        for (Index at = view.begin, number = 0; at < view.end; at += M::keys, number++) {
            job_.poll(is_caller_);
            if (job_.stopped.load(std::memory_order_relaxed)) return false;
            tile<C>(at, number);
            if (number % M::group == M::group - 1) add_group<C>();
        }
        add_group<C>();
        return true;
    }

    // Queries as (words, rows); the last one fills the lanes that have none.
    void load_queries() {
        Scratch<Feed>& s = scratch_;
        auto* lines = reinterpret_cast<Word*>(s.lines);
        auto* to = reinterpret_cast<T*>(s.q);
        queries_finite_ = true;
        for (Index lane = 0; lane < view.rows; lane += M::width) {
            for (Index i = 0; i < M::width; i++)
                Feed::read_query(
                    call_.q.at(view.head, view.first_row + least(lane + i, view.rows - 1)), call_.q,
                    call_.d, view.units.sign, lines + i * s.line);
            if (call_.results.seers != nullptr)
                queries_finite_ = queries_finite_ && are_finite(lines, s.line, M::width);
            for (Index word = 0; word < s.words; word += M::width)
                turn(s.lines + word, s.line, to + word * M::rows + lane, M::rows,
                     least(Index{M::width}, s.words - word));
        }
    }

    // A square of `width` rows, `stride` apart, to `count` of its columns, `step` apart.
    static void turn(const T* from, Index stride, T* to, Index step, Index count) {
        Vector x[M::width];
        for (int i = 0; i < M::width; i++) x[i] = L::load(from + i * stride);
        transpose<Isa, T>(x);
        for (int i = 0; i < count; i++) L::store(to + i * step, x[i]);
    }

    void clear() {
        Scratch<Feed>& s = scratch_;
        std::fill(s.o, s.o + s.columns * M::rows, T{0});
        std::fill(s.total, s.total + s.columns * M::rows, T{0});
        for (T* each : {s.l_tile, s.l, s.l_total, s.e_tile, s.e, s.e_total, s.distance,
                        s.distance_total, s.strange})
            std::fill(each, each + M::rows, T{0});
        std::fill(s.first, s.first + M::rows, T{-0.0F});  // hidden, until it is seen
        for (T* each : {s.origin_now, s.largest, s.first_origin})
            std::fill(each, each + M::rows, -infinity<T>);
    }

    // A tile, panel by panel: each is weighed while its scores are in registers, unless something
    // in it is hidden or shaped, or a score runs away. When an origin is to move in the midst of a
    // tile, depends on the query alone and not on those beside it. In the first tile it moves once.
    template <int C> void tile(Index at, Index number) {
        Scratch<Feed>& s = scratch_;
        const Results& r = call_.results;
        view.now.at = at;
        view.now.count = least(Index{M::keys}, view.end - at);
        view.now.added = 0;
        shaping_.begin_tile();
        const Index slot = s.has_strip ? number : 0;
        const Index panels = divide_up(view.now.count, M::panel);
        view.now.weights = s.s + slot * M::keys * M::rows;
        view.now.high = s.high + slot * M::panels * M::rows;
        Index stride = 0;
        const Word* k = keys_at(at, view.now.count, stride);
        find_seen(k, stride);
        for (Index p = 0; p < panels; p++) {
            const Word* own = k + p * M::panel * stride;
            if (number > 0 && view.is_seen(p)) {
                if (weighing_.template weigh_at_once<C>(own, stride, p)) continue;
            } else {
                multiply<C>(own, stride, p);
                if (!view.is_seen(p)) shaping_.template shape<C>(p);
                if (number == 0) continue;
            }
            weighing_.template move_origin<C>(p, p + 1);
            weighing_.template weigh<C>(p, p + 1);
        }
        if (number == 0) {
            weighing_.template move_origin<C>(0, panels);
            weighing_.template weigh<C>(0, panels);
        }
        weighing_.template end_tile<C>(panels);
        if (s.has_strip) std::copy_n(s.origin_now, M::rows, s.origin + slot * M::rows);
        if (at == 0 && r.sink_mass != nullptr) {
            std::copy_n(view.now.weights, M::rows, s.first);
            std::copy_n(s.origin_now, M::rows, s.first_origin);
        }
        if (r.distance != nullptr) weighing_.template add_distance<C>();
        if (r.output != nullptr) values_.template add<C>(view.now.count);
    }

    // Which panels every query sees the whole of, and nothing is to be done to their scores.
    void find_seen(const Word* k, Index stride) {
        bool ordinary = !view.units.shaped && view.care == Care::none && !call_.mask;
        // Whoever counts those who see a key must look at scores that may be -inf.
        if (ordinary && call_.results.seers != nullptr)
            ordinary = queries_finite_ && are_finite(k, stride, view.now.count);
        const Index behind = most(view.lowest_of(view.rows - 1) - view.now.at, Index{0});
        view.now.seen_from = divide_up(behind, M::panel);
        const Index ahead = least(view.now.count, view.highest_of(0) - view.now.at + 1);
        view.now.seen_to = ordinary ? ahead / M::panel : 0;
        if (call_.results.seers == nullptr) return;
        for (Index j = view.now.seen_from * M::panel; j < view.now.seen_to * M::panel; j++)
            scratch_.seers[view.now.at + j] += static_cast<std::int32_t>(view.rows);
    }

    // The scores of a panel, as the products give them.
    template <int C> void multiply(const Word* k, Index stride, Index p) {
        T* own = view.now.weights + p * M::panel * M::rows;
        T* high = view.now.high + p * M::rows;
        const Index key = view.now.at + p * M::panel;
        const int skipped = view.is_seen(p) ? 0 : view.template hidden_vectors<C>(key);
        shaping_.template hide<C>(skipped, own, high);
        if (skipped == C) return;
        with_count<C>(C - skipped, [&](auto c) {
            constexpr int count = c.value, skip = (C - count) * M::width;
            M::template scores<count>(scratch_.q + skip, k, stride, scratch_.words, view.chunk,
                                      own + skip, [&](const auto& sum) LIMELIGHT_LAMBDA {
                                          Vector largest[count];
                                          M::template largest<count>(sum, largest);
                                          M::template keep<count>(sum, own + skip);
                                          for (int i = 0; i < count; i++)
                                              L::store(high + skip + i * M::width, largest[i]);
                                      });
        });
    }

    // NaN and infinity times 0 are NaN, and stay in a sum.
    bool are_finite(const Word* from, Index stride, Index count) const {
        constexpr Index vectors = 4;
        Vector sum[vectors] = {};
        bool odd = false;
        for (Index j = 0; j < count; j++) {
            const Word* row = from + j * stride;
            Index i = 0;
            for (; i + vectors * M::width <= scratch_.words; i += vectors * M::width) {
#pragma GCC unroll 4
                for (Index n = 0; n < vectors; n++)
                    sum[n] = Feed::add_product(sum[n], Feed::load_anywhere(row + i + n * M::width),
                                               Vector{});
            }
            for (; i < scratch_.words; i++) odd |= Feed::is_odd(row[i]);
        }
        const Vector all = sum[0] + sum[1] + (sum[2] + sum[3]);
        return !odd && !L::any(all != 0);
    }

    // Keys of a tile as rows of words: where they lie, or read into scratch. Rows that fill up
    // the last panel are 0.
    const Word* keys_at(Index at, Index count, Index& stride) {
        const std::byte* from = call_.k.at(view.head, at);
        const bool whole = count % M::panel == 0;
        if (whole && Feed::reads_keys(from, call_.k, call_.d)) {
            stride = call_.k.row / static_cast<Index>(sizeof(Word));
            return reinterpret_cast<const Word*>(from);
        }
        stride = scratch_.words;
        for (Index j = 0; j < count; j++)
            Feed::read_key(from + j * call_.k.row, call_.k, call_.d, scratch_.k + j * stride);
        const Index filled = divide_up(count, M::panel) * M::panel;
        std::fill(scratch_.k + count * stride, scratch_.k + filled * stride, Word{0});
        return scratch_.k;
    }

    template <int C> void add_group() {
        Scratch<Feed>& s = scratch_;
        for (auto [own, total] : {std::pair{s.l, s.l_total}, std::pair{s.e, s.e_total},
                                  std::pair{s.distance, s.distance_total}})
            move_to<C>(own, total, 1);
        if (call_.results.output != nullptr) move_to<C>(s.o, s.total, s.columns);
    }

    template <int C> static void move_to(T* own, T* total, Index columns) {
        for (Index column = 0; column < columns; column++) {
            for (int c = 0; c < C; c++) {
                const Index at = column * M::rows + c * M::width;
                L::store(total + at, L::load(total + at) + L::load(own + at));
                L::store(own + at, Vector{});
            }
        }
    }

    template <int C> bool is_finite() {
        Integers odd{};
        for (int c = 0; c < C; c++) {
            const Vector l = L::load(scratch_.l_total + c * M::width);
            odd |= ~(l - l == 0);
        }
        for (Index column = 0; call_.results.output != nullptr && column < call_.d_v; column++) {
            for (int c = 0; c < C; c++) {
                const Vector x = L::load(scratch_.total + column * M::rows + c * M::width);
                odd |= ~(x - x == 0);
            }
        }
        return !L::any(odd);
    }

    // The softmax of finished rows, and what follows from it.
    template <int C> void finish() {
        Scratch<Feed>& s = scratch_;
        for (Index row = 0; row < M::rows; row++) {
            s.share[row] = s.mass[row] = T{0};
            if (row < view.rows) finish_row(row);
        }
        if (call_.results.output != nullptr) write_output();
    }

    void finish_row(Index row) {
        Scratch<Feed>& s = scratch_;
        const Results& r = call_.results;
        RowState state;
        state.l = s.l_total[row];
        state.e = s.e_total[row] * ln_2<double>;
        // The score that an origin stands for.
        const double score =
            view.units.to_score / (view.in_scores() ? 1.0 : double{view.units.to_log2});
        if (state.l != 0) state.m = s.origin_now[row] * score;
        const double largest = s.strange[row] == s.strange[row] ? s.largest[row] : s.strange[row];
        state.largest = std::isfinite(largest) ? largest * view.units.to_score : largest;
        const double share =
            limelight::finish_row(call_, view.head, view.first_row + row, state,
                                  sizeof(T) == sizeof(double));
        s.share[row] = static_cast<T>(share);
        s.mass[row] = static_cast<T>(share * state.l);
        const Index at = view.head * call_.queries + view.first_row + row;
        if (r.distance != nullptr)
            static_cast<T*>(r.distance)[at] = static_cast<T>(s.distance_total[row] * share);
        if (r.sink_mass != nullptr) {
            const double first = s.first[row];
            const double to_log2 = view.in_scores() ? double{view.units.to_log2} : 1.0;
            const double down = (s.first_origin[row] - s.origin_now[row]) * to_log2;
            // Hidden, or so small that what it is relative to does not matter.
            const bool nothing = first == 0 && (std::signbit(first) || share == share);
            static_cast<T*>(r.sink_mass)[at] =
                static_cast<T>(nothing ? 0 : first * std::exp2(down) * share);
        }
    }

    void write_output() {
        Scratch<Feed>& s = scratch_;
        auto* to = static_cast<std::byte*>(call_.results.output) +
                   (view.head * call_.queries + view.first_row) * call_.d_v * size_of(call_.type);
        for (Index lane = 0; lane < view.rows; lane += M::width) {
            const Vector share = L::load(s.share + lane);
            for (Index column = 0; column < s.columns; column++) {
                T* own = s.total + column * M::rows + lane;
                L::store(own, L::load(own) * share);
            }
            for (Index column = 0; column < s.columns; column += M::width)
                turn(s.total + column * M::rows + lane, M::rows, s.lines + column, s.line,
                     Index{M::width});
            for (Index row = lane; row < least(view.rows, lane + M::width); row++)
                write_row<T>(s.lines + (row - lane) * s.line, call_.d_v, call_.type,
                             to + row * call_.d_v * size_of(call_.type));
        }
    }

    Job& job_;
    bool is_caller_;
    const Call& call_ = view.call;
    Scratch<Feed>& scratch_ = view.scratch;
    Shaping<Feed> shaping_{view};
    Values<Feed> values_{view};
    Weighing<Feed> weighing_{view, values_};
    bool queries_finite_ = true;
};

}  // namespace
}  // namespace limelight
