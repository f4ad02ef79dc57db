// The k largest weights of each row, by weight, then score, then the lowest key.
//
// The largest score of each panel is known. The k-th largest of these is a safe threshold: no
// panel below it can hold one of the k, and of those that just reach it the first k suffice. So a
// few panels of each row are looked into, and no weight is looked at twice.
#pragma once

#include "view.hpp"

namespace limelight {
namespace {

// The score of one pair in double, to tell apart what the weights do not.
class Pair {
public:
    explicit Pair(const Call& call) : call_(call) {}

    // -inf where the key is hidden.
    double score(Index head, Index row, Index key) const {
        const double added = added_to(head, row, key);
        if (added == -infinity<double>) return added;
        const std::byte* q = call_.q.at(head, row);
        const std::byte* k = call_.k.at(head, key);
        double sum = 0;
        for (Index i = 0; i < call_.d; i++)
            sum += element<double>(q + i * call_.q.column, call_.type) *
                   element<double>(k + i * call_.k.column, call_.type);
        sum *= call_.scale;
        if (call_.softcap != 0) sum = std::tanh(sum / call_.softcap) * call_.softcap;
        return sum + added;
    }

private:
    double added_to(Index head, Index row, Index key) const {
        const Index position = call_.offsets[head] + row, behind = position - key;
        if (behind > call_.left || -behind > call_.right || key >= call_.lengths[head])
            return -infinity<double>;
        double sum = 0;
        for (const Operand* each : {&call_.mask, &call_.bias}) {
            if (!*each) continue;
            const auto own = element<double>(each->at(head, row) + key * each->column, each->type);
            if (own == -infinity<double>) return own;
            sum += own;
        }
        if (call_.slopes != nullptr)
            sum -= call_.slopes[head] * static_cast<double>(behind < 0 ? -behind : behind);
        return sum;
    }

