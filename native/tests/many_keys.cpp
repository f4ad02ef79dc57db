// Keys that are divided, among one query's threads or among those of many.
#include <cstdio>

#include "against_dense.hpp"
#include "draw.hpp"

namespace limelight::testing {
namespace {

// What is merged over parts of the keys; anything else is wanted of undivided ones.
void want_what_merges(Wanted& w) {
    w.sink_mass = w.distance = w.received = w.detected = false;
    w.top = 0;
}

Problem over_many(Random& random, Type type, Index queries, Index keys) {
    Problem p;
    p.type = type;
    p.queries = queries, p.keys = keys;
    p.d = random.of<Index>({1, 3, 16, 33}), p.d_v = random.of<Index>({1, 5, 16, 40});
    p.key_heads = 1 + random.below(2);
    p.heads = p.key_heads * (1 + random.below(2));
    p.exact = random.one_in(4);
    for (Layout* each : {&p.layout_q, &p.layout_k, &p.layout_v})
        if (random.one_in(3)) *each = layouts[random.below(8)];
    fill(random, p);
    draw_options(random, p);
    p.tokens.clear();
    want_what_merges(p.wanted);
    return p;
}

constexpr Index few[] = {1, 2, 4};
constexpr Index many[] = {5, 16, 17, 49};

void drawn(Checks& check, Random& random, Type type) {
    for (const Index queries : few)
        for (const Index keys : {Index{2049}, Index{4100}})
            against_dense(check, over_many(random, type, queries, keys), Way::run);
    for (const Index queries : many)
        for (const Index keys : {Index{4096}, Index{4159}, Index{6300}})
            against_dense(check, over_many(random, type, queries, keys), Way::run);
}

// Each part of the keys has the largest scores of some query, or NaN, or nothing to see.
void apart(Checks& check, Random& random, Type type) {
    for (int how = 0; how < 6; how++) {
        Problem p = over_many(random, type, random.of({4, 5, 30}), 4200);
        Matrix& k = p.k[0];
        for (Index key = 0; key < p.keys; key++)
            for (Index i = 0; i < p.d; i++)
                k(key, i) = rounded(type, k(key, i) * static_cast<double>(1 + how * key / 300));
        if (how == 1) k(4000, 0) = nan;
        if (how == 2) p.v[0](100, 0) = infinite;
        if (how == 3) p.lengths[0] = 2000;
        if (how == 4) p.left = 0, p.right = 0, p.offsets[0] = 4150;
        if (how == 5) p.lengths[0] = 0;
        against_dense(check, p, Way::run);
    }
}

void counts_of_threads(Checks& check, Random& random, Type type) {
    for (const Index queries : {2, 20, 60}) {
        const Problem p = over_many(random, type, queries, 5000);
        for (const Kernel* kernel : kernels()) {
            Prepared prepared(p);
            Room alone(p);
            prepared.call.results = alone.results;
            run(*kernel, prepared.call, 1, never_stop);
            for (const int threads : {2, 3, 8}) {
                Room room(p);
                prepared.call.results = room.results;
                run(*kernel, prepared.call, threads, never_stop);
                check(difference(alone, room) == nullptr,
                      std::string(kernel->name) + " " + p.say() + ": the same in threads");
            }
        }
    }
}

}  // namespace
}  // namespace limelight::testing

int main() {
    using namespace limelight::testing;
    Checks check;
    Random random(3);
    for (const auto type : types) {
        drawn(check, random, type);
        apart(check, random, type);
        counts_of_threads(check, random, type);
    }
    return check.result();
}
