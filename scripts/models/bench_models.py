"""Writes the benchmark's classifiers with random weights: torchvision's architectures, 224 x 224.

BatchNormalization counts as folded, as exporters do, so only convolutions with biases remain.
Weights are normal with the variance 2 / fan-in (He et al., "Delving Deep into Rectifiers",
ICCV 2015, eq. 10), which keeps activations of one size through the depth; the last convolution
of a residual branch is scaled down, so that sums over blocks do not grow. No weight is zero or
denormal and activations are sparse as after training, so timings are those of a trained network.

Of the networks that TensorFlow.js computes as well, the parameters are written once more as it
reads them: NAME.weights.json lists names and shapes, NAME.weights.bin holds the values.

Usage: python bench_models.py OUTPUT
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from onnx_graph import GraphBuilder, Tensor, pad_evenly

INPUT_SIZE = 224
CLASSES = 1000
SEED = 2
BIAS_DEVIATION = 0.05
RESIDUAL_GAIN = 0.4


class RandomNetwork:
    """A graph whose parameters are drawn from one seeded generator, in order of the calls."""

    def __init__(self) -> None:
        self.graph = GraphBuilder(np.float32)
        self._random = np.random.default_rng(SEED)

    def input(self) -> Tensor:
        """The normalised picture [1, 3, 224, 224]."""
        return self.graph.input("input", 3, INPUT_SIZE)

    def conv(
        self,
        x: Tensor,
        name: str,
        channels: int,
        kernel: int,
        stride: int = 1,
        padding: int = 0,
        groups: int = 1,
        gain: float = 1.0,
    ) -> Tensor:
        """A convolution to `channels` maps; `gain` scales its weights."""
        weight = self._weight((channels, x.channels // groups, kernel, kernel)) * np.float32(gain)
        pads = pad_evenly(padding)
        return self.graph.conv(x, name, weight, self._bias(channels), pads, stride, groups)

    def gemm(self, x: Tensor, name: str, features: int) -> Tensor:
        """A fully connected layer to `features` values."""
        weight = self._weight((features, x.channels))
        return self.graph.gemm(x, name, weight, self._bias(features))

    def pooled_gemm(self, x: Tensor) -> Tensor:
        """Global average pooling and the classifier `logits`."""
        pooled = self.graph.global_average_pool(x, "avgpool")
        return self.gemm(self.graph.flatten(pooled, "flatten"), "logits", CLASSES)

    def _weight(self, shape: tuple[int, ...]) -> np.ndarray:
        deviation = np.float32(np.sqrt(2 / np.prod(shape[1:])))
        return self._random.standard_normal(shape, np.float32) * deviation

    def _bias(self, channels: int) -> np.ndarray:
        return self._random.standard_normal(channels, np.float32) * np.float32(BIAS_DEVIATION)


def _bottleneck(net: RandomNetwork, x: Tensor, name: str, width: int, stride: int) -> Tensor:
    """ResNet's bottleneck block in the v1.5 form: the stride is the 3x3 convolution's."""
    graph, shortcut = net.graph, x
    if stride != 1 or x.channels != 4 * width:
        shortcut = net.conv(x, f"{name}.downsample", 4 * width, 1, stride, gain=0.5**0.5)
    y = graph.relu(net.conv(x, f"{name}.conv1", width, 1), f"{name}.relu1")
    y = graph.relu(net.conv(y, f"{name}.conv2", width, 3, stride, 1), f"{name}.relu2")
    y = net.conv(y, f"{name}.conv3", 4 * width, 1, gain=RESIDUAL_GAIN)
    return graph.relu(graph.add(y, shortcut, f"{name}.add"), name)


def _basic_block(net: RandomNetwork, x: Tensor, name: str, width: int, stride: int) -> Tensor:
    """ResNet's block of two 3x3 convolutions."""
    graph, shortcut = net.graph, x
    if stride != 1 or x.channels != width:
        shortcut = net.conv(x, f"{name}.downsample", width, 1, stride, gain=0.5**0.5)
    y = graph.relu(net.conv(x, f"{name}.conv1", width, 3, stride, 1), f"{name}.relu1")
    y = net.conv(y, f"{name}.conv2", width, 3, padding=1, gain=RESIDUAL_GAIN)
    return graph.relu(graph.add(y, shortcut, f"{name}.add"), name)


Block = Callable[[RandomNetwork, Tensor, str, int, int], Tensor]


def _resnet(net: RandomNetwork, block: Block, depths: tuple[int, ...]) -> Tensor:
    x = net.graph.relu(net.conv(net.input(), "conv1", 64, 7, 2, 3), "relu")
    x = net.graph.max_pool(x, "maxpool", 3, 2, 1)
    for stage, depth in enumerate(depths):
        for index in range(depth):
            stride = 2 if stage > 0 and index == 0 else 1
            x = block(net, x, f"layer{stage + 1}.{index}", 64 << stage, stride)
    return net.pooled_gemm(x)


def resnet18(net: RandomNetwork) -> Tensor:
    """ResNet-18; `layer1.1`, `layer2.1`, `layer3.1` and `layer4.1` are the ends of its stages."""
    return _resnet(net, _basic_block, (2, 2, 2, 2))


def resnet50(net: RandomNetwork) -> Tensor:
    """ResNet-50; `layer1.2`, `layer2.3`, `layer3.5` and `layer4.2` are the ends of its stages."""
    return _resnet(net, _bottleneck, (3, 4, 6, 3))