    const Call& call_;
};

template <class Feed> class Top {
public:
    using V = View<Feed>;
    using M = typename V::M;
    using T = typename V::T;
    using L = typename V::L;
    using Vector = typename V::Vector;
    using Integers = typename V::Integers;

    explicit Top(V& view)
        : view_(view), call_(view.call), scratch_(view.scratch), pair_(view.call),
          count_(divide_up(view.end - view.begin, M::panel)) {}

    void run() {
        if (call_.top == 0) return;
        for (int c = 0; c * M::width < view_.rows; c++) look(c);
    }

private:
    const T* high_of(Index panel) const { return scratch_.high + panel * M::rows; }

    // The k-th largest of the panels' maxima of each lane, by insertion. Up to `few` stay in
    // registers.
    Vector find_threshold(int c) {
        const T* high = scratch_.high + c * M::width;
        T* kept = scratch_.top_high;
        if (call_.top <= few) {
            Vector own[few];
            for (Vector& each : own) each = L::all(-infinity<T>);
            for (Index p = 0; p < count_; p++)
                insert(L::load(high + p * M::rows), own, std::integral_constant<Index, few>{});
            for (Index i = 0; i < call_.top; i++) L::store(kept + i * M::width, own[i]);
        } else {
            auto* own = reinterpret_cast<Vector*>(kept);
            for (Index i = 0; i < call_.top; i++) own[i] = L::all(-infinity<T>);
            for (Index p = 0; p < count_; p++) insert(L::load(high + p * M::rows), own, call_.top);
        }
        return L::load(kept + (call_.top - 1) * M::width);
    }

    // Among the k largest, the largest first; most panels are below them all.
    template <class Size>
    static LIMELIGHT_INLINE void insert(Vector x, Vector* own, Size size) {
        const Index k = size;
        if (!L::any(x > own[k - 1])) return;
#pragma GCC unroll 8
        for (Index i = 0; i < k; i++) {
            const Vector smaller = x < own[i] ? x : own[i];
            own[i] = L::larger(own[i], x);
            x = smaller;
        }
    }

    // Panels that reach the thresholds, for all lanes at a time; rows begin empty.
    void look(int c) {
        const Index lanes = least(Index{M::width}, view_.rows - c * M::width);
        const std::uint32_t used = bit(lanes) - 1;
        const Vector threshold = find_threshold(c);
        const Vector lightest = view_.weight_of(threshold, c) * (1 - rounding);
        const Vector least_weight = lightest > faint ? lightest : Vector{};
        Index reached[M::width] = {};
        std::fill_n(found_, M::width, Index{0});
        for (Index p = 0; p < count_; p++) {
            const Vector high = L::load(high_of(p) + c * M::width);
            std::uint32_t reaches = L::bits((high >= threshold) & (high > -infinity<T>)) & used;
            if (reaches == 0) continue;
            // Of panels that just reach it, the first k suffice.
            each_bit(L::bits(high == threshold) & reaches, [&](Index lane) {
                if (++reached[lane] > call_.top) reaches &= ~bit(lane);
            });
            look_into(p, c, reaches, least_weight);
        }
        for (Index lane = 0; lane < lanes; lane++) {
            choose_row(c, lane);
            const T share = scratch_.share[row_];
            if (share != share) choose_by_scores(share);
            write();
        }
    }

    static std::uint32_t bit(Index lane) {
        return std::uint32_t{1} << static_cast<unsigned>(lane);
    }
    template <class F> static LIMELIGHT_INLINE void each_bit(std::uint32_t bits, F f) {
        for (; bits != 0; bits &= bits - 1) f(Index{__builtin_ctz(bits)});
    }

    // No key with a score below the threshold is one of the k.
    void look_into(Index panel, int c, std::uint32_t lanes, Vector least_weight) {
        const Vector factor = view_.factor_of(panel / M::panels, c);
        const Index from = panel * M::panel;
        const Index to = least(from + M::panel, view_.end - view_.begin);
        for (Index j = from; j < to; j++) {
            const Vector weight = L::load(scratch_.s + j * M::rows + c * M::width) * factor;
            each_bit(L::bits(~(weight < least_weight)) & lanes, [&](Index lane) {
                choose_row(c, lane);
                offer(weight[lane], view_.begin + j);
            });
        }
    }

    // A row of NaN has no weights to go by, but scores; NaN counts as the largest.
    void choose_by_scores(T weight) {
        Index& found = found_[lane_];
        found = 0;
        for (Index key = view_.begin; key < view_.end; key++) {
            double score = score_of(key);
            if (score == -infinity<double>) continue;
            if (score != score) score = infinity<double>;
            Index at = found < call_.top ? found++ : call_.top;
            if (at == call_.top && !(score > scores_[--at])) continue;
            for (; at > 0 && score > scores_[at - 1]; at--) {
                scores_[at] = scores_[at - 1];
                keys_[at] = keys_[at - 1];
            }
            scores_[at] = score;
            keys_[at] = key;
        }
        std::fill_n(weights_, found, weight);
    }

    void choose_row(int c, Index lane) {
        lane_ = lane;
        row_ = c * M::width + lane;
        weights_ = scratch_.top_weights + lane * call_.top;
        scores_ = scratch_.top_scores + lane * call_.top;
        keys_ = scratch_.top_keys + lane * call_.top;
    }

    void offer(T weight, Index key) {
        Index at = found_[lane_];
        while (at > 0 && weight > weights_[at - 1] && !ties(weight, weights_[at - 1])) at--;
        const bool alone = at == 0 || !ties(weight, weights_[at - 1]);
        if (alone && weight >= faint) return put(at, weight, unknown, key);
        // Hidden keys weigh nothing, as some visible ones do.
        const double score = needs_score(weight) ? score_of(key) : unknown;
        if (weight == 0 && score == -infinity<double>) return;
        at = found_[lane_];
        while (at > 0 && before(weight, score, at - 1)) at--;
        put(at, weight, score, key);
    }

    // At a place among those found, of which the last falls out where there is no room.
    void put(Index at, T weight, double score, Index key) {
        if (at == call_.top) return;
        found_[lane_] = least(found_[lane_] + 1, call_.top);
        for (Index i = found_[lane_] - 1; i > at; i--) {
            weights_[i] = weights_[i - 1];
            scores_[i] = scores_[i - 1];
            keys_[i] = keys_[i - 1];
        }
        weights_[at] = weight;
        scores_[at] = score;
        keys_[at] = key;
    }

    // Keys come in order, so that of equals the one that is there stays in front.
    bool before(T weight, double score, Index at) const {
        if (!ties(weight, weights_[at])) return weight > weights_[at];
        return score > known_score(at);
    }

    // Equal scores in tiles that are relative to different origins come to weights that are equal
    // but for the rounding on the way, which grows with the exponent: what is so close is told
    // apart by the scores.
    // Near the end of the range a weight may vanish on its way, or not.
    static constexpr T faint = sizeof(T) == 4 ? T{1e-30F} : static_cast<T>(1e-290);
    static constexpr T rounding =
        (sizeof(T) == 4 ? 256 : 2048) * std::numeric_limits<T>::epsilon();
    static bool ties(T a, T b) {
        if (a < faint && b < faint) return true;
        return !(std::fabs(a - b) > rounding * b);
    }

    bool needs_score(T weight) const {
        if (weight < faint) return true;
        for (Index i = 0; i < found_[lane_]; i++)
            if (ties(weight, weights_[i])) return true;
        return false;
    }

    double known_score(Index at) const {
        double& score = scores_[at];
        if (score == unknown) score = score_of(keys_[at]);
        return score;
    }

    double score_of(Index key) const {
        return pair_.score(view_.head, view_.first_row + row_, key);
    }

    void write() {
        const Index k = call_.top;
        const Index at = (view_.head * call_.queries + view_.first_row + row_) * k;
        std::int32_t* keys = call_.results.top_indices + at;
        T* weights = static_cast<T*>(call_.results.top_weights) + at;
        for (Index i = 0; i < k; i++) {
            keys[i] = i < found_[lane_] ? static_cast<std::int32_t>(keys_[i]) : -1;
            weights[i] = i < found_[lane_] ? weights_[i] : T{0};
            // Of those that tie, rounding may have favoured a later one.
            if (i > 0 && weights[i] > weights[i - 1]) weights[i] = weights[i - 1];
        }
    }

    static constexpr Index few = 8;  // largest maxima that fit the registers
    static constexpr double unknown = infinity<double>;  // what no weight that ties has

    V& view_;
    const Call& call_;
    Scratch<Feed>& scratch_;
    Pair pair_;
    Index count_;
    Index lane_ = 0;
    Index row_ = 0;
    Index found_[M::width] = {};
    T* weights_ = nullptr;
    double* scores_ = nullptr;
    Index* keys_ = nullptr;
};

}  // namespace
}  // namespace limelight
