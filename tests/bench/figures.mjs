// What is read off the measurements, and the bounds it has to keep.
import { median, smallest } from "./statistics.mjs";

const megabyte = 1e6;
const maximumDifference = 1e-3;
const deepestBound = 1.1;
const allLayersBound = 1.7;
const otherClassBound = 0.5;
const memoryBound = 3.5;
const gradCamBound = 0.25;
const tenClassesBound = 3;
const scoreCamBound = 0.9;
const loadingBound = 0.9;
const loadingMemoryBound = 1.6;
const moduleBounds = { raw: 1.0 * megabyte, brotli: 300e3 };

/** `bound: undefined` where nothing is asked. NaN keeps no bound. */
function figure(subject, name, value, bound, unit = "") {
  return { subject, name, value, bound, unit, passed: bound === undefined || value <= bound };
}

function ratio(numerator, denominator, pick = median) {
  const engine = (samples) => pick(samples.map((sample) => sample.engine));
  return engine(numerator) / engine(denominator);
}

function relevanceCamFigures(subject, result, model) {
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

function gradCamFigures(subject, { layer, difference, explain }) {
  return [
    figure(subject, `difference of Grad-CAM ${layer} / largest`, difference, maximumDifference),
    figure(
      subject,
      `Grad-CAM ${layer} / TensorFlow.js Grad-CAM`,
      ratio(explain.ours, explain.theirs),
      gradCamBound,
    ),
  ];
}

function classesFigures(subject, { explain }) {
  const name = "Relevance-CAM, layer1..layer4, ten classes / one class";
  return [figure(subject, name, ratio(explain.ten, explain.one), tenClassesBound)];
}

function scoreCamFigures(subject, { layer, channels, forward, explain }) {
  const name = `Score-CAM ${layer} / ${channels} x forward`;
  return [figure(subject, name, ratio(explain, forward) / channels, scoreCamBound)];
}

function loadingFigures(subject, { file, memory, peak, start }) {
  return [
    figure(
      subject,
      "from bytes to first logits / onnxruntime-web",
      ratio(start.ours, start.theirs),
      loadingBound,
    ),
    figure(subject, "WebAssembly memory after loading / file", memory / file),
    figure(subject, "peak memory while loading / file", peak / file, loadingMemoryBound),
  ];
}

const figuresByStudy = {
  "relevance-cam": relevanceCamFigures,
  "grad-cam": gradCamFigures,
  classes: classesFigures,
  "score-cam": scoreCamFigures,
  loading: loadingFigures,
};

/** Figures of one study of one model on one number of threads. */
export function measurementFigures(model, result) {
  const subject = `${model.name}, ${result.threads} thread${result.threads > 1 ? "s" : ""}`;
  return figuresByStudy[result.study](subject, result, model);
}

export function moduleFigures({ raw, brotli }) {
  const subject = "relaxed SIMD, single-threaded";
  return [
    figure(subject, ".wasm, raw", raw / megabyte, moduleBounds.raw / megabyte, "MB"),
    figure(subject, ".wasm, brotli", brotli / 1e3, moduleBounds.brotli / 1e3, "kB"),
  ];
}

const relevanceCamCalls = ({ layers, forward, single, all }) => [
  ["onnxruntime-web forward", forward.theirs],
  ["forward", forward.ours],
  ...layers.map((layer) => [`Relevance-CAM ${layer}`, single[layer].explain]),
  ["Relevance-CAM, all of these", all.first],
  ["another class, all of these", all.other],
];

const gradCamCalls = ({ layer, explain }) => [
  [`TensorFlow.js Grad-CAM ${layer}`, explain.theirs],
  [`Grad-CAM ${layer}`, explain.ours],
];

const classesCalls = ({ explain }) => [
  ["Relevance-CAM, one class", explain.one],
  ["Relevance-CAM, ten classes", explain.ten],
];

const scoreCamCalls = ({ layer, forward, explain }) => [
  ["forward", forward],
  [`Score-CAM ${layer}`, explain],
];

const loadingCalls = ({ start }) => [
  ["onnxruntime-web, bytes to logits", start.theirs],
  ["bytes to logits", start.ours],
];

const callsByStudy = {
  "relevance-cam": relevanceCamCalls,
  "grad-cam": gradCamCalls,
  classes: classesCalls,
  "score-cam": scoreCamCalls,
  loading: loadingCalls,
};

/** Times of every kind of call: median and smallest, in the engine and as the page saw it. */
export function times(result) {
  return callsByStudy[result.study](result).map(([name, samples]) => {
    const engine = samples.map((sample) => sample.engine);
    const wall = median(samples.map((sample) => sample.wall));
    return { name, engine: median(engine), smallest: smallest(engine), wall };
  });
}
