#pragma once

#include <cstddef>
#include <vector>

#include "kernels/convolution_shape.h"
#include "kernels/product.h"
#include "kernels/simd.h"
#include "kernels/weight_map.h"
#include "kernels/weight_panels.h"

namespace relcam {

/// A kernel position as an offset that may be negative.
struct TapOffset {
  std::ptrdiff_t y;
  std::ptrdiff_t x;
  std::size_t tap;
};

/// What both directions share: a row of A holds the pixels of stacked images that the kernel's taps
/// meet at one place. What the arguments refer to must outlive it; `zeros` stand for the channels
/// of a pixel outside an image.
class ConvolutionOperands : public ProductOperands {
 public:
  void pack(std::size_t group, std::size_t column, std::size_t tiles, const DepthBlock& block,
            float* to) const final;

 protected:
  struct Images {
    const float* pixels;
    Extent2d extent;
    std::size_t channels;
  };

  ConvolutionOperands(const ConvolutionShape& shape, const WeightPanels& panels, WeightPart part,
                      const Images& images, const float* zeros)
      : shape_(shape), panels_(panels), part_(part), images_(images), zeros_(zeros) {}

  /// Points row `row` of A at the pixels whose distances from y, x are those of the taps.
  void locate_taps(std::size_t image, std::size_t y, std::size_t x, std::size_t row,
                   const float** a) const;
  /// See pack; the weights themselves, clamped.
  virtual void pack_weights(std::size_t group, std::size_t column, std::size_t tiles,
                            const DepthBlock& block, const simd::Clamp& clamp, float* to) const = 0;

  const ConvolutionShape& shape_;
  const WeightPanels& panels_;
  std::vector<TapOffset> taps_;

 private:
  WeightPart part_;
  Images images_;
  const float* zeros_;
};

/// z = part(W) x as a product: rows are output pixels, columns output channels.
class ApplyOperands final : public ConvolutionOperands {
 public:
  ApplyOperands(const ConvolutionShape& shape, const WeightPanels& panels, WeightPart part,
                const float* x, float* z, const float* zeros);

  ProductShape product() const;
  void locate(std::size_t first, std::size_t count, const float** a, float** c) const override;

 private:
  void pack_weights(std::size_t group, std::size_t column, std::size_t tiles,
                    const DepthBlock& block, const simd::Clamp& clamp, float* to) const override;
  void pack_tile(std::size_t group, std::size_t column, const DepthBlock& block,
                 const simd::Clamp& clamp, float* to) const;

  float* z_;
};

/// The input rows (or columns) whose index is `residue` modulo the stride, and the kernel rows that
/// reach them: input index residue + stride * i meets kernel row k at output index i + offset.
struct AxisClass {
  struct Reach {
    std::size_t kernel;
    std::ptrdiff_t offset;
  };
  std::size_t residue;
  std::size_t count;
  std::vector<Reach> reaches;
};

/// The classes of the rows of a window's input, and of its columns.
std::vector<AxisClass> row_classes(const ConvolutionShape& shape);
std::vector<AxisClass> column_classes(const ConvolutionShape& shape);

/// r = part(W)^T s on one class of input pixels, as a product: rows are those pixels, columns input
/// channels.
class AdjointOperands final : public ConvolutionOperands {
 public:
  AdjointOperands(const ConvolutionShape& shape, const WeightPanels& panels, WeightPart part,
                  const AxisClass& rows, const AxisClass& columns, const float* s, float* r,
                  const float* zeros);

  /// The product for so many stacked images.
  ProductShape product(std::size_t images) const;
  void locate(std::size_t first, std::size_t count, const float** a, float** c) const override;
  /// Writes zeros: for classes that no kernel position reaches.
  void clear(std::size_t images) const;

 private:
  void pack_weights(std::size_t group, std::size_t column, std::size_t tiles,
                    const DepthBlock& block, const simd::Clamp& clamp, float* to) const override;
  void pack_tile(const float* from, std::size_t inputs, std::size_t outputs,
                 const simd::Clamp& clamp, float* to) const;
  void pack_square(const float* from, const simd::Clamp& clamp, float* to) const;
  void pack_edge(const float* from, std::size_t inputs, std::size_t outputs,
                 const simd::Clamp& clamp, float* to) const;
  float* target(std::size_t image, std::size_t row, std::size_t column) const;

  const AxisClass& rows_;
  const AxisClass& columns_;
  float* r_;
};

}  // namespace relcam
