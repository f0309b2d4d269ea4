import { expect, test } from "vitest";

import { SerialQueue } from "../../../web/src/engine/queue.js";

test("tasks run one after the other, also after a failure", async () => {
  const queue = new SerialQueue();
  const log: string[] = [];
  const task = (name: string) => async () => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    if (name === "a") throw new Error(name);
    return name;
  };
  const results = await Promise.allSettled([
    queue.run(undefined, task("a")),
    queue.run(undefined, task("b")),
  ]);
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});

test("a task aborted while it waits is not started", async () => {
  const queue = new SerialQueue();
  const controller = new AbortController();
  const first = queue.run(undefined, () => {
    controller.abort(new Error("enough"));
    return Promise.resolve(1);
  });
  let started = false;
  const second = queue.run(controller.signal, () => {
    started = true;
    return Promise.resolve(2);
  });
  await expect(first).resolves.toBe(1);
  await expect(second).rejects.toThrow("enough");
  expect(started).toBe(false);
});
