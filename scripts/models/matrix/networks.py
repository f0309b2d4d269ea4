"""The networks of the model matrix: one narrow member or more of every family, and how each is
exported. Depths are cut where a family's constructor lets them be, or its blocks keep their width."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import timm
from timm.layers import SEModule
from timm.models import byobnet, mobilenetv3
from timm.models import efficientnet as timm_efficientnet
from timm.models.swin_transformer import SwinTransformer
from torch import nn
from torchvision import models
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.efficientnet import EfficientNet, FusedMBConvConfig, MBConvConfig
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3
from torchvision.models.regnet import BlockParams, RegNet
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.vgg import VGG, make_layers

from weights import CLASSES, narrow

SIZE = 64


@dataclass(frozen=True)
class Network:
    """One case: a network and an export of it.

    `batch_norm` says whether the exporter folds batch normalizations into convolutions: "folded",
    "kept", or "none" where the network has none. `dynamic` names the input's axes without a size.
    `unchecked` says why ONNX's reference evaluator is not asked for the exported network's logits.
    """

    name: str
    family: str
    make: Callable[[], nn.Module]
    opset: int
    exporter: Literal["TorchScript", "dynamo"] = "TorchScript"
    batch_norm: Literal["folded", "kept", "none"] = "folded"
    dynamic: tuple[str, ...] = ()
    size: int = SIZE
    seed: int = 1
    unchecked: str = ""


BATCH = ("batch",)
EVERY_AXIS = ("batch", "height", "width")


def _head(features: int, hidden: int) -> nn.Sequential:
    """The classifier of AlexNet and VGG over 2 x 2 maps."""
    first, last = nn.Linear(features * 4, hidden), nn.Linear(hidden, CLASSES)
    return nn.Sequential(first, nn.ReLU(), nn.Dropout(), last)


def alexnet() -> nn.Module:
    with narrow(16):
        model = models.AlexNet(num_classes=CLASSES)
    model.avgpool = nn.AdaptiveAvgPool2d(2)
    model.classifier = _head(16, 32)
    return model


def vgg() -> nn.Module:
    layers: list[int | str] = [8, "M", 16, "M", 24, 24, "M", 32, 32, "M"]
    model = VGG(make_layers(layers, batch_norm=True), num_classes=CLASSES)
    model.avgpool = nn.AdaptiveAvgPool2d(2)
    model.classifier = _head(32, 32)
    return model


def resnet() -> nn.Module:
    with narrow(16):
        return ResNet(Bottleneck, [1, 2, 1, 1], num_classes=CLASSES)


def resnet_basic() -> nn.Module:
    with narrow(16):
        return ResNet(BasicBlock, [1, 1, 1, 1], num_classes=CLASSES)


def resnext() -> nn.Module:
    with narrow(16):
        return ResNet(Bottleneck, [1, 1, 1, 1], num_classes=CLASSES, groups=4, width_per_group=32)


def se_resnet() -> nn.Module:
    with narrow(16):
        return timm.models.resnet.ResNet(
            timm.models.resnet.BasicBlock,
            (1, 1, 1, 1),
            num_classes=CLASSES,
            block_args={"attn_layer": partial(SEModule, rd_ratio=0.25)},
        )


def squeezenet() -> nn.Module:
    with narrow(8):
        return models.SqueezeNet("1_1", num_classes=CLASSES)


def googlenet() -> nn.Module:
    with narrow(8):
        model = models.GoogLeNet(
            num_classes=CLASSES, aux_logits=False, transform_input=True, init_weights=False
        )
    model.inception4b = model.inception4c = model.inception5a = nn.Identity()
    return model


def inception_v3() -> nn.Module:
    with narrow(16):
        model = models.Inception3(
            num_classes=CLASSES, aux_logits=False, transform_input=True, init_weights=False
        )
    for cut in ("Mixed_5d", "Mixed_6c", "Mixed_6d", "Mixed_6e", "Mixed_7c"):
        setattr(model, cut, nn.Identity())
    return model


def densenet() -> nn.Module:
    return models.DenseNet(4, (2, 2, 2, 2), num_init_features=8, bn_size=2, num_classes=CLASSES)


def mobilenet_v1() -> nn.Module:
    with narrow(8):
        return timm_efficientnet._gen_mobilenet_v1(
            "mobilenetv1_100", channel_multiplier=0.5, num_classes=CLASSES
        )


def mobilenet_v2() -> nn.Module:
    setting = [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 2, 2], [6, 64, 2, 2], [6, 96, 1, 1]]
    with narrow(8):
        return models.MobileNetV2(
            num_classes=CLASSES, inverted_residual_setting=[*setting, [6, 160, 2, 2]]
        )


def mobilenet_v3() -> nn.Module:
    block = partial(InvertedResidualConfig, dilation=1, width_mult=1.0)
    setting = [
        block(8, 3, 8, 8, True, "RE", 2),
        block(8, 3, 16, 16, False, "RE", 2),
        block(16, 5, 32, 16, True, "HS", 1),
        block(16, 5, 48, 24, True, "HS", 2),
    ]
    return MobileNetV3(setting, last_channel=48, num_classes=CLASSES)


def mobilenet_v4() -> nn.Module:
    with narrow(8):
        return mobilenetv3._gen_mobilenet_v4(
            "mobilenetv4_conv_small", channel_multiplier=0.5, num_classes=CLASSES
        )


def shufflenet_v2() -> nn.Module:
    return models.ShuffleNetV2([2, 2, 2], [8, 16, 32, 64, 64], num_classes=CLASSES)


def mnasnet() -> nn.Module:
    with narrow(8):
        return models.MNASNet(0.5, num_classes=CLASSES)


def efficientnet_b0() -> nn.Module:
    block = partial(MBConvConfig, width_mult=1.0, depth_mult=1.0)
    setting = [
        block(1, 3, 1, 8, 8, 1),
        block(6, 3, 2, 8, 8, 2),
        block(6, 5, 2, 8, 16, 1),
        block(6, 3, 2, 16, 16, 2),
        block(6, 5, 1, 16, 24, 1),
    ]
    return EfficientNet(setting, dropout=0.2, num_classes=CLASSES, last_channel=64)


def efficientnet_v2() -> nn.Module:
    setting = [
        FusedMBConvConfig(1, 3, 1, 8, 8, 1),
        FusedMBConvConfig(4, 3, 2, 8, 16, 1),
        MBConvConfig(4, 3, 2, 16, 16, 2),
        MBConvConfig(6, 3, 2, 16, 24, 1),
    ]
    return EfficientNet(setting, dropout=0.2, num_classes=CLASSES, last_channel=64)


def efficientnet_lite() -> nn.Module:
    with narrow(8):
        return timm_efficientnet._gen_efficientnet_lite(
            "efficientnet_lite0", depth_multiplier=0.3, num_classes=CLASSES
        )


def regnet() -> nn.Module:
    params = BlockParams.from_init_params(
        depth=6, w_0=8, w_a=8.0, w_m=2.0, group_width=4, se_ratio=0.25
    )
    return RegNet(params, num_classes=CLASSES, stem_width=8)


def convnext() -> nn.Module:
    setting = [CNBlockConfig(8, 16, 1), CNBlockConfig(16, 24, 1), CNBlockConfig(24, None, 1)]
    return ConvNeXt(setting, num_classes=CLASSES)


def convnext_timm() -> nn.Module:
    return timm.models.convnext.ConvNeXt(
        num_classes=CLASSES, depths=(1, 1, 1, 1), dims=(8, 16, 24, 32)
    )


def repvgg() -> nn.Module:
    blocks = tuple(
        byobnet.ByoBlockCfg(type="rep", d=depth, c=channels, s=2, gs=0)
        for depth, channels in ((2, 8), (2, 16), (1, 32))
    )
    return byobnet.ByobNet(
        byobnet.ByoModelCfg(blocks=blocks, stem_type="rep", stem_chs=8), num_classes=CLASSES
    )


def vit() -> nn.Module:
    return models.VisionTransformer(
        image_size=SIZE,
        patch_size=8,
        num_layers=2,
        num_heads=2,
        hidden_dim=32,
        mlp_dim=64,
        num_classes=CLASSES,
    )


def vit_timm() -> nn.Module:
    return timm.models.vision_transformer.VisionTransformer(
        img_size=SIZE,
        patch_size=8,
        num_classes=CLASSES,
        embed_dim=32,
        depth=2,
        num_heads=2,
        mlp_ratio=2.0,
    )


def deit() -> nn.Module:
    return timm.models.deit.VisionTransformerDistilled(
        img_size=SIZE,
        patch_size=8,
        num_classes=CLASSES,
        embed_dim=32,
        depth=2,
        num_heads=2,
        mlp_ratio=2.0,
    )


def swin() -> nn.Module:
    return models.SwinTransformer(
        patch_size=[4, 4],
        embed_dim=16,
        depths=[2, 1],
        num_heads=[2, 4],
        window_size=[4, 4],
        mlp_ratio=2.0,
        num_classes=CLASSES,
    )


def swin_timm() -> nn.Module:
    return SwinTransformer(
        img_size=SIZE,
        patch_size=4,
        num_classes=CLASSES,
        embed_dim=16,
        depths=(2, 2),
        num_heads=(2, 4),
        window_size=4,
        mlp_ratio=2.0,
    )


def mobilevit() -> nn.Module:
    attention = timm.models.mobilevit._mobilevit_block
    residual = timm.models.mobilevit._inverted_residual_block
    blocks = (
        residual(d=1, c=8, s=1, br=2.0),
        residual(d=1, c=12, s=2, br=2.0),
        attention(d=1, c=16, s=2, transformer_dim=24, transformer_depth=1, patch_size=2, br=2.0),
    )
    config = byobnet.ByoModelCfg(
        blocks=blocks,
        stem_chs=8,
        stem_type="3x3",
        stem_pool="",
        downsample="",
        act_layer="silu",
        num_features=32,
    )
    return byobnet.ByobNet(config, num_classes=CLASSES)


def maxvit() -> nn.Module:
    return models.MaxVit(
        input_size=(SIZE, SIZE),
        stem_channels=8,
        partition_size=4,
        block_channels=[8, 16],
        block_layers=[1, 1],
        head_dim=4,
        stochastic_depth_prob=0.0,
        num_classes=CLASSES,
        mlp_ratio=2,
    )


NETWORKS = (
    Network("alexnet", "AlexNet", alexnet, 11, batch_norm="none", size=95),
    Network("vgg", "VGG", vgg, 12, dynamic=BATCH),
    Network("resnet", "ResNet", resnet, 14, batch_norm="kept", dynamic=EVERY_AXIS),
    Network("resnet_basic", "ResNet", resnet_basic, 18, "dynamo"),
    Network("resnext", "ResNeXt", resnext, 13),
    Network("se_resnet", "SE-ResNet", se_resnet, 18, "dynamo", batch_norm="kept"),
    Network("squeezenet", "SqueezeNet", squeezenet, 11, batch_norm="none", dynamic=EVERY_AXIS),
    Network(
        *("googlenet", "GoogLeNet", googlenet, 13),
        unchecked="it pads a MaxPool of ceil_mode twice",
    ),
    Network("inception_v3", "Inception v3", inception_v3, 17, batch_norm="kept", size=107),
    Network("densenet", "DenseNet", densenet, 15, dynamic=BATCH),
    Network("mobilenet_v1", "MobileNetV1", mobilenet_v1, 20, "dynamo"),
    Network("mobilenet_v2", "MobileNetV2", mobilenet_v2, 12),
    Network("mobilenet_v3", "MobileNetV3", mobilenet_v3, 14, dynamic=EVERY_AXIS),
    Network("mobilenet_v4", "MobileNetV4", mobilenet_v4, 18, "dynamo", dynamic=BATCH),
    Network("shufflenet_v2", "ShuffleNetV2", shufflenet_v2, 11, dynamic=EVERY_AXIS),
    Network("mnasnet", "MNASNet", mnasnet, 16, batch_norm="kept"),
    Network("efficientnet_b0", "EfficientNet", efficientnet_b0, 17, dynamic=EVERY_AXIS),
    Network("efficientnet_v2", "EfficientNetV2", efficientnet_v2, 19, "dynamo"),
    Network("efficientnet_lite", "EfficientNet Lite", efficientnet_lite, 13),
    Network("regnet", "RegNet", regnet, 20, "dynamo", dynamic=EVERY_AXIS),
    Network("convnext", "ConvNeXt", convnext, 16, batch_norm="none"),
    Network("convnext_timm", "ConvNeXt", convnext_timm, 20, batch_norm="none"),
    Network("repvgg", "RepVGG", repvgg, 18, batch_norm="kept"),
    Network("vit", "ViT", vit, 14, batch_norm="none", dynamic=BATCH),
    Network("vit_timm", "ViT", vit_timm, 20, "dynamo", batch_norm="none"),
    Network("deit", "DeiT", deit, 17, batch_norm="none"),
    Network("swin", "Swin", swin, 17, batch_norm="none"),
    Network("swin_timm", "Swin", swin_timm, 18, "dynamo", batch_norm="none"),
    Network("mobilevit", "MobileViT", mobilevit, 16, dynamic=BATCH),
    Network("maxvit", "MaxViT", maxvit, 18, "dynamo"),
)
