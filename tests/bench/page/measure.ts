import { wrap, type Remote } from "comlink";
import { Explainer, type Explanation, type Tensor } from "relevance-cam";

import { Inputs } from "./inputs.js";
import type { OrtEngine } from "./ort-worker.js";
import type { Measurement, Request, Sample, Series, Start } from "./samples.js";

/** Threads of an engine may wait actively for a while after a call; the next is not to feel it. */
const SETTLE_MILLISECONDS = 30;
/** Until the browser's optimising compiler has been through every loop. */
const WARM_UP_MILLISECONDS = 1500;
const WARM_UP_ROUNDS = 2;
const STAGES = 4;

interface Ort {
  readonly engine: Remote<OrtEngine>;
  readonly close: () => void;
}

interface Engines {
  readonly ours: Explainer;
  readonly theirs: Ort;
  readonly inputs: Inputs;
}

type Call = () => Promise<Sample>;

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const begin = performance.now();
  const result = await work();
  return [result, performance.now() - begin];
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MILLISECONDS));
}

/** Makes the calls take turns, so that what disturbs the machine disturbs all of them alike. */
async function interleave(
  calls: Readonly<Record<string, Call>>,
  { rounds }: Request,
): Promise<Series> {
  await warmUp(Object.values(calls));
  const series = Object.fromEntries(Object.keys(calls).map((name) => [name, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, call] of Object.entries(calls)) {
      await settle();
      series[name]?.push(await call());
    }
  }
  return series;
}

async function warmUp(calls: readonly Call[]): Promise<void> {
  const end = performance.now() + WARM_UP_MILLISECONDS;
  for (let round = 0; round < WARM_UP_ROUNDS || performance.now() < end; round++) {
    for (const call of calls) await call();
  }
}

async function loadTheirs({ model, threads }: Request): Promise<Ort> {
  const worker = new Worker("/build/bench/ort-worker.js", { type: "module" });
  const engine = wrap<OrtEngine>(worker);
  await engine.load(new URL(model, location.href).href, threads);
  return {
    engine,
    close: () => {
      worker.terminate();
    },
  };
}

function loadOurs({ model, threads }: Request): Promise<Explainer> {
  return Explainer.load(model, { threads, cache: false });
}

function inputShape(explainer: Explainer): readonly number[] {
  const input = explainer.info().inputs[0];
  if (!input) throw new Error("The model has no input.");
  return input.shape;
}

function weightsOf(explainer: Explainer): number {
  const parameters = explainer.layers().reduce((sum, layer) => sum + layer.parameters, 0);
  return parameters * Float32Array.BYTES_PER_ELEMENT;
}

function stagesOf(explainer: Explainer): string[] {
  return explainer
    .layers()
    .filter(({ stage }) => stage)
    .slice(-STAGES)
    .map(({ name }) => name);
}

/** Starts our engine anew and explains once: nothing is warm but the browser's code cache. */
async function startOurs(request: Request): Promise<{ start: Start; layers: readonly string[] }> {
  const begin = performance.now();
  const explainer = await loadOurs(request);
  const load = performance.now() - begin;
  try {
    const layers = request.layers ?? stagesOf(explainer);
    await explainer.explain(new Inputs(inputShape(explainer)).next(), { layers });
    const firstResult = performance.now() - begin;
    const { memory } = await explainer.runtimeInfo();
    return { start: { load, firstResult, memory }, layers };
  } finally {
    explainer.dispose();
  }
}

