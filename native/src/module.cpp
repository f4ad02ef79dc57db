// The Python module: arrays and options in, results written where they are wanted.
//
// Python has checked everything that a caller can get wrong; what is checked here keeps the
// kernel within the memory of its arrays.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "limelight/pool.hpp"
#include "limelight/run.hpp"

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

constexpr std::size_t axes = 3;  // heads, tokens, dim

void demand(bool holds, const char* what) {
    if (!holds) throw nb::value_error(what);
}

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

// Where each head begins, in bytes, the last of the leading axes running fastest.
std::vector<Index> starts(const Given& array) {
    const auto bytes = static_cast<Index>(array.itemsize());
    std::vector<Index> found{0};
    for (std::size_t axis = 0; axis + 2 < array.ndim(); axis++) {
        std::vector<Index> next;
        next.reserve(found.size() * array.shape(axis));
        for (const Index start : found)
            for (std::size_t i = 0; i < array.shape(axis); i++)
                next.push_back(start + static_cast<Index>(i) * array.stride(axis) * bytes);
        found = std::move(next);
    }
    return found;
}

Operand operand(const Given& array, const std::vector<Index>& heads) {
    const auto bytes = static_cast<Index>(array.itemsize());
    Operand found;
    found.data = static_cast<const std::byte*>(array.data());
    found.heads = heads.data();
    found.row = array.stride(array.ndim() - 2) * bytes;
    found.column = array.stride(array.ndim() - 1) * bytes;
    found.type = type_of(array);
    return found;
}

// A call, and the lists that it points into.
struct Prepared {
    Call call;
    std::vector<Index> q, k, v, mask, bias, key_head, lengths, offsets;
    std::vector<double> slopes, sinks;
    std::vector<const std::int32_t*> tokens;
    std::vector<Given> kept;
};

void prepare_arrays(Prepared& to, const Given& q, const Given& k, const Given& v) {
    demand(q.ndim() >= axes && k.ndim() == q.ndim() && v.ndim() == q.ndim(), "too few axes");
    Call& call = to.call;
    call.queries = size_at(q, 2);
    call.keys = size_at(k, 2);
    call.d = size_at(q, 1);
    call.d_v = size_at(v, 1);
    demand(size_at(k, 1) == call.d && size_at(v, 2) == call.keys, "arrays do not fit each other");
    to.q = starts(q);
    const std::vector<Index> k_starts = starts(k), v_starts = starts(v);
    call.heads = static_cast<Index>(to.q.size());
    call.key_heads = static_cast<Index>(k_starts.size());
    const Index heads = size_at(q, 3), shared = size_at(k, 3);
    demand(k_starts.size() == v_starts.size() && (call.heads == 0 || shared > 0) &&
               (shared == 0 || heads % shared == 0) &&
               (shared == 0 || call.heads / heads * shared == call.key_heads),
           "heads do not fit each other");
    for (Index head = 0; head < call.heads; head++) {
        const Index own = head / heads * shared + head % heads * shared / heads;
        to.key_head.push_back(own);
        to.k.push_back(k_starts[static_cast<std::size_t>(own)]);
        to.v.push_back(v_starts[static_cast<std::size_t>(own)]);
    }
    call.q = operand(q, to.q);
    call.k = operand(k, to.k);
    call.v = operand(v, to.v);
    call.type = call.q.type;
    demand(call.type != Type::boolean && call.k.type == call.type && call.v.type == call.type,
           "arrays are of different types");
    call.key_head = to.key_head.data();
}

void prepare_added(Prepared& to, Operand& operand_to, std::vector<Index>& heads,
                   const std::optional<Given>& given) {
    if (!given) return;
    const Call& call = to.call;
    demand(given->ndim() >= 2 && size_at(*given, 2) == call.queries && size_at(*given, 1) == call.keys,
           "what is added does not fit the scores");
    heads = starts(*given);
    demand(static_cast<Index>(heads.size()) == call.heads, "what is added does not fit the heads");
    operand_to = operand(*given, heads);
}

