// What is read off the measurements, and the bounds it has to keep.
import { median, smallest } from "./statistics.mjs";

const megabyte = 1e6;
const maximumDifference = 1e-3;
const deepestBound = 1.1;
const allLayersBound = 1.7;
const otherClassBound = 0.5;
const memoryBound = 3.5;
const moduleBounds = { raw: 1.0 * megabyte, brotli: 300e3 };

/** `bound: undefined` where nothing is asked. NaN keeps no bound. */
function figure(subject, name, value, bound, unit = "") {
  return { subject, name, value, bound, unit, passed: bound === undefined || value <= bound };
}

function ratio(numerator, denominator, pick = median) {
  const engine = (samples) => pick(samples.map((sample) => sample.engine));
  return engine(numerator) / engine(denominator);
}

/** Figures of one model on one number of threads. */
export function measurementFigures(model, result) {
  const subject = `${model.name}, ${result.threads} thread${result.threads > 1 ? "s" : ""}`;
  const deepest = result.single[result.layers.at(-1)];
  const named = model.layers !== undefined;
  const stages = named ? "layer1..layer4" : "four deepest stages";
  return [
    figure(subject, "difference of outputs / largest", result.difference, maximumDifference),
    figure(
      subject,
      "forward / onnxruntime-web forward",
      ratio(result.forward.ours, result.forward.theirs),
      model.forwardBound,
    ),
    figure(
      subject,
      "Relevance-CAM, deepest stage / forward",
      ratio(deepest.explain, deepest.ours),
      deepestBound,
    ),
    figure(
      subject,
      `Relevance-CAM, ${stages} / onnxruntime-web forward`,
      ratio(result.all.first, result.all.theirs),
      named ? allLayersBound : undefined,
    ),
    figure(
      subject,
      `another class, ${stages} / first`,
      ratio(result.all.other, result.all.first),
      named ? otherClassBound : undefined,
    ),
    figure(
      subject,
      `memory, ${stages} / weights`,
      result.ours.memory / result.weights,
      named ? memoryBound : undefined,
    ),
  ];
}

export function moduleFigures({ raw, brotli }) {
  const subject = "relaxed SIMD, single-threaded";
  return [
    figure(subject, ".wasm, raw", raw / megabyte, moduleBounds.raw / megabyte, "MB"),
    figure(subject, ".wasm, brotli", brotli / 1e3, moduleBounds.brotli / 1e3, "kB"),
  ];
}

/** Times of every kind of call: median and smallest, in the engine and as the page saw it. */
export function times(result) {
  const row = (name, samples) => ({
    name,
    engine: median(samples.map((sample) => sample.engine)),
    smallest: smallest(samples.map((sample) => sample.engine)),
    wall: median(samples.map((sample) => sample.wall)),
  });
  return [
    row("onnxruntime-web forward", result.forward.theirs),
    row("forward", result.forward.ours),
    ...result.layers.map((layer) => row(`Relevance-CAM ${layer}`, result.single[layer].explain)),
    row("Relevance-CAM, all of these", result.all.first),
    row("another class, all of these", result.all.other),
  ];
}
