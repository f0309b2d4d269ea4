// ResNet-50 of scripts/models/bench_models.py in TensorFlow.js, cut in two at one of its blocks.
import * as tf from "@tensorflow/tfjs-core";

const DEPTHS = [3, 4, 6, 3];
const FIRST_WIDTH = 64;
/** A block has this many times its width of output channels. */
const EXPANSION = 4;

interface Block {
  readonly name: string;
  readonly width: number;
  readonly stride: number;
}

interface ConvOptions {
  readonly stride?: number;
  readonly pad?: number;
  readonly relu?: boolean;
}

type Conv = (x: tf.Tensor4D, name: string, options?: ConvOptions) => tf.Tensor4D;

const blocks: readonly Block[] = DEPTHS.flatMap((depth, stage) =>
  Array.from({ length: depth }, (_, index) => ({
    name: `layer${stage + 1}.${index}`,
    width: FIRST_WIDTH << stage,
    stride: stage > 0 && index === 0 ? 2 : 1,
  })),
);

export class ResNet50 {
  readonly #weights: tf.NamedTensorMap;
  readonly #cut: number;

  /** `weights`: by ONNX name, channels last; `layer`: the block after which the network is cut. */
  constructor(weights: tf.NamedTensorMap, layer: string) {
    this.#weights = weights;
    this.#cut = blocks.findIndex(({ name }) => name === layer) + 1;
    if (this.#cut === 0) throw new Error(`ResNet-50 has no block ${layer}.`);
  }

  get classes(): number {
    return this.#weight<tf.Tensor1D>("logits.bias").size;
  }

  /** From the picture [1, rows, columns, 3] to the layer: not differentiated, so convolutions fuse. */
  head(x: tf.Tensor4D): tf.Tensor4D {
    const y = this.#fusedConv(x, "conv1", { stride: 2, pad: 3, relu: true });
    return this.#run(tf.maxPool(y, 3, 2, 1), blocks.slice(0, this.#cut), this.#fusedConv);
  }

  /** From the layer to the logits [1, classes]. */
  tail(x: tf.Tensor4D): tf.Tensor2D {
    const y = this.#run(x, blocks.slice(this.#cut), this.#plainConv);
    const pooled = tf.mean<tf.Tensor2D>(y, [1, 2]);
    const product = tf.matMul(pooled, this.#weight<tf.Tensor2D>("logits.weight"));
    return tf.add<tf.Tensor2D>(product, this.#weight("logits.bias"));
  }

  #run(x: tf.Tensor4D, part: readonly Block[], conv: Conv): tf.Tensor4D {
    return part.reduce((y, block) => bottleneck(y, block, conv), x);
  }

  readonly #fusedConv: Conv = (x, name, { stride = 1, pad = 0, relu = false } = {}) =>
    tf.fused.conv2d({
      x,
      filter: this.#weight<tf.Tensor4D>(`${name}.weight`),
      bias: this.#weight(`${name}.bias`),
      strides: stride,
      pad,
      activation: relu ? "relu" : "linear",
    });

  /** The backend has no gradient of a fused convolution: it lacks the one of the filter. */
  readonly #plainConv: Conv = (x, name, { stride = 1, pad = 0, relu = false } = {}) => {
    const product = tf.conv2d(x, this.#weight<tf.Tensor4D>(`${name}.weight`), stride, pad);
    const sum = tf.add<tf.Tensor4D>(product, this.#weight(`${name}.bias`));
    return relu ? tf.relu(sum) : sum;
  };

  #weight<T extends tf.Tensor>(name: string): T {
    const weight = this.#weights[name];
    if (!weight) throw new Error(`The weights lack ${name}.`);
    return weight as T;
  }
}

/** In the v1.5 form: the stride is the 3x3 convolution's. */
function bottleneck(x: tf.Tensor4D, { name, width, stride }: Block, conv: Conv): tf.Tensor4D {
  const projects = stride !== 1 || x.shape[3] !== EXPANSION * width;
  const shortcut = projects ? conv(x, `${name}.downsample`, { stride }) : x;
  const narrow = conv(x, `${name}.conv1`, { relu: true });
  const y = conv(narrow, `${name}.conv2`, { stride, pad: 1, relu: true });
  return tf.relu(tf.add<tf.Tensor4D>(conv(y, `${name}.conv3`), shortcut));
}