async function startTheirs(request: Request, input: Tensor): Promise<[Ort, Start]> {
  const begin = performance.now();
  const theirs = await loadTheirs(request);
  const load = performance.now() - begin;
  await theirs.engine.run(input.data, input.shape);
  const firstResult = performance.now() - begin;
  return [theirs, { load, firstResult, memory: await theirs.engine.memory() }];
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

async function compareOutputs({ ours, theirs, inputs }: Engines): Promise<number> {
  const input = inputs.next();
  const { outputs } = await ours.run(input);
  const { output } = await theirs.engine.run(input.data, input.shape);
  const own = Object.values(outputs)[0]?.data;
  if (own?.length !== output.length) throw new Error("The engines' outputs differ in size.");
  const difference = largest(output.map((value, i) => value - (own[i] ?? NaN)));
  const scale = largest(output);
  return scale > 0 ? difference / scale : NaN;
}

function ourForward({ ours, inputs }: Engines): Call {
  return async () => {
    const [{ timings }, wall] = await timed(() => ours.run(inputs.next()));
    return { engine: timings.forward, wall };
  };
}

function theirForward({ theirs, inputs }: Engines): Call {
  return async () => {
    const { data, shape } = inputs.next();
    const [{ engine }, wall] = await timed(() => theirs.engine.run(data, shape));
    return { engine, wall };
  };
}

function sampleOf(explanation: Explanation, wall: number, reusedForward: boolean): Sample {
  if (explanation.reusedForward !== reusedForward) {
    throw new Error(`A forward pass was ${reusedForward ? "repeated" : "left out"}.`);
  }
  return { engine: explanation.timings.total - explanation.timings.preprocess, wall };
}

function explainNew({ ours, inputs }: Engines, layers: readonly string[]): Call {
  return async () => {
    const [explanation, wall] = await timed(() => ours.explain(inputs.next(), { layers }));
    return sampleOf(explanation, wall, false);
  };
}

/** Explains an image, and then another class on it. */
function explainTwoClasses(
  { ours, inputs }: Engines,
  layers: readonly string[],
): Readonly<Record<"first" | "other", Call>> {
  let last: { readonly input: Tensor; readonly target: number } | undefined;
  return {
    first: async () => {
      const input = inputs.next();
      const [explanation, wall] = await timed(() => ours.explain(input, { layers }));
      last = { input, target: explanation.target };
      return sampleOf(explanation, wall, false);
    },
    other: async () => {
      if (!last) throw new Error("There is no first class yet.");
      const { input } = last;
      const target = (last.target + 1) % ours.info().classes;
      const [explanation, wall] = await timed(() => ours.explain(input, { layers, target }));
      return sampleOf(explanation, wall, true);
    },
  };
}

async function measureEngines(
  engines: Engines,
  request: Request,
  layers: readonly string[],
): Promise<Pick<Measurement, "difference" | "forward" | "single" | "all">> {
  const difference = await compareOutputs(engines);
  const ours = ourForward(engines);
  const theirs = theirForward(engines);
  const forward = await interleave({ theirs, ours }, request);
  const single: Record<string, Series> = {};
  // Deepest first: what a layer keeps for its explanation is kept by later forward passes too.
  const [deepest, ...shallower] = layers.toReversed();
  if (deepest === undefined) throw new Error("The model has no layers to explain.");
  single[deepest] = await interleave({ ours, explain: explainNew(engines, [deepest]) }, request);
  for (const layer of shallower) {
    single[layer] = await interleave({ explain: explainNew(engines, [layer]) }, request);
  }
  const all = await interleave({ theirs, ...explainTwoClasses(engines, layers) }, request);
  return { difference, forward, single, all };
}

async function measure(request: Request): Promise<Measurement> {
  const { start, layers } = await startOurs(request);
  const ours = await loadOurs(request);
  const inputs = new Inputs(inputShape(ours));
  const [theirs, theirStart] = await startTheirs(request, inputs.next());
  try {
    const { threads, variant } = await ours.runtimeInfo();
    return {
      threads,
      variant,
      layers,
      weights: weightsOf(ours),
      ours: start,
      theirs: theirStart,
      ...(await measureEngines({ ours, theirs, inputs }, request, layers)),
    };
  } finally {
    ours.dispose();
    theirs.close();
  }
}

Object.assign(window, { measure });
