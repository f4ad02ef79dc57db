// Arrays in memory of exactly their size, in every layout that a caller may have.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "formats.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define LIMELIGHT_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LIMELIGHT_POISONS 1
#endif
#endif
#if defined(LIMELIGHT_POISONS)
#include <sanitizer/asan_interface.h>
#endif

namespace limelight::testing {

struct Matrix {
    Matrix(Index own_rows, Index own_columns)
        : rows(own_rows), columns(own_columns), cells(static_cast<std::size_t>(rows * columns)) {}
    double& operator()(Index r, Index c) {
        return cells[static_cast<std::size_t>(r * columns + c)];
    }
    double operator()(Index r, Index c) const {
        return cells[static_cast<std::size_t>(r * columns + c)];
    }

    Index rows, columns;
    std::vector<double> cells;
};

enum class Layout { tight, padded, strided, transposed, reversed, shifted, odd, repeated };
constexpr Layout layouts[] = {Layout::tight,      Layout::padded,   Layout::strided,
                              Layout::transposed, Layout::reversed, Layout::shifted,
                              Layout::odd,        Layout::repeated};

// Matrices of one size, one for each head. What lies between elements is NaN, and between heads
// forbidden where the address sanitizer can forbid it; the last element ends the memory.
class Array {
public:
    Array(Type type, Layout layout, const std::vector<Matrix>& heads) : type_(type) {
        const Index size = bytes_of(type);
        rows_ = heads.empty() ? 0 : heads[0].rows;
        columns_ = heads.empty() ? 0 : heads[0].columns;
        place(layout, size);
        const Index own = extent(size);
        const auto count = static_cast<Index>(heads.size());
        const Index all = count == 0 || own == 0 ? 0 : shift_ + own + (count - 1) * (own + gap);
        memory_.reset(new std::byte[static_cast<std::size_t>(all)]);
        std::memset(memory_.get(), 0xFF, static_cast<std::size_t>(all));
        for (Index h = 0; h < count; h++) {
            const Index start = own == 0 ? 0 : shift_ + h * (own + gap);
            starts_.push_back(start + (layout == Layout::reversed ? most_back() : 0));
            write(heads[static_cast<std::size_t>(h)], starts_.back());
#if defined(LIMELIGHT_POISONS)
            if (own > 0 && h + 1 < count)
                ASAN_POISON_MEMORY_REGION(memory_.get() + start + own, gap);
#endif
        }
    }

    // As heads, rows and columns of a larger array see it: a size of 1 is repeated.
    Operand operand(const std::vector<Index>& which, bool repeats_row = false,
                    bool repeats_column = false) {
        begins_.clear();
        for (const Index head : which)
            begins_.push_back(starts_[starts_.size() == 1 ? 0 : static_cast<std::size_t>(head)]);
        Operand found;
        found.data = memory_.get();
        found.heads = begins_.data();
        found.row = repeats_row ? 0 : row_;
        found.column = repeats_column ? 0 : column_;
        found.type = type_;
        return found;
    }

private:
    static constexpr Index gap = 64;

    void place(Layout layout, Index size) {
        column_ = size;
        row_ = columns_ * size;
        switch (layout) {
            case Layout::tight: break;
            case Layout::padded: row_ += 3 * size; break;
            case Layout::strided: column_ = 2 * size, row_ = (2 * columns_ + 1) * size; break;
            case Layout::transposed: column_ = rows_ * size, row_ = size; break;
            case Layout::reversed: row_ = -row_; break;
            case Layout::shifted: shift_ = size, row_ += size; break;
            // On no boundary of elements, as a field of a packed structure.
            case Layout::odd: shift_ = 1, row_ += 1; break;
            case Layout::repeated: row_ = 0; break;  // all rows are alike
        }
    }
    Index most_back() const { return rows_ == 0 ? 0 : -row_ * (rows_ - 1); }
    Index extent(Index size) const {
        if (rows_ == 0 || columns_ == 0) return 0;
        return std::abs(row_) * (rows_ - 1) + column_ * (columns_ - 1) + size;
    }
    void write(const Matrix& from, Index start) {
        for (Index r = 0; r < rows_; r++)
            for (Index c = 0; c < columns_; c++)
                put(memory_.get() + start + r * row_ + c * column_, type_, from(r, c));
    }

    Type type_;
    Index rows_ = 0, columns_ = 0, row_ = 0, column_ = 0, shift_ = 0;
    std::unique_ptr<std::byte[]> memory_;
    std::vector<Index> starts_, begins_;
};

}  // namespace limelight::testing
