// From scores to weights relative to an origin, and their sums.
#pragma once

#include "values.hpp"

namespace limelight {
namespace {

template <class Feed> class Weighing {
public:
    using M = Tile<Feed>;
    using Isa = typename Feed::Isa;
    using T = typename Feed::T;
    using Word = typename Feed::Word;
    using L = Lanes<Isa, T>;
    using Vector = typename L::Vector;
    using Integers = typename L::Integers;

    Weighing(View<Feed>& view, Values<Feed>& values)
        : view_(view), call_(view.call), scratch_(view.scratch), values_(values) {}

    // The weights of a panel that every query sees, while its scores are in registers; false where
    // one would be too large, and then scores are stored.
    template <int C> bool weigh_at_once(const Word* k, Index stride, Index p) {
        const bool entropy = call_.results.entropy != nullptr;
        if constexpr (Feed::per_word > 1) {
            if (!view_.keeps_weights())
                return entropy ? weigh_at_once<C, true, false>(k, stride, p)
                               : weigh_at_once<C, false, false>(k, stride, p);
        }
        return entropy ? weigh_at_once<C, true, true>(k, stride, p)
                       : weigh_at_once<C, false, true>(k, stride, p);
    }

    // Takes everything relative to the largest score so far, where it has grown by much.
    template <int C> void move_origin(Index from, Index to) {
        Scratch<Feed>& s = scratch_;
        for (int c = 0; c < C; c++) {
            const Index lane = c * M::width;
            const Vector largest = largest_of(from, to, lane);
            const Vector origin = L::load(s.origin_now + lane);
            const Vector reached = view_.in_scores() ? largest : largest * view_.units.to_log2;
            const Integers anew = (origin == -infinity<T>) & (reached > -infinity<T>);
            const Integers moves = anew | (view_.between(origin, reached) > slack<T>);
            const Vector size = reached < 0 ? -reached : reached;
            // Scores that base 2 rounds too far, or cannot hold. Infinite ones are NaN either way.
            const Integers far = (largest - largest == 0) & (size > most_usual<T>);
            view_.huge = view_.huge || (!view_.in_scores() && L::any(far));
            if (!L::any(moves)) continue;
            const Vector down = moves & ~anew ? view_.between(reached, origin) : Vector{};
            const Vector factor = anew ? Vector{} : power_of_two<Isa, T>(down);
            const Vector bounded = L::larger(L::all(T{-1e30F}), down);  // 0 · -inf is not 0
            rescale<C>(from, lane, factor);
            L::store(s.origin_now + lane, moves ? reached : origin);
            for (auto [sum, e] : {std::pair{s.l_tile, s.e_tile}, std::pair{s.l, s.e},
                                  std::pair{s.l_total, s.e_total}}) {
                L::store(e + lane, factor * (L::load(e + lane) + bounded * L::load(sum + lane)));
                L::store(sum + lane, factor * L::load(sum + lane));
            }
            for (T* each : {s.distance, s.distance_total})
                L::store(each + lane, factor * L::load(each + lane));
            if (call_.results.output == nullptr) continue;
            for (Index column = 0; column < s.columns; column++) {
                for (T* each : {s.o, s.total}) {
                    T* own = each + column * M::rows + lane;
                    L::store(own, factor * L::load(own));
                }
            }
        }
    }

    // Weights relative to the origin in place of scores, and their sums.
    template <int C> void weigh(Index from, Index to) {
        const bool entropy = call_.results.entropy != nullptr;
        const auto weigh_with = [&](auto care) {
            entropy ? weigh<C, true, care.value>(from, to) : weigh<C, false, care.value>(from, to);
        };
        if (view_.care == Care::none)
            weigh_with(std::integral_constant<Care, Care::none>{});
        else if (view_.care == Care::hidden)
            weigh_with(std::integral_constant<Care, Care::hidden>{});
        else
            weigh_with(std::integral_constant<Care, Care::huge>{});
    }

    // Adds the sums of a tile to those of its group, and notes the largest scores.
    template <int C> void end_tile(Index panels) {
        Scratch<Feed>& s = scratch_;
        for (int c = 0; c < C; c++) {
            const Index lane = c * M::width;
            T* largest = s.largest + lane;
            L::store(largest, L::larger(L::load(largest), largest_of(0, panels, lane)));
            for (auto [own, group] : {std::pair{s.l_tile, s.l}, std::pair{s.e_tile, s.e}}) {
                L::store(group + lane, L::load(group + lane) + L::load(own + lane));
                L::store(own + lane, Vector{});
            }
        }
    }

    template <int C> void add_distance() {
        const auto [at, count] = std::pair{view_.now.at, view_.now.count};
        for (int c = 0; c < C; c++) {
            const Index lane = c * M::width;
            for (Index row = lane; row < lane + M::width; row++)
                scratch_.position[row] = static_cast<T>(view_.position_of(row) - at);
            const Vector position = L::load(scratch_.position + lane);
            Vector sum = L::load(scratch_.distance + lane);
            for (Index j = 0; j < count; j++) {
                const Vector behind = position - static_cast<T>(j);
                const Vector weight = L::load(view_.now.weights + j * M::rows + lane);
                sum += weight * (behind < 0 ? -behind : behind);
            }
            L::store(scratch_.distance + lane, sum);
        }
    }

private:
    template <int C, bool Entropy, bool Keep>
    bool weigh_at_once(const Word* k, Index stride, Index p) {
        Scratch<Feed>& s = scratch_;
        T* weights = view_.now.weights + p * M::panel * M::rows;
        T* high = view_.now.high + p * M::rows;
        Word* packed = s.packed + p * M::panel / Feed::per_word * M::rows;
        bool done = true;
        // The strip is larger than the first cache.
        if (Keep && s.has_strip)
            for (Index i = 0; i < M::panel * M::rows; i += 64 / Index{sizeof(T)})
                __builtin_prefetch(weights + i, 1, 3);
        const auto take = [&](const auto& sum) LIMELIGHT_LAMBDA {
            const Vector to_log2 = L::all(view_.units.to_log2);
            Vector largest[C], origin[C];
            M::template largest<C>(sum, largest);
            Integers quiet = Integers{} == 0;
#pragma GCC unroll 4
            for (int c = 0; c < C; c++) {
                origin[c] = L::load(s.origin_now + c * M::width);
                quiet &= power_at<Care::none>(largest[c], origin[c], to_log2) <= slack<T>;
                L::store(high + c * M::width, largest[c]);
            }
            done = !L::any(~quiet);
            if (!done) return M::template keep<C>(sum, weights);
            Vector l[C], e[C];
#pragma GCC unroll 4
            for (int c = 0; c < C; c++) l[c] = e[c] = Vector{};
#pragma GCC unroll 16
            for (int j = 0; j < M::panel; j += Feed::per_word) {
#pragma GCC unroll 4
                for (int c = 0; c < C; c++) {
                    Vector weight[Feed::per_word];
#pragma GCC unroll 2
                    for (int n = 0; n < Feed::per_word; n++) {
                        const Vector power =
                            power_at<Care::none>(sum[j + n][c], origin[c], to_log2);
                        weight[n] = power_of_two<Isa, T>(power);
                        l[c] += weight[n];
                        if constexpr (Entropy)
                            e[c] += weight[n] * L::larger(L::all(T{-1e30F}), power);
                        if constexpr (Keep)
                            L::store(weights + (j + n) * M::rows + c * M::width, weight[n]);
                    }
                    if constexpr (Feed::per_word == 2)
                        Feed::pack(weight[0], weight[1], packed + j / 2 * M::rows + c * M::width);
                }
            }
            add_sums<C, Entropy>(l, e);
        };
        M::template scores<C>(s.q, k, stride, s.words, view_.chunk, weights, take);
        return done;
    }

    // To base 2 and relative to an origin.
    template <Care With>
    static LIMELIGHT_INLINE Vector power_at(Vector score, Vector origin, Vector to_log2) {
        if constexpr (With == Care::huge || !Isa::fused)
            return (score - origin) * to_log2;
        else
            return score * to_log2 - origin;
    }

    template <int C, bool Entropy, Care With> void weigh(Index from, Index to) {
        Scratch<Feed>& s = scratch_;
        const Vector to_log2 = L::all(view_.units.to_log2);
#pragma GCC unroll 1
        for (Index p = from; p < to; p++) {
            // A panel is added up by itself first: its small weights are not lost one by one.
            Vector origin[C], l[C], e[C];
            for (int c = 0; c < C; c++) {
                const Vector now = L::load(s.origin_now + c * M::width);
                origin[c] = now == -infinity<T> ? Vector{} : now;
                l[c] = e[c] = Vector{};
            }
#pragma GCC unroll 1
            for (Index j = p * M::panel; j < (p + 1) * M::panel; j += Feed::per_word) {
#pragma GCC unroll 4
                for (int c = 0; c < C; c++) {
                    Vector weight[Feed::per_word];
#pragma GCC unroll 2
                    for (int n = 0; n < Feed::per_word; n++) {
                        T* at = view_.now.weights + (j + n) * M::rows + c * M::width;
                        const Vector score = L::load(at);
                        const Vector power = power_at<With>(score, origin[c], to_log2);
                        Vector own = power_of_two<Isa, T>(power);
                        l[c] += own;
                        if constexpr (Entropy)
                            e[c] += own * L::larger(L::all(T{-1e30F}), power);
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
            add_sums<C, Entropy>(l, e);
        }
    }

    // Adds the sums of a panel to those of the tile.
    template <int C, bool Entropy>
    LIMELIGHT_INLINE void add_sums(const Vector (&l)[C], const Vector (&e)[C]) {
#pragma GCC unroll 4
        for (int c = 0; c < C; c++) {
            T *to = scratch_.l_tile + c * M::width, *to_e = scratch_.e_tile + c * M::width;
            L::store(to, L::load(to) + l[c]);
            if constexpr (Entropy) L::store(to_e, L::load(to_e) + e[c]);
        }
    }

    // The largest score of some panels, of the queries of a vector.
    Vector largest_of(Index from, Index to, Index lane) const {
        Vector largest = L::load(view_.now.high + from * M::rows + lane);
        for (Index p = from + 1; p < to; p++)
            largest = L::larger(largest, L::load(view_.now.high + p * M::rows + lane));
        return largest;
    }

    // Weights of the panels before one, as the origin is about to move. Those that are rounded to
    // pairs are added while they are relative to the origin that was.
    template <int C> void rescale(Index panel, Index lane, Vector factor) {
        const Index keys = panel * M::panel;
        if (Feed::per_word > 1 && call_.results.output != nullptr && keys > view_.now.added)
            values_.template add<C>(keys);
        if (!view_.keeps_weights()) return;
        for (Index j = 0; j < keys; j++) {
            T* own = view_.now.weights + j * M::rows + lane;
            L::store(own, L::load(own) * factor);
        }
    }

    View<Feed>& view_;
    const Call& call_;
    Scratch<Feed>& scratch_;
    Values<Feed>& values_;
};

}  // namespace
}  // namespace limelight
