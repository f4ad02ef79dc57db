#include "quick.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "prepare.hpp"

namespace nb = nanobind;

namespace limelight {
namespace {

constexpr Index most_tokens = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t most_axes = 8;

// Thrown where an array needs care, or is none.
struct NotPlain {};

void demand_plain(bool holds) {
    if (!holds) throw NotPlain{};
}

nb::object owned(PyObject* object) {
    if (object == nullptr) throw nb::python_error();
    return nb::steal(object);
}

nb::object attribute(nb::handle of, PyObject* name) {
    return owned(PyObject_GetAttr(of.ptr(), name));
}

nb::object called(nb::handle of, PyObject* name) {
    return owned(PyObject_CallMethodNoArgs(of.ptr(), name));
}

// Looked up once: an attribute is found by it in half the time.
PyObject* interned(const char* name) {
    PyObject* made = PyUnicode_InternFromString(name);
    if (made == nullptr) throw nb::python_error();
    return made;
}

PyObject* taken(nb::handle module, const char* name) {
    return nb::getattr(module, name).release().ptr();
}

// What is asked of NumPy and of torch; kept for as long as the process lives. The interpreter's
// lock is what guards it: a lock of its own, held while Python works, could wait for that for ever.
struct Numpy {
    PyObject *array, *empty, *empty_like;

    static const Numpy& get() {
        static const Numpy* found = nullptr;
        if (found == nullptr) {
            const nb::module_ module = nb::module_::import_("numpy");
            found = new Numpy{taken(module, "ndarray"), taken(module, "empty"),
                              taken(module, "empty_like")};
        }
        return *found;
    }
};

struct Torch {
    PyObject *tensor, *strided, *empty_like;
    std::array<PyObject*, 4> types;  // by Type

    static const Torch& get(nb::handle module) {
        static const Torch* found = nullptr;
        if (found == nullptr)
            found = new Torch{taken(module, "Tensor"), taken(module, "strided"),
                              taken(module, "empty_like"),
                              {taken(module, "float64"), taken(module, "float32"),
                               taken(module, "float16"), taken(module, "bfloat16")}};
        return *found;
    }
};

// An array as it lies in memory, held as long as this lives.
class Plain {
public:
    Plain() = default;
    Plain(const Plain&) = delete;
    Plain& operator=(const Plain&) = delete;
    ~Plain() {
        if (buffer_.obj != nullptr) PyBuffer_Release(&buffer_);
    }

    // By the buffer protocol; numbers in another order of bytes have another format.
    void read_array(nb::handle array, bool writes) {
        const int flags = PyBUF_STRIDES | PyBUF_FORMAT | (writes ? PyBUF_WRITABLE : 0);
        if (PyObject_GetBuffer(array.ptr(), &buffer_, flags) != 0) throw nb::python_error();
        demand_plain(buffer_.format[0] != '\0' && buffer_.format[1] == '\0');
        const char format = buffer_.format[0];
        demand_plain(format == 'd' || format == 'f' || format == 'e');
        view.type = format == 'd' ? Type::f64 : format == 'f' ? Type::f32 : Type::f16;
        view.data = static_cast<const std::byte*>(buffer_.buf);
        view.bytes = buffer_.itemsize;
        take_axes(buffer_.ndim, [&](std::size_t axis) {
            demand_plain(buffer_.strides[axis] % buffer_.itemsize == 0);
            return std::pair{buffer_.shape[axis], buffer_.strides[axis] / buffer_.itemsize};
        });
    }

