#include "canonizers/canonize.h"

#include <string>

#include "base/error.h"
#include "canonizers/check_operators.h"
#include "canonizers/choose_layout.h"
#include "canonizers/cut_decisions.h"
#include "canonizers/drop_identities.h"
#include "canonizers/find_token_grids.h"
#include "canonizers/fold_batch_norm.h"
#include "canonizers/fuse_activations.h"
#include "canonizers/fuse_channel_shuffle.h"
#include "canonizers/fuse_normalizations.h"
#include "canonizers/infer_shapes.h"
#include "canonizers/mask_products.h"
#include "canonizers/merge_fake_quantize.h"
#include "canonizers/merge_matmul_bias.h"

namespace relcam {
namespace {

/// Ten times the largest networks: planning memory takes time that grows with the square.
constexpr std::size_t kMostOperations = 50'000;

void check_size(const Graph& graph) {
  if (graph.nodes.size() <= kMostOperations) return;
  throw Error(ErrorCode::InvalidModel,
              "the model still has " + std::to_string(graph.nodes.size()) +
                  " operations after constants were folded; at most 50,000 are run");
}

}  // namespace

void canonize(Graph& graph, const CanonizeOptions& options, const ThreadPool& pool) {
  sort_topologically(graph);
  remove_dead_nodes(graph);
  infer_shapes(graph, pool);
  cut_decisions(graph);
  remove_dead_nodes(graph);
  check_operators(graph);
  check_size(graph);
  drop_identities(graph);
  merge_fake_quantize(graph);
  note_batch_norms(graph);
  if (options.fold_batch_norm) fold_batch_norm(graph);
  fuse_activations(graph);
  fuse_normalizations(graph);
  fuse_channel_shuffle(graph);
  mask_products(graph);
  merge_matmul_bias(graph);
  remove_dead_nodes(graph);
  choose_layout(graph);
  remove_dead_nodes(graph);
  find_token_grids(graph);
}

}  // namespace relcam
