import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

import { expect } from "vitest";
import type { Tensor } from "relevance-cam";

interface ReferenceEntry {
  readonly file: string;
  readonly method: string;
  readonly layer: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly atol: number;
  readonly rtol: number;
}

interface ReferenceDescription {
  readonly target_class: number;
  readonly output: { readonly atol: number; readonly rtol: number };
  readonly expect: readonly ReferenceEntry[];
}

/** One folder of tests/data/reference. */
export class ReferenceCase {
  readonly description: ReferenceDescription;

  constructor(readonly name: string) {
    this.description = JSON.parse(
      readFileSync(this.path("case.json"), "utf8"),
    ) as ReferenceDescription;
  }

  path(file: string): string {
    return fileURLToPath(new URL(`../../data/reference/${this.name}/${file}`, import.meta.url));
  }

  url(file: string): URL {
    return pathToFileURL(this.path(file));
  }

  bytes(file: string): Uint8Array {
    return readFileSync(this.path(file));
  }
}

/** |got - want| <= atol + rtol * |want| for every element. */
export function expectClose(
  got: Tensor,
  want: Tensor,
  { atol, rtol }: { readonly atol: number; readonly rtol: number },
): void {
  expect(got.shape).toEqual(want.shape);
  const excess = got.data.map((value, i) => {
    const wanted = want.data[i] ?? NaN;
    return Math.abs(value - wanted) / (atol + rtol * Math.abs(wanted));
  });
  expect(excess.reduce((most, value) => (value <= most ? most : value), 0)).toBeLessThanOrEqual(1);
}
