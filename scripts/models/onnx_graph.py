"""A small writer of ONNX image classifiers: one method per operator the models here need.

Every tensor has the name of the node that makes it; a node's parameters are NAME.weight and
NAME.bias. Activations are NCHW float32 with square maps.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
IR_VERSION = 7

Pads = tuple[int, int, int, int]
"""Padding as (top, left, bottom, right), the order of ONNX."""


@dataclass(frozen=True)
class Tensor:
    """An activation [1, channels, size, size]; size is 0 once it is flattened."""

    name: str
    channels: int
    size: int


def pad_evenly(padding: int) -> Pads:
    """The same padding on all four sides."""
    return (padding, padding, padding, padding)


def pad_same(size: int, kernel: int, stride: int) -> Pads:
    """TensorFlow's SAME padding: an odd total puts the larger half at the bottom and right."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return (total // 2, total // 2, total - total // 2, total - total // 2)


class GraphBuilder:
    """Collects the nodes and parameters of a classifier with one input and one output.

    `weight_type` is the type that weights are stored in: float32, or float16 followed by a Cast
    to float32, which halves the file and which every runtime folds while it loads. Biases stay
    float32.
    """

    def __init__(self, weight_type: type[np.float16] | type[np.float32]) -> None:
        self._weight_type = weight_type
        self._nodes: list[onnx.NodeProto] = []
        self._parameters: dict[str, TensorProto] = {}

    def input(self, name: str, channels: int, size: int) -> Tensor:
        """Names the graph's input [1, channels, size, size]."""
        self._input = Tensor(name, channels, size)
        return self._input

    def conv(
        self,
        x: Tensor,
        name: str,
        weight: np.ndarray,
        bias: np.ndarray,
        pads: Pads,
        stride: int = 1,
        groups: int = 1,
    ) -> Tensor:
        """A convolution; weight [out, in / groups, kernel, kernel], bias [out]."""
        channels, _, kernel, _ = weight.shape
        self._add_node(
            "Conv",
            name,
            [x.name, self._weight(f"{name}.weight", weight), self._bias(f"{name}.bias", bias)],
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=list(pads),
            group=groups,
        )
        return Tensor(name, channels, (x.size + pads[0] + pads[2] - kernel) // stride + 1)

    def gemm(self, x: Tensor, name: str, weight: np.ndarray, bias: np.ndarray) -> Tensor:
        """A fully connected layer; weight [out, in], bias [out]."""
        inputs = [x.name, self._weight(f"{name}.weight", weight), self._bias(f"{name}.bias", bias)]
        self._add_node("Gemm", name, inputs, transB=1)
        return Tensor(name, weight.shape[0], 0)

    def relu(self, x: Tensor, name: str) -> Tensor:
        """max(x, 0)."""
        self._add_node("Relu", name, [x.name])
        return Tensor(name, x.channels, x.size)

    def relu6(self, x: Tensor, name: str) -> Tensor:
        """min(max(x, 0), 6)."""
        bounds = [self._scalar("relu6.min", 0.0), self._scalar("relu6.max", 6.0)]
        self._add_node("Clip", name, [x.name, *bounds])
        return Tensor(name, x.channels, x.size)

    def add(self, x: Tensor, y: Tensor, name: str) -> Tensor:
        """x + y."""
        self._add_node("Add", name, [x.name, y.name])
        return Tensor(name, x.channels, x.size)

    def concat(self, x: Tensor, y: Tensor, name: str) -> Tensor:
        """x and y, one after the other along the channels."""
        self._add_node("Concat", name, [x.name, y.name], axis=1)
        return Tensor(name, x.channels + y.channels, x.size)

    def max_pool(self, x: Tensor, name: str, kernel: int, stride: int, padding: int = 0) -> Tensor:
        """Max pooling, output size rounded down."""
        self._add_node(
            "MaxPool",
            name,
            [x.name],
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=list(pad_evenly(padding)),
        )
        return Tensor(name, x.channels, (x.size + 2 * padding - kernel) // stride + 1)

    def global_average_pool(self, x: Tensor, name: str) -> Tensor:
        """The mean of every map."""
        self._add_node("GlobalAveragePool", name, [x.name])
        return Tensor(name, x.channels, 1)

    def flatten(self, x: Tensor, name: str) -> Tensor:
        """[1, channels * size * size], channels outermost."""
        self._add_node("Flatten", name, [x.name], axis=1)
        return Tensor(name, x.channels * x.size * x.size, 0)

    def model(self, name: str, output: Tensor, metadata: dict[str, str]) -> onnx.ModelProto:
        """The checked model whose logits [1, classes] are `output`."""
        shape = [1, self._input.channels, self._input.size, self._input.size]
        float32 = TensorProto.FLOAT
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(self._input.name, float32, shape)],
            [helper.make_tensor_value_info(output.name, float32, [1, output.channels])],
            list(self._parameters.values()),
        )
        model = helper.make_model(
            graph,
            producer_name="relevance-cam",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model)
        return model

    def _add_node(self, operator: str, name: str, inputs: list[str], **attributes: Any) -> None:
        self._nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))

    def _add_parameter(self, name: str, values: np.ndarray) -> str:
        self._parameters[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def _weight(self, name: str, values: np.ndarray) -> str:
        stored = values.astype(self._weight_type)
        if not np.isfinite(stored).all():
            raise ValueError(f"{name} has values beyond the range of {self._weight_type.__name__}")
        if self._weight_type is np.float32:
            return self._add_parameter(name, stored)
        half = self._add_parameter(f"{name}.float16", stored)
        self._add_node("Cast", name, [half], to=TensorProto.FLOAT)
        return name

    def _bias(self, name: str, values: np.ndarray) -> str:
        return self._add_parameter(name, values.astype(np.float32))

    def _scalar(self, name: str, value: float) -> str:
        return self._add_parameter(name, np.array(value, np.float32))
