// Grad-CAM of a shallow layer beside TensorFlow.js.
import { interleave, timed, type Call } from "./clock.js";
import { relativeDifference } from "./difference.js";
import { explainNew, withOurs, type OurEngine } from "./ours.js";
import { startPeer, type Peer } from "./peer.js";
import type { Build, GradCam, Request } from "./samples.js";
import type { TensorFlowEngine } from "./tensorflow-worker.js";

const TARGET = 0;

interface Engines extends OurEngine {
  readonly theirs: Peer<TensorFlowEngine>;
  readonly layer: string;
}

function optionsFor(layer: string) {
  return { method: "grad-cam", target: TARGET, layers: [layer] };
}

async function compareMaps({ ours, theirs, inputs, layer }: Engines): Promise<number> {
  const { data, shape } = inputs.next();
  const { results } = await ours.explain({ data, shape }, { ...optionsFor(layer), emit: ["cam"] });
  const { map } = await theirs.engine.gradCam(data, shape, TARGET);
  return relativeDifference(results[0]?.data, map);
}

function theirGradCam({ theirs, inputs }: Engines): Call {
  return async () => {
    const { data, shape } = inputs.next();
    const [{ engine }, wall] = await timed(() => theirs.engine.gradCam(data, shape, TARGET));
    return { engine, wall };
  };
}

/** The shallowest of the layers. */
export async function measureGradCam(request: Request): Promise<GradCam & Build> {
  const { layers, weights, threads, rounds } = request;
  const layer = layers?.[0];
  if (layer === undefined || weights === null) throw new Error("Give layers and weights.");
  const theirs = startPeer<TensorFlowEngine>("tensorflow-worker");
  try {
    await theirs.engine.load(new URL(weights, location.href).href, layer, threads);
    return await withOurs(request, async (ours) => {
      const engines = { ...ours, theirs, layer };
      const difference = await compareMaps(engines);
      const calls = { theirs: theirGradCam(engines), ours: explainNew(ours, optionsFor(layer)) };
      return { layer, difference, explain: await interleave(calls, rounds) };
    });
  } finally {
    theirs.close();
  }
}
