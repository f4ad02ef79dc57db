// Every kernel of this machine, for every type of elements, computes what attention is.
#include <cstdio>

#include "against_dense.hpp"
#include "draw.hpp"

namespace limelight::testing {
namespace {

Way way_of(Index i) { return i % 2 == 0 ? Way::alone : Way::run; }

Problem of_sizes(Random& random, Type type, Index queries, Index keys, Index d, Index d_v) {
    Problem p;
    p.type = type;
    p.queries = queries, p.keys = keys, p.d = d, p.d_v = d_v;
    fill(random, p);
    return p;
}

// Around the sizes of vectors, blocks and tiles, where one more or one less is another path.
void tokens(Checks& check, Random& random) {
    constexpr Index sizes[] = {0, 1, 7, 15, 16, 17, 47, 48, 49, 63, 64, 65, 130};
    Index i = 0;
    for (const Index queries : sizes) {
        for (const Index keys : sizes) {
            Problem p = of_sizes(random, types[i % 4], queries, keys, 3, 5);
            if (i % 3 != 0) p.right = 0;
            if (i % 3 == 2) p.offsets[0] = keys - queries;
            against_dense(check, p, way_of(i++));
        }
    }
}

void dimensions(Checks& check, Random& random) {
    constexpr Index sizes[] = {1, 3, 8, 64, 65, 512};
    for (const Type type : types) {
        for (const Index d : sizes) {
            const Index d_v = sizes[random.below(6)];
            against_dense(check, of_sizes(random, type, 17, 66, d, d_v), way_of(d_v));
        }
    }
    against_dense(check, of_sizes(random, Type::bf16, 50, 130, 512, 512), Way::run);
    against_dense(check, of_sizes(random, Type::f32, 50, 130, 512, 512), Way::alone);
}

void options(Checks& check, Random& random) {
    for (const Type type : types)
        for (Index i = 0; i < 200; i++) against_dense(check, draw(random, type), way_of(i));
}

void spoil(Room& room, std::size_t piece, std::size_t element) {
    std::byte* to = room.pieces[piece].memory.get() + element * 8;
    double number = get(to, Type::f64);
    Index whole = 0;
    std::memcpy(&whole, to, sizeof whole);
    const std::string name = room.pieces[piece].name;
    number += 0.001, whole += 1;
    if (name == "seers" || name == "top_indices")
        std::memcpy(to, &whole, sizeof whole);
    else
        put(to, Type::f64, number);
}

// One number of each result, changed a little, is noticed.
void faults(Checks& check, Random& random) {
    Problem p = of_sizes(random, Type::f64, 20, 30, 4, 3);
    p.wanted.query_bins = 4, p.wanted.key_bins = 5;
    p.tokens.assign(1, std::vector<std::int32_t>(30, 1));
    const Dense dense(p);
    const auto planted = [&](Checks& own, std::size_t piece, std::size_t element) {
        Prepared prepared(p);
        Room room(p);
        prepared.call.results = room.results;
        work_alone(*kernels()[0], prepared.call, false);
        if (element > 0) spoil(room, piece, element - 1);
        Comparison(own, dense, room, false, "").run();
        return room.pieces[piece].size / 8;
    };
    const std::size_t pieces = Room(p).pieces.size();
    for (std::size_t piece = 0; piece < pieces; piece++) {
        const std::size_t last = planted(check, piece, 0);
        for (const std::size_t element : {std::size_t{1}, last})
            finds_fault(check, Room(p).pieces[piece].name,
                        [&](Checks& own) { planted(own, piece, element); });
    }
}

// One key more than there is: what the address sanitizer is there to see.
int read_beyond() {
    Random random(1);
    const Problem p = of_sizes(random, Type::f32, 8, 8, 4, 4);
    Prepared prepared(p);
    const Index lengths[] = {9};
    prepared.call.keys = 9;
    prepared.call.lengths = lengths;
    Room room(p);
    prepared.call.results.output = room.results.output;
    work_alone(*kernels()[0], prepared.call, false);
    return 0;
}

}  // namespace
}  // namespace limelight::testing

int main(int count, char** /*arguments*/) {
    using namespace limelight::testing;
    if (count > 1) return read_beyond();
    Checks check;
    Random random(1);
    tokens(check, random);
    dimensions(check, random);
    options(check, random);
    faults(check, random);
    return check.result();
}
