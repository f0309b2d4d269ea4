#include "kernels/pointwise.h"

#include <cmath>
#include <numbers>

#include "base/small_code.h"
#include "kernels/vector_math.h"

namespace relcam {
namespace {

/// Elements that are worth a thread's while.
constexpr std::size_t kGrain = 16384;

using P = PointwiseParameters;

template <typename Function>
void forward_loop(std::span<const float> x, std::span<float> y, P p) {
  const float* from = x.data();
  float* to = y.data();
  for (std::size_t i = 0; i < x.size(); ++i) to[i] = Function{}(from[i], p);
}

template <typename Derivative>
RELCAM_SMALL_CODE void gradient_loop(std::span<const float> known, std::span<const float> dy,
                                     std::span<float> dx, P p) {
  const float* at = known.data();
  const float* from = dy.data();
  float* to = dx.data();
  for (std::size_t i = 0; i < dy.size(); ++i) to[i] = from[i] * Derivative{}(at[i], p);
}

/// A row whose derivative is written in terms of x.
template <typename Function, typename Derivative>
constexpr Pointwise from_x(Function, Derivative) {
  return {forward_loop<Function>, gradient_loop<Derivative>, false};
}

/// A row whose derivative is written in terms of y = function(x).
template <typename Function, typename Derivative>
constexpr Pointwise from_y(Function, Derivative) {
  return {forward_loop<Function>, gradient_loop<Derivative>, true};
}

constexpr auto kZero = [](float, P) { return 0.0F; };

float log1p_exp(float x) { return (x > 0.0F ? x : 0.0F) + std::log1p(exponential(-std::fabs(x))); }

float mish_derivative(float x) {
  const float t = hyperbolic_tangent(log1p_exp(x));
  return t + x * (1.0F - t * t) * sigmoid(x);
}

constexpr float kSqrtHalf = 1.0F / std::numbers::sqrt2_v<float>;
constexpr float kTwoOverSqrtPi = 2.0F * std::numbers::inv_sqrtpi_v<float>;
/// sqrt(2 / pi) and the cubic term of the tanh form of GELU (Hendrycks and Gimpel 2016).
constexpr float kGeluSlope = kTwoOverSqrtPi * kSqrtHalf;
constexpr float kGeluCubic = 0.044715F;

[[gnu::always_inline]] inline float normal_cdf(float x) {
  return 0.5F * (1.0F + error_function(x * kSqrtHalf));
}
float normal_pdf(float x) { return 0.5F * kTwoOverSqrtPi * kSqrtHalf * exponential(-0.5F * x * x); }
float gelu_tanh_of(float x) {
  return hyperbolic_tangent(kGeluSlope * (x + kGeluCubic * x * x * x));
}

}  // namespace

namespace pointwise {

constexpr Pointwise relu = from_y([](float x, P) { return x < 0.0F ? 0.0F : x; },
                                  [](float y, P) { return y > 0.0F ? 1.0F : 0.0F; });

constexpr Pointwise clip = from_y(
    [](float x, P p) {
      const float raised = x < p.alpha ? p.alpha : x;
      return raised > p.beta ? p.beta : raised;
    },
    [](float y, P p) { return y > p.alpha && y < p.beta ? 1.0F : 0.0F; });

constexpr Pointwise sigmoid = from_y([](float x, P) { return relcam::sigmoid(x); },
                                     [](float y, P) { return y * (1.0F - y); });

constexpr Pointwise tanh = from_y([](float x, P) { return hyperbolic_tangent(x); },
                                  [](float y, P) { return 1.0F - y * y; });

constexpr Pointwise hard_sigmoid = from_y(
    [](float x, P p) {
      const float line = p.alpha * x + p.beta;
      const float raised = line < 0.0F ? 0.0F : line;
      return raised > 1.0F ? 1.0F : raised;
    },
    [](float y, P p) { return y > 0.0F && y < 1.0F ? p.alpha : 0.0F; });

constexpr Pointwise hard_swish = from_x(
    [](float x, P) {
      const float line = x * (1.0F / 6.0F) + 0.5F;
      const float raised = line < 0.0F ? 0.0F : line;
      return x * (raised > 1.0F ? 1.0F : raised);
    },
    [](float x, P) {
      const float inside = x * (1.0F / 3.0F) + 0.5F;
      return x <= -3.0F ? 0.0F : (x >= 3.0F ? 1.0F : inside);
    });

constexpr Pointwise leaky_relu = from_x([](float x, P p) { return x > 0.0F ? x : p.alpha * x; },
                                        [](float x, P p) { return x > 0.0F ? 1.0F : p.alpha; });

constexpr Pointwise elu = from_x(
    [](float x, P p) {
      const float negative = p.alpha * expm1_of_nonpositive(x > 0.0F ? 0.0F : x);
      return x > 0.0F ? x : negative;
    },
    [](float x, P p) {
      const float negative = p.alpha * exponential(x > 0.0F ? 0.0F : x);
      return x > 0.0F ? 1.0F : negative;
    });

constexpr Pointwise selu = from_x(
    [](float x, P p) {
      const float negative = p.beta * p.alpha * expm1_of_nonpositive(x > 0.0F ? 0.0F : x);
      return x > 0.0F ? p.beta * x : negative;
    },
    [](float x, P p) {
      const float negative = p.beta * p.alpha * exponential(x > 0.0F ? 0.0F : x);
      return x > 0.0F ? p.beta : negative;
    });

constexpr Pointwise celu = from_x(
    [](float x, P p) {
      const float negative = p.alpha * expm1_of_nonpositive((x > 0.0F ? 0.0F : x) / p.alpha);
      return x > 0.0F ? x : negative;
    },
    [](float x, P p) {
      const float negative = exponential((x > 0.0F ? 0.0F : x) / p.alpha);
      return x > 0.0F ? 1.0F : negative;
    });

constexpr Pointwise softplus =
    from_x([](float x, P) { return log1p_exp(x); }, [](float x, P) { return relcam::sigmoid(x); });

constexpr Pointwise softsign = from_x([](float x, P) { return x / (1.0F + std::fabs(x)); },
                                      [](float x, P) {
                                        const float root = 1.0F / (1.0F + std::fabs(x));
                                        return root * root;
                                      });

constexpr Pointwise thresholded_relu =
    from_x([](float x, P p) { return x > p.alpha ? x : 0.0F; },
           [](float x, P p) { return x > p.alpha ? 1.0F : 0.0F; });

constexpr Pointwise swish = from_x([](float x, P p) { return x * relcam::sigmoid(p.alpha * x); },
                                   [](float x, P p) {
                                     const float s = relcam::sigmoid(p.alpha * x);
                                     return s + p.alpha * x * s * (1.0F - s);
                                   });

constexpr Pointwise mish = from_x([](float x, P) { return x * hyperbolic_tangent(log1p_exp(x)); },
                                  [](float x, P) { return mish_derivative(x); });

constexpr Pointwise gelu = from_x([](float x, P) { return x * normal_cdf(x); },
                                  [](float x, P) { return normal_cdf(x) + x * normal_pdf(x); });

constexpr Pointwise gelu_tanh =
    from_x([](float x, P) { return 0.5F * x * (1.0F + gelu_tanh_of(x)); },
           [](float x, P) {
             const float t = gelu_tanh_of(x);
             const float slope = kGeluSlope * (1.0F + 3.0F * kGeluCubic * x * x);
             return 0.5F * (1.0F + t) + 0.5F * x * (1.0F - t * t) * slope;
           });

constexpr Pointwise abs =
    from_x([](float x, P) { return std::fabs(x); },
           [](float x, P) { return x > 0.0F ? 1.0F : (x < 0.0F ? -1.0F : 0.0F); });

constexpr Pointwise exp =
    from_y([](float x, P) { return exponential(x); }, [](float y, P) { return y; });

constexpr Pointwise log =
    from_x([](float x, P) { return std::log(x); }, [](float x, P) { return 1.0F / x; });

constexpr Pointwise sqrt =
    from_y([](float x, P) { return std::sqrt(x); }, [](float y, P) { return 0.5F / y; });

constexpr Pointwise neg = from_y([](float x, P) { return -x; }, [](float, P) { return -1.0F; });

constexpr Pointwise reciprocal =
    from_y([](float x, P) { return 1.0F / x; }, [](float y, P) { return -y * y; });

constexpr Pointwise erf = from_x([](float x, P) { return error_function(x); },
                                 [](float x, P) { return kTwoOverSqrtPi * exponential(-x * x); });

constexpr Pointwise floor = from_y([](float x, P) { return std::floor(x); }, kZero);
constexpr Pointwise ceil = from_y([](float x, P) { return std::ceil(x); }, kZero);
/// Halves go to the even neighbour, as ONNX says (the default rounding mode).
constexpr Pointwise round = from_y([](float x, P) { return std::nearbyint(x); }, kZero);
constexpr Pointwise sign =
    from_y([](float x, P) { return x > 0.0F ? 1.0F : (x < 0.0F ? -1.0F : x); }, kZero);

constexpr Pointwise sin =
    from_x([](float x, P) { return std::sin(x); }, [](float x, P) { return std::cos(x); });
constexpr Pointwise cos =
    from_x([](float x, P) { return std::cos(x); }, [](float x, P) { return -std::sin(x); });

}  // namespace pointwise

void apply_pointwise(const Pointwise& function, std::span<const float> x, std::span<float> y,
                     PointwiseParameters parameters, const ThreadPool& pool) {
  pool.parallel_for(x.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    function.forward(x.subspan(begin, end - begin), y.subspan(begin, end - begin), parameters);
  });
}

void apply_pointwise_gradient(const Pointwise& function, std::span<const float> known,
                              std::span<const float> dy, std::span<float> dx,
                              PointwiseParameters parameters, const ThreadPool& pool) {
  pool.parallel_for(dy.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    // A derivative that is constant reads neither x nor y: those may then be empty.
    function.gradient(known.empty() ? dy.subspan(begin, count) : known.subspan(begin, count),
                      dy.subspan(begin, count), dx.subspan(begin, count), parameters);
  });
}

}  // namespace relcam
