#include "limelight/split.hpp"

#include <algorithm>
#include <cmath>

#include "isa/finish.hpp"

namespace limelight {
namespace {

// Enough for the threads of a large machine, and each worth its start.
constexpr Index most_pieces = 64;
constexpr Index least_keys = 2048;
constexpr Index whole_tiles = 64;
constexpr Index statistics = 5;

// What can be merged over keys.
bool can_divide(const Results& r) {
    return r.top_indices == nullptr && r.received == nullptr && r.picture_sum == nullptr &&
           r.detected == nullptr && r.distance == nullptr && r.sink_mass == nullptr;
}

Index parts_of(const Call& call, Index blocks) {
    if (!can_divide(call.results)) return 1;
    return most(Index{1}, least(most_pieces / most(Index{1}, call.heads * blocks),
                                call.keys / least_keys));
}

Operand from_key(Operand operand, Index first, Index stride) {
    if (operand) operand.data += first * stride;
    return operand;
}

template <class T> T at(const void* statistic, Index row) {
    return static_cast<const T*>(statistic)[row];
}

}  // namespace

Split::Split(const Call& call, Index blocks) : call_(call) {
    const Index parts = parts_of(call, blocks);
    if (parts == 1) return;
    const Index keys = divide_up(divide_up(call.keys, parts), whole_tiles) * whole_tiles;
    parts_.resize(static_cast<std::size_t>(divide_up(call.keys, keys)));
    for (Index number = 0; number < size(); number++)
        prepare(parts_[static_cast<std::size_t>(number)], number * keys,
                least(keys, call.keys - number * keys));
}

void Split::prepare(Part& part, Index first, Index keys) const {
    Call& own = part.call;
    own = call_;
    own.keys = keys;
    own.k = from_key(own.k, first, own.k.row);
    own.v = from_key(own.v, first, own.v.row);
    own.mask = from_key(own.mask, first, own.mask.column);
    own.bias = from_key(own.bias, first, own.bias.column);
    for (Index head = 0; head < call_.heads; head++) {
        part.offsets.push_back(call_.offsets[head] - first);
        part.lengths.push_back(most(Index{0}, least(keys, call_.lengths[head] - first)));
    }
    own.offsets = part.offsets.data();
    own.lengths = part.lengths.data();
    own.sinks = nullptr;  // they belong to no part
    // Rounded to 16 bits once, at the end.
    own.type = call_.type == Type::f64 ? Type::f64 : Type::f32;
    const Results& asked = call_.results;
    Results& r = own.results = {};
    const Index rows = call_.heads * call_.queries;
    const Index columns = asked.output == nullptr ? 0 : call_.d_v;
    part.room.resize(static_cast<std::size_t>(rows * (statistics + columns) * size_of(own.type)));
    std::byte* free = part.room.data();
    const auto place = [&](void*& to, Index count) {
        to = free;
        free += rows * count * size_of(own.type);
    };
    for (void** each : {&r.m, &r.l, &r.lse}) place(*each, 1);
    if (asked.entropy != nullptr) place(r.entropy, 1);
    if (asked.max_logit != nullptr) place(r.max_logit, 1);
    if (asked.output != nullptr) place(r.output, columns);
}

void Split::finish() {
    if (parts_.empty()) return;
    call_.type == Type::f64 ? merge<double>() : merge<float>();
}

template <class T> void Split::merge() {
    std::vector<T> output(static_cast<std::size_t>(call_.d_v));
    for (Index head = 0; head < call_.heads; head++)
        for (Index query = 0; query < call_.queries; query++)
            merge_row(head, query, output.data());
}

// With w the weight of a part, h its entropy and L = Σ w, the entropy is Σ w (h - ln w) / L + ln L.
template <class T> void Split::merge_row(Index head, Index query, T* output) {
    const Index row = head * call_.queries + query;
    struct Sum {
        double m, l;
    };
    // What a float holds of l may be nothing where m is huge; then lse has all that there is.
    const auto sum_of = [row](const Results& r) {
        const Sum own{at<T>(r.m, row), at<T>(r.l, row)};
        const double lse = at<T>(r.lse, row);
        const bool holds = own.l != 0 && std::isfinite(own.l);
        return holds || !std::isfinite(lse) ? own : Sum{lse, 1};
    };
    RowState whole;
    for (const Part& part : parts_) {
        const Results& r = part.call.results;
        whole.m = std::fmax(whole.m, sum_of(r).m);
        if (r.max_logit != nullptr)
            whole.largest = std::fmax(whole.largest, double{at<T>(r.max_logit, row)});
    }
    std::fill_n(output, call_.d_v, T{0});
    double surprise = 0;
    for (const Part& part : parts_) {
        const Results& r = part.call.results;
        const Sum own = sum_of(r);
        if (own.l == 0) continue;
        const double weight = own.l * std::exp(own.m - whole.m);
        whole.l += weight;
        // A part's entropy is relative to its own sum.
        if (r.entropy != nullptr && weight != 0)
            surprise += weight * (at<T>(r.entropy, row) - std::log(weight));
        if (r.output == nullptr) continue;
        const T* values = static_cast<const T*>(r.output) + row * call_.d_v;
        for (Index i = 0; i < call_.d_v; i++) output[i] += static_cast<T>(weight) * values[i];
    }
    whole.e = -surprise;
    const double share = finish_row(call_, head, query, whole, sizeof(T) == sizeof(double));
    if (call_.results.output == nullptr) return;
    for (Index i = 0; i < call_.d_v; i++)
        output[i] = share == 0 ? T{0} : static_cast<T>(output[i] * share);
    write_row<T>(output, call_.d_v, call_.type,
                 static_cast<std::byte*>(call_.results.output) +
                     row * call_.d_v * size_of(call_.type));
}

}  // namespace limelight