    // By its own word: DLPack hands over what is negated lazily as if it were not.
    void read_tensor(nb::handle tensor, const Torch& torch) {
        static PyObject* const layout = interned("layout");
        static PyObject* const is_cpu = interned("is_cpu");
        static PyObject* const is_neg = interned("is_neg");
        static PyObject* const dtype = interned("dtype");
        static PyObject* const shape_name = interned("shape");
        static PyObject* const stride = interned("stride");
        demand_plain(attribute(tensor, layout).ptr() == torch.strided &&
                     attribute(tensor, is_cpu).ptr() == Py_True &&
                     called(tensor, is_neg).ptr() == Py_False);
        const nb::object type = attribute(tensor, dtype);
        const auto* known = std::find(torch.types.begin(), torch.types.end(), type.ptr());
        demand_plain(known != torch.types.end());
        view.type = static_cast<Type>(known - torch.types.begin());
        view.bytes = view.type == Type::f64 ? 8 : view.type == Type::f32 ? 4 : 2;
        const nb::object shape = attribute(tensor, shape_name), strides = called(tensor, stride);
        demand_plain(PyTuple_Check(shape.ptr()) && PyTuple_Check(strides.ptr()) &&
                     PyTuple_GET_SIZE(shape.ptr()) == PyTuple_GET_SIZE(strides.ptr()));
        take_axes(PyTuple_GET_SIZE(shape.ptr()), [&](std::size_t axis) {
            return std::pair{item(shape, axis), item(strides, axis)};
        });
        view.data = address_of(tensor);
    }

    // Torch keeps no memory where all is known to be 0.
    static std::byte* address_of(nb::handle tensor) {
        static PyObject* const data_ptr = interned("data_ptr");
        const nb::object number = called(tensor, data_ptr);
        void* address = PyLong_AsVoidPtr(number.ptr());
        if (PyErr_Occurred() != nullptr) throw nb::python_error();
        demand_plain(address != nullptr);
        return static_cast<std::byte*>(address);
    }

    View view;

private:
    static std::int64_t item(const nb::object& tuple, std::size_t axis) {
        const long long found =
            PyLong_AsLongLong(PyTuple_GET_ITEM(tuple.ptr(), static_cast<Py_ssize_t>(axis)));
        if (found == -1 && PyErr_Occurred() != nullptr) throw nb::python_error();
        return found;
    }

    template <class Axis> void take_axes(Py_ssize_t count, Axis axis) {
        const auto size = static_cast<std::size_t>(count);
        demand_plain(size >= axes && size <= most_axes);
        for (std::size_t i = 0; i < size; i++) {
            const auto [size_of_axis, stride] = axis(i);
            shape_[i] = size_of_axis;
            strides_[i] = stride;
            demand_plain(shape_[i] > 0);
        }
        view.shape = {shape_.data(), size};
        view.strides = {strides_.data(), size};
    }

    std::array<std::int64_t, most_axes> shape_{}, strides_{};
    Py_buffer buffer_{};
};

// Where its first byte lies, and behind its last.
std::pair<const std::byte*, const std::byte*> extent(const View& view) {
    const std::byte *first = view.data, *last = view.data + view.bytes;
    for (std::size_t axis = 1; axis <= view.shape.size(); axis++) {
        const Index reach = (view.size(axis) - 1) * view.stride(axis);
        (reach < 0 ? first : last) += reach;
    }
    return {first, last};
}

bool overlap(const View& a, const View& b) {
    const auto [first, last] = extent(a);
    const auto [other_first, other_last] = extent(b);
    return first < other_last && other_first < last;
}

// Of one kind: what they are is asked of q alone.
class Reader {
public:
    Reader(nb::handle q, nb::handle torch) : kind_(Py_TYPE(q.ptr())) {
        if (is(Numpy::get().array)) return;
        demand_plain(!torch.is_none());
        torch_ = &Torch::get(torch);
        demand_plain(is(torch_->tensor));
    }

    void read(nb::handle array, Plain& to, bool writes = false) const {
        demand_plain(Py_TYPE(array.ptr()) == kind_);
        torch_ != nullptr ? to.read_tensor(array, *torch_) : to.read_array(array, writes);
    }

