// Attention with every score and weight written down: what kernels are held against.
#pragma once

#include <cmath>
#include <vector>

#include "problem.hpp"

namespace limelight::testing {

// Wider than double where the machine has it, so that errors found are those of the kernel.
using Real = long double;

// One query of one head.
struct DenseRow {
    std::vector<Real> scores, weights;  // -inf and 0 where a key is hidden
    std::vector<Real> output, reach;    // Σ p v, and Σ p |v|: what errors are relative to
    Real lse = 0, entropy = 0, max_logit = 0, m = 0, distance = 0;
    Real size = 0;       // the largest Σ |terms| of a visible score
    bool odd = false;    // a visible score is NaN or infinite
};

class Dense {
public:
    explicit Dense(const Problem& problem) : p(problem) {
        for (Index head = 0; head < p.heads; head++)
            for (Index row = 0; row < p.queries; row++) rows.push_back(work(head, row));
    }
    const DenseRow& row(Index head, Index i) const { return rows[at(head * p.queries + i)]; }

    Index behind(Index head, Index row, Index key) const {
        return p.offsets[at(head)] + row - key;
    }

    const Problem& p;
    std::vector<DenseRow> rows;

private:
    static double cell(const std::vector<Matrix>& of, Index head, Index row, Index key) {
        const Matrix& own = of[of.size() == 1 ? 0 : at(head)];
        return own(own.rows == 1 ? 0 : row, own.columns == 1 ? 0 : key);
    }

    bool hidden(Index head, Index row, Index key) const {
        const Index distance = behind(head, row, key);
        if (key >= p.lengths[at(head)] || distance > p.left || -distance > p.right) return true;
        if (!p.bias.empty() && cell(p.bias, head, row, key) == -infinite) return true;
        if (p.mask.empty()) return false;
        const double own = cell(p.mask, head, row, key);
        return p.mask_type == Type::boolean ? own == 0 : own == -infinite;
    }

    Real score(Index head, Index row, Index key, Real& size) const {
        const Matrix& q = p.q[at(head)];
        const Matrix& k = p.k[at(p.key_head[at(head)])];
        Real sum = 0, all = 0;
        for (Index i = 0; i < p.d; i++) {
            const Real product = static_cast<Real>(q(row, i)) * static_cast<Real>(k(key, i));
            sum += product;
            all += std::fabs(product);
        }
        sum *= static_cast<Real>(p.scale);
        all *= std::fabs(static_cast<Real>(p.scale));
        const auto add = [&](Real more) {
            sum += more;
            all += std::fabs(more);
        };
        if (p.softcap != 0) {
            const auto cap = static_cast<Real>(p.softcap);
            sum = cap * std::tanh(sum / cap);
        }
        if (!p.slopes.empty())
            add(-static_cast<Real>(p.slopes[at(head)]) *
                static_cast<Real>(std::abs(behind(head, row, key))));
        if (!p.mask.empty() && p.mask_type != Type::boolean) add(cell(p.mask, head, row, key));
        if (!p.bias.empty()) add(cell(p.bias, head, row, key));
        if (std::isfinite(all) && all > size) size = all;
        return sum;
    }

    DenseRow work(Index head, Index row) const {
        DenseRow to;
        const Real sink = p.sinks.empty() ? -infinite : static_cast<Real>(p.sinks[at(head)]);
        Real largest = -infinite;
        for (Index key = 0; key < p.keys; key++) {
            const bool hides = hidden(head, row, key);
            const Real own = hides ? -infinite : score(head, row, key, to.size);
            to.scores.push_back(own);
            if (std::isnan(own) || own == infinite) to.odd = true;
            if (own > largest) largest = own;
        }
        to.max_logit = largest;
        to.m = sink > largest ? sink : largest;
        const Real origin = to.m == -infinite ? 0 : to.m;
        Real total = std::exp(sink - origin);
        for (const Real each : to.scores) total += std::exp(each - origin);
        to.lse = origin + std::log(total);
        const Real share = total == 0 ? 0 : 1 / total;
        for (const Real each : to.scores) to.weights.push_back(std::exp(each - origin) * share);
        if (sink != -infinite) to.entropy -= std::exp(sink - to.lse) * (sink - to.lse);
        add_up(head, row, to);
        return to;
    }

    void add_up(Index head, Index row, DenseRow& to) const {
        const Matrix& v = p.v[at(p.key_head[at(head)])];
        to.output.assign(at(p.d_v), 0);
        to.reach.assign(at(p.d_v), 0);
        for (Index key = 0; key < p.keys; key++) {
            const Real weight = to.weights[at(key)], score = to.scores[at(key)];
            if (score == -infinite) continue;
            to.distance += weight * static_cast<Real>(std::abs(behind(head, row, key)));
            if (weight != 0) to.entropy -= weight * (score - to.lse);
            for (Index column = 0; column < p.d_v; column++) {
                const Real value = weight * static_cast<Real>(v(key, column));
                to.output[at(column)] += value;
                to.reach[at(column)] += std::fabs(value);
            }
        }
    }
};

}  // namespace limelight::testing
