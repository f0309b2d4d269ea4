#include "canonizers/canonize.h"

#include "canonizers/check_operators.h"
#include "canonizers/choose_layout.h"
#include "canonizers/drop_identities.h"
#include "canonizers/fold_batch_norm.h"
#include "canonizers/infer_shapes.h"
#include "canonizers/merge_matmul_bias.h"

namespace relcam {

void canonize(Graph& graph, const CanonizeOptions& options, const ThreadPool& pool) {
  sort_topologically(graph);
  remove_dead_nodes(graph);
  infer_shapes(graph, pool);
  remove_dead_nodes(graph);
  check_operators(graph);
  drop_identities(graph);
  note_batch_norms(graph);
  if (options.fold_batch_norm) fold_batch_norm(graph);
  merge_matmul_bias(graph);
  remove_dead_nodes(graph);
  choose_layout(graph);
  remove_dead_nodes(graph);
}

}  // namespace relcam
