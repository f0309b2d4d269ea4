#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_view.h"
#include "base/parameters.h"
#include "base/shape.h"
#include "base/weight_block.h"
#include "composites/custom.h"
#include "graph/graph.h"
#include "relevance/sweep.h"

namespace relcam {

struct LoadOptions {
  std::map<std::string, std::int64_t> dimensions;  ///< symbolic dimension name -> size
  std::map<std::string, Shape> input_shapes;       ///< input name -> full ONNX shape
  std::map<std::string, ByteView> external_data;   ///< by base name of the file
  /// The input for the picture; empty: the first of rank 4 with batch 1 and one to four channels,
  /// else the first.
  std::string image_input;
  Shape image_size = {224, 224};  ///< height and width of images whose size is left open
  WeightBlocks weight_blocks;     ///< see ImportOptions
  bool fold_batch_norm = true;
  std::size_t threads = 1;
};

struct TensorInfo {
  std::string name;
  Shape shape;       ///< as ONNX orders it
  std::string type;  ///< ONNX element type, e.g. "float32"
};

/// Where a layer of tokens has the image: behind `prefix` others (class and register tokens), row
/// by row.
struct TokenInfo {
  std::int32_t prefix = 0;
  std::int32_t rows = 0;
  std::int32_t columns = 0;
};

/// One activation of the graph that `explain` can be asked for.
struct LayerInfo {
  std::string name;  ///< ONNX tensor name
  std::string op_type;
  Shape shape;  ///< as ONNX orders it (images NCHW)
  std::int64_t macs = 0;
  std::int64_t parameters = 0;
  bool spatial = false;             ///< two spatial axes, or tokens: a CAM can be made here
  bool stage = false;               ///< one of "stages"
  bool attention = false;           ///< attention of all tokens to all, for methods that look at it
  std::optional<TokenInfo> tokens;  ///< of spatial layers that transformers compute
};

struct ModelInfo {
  std::string name;
  std::int64_t opset = 0;
  std::vector<TensorInfo> inputs;  ///< that for the picture first, the others as the file has them
  std::vector<TensorInfo> outputs;
  std::string logits;  ///< tensor that relevance starts from: before a final Softmax
  std::size_t classes = 0;
  std::vector<LayerInfo> layers;  ///< in the order of computation
  std::vector<BatchNormNote> batch_norms;
  std::map<std::string, std::string> metadata;
};

struct ExplainRequest {
  std::string method = "relevance-cam";
  /// Tensor names, or the words "stages", "last-stage", "input", "logits"; for methods on attention
  /// those of attention matrices, or "attention"; empty: the method's default.
  std::vector<std::string> layers;
  std::vector<std::size_t> targets;  ///< class indices; empty: the top class
  /// Tensor that relevance begins at; empty: the logits.
  std::string output;
  /// The initial relevance itself, one number per element of `output` in ONNX order, in place of a
  /// start and targets: any linear combination of the tensor's elements. Empty: none.
  std::vector<float> seed;
  std::string start;      ///< empty: the method's default
  std::string composite;  ///< empty: the method's default
  /// A composite of the caller's own in place of a named one. Linear nodes and those that need
  /// rules of their own must be covered; all others have defaults. Empty: none.
  std::vector<RuleRow> rules;
  /// Of the method, the start or the composite, e.g. {"conv-bias", "twice"}.
  Settings parameters;
  /// Any of cam, scaled, attribution, relevance, weights, activation, gradient, seed, token_matrix;
  /// empty: the method's own.
  std::vector<std::string> emit;
  /// "mean", "max" or "product": adds for every target one more result of kind scaled, whose layer
  /// is kFusionLayer, joining the resized maps of all layers. "none": no such result. Empty: the
  /// method's own, none for most.
  std::string fusion;
  /// "positive", "negative" or "signed": which part of the maps (cam, scaled) is given. Scaled maps
  /// fill [0,1], signed ones [-1,1]. Empty: the method's own, which leaves cam signed.
  std::string evidence;
  /// Account for the relevance at every node of the backward sweep (Explanation::ledger). Methods
  /// without a backward sweep refuse it.
  bool ledger = false;
};

/// ResultArray::layer of a map that joins all layers.
inline constexpr std::string_view kFusionLayer = "fusion";

/// ResultArray::target of an explanation that began with a seed.
inline constexpr std::int64_t kNoTarget = -1;

/// One array of an explanation.
struct ResultArray {
  std::string method;
  std::string layer;
  std::string kind;  ///< one of ExplainRequest::emit
  std::int64_t target = kNoTarget;
  std::string start;
  std::string composite;
  Shape shape;  ///< ONNX order: cam [1,1,h,w], weights [1,C,1,1], scaled [1,1,H,W], ...
  std::vector<float> data;
};

/// Where the relevance of one node's outputs went in a backward sweep, summed over elements:
/// received = sent + zeros + bias + epsilon + padding + aside + other. Parts may be negative. A sum
/// that is not finite is given as 0.
struct LedgerEntry {
  std::int64_t target = kNoTarget;
  std::string node;  ///< the node's name; its first output's where it has none
  std::string op_type;
  std::string rule;
  double received = 0.0;  ///< relevance of the outputs
  double sent = 0.0;      ///< to inputs on the way to asked-for layers
  double zeros = 0.0;     ///< lost: outputs whose denominator is exactly 0
  double bias = 0.0;      ///< lost: shares of biases and other constants
  double epsilon = 0.0;   ///< lost: shares of stabilisers
  double padding = 0.0;   ///< lost: outputs that no element of an input feeds
  double aside = 0.0;     ///< to inputs that lead to no asked-for layer
  double other = 0.0;     ///< the remainder: rounding, or a rule that does not divide (gradients)
};

/// Something to know before trusting a result: one sentence, and a code to branch on
/// (session/diagnosis.h lists them).
struct Diagnosis {
  std::string code;
  std::string layer;  ///< tensor or node it is about; empty: the whole explanation
  std::string message;
  std::int64_t target = kNoTarget;
};

/// Results stand target by target, and for each layer by layer.
struct Explanation {
  std::vector<std::size_t> targets;  ///< empty after a seed
  std::vector<float> logits;         ///< one per class
  std::vector<ResultArray> results;
  /// Target by target, in the order of the sweep (of the first, where a start takes several);
  /// empty unless asked for.
  std::vector<LedgerEntry> ledger;
  std::vector<Diagnosis> diagnoses;
  bool reused_forward = false;
  double forward_milliseconds = 0.0;   ///< time spent in steps of the forward pass
  double backward_milliseconds = 0.0;  ///< all the rest

