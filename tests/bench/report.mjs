// The measurements as text.
import { times } from "./figures.mjs";

/** Rows of cells in columns: the first `words` of them to the left, numbers to the right. */
function table(rows, words = 1) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const cell = (text, i) => (i < words ? text.padEnd(widths[i]) : text.padStart(widths[i]));
  return rows.map((row) => `  ${row.map(cell).join("  ")}`.trimEnd()).join("\n");
}

const number = (value) => (value !== 0 && value < 0.01 ? value.toExponential(1) : value.toFixed(2));
const milliseconds = (value) => value.toFixed(1);
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

/** Every figure with its bound, and whether it is kept. */
export function figureTable(figures) {
  const rows = figures.map(({ subject, name, value, bound, unit, passed }) => [
    subject,
    name,
    `${number(value)} ${unit}`.trim(),
    bound === undefined ? "" : `<= ${number(bound)}`,
    bound === undefined ? "" : passed ? "pass" : "FAIL",
  ]);
  return table([["", "figure", "measured", "bound", ""], ...rows], 2);
}

/** One study of one model on one number of threads. */
export function measurementText(result) {
  const text = timeTable(result);
  return result.study === "relevance-cam" ? `${text}\n\n${startTable(result)}` : text;
}

/** Milliseconds of every kind of call. */
function timeTable(result) {
  const rows = times(result).map(({ name, engine, smallest, wall }) => [
    name,
    milliseconds(engine),
    milliseconds(smallest),
    milliseconds(wall),
  ]);
  return table([["ms", "median", "smallest", "median with messages"], ...rows]);
}

/** How both engines start and what they hold. */
function startTable({ ours, theirs }) {
  const row = (name, { load, firstResult, memory }) => [
    name,
    milliseconds(load),
    milliseconds(firstResult),
    megabytes(memory),
  ];
  return table([
    ["", "load, ms", "first result, ms", "memory, MB"],
    row("relevance-cam (first result: an explanation)", ours),
    row("onnxruntime-web (first result: a forward pass)", theirs),
  ]);
}
