#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/shape.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// Strides of a row-major tensor of that shape, in elements.
std::vector<std::int64_t> row_major_strides(const Shape& shape);

/// A separable map from the elements of a small tensor (row-major) to those of another:
/// element (i0, i1, ...) belongs to element origin + offset0(i0) + offset1(i1) + ... of the other.
/// Transposing, slicing, padding, repeating, gathering and joining are all such maps.
class IndexMap {
 public:
  /// An offset of nowhere: the element has no counterpart (it is padding).
  static constexpr std::int64_t kNowhere = std::numeric_limits<std::int64_t>::min();

  /// One axis of the small tensor: `offsets` where they are irregular, else i * stride.
  struct Axis {
    std::int64_t count = 1;
    std::int64_t stride = 0;
    std::vector<std::int64_t> offsets = {};
  };

  /// Every reachable offset must lie within the other tensor.
  explicit IndexMap(std::vector<Axis> axes, std::int64_t origin = 0);

  std::size_t size() const { return size_; }
  /// Whether no two elements share a counterpart.
  bool one_to_one() const { return one_to_one_; }

  /// small[i] = other[map(i)], or `nowhere` where that does not exist.
  void gather(std::span<const float> other, std::span<float> small, float nowhere,
              const ThreadPool& pool) const;
  /// The same for elements of `element_size` (1, 2, 4 or 8) bytes; `nowhere` has as many.
  void gather_bytes(std::span<const std::byte> other, std::span<std::byte> small,
                    std::span<const std::byte> nowhere, std::size_t element_size) const;
  /// other[map(i)] = small[i]; the rest of `other` stays as it is.
  void scatter(std::span<const float> small, std::span<float> other, const ThreadPool& pool) const;
  void scatter_bytes(std::span<const std::byte> small, std::span<std::byte> other,
                     std::size_t element_size) const;
  /// other[map(i)] += small[i].
  void scatter_add(std::span<const float> small, std::span<float> other,
                   const ThreadPool& pool) const;

 private:
  struct Row {
    std::size_t begin;    ///< first element in the small tensor
    std::int64_t offset;  ///< what all axes but the last contribute, or kNowhere
  };
  std::int64_t plane_offset(std::size_t plane) const;
  /// Calls visit(row) for rows [begin, end).
  template <typename Visit>
  void visit_rows(std::size_t begin, std::size_t end, Visit&& visit) const;
  template <typename Visit>
  void for_rows(const ThreadPool& pool, Visit&& visit) const;

  template <typename T>
  void gather_row(Row row, const T* other, T* small, T nowhere) const;
  template <typename T, typename Store>
  void scatter_row(Row row, const T* small, T* other, Store store) const;
  std::int64_t origin_;
  std::vector<Axis> outer_;
  Axis middle_;  ///< the last axis but one: rows of a plane
  Axis inner_;   ///< the last axis: elements of a row
  std::size_t size_ = 1;
  std::size_t rows_ = 1;
  bool one_to_one_ = true;
};

}  // namespace relcam
