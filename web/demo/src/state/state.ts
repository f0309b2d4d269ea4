import type { RuleRow } from "relevance-cam";
import type { Analysis } from "./analysis.js";
import { FIRST_CHOICES, type Choices, type Evidence } from "./choice.js";
import type { ComparisonShown } from "./comparison.js";
import { NO_INPUTS, type GivenInputs } from "./inputs.js";
import type { Account } from "./ledger.js";
import type { LoadedModel } from "./model.js";
import type { Picture } from "./picture.js";
import { Store } from "./store.js";

/** How maps are drawn, with one palette for each view. */
export interface Drawing {
  readonly evidence: Evidence;
  readonly sequential: string;
  readonly diverging: string;
  readonly opacity: number;
  readonly threshold: number;
}

/** What is under way. */
export interface Task {
  readonly text: string;
  /** 0 to 1; absent while nobody knows. */
  readonly share?: number | undefined;
}

export interface State {
  /** Shown until the first analysis is there. */
  readonly picture: Picture | undefined;
  /** What the menus say: ahead of the analysis while that is under way. */
  readonly choices: Choices;
  readonly analysis: Analysis | undefined;
  /** Loaded, but not shown before it has all that it reads beside the picture. */
  readonly waiting: LoadedModel | undefined;
  /** For the model in hand: ahead of the analysis while that is under way. */
  readonly inputs: GivenInputs;
  /** The visitor's own table of rules, as it is being written. */
  readonly rules: readonly RuleRow[];
  /** Index of the stage that is shown large, 0 the shallowest. */
  readonly depth: number;
  readonly drawing: Drawing;
  readonly account: Account | undefined;
  readonly comparison: ComparisonShown | undefined;
  readonly task: Task | undefined;
  readonly error: string;
}

export type AppStore = Store<State>;

/** The model that fields are about: the newest, shown or waiting. */
export function modelInHand({ waiting, analysis }: Readonly<State>): LoadedModel | undefined {
  return waiting ?? analysis?.model;
}

export function createStore(drawing: Drawing): AppStore {
  return new Store<State>({
    picture: undefined,
    choices: FIRST_CHOICES,
    analysis: undefined,
    waiting: undefined,
    inputs: NO_INPUTS,
    rules: [],
    depth: 0,
    drawing,
    account: undefined,
    comparison: undefined,
    task: { text: "Starting" },
    error: "",
  });
}
