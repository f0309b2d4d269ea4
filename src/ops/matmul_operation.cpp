#include "ops/matmul_operation.h"

#include <algorithm>
#include <array>

#include "base/buffer.h"
#include "kernels/broadcast.h"
#include "kernels/matrix.h"
#include "ops/operands.h"

namespace relcam {
namespace {

/// Where one matrix product of the batch finds its operands, in matrices.
struct Pair {
  std::size_t a;
  std::size_t b;
};

/// Operands as stacks of matrices: vectors have become rows or columns.
struct Batch {
  MatrixSizes sizes;
  std::vector<Pair> pairs;
};

Shape leading(const Shape& shape) {
  return shape.size() < 2 ? Shape{} : Shape(shape.begin(), shape.end() - 2);
}

Batch batch_of(const NodeView& view) {
  const Shape& a = view.input_shape(0);
  const Shape& b = view.input_shape(1);
  const auto size = [](std::int64_t extent) { return static_cast<std::size_t>(extent); };
  Batch batch{.sizes = {.rows = a.size() > 1 ? size(a[a.size() - 2]) : 1,
                        .depth = size(a.back()),
                        .columns = b.size() > 1 ? size(b.back()) : 1},
              .pairs = {}};
  const std::array operands = {leading(a), leading(b)};
  const Shape& y = view.output_shape(0);
  const std::size_t matrix_axes = (a.size() > 1 ? 1U : 0U) + (b.size() > 1 ? 1U : 0U);
  const Shape stacked(y.begin(), y.end() - static_cast<std::ptrdiff_t>(matrix_axes));
  const BroadcastWalk walk(stacked, operands);
  walk.visit(0, walk.size(), [&](std::size_t, const auto& offsets, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      batch.pairs.push_back(
          {offsets[0] + (walk.steps(0) ? i : 0), offsets[1] + (walk.steps(1) ? i : 0)});
    }
  });
  return batch;
}

/// y = A B for every pair of the batch.
class BatchProduct final : public Operation {
 public:
  BatchProduct(const NodeView& view, const ThreadPool& pool)
      : batch_(batch_of(view)), operands_(view), pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp clamp) override {
    multiply(operands_.get(inputs, 0), operands_.get(inputs, 1), outputs[0], Write::Assign);
    for (float& value : outputs[0]) value = std::min(std::max(value, clamp.low), clamp.high);
  }

  void vjp(const VjpArguments& arguments) override {
    const std::span<const float> dy = arguments.output_gradients[0];
    if (!arguments.input_gradients[0].empty()) {
      left_gradient(operands_.get(arguments.inputs, 1), dy, arguments.input_gradients[0]);
    }
    if (!arguments.input_gradients[1].empty()) {
      right_gradient(operands_.get(arguments.inputs, 0), dy, arguments.input_gradients[1]);
    }
  }

  /// The product rule: dA B + A dB.
  void jvp(const JvpArguments& arguments) override {
    const std::span<float> tangent = arguments.output_tangents[0];
    std::ranges::fill(tangent, 0.0F);
    if (!arguments.input_tangents[0].empty()) {
      multiply(arguments.input_tangents[0], operands_.get(arguments.inputs, 1), tangent,
               Write::Accumulate);
    }
    if (!arguments.input_tangents[1].empty()) {
      multiply(operands_.get(arguments.inputs, 0), arguments.input_tangents[1], tangent,
               Write::Accumulate);
    }
  }

 private:
  /// y (+)= A B for every pair.
  void multiply(std::span<const float> a, std::span<const float> b, std::span<float> y,
                Write write) const {
    const auto& [rows, depth, columns] = batch_.sizes;
    pool_.parallel_for(batch_.pairs.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        multiply_matrices(batch_.sizes, {a.data() + batch_.pairs[i].a * rows * depth, depth},
                          {b.data() + batch_.pairs[i].b * depth * columns, columns},
                          y.data() + i * rows * columns, write);
      }
    });
  }

  /// dA = dY B^T, summed over what broadcasting repeated.
  void left_gradient(std::span<const float> b, std::span<const float> dy, std::span<float> da) {
    const auto& [rows, depth, columns] = batch_.sizes;
    const MatrixSizes sizes{.rows = rows, .depth = columns, .columns = depth};
    Buffer transposed(depth * columns);
    std::ranges::fill(da, 0.0F);
    for (std::size_t i = 0; i < batch_.pairs.size(); ++i) {
      transpose_matrix(depth, columns, b.data() + batch_.pairs[i].b * depth * columns,
                       transposed.floats().data());
      multiply_matrices(sizes, {dy.data() + i * rows * columns, columns},
                        {transposed.floats().data(), depth},
                        da.data() + batch_.pairs[i].a * rows * depth, Write::Accumulate);
    }
  }

  /// dB = A^T dY, summed over what broadcasting repeated.
  void right_gradient(std::span<const float> a, std::span<const float> dy, std::span<float> db) {
    const auto& [rows, depth, columns] = batch_.sizes;
    const MatrixSizes sizes{.rows = depth, .depth = rows, .columns = columns};
    std::ranges::fill(db, 0.0F);
    for (std::size_t i = 0; i < batch_.pairs.size(); ++i) {
      multiply_matrices(sizes, {a.data() + batch_.pairs[i].a * rows * depth, 1, depth},
                        {dy.data() + i * rows * columns, columns},
                        db.data() + batch_.pairs[i].b * depth * columns, Write::Accumulate);
    }
  }

  Batch batch_;
  Operands operands_;
  const ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<Operation> make_batch_product(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<BatchProduct>(view, pool);
}

}  // namespace relcam