  /// What is explained: every target, or the one seed.
  std::size_t count() const { return targets.empty() ? 1 : targets.size(); }
  std::int64_t target(std::size_t index) const {
    return targets.empty() ? kNoTarget : static_cast<std::int64_t>(targets[index]);
  }
};

struct Progress {
  std::string phase;  ///< "forward", "backward", "trials", "cam"
  std::size_t done = 0;
  std::size_t total = 0;
};

/// Work cut into short steps, so that a caller can report progress, yield and stop between
/// any two. Dropping an unfinished job leaves the session usable. One job at a time.
class Job {
 public:
  virtual ~Job() = default;
  /// Does one step; false when the work is finished.
  virtual bool step() = 0;
  virtual Progress progress() const = 0;
};

/// The facade: one loaded model. Not thread-safe.
class Session {
 public:
  /// Reads, canonizes and prepares a model. `model.owner` is released when the weights are packed.
  /// Throws Error.
  static Session load(const ByteView& model, LoadOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  const ModelInfo& info() const;

  /// `input`: the input for the picture in its ONNX order, already normalised. Throws InvalidInput
  /// on a wrong size or on NaN/infinity, naming the position. Without `bounds`, the smallest and
  /// largest element of the input serve rule z-box.
  void set_input(std::span<const float> input, PixelBounds bounds = {});
  /// Any input. All stay as they are until they are set anew or forgotten.
  void set_input(const std::string& name, std::span<const float> input);
  /// As if the input had never been set.
  void forget_input(const std::string& name);

  /// Forward only. After the job, `output(name)` holds.
  std::unique_ptr<Job> start_forward();
  /// A graph output, in ONNX order. `name` empty: the first. Throws UnknownLayer.
  std::vector<float> output(const std::string& name) const;
  /// The logits of the last forward pass, one per class.
  std::vector<float> logits() const;

  /// Validates the whole request before any arithmetic. The explanation is complete when the job
  /// is; forward activations and denominators are reused when the input and request allow it.
  std::unique_ptr<Job> start_explain(const ExplainRequest& request);
  const Explanation& explanation() const;

  struct State;

 private:
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A tensor that a file holds.
struct StoredTensor {
  std::string name;
  Shape shape;
  std::vector<float> data;
};

/// Reads a lone serialized ONNX TensorProto of any element type. Throws InvalidInput.
StoredTensor read_tensor(const ByteView& file);

}  // namespace relcam
