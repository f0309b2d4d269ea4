import type { CallOptions } from "relevance-cam";
import { analyse, type Analysis, type Question } from "./analysis.js";
import { Latest } from "./latest.js";
import { loadModel, type ModelFiles } from "./model.js";
import type { Picture } from "./picture.js";
import { taskOf } from "./progress.js";
import { DEFAULT_START } from "./starts.js";
import type { AppStore } from "./state.js";

/** What can be asked of whichever model is there. */
export type Wish = Omit<Question, "model">;

/** The stage, counted from the deep end, at which a model is first shown. */
const FIRST_FROM_DEEPEST = 1;

/**
 * What the visitor can do. What is shown changes only when a wish has been fulfilled; when it
 * fails or is cancelled, everything stays as it was.
 */
export class Workbench {
  readonly #store: AppStore;
  readonly #loading = new Latest();
  readonly #explaining = new Latest();
  /** Wishes that a newer one overtook before they were fulfilled. */
  #pending: Partial<Wish> = {};
  #running = 0;

  constructor(store: AppStore) {
    this.#store = store;
  }

  /** Loads a model and explains the present picture with it. */
  async openModel(files: ModelFiles): Promise<void> {
    this.#explaining.cancel();
    await this.#perform(this.#loading, async (call) => {
      const model = await loadModel(files, call);
      try {
        const { picture, start } = { ...this.#present(), ...this.#pending };
        if (!picture) throw new Error("Open a picture before the model.");
        this.#show(await analyse({ model, picture, start, target: "top" }, call));
      } catch (error) {
        model.explainer.dispose();
        throw error;
      }
    });
  }

  /** Explains another picture, class or start, as soon as the model is there. */
  async ask(wish: Partial<Wish>): Promise<void> {
    this.#pending = { ...this.#pending, ...wish };
    await this.#perform(this.#explaining, async (call) => {
      await this.#loading.settled();
      call.signal?.throwIfAborted();
      const { analysis } = this.#store.state;
      if (!analysis) {
        this.#store.update({ ...(this.#pending.picture && { picture: this.#pending.picture }) });
        return;
      }
      if (Object.keys(this.#pending).length === 0) return;
      const { model, picture, target, start } = { ...analysis, ...this.#pending };
      this.#show(await analyse({ model, picture, target, start }, call));
    });
  }

  /** Drops whatever is under way; what is shown stays. */
  cancel(): void {
    this.#pending = {};
    this.#loading.cancel();
    this.#explaining.cancel();
    if (this.#store.state.analysis) return;
    this.report("Loading was cancelled: open a model of your own, or reload the page.");
  }

  report(error: unknown): void {
    this.#store.update({ error: error instanceof Error ? error.message : String(error) });
  }

  async #perform(run: Latest, work: (call: CallOptions) => Promise<void>): Promise<void> {
    this.#running += 1;
    this.#store.update({ task: { text: "Working" }, error: "" });
    await run.run(
      async (signal) => {
        await work({
          signal,
          onProgress: (progress) => {
            if (!signal.aborted) this.#store.update({ task: taskOf(progress) });
          },
        });
      },
      (error) => {
        this.#pending = {};
        this.report(error);
      },
    );
    this.#running -= 1;
    if (this.#running === 0) this.#store.update({ task: undefined });
  }

  #show(analysis: Analysis): void {
    const before = this.#store.state.analysis;
    this.#pending = {};
    this.#store.update({ analysis, depth: this.#depthFor(analysis) });
    if (before && before.picture !== analysis.picture) before.picture.bitmap.close();
    if (before && before.model !== analysis.model) before.model.explainer.dispose();
  }

  #present(): { readonly picture: Picture | undefined; readonly start: string } {
    const { analysis, picture } = this.#store.state;
    return analysis ?? { picture, start: DEFAULT_START };
  }

  #depthFor({ model }: Analysis): number {
    const { analysis, depth } = this.#store.state;
    if (analysis?.model === model) return depth;
    return Math.max(0, model.stages.length - 1 - FIRST_FROM_DEEPEST);
  }
}
