// The Python module: arrays and options in, results written where they are wanted.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "limelight/peak.hpp"
#include "limelight/pool.hpp"
#include "python/prepare.hpp"
#include "python/quick.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace limelight {
namespace {

using Array = nb::ndarray<nb::device::cpu>;
using Given = nb::ndarray<nb::ro, nb::device::cpu>;
using Numbers = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Whole = nb::ndarray<const Index, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Tokens = nb::ndarray<const std::int32_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

constexpr Index most_counted = std::numeric_limits<std::int32_t>::max();  // by results

bool is_half(nb::dlpack::dtype type, nb::dlpack::dtype_code code) {
    return type.bits == 16 && type.code == static_cast<std::uint8_t>(code);
}

// NumPy has no bfloat16: its bits come as whole numbers.
Type type_of(const Given& array) {
    const auto type = array.dtype();
    if (type == nb::dtype<double>()) return Type::f64;
    if (type == nb::dtype<float>()) return Type::f32;
    if (type == nb::dtype<bool>()) return Type::boolean;
    if (is_half(type, nb::dlpack::dtype_code::Float)) return Type::f16;
    if (is_half(type, nb::dlpack::dtype_code::Bfloat)) return Type::bf16;
    demand(type == nb::dtype<std::uint16_t>(), "an array is of a type that kernels do not read");
    return Type::bf16;
}

Index size_at(const Given& array, std::size_t from_the_end) {
    return static_cast<Index>(array.shape(array.ndim() - from_the_end));
}

View view_of(const Given& array) {
    return {static_cast<const std::byte*>(array.data()), type_of(array),
            static_cast<Index>(array.itemsize()), {array.shape_ptr(), array.ndim()},
            {array.stride_ptr(), array.ndim()}};
}

void prepare_added(const Call& call, Operand& to, std::vector<Index>& heads,
                   const std::optional<Given>& given) {
    if (!given) return;
    demand(given->ndim() >= 2 && size_at(*given, 2) == call.queries && size_at(*given, 1) == call.keys,
           "what is added does not fit the scores");
    const View view = view_of(*given);
    heads = view.starts();
    demand(static_cast<Index>(heads.size()) == call.heads, "what is added does not fit the heads");
    to = view.operand(heads);
}

const double* for_heads(std::vector<double>& to, const std::optional<Numbers>& given, Index heads) {
    if (!given) return nullptr;
    const auto own = static_cast<Index>(given->shape(0));
    demand(own > 0 || heads == 0, "there is nothing for a head");
    for (Index head = 0; head < heads; head++) to.push_back(given->data()[head % own]);
    return to.data();
}

// The memory of one wanted result, which must be exactly as large as the kernel takes it to be.
template <class T>
void place(T*& to, const nb::dict& results, const char* name, Index count, std::size_t bytes) {
    if (!results.contains(name)) return;
    const auto array = nb::cast<Array>(results[name]);
    Index stride = 1;
    for (std::size_t axis = array.ndim(); axis-- > 0;) {
        demand(count == 0 || array.shape(axis) <= 1 || array.stride(axis) == stride,
               "a result is not contiguous");
        stride *= static_cast<Index>(array.shape(axis));
    }
    demand(stride == count && array.itemsize() == bytes, name);
    to = static_cast<T*>(array.data());
}

void place_results(Call& call, const nb::dict& results) {
    Results& r = call.results;
    const Index rows = call.heads * call.queries;
    const std::size_t element = call.type == Type::f64 ? 8 : call.type == Type::f32 ? 4 : 2;
    const std::size_t statistic = call.type == Type::f64 ? 8 : 4;
    const Index bins = call.heads * call.query_bins * call.key_bins;
    place(r.output, results, "output", rows * call.d_v, element);
    place(r.m, results, "m", rows, statistic);
    place(r.l, results, "l", rows, statistic);
    place(r.lse, results, "lse", rows, statistic);
    place(r.entropy, results, "entropy", rows, statistic);
    place(r.max_logit, results, "max_logit", rows, statistic);
    place(r.sink_mass, results, "sink_mass", rows, statistic);
    place(r.distance, results, "attention_distance", rows, statistic);
    place(r.top_indices, results, "top_indices", rows * call.top, sizeof(std::int32_t));
    place(r.top_weights, results, "top_weights", rows * call.top, statistic);
    place(r.received, results, "received", call.heads * call.keys, sizeof(double));
    place(r.seers, results, "seers", call.heads * call.keys, sizeof(std::int32_t));
    place(r.picture_sum, results, "picture_mean", bins, statistic);
    place(r.picture_max, results, "picture_max", bins, statistic);
    place(r.detected, results, "detected", 4 * call.heads, sizeof(double));
    demand((r.top_indices == nullptr) == (r.top_weights == nullptr) &&
               (r.received == nullptr) == (r.seers == nullptr) &&
               (r.picture_sum == nullptr) == (r.picture_max == nullptr),
           "results belong together");
}

void work(const std::string& name, const Given& q, const Given& k, const Given& v,
          const nb::dict& results, double scale, double softcap, Index left, Index right,
          bool bottom_right, const std::optional<Whole>& lengths, const std::optional<Given>& mask,
          const std::optional<Given>& bias, const std::optional<Numbers>& slopes,
          const std::optional<Numbers>& sinks, const std::optional<Tokens>& tokens, Index top,
          Index query_bins, Index key_bins, int threads, const nb::object& progress) {
    const Kernel& kernel = kernel_named(name);
    Prepared prepared;
    prepared.arrays(view_of(q), view_of(k), view_of(v));
    Call& call = prepared.call;
    call.scale = scale;
    call.softcap = softcap;
    call.left = left < 0 || left > open_side ? open_side : left;
    call.right = right < 0 || right > open_side ? open_side : right;
    call.top = top;
    call.query_bins = query_bins;
    call.key_bins = key_bins;
    const Index heads = size_at(q, 3);
    const Index batch = heads == 0 ? 1 : call.heads / heads;
    if (lengths) demand(static_cast<Index>(lengths->shape(0)) == batch, "lengths do not fit");
    if (call.heads > 0)
        prepared.positions(lengths ? lengths->data() : nullptr, batch, bottom_right);
    prepare_added(call, call.mask, prepared.mask, mask);
    prepare_added(call, call.bias, prepared.bias, bias);
    call.slopes = for_heads(prepared.slopes, slopes, call.heads);
    call.sinks = for_heads(prepared.sinks, sinks, call.heads);
    if (tokens && call.heads > 0) {
        demand(static_cast<Index>(tokens->shape(0)) == batch &&
                   static_cast<Index>(tokens->shape(1)) == call.keys, "tokens do not fit");
        for (Index head = 0; head < call.heads; head++)
            prepared.tokens.push_back(tokens->data() + head / heads * call.keys);
        call.tokens = prepared.tokens.data();
    }
    place_results(call, results);
    demand(call.keys <= most_counted && call.queries <= most_counted, "there are too many tokens");
    if (call.heads == 0 || call.queries == 0) return;
    finish(kernel, call, threads, progress);
}

// By the name of a dtype.
double peak_of(const std::string& kernel, const std::string& type, double seconds) {
    constexpr const char* types[] = {"float64", "float32", "float16", "bfloat16"};
    for (const Type each : {Type::f64, Type::f32, Type::f16, Type::bf16}) {
        if (type != types[static_cast<int>(each)]) continue;
        const Kernel& own = kernel_named(kernel);
        const nb::gil_scoped_release released;
        return peak(own, each, seconds);
    }
    throw nb::value_error("kernels do not compute with that type");
}

std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const Kernel* each : kernels()) found.emplace_back(each->name);
    return found;
}

}  // namespace
}  // namespace limelight

