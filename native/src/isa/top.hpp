// The k largest weights of each row, by weight, then score, then the lowest key.
//
// The largest score of each panel is known. The k-th largest of these is a safe threshold: no
// panel below it can hold one of the k, and of those that just reach it the first k suffice. So a
// few panels of each row are looked into, and no weight is looked at twice.
#pragma once

#include "block.hpp"

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
    using B = Block<Feed>;
    using M = typename B::M;
    using T = typename B::T;
    using L = typename B::L;
    using Vector = typename B::Vector;
    using Integers = typename B::Integers;

    explicit Top(B& block)
        : block_(block), call_(block.call), scratch_(block.scratch), pair_(block.call),
          count_(divide_up(block.end - block.begin, M::panel)) {}

    void run() {
        if (call_.top == 0) return;
        for (int c = 0; c * M::width < block_.rows; c++) {
            find_threshold(c);
            look(c);
        }
    }

private:
    const T* high_of(Index panel) const { return scratch_.high + panel * M::rows; }

    // The k largest of the panels' maxima of each lane, by insertion; most panels insert none.
    void find_threshold(int c) {
        const Index k = call_.top;
        T* kept = scratch_.top_high;
        for (Index i = 0; i < k; i++) L::store(kept + i * M::width, L::all(-infinity<T>));
        for (Index p = 0; p < count_; p++) {
            Vector x = L::load(high_of(p) + c * M::width);
            if (!L::any(x > L::load(kept + (k - 1) * M::width))) continue;
            for (Index i = 0; i < k; i++) {
                const Vector own = L::load(kept + i * M::width);
                const auto above = x > own;
                L::store(kept + i * M::width, above ? x : own);
                x = above ? own : x;
            }
        }
    }

    // Panels that reach the thresholds, for all lanes at a time; rows begin empty.
    void look(int c) {
        const Index lanes = least(Index{M::width}, block_.rows - c * M::width);
        const Vector threshold = L::load(scratch_.top_high + (call_.top - 1) * M::width);
        const Vector lightest = block_.weight_of(threshold, c) * (1 - rounding);
        const Vector least_weight = lightest > faint ? lightest : Vector{};
        Index reached[M::width] = {};
        std::fill_n(found_, M::width, Index{0});
        for (Index p = 0; p < count_; p++) {
            const Vector high = L::load(high_of(p) + c * M::width);
            const Integers reaches = (high >= threshold) & (high > -infinity<T>);
            if (!L::any(reaches)) continue;
            const Vector factor = block_.factor_of(p / M::panels, c);
            for (Index lane = 0; lane < lanes; lane++) {
                if (reaches[lane] == 0) continue;
                if (high[lane] == threshold[lane] && ++reached[lane] > call_.top) continue;
                choose_row(c, lane);
                look_into(p, factor[lane], least_weight[lane]);
            }
        }
        for (Index lane = 0; lane < lanes; lane++) {
            choose_row(c, lane);
            const T share = scratch_.share[row_];
            if (share != share) choose_by_scores(share);
            write();
        }
    }

    // A row of NaN has no weights to go by, but scores; NaN counts as the largest.
    void choose_by_scores(T weight) {
        Index& found = found_[lane_];
        found = 0;
        for (Index key = block_.begin; key < block_.end; key++) {
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

    // No key with a score below the threshold is one of the k.
    void look_into(Index panel, T factor, T least_weight) {
        const Index from = panel * M::panel;
        const Index to = least(from + M::panel, block_.end - block_.begin);
        for (Index j = from; j < to; j++) {
            const T weight = scratch_.s[j * M::rows + row_] * factor;
            if (!(weight < least_weight)) offer(weight, block_.begin + j);
        }
    }

    void offer(T weight, Index key) {
        const Index k = call_.top;
        Index& found = found_[lane_];
        if (found == k && weight < weights_[k - 1] && !ties(weight, weights_[k - 1])) return;
        // Hidden keys weigh nothing, as some visible ones do.
        const double score = needs_score(weight) ? score_of(key) : unknown;
        if (weight == 0 && score == -infinity<double>) return;
        Index at = found < k ? found++ : k;
        if (at == k) {
            if (!before(weight, score, k - 1)) return;
            at = k - 1;
        }
        for (; at > 0 && before(weight, score, at - 1); at--) {
            weights_[at] = weights_[at - 1];
            scores_[at] = scores_[at - 1];
            keys_[at] = keys_[at - 1];
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
        return pair_.score(block_.head, block_.first_row + row_, key);
    }

    void write() {
        const Index k = call_.top;
        const Index at = (block_.head * call_.queries + block_.first_row + row_) * k;
        std::int32_t* keys = call_.results.top_indices + at;
        T* weights = static_cast<T*>(call_.results.top_weights) + at;
        for (Index i = 0; i < k; i++) {
            keys[i] = i < found_[lane_] ? static_cast<std::int32_t>(keys_[i]) : -1;
            weights[i] = i < found_[lane_] ? weights_[i] : T{0};
            // Of those that tie, rounding may have favoured a later one.
            if (i > 0 && weights[i] > weights[i - 1]) weights[i] = weights[i - 1];
        }
    }

    static constexpr double unknown = infinity<double>;  // what no weight that ties has

    B& block_;
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
