// From bytes to the first logits beside onnxruntime-web, and memory while loading.
import { Explainer, type Tensor } from "relevance-cam";

import { timed } from "./clock.js";
import { Inputs } from "./inputs.js";
import type { OrtEngine } from "./ort-worker.js";
import { inputShape, loadOurs } from "./ours.js";
import { startPeer } from "./peer.js";
import type { Build, Loading, LoadingMemory, Request, Sample } from "./samples.js";

/** Starts the other engine; what it computes does not matter. */
const SMALL_MODEL = "/.cache/models/bench/squeezenet1_1.onnx";

/** Loads by address, as a page does, and keeps nothing of the file. */
export async function loadForMemory(request: Request): Promise<LoadingMemory> {
  const explainer = await loadOurs(request);
  try {
    return { memory: (await explainer.runtimeInfo()).memory };
  } finally {
    explainer.dispose();
  }
}

/** Both clocks begin when the engine runs and its worker has the bytes. */
async function startOurs(bytes: Uint8Array, threads: number, input: Tensor): Promise<Sample> {
  let begin = NaN;
  const [explainer, wall] = await timed(() =>
    Explainer.load(bytes, {
      threads,
      onProgress: ({ phase, loaded, total }) => {
        if (phase === "runtime" && loaded === total) begin = performance.now();
      },
    }),
  );
  try {
    await explainer.run(input);
    return { engine: performance.now() - begin, wall };
  } finally {
    explainer.dispose();
  }
}

async function startTheirs(bytes: Uint8Array, threads: number, input: Tensor): Promise<Sample> {
  const { engine, close } = startPeer<OrtEngine>("ort-worker");
  try {
    await engine.start(new URL(SMALL_MODEL, location.href).href, bytes, threads);
    const [result, wall] = await timed(() => engine.loadAndRun(input.data, input.shape));
    return { engine: result.engine, wall };
  } finally {
    close();
  }
}

async function describe(request: Request): Promise<Build & { readonly shape: readonly number[] }> {
  const explainer = await loadOurs(request);
  try {
    const { threads, variant } = await explainer.runtimeInfo();
    return { threads, variant, shape: inputShape(explainer) };
  } finally {
    explainer.dispose();
  }
}

/** Every sample in a worker of its own. */
export async function measureLoading(request: Request): Promise<Loading & Build> {
  const { model, threads, rounds } = request;
  const { shape, ...build } = await describe(request);
  const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
  const inputs = new Inputs(shape);
  const start: Record<"ours" | "theirs", Sample[]> = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    start.theirs.push(await startTheirs(bytes, threads, inputs.next()));
    start.ours.push(await startOurs(bytes, threads, inputs.next()));
  }
  return { start, ...build };
}
