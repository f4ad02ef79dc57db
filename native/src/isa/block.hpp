// One block of queries of one head, over all the keys that it sees, tile by tile.
#pragma once

#include <algorithm>

#include "finish.hpp"
#include "limelight/job.hpp"
#include "scratch.hpp"

namespace limelight {
namespace {

// Calls f with std::integral_constant<int, count>; count is from 1 to most.
template <int Most, class F> LIMELIGHT_INLINE void with_count(int count, F f) {
    if constexpr (Most > 1) {
        if (count < Most) return with_count<Most - 1>(count, f);
    }
    f(std::integral_constant<int, Most>{});
}

// Scores are kept as the product q·k gives them where nothing is added to them; what they are
// multiplied by joins the way to base 2, which costs nothing.
template <class T> struct Units {
    explicit Units(const Call& call) {
        const bool adds = (call.mask && call.mask.type != Type::boolean) || call.bias ||
                          call.slopes != nullptr || call.softcap != 0.0 || call.scale == 0.0;
        shaped = adds;
        sign = !adds && call.scale < 0 ? T{-1} : T{1};
        in_shape = adds ? static_cast<T>(call.scale) : T{1};
        to_score = adds ? 1.0 : std::fabs(call.scale);
        to_log2 = static_cast<T>(to_score * 1.4426950408889634074);
    }
    bool shaped = false;  // every tile is
    T sign = 1;           // of queries
    T in_shape = 1;
    double to_score = 1;
    T to_log2 = 1;
};

// A weight may grow to 2^2 before everything is taken relative to a new maximum: ordinary scores
// then settle at once. With more, ln l and e/l would grow together and cancel in the entropy.
template <class T> constexpr T slack = 2;

// Up to here what a maximum is rounded by, on its way to base 2, is far below the slack.
template <class T> constexpr T most_usual = sizeof(T) == 4 ? T{0x1p16F} : T{0x1p40F};

// What a pass over the keys must take care of; ordinarily nothing, and then again what it met:
// NaN or infinity where something may be hidden, or scores so huge that rounding shows.
enum class Care { none, hidden, huge };

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
        : call(asked), units(asked), scratch(asked, memory), job_(job), is_caller_(is_caller),
          packed_values_(packed_values) {}

    // Works `rows` queries of a head from the first; false where the job was stopped.
    bool run(Index of_head, Index first, Index count) {
        head = of_head;
        first_row = first;
        rows = count;
        bool done = true;
        with_count<M::vectors>(static_cast<int>(divide_up(rows, M::width)), [&](auto c) {
            done = pass<c.value>(begins_with_care() ? Care::hidden : Care::none);
            // What is hidden may be NaN, and 0 · NaN is not 0: then it is told from what is seen.
            if (done && huge_)
                done = pass<c.value>(Care::huge);
            else if (done && care_ == Care::none && !is_finite<c.value>())
                done = pass<c.value>(Care::hidden);
            if (done) finish<c.value>();
        });
        return done;
    }

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
    bool tells_hidden() const { return care_ != Care::none; }

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
        const Vector down =
            between(origin, in_scores() ? scores : scores * units.to_log2);
        return power_of_two<Isa, T>(down) * L::load(scratch.share + lane);
    }

    const Call& call;
    const Units<T> units;
    Scratch<Feed> scratch;
    Index head = 0;
    Index first_row = 0;
    Index rows = 0;
    Index begin = 0;  // the first key of the first tile
    Index end = 0;    // behind the last key that any query sees

private:
    // A sink that is not finite makes NaN of what is seen, and 0 of what is hidden.
    bool begins_with_care() const {
        return call.sinks != nullptr && !(call.sinks[head] < infinity<double>);
    }

    template <int C> bool pass(Care care) {
        care_ = care;
        huge_ = false;
        load_queries();
        clear();
        begin = lowest_of(0) / M::keys * M::keys;
        end = most(highest_of(rows - 1) + 1, begin);
        if (call.results.seers != nullptr)
            std::fill(scratch.seers + begin, scratch.seers + end, 0);
        for (Index at = begin, number = 0; at < end; at += M::keys, number++) {
            job_.poll(is_caller_);
            if (job_.stopped.load(std::memory_order_relaxed)) return false;
            tile<C>(at, number);
            if (number % Isa::group == Isa::group - 1) add_group<C>();
        }
        add_group<C>();
        return true;
    }

