// Relevance-CAM and forward passes beside onnxruntime-web.
import type { Explainer, Tensor } from "relevance-cam";

import { interleave, timed, type Call } from "./clock.js";
import { relativeDifference } from "./difference.js";
import { Inputs } from "./inputs.js";
import type { OrtEngine } from "./ort-worker.js";
import {
  explainNew,
  inputShape,
  loadOurs,
  ourForward,
  sampleOf,
  withOurs,
  type OurEngine,
} from "./ours.js";
import { startPeer, type Peer } from "./peer.js";
import type { Build, RelevanceCam, Request, Series, Start } from "./samples.js";

const STAGES = 4;

interface Engines extends OurEngine {
  readonly theirs: Peer<OrtEngine>;
}

async function loadTheirs({ model, threads }: Request): Promise<Peer<OrtEngine>> {
  const peer = startPeer<OrtEngine>("ort-worker");
  await peer.engine.load(new URL(model, location.href).href, threads);
  return peer;
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

async function startTheirs(request: Request, input: Tensor): Promise<[Peer<OrtEngine>, Start]> {
  const begin = performance.now();
  const theirs = await loadTheirs(request);
  const load = performance.now() - begin;
  await theirs.engine.run(input.data, input.shape);
  const firstResult = performance.now() - begin;
  return [theirs, { load, firstResult, memory: await theirs.engine.memory() }];
}

async function compareOutputs({ ours, theirs, inputs }: Engines): Promise<number> {
  const input = inputs.next();
  const { outputs } = await ours.run(input);
  const { output } = await theirs.engine.run(input.data, input.shape);
  return relativeDifference(Object.values(outputs)[0]?.data, output);
}

function theirForward({ theirs, inputs }: Engines): Call {
  return async () => {
    const { data, shape } = inputs.next();
    const [{ engine }, wall] = await timed(() => theirs.engine.run(data, shape));
    return { engine, wall };
  };
}

/** Explains an image, and then another class on it. */
function explainTwoClasses(
  { ours, inputs }: OurEngine,
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
  { rounds }: Request,
  layers: readonly string[],
): Promise<Pick<RelevanceCam, "difference" | "forward" | "single" | "all">> {
  const difference = await compareOutputs(engines);
  const ours = ourForward(engines);
  const theirs = theirForward(engines);
  const forward = await interleave({ theirs, ours }, rounds);
  const single: Record<string, Series<string>> = {};
  // Deepest first: what a layer keeps for its explanation is kept by later forward passes too.
  const [deepest, ...shallower] = layers.toReversed();
  if (deepest === undefined) throw new Error("The model has no layers to explain.");
  single[deepest] = await interleave(
    { ours, explain: explainNew(engines, { layers: [deepest] }) },
    rounds,
  );
  for (const layer of shallower) {
    single[layer] = await interleave({ explain: explainNew(engines, { layers: [layer] }) }, rounds);
  }
  const all = await interleave({ theirs, ...explainTwoClasses(engines, layers) }, rounds);
  return { difference, forward, single, all };
}

/** How both engines start, and then what they take in turns. */
export async function measureRelevanceCam(request: Request): Promise<RelevanceCam & Build> {
  const { start, layers } = await startOurs(request);
  return withOurs(request, async ({ ours, inputs }) => {
    const [theirs, theirStart] = await startTheirs(request, inputs.next());
    try {
      return {
        layers,
        weights: weightsOf(ours),
        ours: start,
        theirs: theirStart,
        ...(await measureEngines({ ours, theirs, inputs }, request, layers)),
      };
    } finally {
      theirs.close();
    }
  });
}
