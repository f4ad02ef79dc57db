// Results of a kernel held against the dense computation.
#pragma once

#include <algorithm>
#include <set>

#include "check.hpp"
#include "dense.hpp"
#include "results.hpp"

namespace limelight::testing {

class Comparison {
public:
    // `pairs` where the kernel rounds weights to bfloat16 before it multiplies values.
    Comparison(Checks& check, const Dense& dense, const Room& room, bool pairs, std::string about)
        : check_(check), dense_(dense), p_(dense.p), got_(room.results), about_(std::move(about)),
          unit_(p_.type == Type::f64 ? 0x1p-52 : 0x1p-23),
          tiny_(p_.type == Type::f64 ? 1e-305 : 1e-36),
          output_unit_(p_.type == Type::f16 ? 0x1p-11 : p_.type == Type::bf16 ? 0x1p-8 : 0),
          weight_unit_(pairs ? 0x1p-8 : 0) {}

    void run() {
        for (Index head = 0; head < p_.heads; head++) {
            bool odd = false;
            for (Index row = 0; row < p_.queries; row++) {
                odd = odd || dense_.row(head, row).odd;
                compare_row(head, row);
            }
            // What sums over rows have of a row of NaN is NaN; where is not claimed.
            if (!odd) compare_head(head);
        }
    }

private:
    // How far a score may be off: each product and each sum rounds.
    Real off(const DenseRow& row) const {
        return unit_ * (4 + std::sqrt(static_cast<Real>(p_.d)) / 2) * (1 + row.size);
    }

    void close(const char* name, Real got, Real expected, Real allowed) {
        const bool same = got == expected || (std::isnan(got) && std::isnan(expected));
        check_(same || std::fabs(got - expected) <= allowed, [&] {
            char words[160];
            std::snprintf(words, sizeof words,
                          "%s is %.9Lg, not %.9Lg, off by %.3Lg where %.3Lg may be", name, got,
                          expected, std::fabs(got - expected), allowed);
            return say(words);
        });
    }

    void holds(bool claim, const char* words) {
        check_(claim, [&] { return say(words); });
    }

    // The first that fails says most; those that follow from it would hide other problems.
    std::string say(const char* words) {
        return said_++ == 0 ? about_ + ": " + words : std::string();
    }

    Real statistic(const void* from, Index i) const {
        return p_.type == Type::f64 ? static_cast<Real>(static_cast<const double*>(from)[i])
                                    : static_cast<Real>(static_cast<const float*>(from)[i]);
    }

    void compare_row(Index head, Index row) {
        const DenseRow& own = dense_.row(head, row);
        const Index i = head * p_.queries + row;
        const Real score = off(own), rounding = unit_ / 2;
        const auto each = [&](const char* name, const void* from, Real expected, Real allowed) {
            if (from != nullptr) close(name, statistic(from, i), expected, allowed + tiny_);
        };
        each("lse", got_.lse, own.odd ? nan : own.lse, score + rounding * std::fabs(own.lse));
        if (got_.output != nullptr) compare_output(own, i, score);
        if (own.odd) return;
        each("entropy", got_.entropy, own.entropy, score * (4 + 4 * own.entropy));
        each("max_logit", got_.max_logit, own.max_logit, score);
        const Real first = p_.keys == 0 ? 0 : own.weights[0];
        each("sink_mass", got_.sink_mass, first, 2 * score * first);
        each("distance", got_.distance, own.distance, 2 * score * own.distance);
        if (got_.m != nullptr && got_.l != nullptr) compare_state(own, i, score);
        if (p_.wanted.top > 0) compare_top(own, i, score);
    }

    void compare_output(const DenseRow& own, Index i, Real score) {
        const auto* from = static_cast<const std::byte*>(got_.output);
        const Index size = bytes_of(p_.type);
        for (Index column = 0; column < p_.d_v; column++) {
            const Real value = get(from + (i * p_.d_v + column) * size, p_.type);
            const Real reach = own.reach[at(column)], expected = own.output[at(column)];
            close("output", value, expected,
                  (2 * score + weight_unit_) * reach + output_unit_ * std::fabs(expected) +
                      (p_.type == Type::f16 ? 0x1p-25 : tiny_));
        }
    }

    // What weights are relative to may be any score within 2^8 of the largest; what counts is
    // that m and l fit each other.
    void compare_state(const DenseRow& own, Index i, Real score) {
        const Real m = statistic(got_.m, i), l = statistic(got_.l, i);
        if (own.lse == -infinite) {
            holds(m == -infinite && l == 0, "m and l of a query that sees nothing");
            return;
        }
        close("m + ln l", m + std::log(l), own.lse, 2 * score + unit_ * std::fabs(m));
        const Real slack = 8 * std::log(Real{2});
        holds(m <= own.m + score && m >= own.m - slack - score, "m is near the largest score");
    }

