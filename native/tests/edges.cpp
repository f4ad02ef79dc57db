// Numbers at their edges: NaN and infinity hidden and seen, ties, scores far apart.
#include <cstdio>

#include "against_dense.hpp"
#include "draw.hpp"

namespace limelight::testing {
namespace {

constexpr double bad[] = {nan, infinite, -infinite};

Problem plain(Random& random, Type type, Index queries, Index keys) {
    Problem p;
    p.type = type;
    p.queries = queries, p.keys = keys, p.d = 4, p.d_v = 6;
    p.wanted.query_bins = std::min<Index>(queries, 5);
    p.wanted.key_bins = std::min<Index>(keys, 7);
    fill(random, p);
    return p;
}

void spoil(Random& random, Matrix& of, Index first_row, Index one_in) {
    for (Index row = first_row; row < of.rows; row++)
        if (random.one_in(one_in))
            of(row, random.below(of.columns)) = bad[random.below(3)];
}

// Whatever hides a key, what the key and its value hold does not show.
void hidden(Checks& check, Random& random, Type type) {
    for (int how = 0; how < 6; how++) {
        Problem p = plain(random, type, 40, 90);
        const Index seen = 37;
        spoil(random, p.k[0], seen, 2);
        spoil(random, p.v[0], seen, 2);
        const auto added = [&](double shown, double hides) {
            std::vector<Matrix> made(1, Matrix(1, p.keys));
            for (Index key = 0; key < p.keys; key++) made[0](0, key) = key < seen ? shown : hides;
            return made;
        };
        if (how == 0) p.lengths[0] = seen;
        if (how == 1) p.right = 0, p.offsets[0] = seen - p.queries;
        if (how == 2) p.mask = added(1, 0);
        if (how == 3) p.mask = added(0.5, -infinite), p.mask_type = Type::f32;
        if (how == 4) p.bias = added(0, -infinite), p.bias_type = type;
        if (how == 5) p.lengths[0] = seen, p.bias = added(0, nan), p.bias_type = type;
        against_dense(check, p, how % 2 == 0 ? Way::alone : Way::run);
    }
}

// What one mask hides is hidden, whatever the other adds.
void hidden_twice(Checks& check, Random& random, Type type) {
    for (const double other : bad) {
        for (const bool boolean : {true, false}) {
            Problem p = plain(random, type, 5, 9);
            p.mask_type = boolean ? Type::boolean : Type::f32;
            p.mask = std::vector<Matrix>(1, Matrix(1, p.keys));
            p.bias = std::vector<Matrix>(1, Matrix(1, p.keys));
            for (Index key = 0; key < p.keys; key++) {
                p.mask[0](0, key) = key % 3 != 1 ? boolean : boolean ? 0 : -infinite;
                p.bias[0](0, key) = key % 3 != 1 ? 0 : other;
            }
            against_dense(check, p, Way::alone);
        }
    }
}

// Causal, so that some queries see what others do not.
void seen(Checks& check, Random& random, Type type) {
    for (int i = 0; i < 12; i++) {
        Problem p = plain(random, type, 70, 70 + i);
        p.right = 0;
        if (i % 4 == 1) p.left = 30;
        if (i % 4 == 2) p.softcap = 2;
        if (i % 2 == 0) spoil(random, p.v[0], 20, 9);
        if (i % 3 == 0) spoil(random, p.k[0], 45, 9);
        if (i % 3 == 1) spoil(random, p.q[0], 45, 9);
        against_dense(check, p, i % 2 == 0 ? Way::alone : Way::run);
    }
}

// Equal scores in tiles whose weights are kept relative to different ones: the scores grow by
// more than 8 / log2(e) from tile to tile.
void ties(Checks& check, Random& random, Type type) {
    for (int i = 0; i < 20; i++) {
        Problem p = plain(random, type, 20, 260);
        p.exact = true;
        p.scale = 1;
        p.wanted.top = 40;
        p.q[0] = Matrix(p.queries, p.d);
        p.k[0] = Matrix(p.keys, p.d);
        for (Index row = 0; row < p.queries; row++) p.q[0](row, 0) = row % 5 == 0 ? -1 : 1;
        for (Index key = 0; key < p.keys; key++)
            p.k[0](key, 0) = static_cast<double>(random.below(9 * (1 + key / 64)) - i);
        against_dense(check, p, Way::run);
    }
}

// Scores so far apart that all weight is on one key, and in single precision beyond what a power
// of two can be taken of.
void far_apart(Checks& check, Random& random) {
    for (const Type type : {Type::f64, Type::f32, Type::bf16}) {
        Problem p = plain(random, type, 30, 100);
        for (auto* of : {&p.q[0], &p.k[0]})
            for (double& cell : of->cells) cell = rounded(type, cell * 1e15);
        p.wanted = Wanted{};
        against_dense(check, p, Way::run);
    }
}

// Positions that single precision just holds.
void far_along(Checks& check, Random& random, Type type) {
    Problem p = plain(random, type, 30, 100);
    p.offsets[0] = 16'000'000;
    against_dense(check, p, Way::run);
    p.slopes = {0x1p-20};
    against_dense(check, p, Way::run);
    p.right = 0, p.left = 16'000'000 - 20;
    against_dense(check, p, Way::run);
    p.offsets[0] = -16'000'000, p.left = open_side, p.right = 16'000'050;
    against_dense(check, p, Way::alone);
}

}  // namespace
}  // namespace limelight::testing

int main() {
    using namespace limelight::testing;
    Checks check;
    Random random(2);
    for (const auto type : types) {
        hidden(check, random, type);
        hidden_twice(check, random, type);
        seen(check, random, type);
        ties(check, random, type);
        far_along(check, random, type);
    }
    far_apart(check, random);
    return check.result();
}
