#include "kernels/index_map.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace relcam {
namespace {

constexpr std::size_t kGrainElements = 16384;

bool is_regular(const IndexMap::Axis& axis) { return axis.offsets.empty(); }

/// What position `i` of an axis contributes.
std::int64_t offset_at(const IndexMap::Axis& axis, std::size_t i) {
  return is_regular(axis) ? static_cast<std::int64_t>(i) * axis.stride : axis.offsets[i];
}

bool continues(const IndexMap::Axis& outer, const IndexMap::Axis& inner) {
  return is_regular(outer) && is_regular(inner) && outer.stride == inner.stride * inner.count;
}

bool has_repeats(const IndexMap::Axis& axis) {
  if (is_regular(axis)) return axis.stride == 0 && axis.count > 1;
  std::vector<std::int64_t> offsets = axis.offsets;
  std::erase(offsets, IndexMap::kNowhere);
  std::ranges::sort(offsets);
  return std::ranges::adjacent_find(offsets) != offsets.end();
}

/// Irregular axes that in fact step evenly are told apart, so that they merge and run fast.
IndexMap::Axis simplified(IndexMap::Axis axis, std::int64_t& origin) {
  if (is_regular(axis) ||
      std::ranges::find(axis.offsets, IndexMap::kNowhere) != axis.offsets.end()) {
    return axis;
  }
  const std::int64_t first = axis.offsets.front();
  const std::int64_t stride = axis.count > 1 ? axis.offsets[1] - first : 0;
  for (std::int64_t i = 0; i < axis.count; ++i) {
    if (axis.offsets[static_cast<std::size_t>(i)] != first + i * stride) return axis;
  }
  origin += first;
  return {.count = axis.count, .stride = stride};
}

}  // namespace

std::vector<std::int64_t> row_major_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

IndexMap::IndexMap(std::vector<Axis> axes, std::int64_t origin) : origin_(origin) {
  std::vector<Axis> merged;
  for (Axis& axis : axes) {
    size_ *= static_cast<std::size_t>(axis.count);
    if (size_ == 0) break;
    one_to_one_ = one_to_one_ && !has_repeats(axis);
    Axis simple = simplified(std::move(axis), origin_);
    if (simple.count == 1 && is_regular(simple)) continue;
    if (!merged.empty() && continues(merged.back(), simple)) {
      merged.back() = {.count = merged.back().count * simple.count, .stride = simple.stride};
    } else {
      merged.push_back(std::move(simple));
    }
  }
  if (merged.empty()) merged.push_back({.count = 1, .stride = 1});
  inner_ = std::move(merged.back());
  merged.pop_back();
  if (!merged.empty()) {
    middle_ = std::move(merged.back());
    merged.pop_back();
  }
  outer_ = std::move(merged);
  rows_ = size_ / static_cast<std::size_t>(inner_.count);
}

std::int64_t IndexMap::plane_offset(std::size_t plane) const {
  std::int64_t sum = origin_;
  for (std::size_t i = outer_.size(); i-- > 0;) {
    const Axis& axis = outer_[i];
    const std::int64_t offset = offset_at(axis, plane % static_cast<std::size_t>(axis.count));
    if (offset == kNowhere) return kNowhere;
    plane /= static_cast<std::size_t>(axis.count);
    sum += offset;
  }
  return sum;
}

template <typename Visit>
void IndexMap::visit_rows(std::size_t begin, std::size_t end, Visit&& visit) const {
  const auto rows_of_plane = static_cast<std::size_t>(middle_.count);
  const auto length = static_cast<std::size_t>(inner_.count);
  std::size_t row = begin;
  while (row < end) {
    const std::int64_t plane = plane_offset(row / rows_of_plane);
    for (std::size_t i = row % rows_of_plane; i < rows_of_plane && row < end; ++i, ++row) {
      const std::int64_t offset = offset_at(middle_, i);
      const bool nowhere = plane == kNowhere || offset == kNowhere;
      visit(Row{row * length, nowhere ? kNowhere : plane + offset});
    }
  }
}

