import type { CallOptions } from "relevance-cam";
import { analyse, deepestShown, type Analysis, type Question } from "./analysis.js";
import { FIRST_CHOICES, GRADIENT_CHOICES, type Choice, type Choices, type Side } from "./choice.js";
import { compareAll, isOfSame, type ComparisonRequest } from "./comparison.js";
import { keptInputs, lackedInputs, NO_INPUTS, type GivenInputs } from "./inputs.js";
import { Latest } from "./latest.js";
import { accountFor } from "./ledger.js";
import { loadModel, type LoadedModel, type ModelFiles } from "./model.js";
import { taskOf } from "./progress.js";
import { modelInHand, type AppStore, type State } from "./state.js";

/** What can be asked of whichever model is there. */
export type Wish = Omit<Question, "model">;

type ModelWithInputs = Pick<Question, "model" | "inputs">;

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
  readonly #accounting = new Latest();
  readonly #comparing = new Latest();
  /** Wishes that a newer one overtook before they were fulfilled. */
  #pending: Partial<Wish> = {};
  #running = 0;

  constructor(store: AppStore) {
    this.#store = store;
  }

  /**
   * Loads a model and explains the present picture with it, as soon as it has what it reads beside
   * the picture.
   */
  async openModel(files: ModelFiles): Promise<void> {
    await this.#begin(async (call) => {
      const model = await loadModel(files, call);
      return { model, inputs: this.#inputsFor(model) };
    });
  }

  /** Gives the model in hand some of what it reads beside the picture. */
  async give(given: GivenInputs): Promise<void> {
    const inputs = new Map([...this.#store.state.inputs, ...given]);
    this.#store.update({ inputs });
    const { waiting: model } = this.#store.state;
    if (!model) await this.ask({ inputs });
    else if (!lacksInputs(model, inputs)) await this.#begin(() => ({ model, inputs }));
  }

  /** Does without the model that waits. */
  leaveWaiting(): void {
    this.#loading.cancel();
    this.report("");
    this.#endWait();
    this.#forgetWishes();
  }

  /** Explains another picture or class, or by another method, as soon as the model is there. */
  async ask(wish: Partial<Wish>): Promise<void> {
    this.#pending = { ...this.#pending, ...wish };
    this.#dropStudies();
    this.report("");
    await this.#perform(this.#explaining, async (call) => {
      await this.#loading.settled();
      call.signal?.throwIfAborted();
      const { analysis } = this.#store.state;
      if (!analysis) {
        this.#store.update({ ...(this.#pending.picture && { picture: this.#pending.picture }) });
        return;
      }
      if (Object.keys(this.#pending).length === 0) return;
      const { model, inputs, target, beginning } = analysis;
      const question = { model, inputs, target, beginning, ...this.#present(), ...this.#pending };
      const picture = question.picture ?? analysis.picture;
      const answer = await analyse({ ...question, picture }, call, analysis);
      call.signal?.throwIfAborted();
      this.#pending = {};
      this.#show(answer);
    });
  }

  /** Shows another method, or the same with other settings, in one of the figures. */
  async choose(side: Side, choice: Choice): Promise<void> {
    const choices = { ...this.#store.state.choices, [side]: choice };
    this.#store.update({ choices });
    await this.ask({ choices });
  }

  /** Accounts for the relevance of what a figure shows. */
  async account(side: Side): Promise<void> {
    await this.#study(this.#accounting, async (analysis, call) => ({
      account: await accountFor(analysis, side, call),
    }));
  }

  /** Sets methods side by side. */
  async compare(request: ComparisonRequest): Promise<void> {
    const { evidence } = this.#store.state.drawing;
    this.report("");
    await this.#study(this.#comparing, async (analysis, call) => ({
      comparison: await compareAll(analysis, request, evidence, call),
    }));
  }

  /** Drops whatever is under way; what is shown stays. */
  cancel(): void {
    this.#loading.cancel();
    this.#explaining.cancel();
    this.#dropStudies();
    this.#forgetWishes();
    if (modelInHand(this.#store.state)) return;
    this.report("Loading was cancelled: open a model of your own, or reload the page.");
  }

  /** Shows what went wrong; an empty text takes it away. */
  report(error: unknown): void {
    this.#store.update({ error: error instanceof Error ? error.message : String(error) });
  }

  /** Something further about what is shown, once it is. */
  async #study(
    run: Latest,
    work: (analysis: Analysis, call: CallOptions) => Promise<Partial<State>>,
  ): Promise<void> {
    await this.#perform(run, async (call) => {
      await Promise.all([this.#loading.settled(), this.#explaining.settled()]);
      call.signal?.throwIfAborted();
      const { analysis } = this.#store.state;
      if (analysis) this.#store.update(await work(analysis, call));
    });
  }

  /** They are of what is about to be replaced. */
  #dropStudies(): void {
    this.#accounting.cancel();
    this.#comparing.cancel();
  }

  async #perform(run: Latest, work: (call: CallOptions) => Promise<void>): Promise<void> {
    this.#running += 1;
    this.#store.update({ task: { text: "Working" } });
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
        this.#forgetWishes();
        this.report(error);
      },
    );
    this.#running -= 1;
    if (this.#running === 0) this.#store.update({ task: undefined });
  }

  /** Explains the present picture with a model that is not shown yet, or lets it wait. */
  async #begin(
    ready: (call: CallOptions) => Promise<ModelWithInputs> | ModelWithInputs,
  ): Promise<void> {
    this.#explaining.cancel();
    this.#dropStudies();
    this.report("");
    await this.#perform(this.#loading, async (call) => {
      const { model, inputs } = await ready(call);
      try {
        call.signal?.throwIfAborted();
        if (lacksInputs(model, inputs)) {
          this.#wait({ model, inputs });
          return;
        }
        const analysis = await this.#firstAnalysis({ model, inputs }, call);
        call.signal?.throwIfAborted();
        this.#show(analysis);
      } catch (error) {
        // With other values it may do.
        if (model !== this.#store.state.waiting) model.explainer.dispose();
        throw error;
      }
    });
  }

  /** What was given holds on when the same file is loaded otherwise. */
  #inputsFor({ files, explainer }: LoadedModel): GivenInputs {
    const { state } = this.#store;
    const isSame = modelInHand(state)?.files.model === files.model;
    return isSame ? keptInputs(explainer.info(), state.inputs) : NO_INPUTS;
  }

  #wait({ model, inputs }: ModelWithInputs): void {
    this.#endWait();
    this.#store.update({ waiting: model, inputs });
    const names = lackedInputs(model.explainer.info(), inputs).map((name) => `“${name}”`);
    this.report(`${model.files.name} reads more than a picture: give ${names.join(", ")}.`);
  }

  /** Another model that waited, and inputs that were wished for meanwhile, are of no use any more. */
  #leaveModelsBefore({ model, inputs }: Analysis): void {
    if (this.#store.state.waiting !== model) this.#endWait();
    if (this.#pending.inputs) this.#pending = { ...this.#pending, inputs };
  }

  #endWait(): void {
    this.#store.state.waiting?.explainer.dispose();
    this.#store.update({ waiting: undefined });
  }

  /** Takes the wishes so far along; later ones wait until the model is there. */
  async #firstAnalysis(ready: ModelWithInputs, call: CallOptions): Promise<Analysis> {
    const wishes = this.#pending;
    this.#pending = {};
    const { picture, ...rest } = { ...this.#present(), ...wishes };
    try {
      if (!picture) throw new Error("Open a picture before the model.");
      const first = { ...rest, ...ready, picture, target: "top", beginning: undefined };
      return await this.#analyseAnew(first, call);
    } catch (error) {
      this.#pending = { ...wishes, ...this.#pending };
      throw error;
    }
  }

  /**
   * By the methods that are there; should the model not suit them, by those the page began with, and
   * then by those that suit every model. It is said why.
   */
  async #analyseAnew(
    question: Question,
    call: CallOptions,
    others: readonly Choices[] = [FIRST_CHOICES, GRADIENT_CHOICES],
  ): Promise<Analysis> {
    try {
      return await analyse(question, call);
    } catch (error) {
      const [choices, ...rest] = others.filter((other) => other !== question.choices);
      if (call.signal?.aborted || !choices) throw error;
      const analysis = await this.#analyseAnew({ ...question, choices }, call, rest);
      this.report(error);
      return analysis;
    }
  }

  #show(analysis: Analysis): void {
    const { analysis: before, comparison, waiting } = this.#store.state;
    const isNew = before?.model !== analysis.model;
    if (isNew) this.#leaveModelsBefore(analysis);
    this.#store.update({
      analysis,
      ...((isNew || !waiting) && { waiting: undefined, inputs: analysis.inputs }),
      choices: analysis.choices,
      depth: this.#depthFor(analysis),
      account: undefined,
      comparison: comparison && isOfSame(comparison, analysis) ? comparison : undefined,
    });
    if (before && before.picture !== analysis.picture) before.picture.bitmap.close();
    if (isNew) before?.model.explainer.dispose();
  }

  /** The menus go back to what is shown. */
  #forgetWishes(): void {
    this.#pending = {};
    const { analysis, waiting, inputs } = this.#store.state;
    this.#store.update({
      choices: analysis?.choices ?? FIRST_CHOICES,
      inputs: waiting ? inputs : (analysis?.inputs ?? NO_INPUTS),
    });
  }

  #present(): Pick<State, "picture" | "choices"> & Pick<Question, "evidence"> {
    const { analysis, picture, choices, drawing } = this.#store.state;
    return { picture: analysis?.picture ?? picture, choices, evidence: drawing.evidence };
  }

  #depthFor(next: Analysis): number {
    const { analysis, depth } = this.#store.state;
    const { stages } = next.model;
    const first = Math.max(0, stages.length - 1 - FIRST_FROM_DEEPEST);
    return Math.min(analysis?.model === next.model ? depth : first, deepestShown(next));
  }
}

function lacksInputs({ explainer }: LoadedModel, inputs: GivenInputs): boolean {
  return lackedInputs(explainer.info(), inputs).length > 0;
}
