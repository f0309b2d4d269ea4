import { measureClasses } from "./classes.js";
import { measureGradCam } from "./grad-cam.js";
import { measureRelevanceCam } from "./relevance-cam.js";
import { loadForMemory, measureLoading } from "./loading.js";
import type { Measurement, Request, Study } from "./samples.js";
import { measureScoreCam } from "./score-cam.js";

const studies: Readonly<Record<Study, (request: Request) => Promise<Measurement>>> = {
  "relevance-cam": measureRelevanceCam,
  "grad-cam": measureGradCam,
  classes: measureClasses,
  "score-cam": measureScoreCam,
  loading: measureLoading,
};

function measure(request: Request): Promise<Measurement> {
  return studies[request.study](request);
}

Object.assign(window, { measure, loadForMemory });