def vgg16(net: RandomNetwork) -> Tensor:
    """VGG-16; `pool1` to `pool5` end its stages."""
    x = net.input()
    for stage, widths in enumerate(((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3), 1):
        for layer, width in enumerate(widths, 1):
            x = net.conv(x, f"conv{stage}_{layer}", width, 3, padding=1)
            x = net.graph.relu(x, f"relu{stage}_{layer}")
        x = net.graph.max_pool(x, f"pool{stage}", 2, 2)
    x = net.graph.flatten(x, "flatten")
    for name in ("fc6", "fc7"):
        x = net.graph.relu(net.gemm(x, name, 4096), f"{name}.relu")
    return net.gemm(x, "logits", CLASSES)


def _inverted_residual(
    net: RandomNetwork, x: Tensor, name: str, expansion: int, channels: int, stride: int
) -> Tensor:
    """MobileNetV2's block: expand, depthwise, project linearly, and add where shapes agree."""
    graph, y = net.graph, x
    hidden = x.channels * expansion
    if expansion != 1:
        y = graph.relu6(net.conv(y, f"{name}.expand", hidden, 1), f"{name}.expand.relu6")
    y = net.conv(y, f"{name}.depthwise", hidden, 3, stride, 1, groups=hidden)
    y = graph.relu6(y, f"{name}.depthwise.relu6")
    adds = stride == 1 and x.channels == channels
    y = net.conv(y, f"{name}.project", channels, 1, gain=RESIDUAL_GAIN if adds else 1.0)
    return graph.add(y, x, f"{name}.add") if adds else y


def mobilenet_v2(net: RandomNetwork) -> Tensor:
    """MobileNetV2; `head.relu6` is its last activation."""
    x = net.graph.relu6(net.conv(net.input(), "stem", 32, 3, 2, 1), "stem.relu6")
    stages = (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    )
    index = 0
    for expansion, channels, blocks, stride in stages:
        for block in range(blocks):
            step = stride if block == 0 else 1
            x = _inverted_residual(net, x, f"blocks.{index}", expansion, channels, step)
            index += 1
    return net.pooled_gemm(net.graph.relu6(net.conv(x, "head", 1280, 1), "head.relu6"))


def _fire(net: RandomNetwork, x: Tensor, name: str, squeeze: int, expand: int) -> Tensor:
    """SqueezeNet's fire module."""
    graph = net.graph
    x = graph.relu(net.conv(x, f"{name}.squeeze", squeeze, 1), f"{name}.squeeze.relu")
    small = graph.relu(net.conv(x, f"{name}.expand1x1", expand, 1), f"{name}.expand1x1.relu")
    large = net.conv(x, f"{name}.expand3x3", expand, 3, padding=1)
    return graph.concat(small, graph.relu(large, f"{name}.expand3x3.relu"), f"{name}.concat")


def squeezenet1_1(net: RandomNetwork) -> Tensor:
    """SqueezeNet 1.1; its class maps `conv10.relu` are averaged to the logits."""
    x = net.graph.relu(net.conv(net.input(), "conv1", 64, 3, 2), "conv1.relu")
    groups = (
        ((16, 64), (16, 64)),
        ((32, 128), (32, 128)),
        ((48, 192), (48, 192), (64, 256), (64, 256)),
    )
    fire = 2
    for pool, widths in enumerate(groups, 1):
        x = net.graph.max_pool(x, f"pool{pool}", 3, 2)
        for squeeze, expand in widths:
            x = _fire(net, x, f"fire{fire}", squeeze, expand)
            fire += 1
    x = net.graph.relu(net.conv(x, "conv10", CLASSES, 1), "conv10.relu")
    return net.graph.flatten(net.graph.global_average_pool(x, "avgpool"), "logits")


MODELS: dict[str, Callable[[RandomNetwork], Tensor]] = {
    "resnet18": resnet18,
    "resnet50": resnet50,
    "vgg16": vgg16,
    "mobilenet_v2": mobilenet_v2,
    "squeezenet1_1": squeezenet1_1,
}

TENSORFLOW_MODELS = {"resnet50"}


def _tensorflow_layout(parameter: TensorProto) -> np.ndarray:
    """Output channels last: [kernel, kernel, in, out] or [in, out]; a bias is as it was."""
    values = numpy_helper.to_array(parameter)
    return values.transpose(*range(2, values.ndim), *range(min(values.ndim, 2))[::-1])


def write_tensorflow_weights(model: onnx.ModelProto, target: Path) -> None:
    """Writes what `tf.io.decodeWeights` reads: weight specifications, and values in their order."""
    arrays = {p.name: _tensorflow_layout(p) for p in model.graph.initializer}
    specifications = [
        {"name": name, "shape": values.shape, "dtype": "float32"} for name, values in arrays.items()
    ]
    name = model.graph.name
    (target / f"{name}.weights.json").write_text(json.dumps(specifications))
    (target / f"{name}.weights.bin").write_bytes(
        b"".join(values.astype("<f4").tobytes() for values in arrays.values())
    )


def main() -> None:
    """Writes the files of every model into the output folder."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name, architecture in MODELS.items():
        net = RandomNetwork()
        model = net.graph.model(name, architecture(net), {})
        onnx.save(model, target / f"{name}.onnx")
        if name in TENSORFLOW_MODELS:
            write_tensorflow_weights(model, target)


if __name__ == "__main__":
    main()