template <typename Visit>
void IndexMap::for_rows(const ThreadPool& pool, Visit&& visit) const {
  const auto length = static_cast<std::size_t>(inner_.count);
  pool.parallel_for(rows_, std::max<std::size_t>(1, kGrainElements / length),
                    [&](std::size_t begin, std::size_t end) { visit_rows(begin, end, visit); });
}

template <typename T>
void IndexMap::gather_row(Row at, const T* other, T* small, T nowhere) const {
  T* to = small + at.begin;
  if (at.offset == kNowhere) {
    std::fill_n(to, inner_.count, nowhere);
    return;
  }
  const T* from = other + at.offset;
  if (!is_regular(inner_)) {
    for (const std::int64_t offset : inner_.offsets) {
      *to++ = offset == kNowhere ? nowhere : from[offset];
    }
  } else if (inner_.stride == 1) {
    std::copy_n(from, inner_.count, to);
  } else {
    for (std::int64_t i = 0; i < inner_.count; ++i) to[i] = from[i * inner_.stride];
  }
}

template <typename T, typename Store>
void IndexMap::scatter_row(Row at, const T* small, T* other, Store store) const {
  if (at.offset == kNowhere) return;
  const T* from = small + at.begin;
  T* to = other + at.offset;
  if (!is_regular(inner_)) {
    for (const std::int64_t offset : inner_.offsets) {
      if (offset != kNowhere) store(to[offset], *from);
      ++from;
    }
  } else if (inner_.stride == 1) {
    for (std::int64_t i = 0; i < inner_.count; ++i) store(to[i], from[i]);
  } else {
    for (std::int64_t i = 0; i < inner_.count; ++i) store(to[i * inner_.stride], from[i]);
  }
}

void IndexMap::gather(std::span<const float> other, std::span<float> small, float nowhere,
                      const ThreadPool& pool) const {
  for_rows(pool, [&](Row at) { gather_row(at, other.data(), small.data(), nowhere); });
}

void IndexMap::scatter(std::span<const float> small, std::span<float> other,
                       const ThreadPool& pool) const {
  for_rows(pool, [&](Row at) {
    scatter_row(at, small.data(), other.data(), [](float& to, float from) { to = from; });
  });
}

void IndexMap::scatter_add(std::span<const float> small, std::span<float> other,
                           const ThreadPool& pool) const {
  const auto add = [&](Row at) {
    scatter_row(at, small.data(), other.data(), [](float& to, float from) { to += from; });
  };
  if (one_to_one_) return for_rows(pool, add);
  visit_rows(0, rows_, add);
}

namespace {

/// Calls visit with a value of the unsigned integer type of that size.
template <typename Visit>
void with_element_type(std::size_t element_size, Visit&& visit) {
  switch (element_size) {
    case 1: return visit(std::uint8_t{});
    case 2: return visit(std::uint16_t{});
    case 4: return visit(std::uint32_t{});
    case 8: return visit(std::uint64_t{});
    default: throw Error(ErrorCode::Internal, "no element type has that size");
  }
}

/// Elements at any address, as a pointer that steps by whole elements.
template <typename T>
struct Unaligned {
  std::byte bytes[sizeof(T)];
};

}  // namespace

void IndexMap::gather_bytes(std::span<const std::byte> other, std::span<std::byte> small,
                            std::span<const std::byte> nowhere, std::size_t element_size) const {
  with_element_type(element_size, [&](auto type) {
    using Element = Unaligned<decltype(type)>;
    Element fill{};
    if (!nowhere.empty()) std::memcpy(&fill, nowhere.data(), sizeof(Element));
    visit_rows(0, rows_, [&](Row at) {
      gather_row(at, reinterpret_cast<const Element*>(other.data()),
                 reinterpret_cast<Element*>(small.data()), fill);
    });
  });
}

void IndexMap::scatter_bytes(std::span<const std::byte> small, std::span<std::byte> other,
                             std::size_t element_size) const {
  with_element_type(element_size, [&](auto type) {
    using Element = Unaligned<decltype(type)>;
    visit_rows(0, rows_, [&](Row at) {
      scatter_row(at, reinterpret_cast<const Element*>(small.data()),
                  reinterpret_cast<Element*>(other.data()),
                  [](Element& to, Element from) { to = from; });
    });
  });
}

}  // namespace relcam
