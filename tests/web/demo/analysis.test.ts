import type { DiagnosisCode, Explanation } from "relevance-cam";
import { describe, expect, test } from "vitest";
import {
  followsDepth,
  remarksOn,
  shownMap,
  type Analysis,
  type Answer,
} from "../../../web/demo/src/state/analysis.js";
import { chosen } from "../../../web/demo/src/state/choice.js";
import { drawnMap } from "../../../web/demo/src/state/drawn.js";
import type { Drawing } from "../../../web/demo/src/state/state.js";
import { explanationOf, resultOf } from "../support/results.js";

const answerOf = (explanation: Explanation, evidence?: Answer["evidence"]): Answer => ({
  choice: chosen("grad-cam"),
  explanation,
  evidence,
});

const answerAt = (...layers: readonly string[]): Answer =>
  answerOf(explanationOf(layers.map((layer) => resultOf(layer, [1]))));

const analysisOf = (left: Answer): Analysis => {
  const stages = [{ name: "shallow" }, { name: "deep" }];
  return { model: { stages }, answers: { left, right: left } } as unknown as Analysis;
};

describe("the map that is shown large", () => {
  const layerAt = (answer: Answer, depth: number) =>
    shownMap(analysisOf(answer), "left", depth)?.layer;

  test("is that of the stage at the depth", () => {
    const answer = answerAt("shallow", "deep");
    expect([0, 1].map((depth) => layerAt(answer, depth))).toEqual(["shallow", "deep"]);
    expect(followsDepth(answer)).toBe(true);
  });

  test("is the only one, whatever the depth", () => {
    const answer = answerAt("input");
    expect([0, 1].map((depth) => layerAt(answer, depth))).toEqual(["input", "input"]);
    expect(followsDepth(answer)).toBe(false);
  });

  test("is the joined one where layers are joined", () => {
    const answer = answerAt("shallow", "deep", "fusion");
    expect(layerAt(answer, 0)).toBe("fusion");
    expect(followsDepth(answer)).toBe(false);
  });
});

describe("remarks", () => {
  const diagnosed = (...about: readonly (readonly [DiagnosisCode, string])[]): Answer =>
    answerOf({
      ...explanationOf([resultOf("deep", [1])]),
      diagnoses: about.map(([code, layer]) => ({
        ...{ code, layer, target: 0 },
        message: `${code} ${layer}`,
      })),
    });

  test("about maps belong to their layer, all others to every figure", () => {
    const answer = diagnosed(
      ["empty-map", "shallow"],
      ["flat-map", "deep"],
      ["unlikely-target", ""],
      ["relevance-vanished", "some node"],
    );
    expect(remarksOn(answer, "deep")).toEqual({
      here: ["flat-map deep", "unlikely-target ", "relevance-vanished some node"],
      elsewhere: ["empty-map shallow"],
    });
  });

  test("none is lost, and none is said twice", () => {
    const answer = diagnosed(["flat-map", "deep"], ["flat-map", "deep"], ["not-finite", "shallow"]);
    const { here, elsewhere } = remarksOn(answer, "deep");
    expect([...here, ...elsewhere]).toEqual(["flat-map deep", "not-finite shallow"]);
  });
});

describe("evidence against the class", () => {
  const drawing: Drawing = {
    evidence: "negative",
    sequential: "turbo",
    diverging: "blue-white-red",
    opacity: 1,
    threshold: 0,
  };
  const map = resultOf("deep", [1, -2]);

  test("is the map with its sign turned", () => {
    const drawn = drawnMap(map, answerOf(explanationOf([map])), drawing);
    expect([...drawn.data]).toEqual([-1, 2]);
    expect([...map.data]).toEqual([1, -2]);
  });

  test("is the map itself where the engine was asked for it", () => {
    expect(drawnMap(map, answerOf(explanationOf([map]), "negative"), drawing)).toBe(map);
  });

  test("leaves the other views alone", () => {
    const positive: Drawing = { ...drawing, evidence: "positive" };
    expect(drawnMap(map, answerOf(explanationOf([map])), positive)).toBe(map);
  });
});