void prepare_positions(Prepared& to, const std::optional<Whole>& lengths, bool bottom_right,
                       Index batch) {
    Call& call = to.call;
    if (lengths) demand(static_cast<Index>(lengths->shape(0)) == batch, "lengths do not fit");
    for (Index head = 0; head < call.heads; head++) {
        const Index entry = head / (call.heads / batch);
        const Index length = lengths ? lengths->data()[entry] : call.keys;
        demand(length >= 0 && length <= call.keys, "a length is out of range");
        to.lengths.push_back(length);
        to.offsets.push_back(bottom_right ? length - call.queries : 0);
    }
    call.lengths = to.lengths.data();
    call.offsets = to.offsets.data();
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

const Kernel& kernel_named(const std::string& name) {
    for (const Kernel* each : kernels())
        if (name == each->name) return *each;
    throw nb::value_error("this machine does not run that kernel");
}

// Runs what Python does now and then: signals, and the caller's progress.
class Watcher {
public:
    explicit Watcher(nb::object progress) : progress_(std::move(progress)) {}

    bool operator()(Index done, Index all) const {
        const nb::gil_scoped_acquire gil;
        if (PyErr_CheckSignals() != 0) return false;
        if (progress_.is_none()) return true;
        PyObject* answer =
            PyObject_CallFunction(progress_.ptr(), "LL", static_cast<long long>(done),
                                  static_cast<long long>(all));
        Py_XDECREF(answer);
        return answer != nullptr;
    }

private:
    nb::object progress_;
};

// Works without the interpreter, so that other threads of it go on.
void finish(const Kernel& kernel, const Call& call, int threads, const nb::object& progress) {
    const Watcher watcher(progress);
    const Watch watch = std::cref(watcher);  // copied without the interpreter, so not by value
    bool finished = false;
    {
        const nb::gil_scoped_release released;
        finished = run(kernel, call, threads > 0 ? threads : available_threads(), watch);
    }
    if (!finished) throw nb::python_error();
}

void work(const std::string& name, const Given& q, const Given& k, const Given& v,
          const nb::dict& results, double scale, double softcap, Index left, Index right,
          bool bottom_right, const std::optional<Whole>& lengths, const std::optional<Given>& mask,
          const std::optional<Given>& bias, const std::optional<Numbers>& slopes,
          const std::optional<Numbers>& sinks, const std::optional<Tokens>& tokens, Index top,
          Index query_bins, Index key_bins, int threads, const nb::object& progress) {
    const Kernel& kernel = kernel_named(name);
    Prepared prepared;
    prepare_arrays(prepared, q, k, v);
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
    if (call.heads > 0) prepare_positions(prepared, lengths, bottom_right, batch);
    prepare_added(prepared, call.mask, prepared.mask, mask);
    prepare_added(prepared, call.bias, prepared.bias, bias);
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

// The common case, with as little around it as can be: False where it is not that case, and the
// long way finds out why.
bool attend(const std::string& name, nb::handle q_given, nb::handle k_given, nb::handle v_given,
            nb::handle out_given, double scale, bool causal, bool bottom_right, int threads) {
    Given q, k, v;
    Array out;
    if (!nb::try_cast(q_given, q) || !nb::try_cast(k_given, k) || !nb::try_cast(v_given, v) ||
        !nb::try_cast(out_given, out))
        return false;
    const auto type = q.dtype();
    if (type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Bool) ||
        v.dtype() != type || q.ndim() < axes || size_at(q, 1) == 0)
        return false;
    for (std::size_t axis = 0; axis + axes < q.ndim(); axis++)
        if (k.ndim() != q.ndim() || v.ndim() != q.ndim() || k.shape(axis) != q.shape(axis) ||
            v.shape(axis) != q.shape(axis))
            return false;
    Prepared prepared;
    try {
        prepare_arrays(prepared, q, k, v);
    } catch (const nb::builtin_exception&) {
        return false;
    }
    Call& call = prepared.call;
    if (call.heads == 0 || call.queries == 0) return false;
    call.scale = scale;
    call.right = causal ? 0 : open_side;
    prepare_positions(prepared, std::nullopt, bottom_right, 1);
    nb::dict results;
    results["output"] = out;
    place_results(call, results);
    finish(kernel_named(name), call, threads, nb::none());
    return true;
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
    module.def("attend", &limelight::attend, "kernel"_a, "q"_a, "k"_a, "v"_a, "out"_a, "scale"_a,
               "causal"_a, "bottom_right"_a, "threads"_a);
    module.def("work", &limelight::work, "kernel"_a, "q"_a, "k"_a, "v"_a, "results"_a, nb::kw_only(),
               "scale"_a, "softcap"_a = 0.0, "left"_a = -1, "right"_a = -1,
               "bottom_right"_a = false, "lengths"_a = nb::none(), "mask"_a = nb::none(),
               "bias"_a = nb::none(), "slopes"_a = nb::none(), "sinks"_a = nb::none(),
               "tokens"_a = nb::none(),
               "top"_a = 0, "query_bins"_a = 0, "key_bins"_a = 0, "threads"_a = 0,
               "progress"_a = nb::none());
}
