// What takes finished rows: every weight once more, p = e^(s-m) / l, while the strip is at hand.
#pragma once

#include "view.hpp"

namespace limelight {
namespace {

template <class Feed> class Sweep {
public:
    using V = View<Feed>;
    using M = typename V::M;
    using T = typename V::T;
    using L = typename V::L;
    using Vector = typename V::Vector;
    using Integers = typename V::Integers;
    using Integer = typename L::Integer;
    using Isa = typename Feed::Isa;

    explicit Sweep(V& view)
        : view_(view), call_(view.call), scratch_(view.scratch), results_(call_.results) {}

    // Goes over the strip; what it adds up stays in scratch until `hand_in`.
    void run() {
        if (results_.picture_sum != nullptr) clear_bins();
        if (results_.detected != nullptr) read_tokens();
        with_count<M::vectors>(static_cast<int>(divide_up(view_.rows, M::width)), [&](auto c) {
            for (Index at = view_.begin, number = 0; at < view_.end; at += M::keys, number++)
                tile<c.value>(at, least(Index{M::keys}, view_.end - at), number);
            if (results_.picture_sum != nullptr) add_waiting<c.value>();
        });
    }

    // Adds to the results of the head, in the order of blocks, whichever thread worked them.
    void hand_in() {
        const Index head = view_.head, first = head * call_.keys;
        if (results_.received != nullptr) {
            for (Index key = view_.begin; key < view_.end; key++) {
                results_.received[first + key] += scratch_.received[key];
                results_.seers[first + key] += scratch_.seers[key];
            }
        }
        if (results_.picture_sum != nullptr) hand_in_bins();
        if (results_.detected != nullptr) {
            double mass = 0;
            for (Index row = 0; row < view_.rows; row++) mass += scratch_.mass[row];
            double* to = results_.detected + 4 * head;
            for (int i = 0; i < 3; i++) to[i] += detected_[i];
            to[3] += mass;
        }
    }

private:
    template <int C> void tile(Index at, Index count, Index number) {
        Vector factor[C];
        for (int c = 0; c < C; c++) factor[c] = view_.factor_of(number, c);
        T* weights = scratch_.s + number * M::keys * M::rows;
        if (view_.tells_hidden()) clear_hidden<C>(weights, factor);
        if (results_.detected != nullptr) detect<C>(at, count, weights, factor);
        if (results_.picture_sum != nullptr)
            pool<C>(at, count, weights, factor);
        else if (results_.received != nullptr)
            receive<C>(at, count, weights, factor);
    }

    // In a row of NaN a hidden key still weighs 0.
    template <int C> static void clear_hidden(T* weights, Vector* factor) {
        for (Index j = 0; j < M::keys; j++) {
            for (int c = 0; c < C; c++) {
                T* at = weights + j * M::rows + c * M::width;
                const Vector own = L::load(at);
                L::store(at, V::is_hidden(own) ? Vector{} : own * factor[c]);
            }
        }
        for (int c = 0; c < C; c++) factor[c] = L::all(1);
    }

    template <int C>
    void receive(Index at, Index count, const T* weights, const Vector* factor) {
        for (Index j = 0; j < count; j += M::width) {
            Vector x[M::width];
#pragma GCC unroll 16
            for (int n = 0; n < M::width; n++) {
                const T* own = weights + (j + n) * M::rows;
                x[n] = L::load(own) * factor[0];
#pragma GCC unroll 4
                for (int c = 1; c < C; c++) x[n] += L::load(own + c * M::width) * factor[c];
            }
            L::store(scratch_.received + at + j, sums<Isa, T>(x));
        }
    }

    // Keys from one border of bins to the next; received on the way, where it is wanted.
    template <int C> void pool(Index at, Index count, const T* weights, const Vector* factor) {
        const bool receives = results_.received != nullptr;
        for (Index j = 0; j < count;) {
            while (border_ <= at + j) {
                bin_++;
                border_ = start_of(bin_ + 1, call_.key_bins, call_.keys);
            }
            const Index bin = bin_;
            const Index to = least(count, border_ - at);
            Vector sum[C], largest[C];
            for (int c = 0; c < C; c++) sum[c] = largest[c] = Vector{};
            for (; j < to; j++) {
                Vector column{};
#pragma GCC unroll 4
                for (int c = 0; c < C; c++) {
                    const Vector weight = L::load(weights + j * M::rows + c * M::width) * factor[c];
                    column += weight;
                    sum[c] += weight;
                    largest[c] = L::larger(largest[c], weight);
                }
                if (receives) {
                    L::store(columns_[(at + j) % M::width], column);
                    if ((at + j) % M::width == M::width - 1 || j == count - 1) add_columns(at + j);
                }
            }
            keep_bin<C>(bin, sum, largest);
        }
    }

    // The sums of the columns since the last multiple of `width`, up to a key.
    void add_columns(Index key) {
        Vector x[M::width];
        for (int n = 0; n < M::width; n++) x[n] = L::load(columns_[n]);
        L::store(scratch_.received + key / M::width * M::width, sums<Isa, T>(x));
    }

    // Sums of lanes wait until there are those of `width` bins of keys: then squares are turned,
    // and queries that share a bin are added up as vectors of bins.
    template <int C> void keep_bin(Index bin, const Vector* sum, const Vector* largest) {
        if (bin >= first_waiting_ + M::width) {
            add_waiting<C>();
            first_waiting_ = bin;
        }
        const Index slot = bin - first_waiting_;
        for (int c = 0; c < C; c++) {
            T* own = waiting_sum_[slot] + c * M::width;
            T* own_max = waiting_max_[slot] + c * M::width;
            L::store(own, L::load(own) + sum[c]);
            L::store(own_max, L::larger(L::load(own_max), largest[c]));
        }
    }

    template <int C> void add_waiting() {
        for (int c = 0; c < C; c++) {
            Vector sum[M::width], largest[M::width];
            for (int n = 0; n < M::width; n++) {
                T* own = waiting_sum_[n] + c * M::width;
                T* own_max = waiting_max_[n] + c * M::width;
                sum[n] = L::load(own);
                largest[n] = L::load(own_max);
                L::store(own, Vector{});
                L::store(own_max, Vector{});
            }
            transpose<Isa, T>(sum);
            transpose<Isa, T>(largest);
            const Index lanes = least(Index{M::width}, view_.rows - c * M::width);
            for (Index lane = 0; lane < lanes; lane++) {
                const Index row = view_.first_row + c * M::width + lane;
                const Index own = bin_of(row, call_.query_bins, call_.queries) - first_bin_;
                const Index at = own * scratch_.bin_stride + first_waiting_;
                T* to = scratch_.bin_sum + at;
                T* to_max = scratch_.bin_max + at;
                L::store_anywhere(to, L::load_anywhere(to) + sum[lane]);
                L::store_anywhere(to_max, L::larger(L::load_anywhere(to_max), largest[lane]));
            }
        }
    }

    void clear_bins() {
        first_bin_ = bin_of(view_.first_row, call_.query_bins, call_.queries);
        const Index last = view_.first_row + view_.rows - 1;
        bins_ = bin_of(last, call_.query_bins, call_.queries) - first_bin_ + 1;
        std::fill_n(scratch_.bin_sum, bins_ * scratch_.bin_stride, T{0});
        std::fill_n(scratch_.bin_max, bins_ * scratch_.bin_stride, T{0});
        first_waiting_ = bin_of(view_.begin, call_.key_bins, most(call_.keys, Index{1}));
        bin_ = first_waiting_ - 1;
        border_ = view_.begin;
    }

    void hand_in_bins() {
        const Index at = (view_.head * call_.query_bins + first_bin_) * call_.key_bins;
        T* sum = static_cast<T*>(results_.picture_sum) + at;
        T* largest = static_cast<T*>(results_.picture_max) + at;
        for (Index bin = 0; bin < bins_; bin++) {
            for (Index key = 0; key < call_.key_bins; key++) {
                const Index i = bin * call_.key_bins + key, own = bin * scratch_.bin_stride + key;
                sum[i] += scratch_.bin_sum[own];
                // The largest of NaN and others is NaN, and then so is the sum.
                largest[i] = sum[i] != sum[i] ? sum[i] : most(largest[i], scratch_.bin_max[own]);
            }
        }
    }

    // A product of two indices, which no standard type is sure to hold.
    __extension__ using Wide = __int128;

    // Of n tokens in b bins, token i is in bin ⌊i·b/n⌋.
    static Index bin_of(Index token, Index bins, Index tokens) {
        return static_cast<Index>(static_cast<Wide>(token) * bins / tokens);
    }
    static Index start_of(Index bin, Index bins, Index tokens) {
        // Division of what fits a standard type is several times as fast.
        Index product = 0;
        if (!__builtin_mul_overflow(bin, tokens, &product) &&
            !__builtin_add_overflow(product, bins - 1, &product))
            return product / bins;
        return static_cast<Index>((static_cast<Wide>(bin) * tokens + bins - 1) / bins);
    }

    void read_tokens() {
        if (call_.tokens == nullptr) return;
        const std::int32_t* tokens = call_.tokens[view_.head];
        for (Index row = 0; row < M::rows; row++) {
            const Index position = view_.position_of(row);
            const bool inside = position >= 0 && position < call_.keys;
            own_token_[row] = inside ? Integer{tokens[position]} : Integer{-1};
        }
    }

    template <int C>
    void detect(Index at, Index count, const T* weights, const Vector* factor) {
        for (Index row = 0; row < view_.rows; row++) {
            const Index j = view_.position_of(row) - 1 - at;
            if (j >= 0 && j < count)
                detected_[0] += weights[j * M::rows + row] * factor[row / M::width][row % M::width];
        }
        if (call_.tokens == nullptr) return;
        const std::int32_t* tokens = call_.tokens[view_.head];
        for (int c = 0; c < C; c++) {
            alignas(64) T behind[M::width];
            for (int n = 0; n < M::width; n++)
                behind[n] = static_cast<T>(view_.position_of(c * M::width + n) - at);
            const Vector position = L::load(behind);
            const Integers own = *reinterpret_cast<const Integers*>(own_token_ + c * M::width);
            Vector duplicate{}, induction{};
            for (Index j = 0; j < count; j++) {
                const Vector weight = L::load(weights + j * M::rows + c * M::width);
                const Integers earlier = position > static_cast<T>(j);
                const Integers same = own == Integer{tokens[at + j]};
                duplicate += (same & earlier) ? weight : Vector{};
                if (at + j == 0) continue;
                const Integers followed = own == Integer{tokens[at + j - 1]};
                const Integers not_later = position >= static_cast<T>(j);
                induction += (followed & not_later) ? weight : Vector{};
            }
            detected_[1] += L::sum(duplicate * factor[c]);
            detected_[2] += L::sum(induction * factor[c]);
        }
    }

    V& view_;
    const Call& call_;
    Scratch<Feed>& scratch_;
    const Results& results_;
    Index first_bin_ = 0;
    Index bins_ = 0;
    double detected_[3] = {0, 0, 0};
    Index first_waiting_ = 0;
    Index bin_ = 0;     // of the keys that are being pooled
    Index border_ = 0;  // the first key behind it
    alignas(64) T waiting_sum_[M::width][M::rows] = {};
    alignas(64) T waiting_max_[M::width][M::rows] = {};
    alignas(64) T columns_[M::width][M::width] = {};
    alignas(64) Integer own_token_[M::rows] = {};
};

}  // namespace
}  // namespace limelight
