/** What every entry of the package exports beside its `Explainer`. */
export { RelevanceCamError, type ErrorCode } from "./error.js";
export { paint, type PaintOptions, type PaintableImage } from "./heatmap/paint.js";
export { palettes, type Palette } from "./heatmap/palettes.js";
export { renderOverlay, type OverlayOptions } from "./heatmap/overlay.js";
export type * from "./types.js";
