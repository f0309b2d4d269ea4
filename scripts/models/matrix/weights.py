"""Narrow networks with random weights: layers of fewer channels, and parameters whose activations,
logits and gradients are of ordinary size."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import torch
from torch import nn

CLASSES = 10
CALIBRATION_SAMPLES = 16
LOGIT_DEVIATION = 2.0
BIAS_DEVIATION = 0.05
RESIDUAL_GAMMA = (0.2, 0.8)

_KEPT_CHANNELS = {3, CLASSES}


@contextmanager
def narrow(divisor: int) -> Iterator[None]:
    """Within it, convolutions, batch normalizations and linear layers are built with a `divisor`th
    of the channels they are asked for; colours, classes and groups of grouped convolutions stay.
    """

    def divided(channels: int) -> int:
        if channels in _KEPT_CHANNELS:
            return channels
        if channels % divisor:
            raise ValueError(f"{channels} channels are no multiple of {divisor}")
        return channels // divisor

    conv, norm, linear = nn.Conv2d.__init__, nn.BatchNorm2d.__init__, nn.Linear.__init__

    def narrow_conv(self: nn.Conv2d, inputs: int, outputs: int, *args: Any, **options: Any) -> None:
        if options.get("groups", 1) == inputs:
            options["groups"] = divided(inputs)
        conv(self, divided(inputs), divided(outputs), *args, **options)

    def narrow_norm(self: nn.BatchNorm2d, channels: int, *args: Any, **options: Any) -> None:
        norm(self, divided(channels), *args, **options)

    def narrow_linear(self: nn.Linear, inputs: int, outputs: int, *args: Any, **options: Any) -> None:
        linear(self, divided(inputs), divided(outputs), *args, **options)

    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(nn.Conv2d, "__init__", narrow_conv))
        patches.enter_context(mock.patch.object(nn.BatchNorm2d, "__init__", narrow_norm))
        patches.enter_context(mock.patch.object(nn.Linear, "__init__", narrow_linear))
        yield


def picture(size: int, count: int, random: torch.Generator) -> torch.Tensor:
    """Normalised pictures [count, 3, size, size]: smooth shapes under a grain, each element a
    multiple of 1/64, so that float16 holds it exactly."""
    shapes = torch.randn(count, 3, 6, 6, generator=random)
    smooth = nn.functional.interpolate(shapes, size=(size, size), mode="bicubic")
    grain = torch.randn(count, 3, size, size, generator=random)
    return ((smooth + 0.3 * grain) * 64).round().clamp(-160, 160) / 64


def _normal(parameter: torch.Tensor | None, deviation: float, random: torch.Generator) -> None:
    if parameter is not None:
        parameter.copy_(torch.randn(parameter.shape, generator=random) * deviation)


def _uniform(
    parameter: torch.Tensor | None, low: float, high: float, random: torch.Generator
) -> None:
    if parameter is not None:
        parameter.copy_(torch.rand(parameter.shape, generator=random) * (high - low) + low)


def _draw_module(module: nn.Module, random: torch.Generator) -> None:
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        fan_in = module.weight[0].numel()
        gain = 2.0 if isinstance(module, nn.Conv2d) else 1.0
        _normal(module.weight, (gain / fan_in) ** 0.5, random)
        _normal(module.bias, BIAS_DEVIATION, random)
    elif isinstance(module, (nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm)):
        _uniform(module.weight, 0.5, 1.5, random)
        _normal(module.bias, 0.1, random)
    else:
        for name, parameter in module.named_parameters(recurse=False):
            if "gamma" in name or "scale" in name:
                _uniform(parameter, *RESIDUAL_GAMMA, random)
            elif name == "in_proj_weight":
                _normal(parameter, parameter.shape[1] ** -0.5, random)
            else:
                _normal(parameter, 0.2, random)


def _calibrate_batch_norms(model: nn.Module, pictures: torch.Tensor) -> None:
    """Sets running statistics to those of the pictures, as training would."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [module.momentum for module in norms]
    for module in norms:
        module.train()
        module.momentum = 1.0
    model(pictures)
    for module, momentum in zip(norms, momenta, strict=True):
        module.momentum = momentum
    model.eval()


def _scale_logits(model: nn.Module, pictures: torch.Tensor) -> None:
    """Scales the layers that end in classes, so that the logits' deviation is LOGIT_DEVIATION."""
    heads = [
        module
        for module in model.modules()
        if isinstance(module, (nn.Conv2d, nn.Linear)) and len(module.weight) == CLASSES
    ]
    if not heads:
        raise ValueError("no layer ends in the classes")
    factor = LOGIT_DEVIATION / model(pictures).std(dim=1).mean()
    for head in heads:
        head.weight.mul_(factor)
        if head.bias is not None:
            head.bias.mul_(factor)


def build(make: Callable[[], nn.Module], size: int, seed: int) -> nn.Module:
    """The network of `make` in evaluation mode, with weights drawn from `seed`."""
    random = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    model = make().eval()
    with torch.no_grad():
        for module in model.modules():
            _draw_module(module, random)
        pictures = picture(size, CALIBRATION_SAMPLES, random)
        _calibrate_batch_norms(model, pictures)
        _scale_logits(model, pictures)
    return model
