#include <algorithm>
#include <cmath>

#include "kernels/dot.h"
#include "kernels/matrix.h"
#include "kernels/pointwise.h"
#include "methods/lanczos.h"
#include "methods/map.h"
#include "methods/principal.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// The kernel matrix holds positions squared floats: 64 MiB at this many.
constexpr std::size_t kMostPositions = 4096;

/// Multiply-accumulates of one step: some 10 ms of WebAssembly on one thread.
constexpr std::size_t kMacsPerStep = 25'000'000;

/// Rows of zeros behind the positions, so that columns do not lie a power of two apart, where they
/// would fall into the same lines of the cache.
constexpr std::size_t kPadding = 16;

/// (positions + kPadding) x channels
std::vector<float> centred_rows(const MethodInput& input) {
  const std::size_t channels = input.raster.channels;
  const std::vector<double> means =
      column_means(input.activation, input.raster.positions(), channels);
  std::vector<float> rows((input.raster.positions() + kPadding) * channels, 0.0F);
  for (std::size_t at = 0; at < input.activation.size(); ++at) {
    rows[at] = static_cast<float>(static_cast<double>(input.activation[at]) - means[at % channels]);
  }
  return rows;
}

/// In place from x to tanh(x + 1) - tanh(1) by the addition theorem, so that small x keep their
/// digits; kernels that differ by a constant are the same when centred.
void shift_sigmoid(std::span<float> values) {
  constexpr float kTanh1 = 0.761594156F;
  pointwise::tanh.forward(values, values, {});
  for (float& t : values) t *= (1.0F - kTanh1 * kTanh1) / (1.0F + t * kTanh1);
}

double mean_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

void take_off_mean(std::span<double> values) {
  const double mean = mean_of(values);
  for (double& value : values) value -= mean;
}

/// tanh(<x, y> / channels + 1) of every two positions' centred activations x and y, but for a
/// constant: a symmetric matrix in full, filled in block by block of rows.
class SigmoidKernel {
 public:
  explicit SigmoidKernel(const MethodInput& input)
      : size_(input.raster.positions()),
        channels_(input.raster.channels),
        rows_(centred_rows(input)),
        columns_(rows_.size()) {
    transpose_matrix(size_ + kPadding, channels_, rows_.data(), columns_.data());
  }

  std::size_t size() const { return size_; }

  /// A block of rows; false when all are there.
  bool step() {
    if (filled_ == size_) return false;
    if (filled_ == 0) values_.resize(size_ * size_);
    const std::size_t left = size_ - filled_;
    const std::size_t most = std::max<std::size_t>(kMacsPerStep / (channels_ * left), 1);
    fill(std::min(left, most));
    return true;
  }

  /// The doubly centred kernel, (I - 1/n) K (I - 1/n), applied without forming it.
  void apply_centred(std::span<const double> in, std::span<double> out) const {
    std::vector<double> vector(in.begin(), in.end());
    take_off_mean(vector);
    for (std::size_t i = 0; i < size_; ++i) {
      out[i] = dot(std::span(values_).subspan(i * size_, size_), vector);
    }
    take_off_mean(out);
  }

 private:
  /// `count` rows from the diagonal on, and their mirror image.
  void fill(std::size_t count) {
    const std::size_t width = size_ - filled_;
    std::vector<float> block(count * width);
    multiply_matrices({.rows = count, .depth = channels_, .columns = width},
                      {.data = rows_.data() + filled_ * channels_, .row_stride = channels_},
                      {.data = columns_.data() + filled_, .row_stride = size_ + kPadding},
                      block.data(), Write::Assign);
    const auto divisor = static_cast<float>(channels_);
    for (float& value : block) value /= divisor;
    shift_sigmoid(block);
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t c = 0; c < width; ++c) {
        const std::size_t i = filled_ + r;
        const std::size_t j = filled_ + c;
        values_[i * size_ + j] = values_[j * size_ + i] = block[r * width + c];
      }
    }
    filled_ += count;
  }

  std::size_t size_;
  std::size_t channels_;
  std::vector<float> rows_;     ///< centred
  std::vector<float> columns_;  ///< the same transposed
  std::vector<float> values_;
  std::size_t filled_ = 0;
};

/// The kernel's entries are of the order of 1: eigenvalues as small as this are rounding errors of
/// a flat map.
bool is_flat(const EigenPair& pair) {
  constexpr double kRounding = 1e-13;
  return pair.value <= kRounding * static_cast<double>(pair.vector.size());
}

class KpcaMap final : public MapWork {
 public:
  explicit KpcaMap(const MethodInput& input)
      : kernel_(input),
        component_({.size = kernel_.size(),
                    .apply = [this](std::span<const double> in, std::span<double> out) {
                      kernel_.apply_centred(in, out);
                    }}) {}
  ~KpcaMap() override = default;
  KpcaMap(const KpcaMap&) = delete;
  KpcaMap& operator=(const KpcaMap&) = delete;

  bool step() override { return kernel_.step() || component_.step(); }

  std::vector<float> map() const override {
    const EigenPair& pair = component_.result();
    if (is_flat(pair)) return std::vector<float>(kernel_.size(), 0.0F);
    std::vector<double> map = pair.vector;
    make_largest_positive(map);
    for (double& value : map) value *= std::sqrt(pair.value);
    return to_floats(map);
  }

 private:
  SigmoidKernel kernel_;
  Lanczos component_;
};

}  // namespace

Method kpca_cam_method() {
  return {.name = "kpca-cam",
          .summary =
              "the activations' first component of a kernel principal component analysis "
              "over positions (sigmoid kernel), its largest value positive; the same for "
              "every class",
          .paper =
              "Karmani, Sivakaran, Prasad, Ali, Yang, Tang, KPCA-CAM: Visual Explainability of "
              "Deep Computer Vision Models using Kernel PCA, IEEE MMSP 2024",
          .signal = Signal::None,
          .most_positions = kMostPositions,
          .rectify = true,
          .map = make_map_work<KpcaMap>};
}

}  // namespace relcam
