/**
 * Relevance-CAM heatmaps from ONNX image classifiers, in the browser.
 *
 * @packageDocumentation
 */
export { Explainer } from "./explainer.js";
export * from "./common.js";