    void compare_top(const DenseRow& own, Index i, Real score) {
        const Index k = p_.wanted.top;
        std::vector<Index> order;
        for (Index key = 0; key < p_.keys; key++)
            if (own.scores[at(key)] != -infinite) order.push_back(key);
        const auto before = [&](Index a, Index b) {
            return own.scores[at(a)] > own.scores[at(b)];
        };
        std::stable_sort(order.begin(), order.end(), before);
        std::set<Index> seen;
        for (Index n = 0; n < k; n++) {
            const Index key = got_.top_indices[i * k + n];
            const Real weight = statistic(got_.top_weights, i * k + n);
            if (n >= static_cast<Index>(order.size())) {
                holds(key == -1 && weight == 0, "top has no more keys to name");
                continue;
            }
            const bool named = key >= 0 && key < p_.keys && own.scores[at(key)] != -infinite;
            holds(named && seen.insert(key).second, "top names a key once that is seen");
            if (!named) continue;
            const Real best = own.weights[at(order[at(n)])];
            close("top weight", weight, best, 2 * score * best + tiny_);
            close("weight of the top key", weight, own.weights[at(key)], 2 * score * best + tiny_);
            holds(!p_.exact || key == order[at(n)], "ties in top go to the lowest key");
        }
    }

    void compare_head(Index head) {
        worst_ = 0;
        for (Index row = 0; row < p_.queries; row++)
            worst_ = std::max(worst_, off(dense_.row(head, row)));
        if (got_.received != nullptr) compare_received(head);
        if (p_.wanted.query_bins > 0) compare_picture(head);
        if (got_.detected != nullptr) compare_detected(head);
    }

    // Sums of n positive numbers.
    Real of_sum(Real sum, Index n) const {
        return sum * (2 * worst_ + unit_ * std::sqrt(static_cast<Real>(n))) +
               static_cast<Real>(n) * tiny_;
    }

    void compare_received(Index head) {
        for (Index key = 0; key < p_.keys; key++) {
            Real sum = 0;
            Index seers = 0;
            for (Index row = 0; row < p_.queries; row++) {
                const DenseRow& own = dense_.row(head, row);
                sum += own.weights[at(key)];
                seers += own.scores[at(key)] == -infinite ? 0 : 1;
            }
            const Index i = head * p_.keys + key;
            close("received", static_cast<Real>(got_.received[i]), sum, of_sum(sum, p_.queries));
            holds(got_.seers[i] == seers, "seers of a key");
        }
    }

    void compare_picture(Index head) {
        const Index down = p_.wanted.query_bins, across = p_.wanted.key_bins;
        std::vector<Real> sum(at(down * across)), largest(at(down * across));
        for (Index row = 0; row < p_.queries; row++) {
            for (Index key = 0; key < p_.keys; key++) {
                const Index bin = row * down / p_.queries * across + key * across / p_.keys;
                const Real weight = dense_.row(head, row).weights[at(key)];
                sum[at(bin)] += weight;
                largest[at(bin)] = std::max(largest[at(bin)], weight);
            }
        }
        for (Index bin = 0; bin < down * across; bin++) {
            const Index i = head * down * across + bin;
            close("picture_sum", statistic(got_.picture_sum, i), sum[at(bin)],
                  of_sum(sum[at(bin)], p_.queries * p_.keys));
            close("picture_max", statistic(got_.picture_max, i), largest[at(bin)],
                  of_sum(largest[at(bin)], 1));
        }
    }

    void compare_detected(Index head) {
        Real expected[4] = {0, 0, 0, 0};
        for (Index row = 0; row < p_.queries; row++) {
            for (Index key = 0; key < p_.keys; key++) {
                const Real weight = dense_.row(head, row).weights[at(key)];
                const Index behind = dense_.behind(head, row, key);
                expected[3] += weight;
                if (behind == 1) expected[0] += weight;
                const Index position = p_.offsets[at(head)] + row;
                if (p_.tokens.empty() || position < 0 || position >= p_.keys) continue;
                const std::vector<std::int32_t>& tokens = p_.tokens[at(head)];
                const std::int32_t own = tokens[at(position)];
                if (behind > 0 && tokens[at(key)] == own) expected[1] += weight;
                if (behind >= 0 && key > 0 && tokens[at(key - 1)] == own) expected[2] += weight;
            }
        }
        for (int i = 0; i < 4; i++)
            close("detected", static_cast<Real>(got_.detected[4 * head + i]), expected[i],
                  of_sum(expected[i], p_.queries));
    }

    Checks& check_;
    const Dense& dense_;
    const Problem& p_;
    const Results& got_;
    std::string about_;
    Real unit_, tiny_, output_unit_, weight_unit_;
    Real worst_ = 0;
    int said_ = 0;
};

}  // namespace limelight::testing
