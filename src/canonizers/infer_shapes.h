#pragma once

#include "graph/graph.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// Walks the graph in order, evaluates what depends on constants alone, writes composed operators
/// as simpler ones (Op::decompose) and infers the shapes of the rest. All in one pass, since shape
/// arithmetic is constant as soon as shapes are known. Folded nodes leave the graph. What lies
/// behind an operator that is unknown keeps unknown shapes.
///
/// Throws InvalidModel, naming the node, for shapes that do not fit or are absurdly large.
void infer_shapes(Graph& graph, const ThreadPool& pool);

}  // namespace relcam
