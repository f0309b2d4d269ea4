import { expect, test } from "vitest";
import { chosen } from "../../../web/demo/src/state/choice.js";
import { comparedMethods, groupedRemarks } from "../../../web/demo/src/state/comparison.js";

const left = chosen("relevance-cam");
const right = { ...chosen("grad-cam"), parameters: { "eigen-smooth": "yes" } };

test("methods that the figures show have the figures' settings, others their own", () => {
  const names = ["grad-cam", "relevance-cam", "gradient"];
  expect(comparedMethods(names, { left, right }, "signed")).toEqual([
    {
      title: "Grad-CAM (eigen-smooth yes)",
      method: "grad-cam",
      parameters: { "eigen-smooth": "yes" },
      evidence: "signed",
    },
    {
      title: "Relevance-CAM (balanced)",
      method: "relevance-cam",
      start: "balanced",
      parameters: {},
      evidence: "signed",
    },
    { title: "Gradient", method: "gradient", parameters: {} },
  ]);
});

test("a method with two settings is there twice, with one setting once", () => {
  const plain = chosen("grad-cam");
  const titles = (other: typeof plain) =>
    comparedMethods(["grad-cam"], { left: plain, right: other }, "positive").map(
      ({ title }) => title,
    );
  expect(titles(right)).toEqual(["Grad-CAM", "Grad-CAM (eigen-smooth yes)"]);
  expect(titles({ ...plain })).toEqual(["Grad-CAM"]);
});

test("each remark is said once, with the methods it is about", () => {
  const remark = (method: string, message: string) => ({
    ...{ method, message, code: "flat-map", layer: "", target: 0 },
    code: "flat-map" as const,
  });
  const remarks = [remark("A", "x"), remark("B", "y"), remark("B", "x"), remark("A", "x")];
  expect(groupedRemarks(remarks)).toEqual([
    ["x", ["A", "B"]],
    ["y", ["B"]],
  ]);
});
