// Problems drawn at random, the awkward sizes more often than others.
#pragma once

#include "problem.hpp"

namespace limelight::testing {

// A number that `type` holds, from -1 to 1; where it is to be exact, a half of a whole one.
inline double number(Random& random, Type type, bool exact) {
    if (exact) return static_cast<double>(random.below(5) - 2) / 2;
    return rounded(type, random.signed_unit());
}

inline std::vector<Matrix> matrices(Random& random, Type type, bool exact, Index count, Index rows,
                                    Index columns) {
    std::vector<Matrix> made(at(count), Matrix(rows, columns));
    for (Matrix& each : made)
        for (double& cell : each.cells) cell = number(random, type, exact);
    return made;
}

inline void make_rows_alike(std::vector<Matrix>& of) {
    for (Matrix& each : of)
        for (Index row = 1; row < each.rows; row++)
            for (Index column = 0; column < each.columns; column++)
                each(row, column) = each(0, column);
}

// Of sizes that are drawn, everything else that every problem needs.
inline void fill(Random& random, Problem& p) {
    p.q = matrices(random, p.type, p.exact, p.heads, p.queries, p.d);
    p.k = matrices(random, p.type, p.exact, p.key_heads, p.keys, p.d);
    p.v = matrices(random, p.type, false, p.key_heads, p.keys, p.d_v);
    if (p.layout_q == Layout::repeated) make_rows_alike(p.q);
    if (p.layout_k == Layout::repeated) make_rows_alike(p.k);
    if (p.layout_v == Layout::repeated) make_rows_alike(p.v);
    if (!p.exact) p.scale /= std::sqrt(static_cast<double>(p.d));
    for (Index head = 0; head < p.heads; head++) {
        p.key_head.push_back(head * p.key_heads / p.heads);
        p.lengths.push_back(p.keys);
        p.offsets.push_back(0);
    }
}

inline void draw_sight(Random& random, Problem& p) {
    if (random.one_in(2)) p.right = random.of<Index>({0, 0, 1, 20});
    if (random.one_in(3)) p.left = random.of<Index>({0, 1, 7, 40, 100});
    const bool pads = random.one_in(3), moves = random.one_in(3);
    for (Index head = 0; head < p.heads; head++) {
        if (pads) p.lengths[at(head)] = random.below(p.keys + 1);
        if (moves) p.offsets[at(head)] = p.lengths[at(head)] - p.queries;
        if (moves && random.one_in(4)) p.offsets[at(head)] = random.below(400) - 200;
    }
}

inline void draw_added(Random& random, Problem& p) {
    const auto side = [&](Index whole) { return random.one_in(3) ? Index{1} : whole; };
    const auto type = [&] {
        return p.exact ? p.type : random.of({Type::f64, Type::f32, Type::f16, Type::bf16});
    };
    const auto draw = [&](std::vector<Matrix>& to, Type own, Index hides) {
        const Index rows = side(p.queries), columns = side(p.keys);
        to = matrices(random, own, p.exact, side(p.heads), rows, columns);
        for (Matrix& each : to)
            for (double& cell : each.cells) {
                if (own == Type::boolean) cell = 1;
                if (random.one_in(hides)) cell = own == Type::boolean ? 0 : -infinite;
            }
    };
    p.layout_added = layouts[random.below(7)];  // all but repeated, which their sizes say
    if (random.one_in(3)) draw(p.mask, p.mask_type = random.one_in(2) ? Type::boolean : type(), 3);
    if (random.one_in(4)) draw(p.bias, p.bias_type = type(), 9);
}

inline void draw_options(Random& random, Problem& p) {
    draw_sight(random, p);
    draw_added(random, p);
    if (random.one_in(4))
        for (Index head = 0; head < p.heads; head++)
            p.slopes.push_back(random.of({0.0, 0.25, 0.125}));
    if (random.one_in(4))
        for (Index head = 0; head < p.heads; head++)
            p.sinks.push_back(random.of({-infinite, 0.0, 0.3, 2.0, -4.0, 30.0}));
    if (random.one_in(4) && !p.exact) p.softcap = random.of({0.5, 2.0, 30.0});
    if (random.one_in(2)) {
        for (Index head = 0; head < p.heads; head++) {
            p.tokens.emplace_back();
            for (Index key = 0; key < p.keys; key++)
                p.tokens.back().push_back(static_cast<std::int32_t>(random.below(5)));
        }
    }
}

inline void draw_wanted(Random& random, Problem& p) {
    Wanted& w = p.wanted;
    w.top = random.of<Index>({1, 2, 5, 16, 70});
    if (p.queries > 0 && p.keys > 0 && random.one_in(2)) {
        w.query_bins = 1 + random.below(p.queries);
        w.key_bins = 1 + random.below(p.keys);
    }
    if (random.one_in(2)) return;
    for (bool* each : {&w.output, &w.m, &w.l, &w.lse, &w.entropy, &w.max_logit, &w.sink_mass,
                       &w.distance, &w.received, &w.detected})
        *each = random.one_in(3);
    if (random.one_in(2)) w.top = 0;
}

inline Problem draw(Random& random, Type type) {
    Problem p;
    p.type = type;
    const auto size = [&] {
        return random.of<Index>({0, 1, 2, 7, 15, 16, 17, 31, 33, 47, 48, 49, 63, 64, 65, 97, 130});
    };
    const auto dim = [&] {
        return random.of<Index>({1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 24, 31, 32, 33});
    };
    p.queries = size(), p.keys = size(), p.d = dim(), p.d_v = dim();
    p.key_heads = 1 + random.below(2);
    p.heads = p.key_heads * (1 + random.below(2));
    p.exact = random.one_in(4);
    p.scale = p.exact ? random.of({1.0, 0.5, -1.0, 0.0}) : random.of({1.0, 1.0, 4.0, -2.0});
    for (Layout* each : {&p.layout_q, &p.layout_k, &p.layout_v}) {
        if (random.one_in(2)) *each = layouts[random.below(8)];
    }
    fill(random, p);
    if (random.one_in(5))
        for (Index& own : p.key_head) own = random.below(p.key_heads);
    draw_options(random, p);
    draw_wanted(random, p);
    return p;
}

}  // namespace limelight::testing
