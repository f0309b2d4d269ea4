import { byId, create } from "../dom.js";
import { readPicture, type Credit, type Picture } from "../state/picture.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";

/** A sample photo, already fetched: choosing it asks nothing of the network. */
export interface Sample {
  readonly credit: Credit;
  readonly image: HTMLImageElement;
}

/** The sample photos as buttons, and whom they are owed to. */
export function showSamples(
  samples: readonly Sample[],
  store: AppStore,
  workbench: Workbench,
): void {
  const list = byId("samples", HTMLUListElement);
  list.append(...samples.map((sample) => create("li", {}, sampleButton(sample, workbench))));
  byId("credits", HTMLUListElement).append(
    ...samples.map(({ credit }) => create("li", {}, creditLine(credit))),
  );
  const line = byId("credit", HTMLParagraphElement);
  store.watch(
    (s) => [s.analysis?.picture ?? s.picture],
    (picture) => {
      line.textContent = picture?.credit ? creditLine(picture.credit) : (picture?.name ?? "");
      [...list.querySelectorAll("button")].forEach((button, i) => {
        button.ariaPressed = String(samples[i]?.credit === picture?.credit);
      });
    },
  );
}

export function sampleFrom(credit: Credit): Sample {
  const image = create("img", { alt: "", src: `photos/${credit.file}` });
  return { credit, image };
}

export async function openSample({ image, credit }: Sample): Promise<Picture> {
  await image.decode().catch(() => undefined);
  return readPicture(image, credit.file, credit);
}

function sampleButton(sample: Sample, workbench: Workbench): HTMLButtonElement {
  const { title } = sample.credit;
  const button = create("button", { type: "button", className: "sample", title }, sample.image);
  button.ariaLabel = title;
  button.addEventListener("click", () => {
    openSample(sample)
      .then((picture) => workbench.ask({ picture, target: "top" }))
      .catch((error: unknown) => {
        workbench.report(error);
      });
  });
  return button;
}

function creditLine({ title, author, licence, source }: Credit): string {
  return `${title}. Photo: ${author}; ${licence}; ${source}.`;
}
