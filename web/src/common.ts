/** What every entry of the package exports beside its `Explainer`. */
export {
  bundle,
  type BundleFile,
  type BundleOptions,
  type BundleOverlays,
} from "./bundle/bundle.js";
export { zip } from "./bundle/zip.js";
export {
  catalog,
  validValues,
  type Catalog,
  type CatalogEntry,
  type CatalogMethod,
  type CatalogParameter,
  type EngineCatalog,
} from "./catalog.js";
export { parseRules } from "./composite.js";
export { comparisonSheet, type SheetOptions } from "./comparison/sheet.js";
export { RelevanceCamError, type ErrorCode } from "./error.js";
export { paint, type PaintOptions, type PaintableImage } from "./heatmap/paint.js";
export { palettes, type Palette } from "./heatmap/palettes.js";
export { renderOverlay, type OverlayOptions } from "./heatmap/overlay.js";
export { readNpy } from "./npy.js";
export type * from "./types.js";
