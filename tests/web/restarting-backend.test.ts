import { expect, test, vi } from "vitest";

import type { Backend, LoadRequest } from "../../web/src/backend.js";
import { RelevanceCamError } from "../../web/src/error.js";
import { RestartingBackend } from "../../web/src/restarting-backend.js";

const died = new RelevanceCamError("worker-died", "gone");
const image = { data: new Float32Array(1), shape: [1] };

/** Backends of which the first dies at its first call. */
function mortalBackends(): { make: () => Backend; made: Backend[] } {
  const made: Backend[] = [];
  const make = (): Backend => {
    const first = made.length === 0;
    const backend = {
      load: vi.fn().mockResolvedValue({ classes: 1 }),
      forward: first ? vi.fn().mockRejectedValue(died) : vi.fn().mockResolvedValue("reply"),
      dispose: vi.fn(),
    } as unknown as Backend;
    made.push(backend);
    return backend;
  };
  return { make, made };
}

function request(model: LoadRequest["model"]): LoadRequest {
  return {
    model,
    externalData: { named: {}, folder: undefined },
    configs: [],
  } as unknown as LoadRequest;
}

test("a dead backend fails its call; the next one loads the model anew", async () => {
  const { make, made } = mortalBackends();
  const backend = new RestartingBackend(make);
  await backend.load(request(new Blob([])), {});
  await expect(backend.forward({ image, tensors: {} }, {})).rejects.toBe(died);
  expect(made[0]?.dispose).toHaveBeenCalled();
  await expect(
    Promise.all([
      backend.forward({ image, tensors: {} }, {}),
      backend.forward({ image, tensors: {} }, {}),
    ]),
  ).resolves.toEqual(["reply", "reply"]);
  expect(made).toHaveLength(2);
  expect(made[1]?.load).toHaveBeenCalledOnce();
});

test("a model given as bytes has to be loaded by the caller", async () => {
  const { make } = mortalBackends();
  const backend = new RestartingBackend(make);
  await backend.load(request(new Uint8Array(1)), {});
  await expect(backend.forward({ image, tensors: {} }, {})).rejects.toBe(died);
  await expect(backend.forward({ image, tensors: {} }, {})).rejects.toMatchObject({
    code: "worker-died",
    message: expect.stringContaining("load the model anew") as string,
  });
});
