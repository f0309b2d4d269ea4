#pragma once

#include <optional>

#include "rules/linear_share.h"

namespace relcam {

/// The rules of the literature for linear operators, in the form zennit gives them (Anders et al.
/// 2021). a: input, w: weight, b: bias, z = w a + b. Each stands in the file of its name.

/// Z = w a + b (Bach et al. 2015, equation 58).
LinearShare epsilon_share(Stabilizer stabilizer);

/// z+ for inputs of any sign: Z = w+ a+ + w- a- (+ part of b), shares proportional to the parts of
/// Z (Montavon et al. 2017; Lee et al. 2021, section 3).
LinearShare z_plus_share(std::optional<WeightPart> bias = {}, Stabilizer stabilizer = {});

/// Gamma for inputs and outputs of any sign (Montavon et al. 2019; generalised by Andeol et al.
/// 2021): contributions of the output's own sign count (1 + gamma) times. Where z > 0,
/// Z = (w + gamma w+) a+ + (w + gamma w-) a- + b + gamma b+; where z < 0 the two swap and b- stands
/// for b+; no share where z = 0.
LinearShare gamma_share(float gamma, Stabilizer stabilizer);

/// alpha times the shares of the contributions that raise the output minus beta times the shares
/// of those that lower it, biases among them (Bach et al. 2015, equation 60).
LinearShare alpha_beta_share(float alpha, float beta, Stabilizer stabilizer);

/// z^B for inputs in a box: Z = w a - w+ low - w- high (Montavon et al. 2017, deep Taylor).
LinearShare z_box_share(Stabilizer stabilizer = {});

/// Z = w^2 + b^2, whatever the input (Montavon et al. 2017, deep Taylor).
LinearShare w_square_share(Stabilizer stabilizer);

/// The same share for every input of an output (Lapuschkin et al. 2019).
LinearShare flat_share(Stabilizer stabilizer);

}  // namespace relcam
