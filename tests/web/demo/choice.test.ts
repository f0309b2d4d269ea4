import { describe, expect, test } from "vitest";
import {
  CATALOG,
  chosen,
  FIRST_CHOICES,
  lackedBy,
  layersOf,
  makesMaps,
  methodOf,
  optionsOf,
  OWN_RULES,
  parametersOf,
  rechosen,
  withoutStart,
  withParameter,
} from "../../../web/demo/src/state/choice.js";

test.each(CATALOG.methods.map(({ name }) => name))("%s can be chosen as it stands", (name) => {
  const choice = chosen(name);
  expect(layersOf(choice)).not.toBe("");
  const names = parametersOf(choice).map((parameter) => parameter.name);
  expect(new Set(names).size).toBe(names.length);
  expect(optionsOf(choice, "positive").parameters).toEqual({});
});

test("methods on attention, and no others, lack something in models without it", () => {
  const lacking = (model: { attends: boolean } | undefined): string[] =>
    CATALOG.methods.filter((method) => lackedBy(model, method)).map(({ name }) => name);
  expect(lacking({ attends: false }).sort()).toEqual([
    ...["attention-grad-cam", "attention-rollout", "legrad", "transformer-attribution"],
  ]);
  expect(lacking({ attends: true })).toEqual([]);
  expect(lacking(undefined)).toEqual([]);
});

test("Relevance-CAM begins balanced, Grad-CAM as it has it", () => {
  expect(optionsOf(FIRST_CHOICES.left, "positive")).toMatchObject({ start: "balanced" });
  expect(optionsOf(FIRST_CHOICES.right, "positive")).not.toHaveProperty("start");
});

describe("parameters", () => {
  const rise = chosen("rise");
  const masks = parametersOf(rise).find(({ name }) => name === "masks")!;

  test("are passed on where they are not the default", () => {
    const few = withParameter(rise, masks, "100");
    expect(optionsOf(few, "positive").parameters).toEqual({ masks: "100" });
    expect(withParameter(few, masks, masks.fallback).parameters).toEqual({});
    expect(withParameter(few, masks, "").parameters).toEqual({});
  });

  test("go with the start or composite that took them", () => {
    const gamma = rechosen(chosen("relevance-cam"), { composite: "relevance-cam-gamma" });
    const parameter = parametersOf(gamma).find(({ name }) => name === "gamma")!;
    const set = withParameter(gamma, parameter, "0.5");
    expect(rechosen(set, { start: "clrp" }).parameters).toEqual({ gamma: "0.5" });
    expect(rechosen(set, { composite: "relevance-cam-code" }).parameters).toEqual({});
    expect(rechosen(set, { composite: "epsilon-gamma-box" }).parameters).toEqual({ gamma: "0.5" });
  });

  test("of starts are no matter where a method has no start", () => {
    const { parameters } = CATALOG.starts.find(({ name }) => name === "finer")!;
    expect(parametersOf({ ...chosen("grad-cam"), start: "finer" })).toEqual(
      expect.arrayContaining([...parameters]),
    );
    expect(parametersOf({ ...chosen("eigen-cam"), start: "finer" })).toEqual([]);
  });
});

describe("rules of one's own", () => {
  const rules = [{ opType: "Conv", rule: "flat" }];
  const own = rechosen(chosen("lrp"), { composite: OWN_RULES, rules });

  test("are passed on as rows in place of a composite", () => {
    expect(optionsOf(own, "positive").composite).toBe(rules);
    expect(parametersOf(own)).not.toContainEqual(expect.objectContaining({ name: "gamma" }));
  });

  test("are forgotten when a composite is chosen", () => {
    expect(optionsOf(rechosen(own, { composite: "epsilon-plus" }), "positive").composite).toBe(
      "epsilon-plus",
    );
  });
});

test("a seed takes the place of the start and of its parameters", () => {
  const finer = rechosen(chosen("lrp"), { start: "finer", composite: "epsilon-gamma-box" });
  const parameters = Object.fromEntries(parametersOf(finer).map(({ name }) => [name, "1"]));
  const { start, parameters: kept } = withoutStart({ ...finer, parameters });
  expect(start).toBe("");
  const { parameters: ofStart } = CATALOG.starts.find(({ name }) => name === "finer")!;
  for (const { name } of ofStart) expect(kept).not.toHaveProperty(name);
  expect(kept).toHaveProperty("gamma");
});

test("maps of the input can be joined though they are filed with the attributions", () => {
  expect(makesMaps(methodOf(chosen("rise")))).toBe(true);
  expect(makesMaps(methodOf(chosen("gradient")))).toBe(false);
});

describe("the sign of evidence", () => {
  test("is left to the drawing while layers are not joined", () => {
    expect(optionsOf(chosen("grad-cam"), "negative")).not.toHaveProperty("evidence");
    expect(optionsOf(chosen("gradient"), "signed")).not.toHaveProperty("evidence");
  });

  test("comes first where they are; a product has none", () => {
    const mean = { ...chosen("grad-cam"), fusion: "mean" } as const;
    expect(optionsOf(mean, "signed").evidence).toBe("signed");
    expect(optionsOf(chosen("refine-cam"), "negative").evidence).toBe("negative");
    expect(optionsOf(chosen("refine-cam"), "signed").evidence).toBe("positive");
  });

  test("is left to the drawing where a method's own joining is switched off", () => {
    const apart = { ...chosen("refine-cam"), fusion: "none" } as const;
    expect(optionsOf(apart, "signed")).toMatchObject({ fusion: "none" });
    expect(optionsOf(apart, "signed")).not.toHaveProperty("evidence");
  });
});