    // Queries as (words, rows); the last one fills the lanes that have none.
    void load_queries() {
        Scratch<Feed>& s = scratch;
        auto* lines = reinterpret_cast<Word*>(s.lines);
        auto* to = reinterpret_cast<T*>(s.q);
        queries_finite_ = true;
        for (Index lane = 0; lane < rows; lane += M::width) {
            for (Index i = 0; i < M::width; i++)
                Feed::read_query(call.q.at(head, first_row + least(lane + i, rows - 1)), call.q,
                                 call.d, units.sign, lines + i * s.line);
            if (call.results.seers != nullptr)
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
        Scratch<Feed>& s = scratch;
        std::fill(s.o, s.o + s.columns * M::rows, T{0});
        std::fill(s.total, s.total + s.columns * M::rows, T{0});
        for (T* each : {s.l, s.l_total, s.e, s.e_total, s.distance, s.distance_total, s.strange})
            std::fill(each, each + M::rows, T{0});
        std::fill(s.first, s.first + M::rows, T{-0.0F});  // hidden, until it is seen
        for (T* each : {s.origin_now, s.largest, s.first_origin})
            std::fill(each, each + M::rows, -infinity<T>);
    }

    template <int C> void tile(Index at, Index number) {
        Scratch<Feed>& s = scratch;
        const Index slot = s.has_strip ? number : 0;
        const Index count = least(Index{M::keys}, end - at);
        T* scores = s.s + slot * M::keys * M::rows;
        T* high = s.high + slot * M::panels * M::rows;
        bool plain = !units.shaped && care_ == Care::none && !call.mask && count % M::panel == 0 &&
                     at >= lowest_of(rows - 1) && at + count - 1 <= highest_of(0);
        const Index panels = divide_up(count, M::panel);
        Index stride = 0;
        const Word* k = keys_at(at, count, stride);
        // Whoever counts those who see a key must look at scores that may be -inf.
        if (plain && call.results.seers != nullptr)
            plain = queries_finite_ && are_finite(k, stride, count);
        for (Index p = 0; p < panels; p++) {
            const int skipped = plain ? 0 : hidden_vectors<C>(at + p * M::panel);
            T* own = scores + p * M::panel * M::rows;
            T* own_high = high + p * M::rows;
            hide<C>(skipped, own, own_high);
            if (skipped == C) continue;
            const Word* panel_keys = k + p * M::panel * stride;
            with_count<C>(C - skipped, [&](auto c) {
                constexpr int skip = (C - c.value) * M::width;
                M::template scores<c.value>(s.q + skip, panel_keys, stride, s.words, chunk_,
                                            own + skip, own_high + skip);
            });
        }
        if (!plain) shape<C>(at, count, scores, high);
        if (call.results.seers != nullptr && plain)
            for (Index j = at; j < at + count; j++) s.seers[j] += static_cast<std::int32_t>(rows);
        move_origin<C>(high, panels);
        if (s.has_strip) std::copy_n(s.origin_now, M::rows, s.origin + slot * M::rows);
        weigh<C>(scores, panels);
        if (at == 0) {
            std::copy_n(scores, M::rows, s.first);
            std::copy_n(s.origin_now, M::rows, s.first_origin);
        }
        if (call.results.distance != nullptr) add_distance<C>(at, count, scores);
        if (call.results.output != nullptr) add_values<C>(at, count, plain, scores);
    }

    bool are_finite(const Word* from, Index stride, Index count) const {
        bool odd = false;
        for (Index j = 0; j < count; j++)
            for (Index i = 0; i < scratch.words; i++) odd |= Feed::is_odd(from[j * stride + i]);
        return !odd;
    }

    // Leading vectors of which no query sees a key so far ahead: causality leaves a triangle.
    template <int C> int hidden_vectors(Index key) const {
        int found = 0;
        while (found < C && highest_of((found + 1) * M::width - 1) < key) found++;
        return found;
    }

    template <int C> void hide(int vectors, T* scores, T* high) {
        for (int c = 0; c < vectors; c++) {
            for (int j = 0; j < M::panel; j++)
                L::store(scores + j * M::rows + c * M::width, L::all(-infinity<T>));
            L::store(high + c * M::width, L::all(-infinity<T>));
        }
    }

    // Keys of a tile as rows of words: where they lie, or read into scratch. Rows that fill up
    // the last panel are 0.
    const Word* keys_at(Index at, Index count, Index& stride) {
        const std::byte* from = call.k.at(head, at);
        const bool whole = count % M::panel == 0;
        if (whole && Feed::reads_keys(from, call.k, call.d)) {
            stride = call.k.row / static_cast<Index>(sizeof(Word));
            return reinterpret_cast<const Word*>(from);
        }
        stride = scratch.words;
        for (Index j = 0; j < count; j++)
            Feed::read_key(from + j * call.k.row, call.k, call.d, scratch.k + j * stride);
        const Index filled = divide_up(count, M::panel) * M::panel;
        std::fill(scratch.k + count * stride, scratch.k + filled * stride, Word{0});
        return scratch.k;
    }

    // Scores of a tile that are not simply the products: scaled, capped, added to, hidden.
    template <int C> void shape(Index at, Index count, T* scores, T* high) {
        Scratch<Feed>& s = scratch;
        for (Index row = 0; row < M::rows; row++) {
            s.position[row] = static_cast<T>(position_of(row) - at);
            s.lowest[row] = static_cast<T>(most(lowest_of(row) - at, Index{0}));
            s.highest[row] = static_cast<T>(least(highest_of(row) - at, Index{M::keys}));
        }
        const bool adds = s.added != nullptr;
        if (adds) fetch_added(at, count);
        const T cap = cap_of<T>(call.softcap);
        const T slope = call.slopes != nullptr ? static_cast<T>(call.slopes[head]) : T{0};
        for (Index p = 0; p < divide_up(count, M::panel); p++) {
            for (int c = 0; c < C; c++) {
                const Index lane = c * M::width;
                const Vector position = L::load(s.position + lane);
                const Vector lowest = L::load(s.lowest + lane);
                const Vector highest = L::load(s.highest + lane);
                Vector largest = L::all(-infinity<T>), strange = L::load(s.strange + lane);
                for (Index j = p * M::panel; j < (p + 1) * M::panel; j++) {
                    const auto key = static_cast<T>(j);
                    Vector x = L::load(scores + j * M::rows + lane) * units.in_shape;
                    if (cap != 0) x = cap * hyperbolic_tangent<Isa, T>(x / cap);
                    if (slope != 0) {
                        const Vector behind = position - key;
                        x -= slope * (behind < 0 ? -behind : behind);
                    }
                    Integers hidden = (key < lowest) | (key > highest);
                    if (adds) {
                        const Vector more = L::load(s.added + j * M::rows + lane);
                        hidden |= more == -infinity<T>;
                        x += more;
                    }
                    x = hidden ? L::all(-infinity<T>) : x;
                    strange = x == x ? strange : x;
                    largest = L::larger(largest, x);
                    L::store(scores + j * M::rows + lane, x);
                }
                L::store(high + p * M::rows + lane, largest);
                L::store(s.strange + lane, strange);
            }
        }
        if (call.results.seers != nullptr) count_seers(at, count, scores);
    }

    void count_seers(Index at, Index count, const T* scores) {
        for (Index j = 0; j < count; j++) {
            std::int32_t seen = 0;
            for (Index row = 0; row < rows; row++)
                seen += scores[j * M::rows + row] == -infinity<T> ? 0 : 1;
            scratch.seers[at + j] += seen;
        }
    }

    // What hides a key wins over what else is added, NaN included. The lanes behind the last query
    // are given its own, or they would see what is hidden from it.
    void fetch_added(Index at, Index count) {
        std::fill(scratch.added, scratch.added + M::keys * M::rows, T{0});
        alignas(64) T line[M::keys];
        const Index filled = divide_up(rows, M::width) * M::width;
        for (const Operand* each : {&call.mask, &call.bias}) {
            if (!*each) continue;
            for (Index row = 0; row < filled; row++) {
                if (row == 0 || (each->row != 0 && row < rows))
                    read_row<T>(each->at(head, first_row + row) + at * each->column, each->type,
                                each->column, count, line);
                T* to = scratch.added + row;
                for (Index j = 0; j < count; j++) {
                    const T own = to[j * M::rows];
                    const bool hides = own == -infinity<T> || line[j] == -infinity<T>;
                    to[j * M::rows] = hides ? -infinity<T> : own + line[j];
                }
            }
        }
    }

    // Whether origins are scores. Ordinarily they are rounded to base 2, so that a weight takes one
    // fused multiplication and addition; not where scores are huge, or there is no such thing.
    bool in_scores() const { return !Isa::fused || care_ == Care::huge; }

    // From one origin to another, to base 2.
    Vector between(Vector from, Vector to) const {
        return in_scores() ? (to - from) * units.to_log2 : to - from;
    }

    // Takes everything relative to the largest score so far, where it has grown by much.
    template <int C> void move_origin(const T* high, Index panels) {
        Scratch<Feed>& s = scratch;
        for (int c = 0; c < C; c++) {
            const Index lane = c * M::width;
            Vector largest = L::load(high + lane);
            for (Index p = 1; p < panels; p++)
                largest = L::larger(largest, L::load(high + p * M::rows + lane));
            const Vector origin = L::load(s.origin_now + lane);
            L::store(s.largest + lane, L::larger(L::load(s.largest + lane), largest));
            const Vector reached = in_scores() ? largest : largest * units.to_log2;
            const Integers anew = (origin == -infinity<T>) & (reached > -infinity<T>);
            const Integers moves = anew | (between(origin, reached) > slack<T>);
            const Vector size = reached < 0 ? -reached : reached;
            // Scores that base 2 rounds too far, or cannot hold. Infinite ones are NaN either way.
            const Integers far = (largest - largest == 0) & (size > most_usual<T>);
            huge_ = huge_ || (!in_scores() && L::any(far));
            if (!L::any(moves)) continue;
            const Vector down = moves & ~anew ? between(reached, origin) : Vector{};
            const Vector factor = anew ? Vector{} : power_of_two<Isa, T>(down);
            const Vector bounded = L::larger(L::all(T{-1e30F}), down);  // 0 · -inf is not 0
            L::store(s.origin_now + lane, moves ? reached : origin);
            for (auto [sum, e] : {std::pair{s.l, s.e}, std::pair{s.l_total, s.e_total}}) {
                L::store(e + lane, factor * (L::load(e + lane) + bounded * L::load(sum + lane)));
                L::store(sum + lane, factor * L::load(sum + lane));
            }
            for (T* each : {s.distance, s.distance_total})
                L::store(each + lane, factor * L::load(each + lane));
            if (call.results.output == nullptr) continue;
            for (Index column = 0; column < s.columns; column++) {
                for (T* each : {s.o, s.total}) {
                    T* to = each + column * M::rows + lane;
                    L::store(to, factor * L::load(to));
                }
            }
        }
    }

    // Weights relative to the origin in place of scores, and their sums.
    template <int C> void weigh(T* scores, Index panels) {
        const bool entropy = call.results.entropy != nullptr;
        const auto weigh_with = [&](auto care) {
            entropy ? weigh<C, true, care.value>(scores, panels)
                    : weigh<C, false, care.value>(scores, panels);
        };
        if (care_ == Care::none)
            weigh_with(std::integral_constant<Care, Care::none>{});
        else if (care_ == Care::hidden)
            weigh_with(std::integral_constant<Care, Care::hidden>{});
        else
            weigh_with(std::integral_constant<Care, Care::huge>{});
    }

    template <int C, bool Entropy, Care With> void weigh(T* scores, Index panels) {
        Scratch<Feed>& s = scratch;
        Vector origin[C], l[C], e[C];
        for (int c = 0; c < C; c++) {
            const Vector now = L::load(s.origin_now + c * M::width);
            origin[c] = now == -infinity<T> ? Vector{} : now;
            l[c] = e[c] = Vector{};
        }
        const Vector to_log2 = L::all(units.to_log2);
#pragma GCC unroll 1
        for (Index p = 0; p < panels; p++) {
            // A panel is added up by itself first: its small weights are not lost one by one.
            Vector panel_l[C], panel_e[C];
            for (int c = 0; c < C; c++) panel_l[c] = panel_e[c] = Vector{};
#pragma GCC unroll 1
            for (Index j = p * M::panel; j < (p + 1) * M::panel; j += Feed::per_word) {
#pragma GCC unroll 4
                for (int c = 0; c < C; c++) {
                    Vector weight[Feed::per_word];
#pragma GCC unroll 2
                    for (int n = 0; n < Feed::per_word; n++) {
                        T* at = scores + (j + n) * M::rows + c * M::width;
                        const Vector score = L::load(at);
                        const Vector power = With == Care::huge || !Isa::fused
                                                 ? (score - origin[c]) * to_log2
                                                 : score * to_log2 - origin[c];
                        Vector own = power_of_two<Isa, T>(power);
                        panel_l[c] += own;
                        if constexpr (Entropy)
                            panel_e[c] += own * L::larger(L::all(T{-1e30F}), power);
                        // A hidden key weighs -0: its sign tells, and it adds nothing.
                        if constexpr (With != Care::none)
                            own = score == -infinity<T> ? L::all(T{-0.0F}) : own;
                        L::store(at, own);
                        weight[n] = own;
                    }
                    if constexpr (Feed::per_word == 2)
                        Feed::pack(weight[0], weight[1], s.packed + j / 2 * M::rows + c * M::width);
                }
            }
            for (int c = 0; c < C; c++) {
                l[c] += panel_l[c];
                if constexpr (Entropy) e[c] += panel_e[c];
            }
        }
        for (int c = 0; c < C; c++) {
            const Index lane = c * M::width;
            L::store(s.l + lane, L::load(s.l + lane) + l[c]);
            if constexpr (Entropy) L::store(s.e + lane, L::load(s.e + lane) + e[c]);
        }
    }

    template <int C> void add_distance(Index at, Index count, const T* weights) {
        for (int c = 0; c < C; c++) {
            const Index lane = c * M::width;
            for (Index row = lane; row < lane + M::width; row++)
                scratch.position[row] = static_cast<T>(position_of(row) - at);
            const Vector position = L::load(scratch.position + lane);
            Vector sum = L::load(scratch.distance + lane);
            for (Index j = 0; j < count; j++) {
                const Vector behind = position - static_cast<T>(j);
                sum += L::load(weights + j * M::rows + lane) * (behind < 0 ? -behind : behind);
            }
            L::store(scratch.distance + lane, sum);
        }
    }

    template <int C> void add_values(Index at, Index count, bool plain, const T* weights) {
        Scratch<Feed>& s = scratch;
        Index stride = 0;
        const Word* v = tells_hidden() ? finite_values_at(at, count, stride)
                                       : values_at(at, count, stride);
        const Word* words = Feed::words_of(weights, s.packed);
        const Index size = divide_up(count, Feed::per_word);
        constexpr Index step = M::panel / Feed::per_word;
        for (Index from = 0; from < size;) {
            const int skipped = plain ? 0 : hidden_vectors<C>(at + from * Feed::per_word);
            Index to = plain ? size : from + step;
            while (to < size && hidden_vectors<C>(at + to * Feed::per_word) == skipped) to += step;
            to = least(to, size);
            if (skipped < C)
                with_count<C>(C - skipped, [&](auto c) {
                    constexpr int skip = (C - c.value) * M::width;
                    M::template values<c.value>(words + from * M::rows + skip, v + from * stride,
                                                stride, to - from, s.columns, s.o + skip);
                });
            from = to;
        }
        if (tells_hidden()) add_odd_values<C>(at, count, weights);
    }

    const Word* values_at(Index at, Index count, Index& stride) {
        if (packed_values_ != nullptr) {
            stride = scratch.columns;
            return packed_values_ + Feed::packed_row(call, head, at) * stride;
        }
        const std::byte* from = call.v.at(head, at);
        if (Feed::reads_values(from, call.v, call.d_v, scratch.columns)) {
            stride = call.v.row / static_cast<Index>(sizeof(Word));
            return reinterpret_cast<const Word*>(from);
        }
        stride = scratch.columns;
        Feed::read_values(from, call.v, call.d_v, count, scratch.columns, scratch.v);
        return scratch.v;
    }

    // Values of a tile with rows of 0 for those that hold NaN or infinity.
    const Word* finite_values_at(Index at, Index count, Index& stride) {
        stride = scratch.columns;
        Feed::read_values(call.v.at(head, at), call.v, call.d_v, count, stride, scratch.v);
        for (Index j = 0; j < count; j++)
            if (!is_finite_value(at + j)) Feed::clear_value(scratch.v, stride, j);
        return scratch.v;
    }

    bool is_finite_value(Index key) {
        read_row<T>(call.v.at(head, key), call.v.type, call.v.column, call.d_v, scratch.row);
        for (Index column = 0; column < call.d_v; column++)
            if (!(scratch.row[column] - scratch.row[column] == 0)) return false;
        return true;
    }

    // What NaN and infinity add, where a query sees them.
    template <int C> void add_odd_values(Index at, Index count, const T* weights) {
        for (Index j = 0; j < count; j++) {
            if (is_finite_value(at + j)) continue;
            for (Index column = 0; column < call.d_v; column++) {
                for (int c = 0; c < C; c++) {
                    T* to = scratch.o + column * M::rows + c * M::width;
                    const Vector weight = L::load(weights + j * M::rows + c * M::width);
                    const Vector own = L::load(to);
                    const Integers hidden = is_hidden(weight);
                    L::store(to, hidden ? own : own + weight * scratch.row[column]);
                }
            }
        }
    }

    template <int C> void add_group() {
        Scratch<Feed>& s = scratch;
        for (auto [own, total] : {std::pair{s.l, s.l_total}, std::pair{s.e, s.e_total},
                                  std::pair{s.distance, s.distance_total}})
            move_to<C>(own, total, 1);
        if (call.results.output != nullptr) move_to<C>(s.o, s.total, s.columns);
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
            const Vector l = L::load(scratch.l_total + c * M::width);
            odd |= ~(l - l == 0);
        }
        for (Index column = 0; call.results.output != nullptr && column < call.d_v; column++) {
            for (int c = 0; c < C; c++) {
                const Vector x = L::load(scratch.total + column * M::rows + c * M::width);
                odd |= ~(x - x == 0);
            }
        }
        return !L::any(odd);
    }

