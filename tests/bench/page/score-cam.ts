// Score-CAM beside as many forward passes as it needs.
import { interleave, meanOf } from "./clock.js";
import { explainNew, layerOf, ourForward, withOurs } from "./ours.js";
import type { Build, Request, ScoreCam } from "./samples.js";

/** Forward passes of one sample: an explanation lasts as long as hundreds, one would be noise. */
const FORWARD_PASSES = 16;
/** An explanation lasts long enough for the browser's optimising compiler. */
const WARM_UP_ROUNDS = 1;

/** The deepest of the layers. */
export function measureScoreCam(request: Request): Promise<ScoreCam & Build> {
  const layer = request.layers?.at(-1);
  if (layer === undefined) throw new Error("Give layers.");
  return withOurs(request, async (engine) => {
    const { shape } = layerOf(engine.ours, layer);
    const calls = {
      forward: meanOf(ourForward(engine), FORWARD_PASSES),
      explain: explainNew(engine, { method: "score-cam", layers: [layer] }),
    };
    const series = await interleave(calls, request.rounds, WARM_UP_ROUNDS);
    return { layer, channels: shape[1] ?? NaN, ...series };
  });
}
