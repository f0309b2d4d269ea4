import {
  Explainer,
  type CallOptions,
  type LayerInfo,
  type LoadOptions,
  type ModelSource,
  type PreprocessOptions,
} from "relevance-cam";

/** What a model is loaded from. */
export interface ModelFiles {
  readonly name: string;
  readonly model: ModelSource;
  readonly labels?: string | undefined;
  /** Files of which the model may refer to some. */
  readonly externalData?: readonly File[] | undefined;
  /** JSON files that say how pictures are pre-processed and what classes are called. */
  readonly configs?: readonly File[] | undefined;
  /** What the visitor said; all else is found. */
  readonly preprocess?: PreprocessOptions | undefined;
  /** The input that takes the picture, if the visitor said so. */
  readonly imageInput?: string | undefined;
}

export interface LoadedModel {
  readonly files: ModelFiles;
  readonly explainer: Explainer;
  /** Shallow to deep. */
  readonly stages: readonly LayerInfo[];
  /** Whether it has what methods on attention look at. */
  readonly attends: boolean;
}

/** @throws RelevanceCamError; Error when the model has no layer with rows and columns. */
export async function loadModel(files: ModelFiles, call: CallOptions): Promise<LoadedModel> {
  const explainer = await Explainer.load(files.model, loadOptions(files, call));
  const stages = explainer.layers().filter((layer) => layer.stage);
  const attends = explainer.layers().some((layer) => layer.attention);
  if (stages.length > 0) return { files, explainer, stages, attends };
  explainer.dispose();
  throw new Error(`${files.name} has no layer with rows and columns, so no heatmap can be made.`);
}

function loadOptions(files: ModelFiles, call: CallOptions): LoadOptions {
  const { labels, externalData, configs, preprocess, imageInput } = files;
  return { ...call, labels, externalData, configs, preprocess, imageInput };
}
