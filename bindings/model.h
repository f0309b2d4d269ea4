#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "buffer.h"
#include "image/preprocess.h"
#include "session/session.h"

namespace relcam::bindings {

/// Session's LoadOptions without the files, which JavaScript adds one by one.
struct ModelOptions {
  std::map<std::string, std::int64_t> dimensions;
  std::map<std::string, Shape> input_shapes;
  std::string image_input;  ///< empty: found
  Shape image_size;         ///< height and width; empty: the default
  bool fold_batch_norm = true;
  std::size_t threads = 1;
};

/// Pre-processing with names not yet looked up.
struct PreprocessSettings {
  std::string preset;  ///< empty: divisor, mean and std hold
  float divisor = 255.0F;
  std::vector<float> mean;
  std::vector<float> std;
  std::string channels;  ///< empty: the preset's, or RGB
  std::string resize;
  int shorter_side = 0;  ///< 0: the default
  std::string interpolation;
};

struct TensorValue {
  std::string name;
  Shape shape;
  std::vector<float> data;
};

/// The files of a model while they are being brought together.
class ModelFiles {
 public:
  /// A tensor of `file` ("": the model) that begins at `offset`.
  void add_weights(const std::string& file, double offset, const Weights& weights) {
    weight_blocks_[file][static_cast<std::uint64_t>(offset)] = weights.block();
  }
  static ModelFiles make(const Buffer& model) { return ModelFiles(model); }
  void add_external_data(const std::string& name, const Buffer& data) {
    external_data_[name] = data.bytes();
  }

 private:
  friend class Model;
  explicit ModelFiles(const Buffer& model) : model_(model.bytes()) {}

  ByteView model_;
  std::map<std::string, ByteView> external_data_;
  WeightBlocks weight_blocks_;
};

/// A session and the job it is at.
class Model {
 public:
  /// Takes the files over: their memory is freed when the weights are packed.
  static Model load(ModelFiles& files, const ModelOptions& options);

  ModelInfo info() const { return session_.info(); }

  /// RGBA pixels become the input for the picture. Returns the part of the picture that the model
  /// sees.
  SourceRect set_image(const Buffer& rgba, int width, int height,
                       const PreprocessSettings& settings);
  void set_first_input(const Buffer& floats) { session_.set_input(floats.floats()); }
  void set_input(const std::string& name, const Buffer& floats) {
    session_.set_input(name, floats.floats());
  }
  void forget_input(const std::string& name) { session_.forget_input(name); }

  void start_forward() { job_ = session_.start_forward(); }
  void start_explain(const ExplainRequest& request) { job_ = session_.start_explain(request); }
  /// Works for about `milliseconds`; false when the job is finished.
  bool run_for(double milliseconds);
  Progress progress() const;
  /// Drops the job.
  void cancel() { job_.reset(); }

  std::vector<float> logits() const { return session_.logits(); }
  std::vector<float> output(const std::string& name) const { return session_.output(name); }
  Explanation explanation() const { return session_.explanation(); }

 private:
  explicit Model(Session session) : session_(std::move(session)) {}

  Session session_;
  std::unique_ptr<Job> job_;
};

/// Throws InvalidOption when the settings name something that does not exist.
void check_preprocess(const PreprocessSettings& settings);

/// A serialized TensorProto.
TensorValue read_tensor(const Buffer& file);

/// Current size of the WebAssembly memory in bytes.
double memory_size();

}  // namespace relcam::bindings
