#include "methods/attention.h"

#include <algorithm>
#include <numeric>

namespace relcam {

namespace {

constexpr std::string_view kStartLayer = "start-layer";

/// Adds the identity; then rows may be divided by their sums.
void add_identity(std::span<double> matrix, std::size_t tokens, bool normalise) {
  for (std::size_t i = 0; i < tokens; ++i) {
    const std::span<double> row = matrix.subspan(i * tokens, tokens);
    row[i] += 1.0;
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    if (!normalise || sum == 0.0) continue;
    for (double& value : row) value /= sum;
  }
}

/// row times all matrices, the last first.
std::vector<double> through(std::vector<double> row,
                            std::span<const std::vector<double>> matrices) {
  for (std::size_t l = matrices.size(); l-- > 0;) row = times(row, matrices[l]);
  return row;
}

}  // namespace

std::vector<double> mean_over_heads(const AttentionInput& input, const AttentionBlock& block,
                                    AttentionEntry entry) {
  const std::size_t size = input.tokens * input.tokens;
  std::vector<double> mean(size, 0.0);
  const std::size_t entries = block.weights.size();
  const double part = static_cast<double>(size) / static_cast<double>(entries);
  for (std::size_t at = 0; at < entries; ++at) mean[at % size] += part * entry(block, at);
  return mean;
}

std::vector<double> reading_row(const AttentionInput& input) {
  std::vector<double> row(input.tokens, 0.0);
  if (input.reads_prefix) {
    row.front() = 1.0;
  } else {
    std::fill_n(row.begin() + static_cast<std::ptrdiff_t>(input.prefix), input.patches,
                1.0 / static_cast<double>(input.patches));
  }
  return row;
}

std::vector<double> times(std::span<const double> row, std::span<const double> matrix) {
  std::vector<double> result(row.size(), 0.0);
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] == 0.0) continue;
    for (std::size_t j = 0; j < row.size(); ++j) result[j] += row[i] * matrix[i * row.size() + j];
  }
  return result;
}

CamOutput roll_out(const AttentionInput& input, AttentionEntry entry, bool normalise) {
  std::vector<std::vector<double>> matrices;
  for (std::size_t l = input.parameters.integer(kStartLayer); l < input.blocks.size(); ++l) {
    matrices.push_back(mean_over_heads(input, input.blocks[l], entry));
    add_identity(matrices.back(), input.tokens, normalise);
  }
  const std::vector<double> reader = reading_row(input);
  std::vector<double> read = through(reader, matrices);
  // Without division, what the readers themselves are adds the same to each of them.
  for (std::size_t i = 0; !normalise && i < read.size(); ++i) read[i] -= reader[i];
  CamOutput output = patches_of(input, read);
  for (std::size_t i = 0; input.wants_matrix && i < input.tokens; ++i) {
    std::vector<double> unit(input.tokens, 0.0);
    unit[i] = 1.0;
    const std::vector<float> row = to_floats(through(std::move(unit), matrices));
    output.matrix.insert(output.matrix.end(), row.begin(), row.end());
  }
  return output;
}

CamOutput patches_of(const AttentionInput& input, std::span<const double> row) {
  return {.weights = {}, .map = to_floats(row.subspan(input.prefix, input.patches))};
}

ParameterInfo start_layer_parameter() {
  return {.name = kStartLayer,
          .type = ParameterType::Integer,
          .fallback = "0",
          .most = 1000,
          .summary = "the first block that counts, from 0 on"};
}

}  // namespace relcam
