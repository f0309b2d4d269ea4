#pragma once

#include <cstddef>
#include <memory>

#include "kernels/convolution_shape.h"
#include "kernels/thread_pool.h"
#include "kernels/weight_panels.h"
#include "ops/operation.h"

namespace relcam {

/// A convolution with constant weights, by the kernel that suits its shape.
std::unique_ptr<Operation> make_convolution(const ConvolutionShape& shape,
                                            const WeightSource& weights, const ThreadPool& pool);

/// y[rows][outputs] = x[rows][inputs] W + bias, as a convolution with a 1x1 window.
std::unique_ptr<Operation> make_matrix_product(std::size_t rows, std::size_t inputs,
                                               std::size_t outputs, const WeightSource& weights,
                                               const ThreadPool& pool);

}  // namespace relcam
