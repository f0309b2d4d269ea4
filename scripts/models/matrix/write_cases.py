"""Writes the model matrix: narrow networks of many families with random weights, exported by
PyTorch, with the logits and input gradients that PyTorch computes in double precision.

Each folder OUTPUT/NAME holds model.onnx, the input input.pb (float16 holds it exactly),
logits.pb, input_gradient.pb (of the top class's logit) and case.json. Refused is a network that
PyTorch itself does not reproduce in single precision (its gradient jumps near this input, and
another seed serves), and an export of which ONNX's reference evaluator makes other logits (onnx
1.20.1 itself errs at BatchNormalization before opset 14).

Usage: python write_cases.py [--only NAME ...] OUTPUT
"""

import argparse
import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import timm
import torch
import torchvision
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from torch import nn

import weights
from networks import NETWORKS, Network

INPUT = "input"
LOGITS = "logits"
INPUT_SEED = 4
LOGITS_TOLERANCE = 2e-5
GRADIENT_TOLERANCE = 2e-4
AXES = {"batch": 0, "height": 2, "width": 3}


@dataclass(frozen=True)
class Outcome:
    """Logits [1, classes] and the gradient of the largest with respect to the picture."""

    logits: torch.Tensor
    gradient: torch.Tensor

    @property
    def target(self) -> int:
        """The class of the largest logit."""
        return int(self.logits.argmax())


def run(model: nn.Module, picture: torch.Tensor) -> Outcome:
    """The outcome in the picture's precision."""
    leaf = picture.clone().requires_grad_()
    logits = model(leaf)
    (gradient,) = torch.autograd.grad(logits.max(), leaf)
    return Outcome(logits.detach(), gradient)


def relative_error(got: torch.Tensor, want: torch.Tensor) -> float:
    """The largest error as a part of the largest magnitude."""
    return float((got.double() - want).abs().max() / want.abs().max())


def export(network: Network, model: nn.Module, picture: torch.Tensor, file: Path) -> None:
    """Exports as the roster says."""
    keep = network.batch_norm == "kept"
    common = {"input_names": [INPUT], "output_names": [LOGITS], "opset_version": network.opset}
    if network.exporter == "dynamo":
        names = {AXES[axis]: torch.export.Dim(axis) for axis in network.dynamic}
        torch.onnx.export(
            model,
            (picture,),
            file,
            dynamo=True,
            external_data=False,
            optimize=not keep,
            verbose=False,
            dynamic_shapes=({axis: dim for axis, dim in names.items()},) if names else None,
            **common,
        )
        return
    mode = torch.onnx.TrainingMode
    axes = {AXES[axis]: axis for axis in network.dynamic}
    torch.onnx.export(
        model,
        (picture,),
        str(file),
        dynamo=False,
        training=mode.PRESERVE if keep else mode.EVAL,
        do_constant_folding=not keep,
        dynamic_axes={INPUT: axes} if axes else None,
        **common,
    )


def strip_origin(file: Path) -> onnx.ModelProto:
    """Removes what tells of the exporting machine: stack traces and descriptions of every node."""
    model = onnx.load(file)
    parts = [model.graph, *model.functions]
    for node in (node for part in parts for node in part.node):
        node.ClearField("doc_string")
        node.ClearField("metadata_props")
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        value.ClearField("metadata_props")
    model.ClearField("metadata_props")
    model.graph.ClearField("metadata_props")
    onnx.checker.check_model(model)
    onnx.save(model, file)
    return model


def check_numbers(
    network: Network, file: Path, picture: torch.Tensor, single: Outcome, double: Outcome
) -> None:
    """Throws ValueError where the numbers do not stand on firm ground."""
    errors = relative_error(single.logits, double.logits)
    if errors > LOGITS_TOLERANCE:
        raise ValueError(f"{network.name}: single precision logits err by {errors}")
    errors = relative_error(single.gradient, double.gradient)
    if errors > GRADIENT_TOLERANCE:
        raise ValueError(f"{network.name}: single precision gradients err by {errors}")
    if network.unchecked:
        return
    (logits,) = ReferenceEvaluator(str(file)).run(None, {INPUT: picture.numpy()})
    errors = relative_error(torch.from_numpy(logits), double.logits)
    if errors > LOGITS_TOLERANCE:
        raise ValueError(f"{network.name}: the exported network's logits err by {errors}")


def write_tensor(file: Path, tensor: torch.Tensor, dtype: type) -> None:
    file.write_bytes(numpy_helper.from_array(tensor.numpy().astype(dtype)).SerializeToString())


def describe(network: Network, model: onnx.ModelProto, picture: torch.Tensor, target: int) -> dict:
    """What case.json says."""
    return {
        "name": network.name,
        "family": network.family,
        "source": f"torchvision {torchvision.__version__}, timm {timm.__version__}",
        "exporter": f"PyTorch {torch.__version__.split('+')[0]}, {network.exporter}",
        "opset": next(entry.version for entry in model.opset_import if entry.domain == ""),
        "batch_norm": network.batch_norm,
        "dynamic_axes": list(network.dynamic),
        "input": {"name": INPUT, "shape": list(picture.shape)},
        "target_class": target,
    }


def write_case(network: Network, output: Path) -> None:
    """Writes the folder of one network."""
    folder = output / network.name
    folder.mkdir(parents=True, exist_ok=True)
    model = weights.build(network.make, network.size, network.seed)
    picture = weights.picture(network.size, 1, torch.Generator().manual_seed(INPUT_SEED))
    single = run(model, picture)
    file = folder / "model.onnx"
    export(network, model, picture, file)
    exported = strip_origin(file)
    double = run(model.double(), picture.double())
    check_numbers(network, file, picture, single, double)
    write_tensor(folder / "input.pb", picture, np.float16)
    write_tensor(folder / "logits.pb", double.logits, np.float32)
    write_tensor(folder / "input_gradient.pb", double.gradient, np.float32)
    description = describe(network, exported, picture, double.target)
    (folder / "case.json").write_text(json.dumps(description, indent=2) + "\n")
    size = sum(part.stat().st_size for part in folder.iterdir())
    print(
        f"{network.name}: {size / 1000:.0f} kB, logits to {double.logits.abs().max():.2g}, "
        f"gradients to {double.gradient.abs().max():.2g}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the model matrix.")
    parser.add_argument("output", type=Path, help="folder that gets a folder of each network")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="write these networks alone")
    arguments = parser.parse_args()
    known = {network.name: network for network in NETWORKS}
    unknown = set(arguments.only or ()) - set(known)
    if unknown:
        parser.error(f"no network {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    warnings.simplefilter("ignore")
    for name in arguments.only or known:
        write_case(known[name], arguments.output)


if __name__ == "__main__":
    main()
