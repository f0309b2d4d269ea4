#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "base/function_ref.h"

namespace relcam {

/// An elementwise function of a linear operator's weights, as LRP rules need them. w+ = max(w,0),
/// w- = min(w,0).
struct WeightPart {
  enum class Kind : std::uint8_t {
    All,            ///< w
    Positive,       ///< w+
    Negative,       ///< w-
    GammaPositive,  ///< w + gamma w+
    GammaNegative,  ///< w + gamma w-
    Square,         ///< w^2
    One             ///< 1
  };
  Kind kind = Kind::All;
  float gamma = 0.0F;
};

enum class Write : std::uint8_t { Assign, Accumulate };

/// One of `count` pieces of a piece of work; each writes elements that no other writes.
struct Piece {
  std::size_t index = 0;
  std::size_t count = 1;

  /// Its part of `total` things: [begin, end).
  std::size_t begin(std::size_t total) const { return total * index / count; }
  std::size_t end(std::size_t total) const { return total * (index + 1) / count; }
};

/// Says what relevance a few outputs send for each unit of their sums: `sums` are their elements of
/// z, `shares` is as many stacked times |outputs|. Called for different outputs from several
/// threads at once.
using ShareOf = FunctionRef<void(std::span<const std::uint32_t> outputs,
                                 std::span<const float> sums, std::span<float> shares)>;

/// What linear maps offer whose weights take longer to read than to multiply.
class SharesByOutput {
 public:
  virtual ~SharesByOutput() = default;

  /// r = part(W)^T s for `count` stacked s that `share_of` finds by z = part(W) x, a few outputs at
  /// a time, so that the weights are read once. Only those of `outputs`, ascending, have shares.
  virtual void share(WeightPart part, std::span<const float> x,
                     std::span<const std::uint32_t> outputs, const ShareOf& share_of,
                     std::span<float> r, std::size_t count) = 0;
};

/// A linear operator z = W x seen by relevance rules: its weights are packed once and every part
/// of them is formed while multiplying. Layouts are those of the node's values (channels-last for
/// images). No bias is applied here.
class LinearMap {
 public:
  virtual ~LinearMap() = default;

  /// z (+)= part(W) x.
  virtual void apply(WeightPart part, std::span<const float> x, std::span<float> z,
                     Write write) = 0;

  /// r (+)= part(W)^T s for `count` stacked vectors: s is count x |z|, r is count x |x|.
  virtual void adjoint(WeightPart part, std::span<const float> s, std::span<float> r,
                       std::size_t count, Write write) = 0;

  /// In how many pieces `apply`, or `adjoint` of one vector, is done in short steps.
  virtual std::size_t pieces() const { return 1; }
  /// The longest stack whose `adjoint` is a short step; at least 1.
  virtual std::size_t most_stacked() const { return std::numeric_limits<std::size_t>::max(); }
  /// A piece of `apply`, and of `adjoint` of one vector. Maps that override `pieces` override
  /// these.
  virtual void apply_piece(WeightPart part, std::span<const float> x, std::span<float> z,
                           Write write, Piece piece) {
    static_cast<void>(piece);
    apply(part, x, z, write);
  }
  virtual void adjoint_piece(WeightPart part, std::span<const float> s, std::span<float> r,
                             Write write, Piece piece) {
    static_cast<void>(piece);
    adjoint(part, s, r, 1, write);
  }

  /// Null where reading the weights twice, for z and for r, costs little.
  virtual SharesByOutput* by_output() { return nullptr; }

  /// One per output channel (the last physical axis of z); empty when the operator has none.
  virtual std::span<const float> bias() const = 0;

  /// False when every weight is >= 0, so that the Negative part vanishes (pools).
  virtual bool has_negative_weights() const { return true; }
};

}  // namespace relcam
