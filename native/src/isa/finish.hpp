// From the state of a row to its softmax, and what follows from it.
#pragma once

#include "elements.hpp"

namespace limelight {
namespace {

// Of the scores that a query sees: the largest, and relative to it Σ e^(s-m) and Σ e^(s-m) (s-m).
struct RowState {
    double m = -infinity<double>;
    double l = 0;
    double e = 0;
    double largest = -infinity<double>;  // m may be a score that came before it
};

// What sums relative to the maximum over keys are multiplied by to be shares of the row.
inline double finish_row(const Call& call, Index head, Index row, const RowState& state,
                         bool is_double) {
    const Results& r = call.results;
    double m = state.m, l = state.l, e = state.e;
    double kept = 1.0;
    if (call.sinks != nullptr && call.sinks[head] != -infinity<double>) {
        // One more key, without a value.
        const double sink = call.sinks[head], top = sink > m ? sink : m;
        const double down = l == 0 ? 0 : m - top, own = std::exp(sink - top);
        kept = l == 0 ? 0 : std::exp(down);
        e = kept * (e + most(down, -1e300) * l) + (own == 0 ? 0 : own * (sink - top));
        l = kept * l + own;
        m = top;
    }
    const bool blind = l == 0;
    const double logarithm = blind ? 0 : std::log(l);
    const Index at = head * call.queries + row;
    const auto put = [at, is_double](void* to, double value) {
        if (to == nullptr) return;
        if (is_double)
            static_cast<double*>(to)[at] = value;
        else
            static_cast<float*>(to)[at] = static_cast<float>(value);
    };
    put(r.lse, blind ? -infinity<double> : m + logarithm);
    put(r.entropy, blind ? 0 : logarithm - e / l);
    // m is rounded, and l is relative to what it was rounded to.
    const double rounded = is_double ? m : static_cast<double>(static_cast<float>(m));
    put(r.m, blind ? -infinity<double> : rounded);
    put(r.l, blind ? 0 : l * std::exp(std::isfinite(rounded) ? m - rounded : 0.0));
    const bool lost = state.l != state.l && state.largest != infinity<double>;
    put(r.max_logit, lost ? state.l : state.largest);
    return blind ? 0 : kept / l;
}

}  // namespace
}  // namespace limelight
