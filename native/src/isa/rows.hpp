// Few queries over many keys: decoding. Each key and value is read once, from memory, and that is
// what takes the time; so lanes lie along the features, and rows are read as they lie.
#pragma once

#include <algorithm>

#include "finish.hpp"
#include "limelight/job.hpp"

namespace limelight {
namespace {

// Rows of numbers that are computed with as they are: one vector at a time.
template <class Isa, class T> struct WideRow {
    using L = Lanes<Isa, T>;
    using Element = T;
    static constexpr int vectors = 1;
    static LIMELIGHT_INLINE void load(const Element* from, typename L::Vector* to) {
        to[0] = L::load_anywhere(from);
    }
    // Where the number at an index of a row lies among the lanes.
    static constexpr Index place(Index i) { return i; }
};

// Rows of bfloat16: a word holds two, and becomes either by a shift or a mask. So lanes hold the
// even features of a stretch, and then the odd ones.
template <class Isa> struct BrainRow {
    using L = Lanes<Isa, float>;
    using Element = std::uint16_t;
    typedef std::uint32_t Words __attribute__((vector_size(Isa::bytes)));
    typedef std::uint32_t Anywhere
        __attribute__((vector_size(Isa::bytes), aligned(2), may_alias));
    static constexpr int vectors = 2;
    static LIMELIGHT_INLINE void load(const Element* from, typename L::Vector* to) {
        const Words words = *reinterpret_cast<const Anywhere*>(from);
        to[0] = reinterpret_cast<typename L::Vector>(words << 16U);
        to[1] = reinterpret_cast<typename L::Vector>(words & 0xFFFF0000U);
    }
    static constexpr Index place(Index i) {
        constexpr Index stretch = 2 * L::width;
        return i / stretch * stretch + i % 2 * L::width + i % stretch / 2;
    }
};

constexpr Index part_keys = 2048;  // of one part
constexpr Index few_keys = 256;    // whose rows stay in the second cache while they are shared

// Memory answers fastest to several readers at once, so rows are read in turn from so many places,
// and asked for somewhat ahead.
constexpr int streams = 4;
constexpr Index lead = 2048;  // bytes
constexpr Index line_of_cache = 64;

template <class E> LIMELIGHT_INLINE void ask_ahead(const E* row, Index count) {
    const auto* bytes = reinterpret_cast<const char*>(row) + lead;
    for (Index i = 0; i < count * static_cast<Index>(sizeof(E)); i += line_of_cache)
        __builtin_prefetch(bytes + i, 0, 2);
}

template <class Isa, class Number> class Rows {
public:
    using T = Number;
    using Brain = BrainRow<Isa>;
    static constexpr bool knows_brain = sizeof(T) == 4;
    using L = Lanes<Isa, T>;
    using Vector = typename L::Vector;
    static constexpr int width = L::width;

    struct State {
        T m, l, e;
    };

    // Features and columns fill whole vectors, in pairs.
    static Index filled(Index count) { return divide_up(count, 2 * width) * 2 * width; }
    static Index state_bytes(const Call& call) {
        return divide_up(static_cast<Index>(sizeof(State)) +
                             filled(call.d_v) * static_cast<Index>(sizeof(T)),
                         64) * 64;
    }
    static Index scratch_bytes(const Call& call) {
        const Index features = filled(call.d), columns = filled(call.d_v);
        return (group_of(call) * call.queries * features + 2 * part_keys +
                few_keys * most(features, columns)) *
               static_cast<Index>(sizeof(T));
    }
    static Index group_of(const Call& call) { return call.heads / call.key_heads; }

    Rows(const Call& call, std::byte* memory)
        : call_(call), features_(filled(call.d)), columns_(filled(call.d_v)) {
        queries_ = reinterpret_cast<T*>(memory);
        scores_ = queries_ + group_of(call) * call.queries * features_;
        added_ = scores_ + part_keys;
        rows_ = added_ + part_keys;
    }

    // Every query that shares a key head, over the keys of one part; a state for each.
    void look(Index key_head, Index part, std::byte* states) {
        const Index rows = group_of(call_) * call_.queries;
        first_head_ = key_head * group_of(call_);
        reads_keys_brain_ = reads_brain(call_.k, call_.d);
        reads_values_brain_ = reads_brain(call_.v, call_.d_v);
        for (Index row = 0; row < rows; row++) {
            State& state = *state_of(states, row);
            state = {-infinity<T>, T{0}, T{0}};
            std::fill_n(values_of(states, row), columns_, T{0});
            load_query(row);
        }
        const Index end = least(call_.keys, (part + 1) * part_keys);
        const Index step = rows == 1 && reads_in_place() ? part_keys : few_keys;
        for (Index at = part * part_keys; at < end; at += step)
            for (Index row = 0; row < rows; row++) {
                const Index from = most(at, lowest_of(row));
                const Index to = least(least(at + step, end), highest_of(row) + 1);
                if (from < to)
                    chunk(row, from, to - from, *state_of(states, row), values_of(states, row));
            }
    }

    // The states over all parts merged, in their order, finished, and written.
    void gather(Index key_head, const std::byte* states, Index parts) {
        const Index rows = group_of(call_) * call_.queries;
        first_head_ = key_head * group_of(call_);
        reads_values_brain_ = reads_brain(call_.v, call_.d_v);
        for (Index row = 0; row < rows; row++) gather_row(row, states, parts, rows);
    }

private:
    Index head_of(Index row) const { return first_head_ + row / call_.queries; }
    Index query_of(Index row) const { return row % call_.queries; }
    Index position_of(Index row) const { return call_.offsets[head_of(row)] + query_of(row); }
    Index lowest_of(Index row) const { return most(position_of(row) - call_.left, Index{0}); }
    Index highest_of(Index row) const {
        return least(position_of(row) + call_.right, call_.lengths[head_of(row)] - 1);
    }

    State* state_of(std::byte* states, Index row) const {
        return reinterpret_cast<State*>(states + row * state_bytes(call_));
    }
    T* values_of(std::byte* states, Index row) const {
        return reinterpret_cast<T*>(states + row * state_bytes(call_)) +
               sizeof(State) / sizeof(T);
    }

    // Whether rows are read as bfloat16, without a copy.
    static bool reads_brain(const Operand& operand, Index count) {
        return operand.type == Type::bf16 && operand.column == 2 && count % (2 * width) == 0 &&
               knows_brain;
    }
    static bool reads_wide(const Operand& operand, Index count) {
        constexpr Type own = sizeof(T) == 8 ? Type::f64 : Type::f32;
        return operand.type == own && operand.column == static_cast<Index>(sizeof(T)) &&
               count % width == 0 && operand.row % operand.column == 0;
    }

    bool reads_in_place() const {
        return (reads_keys_brain_ || reads_wide(call_.k, call_.d)) &&
               (reads_values_brain_ || reads_wide(call_.v, call_.d_v));
    }

    void load_query(Index row) {
        T* to = queries_ + row * features_;
        std::fill_n(to, features_, T{0});
        T* plain = rows_;
        read_row<T>(call_.q.at(head_of(row), query_of(row)), call_.q.type, call_.q.column, call_.d,
                    plain);
        for (Index i = 0; i < call_.d; i++) to[reads_keys_brain_ ? Brain::place(i) : i] = plain[i];
    }

    void chunk(Index row, Index at, Index count, State& state, T* values) {
        const Index head = head_of(row);
        const T* q = queries_ + row * features_;
        if (reads_keys_brain_) {
            if constexpr (knows_brain)
                scores<Brain>(q, rows_at<std::uint16_t>(call_.k, head, at), call_.k.row / 2,
                              call_.d, count);
        } else if (reads_wide(call_.k, call_.d)) {
            scores<WideRow<Isa, T>>(q, rows_at<T>(call_.k, head, at),
                                    call_.k.row / static_cast<Index>(sizeof(T)), call_.d, count);
        } else {
            copy(call_.k, head, at, call_.d, features_, count);
            scores<WideRow<Isa, T>>(q, rows_, features_, features_, count);
        }
        const T largest = shape(row, at, count);
        if (largest == -infinity<T>) return;
        if (!(largest <= state.m)) move(state, values, largest);
        weigh(state, count);
        if (call_.results.output == nullptr) return;
        const bool hides = call_.mask || call_.bias;
        if (reads_values_brain_) {
            if constexpr (knows_brain)
                add<Brain>(values, rows_at<std::uint16_t>(call_.v, head, at), call_.v.row / 2,
                           call_.d_v, count, hides);
        } else if (reads_wide(call_.v, call_.d_v)) {
            add<WideRow<Isa, T>>(values, rows_at<T>(call_.v, head, at),
                                 call_.v.row / static_cast<Index>(sizeof(T)), call_.d_v, count,
                                 hides);
        } else {
            copy(call_.v, head, at, call_.d_v, columns_, count);
            add<WideRow<Isa, T>>(values, rows_, columns_, columns_, count, hides);
        }
    }

    template <class E> const E* rows_at(const Operand& operand, Index head, Index at) const {
        return reinterpret_cast<const E*>(operand.at(head, at));
    }

    void copy(const Operand& operand, Index head, Index at, Index size, Index stride, Index count) {
        for (Index j = 0; j < count; j++) {
            T* to = rows_ + j * stride;
            read_row<T>(operand.at(head, at + j), operand.type, operand.column, size, to);
            std::fill(to + size, to + stride, T{0});
        }
    }

    // As many keys at a time as a vector has lanes, so that sums across lanes are shared: some
    // from each stream.
    template <class R>
    void scores(const T* q, const typename R::Element* k, Index stride, Index size, Index count) {
        constexpr Index step = R::vectors * width;
        constexpr int readers = least(streams, width), run = width / readers;
        const Index span = divide_up(count, Index{width}) * run;
        for (Index j = 0; j < span; j += run) {
            Vector x[width];
#pragma GCC unroll 16
            for (int n = 0; n < width; n++) {
                const Index at = n / run * span + j + n % run;
                const typename R::Element* key = k + least(at, count - 1) * stride;
                ask_ahead(key, size);
                Vector sum{};
                for (Index i = 0; i < size; i += step) {
                    Vector own[R::vectors];
                    R::load(key + i, own);
#pragma GCC unroll 2
                    for (int part = 0; part < R::vectors; part++)
                        sum += own[part] * L::load(q + i + part * width);
                }
                x[n] = sum;
            }
            alignas(Isa::bytes) T found[width];
            L::store(found, sums<Isa, T>(x));
#pragma GCC unroll 16
            for (int n = 0; n < readers; n++)
                __builtin_memcpy(scores_ + n * span + j, found + n * run, run * sizeof(T));
        }
    }

    // Scales and adds; what hides a key wins. Returns the largest.
    T shape(Index row, Index at, Index count) {
        const Index head = head_of(row);
        const bool adds = call_.mask || call_.bias;
        if (adds) fetch_added(head, query_of(row), at, count);
        const T scale = static_cast<T>(call_.scale), cap = cap_of<T>(call_.softcap);
        const double slope = call_.slopes != nullptr ? call_.slopes[head] : 0.0;
        Vector largest = L::all(-infinity<T>), strange{};
        for (Index j = 0; j < count; j += width) {
            Vector x = L::load(scores_ + j) * scale;
            if (cap != 0) x = cap * hyperbolic_tangent<Isa, T>(x / cap);
            for (int n = 0; slope != 0 && n < width; n++) {
                const Index behind = position_of(row) - at - j - n;
                x[n] -= static_cast<T>(slope * static_cast<double>(behind < 0 ? -behind : behind));
            }
            if (adds) {
                const Vector more = L::load(added_ + j);
                x = more == -infinity<T> ? L::all(-infinity<T>) : x + more;
            }
            for (Index n = count - j; n < width; n++) x[n] = -infinity<T>;
            largest = L::larger(largest, x);
            strange = x == x ? strange : x;
            L::store(scores_ + j, x);
        }
        T found = -infinity<T>;
        for (int n = 0; n < width; n++) {
            if (strange[n] != strange[n]) return strange[n];
            found = most(found, largest[n]);
        }
        return found;
    }

    void fetch_added(Index head, Index query, Index at, Index count) {
        std::fill_n(added_, divide_up(count, Index{width}) * width, T{0});
        alignas(64) T line[part_keys];
        for (const Operand* each : {&call_.mask, &call_.bias}) {
            if (!*each) continue;
            read_row<T>(each->at(head, query) + at * each->column, each->type, each->column, count,
                        line);
            // What hides a key wins over what else is added, NaN included.
            for (Index j = 0; j < count; j++) {
                const bool hides = added_[j] == -infinity<T> || line[j] == -infinity<T>;
                added_[j] = hides ? -infinity<T> : added_[j] + line[j];
            }
        }
    }

    void move(State& state, T* values, T largest) {
        const bool anew = state.m == -infinity<T>;
        const T down = anew ? T{0} : (state.m - largest);
        const T factor = anew ? T{0} : power_of_two<Isa, T>(L::all(down * log2_e<T>))[0];
        state.e = factor * (state.e + most(down, T{-1e30F}) * state.l);
        state.l *= factor;
        if (state.m == state.m) state.m = largest;  // NaN stays
        for (Index i = 0; i < columns_ && !anew; i += width)
            L::store_anywhere(values + i, L::load_anywhere(values + i) * factor);
    }

    // Weights to `added_`, which is free by now; scores stay, and say what is hidden.
    void weigh(State& state, Index count) {
        const Vector m = L::all(state.m);
        Vector l{}, e{};
        for (Index j = 0; j < count; j += width) {
            const Vector down = L::load(scores_ + j) - m;
            const Vector weight = power_of_two<Isa, T>(down * log2_e<T>);
            l += weight;
            e += weight * L::larger(L::all(T{-1e30F}), down);
            L::store(added_ + j, weight);
        }
        state.l += L::sum(l);
        state.e += L::sum(e);
    }

    template <class R>
    void add(T* values, const typename R::Element* v, Index stride, Index size, Index count,
             bool hides) {
        constexpr Index step = R::vectors * width;
        constexpr int most_at_once = 8 / R::vectors;
        for (Index i = 0; i < size;) {
            const Index left = (size - i) / step;
            with_steps<most_at_once>(static_cast<int>(least(left, Index{most_at_once})), [&](auto n) {
                add_columns<R, n.value>(values + i, v + i, stride, count, hides);
                i += n.value * step;
            });
        }
    }

    template <class R, int N>
    void add_columns(T* values, const typename R::Element* v, Index stride, Index count,
                     bool hides) {
        constexpr int all = N * R::vectors;
        // Two sums of each column, so that one key need not wait for the other.
        Vector sum[2][all];
#pragma GCC unroll 8
        for (int i = 0; i < all; i++) {
            sum[0][i] = L::load_anywhere(values + i * width);
            sum[1][i] = Vector{};
        }
        const auto one = [&](Index j, Vector* to) __attribute__((always_inline)) {
            if (hides && scores_[j] == -infinity<T>) return;
            ask_ahead(v + j * stride, N * R::vectors * width);
            const Vector weight = L::all(added_[j]);
#pragma GCC unroll 8
            for (int n = 0; n < N; n++) {
                Vector own[R::vectors];
                R::load(v + j * stride + n * R::vectors * width, own);
#pragma GCC unroll 2
                for (int part = 0; part < R::vectors; part++)
                    to[n * R::vectors + part] += weight * own[part];
            }
        };
        const Index span = count / streams;
        for (Index j = 0; j < span; j++)
#pragma GCC unroll 16
            for (int n = 0; n < streams; n++) one(n * span + j, sum[n % 2]);
        for (Index j = span * streams; j < count; j++) one(j, sum[0]);
#pragma GCC unroll 8
        for (int i = 0; i < all; i++) L::store_anywhere(values + i * width, sum[0][i] + sum[1][i]);
    }

    template <int Most, class F> static LIMELIGHT_INLINE void with_steps(int count, F f) {
        if constexpr (Most > 1) {
            if (count < Most) return with_steps<Most - 1>(count, f);
        }
        f(std::integral_constant<int, Most>{});
    }

    void gather_row(Index row, const std::byte* states, Index parts, Index rows) {
        const Index part_bytes = rows * state_bytes(call_);
        auto* all = const_cast<std::byte*>(states);
        RowState whole;
        for (Index part = 0; part < parts; part++) {
            const double m = state_of(all + part * part_bytes, row)->m;
            if (whole.m == whole.m && !(m <= whole.m)) whole.m = m;
        }
        T* sum = rows_;
        std::fill_n(sum, columns_, T{0});
        for (Index part = 0; part < parts; part++) {
            const State& own = *state_of(all + part * part_bytes, row);
            if (own.m == -infinity<T>) continue;
            const double down = own.m - whole.m, factor = std::exp(down);
            whole.l += factor * own.l;
            whole.e += factor * (own.e + most(down, -1e300) * own.l);
            const T* values = values_of(all + part * part_bytes, row);
            for (Index i = 0; i < columns_; i++) sum[i] += static_cast<T>(factor) * values[i];
        }
        whole.largest = whole.m;
        const double share = finish_row(call_, head_of(row), query_of(row), whole, sizeof(T) == 8);
        if (call_.results.output == nullptr) return;
        T* result = rows_ + columns_;
        for (Index i = 0; i < call_.d_v; i++) {
            const T own = sum[reads_values_brain_ ? Brain::place(i) : i];
            result[i] = share == 0 ? T{0} : static_cast<T>(own * share);
        }
        write_row<T>(result, call_.d_v, call_.type,
                     static_cast<std::byte*>(call_.results.output) +
                         (head_of(row) * call_.queries + query_of(row)) * call_.d_v *
                             size_of(call_.type));
    }

    const Call& call_;
    Index features_;
    Index columns_;
    Index first_head_ = 0;
    bool reads_keys_brain_ = false;
    bool reads_values_brain_ = false;
    T* queries_;
    T* scores_;
    T* added_;
    T* rows_;
};

}  // namespace
}  // namespace limelight
