import type { OverlayOptions } from "relevance-cam";
import type { Analysis } from "./analysis.js";
import type { Picture } from "./picture.js";
import { Store } from "./store.js";

/** How maps are drawn: what `paint` takes, with one palette for each view. */
export interface Drawing {
  readonly signed: boolean;
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
  readonly analysis: Analysis | undefined;
  /** Index of the stage that is shown large, 0 the shallowest. */
  readonly depth: number;
  readonly drawing: Drawing;
  readonly task: Task | undefined;
  readonly error: string;
}

export type AppStore = Store<State>;

export function createStore(drawing: Drawing): AppStore {
  return new Store<State>({
    picture: undefined,
    analysis: undefined,
    depth: 0,
    drawing,
    task: { text: "Starting" },
    error: "",
  });
}

export function overlayOptions(drawing: Drawing): OverlayOptions {
  const { signed, opacity, threshold } = drawing;
  return { signed, opacity, threshold, palette: signed ? drawing.diverging : drawing.sequential };
}
