import type { RuntimeInfo } from "relevance-cam";
import { byId, create } from "../dom.js";
import type { Analysis } from "../state/analysis.js";
import { SIDES } from "../state/choice.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { megabytes, methodTitle, milliseconds, percent } from "../words.js";

/** Progress, timings, errors, and what computes. */
export function showStatus(store: AppStore, workbench: Workbench): void {
  showProgress(store, workbench);
  showErrors(store);
  const status = byId("status", HTMLParagraphElement);
  const facts = byId("facts", HTMLDListElement);
  store.watch(
    (s) => [s.analysis],
    (analysis) => {
      if (!analysis) return;
      status.replaceChildren(summary(analysis), create("span", {}, timings(analysis)));
      facts.replaceChildren(...factsOf(analysis).flatMap(([term, text]) => fact(term, text)));
    },
  );
}

function showProgress(store: AppStore, workbench: Workbench): void {
  const main = byId("workbench", HTMLElement);
  const activity = byId("activity", HTMLDivElement);
  const text = byId("progress-text", HTMLLabelElement);
  const bar = byId("progress", HTMLProgressElement);
  store.watch(
    (s) => [s.task, s.analysis],
    (task, analysis) => {
      main.dataset["phase"] = task ? "working" : analysis ? "ready" : "empty";
      activity.hidden = !task;
      text.textContent = task?.text ?? "";
      if (task?.share === undefined) bar.removeAttribute("value");
      else bar.value = task.share;
    },
  );
  byId("cancel", HTMLButtonElement).addEventListener("click", () => {
    workbench.cancel();
  });
}

function showErrors(store: AppStore): void {
  const notice = byId("notice", HTMLDivElement);
  const text = byId("notice-text", HTMLParagraphElement);
  store.watch(
    (s) => [s.error],
    (error) => {
      text.textContent = error;
      notice.hidden = error === "";
    },
  );
  byId("notice-close", HTMLButtonElement).addEventListener("click", () => {
    store.update({ error: "" });
  });
}

function summary({ chosen }: Analysis): HTMLElement {
  const share = chosen.index < 0 ? "" : ` ${percent(chosen.probability)}`;
  return create("span", {}, create("strong", {}, chosen.label), share);
}

function timings({ forward, answers }: Analysis): string {
  const passes = SIDES.map((side) => {
    const { choice, explanation } = answers[side];
    return `${methodTitle(choice.method)} ${milliseconds(explanation.timings.backward)}`;
  });
  const first = forward === undefined ? "Forward pass kept" : `Forward ${milliseconds(forward)}`;
  return [first, ...passes].join(" · ");
}

function factsOf({ model, runtime }: Analysis): (readonly [string, string])[] {
  const { opset, inputs, classes } = model.explainer.info();
  const input = inputs[0]?.shape.slice(1).join(" × ") ?? "";
  return [
    ["File", model.files.name],
    ["Input", `${input}, ${classes} classes, opset ${opset}`],
    ["Build", `${runtime.relaxed ? "relaxed SIMD" : "SIMD"}, ${threadsOf(runtime)}`],
    ["Memory", megabytes(runtime.memory)],
  ];
}

function threadsOf({ threads }: RuntimeInfo): string {
  if (threads > 1) return `${threads} threads`;
  return globalThis.crossOriginIsolated ? "1 thread" : "1 thread (page not cross-origin isolated)";
}

function fact(term: string, text: string): HTMLElement[] {
  return [create("dt", {}, term), create("dd", {}, text)];
}
