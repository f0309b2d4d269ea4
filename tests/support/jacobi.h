#pragma once

#include <vector>

#include "methods/lanczos.h"

namespace relcam::testing {

/// A dense square matrix by rows.
using Matrix = std::vector<std::vector<double>>;

/// The largest eigenpair of a symmetric matrix by cyclic Jacobi rotations: slow and sure.
EigenPair jacobi(Matrix matrix);

/// The rows less their columns' means.
Matrix centred(Matrix rows);

/// The rows' projection on the first right singular vector of the centred matrix; its sign is
/// whatever it is.
std::vector<double> principal_twin(const Matrix& rows);

}  // namespace relcam::testing
