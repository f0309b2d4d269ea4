import { expect, test, vi } from "vitest";
import { Latest } from "../../../web/demo/src/state/latest.js";

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });

test("a newer run aborts the older one, and an abortion is no failure", async () => {
  const latest = new Latest();
  const failed = vi.fn();
  const older = latest.run(untilAborted, failed);
  const newer = vi.fn(() => Promise.resolve());
  await latest.run(newer, failed);
  await older;
  expect(newer).toHaveBeenCalledOnce();
  expect(failed).not.toHaveBeenCalled();
});

test("an error is handed over and the next run starts", async () => {
  const latest = new Latest();
  const failed = vi.fn();
  const error = new Error("no");
  await latest.run(() => Promise.reject(error), failed);
  expect(failed).toHaveBeenCalledExactlyOnceWith(error);
  const next = vi.fn(() => Promise.resolve());
  await latest.run(next, failed);
  expect(next).toHaveBeenCalledOnce();
});

test("settled waits for what is under way", async () => {
  const latest = new Latest();
  const over = vi.fn();
  void latest.run(untilAborted, over);
  const settled = latest.settled().then(over);
  await Promise.resolve();
  expect(over).not.toHaveBeenCalled();
  latest.cancel();
  await settled;
  expect(over).toHaveBeenCalledOnce();
});
