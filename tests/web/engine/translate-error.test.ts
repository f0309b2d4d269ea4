import { expect, test } from "vitest";

import { RelevanceCamError } from "../../../web/src/error.js";
import { translateError } from "../../../web/src/engine/translate-error.js";

test("an engine error keeps its code, message and node", () => {
  const error = Object.assign(new Error("no such layer"), { code: "unknown-layer", node: "x" });
  const translated = translateError(error);
  expect(translated).toBeInstanceOf(RelevanceCamError);
  expect(translated).toMatchObject({ code: "unknown-layer", message: "no such layer", node: "x" });
});

test.each([new WebAssembly.RuntimeError("unreachable"), new RangeError("stack")])(
  "after %s the module is dead",
  (error) => {
    expect(translateError(error)).toMatchObject({ code: "worker-died" });
  },
);

test("anything else is a fault of ours", () => {
  const cause = new TypeError("x is undefined");
  expect(translateError(cause)).toMatchObject({ code: "internal", cause });
});