NB_MODULE(_kernel, module) {
    module.doc() = "The compiled kernels of limelight.stream.";
    module.def("kernels", &limelight::names, "The names of the kernels that this machine runs.");
    module.def("available_threads", &limelight::available_threads);
    module.def("attend", &limelight::attend_quickly, "kernel"_a, "q"_a, "k"_a, "v"_a,
               "out"_a.none(), "torch"_a.none(), "scale"_a.none(), "causal"_a, "bottom_right"_a,
               "threads"_a);
    module.def("peak", &limelight::peak_of, "kernel"_a, "dtype"_a, "seconds"_a,
               "What its multiply-adds reach in this thread, in operations a second.");
    module.def("is_set", [](const char* name) {
        const char* value = std::getenv(name);
        return value != nullptr && *value != '\0';
    }, "name"_a);
    module.def("work", &limelight::work, "kernel"_a, "q"_a, "k"_a, "v"_a, "results"_a, nb::kw_only(),
               "scale"_a, "softcap"_a = 0.0, "left"_a = -1, "right"_a = -1,
               "bottom_right"_a = false, "lengths"_a = nb::none(), "mask"_a = nb::none(),
               "bias"_a = nb::none(), "slopes"_a = nb::none(), "sinks"_a = nb::none(),
               "tokens"_a = nb::none(),
               "top"_a = 0, "query_bins"_a = 0, "key_bins"_a = 0, "threads"_a = 0,
               "progress"_a = nb::none());
}