    // A new array for the result, and where it lies.
    std::pair<nb::object, std::byte*> room(nb::handle q, const View& view, Index columns) const {
        const bool same = view.is_contiguous() && view.size(1) == columns;
        nb::object made = same ? owned(PyObject_CallOneArg(empty_like(), q.ptr()))
                               : other_room(q, view, columns);
        demand_plain(Py_TYPE(made.ptr()) == kind_);
        if (torch_ != nullptr) return {made, Plain::address_of(made)};
        Plain plain;
        plain.read_array(made, true);
        return {made, const_cast<std::byte*>(plain.view.data)};
    }

private:
    PyObject* empty_like() const {
        return torch_ != nullptr ? torch_->empty_like : Numpy::get().empty_like;
    }

    nb::object other_room(nb::handle q, const View& view, Index columns) const {
        nb::list shape;
        for (std::size_t axis = view.shape.size(); axis > 1; axis--) shape.append(view.size(axis));
        shape.append(columns);
        if (torch_ != nullptr) return q.attr("new_empty")(shape);
        return nb::handle(Numpy::get().empty)(shape, q.attr("dtype"));
    }

    bool is(PyObject* type) const { return reinterpret_cast<PyObject*>(kind_) == type; }

    PyTypeObject* kind_;
    const Torch* torch_ = nullptr;
};

bool fits(const View& out, const View& q, Index columns) {
    return out.type == q.type && out.is_contiguous() && out.shape.size() == q.shape.size() &&
           std::equal(q.shape.begin(), q.shape.end() - 1, out.shape.begin()) &&
           out.size(1) == columns;
}

struct Arrays {
    Plain q, k, v, out;
    nb::object result;
    std::byte* to = nullptr;

    Arrays(nb::handle q_given, nb::handle k_given, nb::handle v_given, nb::handle out_given,
           nb::handle torch) {
        const Reader reader(q_given, torch);
        reader.read(q_given, q);
        reader.read(k_given, k);
        reader.read(v_given, v);
        const std::size_t batch = q.view.shape.size() - axes;
        for (const Plain* each : {&k, &v})
            demand_plain(each->view.shape.size() == q.view.shape.size() &&
                         std::equal(each->view.shape.begin(), each->view.shape.begin() + batch,
                                    q.view.shape.begin()) &&
                         each->view.type == q.view.type);
        demand_plain(q.view.size(2) <= most_tokens && k.view.size(2) <= most_tokens);
        if (out_given.is_none()) {
            std::tie(result, to) = reader.room(q_given, q.view, v.view.size(1));
            return;
        }
        reader.read(out_given, out, true);
        demand_plain(fits(out.view, q.view, v.view.size(1)));
        for (const Plain* each : {&q, &k, &v}) demand_plain(!overlap(each->view, out.view));
        result = nb::borrow(out_given);
        to = const_cast<std::byte*>(out.view.data);
    }
};

}  // namespace

nb::object attend_quickly(const std::string& kernel, nb::handle q, nb::handle k, nb::handle v,
                          nb::handle out, nb::handle torch, std::optional<double> scale, bool causal,
                          bool bottom_right, int threads) {
    const Kernel& chosen = kernel_named(kernel);
    std::optional<Arrays> arrays;
    Prepared prepared;
    try {
        arrays.emplace(q, k, v, out, torch);
        prepared.arrays(arrays->q.view, arrays->k.view, arrays->v.view);
    } catch (const NotPlain&) {
        return nb::none();
    } catch (const nb::builtin_exception&) {
        return nb::none();
    } catch (const nb::python_error& error) {
        if (!error.matches(PyExc_Exception)) throw;
        return nb::none();
    }
    Call& call = prepared.call;
    call.scale = scale ? *scale : 1 / std::sqrt(static_cast<double>(call.d));
    call.right = causal ? 0 : open_side;
    prepared.positions(nullptr, 1, bottom_right);
    call.results.output = arrays->to;
    finish(chosen, call, threads, nb::none());
    return std::move(arrays->result);
}

}  // namespace limelight
