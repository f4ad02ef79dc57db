// A problem to be worked: numbers as they are meant, and from these a call with its arrays.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "random.hpp"

namespace limelight::testing {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

inline std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// Of every statistic whether it is wanted.
struct Wanted {
    bool output = true, m = true, l = true, lse = true, entropy = true, max_logit = true,
         sink_mass = true, distance = true, received = true, detected = true;
    Index top = 5;
    Index query_bins = 0, key_bins = 0;  // 0 where there is no picture
};

struct Problem {
    Type type = Type::f32;
    Index heads = 1, key_heads = 1, queries = 1, keys = 1, d = 1, d_v = 1;
    std::vector<Matrix> q, k, v;        // of each head; k and v of each key head
    std::vector<Matrix> mask, bias;     // none, or of one head or all; a side of 1 is repeated
    Type mask_type = Type::boolean, bias_type = Type::f32;
    Layout layout_q = Layout::tight, layout_k = Layout::tight, layout_v = Layout::tight,
           layout_added = Layout::tight;
    std::vector<Index> key_head, lengths, offsets;        // of each head
    std::vector<double> slopes, sinks;                    // of each head, or none
    std::vector<std::vector<std::int32_t>> tokens;        // of each head, or none
    Index left = open_side, right = open_side;
    double scale = 1, softcap = 0;
    Wanted wanted;
    bool exact = false;  // scores come out exactly in every type, so that ties are ties

    std::string say() const {
        const auto list = [](const char* name, auto... numbers) {
            std::string said = std::string(" ") + name;
            for (const auto& each : {std::to_string(numbers)...}) said += " " + each;
            return said;
        };
        std::string said = name_of(type) + list("heads", heads, key_heads) +
                           list("queries", queries) + list("keys", keys) + list("d", d, d_v) +
                           list("layouts", int(layout_q), int(layout_k), int(layout_v)) +
                           list("scale", scale);
        if (left != open_side) said += list("left", left);
        if (right != open_side) said += list("right", right);
        if (heads > 0) said += list("offset", offsets[0]) + list("length", lengths[0]);
        if (!mask.empty()) said += std::string(" mask ") + name_of(mask_type);
        if (!bias.empty()) said += std::string(" bias ") + name_of(bias_type);
        if (!slopes.empty()) said += " slopes";
        if (!sinks.empty()) said += " sinks";
        if (softcap != 0) said += list("softcap", softcap);
        return said + (exact ? " exact" : "");
    }
};

// A call that points into arrays of its own, as the problem lays them out.
class Prepared {
public:
    explicit Prepared(const Problem& p)
        : q_(p.type, p.layout_q, p.q), k_(p.type, p.layout_k, p.k), v_(p.type, p.layout_v, p.v),
          mask_(p.mask_type, p.layout_added, p.mask), bias_(p.bias_type, p.layout_added, p.bias) {
        for (Index head = 0; head < p.heads; head++) each_.push_back(head);
        call.heads = p.heads, call.key_heads = p.key_heads;
        call.queries = p.queries, call.keys = p.keys;
        call.d = p.d, call.d_v = p.d_v, call.type = p.type;
        call.q = q_.operand(each_);
        call.k = k_.operand(p.key_head);
        call.v = v_.operand(p.key_head);
        if (!p.mask.empty()) call.mask = added(mask_, p.mask[0], p);
        if (!p.bias.empty()) call.bias = added(bias_, p.bias[0], p);
        call.key_head = p.key_head.data();
        call.lengths = p.lengths.data();
        call.offsets = p.offsets.data();
        if (!p.slopes.empty()) call.slopes = p.slopes.data();
        if (!p.sinks.empty()) call.sinks = p.sinks.data();
        for (const auto& each : p.tokens) tokens_.push_back(each.data());
        if (!p.tokens.empty()) call.tokens = tokens_.data();
        call.left = p.left, call.right = p.right;
        call.scale = p.scale, call.softcap = p.softcap;
        call.top = p.wanted.top;
        call.query_bins = p.wanted.query_bins, call.key_bins = p.wanted.key_bins;
    }
    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;

    Call call;

private:
    Operand added(Array& array, const Matrix& own, const Problem& p) {
        return array.operand(each_, own.rows == 1 && p.queries != 1,
                             own.columns == 1 && p.keys != 1);
    }

    Array q_, k_, v_, mask_, bias_;
    std::vector<Index> each_;
    std::vector<const std::int32_t*> tokens_;
};

}  // namespace limelight::testing
