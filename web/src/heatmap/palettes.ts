import { RelevanceCamError } from "../error.js";

/** Colours for numbers. `sequential` runs from 0 to the scale, `diverging` is centred on zero. */
export interface Palette {
  readonly name: string;
  readonly kind: "sequential" | "diverging";
  /** Control points, evenly spaced, low to high: sRGB as #rrggbb, interpolated linearly. */
  readonly colors: readonly string[];
  /** What its colours mean. */
  readonly summary: string;
}

/** The roster: a palette is a row. The first of each kind is the default of that kind. */
const PALETTES: readonly Palette[] = [
  {
    name: "turbo",
    kind: "sequential",
    colors: [
      ..."#30123b #4145ab #4675ed #39a2fc #1bcfd4 #24eca6 #61fc6c #a4fc3b".split(" "),
      ..."#d1e834 #f3c63a #fe9b2d #f36315 #d93806 #b11901 #7a0402".split(" "),
    ],
    summary: "dark blue is little, green half, dark red most; tells many levels apart",
  },
  {
    name: "viridis",
    kind: "sequential",
    colors: "#440154 #482878 #3e4989 #31688e #26828e #1f9e89 #35b779 #6ece58 #b5de2b #fde725".split(
      " ",
    ),
    summary: "dark violet is little, yellow most; evenly lighter, also for the colour-blind",
  },
  {
    name: "inferno",
    kind: "sequential",
    colors: "#000004 #1b0c41 #4a0c6b #781c6d #a52c60 #cf4446 #ed6925 #fb9b06 #f7d13d #fcffa4".split(
      " ",
    ),
    summary: "black is little, light yellow most; evenly lighter",
  },
  {
    name: "greys",
    kind: "sequential",
    colors: ["#000000", "#ffffff"],
    summary: "black is little, white most",
  },
  {
    name: "blue-white-red",
    kind: "diverging",
    colors: ["#2166ac", "#67a9cf", "#f7f7f7", "#ef8a62", "#b2182b"],
    summary: "red speaks for the target, blue against it, white is nothing",
  },
  {
    name: "purple-white-green",
    kind: "diverging",
    colors: ["#762a83", "#af8dc3", "#f7f7f7", "#7fbf7b", "#1b7837"],
    summary: "green speaks for the target, violet against it, white is nothing",
  },
];

/** Every palette there is. */
export function palettes(): readonly Palette[] {
  return PALETTES;
}

/**
 * The palette called `name`, by default the first of its kind.
 * @throws RelevanceCamError `invalid-option` with the names there are.
 */
export function paletteByName(name: string | undefined, kind: Palette["kind"]): Palette {
  const candidates = PALETTES.filter((palette) => palette.kind === kind);
  const found =
    name === undefined ? candidates[0] : candidates.find((palette) => palette.name === name);
  if (found) return found;
  const names = candidates.map((palette) => palette.name).join(", ");
  throw new RelevanceCamError(
    "invalid-option",
    `There is no ${kind} palette "${name}"; choose one of: ${names}.`,
    "palette",
  );
}

/** Entries of {@link colorTable}. */
export const TABLE_SIZE = 256;

/** The palette in `TABLE_SIZE` steps, low to high: R, G, B bytes one after the other. */
export function colorTable(palette: Palette): Uint8ClampedArray {
  const points = palette.colors.map(parseColor);
  const table = new Uint8ClampedArray(TABLE_SIZE * 3);
  for (let step = 0; step < TABLE_SIZE; step++) {
    const position = (step / (TABLE_SIZE - 1)) * (points.length - 1);
    const index = Math.min(Math.floor(position), points.length - 2);
    table.set(mix(points[index], points[index + 1], position - index), step * 3);
  }
  return table;
}

type Color = readonly [number, number, number];
const BLACK: Color = [0, 0, 0];

function mix(a: Color = BLACK, b: Color = BLACK, share: number): Color {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

function parseColor(text: string): Color {
  const value = Number.parseInt(text.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
