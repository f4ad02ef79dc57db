#include "prepare.hpp"

#include <functional>
#include <utility>

#include "limelight/run.hpp"

namespace nb = nanobind;

namespace limelight {
namespace {

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

}  // namespace

void demand(bool holds, const char* what) {
    if (!holds) throw nb::value_error(what);
}

bool View::is_contiguous() const {
    Index expected = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        if (shape[axis] > 1 && strides[axis] != expected) return false;
        expected *= shape[axis];
    }
    return true;
}

std::vector<Index> View::starts() const {
    std::vector<Index> found{0};
    for (std::size_t axis = 0; axis + 2 < shape.size(); axis++) {
        if (shape[axis] == 1) continue;
        std::vector<Index> next;
        next.reserve(found.size() * static_cast<std::size_t>(shape[axis]));
        for (const Index start : found)
            for (Index i = 0; i < shape[axis]; i++)
                next.push_back(start + i * strides[axis] * bytes);
        found = std::move(next);
    }
    return found;
}

Operand View::operand(const std::vector<Index>& heads) const {
    return {data, heads.data(), stride(2), stride(1), type};
}

void Prepared::arrays(const View& q_given, const View& k_given, const View& v_given) {
    demand(q_given.shape.size() >= axes && k_given.shape.size() == q_given.shape.size() &&
               v_given.shape.size() == q_given.shape.size(),
           "too few axes");
    call.queries = q_given.size(2);
    call.keys = k_given.size(2);
    call.d = q_given.size(1);
    call.d_v = v_given.size(1);
    demand(k_given.size(1) == call.d && v_given.size(2) == call.keys,
           "arrays do not fit each other");
    q = q_given.starts();
    const std::vector<Index> k_starts = k_given.starts(), v_starts = v_given.starts();
    call.heads = static_cast<Index>(q.size());
    call.key_heads = static_cast<Index>(k_starts.size());
    const Index heads = q_given.size(3), shared = k_given.size(3);
    demand(k_starts.size() == v_starts.size() && (call.heads == 0 || shared > 0) &&
               (shared == 0 || heads % shared == 0) &&
               (shared == 0 || call.heads / heads * shared == call.key_heads),
           "heads do not fit each other");
    for (std::vector<Index>* each : {&key_head, &k, &v}) each->reserve(q.size());
    for (Index head = 0; head < call.heads; head++) {
        const Index own = head / heads * shared + head % heads * shared / heads;
        key_head.push_back(own);
        k.push_back(k_starts[static_cast<std::size_t>(own)]);
        v.push_back(v_starts[static_cast<std::size_t>(own)]);
    }
    call.q = q_given.operand(q);
    call.k = k_given.operand(k);
    call.v = v_given.operand(v);
    call.type = call.q.type;
    demand(call.type != Type::boolean && call.k.type == call.type && call.v.type == call.type,
           "arrays are of different types");
    call.key_head = key_head.data();
}

void Prepared::positions(const Index* given, Index batch, bool bottom_right) {
    for (std::vector<Index>* each : {&lengths, &offsets}) each->reserve(q.size());
    for (Index head = 0; head < call.heads; head++) {
        const Index length = given != nullptr ? given[head / (call.heads / batch)] : call.keys;
        demand(length >= 0 && length <= call.keys, "a length is out of range");
        lengths.push_back(length);
        offsets.push_back(bottom_right ? length - call.queries : 0);
    }
    call.lengths = lengths.data();
    call.offsets = offsets.data();
}

const Kernel& kernel_named(const std::string& name) {
    for (const Kernel* each : kernels())
        if (name == each->name) return *each;
    throw nb::value_error("this machine does not run that kernel");
}

void finish(const Kernel& kernel, const Call& call, int threads, const nb::object& progress) {
    const Watcher watcher(progress);
    const Watch watch = std::cref(watcher);  // copied without the interpreter, so not by value
    bool finished = false;
    {
        const nb::gil_scoped_release released;
        finished = run(kernel, call, threads, watch);
    }
    if (!finished) throw nb::python_error();
}

}  // namespace limelight