    // The softmax of finished rows, and what follows from it.
    template <int C> void finish() {
        Scratch<Feed>& s = scratch;
        for (Index row = 0; row < M::rows; row++) {
            s.share[row] = s.mass[row] = T{0};
            if (row < rows) finish_row(row);
        }
        if (call.results.output != nullptr) write_output();
    }

    void finish_row(Index row) {
        Scratch<Feed>& s = scratch;
        const Results& r = call.results;
        RowState state;
        state.l = s.l_total[row];
        state.e = s.e_total[row] * ln_2<double>;
        // The score that an origin stands for.
        const double score = units.to_score / (in_scores() ? 1.0 : double{units.to_log2});
        if (state.l != 0) state.m = s.origin_now[row] * score;
        const double largest = s.strange[row] == s.strange[row] ? s.largest[row] : s.strange[row];
        state.largest = std::isfinite(largest) ? largest * units.to_score : largest;
        const double share =
            limelight::finish_row(call, head, first_row + row, state, sizeof(T) == sizeof(double));
        s.share[row] = static_cast<T>(share);
        s.mass[row] = static_cast<T>(share * state.l);
        const Index at = head * call.queries + first_row + row;
        if (r.distance != nullptr)
            static_cast<T*>(r.distance)[at] = static_cast<T>(s.distance_total[row] * share);
        if (r.sink_mass != nullptr) {
            const double first = s.first[row];
            const double to_log2 = in_scores() ? double{units.to_log2} : 1.0;
            const double down = (s.first_origin[row] - s.origin_now[row]) * to_log2;
            // Hidden, or so small that what it is relative to does not matter.
            const bool nothing = first == 0 && (std::signbit(first) || share == share);
            static_cast<T*>(r.sink_mass)[at] =
                static_cast<T>(nothing ? 0 : first * std::exp2(down) * share);
        }
    }

    void write_output() {
        Scratch<Feed>& s = scratch;
        auto* to = static_cast<std::byte*>(call.results.output) +
                   (head * call.queries + first_row) * call.d_v * size_of(call.type);
        for (Index lane = 0; lane < rows; lane += M::width) {
            const Vector share = L::load(s.share + lane);
            for (Index column = 0; column < s.columns; column++) {
                T* own = s.total + column * M::rows + lane;
                L::store(own, L::load(own) * share);
            }
            for (Index column = 0; column < s.columns; column += M::width)
                turn(s.total + column * M::rows + lane, M::rows, s.lines + column, s.line,
                     Index{M::width});
            for (Index row = lane; row < least(rows, lane + M::width); row++)
                write_row<T>(s.lines + (row - lane) * s.line, call.d_v, call.type,
                             to + row * call.d_v * size_of(call.type));
        }
    }

    Job& job_;
    bool is_caller_;
    Care care_ = Care::none;
    bool huge_ = false;
    bool queries_finite_ = true;
    // Features whose products are added up at once; few keys do not average errors away.
    const Index chunk_ = call.keys <= M::keys ? least(Index{32}, Isa::chunk) : Isa::chunk;
    const Word* packed_values_;
};

}  // namespace
}  // namespace limelight
