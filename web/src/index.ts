/**
 * Relevance-CAM heatmaps from ONNX image classifiers, in the browser.
 *
 * @packageDocumentation
 */
export { Explainer } from "./explainer.js";
export { encodePng } from "./bundle/png-web.js";
export * from "./common.js";
