#!/usr/bin/env node
// Which room may include what: `node scripts/check-arrows.mjs` fails where an arrow points back.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A room includes itself and what stands here: whole rooms, or single headers of a room. */
const rooms = {
  base: [],
  graph: ["base"],
  onnx: ["base", "graph"],
  kernels: ["base"],
  image: ["base"],
  starts: ["base"],
  ops: ["base", "graph", "kernels"],
  rules: ["base", "kernels", "ops/operation.h", "ops/kind.h"],
  canonizers: ["base", "graph", "ops", "kernels/thread_pool.h"],
  plan: ["base", "graph", "ops", "kernels/thread_pool.h"],
  composites: ["base", "rules", "ops/op.h"],
  relevance: ["base", "plan", "composites", "rules", "starts", "ops", "kernels/shares.h"],
  methods: [
    "base",
    "image",
    "starts/start.h",
    "kernels/dot.h",
    "kernels/pointwise.h",
    "kernels/matrix.h",
  ],
  session: [
    ...["base", "graph", "onnx", "kernels", "image", "starts", "ops", "rules", "canonizers"],
    ...["plan", "composites", "relevance", "methods"],
  ],
  bindings: ["base", "image", "session"],
};

/** Third-party headers that belong to one room. */
const outside = {
  "xnnpack.h": "kernels",
  "xnnpack/": "kernels",
  "pthreadpool.h": "kernels",
  "protozero/": "onnx",
  "emscripten/": "bindings",
  "emscripten.h": "bindings",
};

/** Folders of the web side, and which of the others each may import from. */
const webRooms = { src: [], cli: ["src"], demo: [] };

function filesBelow(folder, pattern) {
  const top = join(root, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true })
    .map((name) => join(folder, name).split(sep).join("/"))
    .filter((path) => pattern.test(path) && !path.includes("node_modules"));
}

function mayInclude(room, header) {
  if (header.startsWith(`${room}/`) || !header.includes("/")) return true;
  return rooms[room].some((entry) => header === entry || header.startsWith(`${entry}/`));
}

function complaintsAboutHeader(file, room, line, quoted, header) {
  const owner = Object.entries(outside).find(([prefix]) => header.startsWith(prefix))?.[1];
  if (owner) return owner === room ? [] : [`${file}:${line}: <${header}> belongs to ${owner}`];
  if (!quoted || mayInclude(room, header)) return [];
  return [`${file}:${line}: ${room} may not include "${header}"`];
}

function checkCppFile(file, room) {
  if (!(room in rooms)) return [`${file}: the room "${room}" has no arrows: add it to the table`];
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  return lines.flatMap((text, index) => {
    const found = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(text);
    if (!found) return [];
    return complaintsAboutHeader(file, room, index + 1, found[1] === '"', found[2]);
  });
}

function checkWebFile(file, room) {
  const text = readFileSync(join(root, file), "utf8");
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)];
  return imports.flatMap(([, target]) => {
    const path = posix.normalize(posix.join(posix.dirname(file), target));
    const other = relative("web", path).split(sep)[0];
    if (other === room || webRooms[room].includes(other)) return [];
    return [`${file}: web/${room} may not import "${target}"`];
  });
}

/** Every include or import that points the wrong way, one line each. */
export function findBackwardArrows() {
  const cpp = /\.(h|cpp)$/;
  return [
    ...filesBelow("src", cpp).flatMap((file) => checkCppFile(file, file.split("/")[1])),
    ...filesBelow("bindings", cpp).flatMap((file) => checkCppFile(file, "bindings")),
    ...Object.keys(webRooms).flatMap((room) =>
      filesBelow(`web/${room}`, /\.(ts|mjs)$/).flatMap((file) => checkWebFile(file, room)),
    ),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const complaints = findBackwardArrows();
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
