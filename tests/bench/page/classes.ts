// What further classes cost in one explanation.
import { interleave } from "./clock.js";
import { explainNew, withOurs } from "./ours.js";
import type { Build, Classes, Request } from "./samples.js";

const CLASSES = Array.from({ length: 10 }, (_, target) => target);

export function measureClasses(request: Request): Promise<Classes & Build> {
  const { layers, rounds } = request;
  if (!layers) throw new Error("Give layers.");
  return withOurs(request, async (engine) => {
    const one = explainNew(engine, { layers, target: CLASSES.slice(0, 1) });
    const ten = explainNew(engine, { layers, target: CLASSES });
    return { layers, explain: await interleave({ one, ten }, rounds) };
  });
}
